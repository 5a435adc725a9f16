"""Where the dots and names of a network map stand. Still and the same at every drawing, so that a print stays true.

Shapes tell the kinds apart and lines tell the feelings apart, so that nothing depends on colour.
"""

import dataclasses
import math
from collections.abc import Sequence

from kring.care.circles.models import Tie

SIZE = 400
CENTRE = SIZE / 2
ME = 27.0  # radius of the dot in the middle
RADII = {"close": 76, "near": 124, "far": 172}
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
LETTER, LINE = 8.6, 19  # about the width and height of a letter at the size in which names are drawn
LONGEST = 13


@dataclasses.dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: "Box") -> float:
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(wide, 0.0) * max(high, 0.0)

    def outside(self) -> float:
        over = max(-self.left, 0) + max(self.right - SIZE, 0) + max(-self.top, 0) + max(self.bottom - SIZE, 0)
        return over * LINE


@dataclasses.dataclass(frozen=True)
class Label:
    x: float
    y: float
    anchor: str
    box: Box


@dataclasses.dataclass(frozen=True)
class Dot:
    tie: Tie
    x: float
    y: float
    start: tuple[float, float]  # where its line leaves the middle
    name: str
    label: Label


def placed(ties: Sequence[Tie]) -> list[Dot]:
    """Dots of one ring stand at equal angles; each name takes the side of its dot where it meets least."""
    spots = _spots(ties)
    taken = [_around(x, y, 10) for _tie, x, y, _angle in spots] + [_around(CENTRE, CENTRE, ME)]
    dots = []
    for tie, x, y, angle in spots:
        name = tie.name if len(tie.name) <= LONGEST else tie.name[: LONGEST - 1].rstrip() + "…"
        label = min(_sides(name, x, y), key=lambda side: _crowd(side.box, taken))
        taken.append(label.box)
        start = (round(CENTRE + ME * math.cos(angle), 1), round(CENTRE + ME * math.sin(angle), 1))
        dots.append(Dot(tie, x, y, start, name, label))
    return dots


def _spots(ties: Sequence[Tie]) -> list[tuple[Tie, float, float, float]]:
    spots = []
    for turn, (ring, radius) in enumerate(RADII.items()):
        here = [tie for tie in ties if tie.ring == ring]
        for number, tie in enumerate(here):
            angle = turn * GOLDEN_ANGLE + 2 * math.pi * number / len(here) - math.pi / 2
            x, y = CENTRE + radius * math.cos(angle), CENTRE + radius * math.sin(angle)
            spots.append((tie, round(x, 1), round(y, 1), angle))
    return spots


def _sides(name: str, x: float, y: float) -> list[Label]:
    """Under the dot and above it, in the middle or from its edge; else to the right or to the left."""
    wide = len(name) * LETTER
    lefts = {"middle": (x, x - wide / 2), "start": (x - 10, x - 10), "end": (x + 10, x + 10 - wide)}
    rows = [(y + 27, y + 12), (y - 15, y - 12 - LINE)]
    return [
        *(
            Label(at, base, anchor, Box(left, top, left + wide, top + LINE))
            for anchor, (at, left) in lefts.items()
            for base, top in rows
        ),
        Label(x + 14, y + 6, "start", Box(x + 14, y - LINE / 2, x + 14 + wide, y + LINE / 2)),
        Label(x - 14, y + 6, "end", Box(x - 14 - wide, y - LINE / 2, x - 14, y + LINE / 2)),
    ]


def _crowd(box: Box, taken: Sequence[Box]) -> float:
    return 4 * box.outside() + sum(box.overlap(other) for other in taken)


def _around(x: float, y: float, radius: float) -> Box:
    return Box(x - radius, y - radius, x + radius, y + radius)
