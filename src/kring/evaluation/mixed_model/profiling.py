"""Profile-likelihood intervals of fixed effects and of standard deviations, by maximum likelihood as in lme4.

The deviance is written in absolute variances v = (σ², each level's), β being profiled out; its gradient comes from
the likelihood's jets. For random intercepts only: with slopes the covariance must be kept, which is not built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from kring.evaluation.mixed_model.design import Design, ModelError
from kring.evaluation.mixed_model.estimate import fit_sums, sums_of
from kring.evaluation.mixed_model.kernels import covariance
from kring.evaluation.mixed_model.kernels.likelihood import evaluate

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ProfileInterval:
    """Of one parameter, in the units of the outcome (standard deviations for the random part); estimate is ML's."""

    name: str
    estimate: float
    low: float
    high: float
    level: float


class _Deviance:
    """−2l at absolute variances, optionally with one coefficient held."""

    def __init__(self, design: Design) -> None:
        if max(design.kinds) > 1:
            raise ModelError("Profile intervals are offered for random intercepts only, not for random slopes.")
        self.p = design.p
        sums = sums_of(design)
        self.n = sums.n_rows
        self.arrays = sums.arrays()
        kinds = np.array(design.kinds, np.int64)
        self.E, self.ends = covariance.directions(kinds, len(design.z))
        self.fit = fit_sums(sums, design, "ML")
        self.start = np.sqrt([self.fit.sigma2, *(c.estimate for c in self.fit.vc)])

    def at(self, v: Floats, held: tuple[int, float] | None) -> tuple[float, Floats]:
        """(−2l, gradient in v); held = (index of β, value)."""
        s2, P = v[0], len(v) - 1
        psi = np.zeros((3, 1, 1))
        psi[:P, 0, 0] = v[1:] / s2
        arguments = (*self.arrays, psi, self.E, self.ends)
        L, S = evaluate(*arguments)
        T = np.eye(S.shape[1])[:, : self.p + 1]
        if held:
            T[held[0], self.p] = -held[1]
            T = np.delete(T, held[0], axis=1)
        S = T.T @ S[: 1 + P] @ T
        c = np.append(-np.linalg.solve(S[0, :-1, :-1], S[0, :-1, -1]), 1.0)
        q = np.einsum("i,tij,j->t", c, S, c)
        f = self.n * np.log(2 * np.pi * s2) + L[0] + q[0] / s2
        by_psi = L[1 : 1 + P] + q[1:] / s2
        by_s2 = self.n / s2 - q[0] / s2**2 - by_psi @ v[1:] / s2**2
        return float(f), np.append(by_s2, by_psi / s2)

    def minimum(
        self, start: Floats, fixed: int | None = None, held: tuple[int, float] | None = None
    ) -> tuple[float, Floats]:
        """The least −2l over the standard deviations that are not fixed, and where it is."""
        free = [i for i in range(len(start)) if i != fixed]

        def objective(x: Floats) -> tuple[float, Floats]:
            s = start.copy()
            s[free] = unit * x
            f, gradient = self.at(s**2, held)
            return f - self.fit.loglik * -2, 2 * unit * s[free] * gradient[free]

        # In residual SDs, so that the outcome's scale does not matter. The bounds keep the search's first long steps
        # where the sums can still be inverted; no interval comes near them.
        unit = float(self.start[0])
        bounds = [(1e-3 if i == 0 else 0.0, 1e3) for i in free]
        found = optimize.minimize(
            objective, start[free] / unit, jac=True, bounds=bounds, method="L-BFGS-B",
            options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500},
        )  # fmt: skip
        s = start.copy()
        s[free] = unit * found.x
        return float(found.fun), s


def profile_intervals(design: Design, level: float = 0.95) -> list[ProfileInterval]:
    """Intervals of every coefficient and every standard deviation of a design with random intercepts."""
    deviance = _Deviance(design)
    return _of_coefficients(deviance, design, level) + _of_deviations(deviance, level)


def deviation_intervals(design: Design, level: float = 0.95) -> list[ProfileInterval]:
    """Of the standard deviations alone: the residual's first, then each level's from the outermost inwards.

    One whose interval reaches zero has low = 0; one that the data do not bound from above has high = infinity.
    """
    return _of_deviations(_Deviance(design), level)


def _of_coefficients(deviance: _Deviance, design: Design, level: float) -> list[ProfileInterval]:
    limit = float(stats.chi2.ppf(level, 1))
    found = []
    for k, name in enumerate(design.names):
        centre = design.centre if name == "Intercept" else 0.0
        estimate, se = float(deviance.fit.beta[k]) - centre, float(deviance.fit.se[k])

        def rise(b: float, k: int = k) -> float:
            return deviance.minimum(deviance.start, held=(k, b))[0] - limit

        low, high = _root(rise, estimate, -se), _root(rise, estimate, se)
        found.append(ProfileInterval(name, estimate + centre, low + centre, high + centre, level))
    return found


def _of_deviations(deviance: _Deviance, level: float) -> list[ProfileInterval]:
    limit = float(stats.chi2.ppf(level, 1))
    found = []
    names = ["residual", *(f"{c.group}: {c.name}" for c in deviance.fit.vc)]
    for i, name in enumerate(names):
        estimate = float(deviance.start[i])

        def rise_sd(sd: float, i: int = i) -> float:
            start = deviance.start.copy()
            start[i] = sd
            return deviance.minimum(start, fixed=i)[0] - limit

        step = 0.1 * max(estimate, 0.1 * float(deviance.start[0]))
        low = 0.0 if i and rise_sd(0.0) < 0 else _root(rise_sd, estimate, -min(step, 0.5 * estimate), least=0.0)
        try:
            high = _root(rise_sd, estimate, step)
        except ModelError:
            high = np.inf
        found.append(ProfileInterval(name, estimate, low, high, level))
    return found


def _root(rise: Callable[[float], float], start: float, step: float, least: float = -np.inf) -> float:
    """Where rise crosses zero, going from start (where it is below) in the direction of step."""
    inner, outer = start, start + 2 * step
    for _ in range(60):
        outer = max(outer, least)
        if rise(outer) > 0 or outer == least:
            return float(optimize.brentq(rise, inner, outer, xtol=1e-9 * max(1.0, abs(start)), rtol=1e-10))
        inner, outer = outer, outer + 1.5 * (outer - start)
    raise ModelError("A profile interval has no end: the data say too little about this parameter.")
