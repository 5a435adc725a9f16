"""When may screening stop? Recall so far with an interval, a statistical test, and a plain no where none can help.

The test asks: had M more relevant records been among those not yet seen, how likely would so few finds of
late be? It looks back over a stretch of the screening as draws from an urn (Callaghan & Müller-Hansen 2020,
Systematic Reviews 9:273, the method of buscar): relevant records are drawn at `odds` times the rate of
irrelevant ones. With odds 1 (no better than chance) this is buscar's test with its defaults, and a test of
ours shows it.

The ranking is mostly better than chance, and that can be seen: the odds come from the last quarter of the
finds, which are the hard ones, at the lower end of their 95% interval, never below 1 and never above 2.
What it rests on: records still hidden are no harder to find than that. A relevant record written in other
words than all the others breaks it, which no method can see from labels alone.
"""

import math
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
TARGET, ALPHA = 0.95, 0.05
MOST_ODDS = 2.0
QUARTER = 0.25
DROP = 1.353  # of the log likelihood at the one-sided 95% limit: half the 0.90 quantile of chi-squared with 1 df
URNS = 30  # how many of the last finds a stretch may start after
WORTH = 0.05  # a saving below this part of the records is called none


@dataclass(frozen=True)
class Meter:
    """What can be said after `screened` of `total` records with `found` relevant ones."""

    screened: int
    total: int
    found: int
    recall: float | None  # most plausible
    recall_low: float  # the lower 95% limit; the upper one is 1
    p: float  # of the screening so far, had recall missed the target
    odds: float
    stop: bool
    earliest: int  # records to screen before a stop is safe if nothing more is found
    target: float = TARGET

    @property
    def saved(self) -> float:
        """Part of all records that the earliest safe stop would spare, at best."""
        return (self.total - self.earliest) / self.total if self.total else 0.0

    @property
    def hopeless(self) -> bool:
        """No stop worth having: the set is too small, or too few are relevant."""
        return not self.stop and self.saved < WORTH


def missed_at_least(found: int, target: float = TARGET) -> int:
    """The fewest missed records that put recall below `target`: 1 up to 18 found, 2 from 19 on at 0.95."""
    return math.floor(found / target + 1e-9) - found + 1


def p_value(labels: Labels, total: int, missed: int, odds: float = 1.0) -> float:
    """The probability of finds so few, had `missed` relevant records been unseen; the smallest over the stretches."""
    finds, starts = _stretches(labels)
    return float(_smallest(finds, starts, len(labels), total, missed, odds))


def _stretches(labels: Labels) -> tuple[Labels, Labels]:
    """Where the finds stand, and where the stretches that the test looks back over begin."""
    finds = np.flatnonzero(labels).astype(np.int64)
    return finds, np.concatenate([[0], finds + 1])[-URNS - 1 :].astype(np.int64)


@numba.njit(cache=True)
def _smallest(finds, starts, screened, total, missed, odds):  # type: ignore[no-untyped-def]  # pragma: no cover
    best = 1.0
    for start in starts:
        best = min(best, _so_few(finds, start, screened, total, missed, odds, 0.0))
    return best


@numba.njit(cache=True)
def _so_few(finds, start, screened, total, missed, odds, enough):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The probability for the stretch from `start` on. It only falls on the way: below `enough` the way ends."""
    inside = len(finds) - np.searchsorted(finds, start)
    hidden = missed + inside
    irrelevant = total - start - hidden
    if irrelevant < 0:
        return 1.0  # more than there are records: cannot be
    # chance[x]: of x finds so far; only up to the number that was found matters
    chance = np.zeros(inside + 1)
    chance[0] = 1.0
    for draw in range(screened - start):
        for x in range(min(draw, inside), -1, -1):
            left = odds * (hidden - x)
            hit = left / (left + max(irrelevant - (draw - x), 0))
            if x < inside:
                chance[x + 1] += chance[x] * hit
            chance[x] *= 1.0 - hit
        if enough > 0.0 and draw % 16 == 0 and chance.sum() < enough:
            break
    return chance.sum()


@numba.njit(cache=True)
def _passes(finds, starts, screened, total, missed, odds, alpha):  # type: ignore[no-untyped-def]  # pragma: no cover
    passes = False
    for start in starts[::-1]:
        passes = passes or _so_few(finds, start, screened, total, missed, odds, alpha) < alpha
    return passes


@numba.njit(cache=True)
def _fewest_refuted(finds, starts, screened, total, odds, alpha):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The fewest missed records that a stretch speaks against; a stretch that cannot lower the bound costs one look."""
    bound = total - screened + 1
    for start in starts[::-1]:
        low = 0  # p falls as more are missed
        if _so_few(finds, start, screened, total, bound - 1, odds, alpha) >= alpha:
            continue
        high = bound - 1
        while low + 1 < high:
            middle = (low + high) // 2
            if _so_few(finds, start, screened, total, middle, odds, alpha) < alpha:
                high = middle
            else:
                low = middle
        bound = max(high, 1)
    return bound


