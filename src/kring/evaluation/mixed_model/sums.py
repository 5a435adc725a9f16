"""Group sums: all that a nested mixed model needs to know about its rows.

Rows become sums per person; persons with the same visits become one pattern; a team keeps one sum per pattern.
Every one of these is a plain sum, so parts of a table (files, machines, institutions) add up. The rows of one
person must meet before patterns are formed: that is the only order there is.
Sums of integers are exact in floating point up to 2^53, whatever the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kring.evaluation.mixed_model.kernels import grouping

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
BLOCK_ROWS = 8192  # sums are flushed at least this often: unblocked ones lose 9e-5 of log-likelihood at 6M rows


@dataclass(frozen=True)
class PersonSums:
    """Σ z m′ for each person (`rows`, N×q×m), and M′M over all rows (`gram`, m×m).

    `z` gives the random-effect columns within M; a person without rows has a count of zero and no weight.
    """

    z: tuple[int, ...]
    rows: Floats
    gram: Floats

    @classmethod
    def empty(cls, n_persons: int, m: int, z: tuple[int, ...]) -> PersonSums:
        return cls(z, np.zeros((n_persons, len(z), m)), np.zeros((m, m)))

    def add_rows(self, M: Floats, person: Codes) -> None:
        """Add rows (n×m) of the persons with these codes, in place."""
        for start in range(0, len(M), BLOCK_ROWS):
            block = M[start : start + BLOCK_ROWS]
            self.gram[:] += block.T @ block
        grouping.add_rows(self.z, M, person, self.rows)

    def __add__(self, other: PersonSums) -> PersonSums:
        """Sums over both sets of rows; both must use the same person codes."""
        if self.z != other.z or self.rows.shape != other.rows.shape:
            raise ValueError("These sums do not describe the same persons and columns, so they cannot be added.")
        return PersonSums(self.z, self.rows + other.rows, self.gram + other.gram)


@dataclass(frozen=True)
class NestedSums:
    """What one likelihood evaluation reads; see `likelihood.evaluate` for the arrays.

    `cell_persons` counts the persons behind each cell: a cell of one person is that person's own data.
    """

    z: tuple[int, ...]
    grams: Floats
    counts: Floats
    squares: Floats
    cell_start: Codes
    cell_pattern: Codes
    cells: Floats
    cell_persons: Codes
    team_start: Codes
    gram: Floats

    @property
    def n_rows(self) -> int:
        return round(float((self.grams[:, 0, 0] * self.counts).sum()))

    @property
    def n_persons(self) -> int:
        return round(float(self.counts.sum()))

    def arrays(self) -> tuple[object, ...]:
        """The arguments of `likelihood.evaluate`, in its order."""
        return (
            self.z, self.grams, self.counts, self.squares, self.cell_start, self.cell_pattern, self.cells,
            self.team_start, self.gram,
        )  # fmt: skip


def nest(persons: PersonSums, team: Codes | None = None, institution: Codes | None = None) -> NestedSums:
    """Sort persons into teams and visit patterns.

    team (N,): each person's team code; institution (J,): each team's institution code. None means one of each.
    """
    team = np.zeros(len(persons.rows), np.int64) if team is None else team
    n_teams = int(team.max()) + 1 if len(team) else 0
    institution = np.zeros(n_teams, np.int64) if institution is None else institution
    team_order = np.argsort(institution, kind="stable")
    place = np.empty(n_teams, np.int64)
    place[team_order] = np.arange(n_teams)
    team_start = _starts(institution[team_order])
    placed = place[team]
    in_order = bool((placed[1:] >= placed[:-1]).all())
    order = np.arange(len(team)) if in_order else np.argsort(placed, kind="stable")
    pattern, first = grouping.patterns(persons.z, persons.rows)
    grams = persons.rows[first][:, :, list(persons.z)]
    cells = grouping.cells(persons.rows, placed, pattern, order, n_teams, len(first))
    counts, squares, cell_start, cell_pattern, cell_rows, cell_persons = cells
    return NestedSums(
        persons.z, grams, counts, squares, cell_start, cell_pattern, cell_rows, cell_persons, team_start,
        persons.gram,
    )  # fmt: skip


def _starts(sorted_codes: Codes) -> Codes:
    """Where each run of equal codes begins, and the end."""
    if not len(sorted_codes):
        return np.zeros(1, np.int64)
    changes = np.flatnonzero(sorted_codes[1:] != sorted_codes[:-1]) + 1
    return np.concatenate(([0], changes, [len(sorted_codes)])).astype(np.int64)


def merge(parts: Iterable[PersonSums]) -> PersonSums:
    """Add any number of parts that use the same person codes."""
    total: PersonSums | None = None
    for part in parts:
        total = part if total is None else total + part
    if total is None:
        raise ValueError("There is nothing to add up.")
    return total
