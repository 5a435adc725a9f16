"""Small numbers are not shown, and cannot be worked out from what is shown.

A count below the threshold is hidden (primary suppression), and further counts are hidden until nobody
can learn from the published cells and totals that a hidden count is small (secondary suppression). The
attacker of this module knows every published number, knows which numbers add up to which, and knows that
counts are not negative; he solves the two linear programmes min and max of each hidden cell (Fischetti &
Salazar 2001, "Solving the cell suppression problem on tabular data with linear constraints", Management
Science 47:1008, call this the attacker problem). A hidden count n is safe when the attacker must allow
both a value of at least the threshold and a value below n or 0. The threshold counts persons, never rows.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Name = Hashable


@dataclass(frozen=True)
class Sum:
    """A published relation: `total` is the sum of `parts`."""

    total: Name
    parts: tuple[Name, ...]


def protect(counts: Mapping[Name, int], sums: Sequence[Sum], threshold: int = 10) -> dict[Name, int | None]:
    """The counts that may be shown; None for a hidden one.

    `counts` holds every cell and total; `sums` says which add up to which (ValueError when they do not,
    or when one names a count that is not there). Zero is shown unless hiding it is needed to protect
    another count. Cells to hide besides are chosen smallest first, so that the large ones stay.
    """
    _check(counts, sums)
    hidden = {name for name, n in counts.items() if 0 < n < threshold}
    small = set(hidden)
    while exposed := [name for name in sorted(small, key=str) if not _safe(name, counts, sums, hidden, threshold)]:
        candidates = _neighbours(exposed[0], counts, sums, hidden)
        if not candidates:  # hidden everything around it: nothing is left to work it out from
            small.discard(exposed[0])
            continue
        hidden.add(candidates[0])
    return {name: None if name in hidden else n for name, n in counts.items()}


def _check(counts: Mapping[Name, int], sums: Sequence[Sum]) -> None:
    for relation in sums:
        named = [relation.total, *relation.parts]
        if missing := [name for name in named if name not in counts]:
            raise ValueError(f"{missing[0]!r} has no count")
        if counts[relation.total] != sum(counts[name] for name in relation.parts):
            raise ValueError(f"the parts of {relation.total!r} do not add up to it")


def _neighbours(name: Name, counts: Mapping[Name, int], sums: Sequence[Sum], hidden: set[Name]) -> list[Name]:
    """Counts that share a relation with hidden ones near `name`, nonzero and smallest first, totals last."""
    totals = {relation.total for relation in sums}
    near: set[Name] = {name}
    while True:
        wider = {other for relation in sums for other in (relation.total, *relation.parts) if near & _all(relation)}
        open_cells = [other for other in wider if other not in hidden]
        if open_cells or wider <= near:
            return sorted(
                open_cells, key=lambda other: (counts[other] == 0, other in totals, counts[other], str(other))
            )
        near |= wider


def _all(relation: Sum) -> set[Name]:
    return {relation.total, *relation.parts}


def _safe(name: Name, counts: Mapping[Name, int], sums: Sequence[Sum], hidden: set[Name], threshold: int) -> bool:
    low, high = attacker_interval(name, counts, sums, hidden)
    return high >= threshold and low < counts[name]


def attacker_interval(
    name: Name, counts: Mapping[Name, int], sums: Sequence[Sum], hidden: set[Name]
) -> tuple[float, float]:
    """What a reader can work out about a hidden count: its smallest and largest possible value."""
    unknown = sorted(hidden, key=str)
    place = {other: i for i, other in enumerate(unknown)}
    rows: list[NDArray[np.float64]] = []
    known: list[float] = []
    for relation in sums:
        row, value = np.zeros(len(unknown)), 0.0
        for other, sign in [(relation.total, 1.0), *((part, -1.0) for part in relation.parts)]:
            if other in place:
                row[place[other]] += sign
            else:
                value -= sign * counts[other]
        if row.any():
            rows.append(row)
            known.append(value)
    return _extremes(place[name], len(unknown), rows, known)


def _extremes(index: int, size: int, rows: list[NDArray[np.float64]], known: list[float]) -> tuple[float, float]:
    goal = np.zeros(size)
    goal[index] = 1.0
    equal = {"A_eq": np.array(rows), "b_eq": np.array(known)} if rows else {}
    low = linprog(goal, **equal, bounds=(0, None), method="highs")
    high = linprog(-goal, **equal, bounds=(0, None), method="highs")
    return (float(round(low.fun, 6)), float(round(-high.fun, 6)) if high.status == 0 else np.inf)


class Release:
    """Keeps which groups of persons figures were shown about; refuses a group that differs by too few.

    Two figures about nested groups that differ by fewer than `threshold` persons give away a figure about
    those few (differencing). `allows` is asked before each mean, SD or share is shown.
    """

    def __init__(self, threshold: int = 10) -> None:
        self.threshold = threshold
        self._shown: dict[str, list[frozenset[str]]] = {}

    def allows(self, topic: str, persons: frozenset[str]) -> bool:
        """May a figure about `persons` on this topic be shown? If so it is recorded."""
        if len(persons) < self.threshold:
            return False
        shown = self._shown.setdefault(topic, [])
        if any(0 < len(persons ^ other) < self.threshold for other in shown if persons < other or other < persons):
            return False
        shown.append(persons)
        return True
