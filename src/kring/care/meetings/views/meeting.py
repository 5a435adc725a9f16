"""One meeting: its page before and after, the agenda, replies, and the papers to print."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles.door import offer_undo, sit
from kring.care.circles.seats import Seat
from kring.care.circles.seen import seen_in_words
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.forms import address_with_id, id_in_address
from kring.care.meetings import actions, policy, reading
from kring.care.meetings.forms import NewPoint, PollAnswer, Reply
from kring.care.meetings.models import Attendance, DateAnswer, DateOption, Meeting
from kring.care.meetings.views.planning import meeting_or_404
from kring.care.plan import policy as plan
from kring.care.plan.models import Action
from kring.care.stored import allow


def meeting_page(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    meeting = reading.meeting_for(seat, meeting_id)
    saw(seat, "meeting", [Topic.MEETINGS])
    page = {"seat": seat, "here": "together", "meeting": meeting, "may_plan": policy.may_plan(seat)}
    page["sees"] = seen_in_words(circle_id, Topic.MEETINGS, meeting.zone, meeting_id) if seat.is_client else ""
    page["may_chair"] = policy.may_chair(seat, meeting)
    page["day_is_here"] = meeting.starts_at and timezone.localdate(meeting.starts_at) <= timezone.localdate()
    page |= reading.agenda_of(seat, meeting_id) | _who(seat, meeting)
    return render(request, "meetings/meeting.html", page)


def _who(seat: Seat, meeting: Any) -> dict[str, Any]:
    """Who comes, or the poll while there is no date yet."""
    attendances = reading.attendances_of(seat, meeting)
    mine = next((a for a in attendances if a.member_id == seat.member_id), None)
    found: dict[str, Any] = {"attendances": attendances, "mine": mine, "replies": dict(Attendance.REPLIES), "poll": []}
    if meeting.starts_at is None:
        answers = list(policy.answers(seat, meeting.id))
        options = list(DateOption.objects.filter(meeting=meeting.id).order_by("starts_at"))
        found["poll"] = [(option, [a for a in answers if a.option_id == option.pk]) for option in options]
        found["choices"] = DateAnswer.ANSWERS
    return found


@require_POST
def reply(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    form = Reply(request.POST)
    if form.is_valid():
        actions.reply(by=seat, meeting=meeting, answer=form.cleaned_data["answer"])
    return redirect("meetings:meeting", circle_id, meeting_id)


@require_POST
def answer(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    """All answers of one person to the poll, in one go."""
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    if save_answers(request, seat, meeting):
        messages.success(request, _("Your answers are kept."))
    return redirect("meetings:meeting", circle_id, meeting_id)


def save_answers(request: HttpRequest, seat: Seat, meeting: Meeting) -> int:
    """Keep what was ticked; how many answers that are."""
    kept = 0
    for option in meeting.options.select_related("meeting"):
        form = PollAnswer({"answer": request.POST.get(f"option_{option.pk}", "")})
        if form.is_valid():
            actions.answer_date(by=seat, option=option, answer=form.cleaned_data["answer"])
            kept += 1
    return kept


def add_point(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    new_id = id_in_address(request)
    if new_id is None and request.method == "GET":
        return redirect(address_with_id(request))
    if new_id and policy.agenda(seat, meeting).filter(pk=new_id).exists() and request.method == "GET":
        return redirect("meetings:meeting", circle_id, meeting_id)
    form = NewPoint(request.POST or None, initial={"new_id": new_id})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        actions.add_point(by=seat, meeting=meeting, id=typed["new_id"], title=typed["title"])
        return redirect("meetings:meeting", circle_id, meeting_id)
    return render(request, "meetings/point.html", {"seat": seat, "here": "together", "meeting": meeting, "form": form})


@require_POST
def draft(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    actions.draft_agenda(by=seat, meeting=meeting)
    return redirect("meetings:meeting", circle_id, meeting_id)


@require_POST
def change_point(
    request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID, point_id: uuid.UUID, how: str
) -> HttpResponse:
    """Move a point up or down, take it off the agenda, or put it back."""
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    allow(how in ("up", "down", "remove", "back"))
    if how == "back":
        point = get_object_or_404(policy.agenda(seat, meeting, also_removed=True), pk=point_id)
        actions.remove_point(by=seat, point=point, back=True)
        return redirect("meetings:meeting", circle_id, meeting_id)
    point = get_object_or_404(policy.agenda(seat, meeting), pk=point_id)
    if how == "remove":
        actions.remove_point(by=seat, point=point)
        back = reverse("meetings:change_point", args=[circle_id, meeting_id, point_id, "back"])
        offer_undo(request, _("It is off the agenda."), back)
    else:
        actions.move_point(by=seat, point=point, up=how == "up")
    return redirect("meetings:meeting", circle_id, meeting_id)


def paper(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    """The agenda, or after the meeting its record, to print. It holds what this seat sees, and says so."""
    seat = sit(request, circle_id)
    meeting = reading.meeting_for(seat, meeting_id)
    saw(seat, "meeting on paper", [Topic.MEETINGS])
    page = {"seat": seat, "here": "together", "meeting": meeting} | _who(seat, meeting)
    page |= reading.agenda_of(seat, meeting_id)
    open_actions = plan.actions_visible_to(seat).filter(done_at=None).exclude(meeting_id=meeting_id)
    page["open_actions"] = list(named(open_actions).order_by("created_at")[:30])
    return render(request, "meetings/paper.html", page)


def named(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Actions with the name of who does them, as the lists on the pages need it."""
    return actions.annotate(owner_name=F("owner__name"))
