"""Giving and taking back sight of a topic or of one item, and saying who sees what."""

import dataclasses
import uuid
from collections.abc import Iterable

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kring.care.circles import policy
from kring.care.circles.models import WHOLE_TOPIC, Circle, Grant, Member, Shareable
from kring.care.circles.seats import Seat
from kring.care.circles.topics import EVERYONE, Topic, Zone
from kring.care.circles.trail import wrote
from kring.care.people.models import Person
from kring.care.stored import Denied, allow

NARROWEST = (Topic.MEETINGS,)
READY_MADE = {
    "meetings": (Topic.MEETINGS,),
    "goals": (Topic.MEETINGS, Topic.PEOPLE, Topic.GOALS, Topic.ACTIONS),
    "all": (Topic.MEETINGS, Topic.PEOPLE, Topic.GOALS, Topic.ACTIONS, Topic.CRISIS),
}
"""The three choices offered at an invitation. The map and how it goes are in none: sharing those is a choice apart."""


def ready_made_of(topics: Iterable[str]) -> str:
    """Which of the choices these are; `own` when none. Nothing chosen yet is the narrowest."""
    chosen = set(topics) or set(NARROWEST)
    return next((key for key, ready in READY_MADE.items() if set(ready) == chosen), "own")


def ready_made_words() -> dict[str, tuple[str, str]]:
    """Each ready-made choice: its name, and what it opens."""
    names = {"meetings": _("Only the meetings"), "goals": _("Also my plans"), "all": _("Also my crisis plan")}
    return {key: (names[key], " · ".join(str(topic.label) for topic in READY_MADE[key])) for key in READY_MADE}


@transaction.atomic
def share(
    *, by: Seat, topic: Topic, member: Member | None = None, role: str = "", item_id: uuid.UUID = WHOLE_TOPIC
) -> Grant:
    """Let a member, or everyone in a role, see a topic or one item of it."""
    allow(policy.may_share(by))
    allow(member is None or (member.circle_id == by.circle_id and member.ended_at is None))
    grant, new = Grant.objects.get_or_create(
        circle_id=by.circle_id, topic=topic, item_id=item_id, to_member=member, to_role=role, revoked_at=None,
        defaults={"granted_by_id": by.person_id},
    )  # fmt: skip
    if new:
        wrote(by, "shared", topic, None if item_id == WHOLE_TOPIC else item_id, rule=f"grant {grant.pk}")
    return grant


@transaction.atomic
def revoke(*, by: Seat, grant: Grant) -> None:
    """Stop sharing. It works from the next request on, whatever page is open."""
    allow(policy.may_share(by) and grant.circle_id == by.circle_id)
    Grant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=timezone.now())
    item = None if grant.item_id == WHOLE_TOPIC else grant.item_id
    wrote(by, "stopped sharing", grant.topic, item, rule=f"grant {grant.pk}")


@transaction.atomic
def set_topics(*, by: Seat, member: Member, topics: Iterable[str]) -> None:
    """Make exactly these topics visible to a member (what reaches them through a role stays)."""
    wanted = set(topics)
    active = {grant.topic: grant for grant in member.grants.filter(revoked_at=None, item_id=WHOLE_TOPIC)}
    for topic in wanted - set(active):
        share(by=by, topic=Topic(topic), member=member)
    for topic in set(active) - wanted:
        revoke(by=by, grant=active[topic])


@transaction.atomic
def set_reach(*, by: Seat, item: Shareable, zone: str, members: Iterable[Member] = ()) -> None:
    """Decide for one item: only me, whoever sees this part, or the people named here."""
    allow(policy.may_share(by) and item.circle_id == by.circle_id)
    type(item)._default_manager.filter(pk=item.pk).update(zone=zone)
    item.zone = zone
    chosen = {member.pk: member for member in members} if zone == Zone.CHOSEN else {}
    active = {
        g.to_member_id: g for g in Grant.objects.filter(circle_id=item.circle_id, item_id=item.pk, revoked_at=None)
    }
    for member_id in set(chosen) - set(active):
        share(by=by, topic=item.topic, member=chosen[member_id], item_id=item.pk)
    for gone in set(active) - set(chosen):
        revoke(by=by, grant=active[gone])
    wrote(by, "set reach", item.topic, item.pk, fields=[zone])


