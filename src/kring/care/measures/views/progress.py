"""How it goes: the door of the room, one line over time, and a member's own page."""

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
from kring.care.forms import address_with_id, id_in_address
from kring.care.measures import actions, chart, policy, reading, texts
from kring.care.measures.forms import NewOwnLine
from kring.care.measures.models import OwnSchedule, Respondent, Schedule
from kring.care.stored import Denied, allow

OWN_PAGE = "own progress"


def progress(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """What may be filled in now, and every line that this seat sees."""
    seat = sit(request, circle_id)
    lines = list(policy.lines_visible_to(seat).filter(agreed_at__isnull=False).order_by("created_at"))
    turns = [turn for turn in reading.turns(seat) if isinstance(turn.line, Schedule)]
    saw(seat, "progress", [Topic.PROGRESS] if lines else [])
    reach = Reach.of(circle_id) if seat.is_client else None
    page = {
        "seat": seat, "here": "mine", "turns": turns,
        "views": [(reading.view_of(seat, line), reading.in_words(reach, line) if reach else "") for line in lines],
        "proposals": _proposals(seat), "shared": [(line, texts.title_of(line.instrument)) for line in _shared(seat)],
        "factors": policy.factors_visible_to(seat).exists(), "may_plan": policy.may_plan(seat),
        "may_decide": policy.may_decide(seat), "may_write_factors": policy.may_write_factors(seat),
        "may_keep_own": policy.may_keep_own(seat),
    }  # fmt: skip
    return render(request, "measures/progress.html", page)


def _shared(seat: Seat) -> list[OwnSchedule]:
    return list(policy.lines_shared_with(seat).select_related("member").order_by("member__name"))


def _proposals(seat: Seat) -> list[tuple[Schedule, str, str]]:
    """What was proposed: for the client to answer, and for whoever proposed it to see that it waits."""
    found = policy.lines_visible_to(seat).filter(agreed_at=None) if seat.is_client else policy.proposals_of(seat)
    return [
        (line, texts.title_of(line.instrument), line.proposed_by.name) for line in found.select_related("proposed_by")
    ]


def line(request: HttpRequest, circle_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """One line over time, with a sentence above each chart and every score in a table."""
    seat = sit(request, circle_id)
    found = policy.line_or_404(seat, line_id)
    own = isinstance(found, OwnSchedule)
    saw(seat, OWN_PAGE if own else "progress", [] if own else [Topic.PROGRESS])
    page = {
        "seat": seat, "here": "mine", "view": reading.view_of(seat, found), "line": found, "own": own,
        "sees": reading.sees(seat, found), "may_fill": policy.may_fill(seat, found), "chart": chart,
        "turn": reading.turn(seat, found) if policy.may_fill(seat, found) else None,
        "may_decide": policy.may_decide(seat) and not own, "whose": _whose(seat, found),
        "mine": own and policy.own_lines(seat).filter(pk=found.pk).exists(),
    }  # fmt: skip
    return render(request, "measures/line.html", page)


def _whose(seat: Seat, found: Schedule | OwnSchedule) -> str:
    """The member whose own line the client looks at."""
    return found.member.name if isinstance(found, OwnSchedule) and found.member_id != seat.member_id else ""


def own(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """What a member follows about themselves."""
    seat = sit(request, circle_id)
    allow(policy.may_keep_own(seat))
    lines = policy.own_lines(seat).order_by("created_at")
    running = {line.instrument for line in lines if line.ended_at is None}
    offered = [each for each in texts.for_respondent(Respondent.INFORMAL) if each.code not in running]
    saw(seat, OWN_PAGE)
    page = {
        "seat": seat, "here": "mine",
        "views": [(reading.view_of(seat, each), reading.sees(seat, each)) for each in lines],
        "turns": [turn for turn in reading.turns(seat) if isinstance(turn.line, OwnSchedule)],
        "offered": [(each.code, texts.in_words(each.title), texts.in_words(each.about)) for each in offered],
    }  # fmt: skip
    return render(request, "measures/own.html", page)


def new_own(request: HttpRequest, circle_id: uuid.UUID, code: str) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(policy.may_keep_own(seat))
    title = _informal_title(code)
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    form = NewOwnLine(request.POST or None, initial={"new_id": new_id, "months": [0, 3, 6, 9, 12]})
    if request.method == "POST" and form.is_valid():
        actions.begin_own(by=seat, id=form.cleaned_data["new_id"], instrument=code, **form.content())
        return redirect("circle_measures:own", circle_id)
    saw(seat, OWN_PAGE)
    page = {
        "seat": seat,
        "here": "mine",
        "form": form,
        "title": title,
        "back": reverse("circle_measures:own", args=[circle_id]),
    }
    return render(request, "measures/line_form.html", page)


def _informal_title(code: str) -> str:
    found = [each for each in texts.for_respondent(Respondent.INFORMAL) if each.code == code]
    if not found:
        raise Denied
    return texts.in_words(found[0].title)


@require_POST
def set_own(request: HttpRequest, circle_id: uuid.UUID, line_id: uuid.UUID, verb: str) -> HttpResponse:
    """Share one's own line with the client or no longer; pause, stop, delete; each with its way back."""
    seat = sit(request, circle_id)
    found = get_object_or_404(OwnSchedule, pk=line_id, circle_id=circle_id, member_id=seat.member_id)
    said, back = _do_own(seat, found, verb)
    if back:
        offer_undo(request, said, reverse("circle_measures:set_own", args=[circle_id, line_id, back]))
    return redirect("circle_measures:own", circle_id)


def _do_own(seat: Seat, found: OwnSchedule, verb: str) -> tuple[str, str]:
    match verb:
        case "share":
            actions.share_own(by=seat, line=found, share=True)
            return _("%(name)s can see this now.") % {"name": seat.circle.client_name}, "unshare"
        case "unshare":
            actions.share_own(by=seat, line=found, share=False)
            return _("Only you see this now."), "share"
        case "remove" | "restore":
            actions.remove(by=seat, line=found, back=verb == "restore")
            return (_("It is gone, with everything in it."), "restore") if verb == "remove" else ("", "")
        case _:
            actions.set_state(by=seat, line=found, state=verb)
            return (_("It is stopped. What was filled in stays."), "resume") if verb == "stop" else ("", "")
