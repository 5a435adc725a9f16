"""The plan: dreams, goals, actions and the crisis plan."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kring.care.circles import policy
from kring.care.circles.door import sit
from kring.care.circles.topics import Topic
from kring.care.circles.trail import saw
from kring.care.plan.models import CrisisPlan, Dream, Goal


def plan(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    page = {"seat": seat, "here": "plan", "dreams": policy.visible(Dream, seat), "goals": policy.visible(Goal, seat)}
    saw(seat, "plan", [Topic.GOALS])
    return render(request, "plan/plan.html", page)


def card(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    seat = sit(request, circle_id)
    saw(seat, "card", [Topic.CRISIS])
    return render(
        request, "plan/card.html", {"seat": seat, "here": "plan", "plan": policy.visible(CrisisPlan, seat).first()}
    )
