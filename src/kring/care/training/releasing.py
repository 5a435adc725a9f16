"""From answers to figures for a learner, and back: the only place that reads answers of more than one person.

At night the answers that wait for a learner become one `Release`, if they are of at least five people. Each answer
stands in one release at most, ever. Taking one answer away takes its whole release away, and the answers that stood in
it are never used again. So no two figures ever differ by one answer. docs/decisions/0335.
"""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django_tasks import task

from kring.care.jobs import every
from kring.care.second_guard import lifted
from kring.care.training.models import PROCESSES, Enrolment, FeedbackChoice, Rating, Release
from kring.care.training.pooling import enough, figures

NIGHT = range(2, 5)  # hours; whoever watches their page must not see a figure come while somebody answers


@every(dt.timedelta(hours=1))
@task()
def release_at_night() -> str:
    if timezone.localtime().hour not in NIGHT:
        return "not now"
    return f"{release_all()} figures"


def release_all() -> int:
    """Make every figure that can be made now."""
    with lifted("figures are made of answers that nobody else reads"):
        waiting = _waiting().values_list("practice__enrolment_id", flat=True).distinct()
        return sum(release(enrolment_id) is not None for enrolment_id in list(waiting))


@transaction.atomic
def release(enrolment_id: uuid.UUID) -> Release | None:
    """One figure of everything that waits for this learner, or nothing while it is of fewer than five people."""
    Enrolment.objects.select_for_update().get(pk=enrolment_id)  # two workers: the second finds nothing left
    ratings = list(_waiting().filter(practice__enrolment_id=enrolment_id).select_for_update(of=("self",)))
    if not enough(rating.rater_id for rating in ratings):
        return None
    told = figures([(r.rater_id, {name: getattr(r, name) for name in PROCESSES}) for r in ratings], PROCESSES)
    shown: dict[str, Any] = {name: None if value is None else float(value) for name, value in told.items()}
    made = Release.objects.create(enrolment_id=enrolment_id, released_on=timezone.localdate(), **shown)
    Rating.objects.filter(pk__in=[rating.pk for rating in ratings]).update(release=made)
    return made


def take_down(ratings: QuerySet[Rating]) -> None:
    """Take away every figure in which one of these answers stands, and use the others of that figure never again.

    Call it inside the transaction of whatever takes the answers back, with the second guard lifted.
    """
    releases = list(ratings.filter(release__isnull=False).values_list("release_id", flat=True).distinct())
    Rating.objects.filter(release__in=releases).update(release=None, spent_at=timezone.now())
    Release.objects.filter(pk__in=releases).delete()


def _waiting() -> QuerySet[Rating]:
    """Given, not yet in any figure, and still agreed to by who gave it and by the client of the circle."""
    choices = FeedbackChoice.objects.filter(circle=OuterRef("circle"), revoked_at=None)
    return Rating.objects.filter(
        Exists(choices.filter(person=OuterRef("rater"))),
        Exists(choices.filter(person=F("circle__client"))),
        answered_at__isnull=False, withdrawn_at=None, spent_at=None, release=None,
        practice__isnull=False, practice__enrolment__left_at=None,
    )  # fmt: skip
