"""Pages for people who work with circles: what is due, and how far the circles of a team are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kring.care.audit.actions import record
from kring.care.circles import policy
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


class TeamLead:
    """A team lead before the audit trail: no seat in the circle, only its phase and dates."""

    role, breaks_glass = "team_lead", False

    def __init__(self, person: Person, line: due.Line) -> None:
        self.person_id, self.person_name = person.pk, person.name
        self.circle_id, self.client_id = line.circle.pk, line.circle.client_id


def team(request: HttpRequest) -> HttpResponse:
    """Phases and dates of the circles that are linked to one's team, never what is in them."""
    person: Person = request.user  # type: ignore[assignment]
    allow(policy.led_teams(person).exists())
    lines = due.lines(person)
    for line in lines:
        record(by=TeamLead(person, line), verb="viewed", thing="phase", fields=["phase", "dates"], rule="team link")
    return render(request, "home/team.html", {"lines": lines})
