"""Profile intervals of fixed effects, standard deviations and correlations, by maximum likelihood as in lme4.

The deviance is written in absolute variances and covariances v, β being profiled out; its gradient comes from the
likelihood's jets. The search is in what is reported: standard deviations, and the correlation of intercept and slope.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from kring.evaluation.mixed_model.design import Design, ModelError
from kring.evaluation.mixed_model.estimate import fit_sums, sums_of
from kring.evaluation.mixed_model.fitted import Fit
from kring.evaluation.mixed_model.kernels import covariance
from kring.evaluation.mixed_model.kernels.likelihood import evaluate
from kring.evaluation.threads import one_thread

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ProfileInterval:
    """Of one parameter; standard deviations and correlations for the random part; estimate is maximum likelihood's."""

    name: str
    estimate: float
    low: float
    high: float
    level: float


@dataclass(frozen=True)
class _Parameter:
    """One that is searched for: its estimate, a step that matters, and where it must stay."""

    name: str
    estimate: float
    unit: float
    least: float
    most: float

    @property
    def inside(self) -> float:
        """Where to begin: off the bounds, where a gradient may vanish without a minimum."""
        if self.most == 1.0:
            return min(max(self.estimate, -0.9), 0.9)
        return max(self.estimate, 0.1 * self.unit)

    @property
    def bounds(self) -> tuple[float, float]:
        """In units. Those of deviations keep the search's first long steps where the sums can still be inverted."""
        return self.least / self.unit, min(self.most, 1e3 * self.unit) / self.unit


class _Deviance:
    """−2l at the residual's and each level's deviations and correlation, optionally with one coefficient held."""

    def __init__(self, design: Design) -> None:
        self.p = design.p
        sums = sums_of(design)
        self.n = sums.n_rows
        self.arrays = sums.arrays()
        kinds = np.array(design.kinds, np.int64)
        self.E, self.ends = covariance.directions(kinds, len(design.z))
        self.fit = fit_sums(sums, design, "ML")
        self.parameters = _parameters(self.fit, sums.slope_scale)

    def variances(self, s: Floats) -> tuple[Floats, Floats]:
        """(v, dv/ds): σ² and the elements of each level's covariance, from deviations and correlations."""
        v, J, at = s**2, np.diag(2 * s), 1
        for level in range(3):
            if self.ends[level] - at == 2:  # at is 1 + this level's first element
                a, r, b = s[at : at + 3]
                v[at + 1] = a * r * b
                J[at + 1, at : at + 3] = r * b, a * b, a * r
            at = 1 + int(self.ends[level])
        return v, J

    def at(self, v: Floats, held: tuple[int, float] | None) -> tuple[float, Floats]:
        """(−2l, gradient in v); held = (index of β, value)."""
        s2, P, q = v[0], len(v) - 1, self.E.shape[1]
        relative = v[1:, None, None] / s2 * self.E
        levels = np.split(relative, self.ends[:2])
        psi = np.array([part.sum(axis=0) if len(part) else np.zeros((q, q)) for part in levels])
        arguments = (*self.arrays, psi, self.E, self.ends)
        L, S = evaluate(*arguments)
        T = np.eye(S.shape[1])[:, : self.p + 1]
        if held:
            T[held[0], self.p] = -held[1]
            T = np.delete(T, held[0], axis=1)
        S = T.T @ S[: 1 + P] @ T
        c = np.append(-np.linalg.solve(S[0, :-1, :-1], S[0, :-1, -1]), 1.0)
        qs = np.einsum("i,tij,j->t", c, S, c)
        f = self.n * np.log(2 * np.pi * s2) + L[0] + qs[0] / s2
        by_psi = L[1 : 1 + P] + qs[1:] / s2
        by_s2 = self.n / s2 - qs[0] / s2**2 - by_psi @ v[1:] / s2**2
        return float(f), np.append(by_s2, by_psi / s2)

    def minimum(self, fixed: tuple[int, float] | None = None, held: tuple[int, float] | None = None) -> float:
        """The least −2l above the fit's, over all parameters but the one `fixed` at (its index, a value)."""
        start = np.array([part.inside for part in self.parameters])
        free = [i for i in range(len(start)) if fixed is None or i != fixed[0]]
        if fixed:
            start[fixed[0]] = fixed[1]
        unit = np.array([self.parameters[i].unit for i in free])  # so that the outcome's scale does not matter

        def objective(x: Floats) -> tuple[float, Floats]:
            s = start.copy()
            s[free] = unit * x
            v, J = self.variances(s)
            f, gradient = self.at(v, held)
            return f + 2 * self.fit.loglik, unit * (gradient @ J)[free]

        found = optimize.minimize(
            objective, start[free] / unit, jac=True, bounds=[self.parameters[i].bounds for i in free],
            method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500},
        )  # fmt: skip
        return float(found.fun)


