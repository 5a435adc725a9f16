"""A circle that rests asks nothing. A client who was in the midst of something reads that, and loses nothing of it."""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kring.care.circles.door import sit
from kring.care.circles.trail import saw
from kring.care.stored import Denied

View = Callable[..., HttpResponse]


def while_open(view: View) -> View:
    """For a page that asks something: in a pause the client is told so, where others find nothing."""

    @functools.wraps(view)
    def asked(request: HttpRequest, circle_id: uuid.UUID, **where: Any) -> HttpResponse:
        try:
            return view(request, circle_id, **where)
        except Denied:
            seat = sit(request, circle_id)
            if not seat.is_client or seat.preview or seat.open:
                raise
        saw(seat, "questions")
        typed = [
            (name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values
        ]
        page = {"seat": seat, "here": "mine", "posted": request.method == "POST", "typed": typed}
        return render(request, "measures/rests.html", page)

    return asked
