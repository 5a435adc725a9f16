"""Thousands of fits at once: one design, many outcomes (resampled, imputed, shifted or simulated)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kring.evaluation.mixed_model.design import Design, ModelError
from kring.evaluation.mixed_model.estimate import START, parents
from kring.evaluation.mixed_model.kernels import batch as compiled
from kring.evaluation.mixed_model.sums import teams_by_institution

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """A design with its rows put in order: persons in one piece, in order of team, in order of institution.

    order: the design's row behind each row of M; team: each person's place among the teams.
    """

    M: Floats
    order: Codes
    person_start: Codes
    team: Codes
    team_start: Codes
    z: tuple[int, ...]
    kinds: tuple[int, int, int]
    p: int

    @classmethod
    def of(cls, design: Design) -> Layout:
        (name, person), *outer = design.groups
        team = outer[0][1] if outer else np.zeros(len(person), np.int64)
        if outer:
            parents(person, team, name, outer[0][0], design.labels[name])
        institution = np.zeros(int(team.max()) + 1, np.int64)
        if len(outer) == 2:
            institution = parents(team, outer[1][1], outer[0][0], outer[1][0], design.labels[outer[0][0]])
        place, team_start = teams_by_institution(institution)
        order = np.lexsort((person, place[team]))
        start = np.flatnonzero(np.r_[True, np.diff(person[order]) != 0])
        teams = place[team[order]][start]
        M = np.ascontiguousarray(design.M[order])
        start = np.r_[start, len(order)].astype(np.int64)
        return cls(M, order, start, teams, team_start, design.z, design.kinds, design.p)

    def start_values(self) -> Floats:
        theta: list[float] = []
        time2 = float((self.M[:, self.z[-1]] ** 2).mean())
        for level, kind in enumerate(self.kinds):
            theta += {0: [], 1: [START[level]], 2: [START[level], 0.0, 0.1 / time2], 3: [START[level], 0.1 / time2]}[
                kind
            ]
        return np.array(theta)


@dataclass(frozen=True)
class BatchFits:
    """One row per data set; estimate, se, df: (R, contrasts). Failed fits are nan and not `converged`.

    psi (R,3,q,q): covariances of the levels, innermost first, relative to σ².
    """

    estimate: Floats
    se: Floats
    df: Floats
    sigma2: Floats
    loglik: Floats
    converged: NDArray[np.bool_]
    psi: Floats

    @property
    def p(self) -> Floats:
        """Two-sided p by Student's t with Satterthwaite's degrees of freedom."""
        return np.asarray(2 * stats.t.sf(np.abs(self.estimate / self.se), self.df), np.float64)

    @classmethod
    def concatenate(cls, parts: Sequence[BatchFits]) -> BatchFits:
        return cls(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)))

    @classmethod
    def unpack(cls, results: Floats, k: int, q: int) -> BatchFits:
        return cls(
            results[:, 0 : 3 * k : 3], results[:, 1 : 3 * k : 3], results[:, 2 : 3 * k : 3], results[:, 3 * k],
            -results[:, 3 * k + 1] / 2, results[:, 3 * k + 2] == 1.0,
            results[:, 3 * k + 3 :].reshape(-1, 3, q, q),
        )  # fmt: skip


def fit_many(
    design: Design,
    outcomes: Floats,
    contrasts: Floats | Sequence[Sequence[float]] | None = None,
    method: str = "REML",
    threads: int = 2,
) -> BatchFits:
    """Fit the design to every row of outcomes (R, n), in the order of the design's rows; nan marks a missing value.

    contrasts (k, p): what to estimate, by default every coefficient. The design's own outcome plays no part.
    Results do not depend on the number of threads.
    """
    outcomes = np.atleast_2d(np.asarray(outcomes, np.float64))
    if outcomes.shape[1] != len(design.M):
        raise ModelError(f"Each data set needs {len(design.M)} outcomes, one per row; got {outcomes.shape[1]}.")
    rows = np.eye(design.p) if contrasts is None else np.atleast_2d(np.asarray(contrasts, np.float64))
    layout = Layout.of(design)

    def work(part: NDArray[np.int64]) -> BatchFits:
        return fit_layout(layout, np.ascontiguousarray(outcomes[part][:, layout.order]), rows, method)

    parts = np.array_split(np.arange(len(outcomes)), min(len(outcomes), max(1, threads)))
    with ThreadPoolExecutor(len(parts)) as pool:
        return BatchFits.concatenate(list(pool.map(work, parts)))


def fit_layout(layout: Layout, outcomes: Floats, contrasts: Floats, method: str = "REML") -> BatchFits:
    """Fit outcomes (R, n) in the order of the layout's rows, in this thread."""
    theta0 = layout.start_values()
    q = len(layout.z)
    results = np.empty((len(outcomes), 3 * len(contrasts) + 3 + 3 * q * q))
    compiled.fit_outcomes(
        layout.z, layout.M, outcomes, layout.person_start, layout.team, layout.team_start,
        np.array(layout.kinds, np.int64), theta0, layout.p, method == "REML", contrasts, results,
    )  # fmt: skip
    return BatchFits.unpack(results, len(contrasts), q)
