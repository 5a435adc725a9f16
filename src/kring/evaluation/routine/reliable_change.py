"""Reliable and clinically significant change of persons.

Jacobson NS, Truax P (1991). Clinical significance: a statistical approach to defining meaningful change in
psychotherapy research. J Consult Clin Psychol 59:12-19.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kring.evaluation.contract.dictionary import Measure

Array = NDArray[np.float64]
CLASSES = ("recovered", "improved", "unchanged", "deteriorated")


@dataclass(frozen=True)
class Yardstick:
    """What one person's change is held against, in score points, with where its ingredients come from.

    `s_diff` standard error of a difference, `reliable` the smallest reliable change, `cutoff` the border
    between the clinical and the general population (None when norms are not known).
    """

    s_diff: float
    reliable: float
    cutoff: float | None
    reliability: float
    sd: float
    sd_source: str
    reliability_source: str


def standard_error_of_difference(sd: float, reliability: float) -> float:
    """S_diff = SD sqrt(2 (1 - r)) (Jacobson & Truax 1991, p. 14)."""
    if not (sd > 0 and 0 <= reliability < 1):
        raise ValueError(f"SD must be positive and reliability from 0 to below 1, not {sd} and {reliability}")
    return float(sd * np.sqrt(2 * (1 - reliability)))


def cutoff_c(mean_clinical: float, sd_clinical: float, mean_general: float, sd_general: float) -> float:
    """Criterion c, where both populations are equally near (Jacobson & Truax 1991, p. 13)."""
    return (sd_clinical * mean_general + sd_general * mean_clinical) / (sd_clinical + sd_general)


def yardstick(measure: Measure, baseline: Array, z: float = 1.96) -> Yardstick | None:
    """The yardstick of a measure; None when the dictionary gives no reliability.

    Without an SD in the dictionary that of `baseline`, the table's own scores at the start, is used and
    named.
    """
    if measure.reliability is None or len(baseline) < 2:
        return None
    sd = measure.sd.value if measure.sd else float(np.std(baseline, ddof=1))
    if sd == 0:
        return None
    s_diff = standard_error_of_difference(sd, measure.reliability.value)
    both = measure.clinical and measure.general
    cutoff = None
    if both and measure.clinical and measure.general:
        cutoff = cutoff_c(measure.clinical.mean, measure.clinical.sd, measure.general.mean, measure.general.sd)
    source = measure.sd.source if measure.sd else "table"
    return Yardstick(s_diff, z * s_diff, cutoff, measure.reliability.value, sd, source, measure.reliability.source)


def classify(start: Array, end: Array, stick: Yardstick, sign: int) -> list[str]:
    """One of CLASSES for each person; `sign` is +1 when a higher score is better.

    Recovered: reliably improved and passed the cut-off from the clinical side. Change that is not larger
    than the smallest reliable change is unchanged, never improved.
    """
    change = sign * (end - start)
    better, worse = change > stick.reliable, change < -stick.reliable
    passed = np.zeros(len(change), dtype=bool)
    if stick.cutoff is not None:
        passed = (sign * start < sign * stick.cutoff) & (sign * end >= sign * stick.cutoff)
    names = np.select([better & passed, better, worse], ["recovered", "improved", "deteriorated"], "unchanged")
    return [str(name) for name in names]
