"""Components of a training against the direction of its effects: described, and no more where too few trials
speak.

Sources: Ragin 2008 (sufficiency and necessity in qualitative comparative analysis); Rücker et al. 2020
(additive component network meta-analysis: effects exist only when the design matrix has full column rank).
"No clear association" is absence of power, not evidence that design does not matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

REPORTED, NOT_REPORTED, UNCLEAR, NOT_READ = "reported", "not reported", "unclear", "not read"
STUDIES_PER_CONDITION = 4  # a truth table of c conditions has 2^c rows; below this ratio most stay empty


@dataclass(frozen=True)
class Truth:
    """How often condition and outcome go together, over studies that report both."""

    both: int
    condition_only: int
    outcome_only: int
    neither: int

    @property
    def sufficiency(self) -> float | None:
        """Consistency of 'condition suffices': TP/(TP+FP)."""
        n = self.both + self.condition_only
        return self.both / n if n else None

    @property
    def necessity(self) -> float | None:
        """Consistency of 'condition is needed': TP/(TP+FN)."""
        n = self.both + self.outcome_only
        return self.both / n if n else None


@dataclass(frozen=True)
class Refusal:
    """An analysis that these data cannot carry, with the reason in a sentence."""

    analysis: str
    why: str


def truth(pairs: Sequence[tuple[bool, bool]]) -> Truth:
    """Count (condition, outcome) pairs."""
    count = dict.fromkeys(((True, True), (True, False), (False, True), (False, False)), 0)
    for pair in pairs:
        count[pair] += 1
    return Truth(*count.values())


def qca(conditions: Mapping[str, Sequence[bool | None]], outcome: Sequence[bool | None]) -> dict[str, Truth] | Refusal:
    """Crisp-set consistency of each condition, or why not.

    None is *not reported, unclear or not read*, and never *absent*. Refused with fewer than four complete
    studies per condition, and when the outcome or every condition does not vary.
    """
    complete = [
        i for i, y in enumerate(outcome) if y is not None and all(c[i] is not None for c in conditions.values())
    ]
    needed = STUDIES_PER_CONDITION * len(conditions)
    if len(complete) < needed:
        return Refusal(
            "qualitative comparative analysis",
            f"{len(complete)} of {len(outcome)} studies report all {len(conditions)} components and a "
            f"direction; at least {needed} are needed",
        )
    if len({outcome[i] for i in complete}) < 2:
        return Refusal("qualitative comparative analysis", "all studies have the same direction")
    return {
        name: truth([(bool(values[i]), bool(outcome[i])) for i in complete])
        for name, values in conditions.items()
        if len({values[i] for i in complete}) > 1
    }


def component_effects(X: Sequence[Sequence[float]], names: Sequence[str]) -> Refusal | None:
    """Why additive component effects cannot be told apart; None when the design identifies them."""
    design = np.asarray(X, dtype=float).reshape(-1, len(names))
    rank = int(np.linalg.matrix_rank(design)) if design.size else 0
    if rank < len(names):
        return Refusal(
            "component network meta-analysis",
            f"{design.shape[0]} contrasts span {rank} of {len(names)} components, "
            "so their effects cannot be told apart",
        )
    return None
