"""What clients and members do: choose to be asked, answer, take back. Every way out is honoured at once, everywhere."""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kring.care.circles.seats import Seat
from kring.care.circles.trail import wrote
from kring.care.people.models import Person
from kring.care.second_guard import lifted
from kring.care.stored import Denied, allow
from kring.care.training import practice_policy as policy
from kring.care.training.models import PROCESSES, FeedbackChoice, Rating
from kring.care.training.releasing import take_down

TOPIC = "feedback"
EMPTY: dict[str, None] = dict.fromkeys(PROCESSES)


def chosen(by: Seat) -> bool:
    return FeedbackChoice.objects.filter(
        circle_id=by.circle_id, person_id=by.person_id, revoked_at=None
    ).exists()  # fmt: skip


@transaction.atomic
def choose(*, by: Seat) -> None:
    """From now on, ask me after a contact with somebody who practises."""
    allow(policy.may_choose(by))
    _choice, new = FeedbackChoice.objects.get_or_create(circle_id=by.circle_id, person_id=by.person_id, revoked_at=None)
    if new:
        wrote(by, "shared", TOPIC, rule="own words")


@transaction.atomic
def revoke(*, by: Seat) -> None:
    """Ask me no more, and take my answers here out of every figure.

    The client's no is for the whole circle: what members answered here about contacts with the client goes out of
    every figure too. Their own answers stay their own to read.
    """
    allow(policy.may_choose(by))
    ended = FeedbackChoice.objects.filter(circle_id=by.circle_id, person_id=by.person_id, revoked_at=None)
    if not ended.update(revoked_at=timezone.now()):
        return
    with lifted("a figure in which the answer stood is also of others"):
        here = Rating.objects.filter(circle_id=by.circle_id)
        _empty(here.filter(rater_id=by.person_id))
        if by.is_client:
            take_down(here)
            here.filter(withdrawn_at=None).update(spent_at=timezone.now())
    wrote(by, "stopped sharing", TOPIC, rule="own words")


@transaction.atomic
def answer(*, by: Seat, rating: Rating, values: Mapping[str, int | None]) -> Rating:
    """Each question may be left open. The same form sent twice counts once; other answers replace the first."""
    allow(policy.ratings_of(by).filter(pk=rating.pk).exists() and set(values) == set(PROCESSES))
    with lifted("a figure in which the answer stood is also of others"):
        kept = Rating.objects.select_for_update().get(pk=rating.pk)
        allow(still_open(by, kept))
        if kept.answered_at is not None and all(getattr(kept, name) == values[name] for name in PROCESSES):
            return kept
        take_down(Rating.objects.filter(pk=kept.pk))
        now = timezone.now()
        Rating.objects.filter(pk=kept.pk).update(answered_at=now, release=None, spent_at=None, **values)
        kept.refresh_from_db()
    wrote(by, "added", TOPIC, rating.pk, rule="own words")
    return kept


def still_open(by: Seat, rating: Rating) -> bool:
    """Within its days, not taken back, and nobody said no since."""
    in_time = rating.closes_on >= timezone.localdate() and rating.withdrawn_at is None
    closed_by_the_client = rating.answered_at is None and rating.spent_at is not None
    if not in_time or closed_by_the_client or rating.practice_id is None or not chosen(by):
        return False
    with lifted("the client's choice is hidden from members, and nothing of it is shown"):
        return policy.client_chose(by.circle_id)


@transaction.atomic
def take_back(*, by: Person, rating_id: uuid.UUID) -> None:
    """Whoever gave an answer takes it out of every figure, at any time, also after they left the circle."""
    rating = Rating.objects.filter(pk=rating_id, rater=by).first()
    if rating is None:
        raise Denied
    with lifted("a figure in which the answer stood is also of others"):
        _empty(Rating.objects.filter(pk=rating.pk))


@transaction.atomic
def take_back_everything(*, by: Person) -> None:
    """Before an account is deleted."""
    with lifted("a figure in which the answer stood is also of others"):
        FeedbackChoice.objects.filter(person=by, revoked_at=None).update(revoked_at=timezone.now())
        _empty(Rating.objects.filter(rater=by))


def forget_circle(circle_id: uuid.UUID) -> None:
    """Before a circle is erased with its answers: no figure may outlive an answer in it."""
    take_down(Rating.objects.filter(circle_id=circle_id))


def _empty(ratings: QuerySet[Rating]) -> None:
    """Out of every figure, and the answer itself is gone."""
    take_down(ratings)
    ratings.filter(Q(answered_at__isnull=False) | Q(withdrawn_at=None)).update(
        withdrawn_at=timezone.now(), release=None, **EMPTY
    )
