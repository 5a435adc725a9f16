"""Which items are asked, given the answers so far (enableWhen)."""

import operator
from collections.abc import Mapping

from kring.care.measures.instruments.definition import Condition, Definition, Item
from kring.care.measures.instruments.scoring import Answer

RELATIONS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def asked(definition: Definition, answers: Mapping[str, Answer]) -> tuple[Item, ...]:
    """The items that are asked: their conditions hold, all or any. What is not asked itself counts as not answered."""
    found: dict[str, Item] = {}
    for item in definition.items:
        holds = [_holds(c, answers.get(c.item) if c.item in found else None) for c in item.enable_when]
        if not holds or (any(holds) if item.enable_any else all(holds)):
            found[item.link_id] = item
    return tuple(found.values())


def _holds(condition: Condition, answer: Answer) -> bool:
    """As in FHIR R4 (code system questionnaire-enable-operator): without an answer only != and not-exists hold."""
    if condition.operator == "exists":
        return (answer is not None) == bool(condition.value)
    if answer is None:
        return condition.operator == "!="
    return bool(RELATIONS[condition.operator](answer, condition.value))
