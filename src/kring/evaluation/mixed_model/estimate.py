"""Fit a nested mixed model: table and formula in, `Fit` out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kring.evaluation.mixed_model import inference
from kring.evaluation.mixed_model.design import Design, ModelError, NotNested, build
from kring.evaluation.mixed_model.fitted import Fit, VarianceComponent
from kring.evaluation.mixed_model.kernels import covariance, criterion, newton
from kring.evaluation.mixed_model.sums import Columns, NestedSums, PersonSums, nest, stream, teams_by_institution

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
START = (1.0, 0.1, 0.05)  # relative intercept variances of person, team and institution to start from
MAX_EVALUATIONS = 200
THIN, THIN_FROM = 16, 1000  # slopes in more teams than this: one in sixteen is fitted first


def fit(
    table: Any,
    formula: str,
    groups: Sequence[str] = ("institution", "team", "person"),
    time_slope: Mapping[str, str] | None = None,
    method: str = "REML",
) -> Fit:
    """Fit y = Xβ + random effects of nested groups + e by REML or ML.

    table: polars, pandas or Arrow table, or a mapping of columns; rows are measurements. groups: one to three
    column names, outermost first, each nested in the one before. time_slope: {"team": "months"} adds a random
    slope of months, correlated with the intercept, to that group. Groups that do not nest are fitted by
    statsmodels (said in `Fit.engine` and `Fit.warnings`).
    Raises ModelError where the model cannot be fitted, naming the column.
    """
    if method not in ("REML", "ML"):
        raise ModelError(f"method must be 'REML' or 'ML', not {method!r}.")
    return fit_design(build(table, formula, groups, time_slope), method)


def fit_design(design: Design, method: str = "REML") -> Fit:
    """Fit a design that was built before."""
    check_rank(design)
    try:
        sums = sums_of(design)
    except NotNested as reason:
        from kring.evaluation.mixed_model.fallback import fit_crossed

        return fit_crossed(design, method, str(reason))
    return fit_sums(sums, design, method, rough_start(Columns.of_matrix(design.M), design, method))


def check_rank(design: Design) -> None:
    """Refuse columns that are combinations of others, and outcomes that do not vary, by name."""
    y = design.M[:, design.p]
    if np.ptp(y) == 0:
        raise ModelError(f"Every value of {design.outcome} is {y[0] + design.centre:g}: there is nothing to explain.")
    X = design.M[:, : design.p]
    gram = X.T @ X / len(X)
    scale = np.sqrt(np.diag(gram))
    if (scale == 0).any():
        raise ModelError(f"The column {design.names[int(np.argmin(scale))]!r} is zero in every row; leave it out.")
    gram /= np.outer(scale, scale)
    for k in range(1, design.p + 1):
        if np.linalg.eigvalsh(gram[:k, :k])[0] < 1e-10:
            raise ModelError(
                f"The column {design.names[k - 1]!r} is a combination of the columns before it "
                f"({', '.join(design.names[: k - 1])}); leave it out of the formula (or is there one arm only?)."
            )
    if len(X) <= design.p:
        raise ModelError(f"{len(X)} rows cannot estimate {design.p} fixed effects.")


def parents(child: Codes, parent: Codes, name: str, parent_name: str, labels: Sequence[Any]) -> Codes:
    """The one parent of each child; ModelError naming the first child with two."""
    found = np.zeros(int(child.max()) + 1, np.int64)
    found[child] = parent
    wrong = np.flatnonzero(found[child] != parent)
    if len(wrong):
        label = labels[int(child[wrong[0]])]
        raise NotNested(f"The {name} {label!r} is in more than one {parent_name}: these groups do not nest.")
    return found


def sums_of(design: Design) -> NestedSums:
    """The group sums of a design, its groups checked to nest."""
    return sums_of_columns(Columns.of_matrix(design.M), design)


def sums_of_columns(columns: Columns, design: Design) -> NestedSums:
    """The same from columns that are made block by block; rows sorted by team and person are fastest."""
    (name, person), *outer = design.groups
    labels = design.labels[name]
    team = outer[0][1] if outer else np.zeros(len(person), np.int64)
    institution, placed, team_start = None, team, np.array([0, int(team.max()) + 1])
    if len(outer) == 2:
        institution = parents(team, outer[1][1], outer[0][0], outer[1][0], design.labels[outer[0][0]])
        place, team_start = teams_by_institution(institution)
        placed = team if np.array_equal(place, np.arange(len(place))) else place[team]
    streamed = stream(columns, design.z, person, placed, team_start)
    if streamed is not None:
        return streamed
    team_of = parents(person, team, name, outer[0][0], labels) if outer else None
    sums = PersonSums.empty(int(person.max()) + 1, len(columns.terms), design.z)
    sums.add_rows(columns, person)
    return nest(sums, team_of, institution)


def start_values(sums: NestedSums, kinds: Sequence[int]) -> Floats:
    """Relative variances to start from; slopes in units that make a slope matter as much as a tenth of σ²."""
    theta: list[float] = []
    for level, kind in enumerate(kinds):
        if kind:
            theta.append(START[level])
        if kind >= 2:
            theta += [0.0, 0.1 / sums.slope_scale] if kind == 2 else [0.1 / sums.slope_scale]
    return np.array(theta)


def rough_start(columns: Columns, design: Design, method: str) -> tuple[Floats, Codes] | None:
    """Slopes in many teams: the minimum of one team in sixteen, from where the whole needs half of its costly steps.

    None where there are few teams, or where that part has no minimum (one arm only, say): then any start will do.
    """
    if len(design.z) == 1 or len(design.groups) == 1:
        return None
    _, (_, team), *_ = design.groups
    if team.max() < THIN_FROM:
        return None
    rows = np.flatnonzero(team % THIN == 0)
    groups = tuple((name, np.unique(codes[rows], return_inverse=True)[1]) for name, codes in design.groups)
    part = sums_of_columns(columns.rows(rows), dataclasses.replace(design, groups=groups))
    theta0, kinds = start_values(part, design.kinds), np.array(design.kinds, np.int64)
    found = minimise(part, theta0, kinds, design.p, method)
    return (found[0], found[1]) if found[4] else None


def fit_sums(sums: NestedSums, design: Design, method: str, start: tuple[Floats, Codes] | None = None) -> Fit:
    """Fit from group sums; the design is read for names only, never for rows. start: (θ, kinds) to begin from."""
    n = sums.n_rows
    if design.kinds[0] == 2 and sums.grams[:, 0, 0].max() < 3:
        name = design.groups[0][0]
        raise ModelError(f"No {name} has three rows, so a slope per {name} cannot be told from the residual.")
    theta0, kinds = start or (start_values(sums, design.kinds), np.array(design.kinds, np.int64))
    return describe(minimise(sums, theta0, kinds, design.p, method), n, design, method)


def minimise(sums: NestedSums, theta: Floats, kinds: Codes, p: int, method: str) -> tuple[Any, ...]:
    """What `newton.minimise` finds for these sums."""
    n, reml = sums.n_rows, method == "REML"
    found: tuple[Any, ...] = newton.minimise(sums.arrays(), theta, kinds, p, n, reml, sums.slope_scale, MAX_EVALUATIONS)
    return found


def describe(done: tuple[Any, ...], n: int, design: Design, method: str) -> Fit:
    """The Fit at a minimum that was found: done is what `minimise` returns, n the number of rows."""
    theta, kinds, f, evaluations, converged, L, S = done
    if not np.isfinite(f):
        raise ModelError("The fixed effects cannot be told apart in these data (X′V⁻¹X is singular).")
    p, reml, P = design.p, method == "REML", len(theta)
    _, g, H, _, beta, sigma2, X = criterion.profile(L, S, n, p, reml, P)
    psi = covariance.covariances(theta, kinds, len(design.z))
    _, hessian = covariance.in_theta(theta, kinds, g, H)
    free = covariance.free_parameters(theta, kinds)
    J = covariance.jacobian(theta, kinds)
    freedom = inference.Freedom(L, S, _elements(psi, design.kinds), J, hessian, free, beta, sigma2, n, reml)
    beta = beta.copy()
    if "Intercept" in design.names:
        beta[design.names.index("Intercept")] += design.centre
    vc = _components(psi, sigma2, design, theta)
    return Fit(
        formula=design.formula, outcome=design.outcome, method=method, names=design.names, beta=beta,
        cov=sigma2 * X, vc=vc, sigma2=float(sigma2), loglik=-f / 2, nobs=n, dropped=design.dropped,
        ngroups={name: len(design.labels[name]) for name, _ in reversed(design.groups)},
        converged=bool(converged), evaluations=evaluations, warnings=_warnings(vc, converged, design),
        _freedom=freedom,
    )  # fmt: skip


def _elements(psi: Floats, kinds: Sequence[int]) -> Floats:
    """The elements of Ψ in the order of the jets."""
    wanted = {0: (), 1: ((0, 0),), 2: ((0, 0), (1, 0), (1, 1)), 3: ((0, 0), (1, 1))}
    return np.array([psi[level, a, b] for level, kind in enumerate(kinds) for a, b in wanted[kind]])


def _components(psi: Floats, sigma2: float, design: Design, theta: Floats) -> tuple[VarianceComponent, ...]:
    found: list[VarianceComponent] = []
    at = 0
    for level, (group, _) in enumerate(design.groups):
        kind = design.kinds[level]
        own = theta[at : at + int(covariance.width(kind))]
        at += len(own)
        names = [("intercept", 0, 0), ("covariance", 1, 0), (f"slope of {design.slope}", 1, 1)][
            : 3 if kind > 1 else kind
        ]
        for name, a, b in names:
            relative = float(psi[level, a, b])
            # off the diagonal: intercept and slope move as one, so that the covariance matrix has no inverse
            singular = kind == 2 and bool((own[[0, 2]] == 0).any()) and float(psi[level].diagonal().min()) > 0
            on_boundary = singular if a != b else relative == 0
            found.append(VarianceComponent(group, name, sigma2 * relative, relative, on_boundary))
    return tuple(found)


def _warnings(vc: Sequence[VarianceComponent], converged: bool, design: Design) -> tuple[str, ...]:
    said = list(design.notes)
    for c in vc:
        if c.on_boundary and c.name == "intercept":
            said.append(f"The variance between each {c.group} is estimated as exactly zero (on the boundary).")
        elif c.on_boundary and c.name == "covariance":
            said.append(f"Intercept and slope of each {c.group} are perfectly correlated (on the boundary).")
        elif c.on_boundary:
            said.append(
                f"The {c.name} does not vary between {c.group}s: its variance is exactly zero (on the boundary)."
            )
    if not converged:
        said.append("The estimation did not converge; do not rely on these figures.")
    if design.dropped:
        said.append(f"{design.dropped} rows with a missing value were left out.")
    return tuple(said)
