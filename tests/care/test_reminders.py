"""Reminders: a meeting tomorrow, a poll that waits. Once, only to who may know, and without content."""

import datetime as dt
import uuid

import pytest
from django.core import mail
from django.utils import timezone

from kring.care.circles import actions as circle_actions
from kring.care.jobs import run_due
from kring.care.meetings import actions, jobs
from kring.care.meetings.models import Attendance, DateAnswer, Meeting

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def at(days):
    return timezone.now() + dt.timedelta(days=days)


def sent(remind, today=None):
    run_due()
    mail.outbox.clear()
    remind(today or TODAY())
    run_due()
    return {letter.to[0].split("@")[0].split("<")[-1] for letter in mail.outbox}


def test_a_meeting_tomorrow_is_told_to_the_client_and_to_who_comes(cast):
    meeting = actions.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), starts_at=at(1), place="Dorpsstraat 1")
    Attendance.objects.filter(meeting=meeting, member=cast.members["ruth"]).update(reply="no")
    assert sent(jobs.remind_of_meetings) == {"noor", "sanne", "ximena", "pieter"}
    text = " ".join(letter.body + letter.subject for letter in mail.outbox)
    assert "Dorpsstraat" not in text
    assert "morgen" in text


def test_nobody_is_reminded_of_a_meeting_that_is_off_or_later(cast):
    actions.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), starts_at=at(2))
    off = actions.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), starts_at=at(1))
    Meeting.objects.filter(pk=off.pk).update(cancelled_at=timezone.now())
    assert sent(jobs.remind_of_meetings) == set()


def test_a_removed_member_is_not_reminded(cast):
    actions.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), starts_at=at(1))
    circle_actions.remove_member(by=cast.seat("noor"), member=cast.members["ruth"])
    assert "ruth" not in sent(jobs.remind_of_meetings)


def test_a_poll_asks_once_more_of_who_has_not_answered(cast):
    poll = actions.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), options=[at(7), at(8)])
    option = poll.options.first()
    DateAnswer.objects.create(option=option, member=cast.members["sanne"], answer="yes")
    assert sent(jobs.remind_of_polls) == set()
    assert sent(jobs.remind_of_polls, TODAY() + jobs.PATIENCE) == {"ruth", "ximena", "pieter"}


def test_reminders_go_in_the_morning_only(cast, monkeypatch):
    actions.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), starts_at=at(1))
    now = timezone.localtime().hour
    monkeypatch.setattr("kring.care.jobs.MORNING", (now + 6) % 24)
    assert jobs.remind.call() == "not now"
    monkeypatch.setattr("kring.care.jobs.MORNING", now)
    assert jobs.remind.call().startswith("5 of meetings")
