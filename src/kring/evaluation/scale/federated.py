"""Institutions that keep their rows: each answers with matrices, and the result is that of the pooled rows.

Each round the coordinator sends relative covariances Ψ; each institution evaluates its own part of log|V| and of
S = M′V⁻¹M with their derivatives and sends those: no row, no person, no team. Sums of these parts are those of
the whole, because institutions are independent given Ψ.

What an answer could give away: asked at several Ψ, the parts of S that belong to one visit pattern can be told
apart. A pattern that one person alone has would then give away that person's sums. So an institution with such a
person refuses (`without_rare` leaves those persons out, and says how many), and it answers a limited number of
rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kring.evaluation.mixed_model.design import ModelError
from kring.evaluation.mixed_model.estimate import START, describe
from kring.evaluation.mixed_model.fitted import Fit
from kring.evaluation.mixed_model.kernels import covariance, criterion, newton
from kring.evaluation.mixed_model.kernels.likelihood import evaluate
from kring.evaluation.mixed_model.sums import NestedSums, PersonSums, nest
from kring.evaluation.scale.registry import PartSums, RegistryModel, names_only, part_sums

Floats = NDArray[np.float64]


class TooSmall(Exception):
    """An institution's numbers are too small to answer without giving a person away."""


@dataclass(frozen=True)
class Answer:
    """What leaves an institution in one round; L (jets,), S (jets, m, m), and counts of what is behind them."""

    L: Floats
    S: Floats
    rows: int
    persons: int
    teams: int


@dataclass
class Institution:
    """One institution's sums and its guard.

    smallest: fewest persons with which it takes part; alone: fewest persons that must share a visit pattern;
    rounds: how often it answers.
    """

    sums: PartSums
    model: RegistryModel
    smallest: int = 10
    alone: int = 2
    rounds: int = 60
    _nested: NestedSums = field(init=False, repr=False)
    _teams: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        persons = self.sums.persons
        if persons.height < self.smallest:
            raise TooSmall(f"{persons.height} persons are fewer than {self.smallest}: nothing leaves this institution.")
        rare = int((_sharing(persons, self.model) < self.alone).sum())
        if rare:
            raise TooSmall(
                f"{rare} persons have a pattern of visits that fewer than {self.alone} persons share: their sums "
                "could be told apart. Leave them out with `without_rare`, and report how many."
            )
        team = persons[self.model.groups[1]].to_numpy() if len(self.model.groups) > 1 else np.zeros(persons.height)
        codes = np.unique(team, return_inverse=True)[1].reshape(-1).astype(np.int64)
        self._teams = int(codes.max()) + 1
        rows = np.ascontiguousarray(_person_rows(persons, self.model))
        one_institution = np.zeros(self._teams, np.int64)
        self._nested = nest(PersonSums(self.model.z, rows, self.sums.gram), codes, one_institution)

    def answer(self, psi: Floats) -> Answer:
        """This institution's part at Ψ (3,q,q)."""
        if self.rounds < 1:
            raise TooSmall("This institution has answered as often as it agreed to.")
        self.rounds -= 1
        directions, ends = covariance.directions(np.array(self.model.kinds, np.int64), len(self.model.z))
        arguments = (*self._nested.arrays(), psi, directions, ends)
        L, S = evaluate(*arguments)
        return Answer(L, S, self._nested.n_rows, self._nested.n_persons, self._teams)


def _person_rows(persons: pl.DataFrame, model: RegistryModel) -> Floats:
    q, m = len(model.z), len(model.terms)
    return persons.select([f"s__{i}" for i in range(q * m)]).to_numpy().reshape(-1, q, m)


def _sharing(persons: pl.DataFrame, model: RegistryModel) -> NDArray[np.int64]:
    """How many persons share each person's visit pattern (its Gram matrix)."""
    grams = _person_rows(persons, model)[:, :, list(model.z)].reshape(persons.height, -1)
    _, which, counts = np.unique(grams, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(counts[which.reshape(-1)], np.int64)


def without_rare(rows: pl.DataFrame, model: RegistryModel, alone: int = 2) -> tuple[pl.DataFrame, int]:
    """The rows of persons whose visit pattern at least `alone` persons share, and how many persons were left out."""
    persons = part_sums(rows, model).persons
    person = model.groups[0]
    kept = persons.filter(pl.Series(_sharing(persons, model) >= alone))[person]
    return rows.filter(pl.col(person).is_in(kept.implode())), persons.height - len(kept)


def fit(ask: Callable[[Floats], Sequence[Answer]], model: RegistryModel, method: str = "REML") -> Fit:
    """Fit from answers only. `ask` sends Ψ to every institution and returns their answers.

    The same steps as for rows (`newton.minimise`); random effects above the team belong to whole institutions.
    """
    reml = method == "REML"
    kinds = np.array(model.kinds, np.int64)
    theta = np.array([v for level, kind in enumerate(kinds) for v in _start(level, int(kind))])
    at = _Round.of(ask, theta, kinds, model, reml)
    damping, evaluations = 0.0, 1
    while evaluations < 60 and damping < 1e12:
        trial, promised = newton.propose(theta, kinds, at.g, at.H, at.info, at.time2, damping, evaluations == 1)
        after = _Round.of(ask, trial, kinds, model, reml)
        evaluations += 1
        if promised >= 0 and after.f <= at.f + 1e-12 * abs(at.f):
            theta, at = trial, after
            if promised < 1e-9 and damping < 0.01:
                break
            damping = damping / 8 if damping > 0.01 else 0.0
        elif abs(promised) < 1e-9:
            break
        else:
            damping = max(4 * damping, 0.25)
    labels: dict[str, list[Any]] = {model.groups[0]: [None] * at.persons}
    for name, count in zip(model.groups[1:], (at.teams, at.institutions), strict=False):
        labels[name] = [None] * count
    converged = evaluations < 60 and damping < 1e12
    done = (theta, kinds, at.f, evaluations, converged, at.L, at.S)
    return describe(done, at.rows, names_only(model, labels), method)


def _start(level: int, kind: int) -> list[float]:
    return {0: [], 1: [START[level]], 2: [START[level], 0.0, 0.01], 3: [START[level], 0.01]}[kind]


@dataclass(frozen=True)
class _Round:
    """The answers at one Ψ, added up, and the criterion with its derivatives."""

    f: float
    g: Floats
    H: Floats
    info: Floats
    L: Floats
    S: Floats
    rows: int
    persons: int
    teams: int
    institutions: int
    time2: float

    @classmethod
    def of(cls, ask: Callable[[Floats], Sequence[Answer]], theta: Floats, kinds: NDArray[np.int64],
           model: RegistryModel, reml: bool) -> _Round:  # fmt: skip
        q, p = len(model.z), len(model.names)
        answers = ask(covariance.covariances(theta, kinds, q))
        L = np.sum([answer.L for answer in answers], axis=0)
        S = np.sum([answer.S for answer in answers], axis=0)
        rows, persons, teams = (sum(getattr(a, name) for a in answers) for name in ("rows", "persons", "teams"))
        f, g, H, info = criterion.profile(L, S, rows, p, reml, len(theta))[:4]
        if not np.isfinite(f):
            raise ModelError("The fixed effects cannot be told apart in what the institutions sent.")
        time2 = float(S[0, model.z[-1], model.z[-1]] / max(S[0, model.z[0], model.z[0]], 1e-300))
        return cls(f, g, H, info, L, S, rows, persons, teams, len(answers), time2)
