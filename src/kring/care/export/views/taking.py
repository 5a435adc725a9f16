"""Taking one's data along: everything for the client, what is about oneself for a member."""

import json
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kring.care.circles import policy
from kring.care.circles.door import sit
from kring.care.circles.seats import Seat
from kring.care.circles.trail import saw, wrote
from kring.care.export import printed, readable
from kring.care.export.document import document, file_name
from kring.care.stored import allow


def page(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(_may_take(seat))
    saw(seat, "own data")
    return render(request, "export/page.html", {"seat": seat, "here": "mine"})


def whole(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = _client(request, circle_id)
    told = readable.page(readable.whole(seat))
    wrote(seat, "exported", "everything")
    return _file(told, "html", "text/html; charset=utf-8")


def pdf(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = _client(request, circle_id)
    told = printed.pdf(readable.whole(seat))
    wrote(seat, "exported", "everything")
    return _file(told, "pdf", "application/pdf")


def as_json(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = _client(request, circle_id)
    text = json.dumps(document(seat.circle_id), ensure_ascii=False)
    wrote(seat, "exported", "everything")
    return _file(text, "json", "application/json; charset=utf-8")


def about(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    allow(_may_take(seat) and not seat.is_client)
    told = readable.page(readable.about(seat))  # read before its own line is written: the same data give the same file
    wrote(seat, "exported", "own data", rule="own data")
    return _file(told, "html", "text/html; charset=utf-8")


def _may_take(seat: Seat) -> bool:
    """Everybody with a place in the circle, also while it is paused; never from a preview or in an emergency."""
    return not seat.preview and (seat.is_client or seat.member_id is not None)


def _client(request: HttpRequest, circle_id: uuid.UUID) -> Seat:
    seat = sit(request, circle_id)
    allow(policy.may_share(seat))
    return seat


def _file(content: str | bytes, ending: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(ending)}"'
    return answer
