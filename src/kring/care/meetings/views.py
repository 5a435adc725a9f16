"""Meetings of a circle."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kring.care.circles import policy
from kring.care.circles.door import sit
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.meetings.models import Meeting


def meetings(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    saw(seat, "meetings", [Topic.MEETINGS])
    page = {"seat": seat, "here": "together", "meetings": policy.visible(Meeting, seat).order_by("starts_at")}
    return render(request, "meetings/meetings.html", page)
