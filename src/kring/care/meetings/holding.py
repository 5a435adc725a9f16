"""Holding a meeting: decisions, who came, the end of it. Actions agreed here are the plan room's."""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.circles.trail import wrote
from kring.care.meetings import policy
from kring.care.meetings.models import AgendaItem, Attendance, Decision, Meeting
from kring.care.stored import allow


@transaction.atomic
def decide(*, by: Seat, meeting: Meeting, id: uuid.UUID, text: str, point: AgendaItem | None = None) -> Decision:
    """Write down what was decided, under the point it belongs to."""
    allow(policy.may_chair(by, meeting) and meeting.circle_id == by.circle_id)
    allow(point is None or policy.agenda(by, meeting).filter(pk=point.pk).exists())
    decision, new = Decision.objects.get_or_create(
        id=id, defaults={"meeting": meeting, "agenda_item": point, "text": text, "written_by_id": by.person_id}
    )
    allow(decision.meeting_id == meeting.pk)
    if new:
        wrote(by, "wrote decision", Topic.MEETINGS, meeting.pk)
    return decision


@transaction.atomic
def remove_decision(*, by: Seat, decision: Decision, back: bool = False) -> None:
    allow(policy.may_chair(by, decision.meeting) and policy.decisions(by, decision.meeting).exists() | back)
    Decision.objects.filter(pk=decision.pk).update(removed_at=None if back else timezone.now())
    wrote(by, "restored decision" if back else "removed decision", Topic.MEETINGS, decision.meeting_id)


@transaction.atomic
def finish(*, by: Seat, meeting: Meeting, came: Iterable[uuid.UUID]) -> None:
    """The meeting is over: remember who was there. It can be corrected; the moment it was held stays."""
    allow(policy.may_chair(by, meeting) and meeting.circle_id == by.circle_id)
    here = set(came)
    for member in policy.invitees(meeting):
        Attendance.objects.update_or_create(meeting=meeting, member=member, defaults={"came": member.pk in here})
    Meeting.objects.filter(pk=meeting.pk, held_at=None).update(held_at=meeting.starts_at or timezone.now())
    wrote(by, "held", Topic.MEETINGS, meeting.pk)


@transaction.atomic
def reopen(*, by: Seat, meeting: Meeting) -> None:
    """Undo finishing: the notes can be changed again."""
    allow(policy.may_plan(by) and meeting.circle_id == by.circle_id)
    Meeting.objects.filter(pk=meeting.pk).update(held_at=None)
    wrote(by, "reopened", Topic.MEETINGS, meeting.pk)
