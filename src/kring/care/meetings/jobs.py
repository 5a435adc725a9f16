"""Reminders, once, in the morning: a meeting tomorrow, a date that is still asked for. Without content."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from kring.care import post
from kring.care.jobs import every, is_morning
from kring.care.meetings import calendars, policy
from kring.care.meetings.models import Attendance, DateAnswer, Meeting

PATIENCE = dt.timedelta(days=3)  # how long a poll is open before who has not answered is asked again


@every(dt.timedelta(hours=1))
@task()
def remind() -> str:
    now = timezone.localtime()
    if not is_morning(now):
        return "not now"
    return f"{remind_of_meetings(now.date())} of meetings, {remind_of_polls(now.date())} of polls"


@transaction.atomic
def remind_of_meetings(today: dt.date) -> int:
    """Tell the client, and everybody invited who did not say no, that a meeting is tomorrow."""
    told = 0
    for meeting in _open().filter(starts_at__date=today + dt.timedelta(days=1)).select_related("circle__client"):
        address = post.link("meetings:meeting", meeting.circle_id, meeting.pk)
        told += post.send(
            to=meeting.circle.client, subject=_("Kring: a meeting tomorrow"), template="meetings/mail/tomorrow.txt",
            context={"starts_at": meeting.starts_at, "address": address},
        )  # fmt: skip
        for attendance in _attendances(meeting).exclude(reply="no"):
            told += _send(attendance, _("Kring: a meeting tomorrow"), "meetings/mail/tomorrow.txt")
    return told


@transaction.atomic
def remind_of_polls(today: dt.date) -> int:
    """Ask once more, of whoever gave no answer to a poll of some days ago."""
    told = 0
    for meeting in _open().filter(starts_at=None, created_at__date=today - PATIENCE, options__isnull=False).distinct():
        answered = DateAnswer.objects.filter(option__meeting=meeting, member__isnull=False).values("member")
        for attendance in _attendances(meeting).exclude(member__in=answered):
            told += _send(attendance, _("Kring: which date suits you?"), "meetings/mail/poll.txt")
    return told


def _open() -> QuerySet[Meeting]:
    running = {"circle__paused_at": None, "circle__closed_at": None}
    return Meeting.objects.filter(cancelled_at=None, held_at=None, removed_at=None, **running)


def _attendances(meeting: Meeting) -> QuerySet[Attendance]:
    """Of whoever may see the meeting now: what was shared may have changed since it was planned."""
    invited = [member.pk for member in policy.invitees(meeting)]
    return meeting.attendances.filter(member__in=invited).select_related("member__person", "meeting")


def _send(attendance: Attendance, subject: object, template: str) -> bool:
    member = attendance.member
    return post.send(
        to=member, subject=subject, template=template, language=member.person.language if member.person else "",
        context={"starts_at": attendance.meeting.starts_at, "address": calendars.link(attendance)},
    )  # fmt: skip
