"""What the pages of the plan show: each thing with the names, words and buttons that this seat may see."""

import dataclasses
import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from kring.care.circles.models import Member, Shareable
from kring.care.circles.policy import members_visible_to, visible
from kring.care.circles.seats import Seat
from kring.care.circles.sharing import Reach
from kring.care.circles.topics import Zone
from kring.care.plan import policy
from kring.care.plan.models import Action, Goal


@dataclasses.dataclass(frozen=True)
class Sight:
    """The line under a shareable thing: who sees it, and where the client changes that."""

    words: str
    to: str


@dataclasses.dataclass(frozen=True)
class Line:
    """One action as one seat sees it."""

    action: Action
    goal: Goal | None
    owner: str
    proposer: str
    own: bool
    verbs: frozenset[str]
    sight: Sight | None

    @property
    def waits_for_client(self) -> bool:
        return self.action.approved_at is None and self.action.done_at is None

    @property
    def waits_for_owner(self) -> bool:
        has_owner = self.action.owner_id is not None or self.action.owner_is_client
        return has_owner and self.action.accepted_at is None and self.action.done_at is None

    @property
    def nobodys(self) -> bool:
        return self.action.owner_id is None and not self.action.owner_is_client


class Names:
    """What people are called on a page. Whom a seat does not see has no name there."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        seen = list(members_visible_to(seat))
        self.members = {member.pk: member for member in seen}
        self.people = {member.person_id: member.name for member in seen if member.person_id}

    def of_person(self, person_id: uuid.UUID) -> str:
        """Empty for whoever reads: the page then says 'you'."""
        if person_id == self.seat.person_id and not self.seat.preview:
            return ""
        if person_id == self.seat.client_id:
            return str(self.seat.circle.client_name)
        return self.people.get(person_id, _("someone in the circle"))

    def of_owner(self, action: Action) -> str:
        if action.owner_is_client:
            return str(self.seat.circle.client_name)
        if action.owner_id is None:
            return ""
        member = self.members.get(action.owner_id)
        return member.name if member else _("someone in the circle")


class Sights:
    """Who sees each thing, for the client; a member is not told who else sees what."""

    def __init__(self, seat: Seat, page: str) -> None:
        self.seat, self.page = seat, page
        self.reach = Reach.of(seat.circle_id) if seat.is_client else None

    def of(self, item: Shareable) -> Sight | None:
        if self.reach is None:
            return None
        also = self._own_reasons(item) if isinstance(item, Action) and item.zone == Zone.CIRCLE else []
        return Sight(self.reach.words(item.topic, item, also), reach_page(self.seat, item, self.page))

    def of_topic(self, topic: str) -> str:
        return self.reach.words(topic) if self.reach else ""

    def _own_reasons(self, action: Action) -> list[uuid.UUID | None]:
        """Whoever does or proposed an action sees it: the same rule as `policy.actions_visible_to`."""
        assert self.reach is not None
        proposers = [member.pk for member in self.reach.members if member.person_id == action.proposed_by_id]
        return [action.owner_id, *proposers]


def reach_page(seat: Seat, item: Shareable, back: str) -> str:
    return reverse("circles:reach", args=[seat.circle_id, item.topic, item.pk]) + f"?next={back}"


def lines(seat: Seat, actions: Iterable[Action], page: str) -> list[Line]:
    """Actions that this seat sees, ready to show; a goal that it does not see is left out."""
    names, sights = Names(seat), Sights(seat, page)
    goals = {goal.pk: goal for goal in visible(Goal, seat)}
    return [
        Line(
            action=action,
            goal=goals.get(action.goal_id) if action.goal_id else None,
            owner=names.of_owner(action),
            proposer=names.of_person(action.proposed_by_id),
            own=policy.owns(seat, action),
            verbs=policy.verbs(seat, action),
            sight=sights.of(action),
        )
        for action in actions
    ]


def owner_choices(seat: Seat) -> list[tuple[str, str]]:
    """To whom this seat can give an action: nobody yet, oneself, the client, and the members whom it sees."""
    choices = [("", _("Nobody yet"))]
    choices += [("client", _("Me") if seat.is_client else str(seat.circle.client_name))]
    members: Iterable[Member] = policy.members_to_ask(seat).order_by("name")
    choices += [(str(m.pk), _("Me") if m.pk == seat.member_id else m.name) for m in members]
    return choices
