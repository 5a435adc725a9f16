"""Several effects per study: the multilevel random-effects model, meta-regression, and cluster-robust errors.

y = X b + sum_j Z_j u_j + e, with var(u_j) = sigma2_j and var(e) = V known. REML by projected Newton on the
exact derivatives. Meta-regression is this model with one random effect per estimate.
Sources: Konstantopoulos 2011; Viechtbauer 2010 (metafor's likelihood constants); Bell & McCaffrey 2002 and
Pustejovsky & Tipton 2018 (CR2 with Satterthwaite degrees of freedom).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, norm, t

STUDIES_PER_COVARIATE = 10  # Cochrane Handbook 6, 10.11.4 and 10.11.5.1

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Multilevel:
    """The fitted model: coefficients `b` with covariance `vb`; sigma2 per grouping, in the order given."""

    b: Floats
    vb: Floats
    sigma2: Floats
    log_likelihood: float
    q: float
    q_p: float
    inverse: Floats
    X: Floats
    yi: Floats

    @property
    def se(self) -> Floats:
        return np.sqrt(np.diag(self.vb))

    @property
    def p(self) -> Floats:
        return np.asarray(2 * norm.sf(np.abs(self.b / self.se)))


@dataclass(frozen=True)
class Robust:
    """Coefficients with CR2 standard errors, Satterthwaite df and two-sided p; `few` warns below 4 df."""

    b: Floats
    se: Floats
    df: Floats
    p: Floats
    ci: Floats

    @property
    def few(self) -> bool:
        """Below about 4 df the test's size cannot be trusted (Tipton 2015)."""
        return bool((self.df < 4).any())


def block_covariance(vi: Sequence[float], study: Sequence[object], rho: float) -> Floats:
    """Sampling covariance of estimates that share people: rho*sqrt(vi vj) inside a study, 0 outside."""
    if not -1 < rho < 1:
        raise ValueError(f"the correlation between outcomes must lie between -1 and 1, got {rho}")
    sd = np.sqrt(np.asarray(vi, dtype=float))
    same = np.array([[a == b for b in study] for a in study])
    covariance = np.where(same, rho * np.outer(sd, sd), 0.0)
    np.fill_diagonal(covariance, sd**2)
    return covariance


def _same_group(labels: Sequence[object]) -> Floats:
    """Z Z' of a grouping: 1 where two estimates share the group."""
    return np.array([[float(a == b) for b in labels] for a in labels])


def _projection(M: Floats, X: Floats) -> tuple[Floats, Floats, Floats]:
    """M^-1, (X' M^-1 X)^-1 and P = M^-1 - M^-1 X (X' M^-1 X)^-1 X' M^-1."""
    W = np.linalg.inv(M)
    vb = np.linalg.inv(X.T @ W @ X)
    return W, vb, W - W @ X @ vb @ X.T @ W


def _log_likelihood(M: Floats, X: Floats, y: Floats) -> float:
    _, vb, P = _projection(M, X)
    n, p = X.shape
    logdet = np.linalg.slogdet(M)[1] - np.linalg.slogdet(vb)[1] - np.linalg.slogdet(X.T @ X)[1]
    return float(-0.5 * ((n - p) * math.log(2 * math.pi) + logdet + y @ P @ y))


def _derivatives(P: Floats, y: Floats, groups: list[Floats]) -> tuple[Floats, Floats, Floats]:
    """Slope of the restricted log-likelihood in sigma2, with observed and expected information."""
    PG = [P @ G for G in groups]
    Py = P @ y
    slope = np.array([0.5 * (Py @ G @ Py - np.trace(A)) for G, A in zip(groups, PG, strict=True)])
    expected = np.array([[0.5 * np.sum(A * B.T) for B in PG] for A in PG])
    curve = np.array([[Py @ G @ P @ H @ Py for H in groups] for G in groups])
    return slope, curve - expected, expected


def _newton_step(slope: Floats, observed: Floats, expected: Floats, free: NDArray[np.bool_]) -> Floats:
    step = np.zeros_like(slope)
    information = observed[np.ix_(free, free)]
    if np.linalg.eigvalsh(information).min() <= 0:
        information = expected[np.ix_(free, free)]
    step[free] = np.linalg.solve(information, slope[free])
    return step


def _maximise(y: Floats, V: Floats, X: Floats, groups: list[Floats]) -> Floats:
    """sigma2 >= 0 at the top of the restricted likelihood; a component that would go below 0 stays at 0."""

    def covariance(s: Floats) -> Floats:
        return np.asarray(V + np.einsum("j,jab->ab", s, np.array(groups)))

    sigma2 = np.full(len(groups), max(1e-4, float(np.var(y))) / len(groups))
    value = _log_likelihood(covariance(sigma2), X, y)
    for _ in range(200):
        slope, observed, expected = _derivatives(_projection(covariance(sigma2), X)[2], y, groups)
        free = (sigma2 > 0) | (slope > 0)
        if not free.any():
            break
        step = _newton_step(slope, observed, expected, free)
        new = np.maximum(0.0, sigma2 + step)
        height = _log_likelihood(covariance(new), X, y)
        while height < value - 1e-11 * abs(value) and np.abs(step).max() > 1e-16:
            step = step / 2
            new = np.maximum(0.0, sigma2 + step)
            height = _log_likelihood(covariance(new), X, y)
        done = np.abs(new - sigma2).max() <= 1e-13 * (1e-3 + sigma2.max())
        sigma2, value = new, height
        if done:
            break
    return sigma2


