"""Accept and Decline in one's own calendar: the mail that comes back is taken in, and nothing else is."""

import datetime as dt
import io
import sys
import uuid
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.utils import timezone

from kring.care.circles import actions as circle_actions
from kring.care.meetings import actions, calendars
from kring.care.meetings.models import Attendance
from kring.care.meetings.replies import Unusable, take_in

DAY = dt.timedelta(days=1)


@pytest.fixture
def invited(cast):
    """Sanne's invitation to a meeting next week."""
    meeting = actions.plan_meeting(
        by=cast.seat("noor"), id=uuid.uuid4(), starts_at=timezone.now().replace(microsecond=0) + 7 * DAY
    )
    return Attendance.objects.get(meeting=meeting, member=cast.members["sanne"])


def mail(attendance, partstat="ACCEPTED", *, method="REPLY", address=None, uid=None):
    """What a calendar program sends when its owner presses a button."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Calendar//EN", f"METHOD:{method}", "BEGIN:VEVENT",
        f"UID:{uid or calendars.uid(attendance)}", "DTSTAMP:20260101T090000Z",
        f"DTSTART:{attendance.meeting.starts_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{attendance.meeting.sequence}",
        f"ATTENDEE;PARTSTAT={partstat}:mailto:{address or attendance.member.email}", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "x@example.org", "kring@localhost", "Accepted"
    message.set_content("Sanne accepted.")
    message.add_alternative("\r\n".join(lines).encode(), maintype="text", subtype="calendar", params={"method": method})
    return bytes(message)


@pytest.mark.parametrize(("partstat", "reply"), [("ACCEPTED", "yes"), ("DECLINED", "no"), ("TENTATIVE", "maybe")])
def test_a_button_in_the_calendar_is_an_answer(invited, partstat, reply):
    take_in(mail(invited, partstat))
    invited.refresh_from_db()
    assert invited.reply == reply


def test_a_yes_to_an_earlier_date_is_none_to_the_new_one(cast, invited):
    answer = mail(invited)
    meeting = invited.meeting
    actions.change_meeting(by=cast.seat("noor"), meeting=meeting, version=1, starts_at=meeting.starts_at + DAY)
    with pytest.raises(Unusable, match="earlier date"):
        take_in(answer)
    invited.refresh_from_db()
    assert invited.reply == ""


def test_a_yes_counts_when_only_something_else_changed(cast, invited):
    answer = mail(invited)
    actions.change_meeting(by=cast.seat("noor"), meeting=invited.meeting, version=1, place="Bij de vijver")
    take_in(answer)
    invited.refresh_from_db()
    assert invited.reply == "yes"


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "REQUEST"},
        {"address": "bram@example.org"},
        {"uid": "5d0f9a3e-0000-4000-8000-000000000001@localhost"},  # fixed: xdist wants the same names on each worker
        {"uid": "no-uid-of-ours"},
        {"partstat": "NEEDS-ACTION"},
    ],
    ids=str,
)
def test_what_is_no_reply_of_the_invited_changes_nothing(invited, wrong):
    with pytest.raises(Unusable):
        take_in(mail(invited, **wrong))
    invited.refresh_from_db()
    assert invited.reply == ""


def test_a_removed_member_answers_nothing_any_more(cast, invited):
    letter = mail(invited)
    circle_actions.remove_member(by=cast.seat("noor"), member=cast.members["sanne"])
    with pytest.raises(Unusable):
        take_in(letter)


@pytest.mark.parametrize("rubbish", [b"", b"\xff\xfe", b"Content-Type: text/calendar\n\nBEGIN:NOTHING", b"x" * 300_000])
def test_rubbish_is_left_alone_and_the_mail_server_hears_no_error(db, rubbish, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(rubbish)))
    call_command("calendar_reply")
    assert "left alone" in capsys.readouterr().err
