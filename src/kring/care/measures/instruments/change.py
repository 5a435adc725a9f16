"""Whether a change between two scores is more than the noise of measuring (Jacobson & Truax 1991, doi
10.1037/0022-006X.59.1.12). Nothing smaller is ever called better or worse.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from kring.care.measures.instruments.definition import Scale

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


def threshold_of(scale: Scale) -> tuple[float, str] | None:
    """The reliable change index of this scale and its sources; None where SD or reliability is not known."""
    if scale.reliability and scale.sd and scale.reliability.value < 1:
        sources = "; ".join(dict.fromkeys((scale.sd.source, scale.reliability.source)))
        return reliable_change_index(scale.sd.value, scale.reliability.value), sources
    return None


def change(scale: Scale, before: float, after: float) -> Change:
    """What can be said of the step from one score to a later one. A published smallest change itself counts."""
    difference = after - before
    known = threshold_of(scale)
    if known is not None:
        return Change(difference, known[0], _verdict(scale, difference, abs(difference) > known[0]), known[1])
    if scale.change is not None:
        enough = abs(difference) >= scale.change.value
        return Change(difference, scale.change.value, _verdict(scale, difference, enough), scale.change.source)
    return Change(difference, None, Verdict.CANNOT_TELL)


def _verdict(scale: Scale, difference: float, enough: bool) -> Verdict:
    if not enough:
        return Verdict.WITHIN_NOISE
    return Verdict.BETTER if (difference > 0) == (scale.better == "higher") else Verdict.WORSE
