"""A member's own place in a circle: coming in, what one can and cannot do, and going again."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.circles import actions
from kring.care.circles.door import offer_undo, sit
from kring.care.circles.forms import WhatICan
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.stored import Stale, allow


def welcome(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """The first page after saying yes."""
    seat = sit(request, circle_id)
    allow(seat.member_id is not None)
    saw(seat, "welcome")
    return render(request, "circles/welcome.html", {"seat": seat, "here": "circle"})


def what_i_can(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(seat.kind == "member")
    form = WhatICan(request.POST or None, instance=actions.own_member(seat))
    if request.method == "POST" and form.is_valid():
        try:
            actions.say_what_i_can(by=seat, version=form.cleaned_data["version"], **form.content())
            messages.success(request, _("Your words are kept."))
            return redirect("circles:mine", circle_id)
        except Stale as stale:
            form.show_both(stale)
    saw(seat, "what I can", [Topic.PEOPLE])
    return render(request, "circles/what_i_can.html", {"seat": seat, "here": "mine", "form": form})


def leave(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Going takes one click more than one, and no reason."""
    seat = sit(request, circle_id)
    allow(seat.member_id is not None)
    if request.method == "POST":
        actions.leave(by=seat)
        offer_undo(request, _("You left the circle."), reverse("circles:stay", args=[circle_id]))
        return redirect("home:start")
    return render(request, "circles/leave.html", {"seat": seat, "here": "mine"})


@require_POST
def stay(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """Undo one's own leaving."""
    actions.stay(by=request.user, circle_id=circle_id)  # type: ignore[arg-type]
    return redirect("home:circle", circle_id)
