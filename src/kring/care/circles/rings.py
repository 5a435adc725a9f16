"""Where the dots of a network map stand. Still and the same at every drawing, so that a printed map stays true."""

import dataclasses
import math
from collections.abc import Sequence

from kring.care.circles.models import Tie

CENTRE = 200
RADII = {"close": 70, "near": 118, "far": 166}
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))


@dataclasses.dataclass(frozen=True)
class Dot:
    tie: Tie
    x: float
    y: float
    anchor: str


def placed(ties: Sequence[Tie]) -> list[Dot]:
    """Dots of one ring stand at equal angles; rings are turned against each other, so names rarely meet."""
    dots: list[Dot] = []
    for turn, (ring, radius) in enumerate(RADII.items()):
        here = [tie for tie in ties if tie.ring == ring]
        for number, tie in enumerate(here):
            angle = turn * GOLDEN_ANGLE + 2 * math.pi * number / len(here) - math.pi / 2
            x, y = CENTRE + radius * math.cos(angle), CENTRE + radius * math.sin(angle)
            dots.append(
                Dot(
                    tie,
                    round(x, 1),
                    round(y, 1),
                    "end" if x > CENTRE + 90 else "start" if x < CENTRE - 90 else "middle",
                )
            )
    return dots
