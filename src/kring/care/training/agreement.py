"""Do two observers see the same? ICC for a whole score and kappa for one item, from contacts that were coded twice.

The two who code a contact differ from contact to contact. So the ICC is ICC(1,1), one-way random, single rater
(Shrout & Fleiss 1979, Psychol Bull 86:420, case 1), and kappa is the one for changing raters (Fleiss 1971, Psychol
Bull 76:378). Cohen's kappa and the other forms of the ICC need the same two people throughout.
"""

import dataclasses
import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from statistics import fmean


@dataclasses.dataclass(frozen=True)
class Icc:
    """An ICC(1,1) with its 95% interval, from so many targets."""

    value: float
    low: float
    high: float
    targets: int


def icc(scores: Sequence[Sequence[float]]) -> Icc | None:
    """ICC(1,1) of targets × raters. None: fewer than two targets, or no differences at all."""
    n = len(scores)
    if n < 2:
        return None
    k = len(scores[0])
    grand = fmean(x for row in scores for x in row)
    between = k * sum((fmean(row) - grand) ** 2 for row in scores) / (n - 1)
    within = sum((x - fmean(row)) ** 2 for row in scores for x in row) / (n * (k - 1))
    if between == within == 0:
        return None
    value = (between - within) / (between + (k - 1) * within)
    if within == 0:
        return Icc(1.0, 1.0, 1.0, n)
    ratio, df1, df2 = between / within, n - 1, n * (k - 1)
    low, high = ratio / f_quantile(0.975, df1, df2), ratio * f_quantile(0.975, df2, df1)
    return Icc(value, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1), n)


def fleiss_kappa(coded: Sequence[Sequence[Hashable]]) -> float | None:
    """Kappa for raters that change from target to target. None: nothing coded, or one category only."""
    if not coded:
        return None
    k = len(coded[0])
    agreed = fmean(sum(c * (c - 1) for c in Counter(codes).values()) / (k * (k - 1)) for codes in coded)
    used = Counter(code for codes in coded for code in codes)
    by_chance = sum((c / (k * len(coded))) ** 2 for c in used.values())
    return None if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def f_quantile(p: float, df1: float, df2: float) -> float:
    """The value that an F variable stays below with probability p."""

    def below(x: float) -> float:
        return _beta_share(df1 * x / (df1 * x + df2), df1 / 2, df2 / 2)

    return _solve(below, p)


def _solve(rises: Callable[[float], float], wanted: float) -> float:
    low, high = 0.0, 1.0
    while rises(high) < wanted:
        high *= 2
    for _step in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if rises(middle) < wanted else (low, middle)
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )  # fmt: skip
    fraction = 1.0
    for m in range(200, 0, -1):  # from the inside out
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m - 1) * (a + b + m - 1) * x / ((a + 2 * m - 2) * (a + 2 * m - 1))
        fraction = 1 + odd / (1 + even / fraction)
    return front / (a * fraction)
