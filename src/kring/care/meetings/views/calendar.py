"""What comes in from mails and calendars, without signing in: a reply by link, and the feed."""

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from kring.care.circles import policy as circle
from kring.care.circles.door import sit
from kring.care.circles.seats import Seat, seat_of
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.meetings import actions, policy
from kring.care.meetings.calendars import feed as feed_of
from kring.care.meetings.feeds import end_feeds, new_feed, reader_of
from kring.care.meetings.forms import Reply
from kring.care.meetings.models import Attendance, DateAnswer, Meeting
from kring.care.meetings.tickets import admitted
from kring.care.meetings.views.meeting import save_answers
from kring.care.people.models import Person
from kring.care.second_guard import asking_for, lifted


@login_not_required
def ticket(request: HttpRequest, value: str) -> HttpResponse:
    """One member answers for one meeting: a date that suits, or whether they come."""
    with lifted("whoever follows the link is not signed in; it speaks for one member"):
        attendance, seat = admitted(value)
    with asking_for(str(seat.person_id)):
        return _answer(request, attendance, seat)


def _answer(request: HttpRequest, attendance: Attendance, seat: Seat) -> HttpResponse:
    meeting = attendance.meeting
    done = False
    if request.method == "POST" and meeting.cancelled_at is None and meeting.held_at is None:
        form = Reply(request.POST)
        if meeting.starts_at is None:
            save_answers(request, seat, meeting)
            done = True
        elif form.is_valid():
            attendance = actions.reply(by=seat, meeting=meeting, answer=form.cleaned_data["answer"])
            done = True
    given = {a.option_id: a.answer for a in DateAnswer.objects.filter(option__meeting=meeting, member=seat.member_id)}
    poll = [(option, given.get(option.pk, "")) for option in meeting.options.order_by("starts_at")]
    page = {"meeting": meeting, "attendance": attendance, "poll": poll, "done": done}
    page |= {"replies": Attendance.REPLIES[1:], "choices": DateAnswer.ANSWERS}
    saw(seat, "meeting", [Topic.MEETINGS])
    return render(request, "meetings/ticket.html", page)


@login_not_required
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The meetings that the owner of this address may see now, in all their circles."""
    person = reader_of(secret)
    with asking_for(str(person.pk)):
        found = _meetings_of(person)
    return HttpResponse(feed_of(found, person.language), content_type="text/calendar; charset=utf-8")


def _meetings_of(person: Person) -> list[Meeting]:
    found: list[Meeting] = []
    for one in circle.circles_of(person):
        seat = seat_of(person, one.pk)
        if seat is not None and (dated := policy.visible(seat).filter(starts_at__isnull=False, cancelled_at=None)):
            found += dated
            _once_a_day(seat)
    return sorted(found, key=lambda meeting: (meeting.starts_at, meeting.pk))


def _once_a_day(seat: Seat) -> None:
    """A calendar asks again and again, all day: one line says so, and the client's log stays readable."""
    today = timezone.localdate().isoformat()
    if cache.add(f"calendar:{seat.circle_id}:{seat.person_id}:{today}", True, timeout=60 * 60 * 25):
        saw(seat, "calendar", [Topic.MEETINGS])


def subscribe(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Make an address for one's own calendar (shown once), or end the one there is."""
    seat = sit(request, circle_id)
    address = ""
    if request.method == "POST" and request.POST.get("how") == "end":
        end_feeds(by=seat)
        return redirect("meetings:subscribe", circle_id)
    if request.method == "POST":
        address = settings.SITE_URL + reverse("feed", args=[new_feed(by=seat)])
    return render(request, "meetings/subscribe.html", {"seat": seat, "here": "together", "address": address})
