"""The talks of phase 2. A record is for whoever held the talk and for that member, and for nobody else."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kring.care.circles import actions, interviews, policy
from kring.care.circles.door import sit
from kring.care.circles.forms import Talk
from kring.care.circles.models import Interview
from kring.care.circles.trail import saw
from kring.care.stored import Stale, allow


def talks(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """For the regieondersteuner: with whom there was a talk, and with whom not yet."""
    seat = sit(request, circle_id)
    allow(policy.may_interview(seat))
    held = {talk.member_id: talk for talk in Interview.objects.filter(circle_id=circle_id, held_by_id=seat.person_id)}
    people = [(member, held.get(member.pk)) for member in policy.to_interview(seat).order_by("created_at")]
    saw(seat, "talks")
    return render(request, "circles/talks.html", {"seat": seat, "here": "circle", "people": people})


def talk(request: HttpRequest, circle_id: uuid.UUID, member_id: uuid.UUID) -> HttpResponse:
    """One talk, for whoever held it."""
    seat = sit(request, circle_id)
    allow(policy.may_interview(seat))
    member = get_object_or_404(policy.to_interview(seat), pk=member_id)
    form = Talk(request.POST or None, instance=interviews.of(seat, member))
    if request.method == "POST" and form.is_valid():
        try:
            interviews.write(by=seat, member=member, version=form.cleaned_data["version"], **form.content())
            messages.success(request, _("Kept. Only you and %(name)s can read this.") % {"name": member.name})
            return redirect("circles:talks", circle_id)
        except Stale as stale:
            form.show_both(stale)
    saw(seat, "talk")
    return render(request, "circles/talk.html", {"seat": seat, "here": "circle", "form": form, "member": member})


def my_talk(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """What was written down of one's own talk."""
    seat = sit(request, circle_id)
    allow(seat.kind == "member" and not seat.preview)
    mine = policy.interviews_visible_to(request.user)  # type: ignore[arg-type]
    found = mine.filter(member=actions.own_member(seat)).select_related("held_by")
    records = [(talk, talk.about_others_for(seat.person_id)) for talk in found]
    saw(seat, "my talk")
    return render(request, "circles/my_talk.html", {"seat": seat, "here": "mine", "records": records})
