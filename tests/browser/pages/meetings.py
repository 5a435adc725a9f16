"""Pages of the meetings room."""

import datetime as dt
import uuid

from django.utils import timezone

from kring.care.meetings import actions, holding
from kring.care.meetings.models import Attendance, Meeting
from kring.care.meetings.tickets import ticket
from tests.browser.pages import Visit
from tests.browser.pages.plan import doing, save


def planned(cast):
    """A meeting next week with an agenda drafted from what is open, a point of one's own, and a decision."""
    doing(cast)
    noor = cast.seat("noor")
    week = timezone.now() + dt.timedelta(days=7)
    meeting = actions.plan_meeting(by=noor, id=uuid.uuid4(), starts_at=week, place="Bij Sanne, aan de keukentafel")
    actions.draft_agenda(by=noor, meeting=meeting)
    point = actions.add_point(by=noor, meeting=meeting, id=uuid.uuid4(), title="De zomer")
    holding.decide(by=noor, meeting=meeting, point=point, id=uuid.uuid4(), text="We gaan samen naar zee.")
    sanne = Attendance.objects.get(meeting=meeting, member=cast.members["sanne"])
    return {"meeting": meeting.pk, "ticket": ticket(sanne)}


def polled(cast):
    days = [timezone.now() + dt.timedelta(days=days) for days in (7, 9, 14)]
    meeting = actions.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), options=days)
    actions.answer_date(by=cast.seat("sanne"), option=meeting.options.first(), answer="yes")
    return {"meeting": meeting.pk}


def held(cast):
    found = planned(cast)
    meeting = Meeting.objects.get(pk=found["meeting"])
    holding.finish(by=cast.seat("noor"), meeting=meeting, came=[cast.members["sanne"].pk])
    return found


def several(cast):
    held(cast)
    polled(cast)
    planned(cast)


TOGETHER = "/c/{circle}/together/"
ONE = TOGETHER + "{meeting}/"
VISITS = [
    Visit("meetings/meetings.html", TOGETHER, state="empty"),
    Visit("meetings/meetings.html", TOGETHER, state="past and coming", prepare=several),
    Visit("meetings/meetings.html", TOGETHER, who="sanne", state="of a member", prepare=several),
    Visit("meetings/new.html", TOGETHER + "new/"),
    Visit("meetings/new.html", TOGETHER + "new/", state="with an error", do=save),
    Visit("meetings/subscribe.html", TOGETHER + "calendar/"),
    Visit("meetings/meeting.html", ONE, state="planned", prepare=planned),
    Visit("meetings/meeting.html", ONE, who="ruth", state="planned, of who sees little", prepare=planned),
    Visit("meetings/meeting.html", ONE, state="looking for a date", prepare=polled),
    Visit("meetings/meeting.html", ONE, who="sanne", state="asked for a date", prepare=polled),
    Visit("meetings/meeting.html", ONE, state="held", prepare=held),
    Visit("meetings/change.html", ONE + "change/", prepare=planned),
    Visit("meetings/point.html", ONE + "agenda/new/", prepare=planned),
    Visit("meetings/point.html", ONE + "agenda/new/", state="with an error", prepare=planned, do=save),
    Visit("meetings/paper.html", ONE + "paper/", prepare=planned),
    Visit("meetings/now.html", ONE + "now/1/", prepare=planned),
    Visit("meetings/finish.html", ONE + "finish/", prepare=planned),
    Visit("meetings/ticket.html", "/reply/{ticket}/", who=None, prepare=planned),
]