def give_narrowest(*, circle: Circle, member: Member, granted_by: Person) -> None:
    """What a new member needs to take part at all, unless the client chose otherwise."""
    for topic in NARROWEST:
        Grant.objects.get_or_create(
            circle=circle, topic=topic, to_member=member, revoked_at=None, item_id=WHOLE_TOPIC, to_role="",
            defaults={"granted_by": granted_by},
        )  # fmt: skip


def topics_of(member: Member) -> list[str]:
    """The topics that this member sees because the client named them for it."""
    return list(member.grants.filter(revoked_at=None, item_id=WHOLE_TOPIC).values_list("topic", flat=True))


def topics_by_role(member: Member) -> list[Topic]:
    """The topics that this member sees because everyone, or everyone in this role, does."""
    grants = Grant.objects.filter(
        circle_id=member.circle_id, to_role__in=[member.role, EVERYONE], item_id=WHOLE_TOPIC, revoked_at=None
    )
    found = set(grants.values_list("topic", flat=True))
    return [topic for topic in Topic if topic in found]


def shareables(topic: Topic) -> list[type[Shareable]]:
    """Every kind of item of a topic, of whichever room: the rooms above need not sign in anywhere."""
    return [model for model in apps.get_models() if issubclass(model, Shareable) and model.topic == topic]


def item_or_404(by: Seat, topic: Topic, item_id: uuid.UUID) -> Shareable:
    for model in shareables(topic):
        found = policy.visible(model, by).filter(pk=item_id).first()
        if found is not None:
            return found
    raise Denied


def apart(by: Seat, topic: Topic) -> list[Shareable]:
    """The items of a topic that do not simply follow it."""
    own_way = ~Q(zone=Zone.CIRCLE)
    return [item for model in shareables(topic) for item in policy.visible(model, by).filter(own_way)]


@dataclasses.dataclass(frozen=True)
class Reach:
    """Who takes part and what is shared, read once: then every 'who sees this' costs no query."""

    members: tuple[Member, ...]
    grants: tuple[Grant, ...]

    @classmethod
    def of(cls, circle_id: uuid.UUID) -> "Reach":
        members = Member.objects.filter(circle_id=circle_id, joined_at__isnull=False, ended_at=None, paused_at=None)
        members = members.order_by("joined_at", "created_at")
        return cls(tuple(members), tuple(Grant.objects.filter(circle_id=circle_id, revoked_at=None)))

    def see(self, topic: str, item: Shareable | None = None) -> list[Member]:
        """The members who see a topic, or one item of it, by the same rule as `policy.reach`."""
        zone = Zone.CIRCLE if item is None else item.zone
        if zone == Zone.MINE:
            return []
        wanted = item.pk if item is not None and zone == Zone.CHOSEN else WHOLE_TOPIC
        grants = [g for g in self.grants if g.topic == topic and g.item_id == wanted]
        return [member for member in self.members if any(_reaches(grant, member) for grant in grants)]

    def topics_of(self, member: Member) -> list[Topic]:
        """The topics that this member sees as a whole, while they take part."""
        if member not in self.members:
            return []
        opened = {grant.topic for grant in self.grants if grant.item_id == WHOLE_TOPIC and _reaches(grant, member)}
        return [topic for topic in Topic if topic in opened]

    def words(self, topic: str, item: Shareable | None = None, also: Iterable[uuid.UUID | None] = ()) -> str:
        """'Only you', 'You and Marja', 'Your whole circle'. `also`: members who see it for a reason of their own."""
        seen = {member.pk for member in self.see(topic, item)} | set(also)
        seen_by = [member.name for member in self.members if member.pk in seen]
        return names_in_words(seen_by, len(self.members))


def names_in_words(seen_by: list[str], members: int) -> str:
    """The names of those who see something, out of so many members, as the line under it says."""
    if not seen_by:
        return _("Only you")
    if len(seen_by) == members and members > 2:
        return _("Your whole circle")
    *first, last = seen_by
    if not first:
        return _("You and %(names)s") % {"names": last}
    return _("You, %(names)s and %(last)s") % {"names": ", ".join(first), "last": last}


def _reaches(grant: Grant, member: Member) -> bool:
    if grant.to_member_id is not None:
        return grant.to_member_id == member.pk
    return grant.to_role in (member.role, EVERYONE)
