"""What is mine: the client's own door, or a member's own place in the circle."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles import actions, policy
from kring.care.circles.door import PREVIEW, offer_undo, sit
from kring.care.circles.forms import ChooseTeam, HandOver
from kring.care.circles.models import Circle, Handover, Interview, Member
from kring.care.circles.seats import Seat, seat_or_404
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.stored import allow


def mine(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    saw(seat, "mine")
    if seat.is_client:
        return render(request, "circles/mine.html", {"seat": seat, "here": "mine"})
    return render(request, "circles/my_place.html", {"seat": seat, "here": "mine", **_place(seat)})


def _place(seat: Seat) -> dict[str, object]:
    """What a member's own page shows; in an emergency there is no member and the page is nearly empty."""
    reads_talks = seat.member_id is not None and seat.kind == "member" and not seat.preview
    return {
        "shown": [topic for topic in Topic if topic in seat.topics],
        "me": actions.own_member(seat) if seat.member_id else Member(),
        "handed": policy.handovers_in(seat),
        "talks": reads_talks and Interview.objects.filter(member=seat.member_id).exists(),
        "may_interview": policy.may_interview(seat),
        "may_type_on": policy.may_type_on(seat),
    }


@require_POST
def start_preview(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """Look at the circle as one member. It lasts until the client stops looking or signs out."""
    seat = sit(request, circle_id)
    allow(policy.may_share(seat))
    member = get_object_or_404(Member, pk=member_id, circle_id=circle_id, ended_at=None)
    request.session[PREVIEW] = {"circle": str(circle_id), "member": str(member.pk), "back": request.path}
    return redirect("home:circle", circle_id)


@require_POST
def stop_preview(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat_or_404(request.user, circle_id)  # type: ignore[arg-type]
    looking = request.session.pop(PREVIEW, None) or {}
    if "topics" in looking:  # it was a look at what an invitation would open
        return redirect("circles:letter_sees", circle_id, looking["member"])
    return redirect("circles:mine", circle_id)


def handovers(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """What the client gives out of hand, to whom and until when."""
    seat = sit(request, circle_id)
    allow(policy.may_share(seat))
    form = HandOver(request.POST or None, circle_id=circle_id)
    if request.method == "POST" and form.is_valid():
        given = actions.hand_over(by=seat, **form.cleaned_data)
        undo = reverse("circles:take_back", args=[circle_id, given.pk])
        offer_undo(request, _("%(name)s does this for you now.") % {"name": given.to_member.name}, undo)
        return redirect("circles:handovers", circle_id)
    saw(seat, "handovers")
    page = {"seat": seat, "here": "mine", "form": form, "handed": policy.handovers_in(seat)}
    return render(request, "circles/handovers.html", page)


@require_POST
def take_back(request: HttpRequest, circle_id: uuid.UUID, handover_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    handover = get_object_or_404(Handover, pk=handover_id, circle_id=circle_id)
    actions.take_back(by=seat, handover=handover)
    return redirect("circles:handovers", circle_id)


@require_POST
def type_on(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """A circle on paper: the client agreed that somebody types for them a while longer."""
    seat = sit(request, circle_id)
    actions.go_on_paper_longer(by=seat)
    return redirect("circles:mine", circle_id)


def state(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Pause the circle, close it, or open it again."""
    seat = sit(request, circle_id)
    allow(policy.may_direct(seat))
    if request.method == "POST":
        before = "closed" if seat.circle.closed_at else "paused" if seat.circle.paused_at else "open"
        wanted = request.POST.get("state") or request.GET.get("back", "")
        actions.set_circle_state(by=seat, state=wanted)
        if wanted != before:
            offer_undo(request, _state_words(wanted), f"{request.path}?back={before}")
        return redirect("circles:state", circle_id)
    saw(seat, "state")
    return render(request, "circles/state.html", {"seat": seat, "here": "mine"})


def _state_words(state: str) -> str:
    return {
        "open": _("Your circle is open again."),
        "paused": _("Your circle is paused. Nobody but you sees it."),
        "closed": _("Your circle is closed. Nobody but you sees it."),
    }[state]


def team(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Which care team may see how far the circle is. The circle stays the client's, with or without a team."""
    seat = sit(request, circle_id)
    allow(policy.may_share(seat))
    circle = Circle.objects.select_related("team").get(pk=circle_id)
    form = ChooseTeam(
        request.POST or None, initial={"team": circle.team_id or ""}, teams=policy.teams_to_choose(circle)
    )
    if request.method == "POST" and form.is_valid():
        actions.link_team(by=seat, team=form.cleaned_data["team"])
        return redirect("circles:team", circle_id)
    saw(seat, "team")
    return render(request, "circles/team.html", {"seat": seat, "here": "mine", "circle": circle, "form": form})
