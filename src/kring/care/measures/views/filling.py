"""Filling in on a phone: one question a page, each answer kept at once, so that one may stop at any moment."""

import uuid
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles.door import offer_undo, sit
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.forms import address_with_id, id_in_address
from kring.care.measures import filling, policy, reading, texts
from kring.care.measures.forms import AnswerOne, Totals
from kring.care.measures.models import Measurement, OwnMeasurement, OwnSchedule
from kring.care.measures.texts import Asking, Question
from kring.care.measures.views.progress import OWN_PAGE
from kring.care.measures.views.resting import while_open
from kring.care.stored import Denied, Stale, allow

Filled = Measurement | OwnMeasurement


@require_POST
@while_open
def begin(request: HttpRequest, circle_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """Begin, or go on where one stopped."""
    seat = sit(request, circle_id)
    line = policy.line_or_404(seat, line_id)
    asking = texts.asking(circle_id, line.instrument, reading.language())
    if asking is None:
        return redirect("circle_measures:totals", circle_id, line_id)
    filled = filling.begin(by=seat, line=line, asking=asking)
    if filled.completed_at:
        messages.info(request, _("You filled this in today. Tomorrow you can do it again."))
        return redirect("circle_measures:line", circle_id, line_id)
    return redirect("circle_measures:go_on", circle_id, filled.pk)


@require_POST
@while_open
def decline(request: HttpRequest, circle_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    line = policy.line_or_404(seat, line_id)
    if filling.waits(line) is not None:
        filled = filling.decline(by=seat, line=line)
        undo = reverse("circle_measures:set_filled", args=[circle_id, filled.pk, "remove"])
        offer_undo(request, _("Good. Not this time."), undo)
    return _home(circle_id, line)


def _home(circle_id: uuid.UUID, line: Any) -> HttpResponse:
    return redirect("circle_measures:own" if isinstance(line, OwnSchedule) else "circle_measures:progress", circle_id)


def _sit(request: HttpRequest, circle_id: uuid.UUID, filled_id: uuid.UUID) -> tuple[Seat, Any]:
    """The seat, and a filling-in that it may work on; the page joins the trail under the right name."""
    seat = sit(request, circle_id)
    filled = policy.filled_or_404(seat, filled_id)
    allow(policy.may_work_on(seat, filled))
    own = isinstance(filled, OwnMeasurement)
    saw(seat, OWN_PAGE if own else "questions", [] if own else [Topic.PROGRESS])
    return seat, filled


@while_open
def go_on(request: HttpRequest, circle_id: uuid.UUID, filled_id: uuid.UUID) -> HttpResponse:
    """To the first question without an answer; with none left, to the end."""
    seat, filled = _sit(request, circle_id, filled_id)
    if filled.completed_at:
        return redirect("circle_measures:line", circle_id, filled.schedule_id)
    asking = texts.of_filled(circle_id, filled.schedule.instrument, filled)
    if asking is None:
        return _changed(request, seat, filled)
    return _next(circle_id, filled, asking)


def _next(circle_id: uuid.UUID, filled: Filled, asking: Asking) -> HttpResponse:
    """The first question that has no answer and was not skipped; without any, the end."""
    for question in asking.asked(filled.answers):
        if question.link_id not in filled.answers:
            return redirect("circle_measures:question", circle_id, filled.pk, _number(asking, question))
    return redirect("circle_measures:check", circle_id, filled.pk)


def _number(asking: Asking, question: Question) -> int:
    return asking.questions.index(question) + 1


def _changed(request: HttpRequest, seat: Seat, filled: Filled) -> HttpResponse:
    """The text that was begun with is not there any more: say so, show the answers, lose nothing."""
    title = texts.title_of(filled.schedule.instrument)
    asking = texts.asking(seat.circle_id, filled.schedule.instrument, reading.language())
    given = sum(answer is not None for answer in filled.answers.values())
    page = {"seat": seat, "here": "mine", "filled": filled, "title": title, "given": given, "asking": asking}
    return render(request, "measures/changed.html", page)


@while_open
def question(request: HttpRequest, circle_id: uuid.UUID, filled_id: uuid.UUID, number: int) -> HttpResponse:
    """One question: answer it, skip it, or stop for now."""
    seat, filled = _sit(request, circle_id, filled_id)
    asking = texts.of_filled(circle_id, filled.schedule.instrument, filled)
    if asking is None or filled.completed_at or filled.declined_at:
        return redirect("circle_measures:go_on", circle_id, filled_id)
    asked = asking.asked(filled.answers)
    if not 1 <= number <= len(asking.questions) or asking.questions[number - 1] not in asked:
        raise Http404
    wanted = asking.questions[number - 1]
    initial = {"version": filled.version, "answer": filled.answers.get(wanted.link_id)}
    form = AnswerOne(request.POST or None, question=wanted, initial=initial)
    if request.method == "POST" and _kept(seat, filled, wanted, form, request.POST):
        filled.refresh_from_db()
        return _next(circle_id, filled, asking)
    return render(request, "measures/question.html", _question_page(seat, filled, asking, wanted, form))


def _kept(seat: Seat, filled: Filled, wanted: Question, form: AnswerOne, posted: Any) -> bool:
    """Keep the answer, or that it was skipped. False: the form is shown again, with what is wrong."""
    skips = "skip" in posted
    if not form.is_valid() and not (skips and "version" not in form.errors):
        return False
    value = None if skips else _plain(form.cleaned_data["answer"])
    try:
        filling.answer(
            by=seat, filled=filled, version=form.cleaned_data["version"], link_id=wanted.link_id, value=value
        )
    except Stale as stale:
        stored: Any = stale.stored
        form.stored = [(wanted.text, wanted.label(stored.answers.get(wanted.link_id)) or _("skipped"))]
        form.data = {**form.data.dict(), "version": str(stored.version)}  # type: ignore[attr-defined]
        return False
    return True


def _plain(answer: Any) -> int | float:
    """As JSON keeps it."""
    return float(answer) if isinstance(answer, Decimal) else answer


def _question_page(seat: Seat, filled: Filled, asking: Asking, wanted: Question, form: AnswerOne) -> dict[str, Any]:
    asked = asking.asked(filled.answers)
    place = asked.index(wanted)
    return {
        "seat": seat, "here": "mine", "filled": filled, "asking": asking, "form": form, "question": wanted,
        "place": place + 1, "of": len(asked), "title": texts.title_of(filled.schedule.instrument),
        "before": _number(asking, asked[place - 1]) if place else None, "home": _where_home(seat, filled),
    }  # fmt: skip


def _where_home(seat: Seat, filled: Filled) -> str:
    own = isinstance(filled, OwnMeasurement)
    return reverse("circle_measures:own" if own else "circle_measures:progress", args=[seat.circle_id])


@while_open
def check(request: HttpRequest, circle_id: uuid.UUID, filled_id: uuid.UUID) -> HttpResponse:
    """All answers once more, and the button that finishes."""
    seat, filled = _sit(request, circle_id, filled_id)
    asking = texts.of_filled(circle_id, filled.schedule.instrument, filled)
    if asking is None or filled.completed_at or filled.declined_at:
        return redirect("circle_measures:go_on", circle_id, filled_id)
    if request.method == "POST":
        filling.finish(by=seat, filled=filled, asking=asking)
        undo = reverse("circle_measures:set_filled", args=[circle_id, filled_id, "reopen"])
        offer_undo(request, _("It is kept. Thank you."), undo)
        return redirect("circle_measures:line", circle_id, filled.schedule_id)
    given = [
        (_number(asking, each), each, each.label(filled.answers.get(each.link_id)))
        for each in asking.asked(filled.answers)
    ]
    page = {
        "seat": seat, "here": "mine", "filled": filled, "given": given, "home": _where_home(seat, filled),
        "title": texts.title_of(filled.schedule.instrument), "sees": reading.sees(seat, filled.schedule),
        "worked_out": texts.worked_out(asking, filled.answers),
    }  # fmt: skip
    return render(request, "measures/check.html", page)


@require_POST
def set_filled(request: HttpRequest, circle_id: uuid.UUID, filled_id: uuid.UUID, verb: str) -> HttpResponse:
    """Take one out or put it back, open it again, keep it to oneself, begin anew with new questions."""
    seat = sit(request, circle_id)
    filled = _any(seat, filled_id)
    match verb:
        case "remove" | "restore":
            filling.remove(by=seat, filled=filled, back=verb == "restore")
            if verb == "remove" and not filled.declined_at:
                undo = reverse("circle_measures:set_filled", args=[circle_id, filled_id, "restore"])
                offer_undo(request, _("It is taken out."), undo)
        case "reopen":
            filling.reopen(by=seat, filled=filled)
            return redirect("circle_measures:check", circle_id, filled_id)
        case "mine" | "shared":
            filling.keep_to_myself(by=seat, filled=_about_client(filled), only_me=verb == "mine")
        case "anew":
            return _anew(request, seat, filled)
        case _:
            raise Http404
    return redirect("circle_measures:line", circle_id, filled.schedule_id)


def _any(seat: Seat, filled_id: uuid.UUID) -> Filled:
    """Also one that was taken out: to put it back. What may be done with it, the action asks."""
    about = Measurement.objects.select_related("schedule").filter(pk=filled_id, schedule__circle_id=seat.circle_id)
    own = OwnMeasurement.objects.select_related("schedule").filter(pk=filled_id, schedule__in=policy.own_lines(seat))
    found = about.first() or own.first()
    if found is None:
        raise Denied
    return found


def _about_client(filled: Filled) -> Measurement:
    allow(isinstance(filled, Measurement))
    assert isinstance(filled, Measurement)
    return filled


def _anew(request: HttpRequest, seat: Seat, filled: Filled) -> HttpResponse:
    asking = texts.asking(seat.circle_id, filled.schedule.instrument, reading.language())
    if asking is None:
        return redirect("circle_measures:go_on", seat.circle_id, filled.pk)
    begun = filling.begin_anew(by=seat, filled=filled, asking=asking)
    return redirect("circle_measures:go_on", seat.circle_id, begun.pk)


@while_open
def totals(request: HttpRequest, circle_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """Scores from elsewhere: of an instrument whose words are not here, or that was filled in on paper."""
    seat = sit(request, circle_id)
    line = policy.line_or_404(seat, line_id)
    allow(policy.may_fill(seat, line))
    definition = texts.definition_of(line.instrument)
    if definition is None:
        raise Http404
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    taken = filling.there(line).exclude(pk=new_id).values_list("due_on", flat=True)
    initial = {"new_id": new_id, "due_on": timezone.localdate(), "language": reading.language()}
    form = Totals(request.POST or None, definition=definition, taken=taken, initial=initial)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        filled = filling.enter_totals(
            by=seat, line=line, id=cleaned["new_id"], due_on=cleaned["due_on"], definition=definition,
            totals=form.totals(), language=cleaned["language"], instrument_version=definition.version,
        )  # fmt: skip
        offer_undo(
            request, _("It is kept."), reverse("circle_measures:set_filled", args=[circle_id, filled.pk, "remove"])
        )
        return redirect("circle_measures:line", circle_id, line_id)
    own = isinstance(line, OwnSchedule)
    saw(seat, OWN_PAGE if own else "questions", [] if own else [Topic.PROGRESS])
    page = {"seat": seat, "here": "mine", "form": form, "line": line, "title": texts.title_of(line.instrument)}
    return render(request, "measures/totals.html", page)


@while_open
def open_page(request: HttpRequest, circle_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """Where a letter leads: what waits on this line, to begin, to go on with, or to leave."""
    seat = sit(request, circle_id)
    line = policy.line_or_404(seat, line_id)
    allow(policy.may_fill(seat, line))
    own = isinstance(line, OwnSchedule)
    saw(seat, OWN_PAGE if own else "questions", [] if own else [Topic.PROGRESS])
    page = {
        "seat": seat,
        "here": "mine",
        "turn": reading.turn(seat, line),
        "sees": reading.sees(seat, line),
        "own": own,
    }
    return render(request, "measures/open.html", page)
