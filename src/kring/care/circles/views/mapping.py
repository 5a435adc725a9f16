"""The network map: a list that one edits, and the rings drawn from it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles import actions, policy
from kring.care.circles.door import offer_undo, sit
from kring.care.circles.forms import EditTie, NewTie
from kring.care.circles.models import Tie
from kring.care.circles.rings import RADII, placed
from kring.care.circles.sharing import Reach
from kring.care.circles.topics import Task, Topic
from kring.care.circles.trail import saw
from kring.care.forms import address_with_id, id_in_address
from kring.care.stored import Stale, allow


def map_page(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    ties = list(policy.visible(Tie, seat).order_by("created_at"))
    saw(seat, "map", [Topic.MAP])
    page = {"seat": seat, "here": "circle", "ties": ties, "dots": placed(ties), "rings": Tie.RINGS}
    page |= {"kinds": Tie.KINDS, "feelings": Tie.FEELINGS, "radii": RADII.values()}
    page["may_invite"] = policy.may_keep(seat, Task.INVITE)
    page["may_edit"] = policy.may_keep(seat, Task.MAP)
    page["sees"] = Reach.of(circle_id).words(Topic.MAP) if seat.is_client else ""
    return render(request, "circles/map.html", page)


def new_tie(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(policy.may_keep(seat, Task.MAP))
    new_id = id_in_address(request)
    if new_id is None and request.method == "GET":
        return redirect(address_with_id(request))
    if new_id and policy.visible(Tie, seat).filter(pk=new_id).exists() and request.method == "GET":
        return redirect("circles:edit_tie", circle_id, new_id)
    form = NewTie(request.POST or None, initial={"new_id": new_id})
    if request.method == "POST" and form.is_valid():
        actions.add_tie(by=seat, id=form.cleaned_data["new_id"], **form.content())
        return redirect("circles:map", circle_id)
    return render(request, "circles/tie.html", {"seat": seat, "here": "circle", "form": form, "tie": None})


def edit_tie(request: HttpRequest, circle_id: uuid.UUID, tie_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    tie = get_object_or_404(policy.visible(Tie, seat), pk=tie_id)
    allow(policy.may_edit_tie(seat, tie))
    name = tie.name  # the form changes the tie while it checks what was typed
    form = EditTie(request.POST or None, instance=tie)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_tie(by=seat, tie=tie, version=form.cleaned_data["version"], **form.content())
            return redirect("circles:map", circle_id)
        except Stale as stale:
            form.show_both(stale)
    saw(seat, "map", [Topic.MAP])
    page: dict[str, object] = {"seat": seat, "here": "circle", "form": form, "tie": tie, "name": name}
    page["may_invite"] = policy.may_keep(seat, Task.INVITE)
    page["sees"] = Reach.of(circle_id).words(Topic.MAP, tie) if policy.may_share(seat) else ""
    return render(request, "circles/tie.html", page)


@require_POST
def remove_tie(request: HttpRequest, circle_id: uuid.UUID, tie_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    tie = get_object_or_404(policy.visible(Tie, seat), pk=tie_id)
    actions.remove_tie(by=seat, tie=tie)
    words = _("%(name)s is off your map.") % {"name": tie.name}
    offer_undo(request, words, reverse("circles:restore_tie", args=[circle_id, tie_id]))
    return redirect("circles:map", circle_id)


@require_POST
def restore_tie(request: HttpRequest, circle_id: uuid.UUID, tie_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    tie = get_object_or_404(Tie, pk=tie_id, circle_id=circle_id)
    actions.remove_tie(by=seat, tie=tie, back=True)
    return redirect("circles:map", circle_id)
