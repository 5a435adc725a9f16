"""A fitted model: estimates, degrees of freedom, contrasts, and what was found on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special  # the distributions themselves; scipy.stats checks for a tenth of a millisecond

from kring.evaluation.mixed_model.inference import Freedom, KenwardRoger, Satterthwaite

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Contrast:
    """One linear combination of the fixed effects, in the units of the outcome."""

    label: str
    estimate: float
    se: float
    df: float
    low: float
    high: float
    p: float
    level: float
    method: str


@dataclass(frozen=True)
class FTest:
    """Several contrasts at once."""

    statistic: float
    df_num: int
    df_den: float
    p: float
    method: str


@dataclass(frozen=True)
class VarianceComponent:
    """One element of a level's covariance, in squared units of the outcome (per unit of time for slopes).

    `relative` is it over σ²; `on_boundary` says that a variance is exactly zero or, of a covariance, that
    intercept and slope are perfectly correlated.
    """

    group: str
    name: str
    estimate: float
    relative: float
    on_boundary: bool


def _line(label: str, values: Sequence[float]) -> str:
    first, *others = (f"{value:.5g}" for value in values)
    return f"{label:28}{first:>14}" + "".join(f"{value:>12}" for value in others)


def _sd(component: VarianceComponent) -> tuple[float, ...]:
    """The square root of a variance; a covariance has none."""
    return () if component.name == "covariance" else (component.estimate**0.5,)


@dataclass(frozen=True)
class Fit:
    """A linear mixed model fitted by REML or ML. β and cov are in the units of the design's columns."""

    formula: str
    outcome: str
    method: str
    names: tuple[str, ...]
    beta: Floats
    cov: Floats
    vc: tuple[VarianceComponent, ...]
    sigma2: float
    loglik: float
    nobs: int
    dropped: int
    ngroups: dict[str, int]
    converged: bool
    evaluations: int
    warnings: tuple[str, ...]
    engine: str = "kring"
    _freedom: Freedom | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """What a statistician reads first: the model, its variances, its coefficients with t and df, what to know."""
        groups = ", ".join(f"{n:,} of {name}" for name, n in self.ngroups.items())
        lines = [f"{self.formula} by {self.method}: {self.nobs:,} rows, {groups}; log-likelihood {self.loglik:.4f}"]
        lines += ["", f"{'random effects':28}{'variance':>14}{'SD':>12}"]
        lines += [_line(f"{c.group}: {c.name}", (c.estimate, *_sd(c))) for c in self.vc]
        lines += [_line("residual", (self.sigma2, self.sigma2**0.5))]
        lines += ["", f"{'fixed effects':28}{'estimate':>14}{'SE':>12}{'df':>12}{'t':>12}{'p':>12}"]
        for name, row in zip(self.names, np.eye(len(self.beta)), strict=True):
            found = self.contrast(row)
            lines.append(_line(name, (found.estimate, found.se, found.df, found.estimate / found.se, found.p)))
        return "\n".join([*lines, *(["", *self.warnings] if self.warnings else [])])

    @property
    def _satterthwaite(self) -> Satterthwaite | None:
        return self._freedom.satterthwaite if self._freedom else None

    @property
    def _kenward_roger(self) -> KenwardRoger | None:
        return self._freedom.kenward_roger if self._freedom else None

    @cached_property
    def se(self) -> Floats:
        return np.sqrt(np.diag(self.cov))

    @property
    def boundary(self) -> dict[str, bool]:
        """Which variance components are exactly on their boundary."""
        return {f"{c.group}: {c.name}": c.on_boundary for c in self.vc}

    @cached_property
    def df_satterthwaite(self) -> Floats | None:
        """Per coefficient; None where the engine has none."""
        s = self._satterthwaite
        return None if s is None else np.array([s.df(row) for row in np.eye(len(self.beta))])

    @cached_property
    def df_kenward_roger(self) -> Floats | None:
        """Per coefficient; None for ML fits, and where the engine has none."""
        k = self._kenward_roger
        return None if k is None else np.array([k.f_test(row)[1] for row in np.eye(len(self.beta))])

    @cached_property
    def se_kenward_roger(self) -> Floats | None:
        k = self._kenward_roger
        return None if k is None else np.sqrt(np.diag(k.adjusted))

    def row(self, weights: Mapping[str, float]) -> Floats:
        """The contrast vector with these weights by coefficient name; an unknown name raises KeyError."""
        unknown = [name for name in weights if name not in self.names]
        if unknown:
            raise KeyError(f"no coefficient {unknown[0]!r}; the model has {', '.join(self.names)}")
        return np.array([float(weights.get(name, 0.0)) for name in self.names])

    def contrast(
        self,
        L: Sequence[float] | Floats | Mapping[str, float],
        *,
        label: str = "",
        level: float = 0.95,
        df: str = "satterthwaite",
    ) -> Contrast:
        """Estimate, standard error, t interval and two-sided p of one contrast.

        L: weights by name, or one per coefficient. df: "satterthwaite" or "kenward-roger" (REML only; it also
        uses the adjusted standard error); a model that does not nest has residual ones only. There is no Wald z:
        it is too liberal with few teams.
        """
        row = self.row(L) if isinstance(L, Mapping) else np.asarray(L, float)
        if row.shape != self.beta.shape:
            raise ValueError(f"A contrast needs {len(self.beta)} weights ({', '.join(self.names)}), got {row.size}.")
        cov, freedom = self._cov_and_df(row, df)
        estimate, se = float(row @ self.beta), float(np.sqrt(row @ cov @ row))
        half = float(special.stdtrit(freedom, 0.5 + level / 2)) * se
        p = float(2 * special.stdtr(freedom, -abs(estimate) / se)) if se > 0 else float("nan")
        label = label or " + ".join(f"{w:g}·{n}" for w, n in zip(row, self.names, strict=True) if w)
        method = df if self.engine == "kring" else "residual"
        return Contrast(label, estimate, se, freedom, estimate - half, estimate + half, p, level, method)

    def _cov_and_df(self, row: Floats, df: str) -> tuple[Floats, float]:
        if df == "satterthwaite" and (s := self._satterthwaite):
            return self.cov, s.df(row)
        if df == "kenward-roger" and (k := self._kenward_roger):
            return k.adjusted, k.f_test(row)[1]
        if self.engine != "kring":
            return self.cov, float(self.nobs - len(self.beta))
        raise ValueError(f"No {df!r} degrees of freedom for a model fitted by {self.method}; ask for another.")

    def f_test(self, L: Sequence[Sequence[float]] | Floats, *, df: str = "satterthwaite") -> FTest:
        """Joint test that all rows of L β are zero."""
        rows = np.atleast_2d(np.asarray(L, float))
        source = self._satterthwaite if df == "satterthwaite" else self._kenward_roger
        if source is None:
            raise ValueError(f"No {df!r} degrees of freedom for this model ({self.method}, {self.engine}).")
        scale, den = source.f_test(rows)
        cov = self.cov if df == "satterthwaite" else self._kenward_roger.adjusted  # type: ignore[union-attr]
        value = rows @ self.beta
        rank = int(np.linalg.matrix_rank(rows))
        statistic = scale * float(value @ np.linalg.pinv(rows @ cov @ rows.T) @ value) / rank
        return FTest(statistic, rank, den, float(special.fdtrc(rank, den, statistic)), df)
