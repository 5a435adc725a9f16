"""What the client sees of the board, chooses about it, and says to the team; and the page of whom they chose."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.audit.reading import events
from kring.care.board import agreeing, policy
from kring.care.board.forms import ChoosePeople, Notice
from kring.care.board.models import Agreement, Sign
from kring.care.board.reading import today
from kring.care.circles import log
from kring.care.circles.door import offer_undo, sit
from kring.care.circles.seats import Seat
from kring.care.circles.trail import saw
from kring.care.forms import address_with_id, id_in_address
from kring.care.people.models import Team
from kring.care.stored import Denied, allow

LOOKS = 30


def board(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Everything that the team's board says about the client, who looked, and the switches."""
    seat = sit(request, circle_id)
    allow(policy.may_agree(seat))
    agreement = policy.agreement_of(seat)
    entry = agreement.entry if agreement else None
    looks = events().filter(circle_id=circle_id, thing="board").exclude(actor_id=seat.client_id).order_by("-pk")
    saw(seat, "board", ["board"])
    page = {
        "seat": seat, "here": "mine", "agreement": agreement, "entry": entry,
        "team": Team.objects.filter(pk=seat.circle.team_id).first(), "told": policy.told_to(seat)[:200],
        "visits": entry.visits.filter(day__gte=today()).select_related("person").order_by("day") if entry else [],
        "days": log.days(looks[:LOOKS], seat.client_id),
    }  # fmt: skip
    return render(request, "board/mine.html", page)


@require_POST
def switch(request: HttpRequest, circle_id: uuid.UUID, verb: str) -> HttpResponse:
    """Agree or end the link; let signs be put on the board or not."""
    seat = sit(request, circle_id)
    match verb:
        case "agree":
            agreeing.agree(by=seat)
        case "end":
            agreeing.end(by=seat)
        case "signs" | "no-signs":
            agreeing.let_signs(by=seat, on=verb == "signs")
        case _:
            raise Denied
    return redirect("signs:board", circle_id)


def people(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Who may notice signs too, and who is told of them."""
    seat = sit(request, circle_id)
    allow(policy.may_agree(seat))
    agreement = _agreement(seat)
    chosen = {row.member_id: row for row in agreement.chosen.filter(ended_at=None)}
    form = ChoosePeople(request.POST or None, members=list(policy.members_to_choose(seat)), chosen=chosen)
    if request.method == "POST" and form.is_valid():
        agreeing.choose(by=seat, wanted=form.wanted())
        return redirect("signs:board", circle_id)
    saw(seat, "signs")
    return render(request, "board/people.html", {"seat": seat, "here": "mine", "form": form})


def page(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Say that early signs are there, and read what came of it: the client, and members whom they chose."""
    seat = sit(request, circle_id)
    agreement = _agreement(seat)
    may_notice = policy.may_notice(seat, agreement)
    new_id = id_in_address(request)
    if may_notice and new_id is None:
        return redirect(address_with_id(request))
    form = Notice(request.POST or None, initial={"new_id": new_id, "wish": "know"})
    if request.method == "POST" and form.is_valid():
        return _noticed(request, seat, form)
    saw(seat, "signs", ["signs"] if seat.is_client else [])
    shown = {"seat": seat, "here": "mine", "agreement": agreement, "form": form, "may_notice": may_notice}
    return render(request, "board/signs.html", shown | {"signs": policy.signs_of(seat, agreement)[:30]})


def _noticed(request: HttpRequest, seat: Seat, form: Notice) -> HttpResponse:
    given = form.cleaned_data
    sign = agreeing.notice(by=seat, id=given["new_id"], colour=given["colour"], wish=given["wish"])
    undo = reverse("signs:withdraw", args=[seat.circle_id, sign.pk])
    offer_undo(request, _("It stands on the board of the team. A person there reads it."), undo)
    return redirect("signs:page", seat.circle_id)


def _agreement(seat: Seat) -> Agreement:
    found = policy.agreement_of(seat)
    if found is None:
        raise Denied
    return found


@require_POST
def withdraw(request: HttpRequest, circle_id: uuid.UUID, sign_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    sign = get_object_or_404(Sign.objects.select_related("agreement"), pk=sign_id, agreement=_agreement(seat))
    agreeing.withdraw(by=seat, sign=sign)
    return redirect("signs:page", circle_id)
