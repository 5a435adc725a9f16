"""Traffic-light and summary plots of risk of bias: a letter and a shape, never colour alone."""

from collections.abc import Sequence

from kring.evidence.extraction.rob2 import DOMAINS, ORDER, Assessment
from kring.evidence.report.figures.svg import WIDE, Figure, short

SIGNS = {"low": ("main edge", "+", "on"), "some concerns": ("mid edge", "~", ""), "high": ("warm edge", "−", "on"),
         "not assessed": ("open", "?", "")}  # fmt: skip
KEY = "+ low · ~ some concerns · − high · ? not assessed (open questions remain)"


def _light(figure: Figure, x: float, y: float, judgement: str, label: str) -> None:
    shade, sign, on = SIGNS[judgement]
    figure.circle(x, y, 12, shade, f"{label}: {judgement}")
    figure.text(x, y + 5, sign, f"strong {on}".strip(), "middle")


def _codes(assessments: Sequence[Assessment]) -> list[str]:
    present = {d.domain for a in assessments for d in a.domains}
    return [code for code in DOMAINS if code in present]


def traffic_light(assessments: Sequence[Assessment], labels: Sequence[str], title: str, width: float = WIDE) -> Figure:
    """Rows are results, columns domains, the last column the overall judgement; narrow: labels stand above."""
    codes = _codes(assessments)
    told = "; ".join(
        f"{label}: " + ", ".join(f"{d.domain} {d.judgement}" for d in a.domains) + f", overall {a.overall}"
        for a, label in zip(assessments, labels, strict=True)
    )
    narrow = width < WIDE
    left, row, above = (18.0, 56.0, 20.0) if narrow else (270.0, 36.0, 0.0)
    top, step = 34.0, (width - 36) / max(len(codes), 1) if narrow else 48.0
    figure = Figure("traffic", title, told + ".", width, 0)
    for j, code in enumerate([*codes, "all"]):
        figure.text(left + step * j, 20, code, "small strong", "middle")
    for i, (a, label) in enumerate(zip(assessments, labels, strict=True)):
        y = top + row * i + 16 + above
        figure.text(0, y + 5 - 1.2 * above, short(label, 48 if narrow else 35), "small")
        for domain in a.domains:
            x = left + step * codes.index(domain.domain)
            _light(figure, x, y, domain.judgement, f"{label}, {DOMAINS[domain.domain]}")
        _light(figure, left + step * len(codes), y, a.overall, f"{label}, overall")
    y = figure.note(top + row * len(assessments) + 24.0, KEY) + 3
    for code in codes:
        y = figure.note(y, f"{code}: {DOMAINS[code]}")
    figure.height = y
    return figure


def summary(assessments: Sequence[Assessment], title: str, width: float = WIDE) -> Figure:
    """Per domain the share of results with each judgement, with their numbers written in."""
    codes = _codes(assessments)
    told = []
    narrow = width < WIDE
    left, row, above = (2.0, 54.0, 20.0) if narrow else (300.0, 34.0, 0.0)
    figure = Figure("bias-summary", title, "", width, 0)
    for i, code in enumerate(codes):
        found = [d.judgement for a in assessments for d in a.domains if d.domain == code]
        y, x = 12 + row * i + above, left
        figure.text(0, y + 16 - 1.1 * above, short(DOMAINS[code], 48 if narrow else 38), "small")
        for judgement in (*ORDER, "not assessed"):
            count = found.count(judgement)
            if count:
                part = (width - left - (2 if narrow else 10)) * count / len(found)
                shade, sign, on = SIGNS[judgement]
                figure.rect(x, y, part, 24, shade, f"{DOMAINS[code]}: {count} {judgement}")
                figure.text(x + part / 2, y + 17, f"{sign} {count}", f"small {on}".strip(), "middle")
                told.append(f"{DOMAINS[code]}: {count} {judgement}")
                x += part
    figure.desc = "; ".join(told) + "."
    figure.height = figure.note(20.0 + row * len(codes) + 18, KEY)
    return figure
