"""The participant flow as a drawing: one column per arm, from allocation to analysis."""

from typing import Any

from kring.evaluation.report.drawing import WIDTH, Figure
from kring.evaluation.report.words import Words

Row = dict[str, Any]
Box = tuple[list[str], list[str]]  # lines of its title, and below it
LINE = 19
GAP = 22


def flow_diagram(found: Row, w: Words) -> Figure | None:
    """CONSORT-like boxes; None with more than three arms, for which the table is clearer."""
    flow = found["flow"]
    if len(flow["arms"]) > 3:
        return None
    width = (WIDTH - 10 * (len(flow["arms"]) - 1)) / len(flow["arms"])
    allocated = found["table"]["allocation"] != "none"
    top = _top(flow, w, "allocated" if allocated else "took_part")
    columns = [_column(arm, found, w) for arm in flow["arms"]]
    heights = [max(len(title) + len(rest) for title, rest in row) * LINE + 14 for row in zip(*columns, strict=True)]
    top_lines = sum(map(len, top))
    height = top_lines * LINE + 14 + sum(h + GAP for h in heights) + 4
    figure = Figure(
        "flow", w("flow.title"), w("flow.description" if allocated else "flow.description_routine"), height, w.short
    )
    _box(figure, WIDTH / 2 - 105, 2, 210, top_lines * LINE + 14, top)
    for i, column in enumerate(columns):
        x, y = i * (width + 10), top_lines * LINE + 16.0
        for words, box in zip(column, heights, strict=True):
            start = WIDTH / 2 if y < top_lines * LINE + 20 else x + width / 2
            figure.line(
                [(start, y), (start, y + GAP / 2), (x + width / 2, y + GAP / 2), (x + width / 2, y + GAP)], "axis"
            )
            _box(figure, x, y + GAP, width, box, words)
            y += GAP + box
    return figure


def persons(n: int | None, w: Words) -> str:
    """A number of people, or that it is not shown."""
    return w("flow.persons_hidden") if n is None else w("flow.persons", n=n)


def _top(flow: Row, w: Words, entered: str) -> Box:
    lines = []
    if flow["assessed"] is not None:
        lines.append(f"{w('flow.assessed')}: {persons(flow['assessed'], w)}")
    lines.append(f"{w(f'flow.{entered}')}: {persons(flow['allocated'], w)}")
    return lines[:1], [*lines[1:], w("flow.teams", n=flow["teams"])]


def _column(arm: Row, found: Row, w: Words) -> list[Box]:
    """The boxes of one arm."""
    labels = {a["code"]: w.label(a["label"]) for a in found["arms"]}
    occasions = {o["code"]: w.label(o["label"]) for o in found["occasions"]}
    room = int((WIDTH / len(found["arms"]) - 25) / 9.0)  # characters of bold type, wide as fonts go
    allocated = [persons(arm["allocated"], w), w("flow.teams", n=arm["teams"])]
    boxes = [(_wrapped(labels[arm["arm"]], room), allocated)]
    for stage in arm["stages"]:
        lost = w("number.hidden") if stage["missing"] is None else str(stage["missing"])
        title = w("flow.measured", occasion=occasions[stage["occasion"]])
        boxes.append((_wrapped(title, room), [persons(stage["measured"], w), f"{w('flow.not_measured')}: {lost}"]))
    return [*boxes, ([w("flow.analysed")], [persons(arm["analysed"], w)])]


def _wrapped(text: str, room: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _box(figure: Figure, x: float, y: float, width: float, height: float, lines: Box) -> None:
    figure.rect(x + 1, y, width - 2, height, "box")
    title, rest = lines
    for i, words in enumerate([*title, *rest]):
        figure.text(x + 10, y + 20 + LINE * i, words, "bold" if i < len(title) else "small")
