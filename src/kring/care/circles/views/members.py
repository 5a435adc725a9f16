"""Who takes part, who was asked, and what the client can change about that."""

import dataclasses
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles import actions, policy, sharing
from kring.care.circles.door import offer_undo, sit
from kring.care.circles.forms import EditMember
from kring.care.circles.models import Invitation, Member
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Task, Topic
from kring.care.circles.trail import saw
from kring.care.stored import Stale, allow


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where somebody stands: here, paused, asked, not now, named (nothing sent yet), or gone."""

    member: Member
    letter: Invitation | None

    @property
    def state(self) -> str:
        if self.member.ended_at:
            return "gone"
        if self.member.joined_at:
            return "paused" if self.member.paused_at else "here"
        if self.letter is None or self.letter.withdrawn_at:
            return "named"
        return "not_now" if self.letter.declined_at else "asked"

    @property
    def too_late(self) -> bool:
        """The letter was not answered while its link worked."""
        return self.state == "asked" and self.letter is not None and self.letter.expires_at <= timezone.now()


def standings(members: list[Member]) -> list[Standing]:
    letters = Invitation.objects.filter(member__in=members).order_by("created_at")
    newest = {letter.member_id: letter for letter in letters}
    return [Standing(member, newest.get(member.pk)) for member in members]


def members(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    found = standings(list(policy.members_visible_to(seat).order_by("created_at")))
    groups = {state: [one for one in found if one.state == state] for state in STATES}
    saw(seat, "members", [Topic.PEOPLE])
    page: dict[str, object] = {"seat": seat, "here": "circle", "groups": groups}
    page["may_invite"] = policy.may_keep(seat, Task.INVITE)
    page["sees_people"] = seat.is_client or Topic.PEOPLE in seat.topics
    page["sees"] = sharing.Reach.of(circle_id).words(Topic.PEOPLE) if policy.may_share(seat) else ""
    return render(request, "circles/members.html", page)


STATES = ("here", "paused", "asked", "not_now", "named", "gone")


def member(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    seat, one = _visible(request, circle_id, member_id)
    saw(seat, "member", [Topic.PEOPLE])
    page: dict[str, object] = {"seat": seat, "here": "circle", "one": one, "member": one.member}
    page["may_invite"] = policy.may_keep(seat, Task.INVITE)
    page["may_direct"] = policy.may_direct(seat)
    page["seen"] = sharing.Reach.of(circle_id).topics_of(one.member)
    return render(request, "circles/member.html", page)


def _visible(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> tuple[Seat, Standing]:
    seat = sit(request, circle_id)
    found = get_object_or_404(policy.members_visible_to(seat), pk=member_id)
    return seat, standings([found])[0]


def change_member(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    seat, one = _visible(request, circle_id, member_id)
    allow(policy.may_keep(seat, Task.INVITE) and one.state != "gone")
    form = EditMember(request.POST or None, instance=one.member, may_change_role=policy.may_share(seat))
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            kept = actions.change_member(by=seat, member=one.member, version=version, **form.content())
            new = kept.joined_at is None and one.letter is None
            return redirect("circles:letter_sees" if new else "circles:member", circle_id, member_id)
        except Stale as stale:
            form.show_both(stale)
    saw(seat, "member", [Topic.PEOPLE])
    return render(request, "circles/change_member.html", {"seat": seat, "here": "circle", "form": form, "one": one})


@require_POST
def pause_member(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """Pause (`?on=1`) or go on (`?on=0`)."""
    seat, one = _visible(request, circle_id, member_id)
    pause = request.GET.get("on") == "1"
    actions.pause_member(by=seat, member=one.member, pause=pause)
    words = _("%(name)s is paused and sees nothing now.") if pause else _("%(name)s takes part again.")
    offer_undo(request, words % {"name": one.member.name}, f"{request.path}?on={0 if pause else 1}")
    return redirect("circles:member", circle_id, member_id)


@require_POST
def remove_member(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    seat, one = _visible(request, circle_id, member_id)
    actions.remove_member(by=seat, member=one.member)
    undo = reverse("circles:return_member", args=[circle_id, member_id])
    offer_undo(request, _("%(name)s is no longer in your circle.") % {"name": one.member.name}, undo)
    return redirect("circles:members", circle_id)


@require_POST
def return_member(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    seat, one = _visible(request, circle_id, member_id)
    actions.return_member(by=seat, member=one.member)
    return redirect("circles:member", circle_id, member_id)


@require_POST
def on_paper(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    seat, one = _visible(request, circle_id, member_id)
    actions.seat_on_paper(by=seat, member=one.member)
    return redirect("circles:member", circle_id, member_id)
