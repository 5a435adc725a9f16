"""Item response theory of a quiz: how hard each question is, and how sharply it tells people apart, on one scale.

Fitted by `mirt` (MIT licence, numpy and scipy only), where the installation has it (extra `irt`) and two hundred people
or more handed the quiz in: with fewer a two-parameter model is not to be relied on. The golden test is the LSAT as the
R package ltm printed it. Without the library, or when a fit does not settle, nothing is shown.
"""

import importlib.util
import math
from collections.abc import Sequence
from typing import NamedTuple

FEWEST = 200
FEWEST_ITEMS = 3  # two items fit any slopes
FARTHEST, STEEPEST = 6.0, 5.0
"""Beyond these an estimate only says that nearly everybody answered alike."""


class Curve(NamedTuple):
    """Two-parameter logistic: a person at `location` is right half of the time, the more sharply the larger `slope`."""

    location: float
    slope: float


def there() -> bool:
    return importlib.util.find_spec("mirt") is not None


def curves(rows: Sequence[Sequence[int]]) -> list[Curve | None] | None:
    """One for each question; None where it cannot be said."""
    differs = [number for number, column in enumerate(zip(*rows, strict=True)) if len(set(column)) > 1]
    if len(rows) < FEWEST or len(differs) < FEWEST_ITEMS or not there():
        return None
    import numpy as np
    from mirt import fit_mirt  # heavy, so only where it is asked for

    fitted = fit_mirt(np.array(rows)[:, differs], model="2PL", compute_standard_errors=False)
    if not fitted.converged:
        return None
    found = fitted.model.parameters
    pairs = zip(differs, found["difficulty"], found["discrimination"], strict=True)
    known = {number: _curve(float(location), float(slope)) for number, location, slope in pairs}
    return [known.get(number) for number in range(len(rows[0]))]


def _curve(location: float, slope: float) -> Curve | None:
    fine = math.isfinite(location) and math.isfinite(slope) and abs(location) <= FARTHEST and abs(slope) <= STEEPEST
    return Curve(location, slope) if fine else None
