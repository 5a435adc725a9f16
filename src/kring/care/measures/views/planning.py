"""Which questions, and when: the client decides, a regieondersteuner may propose."""

import datetime as dt
import uuid
from typing import Any

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
from kring.care.measures import actions, policy, reading, texts
from kring.care.measures.forms import EditLine, NewLine, month_in_words
from kring.care.measures.instruments import Definition
from kring.care.measures.models import Respondent, Schedule
from kring.care.measures.occasions import coming
from kring.care.measures.views.resting import while_open
from kring.care.stored import Denied, Stale, allow


def schedules(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Every line with its plan: for the client."""
    seat = sit(request, circle_id)
    allow(policy.may_decide(seat))
    lines = (
        policy.lines_visible_to(seat).filter(agreed_at__isnull=False).select_related("member").order_by("created_at")
    )
    saw(seat, "schedule", [Topic.PROGRESS])
    page = {"seat": seat, "here": "mine", "plans": [_plan(line) for line in lines], "may_plan": policy.may_plan(seat)}
    return render(request, "measures/schedules.html", page)


def _plan(line: Schedule) -> dict[str, Any]:
    return {
        "line": line, "title": texts.title_of(line.instrument),
        "months": ", ".join(month_in_words(month).lower() for month in line.months),
        "days": [dt.date.fromisoformat(day) for day in line.dates], "next": coming(line, timezone.localdate()),
    }  # fmt: skip


@while_open
def choose(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Which questions. What has no words here can still be entered as a total."""
    seat = sit(request, circle_id)
    allow(policy.may_plan(seat))
    saw(seat, "schedule")
    found = [*texts.for_respondent(Respondent.CLIENT), *texts.for_respondent(Respondent.PROFESSIONAL)]
    offered = [_offer(seat, _definition(code)) for code in dict.fromkeys(each.code for each in found)]
    return render(request, "measures/choose.html", {"seat": seat, "here": "mine", "offered": offered})


def _definition(code: str) -> Definition:
    offered = [*texts.for_respondent(Respondent.CLIENT), *texts.for_respondent(Respondent.PROFESSIONAL)]
    found = next((each for each in offered if each.code == code), None)
    if found is None:
        raise Denied
    return found


def _offer(seat: Seat, definition: Definition) -> dict[str, Any]:
    asking = texts.asking(seat.circle_id, definition.code, reading.language())
    return {
        "code": definition.code, "title": texts.in_words(definition.title), "about": texts.in_words(definition.about),
        "questions": len(asking.questions) if asking else 0, "validated": definition.validated,
        "by_client": Respondent.CLIENT in definition.respondents,
    }  # fmt: skip


@while_open
def new(request: HttpRequest, circle_id: uuid.UUID, code: str) -> HttpResponse:
    """When, and who fills it in."""
    seat = sit(request, circle_id)
    allow(policy.may_plan(seat))
    definition = _definition(code)
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    form = NewLine(request.POST or None, initial={"new_id": new_id})
    form.offer(definition.respondents, policy.professionals(seat))
    if request.method == "POST" and form.is_valid():
        made = actions.plan(by=seat, id=form.cleaned_data["new_id"], instrument=code, **form.content())
        _say_planned(request, seat, made)
        return redirect("circle_measures:progress", circle_id)
    saw(seat, "schedule")
    page = {
        "seat": seat, "here": "mine", "form": form, "title": texts.in_words(definition.title),
        "offer": _offer(seat, definition),
        "back": reverse("circle_measures:choose", args=[circle_id]), "proposes": not policy.may_decide(seat),
        "sees": seen_in_words(circle_id, Topic.PROGRESS) if seat.is_client else "",
    }  # fmt: skip
    return render(request, "measures/line_form.html", page)


def _say_planned(request: HttpRequest, seat: Seat, made: Schedule) -> None:
    words = _("It is planned.") if made.agreed_at else _("Your proposal is made. %(name)s decides.")
    undo = reverse("circle_measures:set_line", args=[seat.circle_id, made.pk, "remove"])
    offer_undo(request, words % {"name": seat.circle.client_name}, undo)


def edit(request: HttpRequest, circle_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(policy.may_decide(seat))
    line = get_object_or_404(policy.lines_visible_to(seat), pk=line_id)
    form = EditLine(request.POST or None, instance=line)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(by=seat, line=line, version=form.cleaned_data["version"], **form.content())
            return redirect("circle_measures:schedules", circle_id)
        except Stale as stale:
            form.show_both(stale)
    saw(seat, "schedule", [Topic.PROGRESS])
    page = {
        "seat": seat, "here": "mine", "form": form, "line": line, "title": texts.title_of(line.instrument),
        "back": reverse("circle_measures:schedules", args=[circle_id]),
    }  # fmt: skip
    return render(request, "measures/line_form.html", page)


@require_POST
def set_line(request: HttpRequest, circle_id: uuid.UUID, line_id: uuid.UUID, verb: str) -> HttpResponse:
    """Say yes or no to a proposal; pause, stop, go on, delete: each with its way back."""
    seat = sit(request, circle_id)
    line = get_object_or_404(Schedule, pk=line_id, circle_id=circle_id)
    said, back = _do(seat, line, verb)
    if back:
        offer_undo(request, said, reverse("circle_measures:set_line", args=[circle_id, line_id, back]))
    return redirect("circle_measures:schedules" if policy.may_decide(seat) else "circle_measures:progress", circle_id)


def _do(seat: Seat, line: Schedule, verb: str) -> tuple[str, str]:
    match verb:
        case "agree":
            actions.agree(by=seat, line=line)
            return _("It is planned."), "stop"
        case "remove" | "restore":
            actions.remove(by=seat, line=line, back=verb == "restore")
            return (_("It is gone, with everything in it."), "restore") if verb == "remove" else ("", "")
        case _:
            actions.set_state(by=seat, line=line, state=verb)
            return {
                "pause": (_("It is paused. Nothing is asked now."), "resume"),
                "stop": (_("It is stopped. What was filled in stays."), "resume"),
            }.get(verb, ("", ""))
