"""The control charts of the report: figures with their captions."""

from typing import Any

from kring.evaluation.report.drawing import Figure
from kring.evaluation.report.figures import cusum_chart, run_chart
from kring.evaluation.report.words import Words

Row = dict[str, Any]


def _named(chart: Row, w: Words) -> str:
    return str(chart["team"]) or w("teams.everyone")


def _outside(chart: Row, indices: list[int], w: Words) -> str:
    return ", ".join(str(chart["periods"][i]) for i in indices) or w("teams.nobody")


def _words(chart: Row, w: Words) -> dict[str, tuple[str, str, str]]:
    """Title, description and axis of each chart of a series."""
    team, n = _named(chart, w), len(chart["periods"])
    x, p, c, u = chart["xmr"], chart["p"], chart["cusum"], chart["u"]
    words = {}
    if x:
        text = w("teams.xmr_description", n=n, centre=w.number(x["centre"]), low=w.number(x["lower"]),
                 high=w.number(x["upper"]), outside=_outside(chart, x["outside"], w))  # fmt: skip
        words["xmr"] = (w("teams.xmr_title", team=team), text, w("teams.change"))
    if u:
        text = w("teams.u_description", n=n, centre=w.number(u["centre"]), outside=_outside(chart, u["outside"], w))
        title = w("teams.u_title", measure=w.label(chart["measure"]), team=team)
        words["u"] = (title, text, w("teams.events"))
    if p:
        text = w("teams.p_description", n=n, centre=w.percent(p["centre"]), outside=_outside(chart, p["outside"], w))
        words["p"] = (w("teams.p_title", team=team), text, w("teams.share"))
    if c:
        text = w(
            "teams.cusum_description", n=n, limit=w.number(c["limit"], 0), outside=_outside(chart, c["signals"], w)
        )
        words["cusum"] = (w("teams.cusum_title", team=team), text, w("teams.sum"))
    return words


def _names(chart: Row, index: int) -> dict[str, str]:
    return {kind: f"{kind}-{index}" for kind in ("xmr", "p", "u", "cusum") if chart[kind]}


def drawings(found: Row, w: Words) -> list[Figure | None]:
    """XmR, p, u and CUSUM of every series that may be shown."""
    drawn: list[Figure | None] = []
    for i, chart in enumerate(found["charts"]):
        words = _words(chart, w)
        for kind, name in _names(chart, i).items():
            draw = cusum_chart if kind == "cusum" else run_chart
            drawn.append(draw(name, chart["periods"], chart[kind], words[kind], w))
    return drawn


def captions(found: Row, w: Words) -> list[Row]:
    """Per series its name and, per figure, name, title and sentence."""
    return [
        {
            "team": _named(chart, w) + (f": {w.label(chart['measure'])}" if chart["measure"] else ""),
            "figures": [
                {"name": name, "title": _words(chart, w)[kind][0], "sentence": _words(chart, w)[kind][1]}
                for kind, name in _names(chart, i).items()
            ],
        }
        for i, chart in enumerate(found["charts"])
    ]
