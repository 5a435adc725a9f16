"""The crisis plan, part by part, with the card beside it."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles.door import offer_undo, sit
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.plan import actions, crisis, policy
from kring.care.plan.forms import Contact, Contacts, EditHelp, EditPhase
from kring.care.plan.models import CrisisPhase, CrisisPlan
from kring.care.plan.reading import Sights
from kring.care.stored import Denied, Stale, allow


def page(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    plan = crisis.plan_of(seat)
    may_write = policy.may_write_crisis(seat, plan)
    if plan is None and not may_write:
        raise Denied
    saw(seat, "crisis plan", [Topic.CRISIS])
    shown = {"seat": seat, "here": "plan", "plan": plan, "may_write": may_write, "phases": phases(plan)}
    shown["card"] = crisis.card_for(seat, plan)
    shown["sight"] = Sights(seat, request.path).of(plan) if plan else None
    return render(request, "plan/crisis.html", shown)


def phases(plan: CrisisPlan | None) -> list[CrisisPhase]:
    """Green, orange, red; empty ones where nothing was written yet."""
    written = {phase.colour: phase for phase in plan.phases.all()} if plan else {}
    return [written.get(colour) or CrisisPhase(colour=colour) for colour, _label in CrisisPhase.COLOURS]


def phase(request: HttpRequest, circle_id: uuid.UUID, colour: str) -> HttpResponse:
    seat, plan = _writer(request, circle_id)
    found = {phase.colour: phase for phase in phases(plan)}.get(colour)
    if found is None:
        raise Http404
    form = EditPhase(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            crisis.write_phase(by=seat, colour=colour, version=version, **form.content())
            return redirect("plan:crisis", circle_id)
        except Stale as stale:
            form.show_both(stale)
    return _form(request, seat, form, heading=found.get_colour_display(), colour=colour)


def helping(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """What helps, what does not, and the words on the card."""
    seat, plan = _writer(request, circle_id)
    form = EditHelp(request.POST or None, instance=plan or CrisisPlan())
    if request.method == "POST" and form.is_valid():
        try:
            crisis.write_plan(by=seat, version=form.cleaned_data["version"], **form.content())
            return redirect("plan:crisis", circle_id)
        except Stale as stale:
            form.show_both(stale)
    return _form(request, seat, form, heading=_("What helps and what does not"), colour="")


def _writer(request: HttpRequest, circle_id: uuid.UUID) -> tuple[Seat, CrisisPlan | None]:
    seat = sit(request, circle_id)
    plan = crisis.plan_of(seat)
    allow(policy.may_write_crisis(seat, plan))
    return seat, plan


def _form(request: HttpRequest, seat: Seat, form: Any, **more: Any) -> HttpResponse:
    saw(seat, "crisis plan", [Topic.CRISIS])
    words = Sights(seat, request.path).of_topic(Topic.CRISIS)
    return render(
        request, "plan/crisis_part.html", {"seat": seat, "here": "plan", "form": form, "words": words, **more}
    )


def contacts(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Whom to call, in order: one list, saved as a whole."""
    seat, plan = _writer(request, circle_id)
    now = [{name: getattr(c, name) for name in Contact.Meta.fields} for c in _in_order(plan)]
    read = request.POST.get("version", "")
    version = int(read) if read.isdecimal() else plan.version if plan else 1
    rows = Contacts(request.POST or None, initial=now)
    if request.method == "POST" and rows.is_valid():
        try:
            crisis.set_contacts(by=seat, version=version, contacts=rows.content())
            return redirect("plan:crisis", circle_id)
        except Stale as stale:
            version = stale.stored.version  # type: ignore[attr-defined]
            rows.stored = [(c.name, " · ".join(filter(None, [c.phone, c.when]))) for c in _in_order(stale.stored)]
    saw(seat, "crisis plan", [Topic.CRISIS])
    shown = {"seat": seat, "here": "plan", "rows": rows, "version": version}
    return render(request, "plan/contacts.html", shown)


def _in_order(plan: Any) -> list[Any]:
    return sorted(plan.contacts.all(), key=lambda contact: contact.order) if plan else []


@require_POST
def set_removed(request: HttpRequest, circle_id: uuid.UUID, item_id: uuid.UUID, verb: str) -> HttpResponse:
    """Throw the crisis plan away, or take it out of the bin."""
    seat = sit(request, circle_id)
    plan = get_object_or_404(CrisisPlan, pk=item_id, circle_id=circle_id)
    if verb == "remove":
        actions.remove(by=seat, thing=plan)
        undo = reverse("plan:crisis_removed", args=[circle_id, item_id, "restore"])
        offer_undo(request, _("Your crisis plan is gone."), undo)
    elif verb == "restore":
        allow(not CrisisPlan.objects.filter(circle_id=circle_id, removed_at=None).exists())
        actions.restore(by=seat, thing=plan)
    else:
        raise Http404
    return redirect("plan:plan", circle_id)
