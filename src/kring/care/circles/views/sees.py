"""Who sees what: per person, per part of the circle, and per item. Only the client opens these pages."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kring.care.circles import policy, sharing
from kring.care.circles.door import sit
from kring.care.circles.forms import ChooseReach, ChooseTopics
from kring.care.circles.models import WHOLE_TOPIC, Grant, Member
from kring.care.circles.seats import Seat
from kring.care.circles.sharing import Reach
from kring.care.circles.topics import EVERYONE, MemberRole, Topic, Zone
from kring.care.circles.trail import saw
from kring.care.forms import page_of_ours
from kring.care.stored import allow, id_or_404


def _client(request: HttpRequest, circle_id: uuid.UUID) -> Seat:
    seat = sit(request, circle_id)
    allow(policy.may_share(seat))
    return seat


def overview(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = _client(request, circle_id)
    reach = Reach.of(circle_id)
    people = [(member, [topic for topic in Topic if member in reach.see(topic)]) for member in reach.members]
    parts = [(topic, reach.words(topic)) for topic in Topic]
    saw(seat, "sees", Topic)
    page = {"seat": seat, "here": "mine", "people": people, "parts": parts}
    return render(request, "circles/sees.html", page)


def person(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """What one person sees, as a list to tick."""
    seat = _client(request, circle_id)
    member = get_object_or_404(Member, pk=member_id, circle_id=circle_id, ended_at=None)
    by_role = sharing.topics_by_role(member)
    form = ChooseTopics(request.POST or None, initial={"topics": sharing.topics_of(member)})
    if request.method == "POST" and form.is_valid():
        sharing.set_topics(by=seat, member=member, topics=form.cleaned_data["topics"])
        messages.success(request, _("This is what %(name)s sees from now on.") % {"name": member.name})
        return redirect("circles:sees", circle_id)
    saw(seat, "sees", Topic)
    page = {"seat": seat, "here": "mine", "member": member, "form": form, "by_role": by_role}
    return render(request, "circles/sees_person.html", page)


def part(request: HttpRequest, circle_id: uuid.UUID, topic: str) -> HttpResponse:
    """Who sees one part: a switch for everybody, for each role that is there, and for each person."""
    seat = _client(request, circle_id)
    chosen = _topic(topic)
    if request.method == "POST":
        _switch(request, seat, chosen)
        return redirect("circles:sees_part", circle_id, topic)
    saw(seat, "sees", [chosen])
    reach = Reach.of(circle_id)
    whole = [grant for grant in reach.grants if grant.topic == chosen and grant.item_id == WHOLE_TOPIC]
    roles = [role for role in MemberRole if any(member.role == role for member in reach.members)]
    page = {
        "seat": seat, "here": "mine", "topic": chosen, "words": reach.words(chosen), "roles": roles,
        "members": reach.members, "own": {grant.to_member_id for grant in whole if grant.to_member_id},
        "on_roles": {grant.to_role for grant in whole if grant.to_role}, "everyone": EVERYONE,
        "items": [(item, reach.words(chosen, item)) for item in sharing.apart(seat, chosen)],
    }  # fmt: skip
    return render(request, "circles/sees_part.html", page)


def _switch(request: HttpRequest, seat: Seat, topic: Topic) -> None:
    """One switch: to whom (a member's id or a role), and on or off. Twice the same changes nothing."""
    member, role = None, request.POST.get("role", "")
    if "member" in request.POST:
        members = Member.objects.filter(circle_id=seat.circle_id, ended_at=None)
        member, role = get_object_or_404(members, pk=id_or_404(request.POST["member"])), ""
    elif role not in (*MemberRole, EVERYONE):
        raise Http404
    if request.POST.get("on"):
        sharing.share(by=seat, topic=topic, member=member, role=role)
        return
    active = Grant.objects.filter(
        circle_id=seat.circle_id, topic=topic, item_id=WHOLE_TOPIC, to_member=member, to_role=role, revoked_at=None
    )
    for grant in active:
        sharing.revoke(by=seat, grant=grant)


def reach(request: HttpRequest, circle_id: uuid.UUID, topic: str, item_id: uuid.UUID) -> HttpResponse:
    """How far one item goes: only me, whoever sees its part, or the people named here."""
    seat = _client(request, circle_id)
    item = sharing.item_or_404(seat, _topic(topic), item_id)
    people = Member.objects.filter(circle_id=circle_id, joined_at__isnull=False, ended_at=None)
    chosen = Grant.objects.filter(circle_id=circle_id, item_id=item.pk, revoked_at=None, to_member__isnull=False)
    initial = {"zone": item.zone, "members": [grant.to_member_id for grant in chosen]}
    form = ChooseReach(request.POST or None, initial=initial, people=people)
    back = page_of_ours(request.GET.get("next"), reverse("circles:sees_part", args=[circle_id, topic]))
    if request.method == "POST" and form.is_valid():
        sharing.set_reach(by=seat, item=item, zone=form.cleaned_data["zone"], members=form.cleaned_data["members"])
        messages.success(request, _("Sees this now: %(who)s") % {"who": Reach.of(circle_id).words(topic, item)})
        return HttpResponseRedirect(back)
    saw(seat, "sees", [_topic(topic)])
    page = {"seat": seat, "here": "mine", "item": item, "form": form, "back": back}
    page["part_words"] = Reach.of(circle_id).words(topic)
    page["zones"] = Zone
    return render(request, "circles/reach.html", page)


def _topic(value: str) -> Topic:
    try:
        return Topic(value)
    except ValueError:
        raise Http404 from None
