"""From a request to a post in a team. Every page of a team comes in here, so none can forget to ask."""

import dataclasses
import uuid

from django.http import HttpRequest

from kring.care.circles.models import Circle
from kring.care.people.models import TEAM_ROLES, Person, Post, Role, Team
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
    here = Post.objects.filter(person=person, team_id=team_id, ended_at=None, team__ended_at=None, role__in=TEAM_ROLES)
    posts = list(here.select_related("team"))
    if not posts or posts[0].team is None:
        raise Denied
    return Desk(person, posts[0].team, frozenset(post.role for post in posts))


def sit_at(request: HttpRequest, team_id: uuid.UUID) -> Desk:
    return desk_of(request.user, team_id)  # type: ignore[arg-type]
