"""Figures of synthesis without pooling: effect direction, harvest and albatross plots.

Significance is not displayed. Sources: Hilton Boon & Thomson 2021; Ogilvie et al. 2008; Harrison et al.
2017.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kring.evidence.report.figures.svg import Figure, short, wrap
from kring.evidence.synthesis.direction import BENEFIT, HARM, MISSING, MIXED, albatross_n

ARROWS = {BENEFIT: "better", HARM: "worse", MIXED: "mixed", MISSING: "no sign"}
SHADES = {"low": "main", "some concerns": "mid", "high": "soft edge", "not assessed": "open"}


@dataclass(frozen=True)
class Mark:
    """One study in one group of outcomes. `design` is yes, unclear or no (randomised); `n` people or None."""

    study: str
    group: str
    direction: str
    bias: str
    design: str
    n: int | None
    hard: bool


def _arrow(figure: Figure, x: float, y: float, mark: Mark) -> None:
    size = 10 if mark.n is None else 7 if mark.n < 50 else 10 if mark.n < 300 else 13
    label = f"{mark.study}, {mark.group}: {ARROWS[mark.direction]}; risk of bias {mark.bias}"
    shade = SHADES[mark.bias]
    if mark.direction == BENEFIT:
        figure.polygon([(x, y - size), (x + size, y + size * 0.8), (x - size, y + size * 0.8)], shade, label)
    elif mark.direction == HARM:
        figure.polygon([(x, y + size), (x + size, y - size * 0.8), (x - size, y - size * 0.8)], shade, label)
    elif mark.direction == MIXED:
        figure.polygon([(x - size, y), (x, y - size), (x + size, y), (x, y + size)], shade, label)
    else:
        figure.line(x - 6, y, x + 6, y, "bar")


def effect_direction(marks: Sequence[Mark], groups: Sequence[str], title: str) -> Figure:
    """Rows are studies, columns groups of outcomes; an arrow points up where the training did better."""
    studies = list(dict.fromkeys(mark.study for mark in marks))
    by = {(mark.study, mark.group): mark for mark in marks}
    told = "; ".join(f"{m.study}, {m.group}: {ARROWS[m.direction]}" for m in marks)
    left, column = 210, max(96.0, 430 / max(1, len(groups)))
    heads = [wrap(group, 15) for group in groups]
    top = 24 + 17 * max((len(head) for head in heads), default=1)
    figure = Figure("directions", title, told + ".", left + column * len(groups) + 10, top + 34 * len(studies) + 92)
    for j, head in enumerate(heads):
        figure.lines(left + column * (j + 0.5), 20, head, "small strong", "middle")
    for i, study in enumerate(studies):
        y = top + 34 * i + 17
        figure.line(0, y - 17, figure.width, y - 17)
        figure.text(0, y + 5, short(study, 27))
        for j, group in enumerate(groups):
            if mark := by.get((study, group)):
                _arrow(figure, left + column * (j + 0.5), y, mark)
    _key(figure, top + 34 * len(studies))
    return figure


def _key(figure: Figure, y: float) -> None:
    figure.line(0, y, figure.width, y)
    x = 10.0
    for direction, words in ((BENEFIT, "better"), (HARM, "worse"), (MIXED, "mixed"), (MISSING, "no sign printed")):
        _arrow(figure, x, y + 22, Mark("key", "key", direction, "not assessed", "yes", None, True))
        figure.text(x + 16, y + 27, words, "small")
        x += 38 + 7.2 * len(words)
    x = 10.0
    for bias, words in zip(SHADES, ("low", "some concerns", "high", "not assessed"), strict=True):
        figure.rect(x - 7, y + 46, 14, 14, SHADES[bias])
        figure.text(x + 16, y + 58, words, "small")
        x += 38 + 7.2 * len(words)
    figure.text(
        3, y + 82, "Shade: risk of bias. Size: under 50, under 300 (or not known), 300 people or more.", "small"
    )


HEIGHTS = {"yes": 44, "unclear": 28, "no": 14}


def harvest(marks: Sequence[Mark], groups: Sequence[str], title: str) -> Figure:
    """Per group three fields (worse, none or no sign, better); a bar is a study, its height the design."""
    fields = (("worse", (HARM,)), ("mixed or no sign", (MIXED, MISSING)), ("better", (BENEFIT,)))
    left, width, row = 150.0, 164.0, 100.0
    told = "; ".join(
        f"{group}: "
        + ", ".join(f"{sum(m.group == group and m.direction in d for m in marks)} {name}" for name, d in fields)
        for group in groups
    )
    figure = Figure("harvest", title, told + ".", left + width * 3, 30 + row * len(groups) + 46)
    for j, (name, _) in enumerate(fields):
        figure.text(left + width * (j + 0.5), 18, name, "small strong", "middle")
    for i, group in enumerate(groups):
        base = 30 + row * (i + 1) - 24
        figure.line(0, 30 + row * i, figure.width, 30 + row * i)
        figure.lines(0, base - 30, wrap(group, 18), "small")
        for j, (_, directions) in enumerate(fields):
            inside = [m for m in marks if m.group == group and m.direction in directions]
            figure.line(left + width * j + 8, base, left + width * (j + 1) - 8, base, "bar")
            step = min(40.0, (width - 24) / max(1, len(inside)))
            for k, mark in enumerate(inside):
                _harvest_bar(figure, left + width * j + 14 + step * k, base, step, mark)
    y = 30 + row * len(groups)
    figure.line(0, y, figure.width, y)
    figure.text(
        0,
        y + 20,
        "Bar height: randomised (tall), unclear, not randomised (short). Numbers: the studies below.",
        "small",
    )
    figure.text(0, y + 38, "Filled: what clients or observers saw. Open: knowledge or attitude.", "small")
    return figure


def _harvest_bar(figure: Figure, x: float, base: float, step: float, mark: Mark) -> None:
    height = HEIGHTS.get(mark.design, HEIGHTS["unclear"])
    kind = "main edge" if mark.hard else "open"
    label = f"{mark.study}: {ARROWS[mark.direction]}, randomised: {mark.design}"
    figure.rect(x, base - height, min(24.0, step - 6), height, kind, label)
    figure.text(x + min(24.0, step - 6) / 2, base + 15, mark.study.split(".")[0], "small", "middle")


@dataclass(frozen=True)
class Point:
    """One study in the albatross plot: two-sided p, direction and number of people."""

    study: str
    p: float
    benefit: bool
    n: float
    main: bool = True


DEEPEST = 4.0  # p = 0.0001 at both ends of the albatross plot
FEWEST, MOST = 20, 3000  # people at its bottom and top
LEFT, RIGHT, TOP, BOTTOM = 60.0, 620.0, 20.0, 338.0


def _across(p: float, benefit: bool) -> float:
    fold = min(DEEPEST, -math.log10(p)) / DEEPEST
    return LEFT + (RIGHT - LEFT) * (0.5 + (0.5 if benefit else -0.5) * fold)


def _up(n: float) -> float:
    inside = min(max(n, FEWEST), MOST)
    return BOTTOM - (BOTTOM - TOP) * math.log(inside / FEWEST) / math.log(MOST / FEWEST)


def albatross(points: Sequence[Point], title: str, contours: Sequence[float] = (0.1, 0.2, 0.5)) -> Figure:
    """Folded p on the horizontal (log) axis, people on the vertical, with contours of equal effect."""
    told = "; ".join(f"{p.study}: {'better' if p.benefit else 'worse'}, p {p.p:g}, {p.n:.0f} people" for p in points)
    height = 400 + 17.0 * len(points) + 8
    figure = Figure("albatross", title, (told or "No study gives both p and numbers") + ".", 640, height)
    for n in (20, 50, 100, 300, 1000, 3000):
        figure.line(LEFT, _up(n), RIGHT, _up(n))
        figure.text(LEFT - 8, _up(n) + 4, f"{n}", "small", "end")
    for p, benefit in [(1.0, True), *((10.0**-i, side) for i in (1, 2, 3, 4) for side in (True, False))]:
        figure.text(_across(p, benefit), BOTTOM + 18, f"{p:g}", "small", "middle")
    figure.line(_across(1, True), TOP, _across(1, True), BOTTOM, "dash")
    for d in contours:
        _contour(figure, d, True)
        _contour(figure, d, False)
    for i, point in enumerate(points):
        x, y = _across(point.p, point.benefit), _up(point.n)
        figure.circle(x, y, 6, "main edge" if point.main else "open", point.study)
        figure.text(x, y - 10, point.study.split(".")[0], "small strong", "middle")
        figure.text(LEFT, 414 + 17 * i, point.study, "small")
    figure.text(LEFT, 376, "control did better ← two-sided p → training did better", "small")
    figure.text(
        LEFT,
        394,
        "Height: people, in cluster trials the effective number. Open circle: outside the main synthesis.",
        "small",
    )
    return figure


def _contour(figure: Figure, d: float, benefit: bool) -> None:
    """The line on which a standardised difference d lies, labelled at its outer end."""
    pairs = [(p, albatross_n(p, d)) for p in (10 ** (-DEEPEST * i / 60) for i in range(2, 61))]
    curve = [(_across(p, benefit), _up(n)) for p, n in pairs if FEWEST <= n <= MOST]
    if len(curve) > 1:
        figure.polyline(curve, "curve")
        x, y = curve[-1]
        figure.text(x, y - 5, f"d {d:g}", "small", "end" if benefit else "start")
