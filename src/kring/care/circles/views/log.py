"""Who looked: the client reads the trail of their own circle."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kring.care.circles import log, policy
from kring.care.circles.door import sit
from kring.care.circles.trail import saw
from kring.care.stored import allow


def who_looked(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(policy.may_share(seat))
    who, before = _asked(request)
    found = list(log.events(seat, who, before)[: log.PAGE + 1])
    saw(seat, "log")
    page: dict[str, Any] = {
        "seat": seat,
        "here": "mine",
        "days": log.days(found[: log.PAGE], seat.client_id),
        "who": who,
    }
    page["older"] = found[log.PAGE - 1].pk if len(found) > log.PAGE else None
    page["people"] = [("", _("Everybody but me")), *log.people(seat), (log.EVERYBODY, _("Everybody, me too"))]
    if log.events(seat, log.ELSEWHERE).exists():
        page["people"].append((log.ELSEWHERE, _("What happened before you brought it here")))
    return render(request, "circles/log.html", page)


def _asked(request: HttpRequest) -> tuple[str, int | None]:
    """Whose lines, and before which; an address that was tampered with does not exist."""
    who, before = request.GET.get("who", ""), request.GET.get("before", "")
    try:
        if who not in ("", log.EVERYBODY, log.ELSEWHERE):
            uuid.UUID(who)
        return who, int(before) if before else None
    except ValueError:
        raise Http404 from None
