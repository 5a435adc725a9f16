"""Calendar invitations (iCalendar, RFC 5545; iTIP, RFC 5546) and the feed for somebody's own calendar.

Nothing in them says what the meeting is about, where it is or who else comes: a calendar is often shared with
people at work or at home. The link leads to the page, which asks the policy.
"""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from kring.care.circles.models import Member
from kring.care.meetings.models import Attendance, Meeting
from kring.care.meetings.tickets import ticket

ZONE = ZoneInfo("Europe/Amsterdam")
YEAR = dt.timedelta(days=366)
PARTSTAT = {"yes": "ACCEPTED", "no": "DECLINED", "maybe": "TENTATIVE", "": "NEEDS-ACTION"}


def uid(attendance: Attendance) -> str:
    """The same for every version of one member's invitation, and unguessable, as it is what a reply must name."""
    return f"{attendance.pk}@{urlsplit(settings.SITE_URL).hostname}"


def invitation(attendance: Attendance, method: str, *, dated: bool = True) -> str:
    """A message for one member: METHOD is REQUEST (come, or: it moved) or CANCEL.

    Not `dated` for who may no longer see the meeting: it may have another day by now, which is not for them to know.
    """
    meeting, member = attendance.meeting, attendance.member
    event = _event(meeting, uid(attendance), dated=dated)
    event.add("sequence", meeting.sequence)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _address(settings.DEFAULT_FROM_EMAIL, "Kring"))
    event.add("attendee", _attendee(member, attendance.reply), encode=False)
    if dated:
        event.add("url", link(attendance))
    return _text(_calendar([event], method))


def feed(meetings: Iterable[Meeting], language: str) -> str:
    """All meetings of one person, for their own calendar to read."""
    host = urlsplit(settings.SITE_URL).hostname
    with translation.override(language):
        events = [_event(meeting, f"{meeting.pk}@{host}") for meeting in meetings]
        return _text(_calendar(events, "PUBLISH"))


def link(attendance: Attendance) -> str:
    return f"{settings.SITE_URL}/reply/{ticket(attendance)}/"


def _text(calendar: Calendar) -> str:
    return str(calendar.to_ical(), "utf-8")


def _event(meeting: Meeting, event_uid: str, *, dated: bool = True) -> Event:
    event = Event()
    event.add("uid", event_uid)
    event.add("dtstamp", timezone.now().astimezone(dt.UTC))
    if dated:
        assert meeting.starts_at is not None
        starts = meeting.starts_at.astimezone(ZONE)
        event.add("dtstart", starts)
        event.add("dtend", starts + dt.timedelta(minutes=meeting.minutes))
    event.add("summary", _("Meeting"))
    event.add("class", "PRIVATE")
    return event


def _calendar(events: Iterable[Event], method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Kring//Kring//NL")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    days = [event.decoded("dtstart").date() for event in calendar.events if "dtstart" in event]
    if days:  # the rules of the years around them: those of all years make a letter long and slow to write
        calendar.add_missing_timezones(min(days) - YEAR, max(days) + YEAR)
    return calendar


def _address(mail: str, name: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{mail.rpartition('<')[2].rstrip('>')}")
    found.params["CN"] = vText(name)
    return found


def _attendee(member: Member, reply: str) -> vCalAddress:
    found = _address(member.email, member.name)
    found.params["PARTSTAT"] = vText(PARTSTAT[reply])
    found.params["ROLE"] = vText("REQ-PARTICIPANT")
    found.params["RSVP"] = vText("TRUE")
    return found
