"""Group sums: all that a nested mixed model needs to know about its rows.

Rows become sums per person; persons with the same visits become one pattern; a team keeps one sum per pattern.
Every one of these is a plain sum, so parts of a table (files, machines, institutions) add up. The rows of one
person must meet before patterns are formed: that is the only order there is.
Sums of integers are exact in floating point up to 2^53, whatever the order of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kring.evaluation.mixed_model.kernels import columns as compiled
from kring.evaluation.mixed_model.kernels import grouping

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Terms = Sequence[Sequence[NDArray[Any]]]  # one column of the model each: a product of arrays, () is the constant 1

# Rows are worked on in blocks that fit the cache, and sums are flushed after each: unblocked sums lost 9e-5 of
# log-likelihood at 6M rows.
BLOCK_ROWS = 16384
ROWS_FOR_THREADS = 200_000  # below, starting a thread and adding two sets of sums takes longer than it saves


@dataclass(frozen=True)
class Columns:
    """The columns of M, made block by block from arrays of any numeric type; single arrays are shifted by `centre`."""

    terms: Terms
    centre: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", tuple(tuple(_plain(array) for array in term) for term in self.terms))

    def sources(self, n: int) -> Any:
        """As `compiled.fill` reads them, which trusts that every array has n numbers: so that is seen to here."""
        factors = [array for term in self.terms for array in term]
        if any(len(array) != n for array in factors):
            raise ValueError(f"Every column needs one number for each of the {n} rows.")
        begins = np.cumsum([0, *(len(term) for term in self.terms)])
        kinds = [KINDS[array.dtype] for array in factors]
        addresses = [array.__array_interface__["data"][0] for array in factors]
        return np.array(addresses, np.int64), np.array(kinds, np.int64), begins, np.array(self.centre)

    def rows(self, chosen: Codes) -> Columns:
        """The columns of some rows."""
        return Columns([[array[chosen] for array in term] for term in self.terms], self.centre)

    @classmethod
    def of_matrix(cls, M: Floats) -> Columns:
        return cls([(column,) for column in M.T], (0.0,) * M.shape[1])


KINDS = {np.dtype(name): kind for kind, name in enumerate(compiled.KINDS)}


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """The array itself where kernels can read it as it lies, else a copy in double precision."""
    array = np.asarray(array)
    if array.ndim == 1 and array.dtype in KINDS and array.flags.c_contiguous and array.flags.aligned:
        return array
    return np.ascontiguousarray(array, np.float64)


@dataclass(frozen=True)
class PersonSums:
    """Σ z m′ for each person (`rows`, N×q×m), and M′M over all rows (`gram`, m×m, upper triangle).

    `z` gives the random-effect columns within M; a person without rows has a count of zero and no weight.
    """

    z: tuple[int, ...]
    rows: Floats
    gram: Floats

    @classmethod
    def empty(cls, n_persons: int, m: int, z: tuple[int, ...]) -> PersonSums:
        return cls(z, np.zeros((n_persons, len(z), m)), np.zeros((m, m)))

    def add_rows(self, columns: Columns, person: Codes) -> None:
        """Add the rows of the persons with these codes, in place; of many rows a second thread adds the later half."""
        n = len(person)
        sources, z = columns.sources(n), np.array(self.z)
        middle = n // 2 if n > ROWS_FOR_THREADS else n
        with ThreadPoolExecutor(1) as other:
            later = other.submit(self._scattered, sources, z, person, middle, n) if middle < n else None
            grouping.scatter_rows(sources, z, person, 0, middle, BLOCK_ROWS, self.gram, self.rows)
        if later:
            rows, gram = later.result()
            self.rows[:] += rows
            self.gram[:] += gram

    def _scattered(self, sources: Any, z: Codes, person: Codes, start: int, stop: int) -> tuple[Floats, Floats]:
        rows, gram = np.zeros_like(self.rows), np.zeros_like(self.gram)
        grouping.scatter_rows(sources, z, person, start, stop, BLOCK_ROWS, gram, rows)
        return rows, gram

    def __add__(self, other: PersonSums) -> PersonSums:
        """Sums over both sets of rows; both must use the same person codes."""
        if self.z != other.z or self.rows.shape != other.rows.shape:
            raise ValueError("These sums do not describe the same persons and columns, so they cannot be added.")
        return PersonSums(self.z, self.rows + other.rows, self.gram + other.gram)


@dataclass(frozen=True)
class NestedSums:
    """What one likelihood evaluation reads; see `kernels.likelihood` for the arrays.

    cell_team is each cell's team, ascending; `cell_persons` counts the persons behind it: a cell of one person is
    that person's own data.
    """

    z: tuple[int, ...]
    grams: Floats
    counts: Floats
    squares: Floats
    cell_team: Codes
    cell_pattern: Codes
    cells: Floats
    cell_persons: Codes
    gram: Floats
    team_start: Codes

    @property
    def n_rows(self) -> int:
        return round(float((self.grams[:, 0, 0] * self.counts).sum()))

    @property
    def n_persons(self) -> int:
        return round(float(self.counts.sum()))

    @property
    def slope_scale(self) -> float:
        """The mean square of the slope's column; 1 without slopes."""
        return float((self.grams[:, -1, -1] * self.counts).sum() / (self.grams[:, 0, 0] * self.counts).sum())

    def arrays(self) -> Any:
        """The arguments of `likelihood.evaluate`, in its order."""
        cell_start = np.searchsorted(self.cell_team, np.arange(self.team_start[-1] + 1)).astype(np.int64)
        return (
            self.z, self.grams, self.counts, self.squares, cell_start, self.cell_pattern, self.cells,
            self.team_start, self.gram,
        )  # fmt: skip


