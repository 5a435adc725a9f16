"""Which items are asked, given the answers so far (enableWhen)."""

import operator
from collections.abc import Mapping

from kring.care.measures.instruments.definition import Condition, Definition, Item

RELATIONS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def asked(definition: Definition, answers: Mapping[str, int | None]) -> tuple[Item, ...]:
    """The items that are asked: all conditions of an item hold, and the items they look at are asked themselves."""
    found: dict[str, Item] = {}
    for item in definition.items:
        if all(c.item in found and _holds(c, answers.get(c.item)) for c in item.enable_when):
            found[item.link_id] = item
    return tuple(found.values())


def _holds(condition: Condition, answer: int | None) -> bool:
    """As in FHIR R4 (value set questionnaire-enable-operator): without an answer only != holds."""
    if answer is None:
        return condition.operator == "!="
    return bool(RELATIONS[condition.operator](answer, condition.value))
