"""During the meeting: one topic a screen in large type, what was decided, who does what, and the end."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles.door import offer_undo
from kring.care.circles.models import Member
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.meetings import actions, holding, policy
from kring.care.meetings.forms import NewAction, NewDecision, Notes
from kring.care.meetings.models import AgendaItem, Decision, Meeting
from kring.care.meetings.views.meeting import named
from kring.care.meetings.views.planning import meeting_or_404, people
from kring.care.plan import actions as plan_actions
from kring.care.plan import policy as plan
from kring.care.stored import Stale, allow


def now(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID, number: int = 1) -> HttpResponse:
    """The screen of one topic. Saving the notes goes on to the next."""
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    allow(policy.may_chair(seat, meeting))
    points = list(policy.agenda(seat, meeting))
    if not 1 <= number <= len(points):
        return redirect("meetings:finish", circle_id, meeting_id)
    point = points[number - 1]
    form = Notes(request.POST or None, initial={"version": point.version, "notes": point.notes})
    stored = ""
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.write_notes(by=seat, point=point, version=typed["version"], notes=typed["notes"])
            return redirect("meetings:now", circle_id, meeting_id, number + 1)
        except Stale as stale:
            stored = form_after(form, stale)
    saw(seat, "meeting", [Topic.MEETINGS])
    page = _topic(seat, meeting, point) | {"points": points, "number": number, "form": form, "stored": stored}
    return render(request, "meetings/now.html", page)


def form_after(form: Notes, stale: Stale) -> str:
    """Keep what was typed; return the notes that are stored now."""
    point: Any = stale.stored
    typed = form.data.copy()  # type: ignore[attr-defined]
    typed["version"] = str(point.version)
    form.data = typed
    return str(point.notes) or "–"


def _topic(seat: Seat, meeting: Meeting, point: AgendaItem) -> dict[str, Any]:
    agreed = named(plan.actions_visible_to(seat))
    last = agreed.filter(done_at=None, goal=point.goal) if point.goal else agreed.filter(done_at=None)
    return {
        "seat": seat,
        "here": "together",
        "meeting": meeting,
        "point": point,
        "decisions": policy.decisions(seat, meeting).filter(agenda_item=point).order_by("created_at"),
        "agreed": agreed.filter(meeting_id=meeting.pk, goal=point.goal).order_by("created_at"),
        "open_actions": last.exclude(meeting_id=meeting.pk).order_by("created_at")[:20],
        "kinds": dict(AgendaItem.KINDS),
        "decision_form": NewDecision(),
        "action_form": NewAction(**people(seat)),
    }


@require_POST
def decide(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID, number: int) -> HttpResponse:
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    allow(policy.may_chair(seat, meeting))
    point = _point(seat, meeting, number)
    form = NewDecision(request.POST)
    if not form.is_valid():
        return _again(request, seat, meeting, point, number, decision_form=form)
    holding.decide(
        by=seat, meeting=meeting, point=point, id=form.cleaned_data["new_id"], text=form.cleaned_data["text"]
    )
    return redirect("meetings:now", circle_id, meeting_id, number)


@require_POST
def agree(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID, number: int) -> HttpResponse:
    """Somebody will do something: it goes to the plan, with this meeting as its origin."""
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    allow(policy.may_chair(seat, meeting))
    point = _point(seat, meeting, number)
    form = NewAction(request.POST, **people(seat))
    if not form.is_valid():
        return _again(request, seat, meeting, point, number, action_form=form)
    typed = form.cleaned_data
    owner: Member | None = form.members.get(typed["owner"])
    plan_actions.propose_action(
        by=seat, id=typed["new_id"], text=typed["text"], due_on=typed["due_on"], owner=owner,
        owner_is_client=owner is None, goal=point.goal, meeting_id=meeting.pk,
    )  # fmt: skip
    return redirect("meetings:now", circle_id, meeting_id, number)


def _point(seat: Seat, meeting: Meeting, number: int) -> AgendaItem:
    points = list(policy.agenda(seat, meeting))
    allow(1 <= number <= len(points))
    return points[number - 1]


def _again(
    request: HttpRequest, seat: Seat, meeting: Meeting, point: AgendaItem, number: int, **forms: Any
) -> HttpResponse:
    """The same screen with what was typed and what is wrong with it."""
    notes = Notes(initial={"version": point.version, "notes": point.notes})
    saw(seat, "meeting", [Topic.MEETINGS])
    points = list(policy.agenda(seat, meeting))
    page = _topic(seat, meeting, point) | {"points": points, "number": number, "form": notes, "stored": ""} | forms
    return render(request, "meetings/now.html", page)


@require_POST
def remove_decision(
    request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID, decision_id: uuid.UUID, how: str
) -> HttpResponse:
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    allow(policy.may_chair(seat, meeting) and how in ("remove", "back"))
    decision = get_object_or_404(Decision, pk=decision_id, meeting=meeting)
    holding.remove_decision(by=seat, decision=decision, back=how == "back")
    if how == "remove":
        back = reverse("meetings:remove_decision", args=[circle_id, meeting_id, decision_id, "back"])
        offer_undo(request, _("The decision was taken out."), back)
    return redirect("meetings:meeting", circle_id, meeting_id)


def finish(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    """The end: who was there?"""
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    allow(policy.may_chair(seat, meeting))
    known = {member.pk: member for member in policy.invitees(meeting)}
    shown = [member for member in plan.members_to_ask(seat) if member.pk in known]
    if request.method == "POST":
        came = {member.pk for member in known.values() if str(member.pk) in request.POST.getlist("came")}
        holding.finish(by=seat, meeting=meeting, came=came)
        return redirect("meetings:meeting", circle_id, meeting_id)
    saw(seat, "meeting", [Topic.MEETINGS])
    page = {"seat": seat, "here": "together", "meeting": meeting, "members": shown}
    return render(request, "meetings/finish.html", page)


@require_POST
def reopen(request: HttpRequest, circle_id: uuid.UUID, meeting_id: uuid.UUID) -> HttpResponse:
    seat, meeting = meeting_or_404(request, circle_id, meeting_id)
    holding.reopen(by=seat, meeting=meeting)
    return redirect("meetings:now", circle_id, meeting_id, 1)