def _parameters(fit: Fit, time2: float) -> list[_Parameter]:
    """The residual's deviation, then each level's as in `fit.vc`; time2: mean square of the slope's column."""
    sigma = float(np.sqrt(fit.sigma2))
    found = [_Parameter("residual", sigma, sigma, 1e-3 * sigma, np.inf)]
    for i, part in enumerate(fit.vc):
        if part.name == "covariance":
            product = fit.vc[i - 1].estimate * fit.vc[i + 1].estimate
            estimate = part.estimate / float(np.sqrt(product)) if product > 0 else 0.0
            found.append(_Parameter(f"{part.group}: correlation", estimate, 1.0, -1.0, 1.0))
        else:
            unit = sigma if part.name == "intercept" else sigma / float(np.sqrt(time2))
            found.append(_Parameter(f"{part.group}: {part.name}", float(np.sqrt(part.estimate)), unit, 0.0, np.inf))
    return found


@one_thread
def profile_intervals(design: Design, level: float = 0.95) -> list[ProfileInterval]:
    """Intervals of every coefficient, standard deviation and correlation of a design whose groups nest."""
    deviance = _Deviance(design)
    return _of_coefficients(deviance, design, level) + _of_deviations(deviance, level)


@one_thread
def deviation_intervals(design: Design, level: float = 0.95) -> list[ProfileInterval]:
    """Of the standard deviations and correlations alone: the residual's first, then each level's, innermost first.

    One whose interval reaches zero has low = 0; one that the data do not bound from above has high = infinity. A
    correlation that the data do not bound ends at −1 or 1.
    """
    return _of_deviations(_Deviance(design), level)


def _of_coefficients(deviance: _Deviance, design: Design, level: float) -> list[ProfileInterval]:
    limit = float(stats.chi2.ppf(level, 1))
    found = []
    for k, name in enumerate(design.names):
        centre = design.centre if name == "Intercept" else 0.0
        estimate, se = float(deviance.fit.beta[k]) - centre, float(deviance.fit.se[k])

        def rise(b: float, k: int = k) -> float:
            return deviance.minimum(held=(k, b)) - limit

        low, high = _root(rise, estimate, -se), _root(rise, estimate, se)
        found.append(ProfileInterval(name, estimate + centre, low + centre, high + centre, level))
    return found


def _of_deviations(deviance: _Deviance, level: float) -> list[ProfileInterval]:
    limit = float(stats.chi2.ppf(level, 1))
    found = []
    for i, part in enumerate(deviance.parameters):

        def rise(value: float, i: int = i) -> float:
            return deviance.minimum(fixed=(i, value)) - limit

        step = 0.1 * max(abs(part.estimate), 0.1 * part.unit)
        low = _end(rise, part.estimate, -step, part.least)
        high = _end(rise, part.estimate, step, part.most)
        found.append(ProfileInterval(part.name, part.estimate, low, high, level))
    return found


def _end(rise: Callable[[float], float], start: float, step: float, bound: float) -> float:
    """Where rise crosses zero from start, or the bound where it does not before."""
    if start == bound or (np.isfinite(bound) and rise(bound) < 0):
        return bound
    try:
        return _root(rise, start, step, bound)
    except ModelError:
        return bound


def _root(rise: Callable[[float], float], start: float, step: float, bound: float | None = None) -> float:
    """Where rise crosses zero, going from start (where it is below) in the direction of step, no further than bound."""
    inner, outer = start, start + 2 * step
    for _ in range(60):
        if bound is not None:
            outer = max(outer, bound) if step < 0 else min(outer, bound)
        if rise(outer) > 0 or outer == bound:
            return float(optimize.brentq(rise, inner, outer, xtol=1e-9 * max(abs(step), abs(start)), rtol=1e-10))
        inner, outer = outer, outer + 1.5 * (outer - start)
    raise ModelError("A profile interval has no end: the data say too little about this parameter.")
