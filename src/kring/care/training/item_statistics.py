"""How the questions of a quiz do: classical item statistics, of answers counted together.

Difficulty is the share that answered right; discrimination the correlation of an item with the rest of the quiz
(point-biserial, the item itself left out); alpha is Cronbach's (for right and wrong: KR-20). Definitions as in
Rizopoulos 2006 (Journal of Statistical Software 17(5)), whose LSAT example is the golden test.
Item response theory is in `item_response`.
"""

import dataclasses
import math
import uuid
from collections.abc import Sequence

from kring.care.training.models import PartVersion, QuizAnswer, QuizAttempt

BLOCK = 5
"""Answers are counted per five people: what one person answered cannot be found by looking before and after."""
STEADY = 30
"""Below this many people correlations and alpha jump about; they are not shown."""


@dataclasses.dataclass(frozen=True)
class Item:
    difficulty: float
    discrimination: float | None  # None where everybody (or nobody) was right
    alpha_without: float | None


@dataclasses.dataclass(frozen=True)
class Quiz:
    people: int
    alpha: float | None
    items: list[Item]


def of_answers(rows: Sequence[Sequence[int]]) -> Quiz:
    """`rows`: one per person, 1 for right and 0 for wrong, in the same order of questions."""
    columns = list(zip(*rows, strict=True))
    totals = [sum(row) for row in rows]
    items = []
    for number, column in enumerate(columns):
        rest = [total - mark for total, mark in zip(totals, column, strict=True)]
        others = [each for at, each in enumerate(columns) if at != number]
        items.append(Item(sum(column) / len(rows), correlation(column, rest), alpha(others)))
    return Quiz(len(rows), alpha(columns), items)


def alpha(columns: Sequence[Sequence[int]]) -> float | None:
    """Cronbach's alpha of items that are columns of answers."""
    count = len(columns)
    if count < 2:
        return None
    whole = variance([sum(row) for row in zip(*columns, strict=True)])
    if not whole:
        return None
    return count / (count - 1) * (1 - sum(variance(column) for column in columns) / whole)


def variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1) if len(values) > 1 else 0.0


def correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    spread = math.sqrt(variance(one) * variance(other))
    if not spread:
        return None
    mean_one, mean_other = sum(one) / len(one), sum(other) / len(other)
    together = sum((x - mean_one) * (y - mean_other) for x, y in zip(one, other, strict=True))
    return together / (len(one) - 1) / spread


def of_version(version: PartVersion, keys: Sequence[str]) -> Quiz | None:
    """The quiz as the first attempts of people answered it; None below five."""
    rows = counted_rows(version, keys)
    return of_answers(rows) if rows else None


def counted_rows(version: PartVersion, keys: Sequence[str]) -> list[list[int]]:
    """A row for each person's first attempt, per five people: a sixth adds nothing until there are ten."""
    counted = _first_attempts(version)
    counted = counted[: len(counted) - len(counted) % BLOCK]
    if not counted:
        return []
    marks: dict[uuid.UUID, dict[str, int]] = {attempt: {} for attempt in counted}
    answers = QuizAnswer.objects.filter(attempt_id__in=counted).values_list("attempt_id", "question", "right")
    for attempt, question, right in answers.iterator(chunk_size=2000):
        marks[attempt][question] = int(right)
    return [[each.get(key, 0) for key in keys] for each in marks.values()]


def _first_attempts(version: PartVersion) -> list[uuid.UUID]:
    handed_in = QuizAttempt.objects.filter(part_version=version, submitted_at__isnull=False)
    first: dict[uuid.UUID, uuid.UUID] = {}
    for attempt, enrolment in handed_in.order_by("submitted_at", "pk").values_list("pk", "enrolment_id"):
        first.setdefault(enrolment, attempt)
    return list(first.values())
