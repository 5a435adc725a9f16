"""Results as xAPI statements (version 1.0.3), for a system of an institution that collects them.

Plain JSON, because the client library for Python (tincan) was last released in 2020 and talks to a server, which we do
not: an institution fetches a file, or a learner takes their own along. `problems` checks what the specification asks
of a statement, and every file is checked before it goes out. An actor is an account of this installation, never a
mail address.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from kring.care.training import content
from kring.care.training.figures import learners_who_let
from kring.care.training.models import Certificate, Cohort, Enrolment, PartKind, Progress, QuizAnswer, QuizAttempt

VERBS = {
    "completed": "http://adlnet.gov/expapi/verbs/completed",
    "attended": "http://adlnet.gov/expapi/verbs/attended",
    "scored": "http://adlnet.gov/expapi/verbs/scored",
    "answered": "http://adlnet.gov/expapi/verbs/answered",
    "earned": "http://id.tincanapi.com/verb/earned",
}
_IN = uuid.UUID("5f1c2b52-94ce-4f6f-9d4c-9c8c4b1a6d10")
Statement = dict[str, Any]


def of_enrolment(enrolment: Enrolment) -> list[Statement]:
    """Everything that one learner did, with every answer, for themselves. The same act always makes the same statement
    id.
    """
    return _checked([*_parts(enrolment), *_quizzes(enrolment), *_answers(enrolment), *_certificates(enrolment)])


def for_the_record(cohort: Cohort) -> list[Statement]:
    """What learners did who let the learning record of their organisation have it: never a score, never an answer."""
    everybody = Enrolment.objects.filter(cohort=cohort).select_related("person", "cohort__programme_version")
    agreed = learners_who_let(everybody, "record")
    return _checked([made for one in agreed for made in (*_parts(one), *_certificates(one))])


def _checked(made: list[Statement]) -> list[Statement]:
    """Oldest first."""
    wrong = [problem for statement in made for problem in problems(statement)]
    if wrong:
        raise ValueError("; ".join(wrong))
    return sorted(made, key=lambda statement: (statement["timestamp"], statement["id"]))


def _statement(enrolment: Enrolment, verb: str, of: Any, activity: str, title: str, at: Any) -> Statement:
    return {
        "id": str(uuid.uuid5(_IN, f"{verb} {of.pk}")),
        "version": "1.0.3",
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": settings.SITE_URL, "name": str(enrolment.person_id)},
        },
        "verb": {"id": VERBS[verb], "display": {"en": verb}},
        "object": {
            "objectType": "Activity",
            "id": f"{settings.SITE_URL}/xapi/{activity}",
            "definition": {"name": {"nl" if enrolment.person.language == "nl" else "en": title}},
        },
        "timestamp": at.isoformat(),
    }


def _parts(enrolment: Enrolment) -> Iterator[Statement]:
    finished = Progress.objects.filter(enrolment=enrolment, completed_at__isnull=False).exclude(
        part__kind=PartKind.QUIZ
    )
    for each in finished.select_related("part", "part_version"):
        verb = "attended" if each.part.kind == PartKind.WORKSHOP else "completed"
        title = content.title(each.part_version.content, enrolment.person.language)
        yield _statement(enrolment, verb, each, f"parts/{each.part_id}", title, each.completed_at)


def _quizzes(enrolment: Enrolment) -> Iterator[Statement]:
    handed_in = QuizAttempt.objects.filter(enrolment=enrolment, submitted_at__isnull=False)
    for each in handed_in.select_related("part_version"):
        title = content.title(each.part_version.content, enrolment.person.language)
        made = _statement(enrolment, "scored", each, f"parts/{each.part_id}", title, each.submitted_at)
        scaled = each.points / each.points_possible if each.points_possible else 0
        score = {"raw": each.points, "min": 0, "max": each.points_possible, "scaled": round(scaled, 4)}
        yield {**made, "result": {"score": score, "completion": True}}


def _answers(enrolment: Enrolment) -> Iterator[Statement]:
    found = QuizAnswer.objects.filter(attempt__enrolment=enrolment, attempt__submitted_at__isnull=False)
    for each in found.select_related("attempt__part_version"):
        of = each.attempt.part_version.content
        asked = content.question(of, each.question) or {}
        said = content.words(asked, enrolment.person.language)
        activity = f"parts/{each.attempt.part_id}/questions/{each.question}"
        made = _statement(enrolment, "answered", each, activity, str(said["text"]), each.answered_at)
        yield {**made, "result": {"response": _in_words(each.given, said), "success": each.right}}


def _in_words(given: Any, said: Mapping[str, Any]) -> str:
    """The choices as they were read, or what was typed."""
    if not isinstance(given, list):
        return str(given)
    choices = said.get("choices") or []
    return "; ".join(str(choices[one]) for one in given if one < len(choices))


def _certificates(enrolment: Enrolment) -> Iterator[Statement]:
    version = enrolment.cohort.programme_version
    title = content.title(version.content, enrolment.person.language)
    for each in Certificate.objects.filter(enrolment=enrolment, withdrawn_at=None):
        yield _statement(enrolment, "earned", each, f"programmes/{version.pk}", title, each.created_at)


def problems(statement: Statement) -> Iterator[str]:
    """What the specification's data section asks of a statement and this one lacks."""
    yield from (f"{name} is missing" for name in ("actor", "verb", "object") if name not in statement)
    try:
        uuid.UUID(str(statement.get("id")))
    except ValueError:
        yield "id is not a UUID"
    account = statement.get("actor", {}).get("account", {})
    if not (str(account.get("homePage", "")).startswith("http") and account.get("name")):
        yield "the actor has no account"
    for name in ("verb", "object"):
        if not str(statement.get(name, {}).get("id", "")).startswith("http"):
            yield f"the id of {name} is not an IRI"
    score = statement.get("result", {}).get("score")
    if score and not (score["min"] <= score["raw"] <= score["max"] and -1 <= score["scaled"] <= 1):
        yield "a score is out of its range"
