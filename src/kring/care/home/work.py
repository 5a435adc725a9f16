"""The list of somebody who works with circles: what is due."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kring.care.audit.actions import record
from kring.care.home import due
from kring.care.people.models import Person
from kring.care.stored import allow


def work(request: HttpRequest) -> HttpResponse:
    """The small list of a regieondersteuner over all circles, as far as their seats allow."""
    person: Person = request.user  # type: ignore[assignment]
    allow(person.seats.filter(role="regieondersteuner", joined_at__isnull=False, ended_at=None).exists())
    found = due.todo(person)
    for seat in {one.seat.circle_id: one.seat for one in found}.values():
        record(by=seat, verb="viewed", thing="to do", fields=sorted(seat.topics), rule=seat.kind)
    page = {"soon": [one for one in found if one.soon], "later": [one for one in found if not one.soon]}
    return render(request, "home/work.html", page)