def ranking_odds(labels: Labels, total: int, missed: int) -> float:
    """How much likelier than an irrelevant record a relevant one is shown: cautious, from the last finds."""
    finds = np.flatnonzero(labels).astype(np.int64)
    if len(finds) < 2:
        return 1.0
    first = int(len(finds) * (1 - QUARTER))
    grid = np.exp(np.arange(-2.0, 4.01, 0.1))
    fit = np.array([_likelihood(odds, finds, first, len(labels), total, missed) for odds in grid])
    lowest = grid[np.argmax(fit >= fit.max() - DROP)]
    return float(min(max(lowest, 1.0), MOST_ODDS))


@numba.njit(cache=True)
def _likelihood(odds, finds, first, screened, total, missed):  # type: ignore[no-untyped-def]  # pragma: no cover
    start = finds[first - 1] + 1 if first > 0 else 0
    hidden = missed + len(finds) - first
    irrelevant = total - start - hidden
    following, value = first, 0.0
    for draw in range(start, screened):
        if irrelevant < 0:
            return -1e18
        everything = odds * hidden + irrelevant
        if following < len(finds) and finds[following] == draw:
            value += math.log(odds * hidden / everything)
            hidden -= 1
            following += 1
        else:
            if irrelevant == 0:
                return -1e18
            value += math.log(irrelevant / everything)
            irrelevant -= 1
    return value


def meter(labels: Labels, total: int, target: float = TARGET) -> Meter:
    """Read the meter after `labels`, the decisions in the order of screening (1 relevant, 0 not)."""
    labels = np.asarray(labels, dtype=np.int64)
    screened, found = len(labels), int(labels.sum())
    if screened >= total:
        return Meter(screened, total, found, 1.0 if found else None, 1.0, 0.0, 1.0, True, total, target)
    missed = missed_at_least(found, target)
    odds = ranking_odds(labels, total, missed)
    p = p_value(labels, total, missed, odds) if found else 1.0
    most = _most_missed(labels, total, odds, ALPHA)
    plausible = _most_missed(labels, total, odds, 0.5)
    return Meter(
        screened=screened,
        total=total,
        found=found,
        recall=found / (found + plausible) if found else None,
        recall_low=found / (found + most) if found else 0.0,
        p=p,
        odds=odds,
        stop=p < ALPHA,
        earliest=screened if p < ALPHA else _earliest(labels, total, missed),
        target=target,
    )


def _most_missed(labels: Labels, total: int, odds: float, alpha: float) -> int:
    """The largest number of missed records that the data do not speak against."""
    finds, starts = _stretches(labels)
    return int(_fewest_refuted(finds, starts, len(labels), total, odds, alpha)) - 1


def _earliest(labels: Labels, total: int, missed: int) -> int:
    """At how many records the test would pass if every further one were irrelevant."""
    finds, starts = _stretches(labels)
    low, high = len(labels), total
    while low + 1 < high:
        middle = (low + high) // 2
        more = np.concatenate([labels, np.zeros(middle - len(labels), dtype=np.int64)])
        passes = _passes(finds, starts, middle, total, missed, ranking_odds(more, total, missed), ALPHA)
        low, high = (low, middle) if passes else (middle, high)
    return high
