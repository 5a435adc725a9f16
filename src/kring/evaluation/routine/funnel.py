"""Funnel plot of team means with overdispersion, and case-mix adjustment. Teams are shown, never ranked.

Spiegelhalter DJ (2005). Funnel plots for comparing institutional performance. Stat Med 24:1185-1202.
Spiegelhalter DJ (2005). Handling over-dispersion of performance indicators. Qual Saf Health Care
14:347-351.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Funnel:
    """Teams against what chance would do.

    `target` overall mean; `se` standard error of each team's mean; `z` as is; `phi` mean squared
    winsorised z; `tau2` variance between teams beyond chance (0 when phi is not above its threshold);
    `z_adjusted` allows for it.
    """

    target: float
    means: Array
    se: Array
    z: Array
    phi: float
    tau2: float
    z_adjusted: Array

    def limits(self, se: Array, z: float) -> tuple[Array, Array]:
        """Control limits at these standard errors, overdispersion included."""
        width = z * np.sqrt(se**2 + self.tau2)
        return self.target - width, self.target + width


def winsorise(z: Array, share: float = 0.1) -> Array:
    """Pull the most extreme `share` at each end in to the quantile there (Spiegelhalter 2005, p. 1195)."""
    low, high = np.quantile(z, [share, 1 - share])
    return np.clip(z, low, high)


def funnel(means: Array, se: Array, target: float | None = None, winsorised: float = 0.1) -> Funnel:
    """Funnel of `means` with standard errors `se` (same length, se > 0; at least two teams).

    The target is the precision-weighted mean unless given. tau2 is the method-of-moments estimate of
    DerSimonian and Laird with winsorised phi, used when I * phi exceeds I - 1 (Spiegelhalter 2005, eq.
    for tau^2 and section 4).
    """
    if len(means) < 2 or np.any(se <= 0):
        raise ValueError("a funnel needs at least two teams, each with a standard error above zero")
    w = 1 / se**2
    centre = float(np.sum(w * means) / np.sum(w)) if target is None else target
    z = (means - centre) / se
    count = len(means)
    phi = float(np.mean(winsorise(z, winsorised) ** 2))
    excess = count * phi - (count - 1)
    tau2 = max(0.0, excess / float(np.sum(w) - np.sum(w**2) / np.sum(w)))
    return Funnel(centre, means, se, z, phi, tau2, (means - centre) / np.sqrt(se**2 + tau2))


def team_change(
    change: Array, team: NDArray[np.str_], case_mix: Array | None = None
) -> tuple[list[str], Array, Array, Array]:
    """Teams, their size, (adjusted) mean change and its standard error.

    With `case_mix` (persons × covariates) the mean is what the team got above what its persons'
    covariates predict by one linear regression over all teams, plus the overall mean. The standard error
    uses the variance within teams, pooled, so that a small team is not precise by luck.
    """
    value = change
    if case_mix is not None and case_mix.size:
        design = np.column_stack([np.ones(len(change)), case_mix - case_mix.mean(axis=0)])
        fitted = design @ np.linalg.lstsq(design, change, rcond=None)[0]
        value = change - fitted + change.mean()
    names, index = np.unique(team, return_inverse=True)
    size = np.bincount(index).astype(np.float64)
    means = np.bincount(index, weights=value) / size
    within = float(np.sum((value - means[index]) ** 2) / max(1, len(value) - len(names)))
    return [str(name) for name in names], size, means, np.sqrt(within / size)
