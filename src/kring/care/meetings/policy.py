"""Who sees and does what around meetings. The circle's own rules come first; this adds chairing and the agenda."""

from uuid import UUID

from django.db.models import F, Q, QuerySet

from kring.care.circles import policy as circle
from kring.care.circles.models import Member
from kring.care.circles.seats import Seat
from kring.care.circles.sharing import Reach
from kring.care.circles.topics import Task, Topic
from kring.care.meetings.models import AgendaItem, Attendance, DateAnswer, Decision, Meeting
from kring.care.plan.models import CrisisPlan, Goal


def visible(seat: Seat) -> QuerySet[Meeting]:
    return circle.visible(Meeting, seat)


def may_plan(seat: Seat) -> bool:
    return circle.may_keep(seat, Task.MEETINGS)


def may_chair(seat: Seat, meeting: Meeting) -> bool:
    """The client, whoever plans for them, and the member whom the client lets chair this meeting."""
    chairs = meeting.chair_id is not None and meeting.chair_id == seat.member_id and seat.kind == "member"
    return not seat.preview and meeting.cancelled_at is None and (may_plan(seat) or chairs)


def agenda(seat: Seat, meeting: Meeting, *, also_removed: bool = False) -> QuerySet[AgendaItem]:
    """The points of this meeting that the seat may see: a point about a goal only for whoever sees that goal."""
    goals, crisis = Topic.GOALS in seat.topics, Topic.CRISIS in seat.topics
    reach = points_reach(seat.kind, goals, crisis, seat.role, seat.circle_id, seat.member_id)
    found = AgendaItem.objects.filter(reach, meeting=meeting)
    found = found if also_removed else found.filter(removed_at=None)
    return found.select_related("goal", "meeting").annotate(goal_text=F("goal__text"))


def points_reach(
    kind: str, goals: bool, crisis: bool, role: str, circle_id: UUID, member_id: UUID | None, prefix: str = ""
) -> Q:
    """The rule for agenda points from plain values, so that a prepared query can use it too.

    A point about a goal is there only for who sees the goal, the crisis plan's only where that is shared. `prefix`
    reaches the point from what hangs on it.
    """
    if kind == "client":
        return Q()
    seen = Goal.objects.filter(
        circle.reach_by_values(Topic.GOALS, kind, goals, role, circle_id, member_id),
        circle_id=circle_id,
        removed_at__isnull=True,
    )
    plain = ["goal"] if crisis else ["goal", "crisis"]
    return ~Q(**{f"{prefix}kind__in": plain}) | Q(**{f"{prefix}kind": "goal", f"{prefix}goal__in": seen.values("pk")})


def decisions(seat: Seat, meeting: Meeting) -> QuerySet[Decision]:
    """What was decided, except under a point that this seat does not see."""
    goals, crisis = Topic.GOALS in seat.topics, Topic.CRISIS in seat.topics
    reach = decisions_reach(seat.kind, goals, crisis, seat.role, seat.circle_id, seat.member_id)
    return Decision.objects.filter(reach, meeting=meeting, removed_at=None)


def decisions_reach(kind: str, goals: bool, crisis: bool, role: str, circle_id: UUID, member_id: UUID | None) -> Q:
    if kind == "client":
        return Q()
    return Q(agenda_item=None) | points_reach(kind, goals, crisis, role, circle_id, member_id, "agenda_item__")


def answers(seat: Seat, meeting_id: UUID) -> QuerySet[DateAnswer]:
    """Answers to the date poll: all for who plans or sees the people, else only one's own."""
    given = DateAnswer.objects.filter(option__meeting=meeting_id).select_related("member")
    if sees_people(seat):
        return given.filter(Q(member=None) | Q(member__ended_at=None))
    return given.filter(own(seat))


def attendances(seat: Seat, meeting: Meeting) -> QuerySet[Attendance]:
    """Who comes: all for who plans or sees the people, else only oneself."""
    here = Attendance.objects.filter(meeting=meeting).select_related("member")
    if meeting.held_at is None:
        here = here.filter(member__ended_at=None)
    return here if sees_people(seat) else here.filter(own(seat))


def own(seat: Seat) -> Q:
    """Rows of the member in this seat; whoever is no member has none."""
    return Q(member_id=seat.member_id) if seat.member_id else Q(pk__in=[])


def sees_people(seat: Seat) -> bool:
    return seat.is_client or may_plan(seat) or Topic.PEOPLE in seat.topics


def invitees(meeting: Meeting) -> list[Member]:
    """The members who may see this meeting now, whatever was sent before."""
    return Reach.of(meeting.circle_id).see(Topic.MEETINGS, meeting)


def goals_to_discuss(seat: Seat) -> QuerySet[Goal]:
    """About three topics fit in a meeting: the goals that are open, the oldest first."""
    return circle.visible(Goal, seat).filter(reached_at=None, dropped_at=None).order_by("created_at")[:3]


def has_crisis_plan(seat: Seat) -> bool:
    return circle.visible(CrisisPlan, seat).exists()
