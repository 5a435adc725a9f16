"""Merenwijk: the people of the town, its FACT team, and the order in which the circles are told."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kring.care.demo import board, circles, measures, neighbours, noor, practice, research, training
from kring.care.demo.story import on_day
from kring.care.people.models import Organisation, Person, Post, Role, Team

STAFF = {
    "Ruth de Graaf": Role.REGIEONDERSTEUNER,
    "Kees Mulder": Role.REGIEONDERSTEUNER,
    "Anouk Peters": Role.REGIEONDERSTEUNER,
    "Amira Haddad": Role.PSYCHIATRIST,
    "Pieter Bos": Role.PROFESSIONAL,
    "Ximena Ortiz": Role.EXPERIENCE_EXPERT,
    "Lea Postma": Role.TEAM_LEAD,
    "Ada Wolters": Role.ADMINISTRATOR,
    "Eva Jansen": Role.EMERGENCY,
    "Rik Timmer": Role.RESEARCHER,
}
OTHERS = [
    "Noor Visser", "Sanne Visser", "Bram Kuiper", "Tineke Visser", "Jamal El Idrissi", "Thomas Vermeer",
    "Fatma Yilmaz", "Murat Yilmaz", "Joris Hendriks", "Daan Hendriks", "Elise Blom", "Henk Dekker", "Greet Dekker",
    "Mees van Dam", "Iris van Dam", "Lotte Smit", "Nadia Bakker", "Olaf Prins",
]  # fmt: skip
IN_TEAM = (Role.REGIEONDERSTEUNER, Role.PSYCHIATRIST, Role.PROFESSIONAL, Role.TEAM_LEAD, Role.EXPERIENCE_EXPERT)


@transaction.atomic
def build() -> None:
    """Fill an empty database with the town. All or nothing."""
    with on_day(530):
        people, team = _people()
    noor.tell(people, team)
    for tell in circles.ALL:
        tell(people, team)
    measures.tell(people)
    board.tell(people, team)
    research.tell(people, team)
    training.tell(people, team)
    practice.tell(people, team)
    neighbours.tell(people, team)
    _forget_old_mail()


def _people() -> tuple[dict[str, Person], Team]:
    organisation = Organisation.objects.create(name="GGZ De Linde")
    team = Team.objects.create(organisation=organisation, name="FACT Merenwijk")
    people = {name.split()[0]: _person(name) for name in [*STAFF, *OTHERS]}
    people["Wil"] = Person.objects.create_user(name="Wil Schouten")  # has no e-mail address: a circle on paper
    for name, role in STAFF.items():
        place = team if role in IN_TEAM else None
        Post.objects.create(person=people[name.split()[0]], organisation=organisation, team=place, role=role)
    return people, team


def _person(name: str) -> Person:
    first = name.split()[0].lower()
    return Person.objects.create_user(f"{first}@demo.kring.example", name=name)


def _forget_old_mail() -> None:
    """Only the letters of the last two weeks stand in the outbox."""
    DBTaskResult.objects.filter(enqueued_at__lt=timezone.now() - dt.timedelta(days=14)).delete()
