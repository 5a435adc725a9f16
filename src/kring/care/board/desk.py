"""From a request to a post in a team. Every page of a team comes in here, so none can forget to ask."""

import dataclasses
import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from kring.care.circles.models import Circle
from kring.care.people.models import TEAM_ROLES, Person, Post, Role, Team
from kring.care.prepared import prepared
from kring.care.stored import Denied


@dataclasses.dataclass(frozen=True)
class Desk:
    """The place from which somebody works in a team. Running the team's accounts is no such place."""

    person: Person
    team: Team
    roles: frozenset[str]
    circle_id: uuid.UUID | None = None  # for the trail: the circle that a line is about
    client_id: uuid.UUID | None = None
    breaks_glass: bool = False

    @property
    def person_id(self) -> uuid.UUID:
        found: uuid.UUID = self.person.pk
        return found

    @property
    def person_name(self) -> str:
        return self.person.name

    @property
    def role(self) -> str:
        """As the trail says it."""
        return Role.TEAM_LEAD.value if self.roles == {Role.TEAM_LEAD} else "team"

    @property
    def sees_caseload(self) -> bool:
        """Team leads, and regieondersteuners of the team: who plans the work. Phases and dates, never content."""
        return bool(self.roles & {Role.TEAM_LEAD, Role.REGIEONDERSTEUNER})

    def about(self, circle: Circle) -> "Desk":
        return dataclasses.replace(self, circle_id=circle.pk, client_id=circle.client_id)


def desk_of(person: Person, team_id: uuid.UUID) -> Desk:
    """The desk of this person in this team now; without one the team does not exist for them."""
    posts = _posts.rows(person_id=person.pk, team_id=team_id)
    if not posts:
        raise Denied
    *team, _role = posts[0]
    return Desk(person, Team.from_db("default", _TEAM, team), frozenset(post.role for post in posts))


_TEAM = [field.attname for field in Team._meta.concrete_fields]


@prepared(person_id=uuid.UUID, team_id=uuid.UUID)
def _posts(*, person_id: uuid.UUID, team_id: uuid.UUID) -> QuerySet[Any, Any]:
    """The roles of this person in this team, each beside the team itself."""
    here = Post.objects.filter(person_id=person_id, ended_at__isnull=True, role__in=TEAM_ROLES)
    running = here.filter(team_id=team_id, team__ended_at__isnull=True)
    return running.values_list(*(f"team__{name}" for name in _TEAM), "role", named=True)


def sit_at(request: HttpRequest, team_id: uuid.UUID) -> Desk:
    return desk_of(request.user, team_id)  # type: ignore[arg-type]
