"""What is mine: who sees what, who looked, my settings."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kring.care.circles.door import PREVIEW, sit
from kring.care.circles.seats import seat_or_404
from kring.care.circles.trail import saw


def mine(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    saw(seat, "mine")
    return render(request, "circles/mine.html", {"seat": seat, "here": "mine"})


@require_POST
def stop_preview(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat_or_404(request.user, circle_id)  # type: ignore[arg-type]
    request.session.pop(PREVIEW, None)
    return redirect("circles:mine", circle_id)
