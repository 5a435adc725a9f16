"""Traffic-light and summary plots of risk of bias: a letter and a shape, never colour alone."""

from collections.abc import Sequence

from kring.evidence.extraction.rob2 import DOMAINS, ORDER, Assessment
from kring.evidence.report.figures.svg import Figure, short

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


def traffic_light(assessments: Sequence[Assessment], labels: Sequence[str], title: str) -> Figure:
    """Rows are results, columns domains, the last column the overall judgement."""
    codes = _codes(assessments)
    told = "; ".join(
        f"{label}: " + ", ".join(f"{d.domain} {d.judgement}" for d in a.domains) + f", overall {a.overall}"
        for a, label in zip(assessments, labels, strict=True)
    )
    top, step = 34, 48
    height = top + 36 * len(assessments) + 30 + 17 * len(codes) + 10
    figure = Figure("traffic", title, told + ".", 640, height)
    for j, code in enumerate([*codes, "all"]):
        figure.text(270 + step * j, 20, code, "small strong", "middle")
    for i, (a, label) in enumerate(zip(assessments, labels, strict=True)):
        y = top + 36 * i + 16
        figure.text(0, y + 5, short(label, 35), "small")
        for domain in a.domains:
            x = 270 + step * codes.index(domain.domain)
            _light(figure, x, y, domain.judgement, f"{label}, {DOMAINS[domain.domain]}")
        _light(figure, 270 + step * len(codes), y, a.overall, f"{label}, overall")
    y = top + 36 * len(assessments) + 24
    figure.text(0, y, KEY, "small")
    for j, code in enumerate(codes):
        figure.text(0, y + 20 + 17 * j, f"{code}: {DOMAINS[code]}", "small")
    return figure


def summary(assessments: Sequence[Assessment], title: str) -> Figure:
    """Per domain the share of results with each judgement, with their numbers written in."""
    codes = _codes(assessments)
    told = []
    figure = Figure("bias-summary", title, "", 640, 20 + 34 * len(codes) + 30)
    for i, code in enumerate(codes):
        found = [d.judgement for a in assessments for d in a.domains if d.domain == code]
        y, x = 12 + 34 * i, 300.0
        figure.text(0, y + 16, short(DOMAINS[code], 38), "small")
        for judgement in (*ORDER, "not assessed"):
            count = found.count(judgement)
            if count:
                width = 330 * count / len(found)
                shade, sign, on = SIGNS[judgement]
                figure.rect(x, y, width, 24, shade, f"{DOMAINS[code]}: {count} {judgement}")
                figure.text(x + width / 2, y + 17, f"{sign} {count}", f"small {on}".strip(), "middle")
                told.append(f"{DOMAINS[code]}: {count} {judgement}")
                x += width
    figure.desc = "; ".join(told) + "."
    figure.text(0, 20 + 34 * len(codes) + 18, KEY, "small")
    return figure
