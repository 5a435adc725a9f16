"""The home of a circle. Where one starts is in `starting`, lists for people at work in `work`."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kring.care.circles.door import sit
from kring.care.circles.seats import Seat
from kring.care.circles.trail import saw
from kring.care.circles.waiting import Waits, waits_for
from kring.care.home.reading import Home, home_of
from kring.care.home.steps import next_step

STEP = 25  # the next small step of one's own circle: after what was begun or said, before a study


def circle(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    home = home_of(seat)
    saw(seat, "circle", shown(seat, home))
    there = waits_for(seat)
    there += come_back(request, seat)
    waits, ways_in = [one for one in there if one.title], [one for one in there if not one.title]
    step = next_step(home) if seat.is_client and not seat.preview and seat.open else None
    if step and (not waits or waits[0].order > STEP):
        waits = [Waits(STEP, step.button, reverse(step.page, args=[circle_id]), step.title, step.why), *waits]
    page = {"seat": seat, "here": "circle", "home": home, "waits": waits, "ways_in": ways_in}
    return render(request, "home/circle.html", page)


def come_back(request: HttpRequest, seat: Seat) -> list[Waits]:
    """Whoever came by a link on paper or from hand to hand has no address yet, and could not sign in again."""
    if seat.kind != "member" or seat.preview or request.user.email:  # type: ignore[union-attr]
        return []
    why = _("Kring does not know your e-mail address yet. Without an address you cannot sign in again later.")
    return [Waits(90, _("Fill in my address"), reverse("account_email"), _("Make sure that you can come back"), why)]


def shown(seat: Seat, home: Home) -> list[str]:
    """The parts of the circle that stand on the page, for the trail."""
    parts = {"meetings": home.meeting, "actions": home.actions or home.waiting, "people": home.members}
    return [part for part, there in parts.items() if there]
