"""A million responses at once: the same bits as `scoring.score`, with NumPy (extra: `kring[research]`).

Answers lie in a table of one row per response and one column per item of the definition, in its order. Sums are whole
numbers far below 2⁵³, and one division makes the score: so the float is the nearest to the exact fraction, as it is
for a single response.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kring.care.measures.instruments.definition import Definition, Item, Scale
from kring.care.measures.instruments.faults import Fault, Refused, refuse
from kring.care.measures.instruments.scoring import COMPLETE, ENTERED, FILLED, TOO_FEW, Answer, units_of

BLOCK = 8192  # rows: what is worked on stays in the cache
SHOWN = 20  # faults that are listed before the rest is only counted

Array = NDArray[Any]


@dataclass(frozen=True)
class Column:
    """The scores on one scale, a row per response. `value` is NaN where too few items were answered."""

    scale: str
    value: NDArray[np.float64]
    answered: NDArray[np.int16]
    of: int

    @property
    def rules(self) -> Array:
        """What happened to missing items, in the words of `ScaleScore.rule`."""
        few = np.where(np.isnan(self.value), TOO_FEW if self.of else ENTERED, FILLED)
        return np.where((self.answered == self.of) & (self.of > 0), COMPLETE, few)


def missing(definition: Definition) -> int:
    """The number that stands for a missing answer in a table of whole numbers."""
    return int(np.iinfo(_dtype(definition)).min)


def table(definition: Definition, responses: Iterable[Mapping[str, Answer]]) -> Array:
    """The table of many responses; Refused where `score` would refuse one of them."""
    rows = list(responses)
    found = np.full((len(rows), len(definition.items)), missing(definition), _dtype(definition))
    places = {item.link_id: (number, item) for number, item in enumerate(definition.items)}
    faults: list[Fault] = []
    for row, answers in enumerate(rows):
        for link_id, answer in answers.items():
            if answer is None and link_id in places:
                continue
            number, item = places.get(link_id, (0, None))
            units = units_of(item, answer) if item else None
            if units is None:
                faults.append(_fault(row, link_id, answer))
            else:
                found[row, number] = units
    if faults:
        raise Refused(faults)
    return found


def score_many(definition: Definition, answers: Array) -> tuple[Column, ...]:
    """Every scale of the instrument for every row. In a table of floats NaN is missing, else `missing(definition)`."""
    if answers.ndim != 2 or answers.shape[1] != len(definition.items):
        what = f"the table has shape {answers.shape}, and the instrument {len(definition.items)} items."
        raise refuse("shape", what, "table", "Give a column for each item, in the order of the definition.")
    plan = _Plan(definition)
    columns = [
        Column(scale.code, np.empty(len(answers)), np.empty(len(answers), np.int16), len(scale.items))
        for scale in definition.scales
    ]
    faults: list[Fault] = []
    for start in range(0, len(answers), BLOCK):
        rows = slice(start, start + BLOCK)
        found = plan.count(answers[rows], start, faults)
        for place, (column, scale) in enumerate(zip(columns, plan.scales, strict=True)):
            column.value[rows], column.answered[rows] = scale.value(found, place)
    if faults:
        raise Refused(faults)
    return tuple(columns)


def _dtype(definition: Definition) -> np.dtype[Any]:
    """Bytes where every answer fits one, with room for the mark of a missing one."""
    widest = max((abs(end) for item in definition.items for end in (item.least, item.most)), default=0)
    return np.dtype(np.int8 if widest < 127 else np.int16)


def _fault(row: int, link_id: str, answer: object) -> Fault:
    what = f"the answer {answer!r} cannot be given."
    return Fault("out_of_range", what, f"row {row}, item {link_id}", "Mend the row; nothing was scored.")


@dataclass(frozen=True)
class _Counted:
    """Of a block of rows and each scale: the points of the answered items, and how many there were (None: all)."""

    points: Array
    answered: Array | None


class _Plan:
    """What is the same for every block: limits per item, and who is in which scale."""

    def __init__(self, definition: Definition) -> None:
        self.items = definition.items
        self.dtype = _dtype(definition)
        self.unsigned = np.dtype(f"u{self.dtype.itemsize}")
        self.missing = missing(definition)
        self.low = self._limits(item.least for item in self.items)
        self.span = self._limits(item.most - item.least for item in self.items)
        self.gaps = [(n, item) for n, item in enumerate(self.items) if item.choices and not _unbroken(item)]
        self.real = (
            np.float32 if sum(max(abs(item.most), abs(item.least)) for item in self.items) < 2**23 else np.float64
        )
        members: Array = np.array([[i.link_id in s.items for s in definition.scales] for i in self.items], self.real)
        members = members.reshape(len(self.items), len(definition.scales))
        turned: Array = np.array([-1 if item.reversed else 1 for item in self.items], self.real)
        base: Array = np.array([item.most if item.reversed else item.least for item in self.items], self.real)
        self.weights = members * turned[:, None]
        self.present = np.hstack([members, members * base[:, None]])
        self.base = (members * base[:, None]).sum(axis=0)
        self.scales = [_Scale(scale, definition) for scale in definition.scales]

    def _limits(self, values: Iterator[int] | Iterable[int]) -> Array:
        """One row per row of a block: comparing two whole blocks is faster than repeating a short row."""
        return np.tile(np.array(list(values)).astype(self.unsigned), (BLOCK, 1))

    def count(self, block: Array, start: int, faults: list[Fault]) -> _Counted:
        """The points of a block. An answer is counted from the lowest one, so a reversed one counts down from the top.

        A missing answer is out of every range: with the same number of both, nothing impossible is in the block.
        """
        codes = self._whole(block, start, faults)
        above = codes.view(self.unsigned) - self.low[: len(codes)]
        out = above > self.span[: len(codes)]
        lacking = codes == self.missing
        lost = np.count_nonzero(lacking)
        if np.count_nonzero(out) != lost or self.gaps:
            self._impossible(codes, out & ~lacking, start, faults)
        if not lost:
            return _Counted(above.astype(self.real) @ self.weights + self.base, None)
        kept = (~lacking).view(np.uint8)  # as bytes: numpy converts and multiplies those fast
        above *= kept
        counts = kept.astype(self.real) @ self.present
        answered, base = np.hsplit(counts, 2)
        return _Counted(above.astype(self.real) @ self.weights + base, answered)

    def _whole(self, block: Array, start: int, faults: list[Fault]) -> Array:
        """The block as whole numbers; what is no whole number is a fault and counts as missing."""
        if block.dtype == self.dtype:
            return np.ascontiguousarray(block)
        if block.dtype.kind not in "iuf":
            raise refuse("shape", f"the table holds {block.dtype}.", "table", "Give whole numbers, or floats with NaN.")
        unit = np.array([item.unit if block.dtype.kind == "f" else 1 for item in self.items])
        nothing = np.isnan(block) if block.dtype.kind == "f" else block == self.missing
        rounded = np.rint(block * unit)
        bad = ~nothing & ((rounded / unit != block) | (np.abs(rounded) > -self.missing - 1))
        self._report(block, bad, start, faults)
        return np.where(nothing | bad, self.missing, rounded).astype(self.dtype)

    def _impossible(self, codes: Array, out: Array, start: int, faults: list[Fault]) -> None:
        for number, item in self.gaps:
            takes = [units for units in range(item.least, item.most + 1) if item.takes(units)]
            out[:, number] |= ~np.isin(codes[:, number], [*takes, self.missing])
        self._report(codes, out, start, faults)

    def _report(self, block: Array, bad: Array, start: int, faults: list[Fault]) -> None:
        for row, number in np.argwhere(bad)[: max(0, SHOWN - len(faults))]:
            faults.append(_fault(start + int(row), self.items[number].link_id, block[row, number].item()))


def _unbroken(item: Item) -> bool:
    return all(item.takes(units) for units in range(item.least, item.most + 1))


class _Scale:
    """One scale as a fraction of whole numbers."""

    def __init__(self, scale: Scale, definition: Definition) -> None:
        items = [definition.item(link_id) for link_id in scale.items]
        self.of, self.at_least, self.combine = len(items), scale.at_least, scale.combine
        self.unit = items[0].unit if items else 1
        self.least = sum(item.least for item in items)
        self.width = sum(item.most for item in items) - self.least

    def value(self, found: _Counted, place: int) -> tuple[Array, Array | int]:
        """The scores of a block, and how many items were answered."""
        points = found.points[:, place].astype(np.float64)
        if found.answered is None:
            return (self._score(points, self.of) if self.of else np.full(len(points), np.nan)), self.of
        answered = found.answered[:, place].astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = self._score(points, answered)
        values[(answered < self.at_least) | (answered == 0)] = np.nan
        return values, answered.astype(np.int16)

    def _score(self, points: Array, answered: Array | int) -> Array:
        """One division of whole numbers: the same fraction as `scoring._combined` makes."""
        if self.combine == "mean":
            return points / (answered * self.unit)
        if self.combine == "sum":
            return points * self.of / (answered * self.unit)
        return 100 * (points * self.of - self.least * answered) / (answered * self.width)
