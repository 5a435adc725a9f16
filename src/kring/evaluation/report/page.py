"""The report as one HTML page that needs nothing else: it opens offline, prints, and holds its figures."""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from kring.evaluation.contract.protocol import Protocol
from kring.evaluation.report import answers, charts, figures
from kring.evaluation.report.drawing import STYLE, Figure
from kring.evaluation.report.flow import flow_diagram
from kring.evaluation.report.words import Words

Row = dict[str, Any]


@cache
def _template() -> Any:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_resource("report.html.j2"))


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def page(found: Row, protocol: Protocol, protocol_text: str, language: str) -> tuple[str, dict[str, str]]:
    """The page in one language, and its figures as files of their own by name."""
    w = Words(language)
    drawn = _figures(found, protocol, w)
    html = _template().render(
        w=w,
        language=language,
        found=found,
        protocol=protocol,
        protocol_text=protocol_text,
        confidence=w.percent(protocol.confidence),
        # Markup twice: the stylesheet is our own file, and Figure escapes the words that it draws.
        css=Markup(_resource("report.css") + STYLE),  # noqa: S704  # nosec B704
        figures={name: Markup(figure.svg()) for name, figure in drawn.items()},  # noqa: S704  # nosec B704
        arms={arm["code"]: w.label(arm["label"]) for arm in found["arms"]} | {"all": w("flow.everyone")},
        occasions={o["code"]: w.label(o["label"]) for o in found["occasions"]},
        answer=answers.short_answer(found, protocol, w),
        limits=answers.limits(found, protocol, w),
        charts=charts.captions(found, w),
    )
    return html, {name: figure.svg(alone=True) + "\n" for name, figure in drawn.items()}


def _figures(found: Row, protocol: Protocol, w: Words) -> dict[str, Figure]:
    """Every figure by name."""
    arms = [{"code": arm["code"], "label": w.label(arm["label"])} for arm in found["arms"]]
    labels = {o["code"]: w.label(o["label"]) for o in found["occasions"]}
    drawn: list[Figure | None] = [flow_diagram(found, w), figures.forest(*_forest(found, w))]
    for measure in found["measures"]:
        cells = [cell | {"label": labels[cell["occasion"]]} for cell in measure["trajectories"]]
        named = measure | {"title": w.label(measure["title"]), "trajectories": cells}
        if measure["means"] or any(cell["observed"] for cell in cells):
            drawn.append(figures.trajectory(named, arms, w, w.percent(protocol.confidence)))
    if found["checks"]["residuals"]["normal_plot"]:
        drawn.append(figures.normal_plot(found["checks"]["residuals"], w))
    for row in found["persons"]:
        if row["yardstick"]:
            here = [arm for arm in arms if arm["code"] in row["arms"]]
            drawn.append(figures.reliable_bars(row | {"title": w.label(row["title"])}, here, w))
    if found["teams"] and len(found["teams"]["shown"]) > 1:
        drawn.append(figures.funnel_plot(found["teams"], w, found["threshold"]))
    if found["what_if"]:
        rows = [row for row in found["what_if"]["rows"] if row["contrast"] == protocol.contrasts[0].name]
        if len(rows) > 1:
            drawn.append(figures.tipping(rows, found["what_if"]["tipping"], w))
    drawn += charts.drawings(found, w)
    return {figure.name: figure for figure in drawn if figure}


def _forest(found: Row, w: Words) -> tuple[list[Row], Words]:
    """Rows of the forest, turned so that right is better."""
    rows = []
    for i, measure in enumerate(found["measures"]):
        sign = 1 if measure["better"] == "higher" else -1
        for j, row in enumerate(measure["contrasts"]):
            ends = sorted((sign * row["d_low"], sign * row["d_high"]))
            rows.append({"measure": w.label(measure["title"]), "question": w.label(row["label"]), "d": sign * row["d"],
                         "low": ends[0], "high": ends[1], "primary": i == j == 0})  # fmt: skip
    return rows, w
