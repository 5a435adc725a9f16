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

from kring.evaluation.jit import kernel

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
BLOCK_ROWS = (
    8192  # sums are flushed at least this often: unblocked ones lose 9e-5 of log-likelihood at 6M rows
)


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
        _add_rows(self.z, M, person, self.rows)

    def __add__(self, other: PersonSums) -> PersonSums:
        """Sums over both sets of rows; both must use the same person codes."""
        if self.z != other.z or self.rows.shape != other.rows.shape:
            raise ValueError(
                "These sums do not describe the same persons and columns, so they cannot be added."
            )
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


@kernel
def _add_rows(z, M, person, out):
    m = M.shape[1]
    for i in range(M.shape[0]):
        row = out[person[i]]
        for k in range(len(z)):
            factor = M[i, z[k]]
            for c in range(m):
                row[k, c] += factor * M[i, c]


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
    pattern, first = _patterns(persons.z, persons.rows)
    grams = persons.rows[first][:, :, list(persons.z)]
    cells = _cells(persons.rows, placed, pattern, order, n_teams, len(first))
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


@kernel
def _patterns(z, rows):
    """Number the distinct Gram matrices among persons that have rows; -1 for a person without.

    Open addressing on the bits of the Gram's elements. Returns (pattern of each person, first person of each).
    """
    n = rows.shape[0]
    size = 16
    while size < 2 * n:
        size *= 2
    slots = np.full(size, -1)
    pattern = np.full(n, -1)
    first = np.empty(n, np.int64)
    found = 0
    for i in range(n):
        if rows[i, 0, z[0]] == 0.0:
            continue
        h = _hash(z, rows, i) % size
        while slots[h] >= 0 and not _same_gram(z, rows, i, first[slots[h]]):
            h = (h + 1) % size
        if slots[h] < 0:
            slots[h] = found
            first[found] = i
            found += 1
        pattern[i] = slots[h]
    return pattern, first[:found].copy()


@kernel
def _hash(z, rows, i):
    h = 0.0
    for a in range(len(z)):
        for b in range(a, len(z)):
            h = h * 0.6180339887498949 + rows[i, a, z[b]]
    h = abs(h) * 0.6180339887498949
    return int((h - np.floor(h)) * 2147483648.0)


@kernel
def _same_gram(z, rows, i, j):
    for a in range(len(z)):
        for b in range(a, len(z)):
            if rows[i, a, z[b]] != rows[j, a, z[b]]:
                return False
    return True


@kernel
def _cells(rows, team, pattern, order, n_teams, n_patterns):
    """Sum persons into (team, pattern) cells, and their outer products into patterns."""
    n, q, m = rows.shape
    slot = np.full(n_patterns, -1)
    cell_start = np.zeros(n_teams + 1, np.int64)
    cell_pattern = np.empty(n, np.int64)
    cell_persons = np.zeros(n, np.int64)
    used = 0
    current = -1
    cell_of = np.full(n, -1)
    for o in range(n):  # first the numbering, so that the sums need no more room than there are cells
        i = order[o]
        while current < team[i]:
            current += 1
            cell_start[current] = used
        v = pattern[i]
        if v < 0:
            continue
        if slot[v] < cell_start[current]:
            slot[v] = used
            cell_pattern[used] = v
            used += 1
        cell_of[i] = slot[v]
        cell_persons[slot[v]] += 1
    while current < n_teams:
        current += 1
        cell_start[current] = used
    cells = np.zeros((used, q, m))
    squares, counts = _sum_cells(rows, pattern, cell_of, order, cells, n_patterns)
    return counts, squares, cell_start, cell_pattern[:used].copy(), cells, cell_persons[:used].copy()


@kernel
def _sum_cells(rows, pattern, cell_of, order, cells, n_patterns):
    n, q, m = rows.shape
    counts = np.zeros(n_patterns)
    squares = np.zeros((n_patterns, q, m, q, m))
    block = np.zeros((n_patterns, q, m, q, m)) if n_patterns < 1024 else squares
    for o in range(n):
        i = order[o]
        v = pattern[i]
        if v >= 0:
            counts[v] += 1.0
            for a in range(q):
                for r in range(m):
                    factor = rows[i, a, r]
                    cells[cell_of[i], a, r] += factor
                    for b in range(q):
                        for c in range(m):
                            block[v, a, r, b, c] += factor * rows[i, b, c]
        if n_patterns < 1024 and (o % 8192 == 8191 or o == n - 1):
            squares += block
            block[:] = 0.0
    return squares, counts


def merge(parts: Iterable[PersonSums]) -> PersonSums:
    """Add any number of parts that use the same person codes."""
    total: PersonSums | None = None
    for part in parts:
        total = part if total is None else total + part
    if total is None:
        raise ValueError("There is nothing to add up.")
    return total
