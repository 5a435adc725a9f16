"""Asking somebody along, one question a page: who, what they may see, the words, and how the letter goes.

What was chosen and written on the way waits in the client's session until the letter goes; nothing is sent before.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles import actions, codes, invitations, policy, sharing, wording
from kring.care.circles.door import PREVIEW, offer_undo, sit
from kring.care.circles.forms import ChooseReadyMade, ChooseTopics, NewMember, SendLetter, Words
from kring.care.circles.models import Invitation, Member, Tie
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Task, Topic
from kring.care.circles.trail import saw
from kring.care.forms import address_with_id, id_in_address
from kring.care.stored import allow, id_or_404


def nominate(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Whom would you like to have along? Nothing is sent."""
    seat = sit(request, circle_id)
    allow(policy.may_keep(seat, Task.INVITE))
    new_id = id_in_address(request)
    if new_id is None and request.method == "GET":
        return redirect(address_with_id(request))
    if new_id and policy.members_visible_to(seat).filter(pk=new_id).exists() and request.method == "GET":
        return redirect("circles:change_member", circle_id, new_id)
    ties = policy.visible(Tie, seat).filter(kind__in=["person", "organisation"]).order_by("created_at")
    named = policy.members_visible_to(seat).filter(ended_at=None, tie__isnull=False).values("tie_id")
    chosen = get_object_or_404(ties, pk=id_or_404(request.GET["dot"])) if request.GET.get("dot") else None
    form = NewMember(request.POST or None, initial={"name": chosen.name if chosen else "", "new_id": new_id})
    if request.method == "POST" and form.is_valid():
        made = actions.nominate(by=seat, id=form.cleaned_data["new_id"], tie=chosen, **form.content())
        return redirect("circles:change_member", circle_id, made.pk)
    saw(seat, "nominate", [Topic.PEOPLE, Topic.MAP])
    here = {member.name.casefold() for member in policy.members_visible_to(seat).filter(ended_at=None)}
    free = [tie for tie in ties.exclude(pk__in=named) if not any(_same(tie.name, name) for name in here)]
    page = {"seat": seat, "here": "circle", "form": form, "ties": free, "chosen": chosen}
    return render(request, "circles/nominate.html", page)


def _same(tie: str, member: str) -> bool:
    """'Sanne' on the map and 'Sanne Visser' in the circle are the same person to whoever wrote both."""
    return member == tie.casefold() or member.startswith(f"{tie.casefold()} ")