class Builder:
    """Adds persons, in order of team, to patterns and cells."""

    def __init__(self, z: tuple[int, ...], m: int, capacity: int) -> None:
        q = len(z)
        slots = 1 << max(4, (2 * capacity - 1).bit_length())
        self.z = z
        self.gram = np.zeros((m, m))
        self.found = np.zeros(2, np.int64)
        self.patterns = (np.empty((capacity, q, q)), np.empty(capacity), np.empty((capacity, q * m, q * m)))
        self.cell_codes = [np.empty(capacity, np.int64) for _ in range(3)]  # team, pattern, number of persons
        self.cells = np.empty((capacity, q * m))
        self.slots, self.place = np.full(slots, -1, np.int64), np.empty(capacity, np.int64)

    @property
    def state(self) -> Any:
        return (self.slots, *self.patterns, self.place, *self.cell_codes, self.cells, self.found)

    def add(self, rows: Floats, team: Codes) -> None:
        """Add persons, one a column of rows (q·m, ≥ persons); teams ascend and begin where the last call ended."""
        grouping.add_persons(np.array(self.z), rows, team, *self.state)

    def finish(self, team_start: Codes) -> NestedSums:
        q, m = len(self.z), len(self.gram)
        grams, counts, squares = (array[: self.found[0]] for array in self.patterns)
        team, pattern, persons = (array[: self.found[1]] for array in self.cell_codes)
        cells = self.cells[: self.found[1]]
        gram, squares = _whole(self.gram), _whole(squares)
        return NestedSums(
            self.z, grams, counts, squares.reshape(-1, q, m, q, m), team, pattern, cells.reshape(-1, q, m), persons,
            gram, team_start,
        )  # fmt: skip


def _whole(upper: Floats) -> Floats:
    """Symmetric matrices from their upper triangles, which stand above zeros."""
    both = upper + np.swapaxes(upper, -1, -2)
    diagonal = np.arange(upper.shape[-1])
    both[..., diagonal, diagonal] /= 2  # exact
    return both


