"""A study in the town: Rik wrote it, Ada opened it, and each client answers. Noor has not answered yet.

The town is too small for a table in which nobody is told apart. So the study also asks clients of other teams of the
same organisation, who are made up in bulk (see `registry`).
"""

import datetime as dt
import uuid

from django.utils import timezone

from kring.care.circles.models import Circle
from kring.care.circles.seats import Seat, seat_or_404
from kring.care.demo.registry import Registry, teams
from kring.care.demo.story import on_day
from kring.care.people.models import Person, Team
from kring.care.research import actions
from kring.care.research.models import Edition

TEAMS = {"Oost": 26, "West": 31, "Zuid": 22, "Centrum": 28, "Duinen": 24, "Haven": 19, "Polder": 6}
"""Clients a team. The last is smaller than ten, so a table shows it together with others."""


def tell(people: dict[str, Person], team: Team) -> None:
    edition = _study(people, team)
    with on_day(30):
        for name, yes in {"Thomas": True, "Elise": True, "Joris": True, "Mees": False}.items():
            if seat := _seat(people[name]):
                actions.answer(by=seat, edition=edition, yes=yes)
    with on_day(9):
        if joris := _seat(people["Joris"]):
            actions.take_back(by=joris, edition=edition)
    registry = Registry(edition)
    for other, clients in zip(teams(team.organisation, len(TEAMS)), TEAMS.values(), strict=True):
        registry.fill(other, clients, say_yes=0.9)


def _study(people: dict[str, Person], team: Team) -> Edition:
    today = timezone.localdate()
    with on_day(40):
        made = actions.make_study(
            by=people["Rik"], organisation=team.organisation, id=uuid.uuid4(),
            title_nl="Helpt een kring bij herstel?", title_en="Does a circle help recovery?",
            purpose_nl="Veel mensen maken een kring. We willen weten of het daarna beter met ze gaat. Daarom vragen we"
            " je scores, van de vragenlijst over je herstel. Wat we vinden, lees je op de website van De Linde.",
            purpose_en="Many people make a circle. We want to know whether things go better for them afterwards. So we"
            " ask for your scores of the questions about recovery. What we find will be on the website of De Linde.",
            responsible="GGZ De Linde, Rik Timmer", contact="Rik Timmer, rik@demo.kring.example",
            reference="Verzonnen voorbeeld: nergens geregistreerd, door geen commissie getoetst",
            measures=["kring-checkin.recovery", "kring-checkin.hope", "kring-checkin.difficulties"],
            columns=["day", "life_factors"],
            from_on=today - dt.timedelta(days=720), until_on=today + dt.timedelta(days=365),
        )  # fmt: skip
        actions.offer(by=people["Rik"], edition=made)
    with on_day(38):
        edition = Edition.objects.select_related("study__organisation").get(pk=made.pk)
        actions.open_edition(by=people["Ada"], edition=edition, version=edition.version)
    return Edition.objects.select_related("study__organisation").get(pk=made.pk)


def _seat(client: Person) -> Seat | None:
    """The client's own seat, where their circle hangs on a team."""
    circle = Circle.objects.filter(client=client, team__isnull=False, closed_at=None).first()
    return seat_or_404(client, circle.pk) if circle else None
