"""Control charts over time: XmR, p, u, and the tabular CUSUM.

Formulas as in the NIST/SEMATECH e-Handbook of Statistical Methods, sections 6.3.2.2 (individuals),
6.3.3.1 (counts), 6.3.3.2 (proportions) and 6.3.2.3 (CUSUM), after Shewhart (1931) and Page (1954).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
D2 = 1.128  # mean range of two normal draws, in standard deviations (NIST 6.3.2.2)


@dataclass(frozen=True)
class Chart:
    """Points, centre line and limits; `outside` are the indices beyond a limit."""

    values: Array
    centre: float
    lower: Array
    upper: Array

    @property
    def outside(self) -> list[int]:
        """Indices of points beyond a limit."""
        return [int(i) for i in np.flatnonzero((self.values < self.lower) | (self.values > self.upper))]


def xmr(values: Array) -> Chart:
    """Individuals chart: limits at 3 times the mean moving range over d2. Needs at least two points."""
    if len(values) < 2:
        raise ValueError("an XmR chart needs at least two points")
    centre = float(values.mean())
    width = 3 * float(np.abs(np.diff(values)).mean()) / D2
    return Chart(values, centre, np.full(len(values), centre - width), np.full(len(values), centre + width))


def p_chart(successes: Array, n: Array) -> Chart:
    """Proportions with limits at 3 binomial standard errors, by each period's n; cut off at 0 and 1."""
    centre = float(successes.sum() / n.sum())
    width = 3 * np.sqrt(centre * (1 - centre) / n)
    return Chart(successes / n, centre, np.maximum(0, centre - width), np.minimum(1, centre + width))


def u_chart(counts: Array, units: Array) -> Chart:
    """Counts per unit with limits at 3 Poisson standard errors; cut off at 0."""
    centre = float(counts.sum() / units.sum())
    width = 3 * np.sqrt(centre / units)
    return Chart(counts / units, centre, np.maximum(0, centre - width), centre + width)


@dataclass(frozen=True)
class Cusum:
    """One-sided cumulative sums of standardised values, and the decision limit."""

    high: Array
    low: Array
    limit: float

    @property
    def signals(self) -> list[int]:
        """Indices where either sum is beyond the limit."""
        return [int(i) for i in np.flatnonzero((self.high > self.limit) | (self.low > self.limit))]


def cusum(values: Array, target: float, sigma: float, k: float = 0.5, h: float = 5.0) -> Cusum:
    """Tabular CUSUM: C+ = max(0, z - k + C+), C- = max(0, -z - k + C-), signal above h (in sigmas)."""
    if sigma <= 0:
        raise ValueError("sigma must be above zero")
    z = (values - target) / sigma
    high, low = np.zeros(len(z)), np.zeros(len(z))
    up = down = 0.0
    for i, step in enumerate(z):
        up, down = max(0.0, step - k + up), max(0.0, -step - k + down)
        high[i], low[i] = up, down
    return Cusum(high, low, h)