def teams_by_institution(institution: Codes) -> tuple[Codes, Codes]:
    """(new place of each team so that institutions are in one piece, where each institution begins)."""
    order = np.argsort(institution, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    changes = np.flatnonzero(np.diff(institution[order])) + 1
    return place, np.concatenate(([0], changes, [len(order)])).astype(np.int64)


def nest(persons: PersonSums, team: Codes | None = None, institution: Codes | None = None) -> NestedSums:
    """Sort persons into teams and visit patterns.

    team (N,): each person's team code; institution (J,): each team's institution code. None means one of each.
    """
    team = np.zeros(len(persons.rows), np.int64) if team is None else team
    n_teams = int(team.max()) + 1 if len(team) else 0
    place, team_start = teams_by_institution(np.zeros(n_teams, np.int64) if institution is None else institution)
    placed = place[team]
    order = np.argsort(placed, kind="stable")
    builder = Builder(persons.z, persons.rows.shape[2], max(len(order), 1))
    builder.gram[:] = np.triu(persons.gram)
    for start in range(0, len(order), BLOCK_ROWS):
        part = order[start : start + BLOCK_ROWS]
        rows = persons.rows[part].reshape(len(part), -1)
        builder.add(np.ascontiguousarray(rows.T), placed[part])
    return builder.finish(team_start)


def stream(columns: Columns, z: tuple[int, ...], person: Codes, team: Codes, team_start: Codes) -> NestedSums | None:
    """The sums of rows sorted by team and person, in one pass by two threads; None where they are not sorted."""
    n = len(person)
    sources = columns.sources(n)
    middle = int(np.searchsorted(team, team[n // 2])) if n > ROWS_FOR_THREADS else 0
    if not 0 < middle < n:
        part = _stream_part(sources, z, person, team, 0, n)
        return None if part is None else part.finish(team_start)
    if person[middle - 1] >= person[middle]:
        return None
    with ThreadPoolExecutor(1) as other:
        later = other.submit(_stream_part, sources, z, person, team, middle, n)
        parts = _stream_part(sources, z, person, team, 0, middle), later.result()
    done = [part.finish(team_start) for part in parts if part is not None]
    return join(done) if len(done) == 2 else None


def _stream_part(sources: Any, z: tuple[int, ...], person: Codes, team: Codes, start: int, end: int) -> Builder | None:
    cuts = _whole_persons(person, start, end)
    if person[end - 1] < person[start] or (np.diff(cuts) <= 0).any():
        return None
    most = min(int(person[end - 1] - person[start]) + 1, end - start)
    builder = Builder(z, len(sources[-1]), most)
    places = np.array(z)
    return builder if grouping.add_sorted(sources, places, person, team, cuts, builder.gram, builder.state) else None


def _whole_persons(person: Codes, start: int, end: int) -> Codes:
    """Where to cut sorted rows into blocks, never within a person; of unsorted rows the cuts mean nothing."""
    at = np.arange(start + BLOCK_ROWS, end, BLOCK_ROWS)
    return np.concatenate(([start], start + np.searchsorted(person[start:end], person[at]), [end])).astype(np.int64)


def join(parts: Sequence[NestedSums]) -> NestedSums:
    """Add sums of different persons: teams may be shared, persons not. All must use the same team codes."""
    z, team_start = parts[0].z, parts[0].team_start
    if any(part.z != z or not np.array_equal(part.team_start, team_start) for part in parts):
        raise ValueError("These sums do not describe the same model, so they cannot be added.")
    grams = np.concatenate([part.grams for part in parts])
    unique, inverse = np.unique(grams.reshape(len(grams), -1), axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    q, m = len(z), parts[0].gram.shape[0]
    counts, squares = np.zeros(len(unique)), np.zeros((len(unique), q, m, q, m))
    np.add.at(counts, inverse, np.concatenate([part.counts for part in parts]))
    np.add.at(squares, inverse, np.concatenate([part.squares for part in parts]))
    team = np.concatenate([part.cell_team for part in parts])
    shift = np.cumsum([0, *(len(part.counts) for part in parts[:-1])])
    pattern = inverse[np.concatenate([part.cell_pattern + s for part, s in zip(parts, shift, strict=True)])]
    cells = np.concatenate([part.cells for part in parts])
    persons = np.concatenate([part.cell_persons for part in parts])
    gram = np.sum([part.gram for part in parts], axis=0)
    if (np.diff(team) < 0).any() or any((a.cell_team[-1:] == b.cell_team[:1]).any() for a, b in pairwise(parts)):
        keys, where = np.unique(team * len(unique) + pattern, return_inverse=True)
        cells, persons = _add_cells(cells, persons, where, len(keys))
        team, pattern = keys // len(unique), keys % len(unique)
    return NestedSums(
        z, unique.reshape(-1, q, q), counts, squares, team, pattern.astype(np.int64), cells, persons, gram, team_start
    )


def _add_cells(cells: Floats, persons: Codes, where: Codes, n: int) -> tuple[Floats, Codes]:
    summed, counted = np.zeros((n, *cells.shape[1:])), np.zeros(n, np.int64)
    np.add.at(summed, where, cells)
    np.add.at(counted, where, persons)
    return summed, counted
