"""What the home of a circle shows, read with prepared queries: the same number whatever a circle holds."""

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from kring.care.circles.models import Circle, Member, Tie
from kring.care.circles.policy import reach_by_values
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.meetings.models import Attendance, DateAnswer, Meeting
from kring.care.plan.models import Action, CrisisPlan, Dream, Goal
from kring.care.plan.policy import actions_reach
from kring.care.prepared import prepared

STILL_ON = dt.timedelta(hours=4)  # a meeting stays the next one for a while after it began
NAMES = 12
FEW = 5


@dataclasses.dataclass(frozen=True)
class Home:
    """The next meeting, what one will do, what waits for the client's yes, who is there, and what is there already."""

    meeting: Any | None
    actions: list[Any]
    waiting: list[Any]
    members: list[Any]
    begun: Any | None


def home_of(seat: Seat) -> Home:
    now = timezone.now() - STILL_ON
    member = seat.member_id or uuid.UUID(int=0)
    place = {"circle_id": seat.circle_id, "member_id": member}
    opened = {topic: topic in seat.topics for topic in (Topic.MEETINGS, Topic.ACTIONS)}
    names = seat.is_client or Topic.PEOPLE in seat.topics
    begun = _begun.first(circle_id=seat.circle_id, now=now) if seat.is_client else None
    if begun is not None:
        meeting = begun if begun.meeting_id else None
    else:
        meeting = _next_meeting.first(seat.kind, opened[Topic.MEETINGS], seat.role, now=now, **place)
    return Home(
        meeting=meeting,
        actions=_own_actions.rows(seat.kind, opened[Topic.ACTIONS], seat.role, **place),
        waiting=_waiting.rows(circle_id=seat.circle_id) if seat.is_client else [],
        members=_members.rows(circle_id=seat.circle_id) if names else [],
        begun=begun,
    )


@prepared(circle_id=uuid.UUID, member_id=uuid.UUID, now=dt.datetime)
def _next_meeting(
    kind: str, opened: bool, role: str, *, circle_id: uuid.UUID, member_id: uuid.UUID, now: dt.datetime
) -> QuerySet[Any, Any]:
    """The first meeting to come; one that still looks for a date comes after those that have one."""
    coming = Meeting.objects.filter(
        Q(starts_at__isnull=True) | Q(starts_at__gte=now),
        reach_by_values(Topic.MEETINGS, kind, opened, role, circle_id, member_id),
        circle_id=circle_id,
        removed_at__isnull=True,
        held_at__isnull=True,
        cancelled_at__isnull=True,
    )
    first = coming.order_by(F("starts_at").asc(nulls_last=True), "created_at").annotate(
        meeting_id=F("pk"),
        meeting_place=F("place"),
        answered=Exists(DateAnswer.objects.filter(option__meeting=OuterRef("pk"), member_id=member_id))
        | Exists(Attendance.objects.filter(meeting=OuterRef("pk"), member_id=member_id).exclude(reply="")),
    )
    return first.values_list("meeting_id", "starts_at", "meeting_place", "answered", named=True)[:1]


@prepared(circle_id=uuid.UUID, member_id=uuid.UUID)
def _own_actions(
    kind: str, opened: bool, role: str, *, circle_id: uuid.UUID, member_id: uuid.UUID
) -> QuerySet[Any, Any]:
    own = Q(owner_is_client=True) if kind == "client" else Q(owner_id=member_id)
    todo = Action.objects.filter(
        own, actions_reach(kind, opened, role, circle_id, member_id),
        circle_id=circle_id, removed_at__isnull=True, done_at__isnull=True,
    )  # fmt: skip
    by_date = todo.order_by(F("due_on").asc(nulls_last=True), "created_at")
    return by_date.values_list("text", "due_on", "accepted_at", named=True)[:FEW]


@prepared(circle_id=uuid.UUID)
def _waiting(*, circle_id: uuid.UUID) -> QuerySet[Any, Any]:
    """Proposals that wait for the client's yes."""
    proposed = Action.objects.filter(
        circle_id=circle_id, removed_at__isnull=True, done_at__isnull=True, approved_at__isnull=True
    )
    named = proposed.annotate(proposed_by_name=F("proposed_by__name"))
    return named.order_by("created_at").values_list("text", "proposed_by_name", named=True)[:FEW]


@prepared(circle_id=uuid.UUID)
def _members(*, circle_id: uuid.UUID) -> QuerySet[Any, Any]:
    here = Member.objects.filter(circle_id=circle_id, joined_at__isnull=False, ended_at__isnull=True)
    return here.order_by("joined_at").values_list("name", "paused_at", named=True)[:NAMES]


@prepared(circle_id=uuid.UUID, now=dt.datetime)
def _begun(*, circle_id: uuid.UUID, now: dt.datetime) -> QuerySet[Any, Any]:
    """For the client: which parts hold something (the next small step is offered from it), and the next meeting."""
    meeting = _next_meeting.build("client", True, "client", circle_id=circle_id, member_id=circle_id, now=now)
    here = {"circle_id": OuterRef("pk")}
    there = {**here, "removed_at__isnull": True}
    parts = Circle.objects.filter(pk=circle_id).annotate(
        has_map=Exists(Tie.objects.filter(**there)),
        has_people=Exists(Member.objects.filter(**here, ended_at__isnull=True)),
        has_dream=Exists(Dream.objects.filter(**there)) | Exists(Goal.objects.filter(**there)),
        has_crisis_plan=Exists(CrisisPlan.objects.filter(**there)),
        meeting_id=Subquery(meeting.values("pk")),
        starts_at=Subquery(meeting.values("starts_at")),
        meeting_place=Subquery(meeting.values("place")),
    )
    return parts.values_list(
        "has_map", "has_people", "has_dream", "has_crisis_plan", "meeting_id", "starts_at", "meeting_place", named=True
    )
