"""Figures of synthesis without pooling: effect direction, harvest and albatross plots.

Significance is not displayed. Sources: Hilton Boon & Thomson 2021; Ogilvie et al. 2008; Harrison et al.
2017.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kring.evidence.report.figures.svg import WIDE, Figure, short, wrap
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


def effect_direction(marks: Sequence[Mark], groups: Sequence[str], title: str, width: float = WIDE) -> Figure:
    """Rows are studies, columns groups of outcomes; an arrow points up where the training did better."""
    studies = list(dict.fromkeys(mark.study for mark in marks))
    by = {(mark.study, mark.group): mark for mark in marks}
    told = "; ".join(f"{m.study}, {m.group}: {ARROWS[m.direction]}" for m in marks)
    narrow = width < WIDE
    left, row, above = (0.0, 54, 20) if narrow else (210.0, 34, 0)
    column = (width - left) / max(1, len(groups)) if narrow else max(96.0, 430 / max(1, len(groups)))
    heads = [wrap(group, int(column / 7.4) if narrow else 15) for group in groups]
    top = 24 + 17 * max((len(head) for head in heads), default=1)
    figure = Figure("directions", title, told + ".", width if narrow else left + column * len(groups) + 10, 0)
    for j, head in enumerate(heads):
        figure.lines(left + column * (j + 0.5), 20, head, "small strong", "middle")
    for i, study in enumerate(studies):
        y = top + row * i + 17 + above
        figure.line(0, y - 17 - above, figure.width, y - 17 - above)
        figure.text(0, y + 5 - above, short(study, 40 if narrow else 27))
        for j, group in enumerate(groups):
            if mark := by.get((study, group)):
                _arrow(figure, left + column * (j + 0.5), y, mark)
    figure.height = _key(figure, top + row * len(studies))
    return figure


def _key(figure: Figure, y: float) -> float:
    """What arrows and shades mean; return where it ends."""
    figure.line(0, y, figure.width, y)
    arrows = ((BENEFIT, "better"), (HARM, "worse"), (MIXED, "mixed"), (MISSING, "no sign printed"))
    x, y = 10.0, y + 22
    for direction, words in arrows:
        x, y = _room(figure, x, y, words)
        _arrow(figure, x, y, Mark("key", "key", direction, "not assessed", "yes", None, True))
        figure.text(x + 16, y + 5, words, "small")
        x += 38 + 7.2 * len(words)
    x, y = 10.0, y + 31
    for bias, words in zip(SHADES, ("low", "some concerns", "high", "not assessed"), strict=True):
        x, y = _room(figure, x, y, words)
        figure.rect(x - 7, y - 7, 14, 14, SHADES[bias])
        figure.text(x + 16, y + 5, words, "small")
        x += 38 + 7.2 * len(words)
    size = "Shade: risk of bias. Size: under 50, under 300 (or not known), 300 people or more."
    return figure.note(y + 29, size, 3)


def _room(figure: Figure, x: float, y: float, words: str) -> tuple[float, float]:
    """The place for the next entry of a key: a new line where this one is full."""
    return (10.0, y + 26) if x + 20 + 7.2 * len(words) > figure.width else (x, y)


# Ogilvie 2008 weighs studies by the suitability of their design and the quality of their execution. One step each: a
# design that was not randomised stands lowest; among randomised ones risk of bias decides, and what nobody assessed
# stands no higher than high risk.
DESIGNS = {"no": 12, "unclear": 22}
QUALITY = {"high": 32, "not assessed": 32, "some concerns": 43, "low": 54}
SIGNS = {"low": "+", "some concerns": "~", "high": "−", "not assessed": "?"}
HARVEST_KEY = (
    "Bar height: design and risk of bias. From short to tall: not randomised; not clear whether; randomised with high "
    "or not assessed risk of bias; with some concerns; with low risk.",
    "Above the bar, risk of bias: + low, ~ some concerns, − high, ? not assessed.",
    "Filled: what clients or observers saw. Open: knowledge or attitude. Numbers: the studies of the plot above.",
)


def height(mark: Mark) -> int:
    """How tall a study stands in the harvest plot: its quality."""
    return QUALITY[mark.bias] if mark.design == "yes" else DESIGNS.get(mark.design, DESIGNS["unclear"])


def harvest(marks: Sequence[Mark], groups: Sequence[str], title: str, width: float = WIDE) -> Figure:
    """Per group three fields (worse, none or no sign, better); a bar is a study, its height design and risk of bias."""
    fields = (("worse", (HARM,)), ("mixed or no sign", (MIXED, MISSING)), ("better", (BENEFIT,)))
    narrow = width < WIDE
    left, row = (0.0, 134.0) if narrow else (150.0, 112.0)
    part = (width - left) / 3
    figure = Figure("harvest", title, _harvest_told(marks, groups, fields), width, 0)
    for j, (name, _) in enumerate(fields):
        figure.text(left + part * (j + 0.5), 18, name, "small strong", "middle")
    for i, group in enumerate(groups):
        base = 30 + row * (i + 1) - 24
        figure.line(0, 30 + row * i, figure.width, 30 + row * i)
        words = wrap(group, 48 if narrow else 18)
        figure.lines(0, 30 + row * i + 18 if narrow else base - 30, words, "small")
        for j, (_, directions) in enumerate(fields):
            inside = [m for m in marks if m.group == group and m.direction in directions]
            figure.line(left + part * j + 4, base, left + part * (j + 1) - 4, base, "bar")
            step = min(40.0, (part - 12) / max(1, len(inside)))
            for k, mark in enumerate(inside):
                _harvest_bar(figure, left + part * j + 8 + step * k, base, step, mark)
    y = 30 + row * len(groups)
    figure.line(0, y, figure.width, y)
    y += 20
    for line in HARVEST_KEY:
        y = figure.note(y, line)
    figure.height = y
    return figure


def _harvest_told(marks: Sequence[Mark], groups: Sequence[str], fields: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    said = []
    for group in groups:
        for name, directions in fields:
            inside = [m for m in marks if m.group == group and m.direction in directions]
            each = ", ".join(f"{m.study}, randomised: {m.design}, risk of bias {m.bias}" for m in inside)
            said.append(f"{group}: {len(inside)} {name}" + (f" ({each})" if each else ""))
    return "; ".join(said) + "."


def _harvest_bar(figure: Figure, x: float, base: float, step: float, mark: Mark) -> None:
    tall, wide = height(mark), min(24.0, step - 4)
    label = f"{mark.study}: {ARROWS[mark.direction]}, randomised: {mark.design}, risk of bias {mark.bias}"
    figure.rect(x, base - tall, wide, tall, "main edge" if mark.hard else "open", label)
    figure.text(x + wide / 2, base - tall - 5, SIGNS[mark.bias], "small strong", "middle")
    figure.text(x + wide / 2, base + 15, mark.study.split(".")[0], "small", "middle")


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
TOP, BOTTOM = 20.0, 338.0


@dataclass(frozen=True)
class Frame:
    """Where p and people stand in the albatross plot."""

    left: float
    right: float

    def across(self, p: float, benefit: bool) -> float:
        fold = min(DEEPEST, -math.log10(p)) / DEEPEST
        return self.left + (self.right - self.left) * (0.5 + (0.5 if benefit else -0.5) * fold)

    def up(self, n: float) -> float:
        inside = min(max(n, FEWEST), MOST)
        return BOTTOM - (BOTTOM - TOP) * math.log(inside / FEWEST) / math.log(MOST / FEWEST)


def albatross(
    points: Sequence[Point], title: str, contours: Sequence[float] = (0.1, 0.2, 0.5), width: float = WIDE
) -> Figure:
    """Folded p on the horizontal (log) axis, people on the vertical, with contours of equal effect."""
    told = "; ".join(f"{p.study}: {'better' if p.benefit else 'worse'}, p {p.p:g}, {p.n:.0f} people" for p in points)
    figure = Figure("albatross", title, (told or "No study gives both p and numbers") + ".", width, 0)
    narrow = width < WIDE
    frame = Frame(36.0, width - 8) if narrow else Frame(60.0, width - 20)
    _albatross_axes(figure, frame, (1, 2, 3) if narrow else (1, 2, 3, 4))
    for d in contours:
        _contour(figure, frame, d, True)
        _contour(figure, frame, d, False)
    for point in points:
        x, y = frame.across(point.p, point.benefit), frame.up(point.n)
        figure.circle(x, y, 6, "main edge" if point.main else "open", point.study)
        figure.text(x, y - 10, point.study.split(".")[0], "small strong", "middle")
    y = figure.note(376, "control did better ← two-sided p → training did better", frame.left)
    words = "Height: people, in cluster trials the effective number. Open circle: outside the main synthesis."
    y = figure.note(y, words, frame.left) + 3
    for point in points:
        y = figure.note(y, point.study, frame.left)
    figure.height = y
    return figure


def _albatross_axes(figure: Figure, frame: Frame, powers: Sequence[int]) -> None:
    for n in (20, 50, 100, 300, 1000, 3000):
        figure.line(frame.left, frame.up(n), frame.right, frame.up(n))
        figure.text(frame.left - 4, frame.up(n) + 4, f"{n}", "small", "end")
    for p, benefit in [(1.0, True), *((10.0**-i, side) for i in powers for side in (True, False))]:
        figure.text(frame.across(p, benefit), BOTTOM + 18, f"{p:g}".removeprefix("0"), "small", "middle")
    figure.line(frame.across(1, True), TOP, frame.across(1, True), BOTTOM, "dash")


def _contour(figure: Figure, frame: Frame, d: float, benefit: bool) -> None:
    """The line on which a standardised difference d lies, labelled at its outer end."""
    pairs = [(p, albatross_n(p, d)) for p in (10 ** (-DEEPEST * i / 60) for i in range(2, 61))]
    curve = [(frame.across(p, benefit), frame.up(n)) for p, n in pairs if FEWEST <= n <= MOST]
    if len(curve) > 1:
        figure.polyline(curve, "curve")
        x, y = curve[-1]
        figure.text(x, y - 5, f"d {d:g}", "small", "end" if benefit else "start")
