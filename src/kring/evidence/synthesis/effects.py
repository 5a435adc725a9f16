"""Effect sizes with their sampling variance, and the correction for clusters.

Every effect is on the scale where *above zero favours the intervention*: scales on which high is worse are
reversed first. Sources: Cochrane Handbook 6 (ch. 6, 10, 23) and 5.1 (16.3); Hedges 1981.
"""

import math
from dataclasses import dataclass

from scipy.stats import norm, t


@dataclass(frozen=True)
class Effect:
    """An estimate `yi` with its sampling variance `vi`, on a scale without further unit."""

    yi: float
    vi: float

    @property
    def se(self) -> float:
        return math.sqrt(self.vi)


def small_sample_factor(df: float) -> float:
    """Hedges' J, in the usual approximation 1 - 3/(4 df - 1)."""
    if df < 1:
        raise ValueError(f"Hedges' J needs at least 1 degree of freedom, got {df}")
    return 1 - 3 / (4 * df - 1)


def hedges_g(
    m1: float, sd1: float, n1: float, m2: float, sd2: float, n2: float, higher_is_better: bool = True
) -> Effect:
    """Standardised mean difference of the intervention (1) against the control (2).

    Var = (n1+n2)/(n1 n2) + g^2/(2(n1+n2)) (Handbook 6, 6.5.1). Raises ValueError on an SD or group that
    cannot be.
    """
    if min(sd1, sd2) <= 0 or min(n1, n2) < 2:
        raise ValueError(f"needs SDs above 0 and groups of 2 or more; got SDs {sd1}, {sd2} and n {n1}, {n2}")
    df = n1 + n2 - 2
    pooled = math.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / df)
    g = small_sample_factor(df) * (m1 - m2) / pooled
    g = g if higher_is_better else -g
    return Effect(g, (n1 + n2) / (n1 * n2) + g**2 / (2 * (n1 + n2)))


def log_odds_ratio(events1: float, n1: float, events2: float, n2: float) -> Effect:
    """ln(OR) with Woolf's variance; half a count is added to each cell when one is empty."""
    cells = [events1, n1 - events1, events2, n2 - events2]
    if min(cells) < 0:
        raise ValueError(f"more events than people: {events1}/{n1} against {events2}/{n2}")
    if min(cells) == 0:
        cells = [cell + 0.5 for cell in cells]
    a, b, c, d = cells
    return Effect(math.log(a * d / (b * c)), sum(1 / cell for cell in cells))


def log_risk_ratio(events1: float, n1: float, events2: float, n2: float) -> Effect:
    """ln(RR); half a count is added to each cell when one is empty."""
    if min(events1, events2, n1 - events1, n2 - events2) < 0:
        raise ValueError(f"more events than people: {events1}/{n1} against {events2}/{n2}")
    if min(events1, events2, n1 - events1, n2 - events2) == 0:
        events1, events2, n1, n2 = events1 + 0.5, events2 + 0.5, n1 + 1, n2 + 1
    ratio = (events1 / n1) / (events2 / n2)
    return Effect(math.log(ratio), 1 / events1 - 1 / n1 + 1 / events2 - 1 / n2)


def se_from_interval(low: float, high: float, level: float = 0.95, df: float = math.inf) -> float:
    """Standard error behind a symmetric confidence interval: (high - low)/3.92 at 95%; of t where df are given."""
    if high <= low:
        raise ValueError(f"the upper limit {high} is not above the lower limit {low}")
    return float((high - low) / (2 * t.ppf((1 + level) / 2, df)))


def p_from_t(statistic: float, df: float) -> tuple[float, float]:
    """One-sided p in the direction of the statistic, and the two-sided p."""
    one_sided = float(t.sf(abs(statistic), df))
    return one_sided, 2 * one_sided


def p_from_estimate(estimate: float, se: float) -> float:
    """Two-sided p of a normal estimate."""
    return float(2 * norm.sf(abs(estimate) / se))


def one_sided(p_two_sided: float, favours_intervention: bool) -> float:
    """One-sided p for *the intervention does better*, from a two-sided p and the direction of the effect."""
    return p_two_sided / 2 if favours_intervention else 1 - p_two_sided / 2


def design_effect(cluster_size: float, icc: float) -> float:
    """DE = 1 + (M - 1) ICC (Handbook 5.1, 16.3.4)."""
    if cluster_size < 1 or not 0 <= icc <= 1:
        raise ValueError(f"needs clusters of 1 or more and an ICC in 0..1; got M {cluster_size}, ICC {icc}")
    return 1 + (cluster_size - 1) * icc


def effective_n(n: float, deff: float) -> float:
    """The number of independent people that a clustered group is worth."""
    return n / deff


def corrected_for_clusters(effect: Effect, adjusted: str, deff: float, stepped_wedge: bool = False) -> Effect:
    """Widen an effect that ignored clustering: SE times the root of the design effect.

    `adjusted` is *yes*, *no* or *unclear*. Only *no* is corrected, so that nothing is corrected twice;
    *unclear* is refused, because it must be shown both ways. A stepped wedge enters only by its
    time-adjusted estimate.
    """
    if stepped_wedge:
        raise ValueError("a stepped wedge enters only by its time-adjusted estimate, never by a design effect")
    if adjusted == "yes":
        return effect
    if adjusted != "no":
        raise ValueError(f"cluster_adjusted is {adjusted!r}: show it both ways, or look it up in the full text")
    return Effect(effect.yi, effect.vi * deff)
