"""Questions that come back: made when a quiz is handed in, put into rounds at night, answered when it suits."""

import datetime as dt
import itertools
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care import post
from kring.care.people.models import Person
from kring.care.stored import Denied, allow
from kring.care.training import content, marking, policy, scheduling
from kring.care.training.models import Booster, BoosterReview, BoosterRound, Enrolment, Moment, QuizAttempt

IN_A_ROUND = 3
PAGE = 500  # learners in one transaction: memory stays flat, and an interrupted night goes on where it stopped
REMIND_AFTER = dt.timedelta(days=3)
EVERY = dt.timedelta(days=7)  # at most one round a week, whatever is due


def begin(attempt: QuizAttempt) -> None:
    """The questions of a quiz that was just handed in come back later. The first answer is the first review."""
    if attempt.moment != Moment.DURING:
        return
    for each in attempt.answers.all():
        memory = scheduling.after(
            scheduling.Memory(due_at=each.answered_at), scheduling.rating(each.right), each.answered_at
        )
        Booster.objects.get_or_create(
            enrolment_id=attempt.enrolment_id, part_version_id=attempt.part_version_id, question=each.question,
            defaults=_columns(memory),
        )  # fmt: skip


def _columns(memory: scheduling.Memory) -> dict[str, Any]:
    return {
        "due_at": memory.due_at, "state": memory.state, "step": memory.step, "stability": memory.stability,
        "difficulty": memory.difficulty, "reviewed_at": memory.reviewed_at,
    }  # fmt: skip


def schedule(now: dt.datetime | None = None) -> int:
    """One pass over everybody for whom a question is due: a round of at most three, at most one open at a time."""
    moment = now or timezone.now()
    made, last = 0, uuid.UUID(int=0)
    while learners := list(_waiting(moment).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:PAGE]):
        made += _make_rounds(learners, moment)
        last = learners[-1]
    return made


def _waiting(moment: dt.datetime) -> Any:
    """Enrolments that go on, have something due, and no round that is open or was made this week."""
    due = Booster.objects.filter(enrolment_id=OuterRef("pk"), due_at__lte=moment)
    week = timezone.localdate(moment) - EVERY
    rounds = BoosterRound.objects.filter(enrolment_id=OuterRef("pk"))
    going = Enrolment.objects.filter(left_at__isnull=True, cohort__ended_at__isnull=True)
    return going.filter(
        Exists(due), ~Exists(rounds.filter(done_at__isnull=True)), ~Exists(rounds.filter(due_on__gt=week))
    )


@transaction.atomic
def _make_rounds(learners: list[uuid.UUID], moment: dt.datetime) -> int:
    due = Booster.objects.filter(enrolment_id__in=learners, due_at__lte=moment).order_by("enrolment_id", "due_at", "pk")
    pairs = due.values_list("enrolment_id", "pk")
    today = timezone.localdate(moment)
    rounds = [
        BoosterRound(enrolment_id=enrolment, due_on=today, boosters=[str(pk) for _learner, pk in few])
        for enrolment, few in (
            (enrolment, itertools.islice(found, IN_A_ROUND))
            for enrolment, found in itertools.groupby(pairs.iterator(chunk_size=2000), key=lambda pair: pair[0])
        )
    ]
    BoosterRound.objects.bulk_create(rounds, ignore_conflicts=True)  # another worker's round stands
    return len(rounds)


def remind(now: dt.datetime | None = None) -> int:
    """One short letter for a round that waits, once."""
    moment = now or timezone.now()
    before = timezone.localdate(moment) - REMIND_AFTER
    waiting = BoosterRound.objects.filter(done_at=None, reminded_at=None, due_on__lte=before, enrolment__left_at=None)
    sent = 0
    for each in waiting.select_related("enrolment__person").iterator(chunk_size=PAGE):
        with transaction.atomic():
            if BoosterRound.objects.filter(pk=each.pk, reminded_at=None).update(reminded_at=moment):
                subject = _("A few questions in Kring")
                post.send(to=each.enrolment.person, subject=subject, template="training/mail/round.txt", context={})
                sent += 1
    return sent


def waiting_in(round_: BoosterRound) -> Booster | None:
    """The first question of a round without an answer."""
    answered = {str(pk) for pk in round_.reviews.values_list("booster_id", flat=True)}
    left = [pk for pk in round_.boosters if pk not in answered]
    known = Booster.objects.filter(pk__in=left).select_related("part_version").in_bulk()
    return next((known[uuid.UUID(pk)] for pk in left if uuid.UUID(pk) in known), None)


@transaction.atomic
def answer(*, by: Person, round_: BoosterRound, booster: Booster, given: Any, guessed: bool = False) -> BoosterReview:
    """One answer; sent twice it counts once. With the last one the round is done."""
    allow(policy.is_own(by, round_.enrolment) and str(booster.pk) in round_.boosters)
    asked = content.question(booster.part_version.content, booster.question)
    if asked is None:
        raise Denied
    now, right = timezone.now(), marking.is_right(asked, given)
    rated = scheduling.rating(right, guessed)
    review, new = BoosterReview.objects.get_or_create(
        round=round_, booster=booster,
        defaults={"rating": rated, "given": given, "right": right, "reviewed_at": now},
    )  # fmt: skip
    if new:
        Booster.objects.filter(pk=booster.pk).update(**_columns(scheduling.after(memory_of(booster), rated, now)))
    if waiting_in(round_) is None:
        BoosterRound.objects.filter(pk=round_.pk, done_at=None).update(done_at=now)
    return review


def memory_of(booster: Booster) -> scheduling.Memory:
    return scheduling.Memory(
        due_at=booster.due_at, state=booster.state, step=booster.step, stability=booster.stability,
        difficulty=booster.difficulty, reviewed_at=booster.reviewed_at,
    )  # fmt: skip
