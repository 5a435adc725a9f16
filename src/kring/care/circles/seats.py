"""A seat: the place from which somebody looks at a circle. It is worked out once per request, from the database.

The same person may sit as client in one circle and as sister in another. What a seat may see and do is decided in
`policy`; this module only finds out which seat somebody has. No seat means: for this person the circle does not
exist (404).
"""

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from kring.care.circles.models import WHOLE_TOPIC, Circle, GlassBreak, Grant, Handover, Member
from kring.care.circles.topics import EVERYONE, TASK_TOPICS, Task, Topic
from kring.care.people.models import Person, Role
from kring.care.people.policy import posts_of
from kring.care.prepared import prepared
from kring.care.stored import Denied

GLASS_TOPICS = (Topic.CRISIS, Topic.PEOPLE)
"""Emergency access opens the narrowest that helps: the crisis plan and whom to call."""


@dataclasses.dataclass(frozen=True)
class Seat:
    """Who looks at which circle, in which role, and under which rule each topic is open to them."""

    person_id: uuid.UUID
    person_name: str
    circle: Any  # a row of `_circle`: id, client_id, client_name, name, phase, ...
    kind: str  # client, member, paused, glass
    role: str  # client, a MemberRole, or emergency
    member_id: uuid.UUID | None = None
    topics: dict[str, str] = dataclasses.field(default_factory=dict)  # topic -> rule that opens it
    tasks: dict[str, str] = dataclasses.field(default_factory=dict)  # task handed over -> rule
    preview: bool = False

    @property
    def circle_id(self) -> uuid.UUID:
        found: uuid.UUID = self.circle.id
        return found

    @property
    def client_id(self) -> uuid.UUID:
        found: uuid.UUID = self.circle.client_id
        return found

    @property
    def is_client(self) -> bool:
        return self.kind == "client"

    @property
    def breaks_glass(self) -> bool:
        return self.kind == "glass"

    @property
    def glass_open(self) -> bool:
        """Somebody has emergency access to this circle at this moment."""
        until = self.circle.glass_until
        return until is not None and until > timezone.now()

    @property
    def open(self) -> bool:
        """The circle is running: neither paused nor closed."""
        return self.circle.paused_at is None and self.circle.closed_at is None

    def rule(self, topic: str) -> str:
        """Why this seat may see a topic; an item shared on its own says so."""
        return "client" if self.is_client else self.topics.get(topic, "item grant")

    def does(self, task: str) -> bool:
        """The client does everything; a member does what was handed over, until it ends."""
        return not self.preview and (self.is_client or task in self.tasks)


@prepared(circle_id=uuid.UUID)
def _circle(*, circle_id: uuid.UUID) -> QuerySet[Any, Any]:
    last_glass = GlassBreak.objects.filter(circle_id=OuterRef("pk")).order_by("-ends_at").values("ends_at")[:1]
    named = Circle.objects.filter(pk=circle_id).annotate(
        client_name=F("client__name"), glass_until=Subquery(last_glass)
    )
    return named.values_list(
        "id", "client_id", "client_name", "name", "phase", "team_id", "on_paper", "paused_at", "closed_at",
        "place", "chair", "every_weeks", "channel", "version", "glass_until", named=True,
    )  # fmt: skip


@prepared(circle_id=uuid.UUID, person_id=uuid.UUID)
def _member(*, circle_id: uuid.UUID, person_id: uuid.UUID) -> QuerySet[Any, Any]:
    return Member.objects.filter(
        circle_id=circle_id, person_id=person_id, joined_at__isnull=False, ended_at__isnull=True
    ).values_list("id", "role", "name", "paused_at", named=True)


@prepared(circle_id=uuid.UUID, member_id=uuid.UUID)
def _grants(role: str, *, circle_id: uuid.UUID, member_id: uuid.UUID) -> QuerySet[Any, Any]:
    return Grant.objects.filter(
        Q(to_member_id=member_id) | Q(to_role__in=[role, EVERYONE]),
        circle_id=circle_id,
        item_id=WHOLE_TOPIC,
        revoked_at__isnull=True,
    ).values_list("topic", "id", named=True)


@prepared(circle_id=uuid.UUID, member_id=uuid.UUID, today=dt.date)
def _handovers(*, circle_id: uuid.UUID, member_id: uuid.UUID, today: dt.date) -> QuerySet[Any, Any]:
    return Handover.objects.filter(
        circle_id=circle_id, to_member_id=member_id, ended_at__isnull=True, until__gte=today
    ).values_list("task", "id", named=True)


def seat_of(person: Person, circle_id: uuid.UUID) -> Seat | None:
    """The seat that this person has now in this circle, or None."""
    circle = _circle.first(circle_id=circle_id)
    if circle is None:
        return None
    if circle.client_id == person.pk:
        return Seat(person.pk, person.name, circle, "client", "client")
    member = _member.first(circle_id=circle_id, person_id=person.pk)
    if member is None:
        return _glass_seat(person, circle)
    return member_seat(circle, member, person_id=person.pk, person_name=person.name)


def seat_or_404(person: Person, circle_id: uuid.UUID) -> Seat:
    seat = seat_of(person, circle_id)
    if seat is None:
        raise Denied
    return seat


def preview_seat(client: Seat, member: Member, topics: list[str] | None = None) -> Seat:
    """The circle as one member sees it, for the client to look through. Nothing can be changed from it.

    `topics` is for somebody who is not in the circle yet: what the client is about to open for them.
    """
    if not client.is_client or member.circle_id != client.circle_id or member.ended_at is not None:
        raise Denied
    seat = member_seat(client.circle, member, person_id=client.person_id, person_name=client.person_name)
    if topics is not None:
        seat = dataclasses.replace(seat, topics=seat.topics | dict.fromkeys(topics, "invitation"))
    return dataclasses.replace(seat, preview=True, tasks={})


def member_seat(circle: Any, member: Any, *, person_id: uuid.UUID, person_name: str) -> Seat:
    seat = Seat(person_id, person_name, circle, "member", member.role, member.id)
    if member.paused_at is not None or not seat.open:
        return dataclasses.replace(seat, kind="paused")
    today = timezone.localdate()
    tasks = {
        row.task: f"handover {row.id}" for row in _handovers.rows(circle_id=circle.id, member_id=member.id, today=today)
    }
    grants = {
        row.topic: f"grant {row.id}" for row in _grants.rows(member.role, circle_id=circle.id, member_id=member.id)
    }
    handed = {TASK_TOPICS[Task(task)].value: rule for task, rule in tasks.items()}
    return dataclasses.replace(seat, topics=handed | grants, tasks=tasks)


def _glass_seat(person: Person, circle: Any) -> Seat | None:
    still_listed = posts_of(person).filter(role=Role.EMERGENCY)
    broken = GlassBreak.objects.filter(
        Exists(still_listed), person=person, circle_id=circle.id, ends_at__gt=timezone.now()
    ).first()
    if broken is None:
        return None
    rule = f"emergency {broken.pk}"
    topics = {topic.value: rule for topic in GLASS_TOPICS}
    return Seat(person.pk, person.name, circle, "glass", "emergency", topics=topics)
