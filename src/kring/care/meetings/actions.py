"""Planning a meeting: a date or a poll, who comes, who leads, the agenda. Holding it is in `holding`."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kring.care.circles.actions import own_member
from kring.care.circles.models import Member
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.circles.trail import wrote
from kring.care.meetings import policy
from kring.care.meetings.models import AgendaItem, Attendance, DateAnswer, DateOption, Meeting
from kring.care.meetings.notices import tell_attendees
from kring.care.stored import allow, save_if_unchanged


@transaction.atomic
def plan_meeting(
    *,
    by: Seat,
    id: uuid.UUID,
    starts_at: dt.datetime | None = None,
    options: Sequence[dt.datetime] = (),
    chair: Member | None = None,
    **content: object,
) -> Meeting:
    """Plan a meeting on a date, or put up some dates to choose from. `chair` None means that the client leads."""
    allow(policy.may_plan(by) and (chair is None or chair.circle_id == by.circle_id))
    meeting, new = Meeting.objects.get_or_create(
        id=id,
        defaults={"circle_id": by.circle_id, "starts_at": starts_at, "chair": chair, "planned_by_id": by.person_id}
        | content,
    )
    allow(meeting.circle_id == by.circle_id)
    if not new:
        return meeting
    wrote(by, "planned", Topic.MEETINGS, meeting.pk)
    for moment in options:
        DateOption.objects.get_or_create(meeting=meeting, starts_at=moment)
    tell_attendees(meeting)
    return meeting


@transaction.atomic
def change_meeting(*, by: Seat, meeting: Meeting, version: int, **content: object) -> Meeting:
    """Move a meeting, or change its place, length or chair. A new date asks everybody again."""
    allow(policy.may_plan(by) and meeting.circle_id == by.circle_id and meeting.held_at is None)
    chair = content.get("chair")
    allow(not isinstance(chair, Member) or chair.circle_id == by.circle_id)
    moved = "starts_at" in content and content["starts_at"] != Meeting.objects.get(pk=meeting.pk).starts_at
    save_if_unchanged(meeting, version, content)
    wrote(by, "changed", Topic.MEETINGS, meeting.pk, fields=sorted(content))
    if moved:
        meeting.attendances.update(reply="")
    _raise_sequence(meeting)
    return meeting


@transaction.atomic
def pick_date(*, by: Seat, option: DateOption) -> Meeting:
    """The poll is over: this is the date. Whoever said yes to it is taken to come."""
    meeting = option.meeting
    allow(policy.may_plan(by) and meeting.circle_id == by.circle_id and meeting.held_at is None)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=option.starts_at, version=F("version") + 1)
    meeting.refresh_from_db()
    for answer in option.answers.filter(answer="yes", member__isnull=False).select_related("member"):
        Attendance.objects.update_or_create(meeting=meeting, member=answer.member, defaults={"reply": "yes"})
    wrote(by, "picked date", Topic.MEETINGS, meeting.pk)
    _raise_sequence(meeting)
    return meeting


@transaction.atomic
def cancel_meeting(*, by: Seat, meeting: Meeting, back: bool = False) -> None:
    """Call a meeting off, or on again."""
    allow(policy.may_plan(by) and meeting.circle_id == by.circle_id and meeting.held_at is None)
    Meeting.objects.filter(pk=meeting.pk).update(cancelled_at=None if back else timezone.now())
    meeting.refresh_from_db()
    wrote(by, "restored" if back else "cancelled", Topic.MEETINGS, meeting.pk)
    _raise_sequence(meeting)


def _raise_sequence(meeting: Meeting) -> None:
    """A calendar takes a change only when its number is higher than that of the last one."""
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1)
    meeting.refresh_from_db()
    tell_attendees(meeting)


@transaction.atomic
def answer_date(*, by: Seat, option: DateOption, answer: str) -> DateAnswer:
    """Say yes, maybe or no to a date. The last answer counts."""
    meeting = option.meeting
    allow(not by.preview and policy.visible(by).filter(pk=meeting.pk, starts_at=None, cancelled_at=None).exists())
    allow(by.is_client or by.kind == "member")
    given, _new = DateAnswer.objects.update_or_create(
        option=option,
        member=None if by.is_client else own_member(by),
        by_client=by.is_client,
        defaults={"answer": answer},
    )
    wrote(by, "answered date", Topic.MEETINGS, meeting.pk)
    return given


@transaction.atomic
def reply(*, by: Seat, meeting: Meeting, answer: str) -> Attendance:
    """A member says whether they come."""
    allow(by.kind == "member" and not by.preview)
    allow(policy.visible(by).filter(pk=meeting.pk, cancelled_at=None, held_at=None).exists())
    given, _new = Attendance.objects.update_or_create(
        meeting=meeting, member=own_member(by), defaults={"reply": answer}
    )
    wrote(by, "replied", Topic.MEETINGS, meeting.pk)
    return given


FIRST_AGENDA = ("welcome", "method", "goals", "crisis", "roles", "actions", "look")
NEXT_AGENDA = ("welcome", "last", "goals", "actions", "look")


@transaction.atomic
def draft_agenda(*, by: Seat, meeting: Meeting) -> list[AgendaItem]:
    """Fill an empty agenda from what is open: the first meeting has the method's own order."""
    allow(policy.may_plan(by) and meeting.circle_id == by.circle_id)
    if not meeting.agenda.filter(removed_at=None).exists():
        _fill(by, meeting)
        wrote(by, "drafted agenda", Topic.MEETINGS, meeting.pk)
    return list(policy.agenda(by, meeting))


