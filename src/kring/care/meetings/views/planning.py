"""Finding a date and preparing a meeting."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles.door import offer_undo, sit
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.forms import address_with_id, id_in_address
from kring.care.meetings import actions, policy
from kring.care.meetings.forms import ChangeMeeting, PlanMeeting
from kring.care.meetings.models import DateOption, Meeting
from kring.care.plan import policy as plan
from kring.care.stored import Stale, allow


def meetings(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """All meetings that this seat sees: what comes first, then what was."""
    seat = sit(request, circle_id)
    saw(seat, "meetings", [Topic.MEETINGS])
    found = list(policy.visible(seat).order_by("-starts_at", "-created_at")[:200])
    page = {"seat": seat, "here": "together", "may_plan": policy.may_plan(seat)}
    page["coming"] = sorted((m for m in found if m.held_at is None and m.cancelled_at is None), key=_by_date)
    page["past"] = [m for m in found if m.held_at or m.cancelled_at]
    return render(request, "meetings/meetings.html", page)


def _by_date(meeting: Meeting) -> tuple[bool, Any]:
    return meeting.starts_at is None, meeting.starts_at or meeting.created_at


def new_meeting(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(policy.may_plan(seat))
    new_id = id_in_address(request)
    if new_id is None and request.method == "GET":
        return redirect(address_with_id(request))
    if new_id and policy.visible(seat).filter(pk=new_id).exists() and request.method == "GET":
        return redirect("meetings:meeting", circle_id, new_id)
    initial = {"place": seat.circle.place, "new_id": new_id}
    form = PlanMeeting(request.POST or None, initial=initial, **people(seat))
    if request.method == "POST" and form.is_valid():
        first, *more = form.moments
        dates: dict[str, Any] = {"options": form.moments} if more else {"starts_at": first}
        meeting = actions.plan_meeting(by=seat, id=form.cleaned_data["new_id"], **dates, **form.content())
        actions.draft_agenda(by=seat, meeting=meeting)
        messages.success(request, _("Planned. Whoever may see meetings gets a letter."))
        return redirect("meetings:meeting", circle_id, meeting.pk)
    return render(request, "meetings/new.html", {"seat": seat, "here": "together", "form": form})


def change_meeting(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    allow(policy.may_plan(seat) and meeting.held_at is None)
    form = ChangeMeeting.of(request.POST or None, meeting, **people(seat))
    stored: Meeting | None = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_meeting(by=seat, meeting=meeting, version=form.cleaned_data["version"], **form.content())
            return redirect("meetings:meeting", circle_id, meeting_id)
        except Stale:
            stored = Meeting.objects.select_related("chair").get(pk=meeting_id)
            form.keep_typed(stored.version)
    saw(seat, "meeting", [Topic.MEETINGS])
    page = {"seat": seat, "here": "together", "form": form, "meeting": meeting, "stored": stored}
    return render(request, "meetings/change.html", page)


@require_POST
def cancel(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    actions.cancel_meeting(by=seat, meeting=meeting)
    again = reverse("meetings:uncancel", args=[circle_id, meeting_id])
    offer_undo(request, _("The meeting is off. Everyone has been told."), again)
    return redirect("meetings:meetings", circle_id)


@require_POST
def uncancel(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    actions.cancel_meeting(by=seat, meeting=meeting, back=True)
    return redirect("meetings:meeting", circle_id, meeting_id)


@require_POST
def pick(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID, option_id: uuid.UUID) -> HttpResponse:
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    option = get_object_or_404(DateOption.objects.select_related("meeting"), pk=option_id, meeting=meeting)
    actions.pick_date(by=seat, option=option)
    return redirect("meetings:meeting", circle_id, meeting_id)


def meeting_or_404(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> tuple[Seat, Meeting]:
    """The seat and a meeting that it sees."""
    seat = sit(request, circle_id)
    return seat, get_object_or_404(policy.visible(seat).select_related("chair"), pk=meeting_id)


def people(seat: Seat) -> dict[str, Any]:
    """Who can lead or own something, for the forms: only the members whom this seat may know of."""
    client_words = _("I do") if seat.is_client else seat.circle.client_name
    return {"members": list(plan.members_to_ask(seat)), "client_words": client_words}
