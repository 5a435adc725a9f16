"""Which groups of clients may be told apart in a table. Pure: it counts clients, never rows.

The rule is k-anonymity over what somebody might know of a person (Samarati & Sweeney 1998): for every combination of
team and characteristics that stands in the table there are none or at least k clients. Groups that are too small are
put together; where what is put together is still too small, the smallest of the groups that were fine joins them, so
that nobody finds the small one by subtracting. What follows from a person's scores themselves is not covered.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

TOGETHER = ""
"""Stands for the values that were put together."""


def put_together(sizes: Mapping[str, int], k: int) -> frozenset[str]:
    """The values that must not be told apart from each other: none, or together at least k (all, when even all are
    fewer). A value that is unknown already (empty) is one of them.
    """
    merged = {value for value, size in sizes.items() if size < k or value == TOGETHER}
    rest = sorted(set(sizes) - merged, key=lambda value: (sizes[value], value))
    total = sum(sizes[value] for value in merged)
    while rest and 0 < total < k:
        merged.add(value := rest.pop(0))
        total += sizes[value]
    return frozenset(merged)


class Classes:
    """Who is like whom: each person has a tuple of values, the first ones matter most. Later values are put together
    within the earlier ones, so every class that is left holds at least k.
    """

    def __init__(self, counts: Mapping[tuple[str, ...], int], k: int) -> None:
        self.k = k
        self._merged: dict[tuple[str, ...], frozenset[str]] = {}
        width = max((len(values) for values in counts), default=0)
        self._settle((), counts, width)

    def _settle(self, shown: tuple[str, ...], counts: Mapping[tuple[str, ...], int], width: int) -> None:
        """Decide for the value after `shown`, then within each value that is left."""
        depth = len(shown)
        if depth == width:
            return
        sizes: Counter[str] = Counter()
        for values, count in counts.items():
            sizes[values[depth]] += count
        self._merged[shown] = merged = put_together(sizes, self.k)
        parts: defaultdict[str, dict[tuple[str, ...], int]] = defaultdict(dict)
        for values, count in counts.items():
            parts[TOGETHER if values[depth] in merged else values[depth]][values] = count
        for value, part in parts.items():
            self._settle((*shown, value), part, width)

    def shown(self, values: Sequence[str]) -> tuple[str, ...]:
        """These values as they may stand in the table."""
        found: tuple[str, ...] = ()
        for value in values:
            found = (*found, TOGETHER if value in self._merged[found] else value)
        return found


def steps(sizes: Mapping[int, int], k: int) -> dict[int, int]:
    """A number in steps: each value becomes the lowest of its step, and every step is of at least k clients."""
    found: list[list[int]] = []
    total = 0
    for value in sorted(sizes, reverse=True):
        if not found or total >= k:
            found.append([])
            total = 0
        found[-1].append(value)
        total += sizes[value]
    if len(found) > 1 and total < k:  # the lowest values join the step above them
        found[-2:] = [found[-2] + found[-1]]
    return {value: min(step) for step in found for value in step}