def _future(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> tuple[Seat, Member]:
    """Somebody who can still be asked, for whoever may ask."""
    seat = sit(request, circle_id)
    allow(policy.may_keep(seat, Task.INVITE))
    people = policy.members_visible_to(seat).filter(joined_at=None, ended_at=None)
    return seat, get_object_or_404(people, pk=member_id)


def _draft(request: HttpRequest, member: Member) -> dict[str, Any]:
    drafts: dict[str, dict[str, Any]] = request.session.setdefault("letters", {})
    return drafts.setdefault(str(member.pk), {})


def sees(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """What will this person see? Three ready-made choices, or choose yourself. Only the client chooses."""
    seat, member = _future(request, circle_id, member_id)
    if not policy.may_share(seat):
        return redirect("circles:letter_words", circle_id, member_id)
    draft = _draft(request, member)
    form = ChooseReadyMade(
        request.POST or None,
        initial={"choice": draft.get("choice") or sharing.ready_made_of(sharing.topics_of(member))},
    )
    if request.method == "POST" and form.is_valid():
        choice = form.cleaned_data["choice"]
        draft["choice"] = choice
        if choice != "own":
            draft["topics"] = list(sharing.READY_MADE[choice])
        request.session.modified = True
        return _after_choice(request, circle_id, member, choice)
    saw(seat, "letter", [Topic.PEOPLE])
    page = {"seat": seat, "here": "circle", "form": form, "member": member, "ready": sharing.ready_made_words()}
    return render(request, "circles/letter_sees.html", page)


def _after_choice(request: HttpRequest, circle_id: uuid.UUID, member: Member, choice: str) -> HttpResponse:
    if choice == "own" and "look" not in request.POST:
        return redirect("circles:letter_parts", circle_id, member.pk)
    if "look" in request.POST:
        return _look(request, circle_id, member)
    return redirect("circles:letter_words", circle_id, member.pk)


def _look(request: HttpRequest, circle_id: uuid.UUID, member: Member) -> HttpResponse:
    """The circle as this person will see it, before anything is sent."""
    topics = list(map(str, _draft(request, member).get("topics", sharing.NARROWEST)))
    request.session[PREVIEW] = {"circle": str(circle_id), "member": str(member.pk), "topics": topics}
    return redirect("home:circle", circle_id)


def parts(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """Choose yourself, part by part."""
    seat, member = _future(request, circle_id, member_id)
    allow(policy.may_share(seat))
    draft = _draft(request, member)
    form = ChooseTopics(
        request.POST or None, initial={"topics": draft.get("topics") or sharing.topics_of(member) or sharing.NARROWEST}
    )
    if request.method == "POST" and form.is_valid():
        draft["topics"] = form.cleaned_data["topics"]
        request.session.modified = True
        return _after_choice(request, circle_id, member, "parts")
    saw(seat, "letter", [Topic.PEOPLE])
    page = {"seat": seat, "here": "circle", "form": form, "member": member}
    return render(request, "circles/letter_parts.html", page)


def words(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """The words of the letter: an example that one may change."""
    seat, member = _future(request, circle_id, member_id)
    draft, last = _draft(request, member), member.invitations.order_by("-created_at").first()
    examples = wording.examples(member.name, seat.circle.client_name, member.role)
    first = draft.get("wording") or (last.wording if last else examples[translation.get_language() or "nl"][0])
    form = Words(request.POST or None, initial={"wording": first})
    if request.method == "POST" and form.is_valid():
        draft["wording"] = form.cleaned_data["wording"]
        request.session.modified = True
        return redirect("circles:letter_send", circle_id, member_id)
    saw(seat, "letter", [Topic.PEOPLE])
    page: dict[str, Any] = {"seat": seat, "here": "circle", "form": form, "member": member, "examples": examples}
    page["own"] = bool(draft.get("wording") or last)
    return render(request, "circles/letter_words.html", page)


def send(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """How the letter goes. This is the only page that sends something."""
    seat = sit(request, circle_id)
    member = get_object_or_404(policy.members_visible_to(seat), pk=member_id, ended_at=None)
    allow(policy.may_keep(seat, Task.INVITE))
    if member.joined_at:
        return redirect("circles:member", circle_id, member_id)
    form = SendLetter(request.POST or None, initial={"email": member.email})
    sends = request.method == "POST" and form.is_valid()
    again = sends and member.invitations.filter(pk=form.cleaned_data["new_id"]).exists()  # the draft is gone by now
    if "wording" not in _draft(request, member) and not again:
        return redirect("circles:letter_words", circle_id, member_id)
    if sends:
        return _send(request, seat, member, form.cleaned_data)
    saw(seat, "letter", [Topic.PEOPLE])
    return render(request, "circles/letter_send.html", {"seat": seat, "here": "circle", "form": form, "member": member})


def _send(request: HttpRequest, seat: Seat, member: Member, chosen: dict[str, Any]) -> HttpResponse:
    draft, way = _draft(request, member), chosen["way"]
    if way == "mail" and chosen["email"] != member.email:
        actions.change_member(by=seat, member=member, version=member.version, email=chosen["email"])
    earlier = Invitation.objects.filter(pk=chosen["new_id"]).first()  # a double click: the draft is gone by now
    text = earlier.wording if earlier else draft["wording"]
    letter, secret = invitations.invite(
        by=seat, member=member, wording=text, way=way, topics=draft.get("topics", sharing.NARROWEST),
        id=chosen["new_id"],
    )  # fmt: skip
    request.session.get("letters", {}).pop(str(member.pk), None)
    request.session.modified = True
    if way == "letter":
        return redirect("circles:letter_print", seat.circle_id, letter.pk)
    if way == "link":
        where = request.build_absolute_uri(reverse("invitation:letter", args=[secret]))
        page = {"seat": seat, "here": "circle", "member": member, "where": where}
        return render(request, "circles/letter_link.html", page)
    undo = reverse("circles:letter_withdraw", args=[seat.circle_id, letter.pk])
    offer_undo(request, _("Your invitation to %(name)s is on its way.") % {"name": member.name}, undo)
    return redirect("circles:members", seat.circle_id)


@require_POST
def withdraw(request: HttpRequest, circle_id: uuid.UUID, letter_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    letter = get_object_or_404(Invitation, pk=letter_id, member__in=policy.members_visible_to(seat))
    invitations.withdraw(by=seat, letter=letter)
    messages.success(request, _("The invitation is withdrawn. Its link no longer works."))
    return redirect("circles:member", circle_id, letter.member_id)


def print_letter(request: HttpRequest, circle_id: uuid.UUID, letter_id: uuid.UUID) -> HttpResponse:
    """The letter on paper, with an address, a code to type and the same as a picture for a phone."""
    seat = sit(request, circle_id)
    allow(policy.may_keep(seat, Task.INVITE))
    letters = Invitation.objects.select_related("member").filter(member__in=policy.members_visible_to(seat))
    letter = get_object_or_404(letters.filter(way="letter", **invitations.OPEN), pk=letter_id)
    secret = invitations.secret_of(letter)
    where = request.build_absolute_uri(reverse("invitation:letter", args=[secret]))
    page: dict[str, Any] = {"seat": seat, "here": "circle", "letter": letter, "code": codes.in_groups(secret)}
    page |= {"square": codes.square(where), "address": request.build_absolute_uri(reverse("invitation:code"))}
    saw(seat, "letter", [Topic.PEOPLE])
    return render(request, "circles/letter_print.html", page)
