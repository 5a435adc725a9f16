"""One client on the list of the team: where they stand and why, who sees them, and every change to that."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.board import actions, agreeing, policy
from kring.care.board.desk import Desk, sit_at
from kring.care.board.forms import Call, NewEntry, PlanVisit, Scale
from kring.care.board.models import Entry, Sign, Visit
from kring.care.board.reading import today
from kring.care.board.trail import looked
from kring.care.board.views.links import too_late
from kring.care.circles.door import offer_undo
from kring.care.forms import address_with_id, id_in_address
from kring.care.stored import Stale


def _sit(request: HttpRequest, team_id: uuid.UUID, entry_id: uuid.UUID) -> tuple[Desk, Entry]:
    desk = sit_at(request, team_id)
    found = policy.entries(desk).select_related("category", "moved_by")
    return desk, get_object_or_404(found, pk=entry_id)


def _looked(desk: Desk, entry: Entry) -> bool:
    """Leave the line of this look; whether the client linked their circle."""
    circle = policy.circle_of(desk, entry)
    looked(desk, circles=[circle] if circle else [], thing_id=entry.pk)
    return circle is not None


def entry(request: HttpRequest, team_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """Everything that the board says about one client: also the page to print when the client asks for it."""
    desk, found = _sit(request, team_id, entry_id)
    form = PlanVisit(request.POST or None, desk=desk)
    if request.method == "POST" and form.is_valid():
        actions.plan_visit(by=desk, entry=found, **form.cleaned_data)
        return redirect("board:entry", team_id, entry_id)
    page = {"desk": desk, "here": "board", "entry": found, "form": form, "linked": _looked(desk, found)}
    page["moves"] = found.moves.select_related("moved_by").order_by("-created_at")
    page["visits"] = found.visits.filter(day__gte=today()).select_related("person").order_by("day", "created_at")
    return render(request, "board/entry.html", page)


def new(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    desk = sit_at(request, team_id)
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    form = NewEntry(request.POST or None, initial={"new_id": new_id}, desk=desk)
    if request.method == "POST" and form.is_valid():
        content = {name: form.cleaned_data[name] for name in ("label", "category", "reason")}
        actions.add_entry(by=desk, id=form.cleaned_data["new_id"], **content)
        return redirect("board:board", team_id)
    looked(desk)
    return render(request, "board/new.html", {"desk": desk, "here": "board", "form": form})


def scale(request: HttpRequest, team_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """Up, down or sideways, with a reason. `?sign=` is the sign that this answers."""
    desk, found = _sit(request, team_id, entry_id)
    sign = _sign(request, desk, found)
    form = Scale(request.POST or None, desk=desk, entry=found)
    if request.method == "POST" and form.is_valid():
        try:
            if _scaled(desk, found, form, sign):
                return redirect("board:board", team_id)
            messages.info(request, too_late(sign) if sign else "")
            return redirect("board:entry", team_id, entry_id)
        except Stale as stale:
            form.show_both(stale.stored)
    _looked(desk, found)
    page = {"desk": desk, "here": "board", "entry": found, "form": form, "sign": sign}
    return render(request, "board/scale.html", page)


def _sign(request: HttpRequest, desk: Desk, entry: Entry) -> Sign | None:
    asked = request.GET.get("sign")
    if not asked:
        return None
    try:
        return get_object_or_404(policy.signs_said_to(desk).filter(agreement__entry=entry), pk=uuid.UUID(asked))
    except ValueError:
        return None


def _scaled(desk: Desk, entry: Entry, form: Scale, sign: Sign | None) -> bool:
    given = form.cleaned_data
    how = {"version": given["version"], "category": given["category"], "reason": given["reason"]}
    if sign is not None:
        return agreeing.scale_up(by=desk, sign=sign, id=given["new_id"], **how)
    actions.move(by=desk, entry=entry, id=given["new_id"], **how)
    return True


def call(request: HttpRequest, team_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """What the team calls this client."""
    desk, found = _sit(request, team_id, entry_id)
    form = Call(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.call(by=desk, entry=found, version=form.cleaned_data["version"], **form.content())
            return redirect("board:entry", team_id, entry_id)
        except Stale as stale:
            form.show_both(stale)
    _looked(desk, found)
    return render(request, "board/call.html", {"desk": desk, "here": "board", "entry": found, "form": form})


@require_POST
def end(request: HttpRequest, team_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """Off the list, with a way back."""
    desk = sit_at(request, team_id)
    found = get_object_or_404(Entry, pk=entry_id, team=desk.team)
    back = "back" in request.GET
    actions.end_entry(by=desk, entry=found, back=back)
    if not back:
        undo = reverse("board:end", args=[team_id, entry_id]) + "?back=1"
        offer_undo(request, _("The client is off the list of the team."), undo)
    return redirect("board:board", team_id)


@require_POST
def cancel_visit(request: HttpRequest, team_id: uuid.UUID, visit_id: uuid.UUID) -> HttpResponse:
    desk = sit_at(request, team_id)
    here = Visit.objects.filter(entry__team=desk.team).select_related("entry__category", "person")
    visit = get_object_or_404(here, pk=visit_id)
    actions.cancel_visit(by=desk, visit=visit)
    return redirect("board:entry", team_id, visit.entry_id)
