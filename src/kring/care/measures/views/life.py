"""What stands in somebody's way, apart from every score: whose it is to change, and whether help was offered."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles.door import offer_undo, sit
from kring.care.circles.seats import Seat
from kring.care.circles.sharing import Reach
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.forms import address_with_id, as_edit, differs, id_in_address
from kring.care.measures import factors, policy
from kring.care.measures.forms import EditFactor, NewFactor
from kring.care.measures.models import LifeFactor
from kring.care.stored import Denied, Stale, allow


def life(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    found = list(policy.factors_visible_to(seat).order_by("created_at"))
    allow(bool(found) or policy.may_write_factors(seat))
    order = {"first": 0, "": 1, "later": 2, "not": 3}
    found.sort(key=lambda factor: (factor.solved_at is not None, order[factor.priority]))
    reach = Reach.of(circle_id) if seat.is_client else None
    saw(seat, "life", [Topic.PROGRESS])
    page = {
        "seat": seat, "here": "mine", "may_write": policy.may_write_factors(seat),
        "factors": [(factor, reach.words(Topic.PROGRESS, factor) if reach else "") for factor in found],
    }  # fmt: skip
    return render(request, "measures/life.html", page)


def new_factor(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(policy.may_write_factors(seat))
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    form = NewFactor(request.POST or None, initial={"new_id": new_id, "kind": request.GET.get("kind")})
    if not policy.may_decide(seat):
        del form.fields["priority"]
    if request.method == "POST" and form.is_valid():
        zone = form.zone()
        made = factors.add(by=seat, id=form.cleaned_data["new_id"], zone=_zone(seat, zone), **form.content())
        if differs(made, form.content()):
            return factor(as_edit(request), circle_id, made.pk)
        return redirect("circle_measures:life", circle_id)
    saw(seat, "life")
    words = Reach.of(circle_id).words(Topic.PROGRESS) if seat.is_client else ""
    page = {"seat": seat, "here": "mine", "form": form, "topic_words": words, "heading": _("What stands in your way?")}
    return render(request, "measures/factor.html", page)


def _zone(seat: Seat, zone: str) -> str:
    """Only the client keeps something apart; whoever writes for them could not see it again."""
    return zone if seat.is_client else "circle"


def factor(request: HttpRequest, circle_id: uuid.UUID, factor_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    thing = get_object_or_404(policy.factors_visible_to(seat), pk=factor_id)
    allow(policy.may_change_factor(seat, thing))
    form = EditFactor(request.POST or None, instance=thing)
    if not policy.may_decide(seat):
        del form.fields["priority"]
    if request.method == "POST" and form.is_valid():
        try:
            factors.change(by=seat, factor=thing, version=form.cleaned_data["version"], **form.content())
            return redirect("circle_measures:life", circle_id)
        except Stale as stale:
            form.show_both(stale)
    saw(seat, "life", [Topic.PROGRESS])
    sees = Reach.of(circle_id).words(Topic.PROGRESS, thing) if seat.is_client else ""
    page = {
        "seat": seat,
        "here": "mine",
        "form": form,
        "thing": thing,
        "sees": sees,
        "heading": thing.get_kind_display(),
    }
    return render(request, "measures/factor.html", page)


@require_POST
def set_factor(request: HttpRequest, circle_id: uuid.UUID, factor_id: uuid.UUID, verb: str) -> HttpResponse:
    """Solved or not after all, taken out or put back."""
    seat = sit(request, circle_id)
    thing = get_object_or_404(LifeFactor, pk=factor_id, circle_id=circle_id)
    said, back = _do(seat, thing, verb)
    if back:
        offer_undo(request, said, reverse("circle_measures:set_factor", args=[circle_id, factor_id, back]))
    return redirect("circle_measures:life", circle_id)


def _do(seat: Seat, thing: LifeFactor, verb: str) -> tuple[str, str]:
    match verb:
        case "solved" | "open":
            factors.set_solved(by=seat, factor=thing, solved=verb == "solved")
            return (_("Good. It stays on the list as solved."), "open") if verb == "solved" else ("", "")
        case "remove" | "restore":
            factors.remove(by=seat, factor=thing, back=verb == "restore")
            return (_("It is off the list."), "restore") if verb == "remove" else ("", "")
    raise Denied
