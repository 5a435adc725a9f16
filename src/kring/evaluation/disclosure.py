"""Small numbers are not shown, and cannot be worked out from what is shown.

A count below the threshold is hidden (primary suppression), and further counts are hidden until nobody
can learn from the published cells and totals that a hidden count is small (secondary suppression). The
attacker of this module knows every published number, knows which numbers add up to which, and knows that
counts are not negative; he solves a linear programme for the largest value of each hidden cell (Fischetti
& Salazar 2001, Management Science 47:1008, call this the attacker's problem). A hidden count is safe when
the attacker must allow that it reaches the threshold: he can tell neither its value nor that it is small.
All hidden counts look alike. The threshold counts persons, never rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog

Name = Any  # whatever can be a key; the report uses tuples of text


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
    attacker = Attacker(counts, sums)
    small = {name for name, n in counts.items() if 0 < n < threshold}
    hidden = set(small)

    def exposed(names: Iterable[Name]) -> Iterator[Name]:
        return (name for name in sorted(names, key=str) if attacker.highest(name, hidden) < threshold)

    while (name := next(exposed(small), None)) is not None:
        candidates = attacker.open_neighbours(name, hidden)
        if not candidates:
            raise ValueError(f"{name!r} follows from relations alone; its counts cannot be shown together")
        hidden.add(candidates[0])
    for name in sorted(hidden - small, key=lambda other: (-counts[other], str(other))):
        hidden.discard(name)  # shown again when it turns out not to protect anything
        if any(exposed(small)):
            hidden.add(name)
    return {name: None if name in hidden else n for name, n in counts.items()}


def _check(counts: Mapping[Name, int], sums: Sequence[Sum]) -> None:
    for relation in sums:
        named = [relation.total, *relation.parts]
        if missing := [name for name in named if name not in counts]:
            raise ValueError(f"{missing[0]!r} has no count")
        if counts[relation.total] != sum(counts[name] for name in relation.parts):
            raise ValueError(f"the parts of {relation.total!r} do not add up to it")


class Attacker:
    """A reader who knows every count that is not hidden, every relation, and that no count is negative."""

    def __init__(self, counts: Mapping[Name, int], sums: Sequence[Sum]) -> None:
        self.counts = counts
        self.totals = {relation.total for relation in sums}
        self.relations: dict[Name, list[Sum]] = {name: [] for name in counts}
        for relation in sums:
            for name in (relation.total, *relation.parts):
                self.relations[name].append(relation)
        self._solved: dict[tuple[Name, frozenset[Name]], float] = {}

    def linked(self, name: Name, hidden: AbstractSet[Name]) -> tuple[frozenset[Name], list[Sum]]:
        """The hidden counts that hang together with a hidden count, and the relations between them."""
        found, queue, relations = {name}, [name], {}
        while queue:
            for relation in self.relations[queue.pop()]:
                relations[id(relation)] = relation
                more = {other for other in (relation.total, *relation.parts) if other in hidden} - found
                found |= more
                queue += more
        return frozenset(found), list(relations.values())

    def open_neighbours(self, name: Name, hidden: AbstractSet[Name]) -> list[Name]:
        """Shown counts related to what hangs together with `name`; nonzero and smallest first, totals last."""
        _, relations = self.linked(name, hidden)
        near = {other for relation in relations for other in (relation.total, *relation.parts)} - hidden
        return sorted(near, key=lambda n: (self.counts[n] == 0, n in self.totals, self.counts[n], str(n)))

    def highest(self, name: Name, hidden: AbstractSet[Name]) -> float:
        """The largest value that a hidden count can have for this reader; infinite when nothing bounds it."""
        group, relations = self.linked(name, hidden)
        key = (name, group)
        if key not in self._solved:
            self._solved[key] = self._extreme(name, group, relations, -1.0)
        return self._solved[key]

    def lowest(self, name: Name, hidden: AbstractSet[Name]) -> float:
        """The smallest value that a hidden count can have for this reader."""
        return self._extreme(name, *self.linked(name, hidden), 1.0)

    def _extreme(self, name: Name, group: frozenset[Name], relations: list[Sum], sign: float) -> float:
        place = {other: i for i, other in enumerate(sorted(group, key=str))}
        left, right = np.zeros((len(relations), len(place))), np.zeros(len(relations))
        for i, relation in enumerate(relations):
            for other, weight in [(relation.total, 1.0), *((part, -1.0) for part in relation.parts)]:
                if other in place:
                    left[i, place[other]] += weight
                else:
                    right[i] -= weight * self.counts[other]
        goal = np.zeros(len(place))
        goal[place[name]] = sign
        equal = {"A_eq": left, "b_eq": right} if relations else {}
        solved = linprog(goal, **equal, bounds=(0, None), method="highs")
        return float(round(sign * solved.fun, 6)) if solved.status == 0 else np.inf


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


class Ledger:
    """Every count that a report shows, and how the counts hang together; settled once, at the end.

    Counts are entered under a name of text parts, such as ("flow", "RG", "measured", "9").
    """

    def __init__(self, threshold: int = 10) -> None:
        self.threshold = threshold
        self.counts: dict[Name, int] = {}
        self.sums: list[Sum] = []

    def enter(self, name: Name, n: int) -> Name:
        """Enter a count; the same name twice must be the same count."""
        if self.counts.setdefault(name, n) != n:
            raise ValueError(f"{name!r} was entered as {self.counts[name]} and as {n}")
        return name

    def split(self, total: Name, parts: Mapping[Name, int]) -> None:
        """Enter parts that add up to a total which is entered already."""
        self.sums.append(Sum(total, tuple(self.enter(name, n) for name, n in parts.items())))

    def same(self, one: Name, other: Name) -> None:
        """Two entered counts are of the same persons."""
        self.sums.append(Sum(one, (other,)))

    def settle(self) -> dict[Name, int | None]:
        """What may be shown."""
        return protect(self.counts, self.sums, self.threshold)
