"""What the page of one meeting shows, read with prepared queries: it is one of the busiest pages."""

import uuid
from typing import Any

from django.db.models import F, QuerySet

from kring.care.circles.policy import reach_by_values
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.meetings import policy
from kring.care.meetings.models import AgendaItem, Attendance, Decision, Meeting
from kring.care.plan.models import Action
from kring.care.plan.policy import actions_reach
from kring.care.prepared import prepared
from kring.care.stored import Denied

MOST = 100  # rows of one list on one page
NOBODY = uuid.UUID(int=0)


def meeting_for(seat: Seat, meeting_id: uuid.UUID) -> Any:
    """The row of a meeting that this seat sees, or 404."""
    found = _meeting.first(
        seat.kind, Topic.MEETINGS in seat.topics, seat.role, circle_id=seat.circle_id,
        member_id=seat.member_id or NOBODY, meeting_id=meeting_id,
    )  # fmt: skip
    if found is None:
        raise Denied
    return found


def agenda_of(seat: Seat, meeting_id: uuid.UUID) -> dict[str, Any]:
    """The points with what was decided under each, and the actions agreed here, as far as the seat sees them."""
    shape = (seat.kind, Topic.GOALS in seat.topics, Topic.CRISIS in seat.topics, seat.role)
    place = {"circle_id": seat.circle_id, "member_id": seat.member_id or NOBODY, "meeting_id": meeting_id}
    return {
        "kinds": dict(AgendaItem.KINDS),
        "points": _points.rows(*shape, **place),
        "decisions": _decisions.rows(*shape, **place),
        "agreed": _agreed.rows(seat.kind, Topic.ACTIONS in seat.topics, seat.role, **place),
    }


def attendances_of(seat: Seat, meeting: Any) -> list[Any]:
    shape = (policy.sees_people(seat), meeting.held_at is not None)
    return _attendances.rows(*shape, meeting_id=meeting.id, member_id=seat.member_id or NOBODY)


@prepared(circle_id=uuid.UUID, member_id=uuid.UUID, meeting_id=uuid.UUID)
def _meeting(
    kind: str, opened: bool, role: str, *, circle_id: uuid.UUID, member_id: uuid.UUID, meeting_id: uuid.UUID
) -> QuerySet[Any, Any]:
    reach = reach_by_values(Topic.MEETINGS, kind, opened, role, circle_id, member_id)
    found = Meeting.objects.filter(reach, pk=meeting_id, circle_id=circle_id, removed_at__isnull=True)
    return found.annotate(chair_name=F("chair__name")).values_list(
        "id", "circle_id", "starts_at", "minutes", "place", "chair_id", "chair_name", "held_at", "cancelled_at",
        "zone", named=True,
    )  # fmt: skip


@prepared(circle_id=uuid.UUID, member_id=uuid.UUID, meeting_id=uuid.UUID)
def _points(
    kind: str, goals: bool, crisis: bool, role: str,
    *, circle_id: uuid.UUID, member_id: uuid.UUID, meeting_id: uuid.UUID,
) -> QuerySet[Any, Any]:  # fmt: skip
    reach = policy.points_reach(kind, goals, crisis, role, circle_id, member_id)
    found = AgendaItem.objects.filter(reach, meeting_id=meeting_id, removed_at__isnull=True)
    named = found.annotate(goal_text=F("goal__text")).order_by("order", "created_at")
    return named.values_list("id", "title", "kind", "goal_text", "notes", named=True)[:MOST]


@prepared(circle_id=uuid.UUID, member_id=uuid.UUID, meeting_id=uuid.UUID)
def _decisions(
    kind: str, goals: bool, crisis: bool, role: str,
    *, circle_id: uuid.UUID, member_id: uuid.UUID, meeting_id: uuid.UUID,
) -> QuerySet[Any, Any]:  # fmt: skip
    reach = policy.decisions_reach(kind, goals, crisis, role, circle_id, member_id)
    found = Decision.objects.filter(reach, meeting_id=meeting_id, removed_at__isnull=True)
    return found.order_by("created_at").values_list("id", "agenda_item_id", "text", named=True)[:MOST]


@prepared(circle_id=uuid.UUID, member_id=uuid.UUID, meeting_id=uuid.UUID)
def _agreed(
    kind: str, opened: bool, role: str, *, circle_id: uuid.UUID, member_id: uuid.UUID, meeting_id: uuid.UUID
) -> QuerySet[Any, Any]:
    reach = actions_reach(kind, opened, role, circle_id, member_id)
    found = Action.objects.filter(reach, circle_id=circle_id, meeting_id=meeting_id, removed_at__isnull=True)
    named = found.annotate(owner_name=F("owner__name")).order_by("created_at")
    return named.values_list(
        "id", "text", "owner_name", "owner_is_client", "due_on", "accepted_at", "done_at", named=True
    )[:MOST]


@prepared(meeting_id=uuid.UUID, member_id=uuid.UUID)
def _attendances(all_of_them: bool, held: bool, *, meeting_id: uuid.UUID, member_id: uuid.UUID) -> QuerySet[Any, Any]:
    found = Attendance.objects.filter(meeting_id=meeting_id)
    if not held:
        found = found.filter(member__ended_at__isnull=True)
    if not all_of_them:
        found = found.filter(member_id=member_id)
    named = found.annotate(name=F("member__name")).order_by("name")
    return named.values_list("id", "member_id", "name", "reply", "came", named=True)[:MOST]
