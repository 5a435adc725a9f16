"""What clients agreed to, on the team's side: put a line and a circle together, and answer early signs."""

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kring.care.board import actions, agreeing, policy
from kring.care.board.desk import Desk, sit_at
from kring.care.board.forms import PutTogether, Reply
from kring.care.board.models import Agreement, Sign
from kring.care.board.trail import looked
from kring.care.circles.models import Circle
from kring.care.second_guard import lifted


def waiting(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """Clients who agreed, and whose line on the list is not known yet."""
    desk = sit_at(request, team_id)
    found = list(policy.agreements(desk).filter(entry=None).order_by("created_at"))
    with lifted("the client agreed that their team sees whose circle this is"):
        names = dict(Circle.objects.filter(agreements__in=found).values_list("pk", "client__name"))
    looked(desk, circles=[one.circle_id for one in found])
    rows = [(one, names[one.circle_id]) for one in found]
    return render(request, "board/waiting.html", {"desk": desk, "here": "board", "rows": rows})


def put_together(request: HttpRequest, team_id: uuid.UUID, agreement_id: uuid.UUID) -> HttpResponse:
    desk = sit_at(request, team_id)
    agreement = get_object_or_404(policy.agreements(desk).filter(entry=None), pk=agreement_id)
    with lifted("the client agreed that their team sees whose circle this is"):
        name = Circle.objects.values_list("client__name", flat=True).get(pk=agreement.circle_id)
    form = PutTogether(request.POST or None, desk=desk)
    if request.method == "POST" and form.is_valid():
        _together(desk, agreement, form)
        return redirect("board:board", team_id)
    looked(desk, circles=[agreement.circle_id])
    page = {"desk": desk, "here": "board", "agreement": agreement, "form": form, "name": name}
    return render(request, "board/put_together.html", page)


@transaction.atomic
def _together(desk: Desk, agreement: Agreement, form: PutTogether) -> None:
    entry = form.cleaned_data["entry"] or actions.add_entry(by=desk, id=uuid.uuid4(), label=form.cleaned_data["label"])
    agreeing.put_together(by=desk, agreement=agreement, entry=entry)


def too_late(sign: Sign) -> str:
    """Why an answer was not needed any more."""
    sign.refresh_from_db()
    if sign.withdrawn_at is not None:
        return _("This was taken back a moment ago. You can still move this client.")
    return _("A colleague answered this a moment ago. You see it in the history.")


def answer(request: HttpRequest, team_id: uuid.UUID, sign_id: uuid.UUID) -> HttpResponse:
    """Answer a sign without moving anybody."""
    desk = sit_at(request, team_id)
    sign = get_object_or_404(policy.signs_said_to(desk), pk=sign_id)
    form = Reply(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not agreeing.answer(by=desk, sign=sign, **form.cleaned_data):
            messages.info(request, too_late(sign))
        return redirect("board:board", team_id)
    looked(desk, circles=[sign.agreement.circle_id])
    return render(request, "board/answer.html", {"desk": desk, "here": "board", "sign": sign, "form": form})