def fit(yi: object, V: object, groupings: Sequence[Sequence[object]], X: object = None) -> Multilevel:
    """Fit the multilevel model by REML.

    yi (n,), V (n,) variances or (n, n) covariance, `groupings` one row of n labels per random effect
    (study, then estimate), X (n, p) design, by default the mean alone. Raises ValueError when X is not of
    full rank.
    """
    y = np.asarray(yi, dtype=float)
    known = np.asarray(V, dtype=float)
    known = np.diag(known) if known.ndim == 1 else known
    design = np.ones((y.size, 1)) if X is None else np.asarray(X, dtype=float)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("the columns of X are not independent: their effects cannot be told apart")
    groups = [_same_group(labels) for labels in groupings]
    sigma2 = _maximise(y, known, design, groups)
    M = known + np.einsum("j,jab->ab", sigma2, np.array(groups))
    W, vb, _ = _projection(M, design)
    q = float(y @ _projection(known, design)[2] @ y)
    return Multilevel(
        vb @ design.T @ W @ y, vb, sigma2, _log_likelihood(M, design, y), q,
        float(chi2.sf(q, y.size - design.shape[1])), W, design, y,
    )  # fmt: skip


def meta_regression(yi: object, vi: object, X: object, covariates: int) -> Multilevel:
    """Random-effects meta-regression; refused below `STUDIES_PER_COVARIATE`."""
    n = np.asarray(yi, dtype=float).size
    if n < STUDIES_PER_COVARIATE * covariates:
        raise ValueError(
            f"{n} studies carry at most {n // STUDIES_PER_COVARIATE} covariates; {covariates} were asked. "
            "Show the covariate beside the effects instead"
        )
    return fit(yi, vi, [range(n)], X)


def _inverse_root(A: Floats) -> Floats:
    """Symmetric pseudo-inverse square root."""
    values, vectors = np.linalg.eigh(A)
    cut = 1e-10 * max(1.0, float(values.max()))
    return np.asarray((vectors * np.where(values > cut, 1 / np.sqrt(np.maximum(values, cut)), 0.0)) @ vectors.T)


def _influence(model: Multilevel, cluster: Sequence[object]) -> list[tuple[NDArray[np.intp], Floats]]:
    """Per cluster its rows and E = vb X_g' W_g A_g: what its residuals add to b under the CR2 correction."""
    Phi = np.linalg.inv(model.inverse)
    labels = np.array([str(c) for c in cluster])
    found: list[tuple[NDArray[np.intp], Floats]] = []
    for label in dict.fromkeys(labels):
        rows = np.flatnonzero(labels == label)
        Xg, Wg = model.X[rows], model.inverse[np.ix_(rows, rows)]
        D = np.linalg.cholesky(Phi[np.ix_(rows, rows)]).T
        B = D @ (Phi[np.ix_(rows, rows)] - Xg @ model.vb @ Xg.T) @ D.T
        found.append((rows, model.vb @ Xg.T @ Wg @ D.T @ _inverse_root(B) @ D))
    return found


def robust(model: Multilevel, cluster: Sequence[object], level: float = 0.95) -> Robust:
    """CR2 standard errors by cluster. Clusters must hold whole random effects (usually: study)."""
    influence = _influence(model, cluster)
    n, p = model.X.shape
    residual = model.yi - model.X @ model.b
    hat = model.X @ model.vb @ model.X.T @ model.inverse
    Phi = np.linalg.inv(model.inverse)
    variance, pulls = np.zeros((p, p)), []
    for rows, E in influence:
        score = E @ residual[rows]
        variance += np.outer(score, score)
        pulls.append(E @ (np.eye(n) - hat)[rows])
    se = np.sqrt(np.diag(variance))
    df = np.empty(p)
    for j in range(p):
        G = np.array([pull[j] for pull in pulls])
        spread = G @ Phi @ G.T
        df[j] = np.trace(spread) ** 2 / np.sum(spread**2)
    crit = t.ppf((1 + level) / 2, df)
    with np.errstate(divide="ignore", invalid="ignore"):  # equal estimates leave no spread
        statistic = np.abs(model.b / se)
    return Robust(
        model.b, se, df, np.asarray(2 * t.sf(statistic, df)),
        np.column_stack([model.b - crit * se, model.b + crit * se]),
    )  # fmt: skip
