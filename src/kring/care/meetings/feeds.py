"""The secret address of somebody's calendar feed: one at a time, only its hash kept, ended at once when they say so."""

import secrets

from django.db import transaction
from django.utils import timezone

from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.circles.trail import wrote
from kring.care.meetings.models import CalendarFeed
from kring.care.people.links import hashed
from kring.care.people.models import Person
from kring.care.stored import Denied, allow


@transaction.atomic
def new_feed(*, by: Seat) -> str:
    """Make a new address; an earlier one stops working. Returns the secret, which is nowhere else."""
    end_feeds(by=by)
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(person_id=by.person_id, secret_hash=hashed(secret))
    wrote(by, "made calendar feed", Topic.MEETINGS, rule="own calendar")
    return secret


@transaction.atomic
def end_feeds(*, by: Seat) -> None:
    allow(not by.preview)
    if CalendarFeed.objects.filter(person_id=by.person_id, ended_at=None).update(ended_at=timezone.now()):
        wrote(by, "ended calendar feed", Topic.MEETINGS, rule="own calendar")


def reader_of(secret: str) -> Person:
    """Whose feed this is; an ended or unknown one does not exist."""
    feed = (
        CalendarFeed.objects.select_related("person")
        .filter(secret_hash=hashed(secret), ended_at=None, person__is_active=True)
        .first()
    )
    if feed is None:
        raise Denied
    return feed.person
