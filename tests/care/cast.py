"""The standing cast, built only through actions.

Noor (client) ── circle "De tuin", team Noord
 ├─ Sanne    her sister, informal member          sees meetings, people, goals, actions
 ├─ Bram     a friend, paused
 ├─ Wim      was a member, removed
 ├─ Lotte    invited, has not answered
 ├─ Ruth     regieondersteuner (team Noord)        sees meetings; nothing handed over
 ├─ Ximena   experience expert                     sees meetings
 └─ Pieter   social worker, professional member    sees meetings
Outside: Tom (team Noord, no seat), Zoe (team Zuid), Lea (team lead Noord), Ada (administrator),
         Rik (researcher), Eva (emergency role), Tess (trainer), Olaf (nobody)
"""

import dataclasses
import uuid
from typing import Any

import pytest

from kring.care.circles import actions, invitations, sharing
from kring.care.circles.models import Circle, Invitation, Member
from kring.care.circles.seats import Seat, seat_or_404
from kring.care.people.models import Organisation, Person, Post, Role, Team
from tests.care import standing


@dataclasses.dataclass
class Cast:
    circle: Circle
    people: dict[str, Person]
    members: dict[str, Member]
    team: Team
    other_team: Team
    organisation: Organisation
    letter: Invitation  # Lotte's
    secret: str  # of Lotte's letter

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def seat(self, name: str) -> Seat:
        """The seat that this person has now."""
        return seat_or_404(self.people[name], self.circle.pk)


OUTSIDE = {"tom": Role.PROFESSIONAL, "lea": Role.TEAM_LEAD, "ada": Role.ADMINISTRATOR, "rik": Role.RESEARCHER,
           "eva": Role.EMERGENCY, "tess": Role.TRAINER}  # fmt: skip
EVERYBODY = ["noor", "sanne", "bram", "wim", "lotte", "ruth", "ximena", "pieter", *OUTSIDE, "zoe", "olaf"]


def build() -> Cast:
    organisation = Organisation.objects.create(name="GGZ De Linde")
    team = Team.objects.create(organisation=organisation, name="FACT Noord")
    other = Team.objects.create(organisation=organisation, name="FACT Zuid")
    people = {name: Person.objects.create_user(f"{name}@example.org", name=name.title()) for name in EVERYBODY}
    for name, role in {**OUTSIDE, "ruth": Role.REGIEONDERSTEUNER}.items():
        in_team = role in (Role.PROFESSIONAL, Role.TEAM_LEAD, Role.REGIEONDERSTEUNER)
        Post.objects.create(person=people[name], organisation=organisation, team=team if in_team else None, role=role)
    Post.objects.create(person=people["zoe"], organisation=organisation, team=other, role=Role.PROFESSIONAL)
    circle = actions.start_circle(by=people["noor"], client=people["noor"], team=team)
    cast = Cast(circle, people, {}, team, other, organisation, None, "")  # type: ignore[arg-type]
    _take_seats(cast)
    return cast


def _take_seats(cast: Cast) -> None:
    noor = cast.seat("noor")
    actions.decide(by=noor, version=1, name="De tuin")
    roles = {"ruth": "regieondersteuner", "ximena": "experience_expert", "pieter": "professional"}
    for name in ["sanne", "bram", "wim", "ruth", "ximena", "pieter", "lotte"]:
        member = actions.nominate(
            by=noor, id=uuid.uuid4(), name=name.title(), email=f"{name}@example.org", role=roles.get(name, "informal")
        )
        topics = sharing.READY_MADE["goals"] if name == "sanne" else sharing.NARROWEST
        letter, secret = invitations.invite(by=noor, member=member, wording="Kom je erbij?", way="link", topics=topics)
        if name == "lotte":
            cast.letter, cast.secret = letter, secret
        else:
            invitations.accept(letter=letter, person=cast.people[name])
        cast.members[name] = Member.objects.get(pk=member.pk)
    actions.pause_member(by=noor, member=cast.members["bram"], pause=True)
    actions.remove_member(by=noor, member=cast.members["wim"])


@pytest.fixture
def cast(db: Any) -> Cast:
    return standing.again(build)
