"""Whom a visitor of the demo can be: one sign-in link per role, printed at the start."""

import dataclasses
import datetime as dt

from kring.care.people import links
from kring.care.people.models import Person

YEAR = dt.timedelta(days=365)


@dataclasses.dataclass(frozen=True)
class Door:
    """A role, the person who has it, and a link that signs one in as them."""

    role: str
    email: str
    name: str = ""
    path: str = ""


DOORS = (
    Door("client, a year on", "noor@demo.kring.example"),
    Door("client, first day", "jamal@demo.kring.example"),
    Door("sister (family member)", "sanne@demo.kring.example"),
    Door("friend, who is also a client himself", "bram@demo.kring.example"),
    Door("experience expert", "ximena@demo.kring.example"),
    Door("regieondersteuner", "ruth@demo.kring.example"),
    Door("regieondersteuner who types for a client on paper", "kees@demo.kring.example"),
    Door("psychiatrist", "amira@demo.kring.example"),
    Door("team lead", "lea@demo.kring.example"),
    Door("administrator", "ada@demo.kring.example"),
    Door("emergency access", "eva@demo.kring.example"),
    Door("researcher", "rik@demo.kring.example"),
    Door("trainer", "marleen@demo.kring.example"),
    Door("colleague who learns, just begun", "yara@demo.kring.example"),
)


def doors() -> list[Door]:
    """The doors with fresh links; they work as often as one likes, and only in the demo."""
    found = {person.email: person for person in Person.objects.filter(email__in=[door.email for door in DOORS])}
    return [
        dataclasses.replace(
            door,
            name=found[door.email].name,
            path=f"/enter/{links.issue(found[door.email], valid=YEAR, reusable=True)}/",
        )
        for door in DOORS
        if door.email in found
    ]
