"""A million responses at once: the same bits as `scoring.score`, with NumPy (extra: `kring[research]`).

Answers lie in a table of one row per response and one column per item of the definition, in its order. Sums are whole
numbers far below 2⁵³, and one division makes the score: so the float is the nearest to the exact fraction, as it is
for a single response.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kring.care.measures.instruments.definition import Definition, Item, Scale, check
from kring.care.measures.instruments.faults import Fault, Refused, refuse
from kring.care.measures.instruments.scoring import COMPLETE, ENTERED, FILLED, TOO_FEW, Answer, units_of

BLOCK = 2048  # rows whose answers are added up together: they stay in the cache
CHUNK = 4 * BLOCK  # rows whose scores are worked out together
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
    check(definition)
    unfolded = _Unfolded(definition)
    plan = _Plan(unfolded.definition)
    columns = [
        Column(scale.code, np.empty(len(answers)), np.empty(len(answers), np.int16), len(scale.items))
        for scale in definition.scales
    ]
    faults: list[Fault] = []
    for start in range(0, len(answers), CHUNK):
        rows = slice(start, start + CHUNK)
        points, answered = plan.add_up(unfolded.table(answers[rows]), start, faults)
        for place, (column, scale) in enumerate(zip(columns, plan.scales, strict=True)):
            column.value[rows] = scale.value(points[place], answered[place])
            column.answered[rows] = answered[place]
    if faults:
        raise Refused(faults)
    return tuple(columns)


def _dtype(definition: Definition) -> np.dtype[Any]:
    """Bytes where every answer fits one, with room for the mark of a missing one."""
    ends = [end for item in definition.items for end in (item.least, item.most)]
    ends += [worth for scale in definition.scales for worths in scale.recode.values() for worth in worths]
    widest = max(map(abs, ends), default=0)
    return np.dtype(np.int8 if widest < 127 else np.int16)


def _fault(row: int, link_id: str, answer: object) -> Fault:
    what = f"the answer {answer!r} cannot be given."
    return Fault("out_of_range", what, f"row {row}, item {link_id}", "Mend the row; nothing was scored.")


class _Unfolded:
    """The instrument with a column more for each recoded item, so that nothing is left but adding up.

    A definition without recoding, and its table, stay as they are.
    """

    def __init__(self, definition: Definition) -> None:
        places = {item.link_id: (place, item) for place, item in enumerate(definition.items)}
        names: dict[tuple[str, tuple[int, ...]], str] = {}
        scales = []
        for scale in definition.scales:
            new = {one: names.setdefault((one, worths), f"{one} {worths}") for one, worths in scale.recode.items()}
            items = tuple(new.get(link_id, link_id) for link_id in scale.items)
            scales.append(replace(scale, items=items, recode={}))
        self.columns = [(*places[link_id], np.array(worths)) for link_id, worths in names]
        more = tuple(Item(names[key], min(key[1]), max(key[1]), optional=True) for key in names)
        self.definition = replace(definition, items=definition.items + more, scales=tuple(scales))
        self.missing = missing(self.definition)

    def table(self, block: Array) -> Array:
        """The block with its further columns; an impossible answer is missing there, and a fault where it stands."""
        if not self.columns:
            return block
        lacking = np.nan if block.dtype.kind == "f" else self.missing
        more = np.full((len(block), len(self.columns)), lacking, block.dtype)
        for column, (place, item, worths) in enumerate(self.columns):
            for above, worth in enumerate(worths):
                more[block[:, place] == item.low + above, column] = worth
        return np.hstack([block, more])


class _Plan:
    """What is the same for every block: limits per item, and who is in which scale.

    An answer is counted from the lowest one up; of a reversed item from the highest one down. So that one pass adds up
    both, each answer carries a mark of `step`, which no sum of answers reaches: above it are the answered items.
    """

    def __init__(self, definition: Definition) -> None:
        self.items = definition.items
        self.dtype = _dtype(definition)
        self.unsigned = np.dtype(f"u{self.dtype.itemsize}")
        self.missing = missing(definition)
        self.low = self._tiled(item.least for item in self.items)
        self.span = self._tiled(item.most - item.least for item in self.items)
        self.flip = self._tiled(-1 if item.reversed else 0 for item in self.items)  # all bits, or none
        self.up = self._tiled(item.most - item.least + 1 if item.reversed else 0 for item in self.items)
        self.turns = any(item.reversed for item in self.items)
        self.gaps = [(n, item) for n, item in enumerate(self.items) if item.choices and not _unbroken(item)]
        highest = sum(item.most - item.least for item in self.items)
        self.shift = highest.bit_length()
        marked = 2**self.shift * (len(self.items) + 1)
        self.packed = np.dtype(np.uint16 if 2 ** (self.shift + 1) <= 2**16 else np.uint32)
        self.real = np.dtype(np.float32 if marked < 2**24 else np.float64)  # both hold these whole numbers exactly
        members = [[item.link_id in scale.items for item in self.items] for scale in definition.scales]
        self.sums = np.dtype(np.int32 if self.real == np.float32 else np.int64)
        self.members = np.array(members, self.real).reshape(len(definition.scales), len(self.items)).T.copy()
        self.marks: Array = np.array(
            [[len(scale.items) << self.shift] for scale in definition.scales], self.sums
        ).reshape(-1, 1)
        self.scales = [_Scale(scale, definition) for scale in definition.scales]

    def _tiled(self, values: Iterable[int]) -> Array:
        """One row per row of a block: comparing two whole blocks is faster than repeating a short row."""
        return np.tile(np.array(list(values), np.int64).astype(self.unsigned), (BLOCK, 1))

    def add_up(self, answers: Array, start: int, faults: list[Fault]) -> tuple[Array, Array]:
        """Of many rows and each scale: the points above the lowest, and how many items were answered."""
        sums: Array = np.empty((len(self.scales), len(answers)), self.sums)
        for first in range(0, len(answers), BLOCK):
            rows = slice(first, first + BLOCK)
            packed, complete = self._packed(answers[rows], start + first, faults)
            sums[:, rows] = (packed.astype(self.real) @ self.members).T
            if complete:
                sums[:, rows] += self.marks
        return sums & (2**self.shift - 1), sums >> self.shift

    def _packed(self, block: Array, start: int, faults: list[Fault]) -> tuple[Array, bool]:
        """The answers of a block counted from their lowest, with their mark; nothing for a missing one.

        True when none is missing: then the marks are left to the caller, who knows how many there are. A missing answer
        is out of every range: with the same number of both, nothing impossible is in the block.
        """
        codes = self._whole(block, start, faults)
        size = len(codes)
        above = codes.view(self.unsigned) - self.low[:size]
        out = above > self.span[:size]
        lacking = codes == self.missing
        lost = np.count_nonzero(lacking)
        if np.count_nonzero(out) != lost or self.gaps:
            self._impossible(codes, out & ~lacking, start, faults)
        if self.turns:
            above ^= self.flip[:size]  # -1 - above
            above += self.up[:size]
        if not lost:
            return above, True
        kept = (~lacking).view(np.uint8)  # as bytes: numpy multiplies those fast
        above *= kept
        return np.left_shift(kept, self.shift, dtype=self.packed) | above, False

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
        self.of, self.at_least, self.combine = len(items), max(1, scale.at_least), scale.combine
        self.unit = items[0].unit if items else 1
        self.least = sum(item.least for item in items)
        self.width = sum(item.most for item in items) - self.least
        self.lowest = {item.least for item in items}

    def value(self, above: Array, answered: Array) -> Array:
        """The scores of many rows: NaN where too few items were answered."""
        if not self.of:
            return np.full(len(above), np.nan)
        enough = answered >= self.at_least
        if enough.all():
            return self._score(above.astype(float), answered.astype(float))
        return np.where(enough, self._score(above.astype(float), np.maximum(answered, 1).astype(float)), np.nan)

    def _score(self, above: Array, answered: Array) -> Array:
        """One division of whole numbers: the same fraction as `scoring._combined` makes.

        The lowest points of the answered items: of items that are alike as many times as were answered, else there is
        a score only of all of them (`definition.check`).
        """
        points: Array = above + (min(self.lowest) * answered if len(self.lowest) == 1 else self.least)
        if self.combine == "mean":
            points /= answered * self.unit
        elif self.combine == "sum":
            points = points * self.of / (answered * self.unit)
        else:
            points = 100 * (points * self.of - self.least * answered) / (answered * self.width)
        return points
