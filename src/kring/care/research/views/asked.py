"""What research asks a client, what exactly would leave, and their answer; on paper, as somebody writes it down."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kring.care.circles.door import sit
from kring.care.circles.seats import Seat
from kring.care.circles.trail import saw
from kring.care.measures.chart import number_in_words
from kring.care.research import actions, policy
from kring.care.research.columns import chosen
from kring.care.research.dictionary import REASONS
from kring.care.research.forms import WroteDown, measure_names, scale_name
from kring.care.research.models import Consent, Edition, Export, Included
from kring.care.research.reading import Reading
from kring.care.stored import allow


def overview(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(policy.may_answer(seat))
    saw(seat, "study")
    editions = list(policy.editions_for(seat).order_by("-opened_at"))
    standing = _standing(seat)
    page = {
        "seat": seat, "here": "mine",
        "asking": [one for one in editions if policy.asks(one, seat) and one.pk not in standing],
        "answered": [(one, standing.get(one.pk)) for one in editions
                     if not policy.asks(one, seat) or one.pk in standing],
        "brought": Consent.objects.filter(circle_id=circle_id, edition=None).order_by("created_at"),
    }  # fmt: skip
    return render(request, "research/asked.html", page)


def study(request: HttpRequest, circle_id: uuid.UUID, edition_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(policy.may_answer(seat))
    edition = get_object_or_404(policy.editions_for(seat), pk=edition_id)
    form = WroteDown(request.POST or None, initial={"said_on": timezone.localdate()})
    if request.method == "POST" and _answered(request, seat, edition, form):
        return redirect("circle_research:study", circle_id, edition_id)
    saw(seat, "study")
    asks = policy.asks(edition, seat)
    page = {
        "seat": seat, "here": "mine", "edition": edition, "asks": asks, "standing": _standing(seat).get(edition_id),
        "columns": chosen(edition.columns), "measures": measure_names(edition.measures),
        "rows": _own_rows(seat, edition) if asks and seat.is_client else [], "history": _history(seat, edition),
        "tables": _tables(seat, edition), "form": form,
    }  # fmt: skip
    return render(request, "research/question.html", page)


def _answered(request: HttpRequest, seat: Seat, edition: Edition, form: WroteDown) -> bool:
    """Keep the answer. False: it is not said how and when a client on paper gave it."""
    word = request.POST.get("answer")
    allow(word in ("yes", "no", "back"))
    if word == "back":
        actions.take_back(by=seat, edition=edition)
        messages.success(request, _("The yes is taken back. It holds at once."))
        return True
    on_paper = policy.writes_down(seat)
    if on_paper and not form.is_valid():
        return False
    actions.answer(by=seat, edition=edition, yes=word == "yes", **(form.cleaned_data if on_paper else {}))
    said = _("You said yes. You can take it back at any time.") if word == "yes" else _("You said no.")
    messages.success(request, _("It is written down.") if on_paper else said)
    return True


def _standing(seat: Seat) -> dict[uuid.UUID | None, Consent]:
    """The answer that holds, by edition."""
    found = Consent.objects.filter(circle_id=seat.circle_id, revoked_at=None, edition__isnull=False)
    return {consent.edition_id: consent for consent in found}


def _history(seat: Seat, edition: Edition) -> list[Consent]:
    found = Consent.objects.filter(circle_id=seat.circle_id, edition__study=edition.study_id)
    return list(found.order_by("-created_at"))


def _tables(seat: Seat, edition: Edition) -> list[Export]:
    """The tables in which this client stands, and who made them."""
    own = Included.objects.filter(circle_id=seat.circle_id, export__edition__study=edition.study_id)
    found = Export.objects.filter(pk__in=own.values("export"), finished_at__isnull=False)
    return list(found.select_related("made_by").order_by("-finished_at"))


def _own_rows(seat: Seat, edition: Edition) -> list[dict[str, Any]]:
    """What would leave of this client if a table were made today, row by row, in words."""
    rows = next(Reading(edition).of([seat.circle_id], {seat.circle_id: ""}))
    names = {code: scale_name(code) for code in edition.measures}
    return [
        row._asdict() | {"measure": names[row.measure], "why": str(REASONS[row.reason]) if row.reason else ""}
        | {"language": rows.language, "score": None if row.score is None else number_in_words(row.score)}
        for row in rows.rows
    ]  # fmt: skip