def _fill(by: Seat, meeting: Meeting) -> None:
    first = not Meeting.objects.filter(circle_id=by.circle_id, held_at__isnull=False).exists()
    points: list[AgendaItem] = []
    for kind in FIRST_AGENDA if first else NEXT_AGENDA:
        if kind == "goals":
            points += [AgendaItem(meeting=meeting, kind="goal", goal=goal) for goal in policy.goals_to_discuss(by)]
        elif kind != "crisis" or policy.has_crisis_plan(by):
            points.append(AgendaItem(meeting=meeting, kind=kind))
    for order, point in enumerate(points):
        point.order = order
    AgendaItem.objects.bulk_create(points)


@transaction.atomic
def add_point(*, by: Seat, meeting: Meeting, id: uuid.UUID, title: str) -> AgendaItem:
    """Whoever comes may put something on the agenda."""
    allow(not by.preview and (by.is_client or by.kind == "member"))
    allow(policy.visible(by).filter(pk=meeting.pk, held_at=None, cancelled_at=None).exists())
    last = meeting.agenda.order_by("-order").first()
    point, new = AgendaItem.objects.get_or_create(
        id=id, defaults={"meeting": meeting, "title": title, "order": last.order + 1 if last else 0}
    )
    allow(point.meeting_id == meeting.pk)
    if new:
        wrote(by, "added to agenda", Topic.MEETINGS, meeting.pk)
    return point


@transaction.atomic
def remove_point(*, by: Seat, point: AgendaItem, back: bool = False) -> None:
    allow(policy.may_chair(by, point.meeting) and point.meeting.circle_id == by.circle_id)
    AgendaItem.objects.filter(pk=point.pk).update(removed_at=None if back else timezone.now())
    wrote(by, "changed agenda", Topic.MEETINGS, point.meeting_id)


@transaction.atomic
def move_point(*, by: Seat, point: AgendaItem, up: bool) -> None:
    """Change places with the neighbour above or below, among the points that this seat sees."""
    allow(policy.may_chair(by, point.meeting) and point.meeting.circle_id == by.circle_id)
    points = list(policy.agenda(by, point.meeting))
    here = points.index(point)
    there = here - 1 if up else here + 1
    if 0 <= there < len(points):
        points[here], points[there] = points[there], points[here]
        places = sorted(p.order for p in points)
        if len(set(places)) < len(places):
            places = list(range(len(points)))
        for order, one in zip(places, points, strict=True):
            AgendaItem.objects.filter(pk=one.pk).update(order=order)
    wrote(by, "changed agenda", Topic.MEETINGS, point.meeting_id)


@transaction.atomic
def write_notes(*, by: Seat, point: AgendaItem, version: int, notes: str) -> AgendaItem:
    allow(policy.may_chair(by, point.meeting) and policy.agenda(by, point.meeting).filter(pk=point.pk).exists())
    save_if_unchanged(point, version, {"notes": notes})
    wrote(by, "wrote notes", Topic.MEETINGS, point.meeting_id)
    return point
