"""How much of the training had reached the teams around some clients by a day, for tables about those clients: hours
for each colleague, learners or not. About five colleagues or more, never about one.
"""

import datetime as dt
import uuid
from collections.abc import Collection

from django.db.models import Q

from kring.care.people.models import Post
from kring.care.training.dose import doses
from kring.care.training.figures import FEWEST, STAFF
from kring.care.training.models import Enrolment


def hours_per_colleague(teams: Collection[uuid.UUID], day: dt.date) -> float | None:
    """To the half hour, before that day. None: hours of fewer than five colleagues."""
    at_work = Post.objects.filter(team__in=teams, role__in=STAFF, started_at__date__lt=day)
    staff = set(at_work.filter(Q(ended_at=None) | Q(ended_at__date__gte=day)).values_list("person_id", flat=True))
    learners = list(Enrolment.objects.filter(team__in=teams, joined_on__lt=day))
    people = staff | {one.person_id for one in learners}
    if not learners:
        return 0.0
    if len(people) < FEWEST:
        return None
    hours = sum(dose.hours for dose in doses(learners, day - dt.timedelta(days=1)).values())
    return round(2 * hours / len(people)) / 2
