"""Every defensible way to pool the same results, fitted in one compiled pass.

The choices: estimator of tau2, test, correlation between outcomes of one study, ICC for results that
ignored clustering, and the studies left out. A conclusion that holds only on one path is not a
conclusion. Source: Steegen et al. 2016 (multiverse analysis); composites by Borenstein et al. 2009, ch.
24.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from scipy.stats import norm, t

from kring.evidence.synthesis.effects import design_effect
from kring.evidence.synthesis.pooling import METHODS, TESTS, Floats, fit_many, standard_errors


@dataclass(frozen=True)
class StudyResult:
    """One estimate that may enter a pool. `adjusted`: were clusters allowed for (yes, no, unclear)?"""

    study: str
    outcome: str
    yi: float
    vi: float
    adjusted: str = "yes"
    cluster_size: float = 1.0


@dataclass(frozen=True)
class Choice:
    """One path through the multiverse."""

    estimator: str
    test: str
    rho: float
    icc: float
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class Multiverse:
    """The paths with their fits: rows of mu, se, low, high, p (all of one length)."""

    choices: tuple[Choice, ...]
    mu: Floats
    se: Floats
    low: Floats
    high: Floats
    p: Floats

    def share(self, condition: str) -> float:
        """Share of paths whose interval is *above* 0, *below* 0, or *holds* 0."""
        above, below = self.low > 0, self.high < 0
        kinds = {"above": above, "below": below, "holds": ~(above | below)}
        return float(kinds[condition].mean())


def composite(results: Sequence[StudyResult], rho: float, icc: float) -> tuple[float, float]:
    """Mean of one study's estimates and its variance, with correlation rho between them.

    A result that ignored clusters, or may have (*unclear*), is widened by the design effect of `icc`;
    include an ICC of 0 in the range, so that *unclear* is shown both ways.
    """
    v = [r.vi * (1.0 if r.adjusted == "yes" else design_effect(r.cluster_size, icc)) for r in results]
    sd = np.sqrt(v)
    covariance = rho * np.outer(sd, sd)
    np.fill_diagonal(covariance, v)
    m = len(results)
    return sum(r.yi for r in results) / m, float(covariance.sum()) / m**2


def exclusions(studies: Sequence[str], at_most: int = 1, keep: int = 2) -> list[tuple[str, ...]]:
    """Nobody, then every set of up to `at_most` studies that leaves `keep` or more."""
    most = min(at_most, len(studies) - keep)
    return [gone for size in range(most + 1) for gone in combinations(studies, size)]


def _rows(
    by_study: dict[str, list[StudyResult]],
    rhos: Sequence[float],
    iccs: Sequence[float],
    gone: Sequence[tuple[str, ...]],
) -> Iterator[tuple[float, float, tuple[str, ...], list[tuple[float, float]]]]:
    for rho, icc in product(rhos, iccs):
        cells = {study: composite(results, rho, icc) for study, results in by_study.items()}
        for excluded in gone:
            yield rho, icc, excluded, [cell for study, cell in cells.items() if study not in excluded]


def _filled(rows: list[list[tuple[float, float]]]) -> tuple[Floats, Floats, np.ndarray]:
    sizes = np.array([len(row) for row in rows], dtype=np.int64)
    yi, vi = np.zeros((2, len(rows), int(sizes.max())))
    for i, row in enumerate(rows):
        yi[i, : sizes[i]], vi[i, : sizes[i]] = zip(*row, strict=True)
    return yi, vi, sizes


def multiverse(
    results: Sequence[StudyResult],
    *,
    estimators: Sequence[str] = ("DL", "HE", "PM", "ML", "REML"),
    tests: Sequence[str] = TESTS,
    rhos: Sequence[float] = (0.0, 0.3, 0.5, 0.7, 0.9),
    iccs: Sequence[float] = (0.0, 0.02, 0.05, 0.1),
    excluded: Sequence[tuple[str, ...]] | None = None,
    level: float = 0.95,
) -> Multiverse:
    """Fit all paths. Raises ValueError with fewer than 2 studies: nothing can then be pooled."""
    by_study: dict[str, list[StudyResult]] = {}
    for result in results:
        by_study.setdefault(result.study, []).append(result)
    if len(by_study) < 2:
        raise ValueError(f"a multiverse needs results of 2 or more studies, got {len(by_study)}")
    gone = exclusions(list(by_study)) if excluded is None else list(excluded)
    rows = list(_rows(by_study, rhos, iccs, gone))
    yi, vi, sizes = _filled([cells for *_, cells in rows])
    m = len(rows)
    methods = np.repeat([METHODS.index(e) for e in estimators], m)
    wide = len(estimators)
    fits = fit_many(np.tile(yi, (wide, 1)), np.tile(vi, (wide, 1)), np.tile(sizes, wide), methods)
    df = np.tile(sizes, wide) - 1
    columns: list[list[Floats]] = []
    choices: list[Choice] = []
    for test in tests:
        se = standard_errors(fits[:, 2], fits[:, 3], test)
        tail = norm.ppf((1 + level) / 2) if test == "z" else t.ppf((1 + level) / 2, df)
        with np.errstate(divide="ignore", invalid="ignore"):  # equal estimates leave no spread: p is 0 or nan
            z = np.abs(fits[:, 1]) / se
        p = 2 * (norm.sf(z) if test == "z" else t.sf(z, df))
        columns.append([fits[:, 1], se, fits[:, 1] - tail * se, fits[:, 1] + tail * se, p])
        choices += [Choice(estimator, test, rho, icc, out) for estimator in estimators for rho, icc, out, _ in rows]
    return Multiverse(tuple(choices), *(np.concatenate(column) for column in zip(*columns, strict=True)))
