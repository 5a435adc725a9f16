"""Letters in the morning: something waits, and once more a week later. Without content; not in a paused circle."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from kring.care import post
from kring.care.circles.models import Member
from kring.care.circles.seats import seat_of
from kring.care.circles.topics import FORMAL_ROLES
from kring.care.jobs import every, is_morning
from kring.care.measures import policy
from kring.care.measures.filling import Line, begun, waits
from kring.care.measures.models import OwnSchedule, Respondent, Schedule
from kring.care.people.models import Person

PATIENCE = dt.timedelta(days=7)  # how long something waits before it is said once more
OPEN = {"circle__paused_at": None, "circle__closed_at": None}


@every(dt.timedelta(hours=1))
@task()
def remind() -> str:
    now = timezone.localtime()
    if not is_morning(now):
        return "not now"
    return f"{remind_of_questions(now.date())} of questions"


def remind_of_questions(today: dt.date) -> int:
    """Tell whoever fills in that something waits: on its day, and once more a week later if nothing was done."""
    agreed = Schedule.objects.filter(policy.RUNNING, agreed_at__isnull=False, **OPEN)
    own = OwnSchedule.objects.filter(policy.RUNNING, **OPEN)
    lines: list[Line] = [*agreed, *own]
    return sum(_remind(line, today) for line in lines)


@transaction.atomic
def _remind(line: Line, today: dt.date) -> int:
    """One line. What was told is kept, so that a job that runs twice writes once."""
    occasion = waits(line)
    table: Any = type(line)._default_manager.filter(pk=line.pk)
    if occasion is None or begun(line) is not None:
        return 0
    if line.told_for != occasion.on:
        table.update(told_for=occasion.on)
    elif line.reminded_for != occasion.on and today - occasion.on >= PATIENCE:
        table.update(reminded_for=occasion.on)
    else:
        return 0
    return sum(_write(line, person) for person in _respondents(line))


def _respondents(line: Line) -> Iterable[Person]:
    """Who fills this line in and may still do so."""
    found = [person for person in _named(line) if person is not None]
    for person in found:
        seat = seat_of(person, line.circle_id)
        if seat is not None and policy.may_fill(seat, line):
            yield person


def _named(line: Line) -> list[Person | None]:
    if isinstance(line, OwnSchedule):
        return [line.member.person]
    if line.respondent == Respondent.CLIENT:
        return [line.circle.client]
    if line.member is not None:
        return [line.member.person]
    here = Member.objects.filter(
        circle_id=line.circle_id, role__in=FORMAL_ROLES, joined_at__isnull=False, ended_at=None
    )
    return [member.person for member in here.select_related("person")]


def _write(line: Line, person: Person) -> bool:
    return post.send(
        to=person, subject=_("Kring: a page waits for you"), template="measures/mail/waiting.txt",
        context={"address": post.link("circle_measures:open", line.circle_id, line.pk)},
    )  # fmt: skip
