"""From answers to scores, exactly.

Sums are whole numbers and a score is a fraction of them; only at the very end it becomes the float nearest to that
fraction. So the order of the items cannot change a bit of it, and `batch` gives the same bits for a million at once.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from kring.care.measures.instruments.definition import Definition, Item, Scale
from kring.care.measures.instruments.faults import Fault, Refused

Answer = int | float | Decimal | None  # whatever equals a whole number

COMPLETE, FILLED, TOO_FEW = "complete", "filled", "too_few"


class ScaleScore(NamedTuple):
    """The score on one scale; `value` is None where too few of its items were answered.

    `rule` says what happened to missing items: "complete" (there were none), "filled" (they counted as the mean of the
    answered ones), "too_few" (no score).
    """

    scale: str
    value: float | None
    answered: int
    of: int
    rule: str


def score(definition: Definition, answers: Mapping[str, Answer]) -> tuple[ScaleScore, ...]:
    """Every scale of the instrument, in its order. None, or an item that is not there, is a missing answer."""
    points = points_of(definition, answers)
    return tuple(_scored(scale, definition, points) for scale in definition.scales)


def points_of(definition: Definition, answers: Mapping[str, Answer]) -> dict[str, int]:
    """What each given answer counts for; Refused names every answer that cannot be."""
    items = {item.link_id: item for item in definition.items}
    faults = [fault for link_id, answer in answers.items() if (fault := _fault(items.get(link_id), link_id, answer))]
    if faults:
        raise Refused(faults)
    return {link_id: items[link_id].points(int(a)) for link_id, a in answers.items() if a is not None}


def _fault(item: Item | None, link_id: str, answer: Answer) -> Fault | None:
    if item is None:
        return Fault("no_item", "this instrument has no such item.", link_id, "Use the instrument that was filled in.")
    if answer is None or _possible(item, answer):
        return None
    what = f"the answer {answer!r} is not a whole number from {item.low} to {item.high}."
    return Fault("out_of_range", what, link_id, "Give an answer in the range, or none.")


def _possible(item: Item, answer: int | float | Decimal) -> bool:
    if isinstance(answer, bool) or not isinstance(answer, int | float | Decimal) or answer != answer:
        return False
    return item.low <= answer <= item.high and answer == int(answer) and item.takes(int(answer))


def _scored(scale: Scale, definition: Definition, points: Mapping[str, int]) -> ScaleScore:
    given = [points[link_id] for link_id in scale.items if link_id in points]
    answered, of = len(given), len(scale.items)
    if answered < scale.at_least:
        return ScaleScore(scale.code, None, answered, of, TOO_FEW)
    total = Fraction(sum(given) * of, answered)
    value = float(_combined(scale, definition, total))
    return ScaleScore(scale.code, value, answered, of, COMPLETE if answered == of else FILLED)


def _combined(scale: Scale, definition: Definition, total: Fraction) -> Fraction:
    if scale.combine == "sum":
        return total
    if scale.combine == "mean":
        return total / len(scale.items)
    items = [definition.item(link_id) for link_id in scale.items]
    least, most = sum(item.least for item in items), sum(item.most for item in items)
    return 100 * (total - least) / (most - least)
