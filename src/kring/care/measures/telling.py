"""A filling-in told in full, for the file that somebody takes along: day, who, scores, and every answer in words.

`Mine` is what a member keeps about themselves, for the page on their account: theirs, also when they left the circle.
"""

import dataclasses
import uuid
from typing import Any

from django.utils.translation import gettext as _

from kring.care.days import PLAIN, written
from kring.care.measures import chart, policy, texts
from kring.care.measures.models import OwnMeasurement, OwnSchedule
from kring.care.measures.reading import day_of, rule_in_words
from kring.care.people.models import Person
from kring.care.second_guard import lifted


def told(filled: Any, circle_id: uuid.UUID) -> list[tuple[str, str]]:
    """Pairs of what it is and what it says. Where the words of a question are gone, its number stands there."""
    code = filled.schedule.instrument
    day = day_of(filled) if filled.completed_at else filled.due_on
    first = [(texts.title_of(code), f"{written(day, PLAIN)} · {_state(filled)}")]
    first += [(_("Filled in by"), filled.filled_by.name)] if filled.completed_at else []
    return [*first, *_scores(filled, code), *_answers(filled, code, circle_id)]


def _state(filled: Any) -> str:
    if filled.declined_at:
        return _("not this time")
    version = _("version %(version)s") % {"version": filled.instrument_version}
    return version if filled.completed_at else _("%(version)s, not finished") % {"version": version}


def _scores(filled: Any, code: str) -> list[tuple[str, str]]:
    definition = texts.definition_of(code)
    titles = {scale.code: texts.scale_title(scale) for scale in definition.scales} if definition else {}
    return [(titles.get(score.scale, score.scale), _score(score)) for score in filled.scores.all()]


def _score(score: Any) -> str:
    rule = rule_in_words(score)
    value = "–" if score.value is None else chart.number_in_words(score.value)
    return f"{value} ({rule})" if rule else value


def _answers(filled: Any, code: str, circle_id: uuid.UUID) -> list[tuple[str, str]]:
    asking = texts.of_filled(circle_id, code, filled)
    questions = {question.link_id: question for question in asking.questions} if asking else {}
    worked_out = texts.worked_out(asking, filled.answers) if asking and filled.completed_at else []
    return worked_out + [
        (question.text, question.label(answer) or _("skipped"))
        if (question := questions.get(link_id))
        else (link_id, _("skipped") if answer is None else str(answer))
        for link_id, answer in filled.answers.items()
    ]


@dataclasses.dataclass(frozen=True)
class Mine:
    """One line that somebody keeps about themselves: in whose circle it began, and each filling-in in words."""

    line: OwnSchedule
    title: str
    client: str
    filled: list[list[tuple[str, str]]]


@lifted("whoever left a circle reads what they kept about themselves; of the circle only whose it was")
def mine(person: Person) -> list[Mine]:
    lines = policy.own_of(person).filter(removed_at=None).select_related("circle__client").order_by("created_at")
    return [
        Mine(
            line,
            texts.title_of(line.instrument),
            line.circle.client.name,
            [told(one, line.circle_id) for one in _of(line)],
        )
        for line in lines
    ]


def _of(line: OwnSchedule) -> list[OwnMeasurement]:
    found = OwnMeasurement.objects.filter(schedule=line, removed_at=None).select_related("schedule", "filled_by")
    return list(found.prefetch_related("scores").order_by("due_on", "started_at"))
