"""What a learner does: open a part, finish it, answer a quiz. Each counts once, however often it is sent.

The version of a part that somebody first opened stays theirs, also when the trainer makes a newer one.
"""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from kring.care.people.models import Person
from kring.care.stored import Denied, allow
from kring.care.training import content, marking, policy
from kring.care.training.actions import boosters
from kring.care.training.models import (
    Enrolment,
    Moment,
    Part,
    PartKind,
    PartVersion,
    PlacedPart,
    Progress,
    QuizAnswer,
    QuizAttempt,
)
from kring.care.training.trail import noted


def version_for(enrolment: Enrolment, part: Part) -> PartVersion:
    """The version that this learner began, or else the one in the cohort's programme; other parts do not exist."""
    begun = Progress.objects.filter(enrolment=enrolment, part=part).select_related("part_version").first()
    if begun is not None:
        return begun.part_version
    placed = PlacedPart.objects.filter(programme_version_id=enrolment.cohort.programme_version_id, part=part)
    found = placed.select_related("part_version").first()
    if found is None or opens_on(enrolment, found) > timezone.localdate():
        raise Denied
    return found.part_version


def opens_on(enrolment: Enrolment, placed: PlacedPart) -> dt.date:
    return enrolment.joined_on + dt.timedelta(days=placed.after_days)


@transaction.atomic
def open_part(*, by: Person, enrolment: Enrolment, part: Part) -> Progress:
    """The first look at a part fixes which version of it is this learner's."""
    allow(policy.is_own(by, enrolment))
    given = {"part_version": version_for(enrolment, part), "opened_at": timezone.now()}
    progress, new = Progress.objects.get_or_create(enrolment=enrolment, part=part, defaults=given)
    if new:
        noted(by, "learner", "began", "part", part.pk, [part.kind])
    return progress


@transaction.atomic
def finish_lesson(*, by: Person, enrolment: Enrolment, part: Part, at: dt.datetime | None = None) -> Progress:
    """Read. `at` is when, where it was read without a network and is told later; telling it twice changes nothing."""
    allow(policy.is_own(by, enrolment) and part.kind in (PartKind.LESSON, PartKind.BOOSTER))
    progress = open_part(by=by, enrolment=enrolment, part=part)
    now = timezone.now()
    moment = min(now, max(at or now, progress.opened_at))
    if Progress.objects.filter(pk=progress.pk, completed_at=None).update(completed_at=moment):
        noted(by, "learner", "finished", "part", part.pk, [part.kind])
    progress.refresh_from_db()
    return progress


def done(enrolment: Enrolment, part_version: PartVersion, *, at: dt.datetime) -> Progress:
    """Some other act did this part (a workshop, a practice, a coaching contact): called inside that act."""
    progress, _new = Progress.objects.get_or_create(
        enrolment=enrolment, part_id=part_version.part_id, defaults={"part_version": part_version, "opened_at": at}
    )
    Progress.objects.filter(pk=progress.pk, completed_at=None).update(completed_at=max(at, progress.opened_at))
    return progress


@transaction.atomic
def begin_quiz(*, by: Person, enrolment: Enrolment, part: Part) -> QuizAttempt:
    """The attempt that is open, or a new one: an interrupted quiz goes on where it stopped.

    A quiz that measures (before, after) is taken once; exercises may be done as often as one likes.
    """
    allow(part.kind == PartKind.QUIZ)
    version = open_part(by=by, enrolment=enrolment, part=part).part_version
    attempts = QuizAttempt.objects.filter(enrolment=enrolment, part=part)
    moment = version.content.get("moment", Moment.DURING)
    going = attempts.filter(submitted_at=None).first()
    if going is None and moment != Moment.DURING:
        going = attempts.first()
    return going or _new_attempt(enrolment, part, version, moment)


def _new_attempt(enrolment: Enrolment, part: Part, version: PartVersion, moment: str) -> QuizAttempt:
    possible = len(content.questions(version.content))
    given = {"part_version": version, "moment": moment, "points_possible": possible}
    try:
        with transaction.atomic():
            return QuizAttempt.objects.create(enrolment=enrolment, part=part, **given)
    except IntegrityError:  # two windows at once: the first one's attempt is the attempt
        return QuizAttempt.objects.get(enrolment=enrolment, part=part, submitted_at=None)


@transaction.atomic
def answer(*, by: Person, attempt: QuizAttempt, question: str, given: Any) -> QuizAnswer:
    """Answer one question. The first answer counts: afterwards the page has shown what was right."""
    allow(policy.is_own(by, attempt.enrolment))
    asked = content.question(attempt.part_version.content, question)
    if asked is None:
        raise Denied
    known = QuizAnswer.objects.filter(attempt=attempt, question=question).first()
    if known is not None or attempt.submitted_at is not None:
        allow(known is not None)
        assert known is not None
        return known
    right = marking.is_right(asked, given)
    made, _new = QuizAnswer.objects.get_or_create(
        attempt=attempt, question=question, defaults={"given": given, "right": right, "answered_at": timezone.now()}
    )
    _hand_in_if_whole(by, attempt)
    return made


def _hand_in_if_whole(by: Person, attempt: QuizAttempt) -> None:
    """With the last answer the quiz is handed in, once."""
    answers = attempt.answers.all()
    if len(answers) < attempt.points_possible:
        return
    now, points = timezone.now(), sum(each.right for each in answers)
    if QuizAttempt.objects.filter(pk=attempt.pk, submitted_at=None).update(submitted_at=now, points=points):
        attempt.submitted_at, attempt.points = now, points
        done(attempt.enrolment, attempt.part_version, at=now)
        boosters.begin(attempt)
        noted(by, "learner", "finished", "part", attempt.part_id, ["quiz"])
