"""Synthesis without pooling: votes by direction, the sign test, combined p values, direction per study.

Votes count *direction*, never significance; "no difference" without a sign is missing, not a tie.
Sources: Cochrane Handbook 6, ch. 12 (12.2.1.2 and 12.2.1.3); Wilson 1927; Fisher 1932; Hilton Boon &
Thomson 2021 (effect-direction plot); Harrison et al. 2017 (albatross plot).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy.stats import binom, chi2, norm

BENEFIT, HARM, MIXED, MISSING = "benefit", "harm", "mixed", "missing"
FEWEST_FOR_P = 6  # below six votes even a unanimous count cannot reach 0.05: 2 * 0.5^5 = 0.0625
SAME_WAY = 0.7  # share of a study's outcomes that must agree before the study has a direction


@dataclass(frozen=True)
class Votes:
    """Directions counted over studies. `p` is None with fewer than six votes."""

    benefit: int
    harm: int
    missing: int
    share: float | None
    interval: tuple[float, float] | None
    p: float | None

    @property
    def n(self) -> int:
        return self.benefit + self.harm


def wilson(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a proportion; n of 1 or more."""
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} of {n} is not a proportion")
    z = float(norm.ppf((1 + level) / 2))
    share = successes / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def sign_test(successes: int, n: int) -> float:
    """Exact two-sided sign test: the chance of a split this uneven when both directions are as likely."""
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} of {n} is not a count of signs")
    return min(1.0, 2 * float(binom.cdf(min(successes, n - successes), n, 0.5)))


def vote_count(directions: Iterable[str]) -> Votes:
    """Count benefit against harm. Mixed and missing directions are no vote and are told apart from both."""
    found = list(directions)
    strange = set(found) - {BENEFIT, HARM, MIXED, MISSING}
    if strange:
        raise ValueError(f"not a direction: {sorted(strange)[0]!r}; use benefit, harm, mixed or missing")
    up, down = found.count(BENEFIT), found.count(HARM)
    n = up + down
    if n == 0:
        return Votes(0, 0, len(found), None, None, None)
    p = sign_test(up, n) if n >= FEWEST_FOR_P else None
    return Votes(up, down, len(found) - n, up / n, wilson(up, n), p)


def study_direction(outcomes: Sequence[str]) -> str:
    """One direction for a study with several outcomes of one domain: at least 70% the same way, else mixed.

    Outcomes with no sign are left out; a study with none is missing.
    """
    signed = [d for d in outcomes if d in (BENEFIT, HARM, MIXED)]
    if not signed:
        return MISSING
    for direction in (BENEFIT, HARM):
        if signed.count(direction) / len(signed) >= SAME_WAY:
            return direction
    return MIXED


@dataclass(frozen=True)
class Combined:
    """Fisher's combination: it says that the effect exists *in at least one study*, no more."""

    statistic: float
    df: int
    p: float


def fisher(one_sided_p: Sequence[float]) -> Combined:
    """-2 sum(ln p) against chi-square with 2k df, of one-sided p values for one common direction."""
    if len(one_sided_p) < 2:
        raise ValueError("combining p values needs 2 or more")
    for p in one_sided_p:
        if not 0 < p <= 1:
            raise ValueError(f"{p} is not a p value above 0; give a bound such as 0.001 where 0.000 is printed")
    statistic = -2 * sum(math.log(p) for p in one_sided_p)
    return Combined(statistic, 2 * len(one_sided_p), float(chi2.sf(statistic, 2 * len(one_sided_p))))


def albatross_n(p_two_sided: float, d: float, ratio: float = 1.0) -> float:
    """Total n at which d gives this p: N = (1+r)^2 z^2/(r d^2), with r the ratio of the arms."""
    z = float(norm.isf(p_two_sided / 2))
    return (1 + ratio) ** 2 * z**2 / (ratio * d**2)
