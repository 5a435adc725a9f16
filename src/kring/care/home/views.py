"""The home of a circle. Where one starts is in `starting`, lists for people at work in `work`."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kring.care.circles.door import sit
from kring.care.circles.seats import Seat
from kring.care.circles.trail import saw
from kring.care.home.reading import Home, home_of
from kring.care.home.steps import next_step


def circle(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    home = home_of(seat)
    saw(seat, "circle", shown(seat, home))
    step = next_step(home) if seat.is_client and not seat.preview and seat.open else None
    return render(request, "home/circle.html", {"seat": seat, "here": "circle", "home": home, "step": step})


def shown(seat: Seat, home: Home) -> list[str]:
    """The parts of the circle that stand on the page, for the trail."""
    parts = {"meetings": home.meeting, "actions": home.actions or home.waiting, "people": home.members}
    return [part for part, there in parts.items() if there]
