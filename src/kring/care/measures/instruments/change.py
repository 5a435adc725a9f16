"""Whether a change between two scores is more than the noise of measuring (Jacobson & Truax 1991, doi
10.1037/0022-006X.59.1.12). Nothing smaller is ever called better or worse.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import NamedTuple

from kring.care.measures.instruments.definition import Population, Scale

Z = 1.96


class Verdict(StrEnum):
    """What can be said about a change."""

    BETTER = "better"
    WORSE = "worse"
    WITHIN_NOISE = "within_noise"  # smaller than what measuring alone can do
    CANNOT_TELL = "cannot_tell"  # what measuring alone can do is not known


@dataclass(frozen=True)
class Change:
    """A difference, what it had to pass (None: not known), and where that figure comes from."""

    difference: float
    threshold: float | None
    verdict: Verdict
    source: str = ""


def reliable_change_index(sd: float, reliability: float) -> float:
    """The change that 95 of 100 people whose true score stays the same do not pass: 1.96·√2·SD·√(1−r)."""
    if not (sd > 0 and 0 <= reliability < 1):
        raise ValueError(f"SD must be positive and reliability from 0 to below 1, not {sd} and {reliability}")
    return Z * sqrt(2) * sd * sqrt(1 - reliability)


class Threshold(NamedTuple):
    """What a difference has to pass (where `reached`: to reach), where that stands, and among whom it was found."""

    value: float
    source: str
    population: Population | None
    reached: bool = False

    def lets(self, difference: float) -> bool:
        """Whether so much difference is more than measuring alone can do."""
        return abs(difference) >= self.value if self.reached else abs(difference) > self.value


def threshold_of(scale: Scale) -> Threshold | None:
    """The reliable change index, else a published smallest change; None where nothing is known.

    An SD and a reliability count together only when they were found among the same kind of people: a reliability from
    a varied group beside an SD from a uniform one makes the index too small, and noise would be called change.
    """
    sd, reliability = scale.sd, scale.reliability
    if sd and reliability and sd.population and sd.population == reliability.population and reliability.value < 1:
        sources = "; ".join(dict.fromkeys((sd.source, reliability.source)))
        return Threshold(reliable_change_index(sd.value, reliability.value), sources, sd.population)
    if scale.change is not None:
        return Threshold(scale.change.value, scale.change.source, scale.change.population, reached=True)
    return None


def change(scale: Scale, before: float, after: float) -> Change:
    """What can be said of the step from one score to a later one."""
    difference, known = after - before, threshold_of(scale)
    if known is None:
        return Change(difference, None, Verdict.CANNOT_TELL)
    return Change(difference, known.value, _verdict(scale, difference, known.lets(difference)), known.source)


def _verdict(scale: Scale, difference: float, enough: bool) -> Verdict:
    if not enough:
        return Verdict.WITHIN_NOISE
    return Verdict.BETTER if (difference > 0) == (scale.better == "higher") else Verdict.WORSE
