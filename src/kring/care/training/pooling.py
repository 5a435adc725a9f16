"""How answers of clients and members become a figure that a learner may see. Plain values only; nothing is stored here.

Three rules together keep one answer from being worked out (docs/decisions/0335-answers-are-released-in-batches.md):
answers of at least five different people; each answer stands in one figure at most, ever; figures are coarse.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from statistics import mean

LOWEST, HIGHEST = 1, 5
AT_LEAST = 5
"""People, not answers: somebody who answered twice counts once."""
STEP = Fraction(1, 2)
BOTTOM, TOP = Fraction(2), Fraction(4)
"""Ends are cut off: an average of 5 would tell that everybody said 5. With these ends somebody who knows one of the
answers is still left in doubt about every other; with 1.5 and 4.5 they are not (tests/care/test_pooling.py)."""


def enough(people: Iterable[Hashable]) -> bool:
    return len(set(people)) >= AT_LEAST


def coarse(by_person: Mapping[Hashable, Sequence[int]]) -> Fraction | None:
    """The figure of one question: the mean over people of their own mean, to the half, its ends cut off.

    None: fewer than five people answered this question.
    """
    answered = {person: values for person, values in by_person.items() if values}
    if not enough(answered):
        return None
    exact = mean(mean(map(Fraction, values)) for values in answered.values())
    rounded = ((exact / STEP + Fraction(1, 2)) // 1) * STEP
    return min(max(rounded, BOTTOM), TOP)


def figures(
    answers: Iterable[tuple[Hashable, Mapping[str, int | None]]], questions: Sequence[str]
) -> dict[str, Fraction | None]:
    """Question -> its figure, from (person, {question: value or None}) of one batch."""
    told: dict[str, dict[Hashable, list[int]]] = {question: {} for question in questions}
    for person, values in answers:
        for question in questions:
            value = values[question]
            if value is not None:
                told[question].setdefault(person, []).append(value)
    return {question: coarse(by_person) for question, by_person in told.items()}
