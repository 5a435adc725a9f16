"""Pages that join rooms: where one starts, and the home of a circle."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kring.care.circles import actions, policy
from kring.care.circles.door import sit
from kring.care.circles.seats import Seat
from kring.care.circles.trail import saw
from kring.care.home.reading import Home, home_of
from kring.care.home.steps import next_step


@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """The front door: what this is, or the circles one has a seat in."""
    if not request.user.is_authenticated:
        return render(request, "home/front.html", {})
    circles = list(policy.circles_of(request.user).select_related("client").order_by("created_at"))
    return render(request, "home/start.html", {"circles": circles, "person": request.user, "new_id": uuid.uuid4()})


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Start a circle of one's own: one click. A second click opens the same one."""
    new_id = uuid.UUID(request.POST.get("new_id", "")) if request.POST.get("new_id") else None
    circle = actions.start_circle(by=request.user, client=request.user, id=new_id)  # type: ignore[arg-type]
    return redirect("home:circle", circle.pk)


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
