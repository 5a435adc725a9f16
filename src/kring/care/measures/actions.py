"""Every write to the lines of progress: which measures there are and when. Filling in is in `filling`, what stands in
somebody's way in `factors`.

What is about a member's own line is written in the trail under a name that the client's log leaves out.
"""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from kring.care.audit.actions import record
from kring.care.circles.models import Member
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.circles.trail import wrote
from kring.care.measures import policy
from kring.care.measures.models import OwnMeasurement, OwnSchedule, OwnScore, Respondent, Schedule
from kring.care.people.models import Person
from kring.care.people.work import AtWork
from kring.care.second_guard import lifted
from kring.care.stored import allow, save_if_unchanged

OWN = "own measure"
"""What the trail calls a member's own line (see `circles.log.BETWEEN_TWO`)."""


def thing_of(line: Schedule | OwnSchedule) -> str:
    return OWN if isinstance(line, OwnSchedule) else Topic.PROGRESS


@transaction.atomic
def plan(
    *, by: Seat, id: uuid.UUID, instrument: str, respondent: str, member: Member | None = None, **content: Any
) -> Schedule:
    """Begin a line; content: starts_on, months, dates, zone. By the client it runs at once, else it is a proposal.

    A line of the same instrument that runs already is given back as it is.
    """
    allow(policy.may_plan(by))
    allow(member is None or (respondent == Respondent.PROFESSIONAL and policy.professionals(by).filter(pk=member.pk)))  # type: ignore[arg-type]
    decides = policy.may_decide(by)
    same = {"circle_id": by.circle_id, "instrument": instrument, "respondent": respondent, "member": member}
    running = Schedule.objects.filter(**same, removed_at=None, ended_at=None).exclude(pk=id).first()
    if running is not None:
        return running
    agreed = timezone.now() if decides else None
    made = {**same, **content, "proposed_by_id": by.person_id, "agreed_at": agreed}
    line, new = Schedule.objects.get_or_create(id=id, defaults=made)
    allow(line.circle_id == by.circle_id)
    if new:
        wrote(by, "planned questions" if decides else "proposed questions", Topic.PROGRESS, line.pk)
    return line


@transaction.atomic
def agree(*, by: Seat, line: Schedule) -> None:
    """The client says yes to a proposal."""
    allow(policy.may_decide(by) and line.circle_id == by.circle_id and line.removed_at is None)
    Schedule.objects.filter(pk=line.pk, agreed_at=None).update(agreed_at=timezone.now())
    wrote(by, "approved", Topic.PROGRESS, line.pk)


@transaction.atomic
def change(*, by: Seat, line: Schedule, version: int, **content: Any) -> Schedule:
    """Other months or days. Content: starts_on, months, dates."""
    allow(policy.may_decide(by) and line.circle_id == by.circle_id and line.removed_at is None)
    save_if_unchanged(line, version, content)
    wrote(by, "changed", Topic.PROGRESS, line.pk, fields=sorted(content))
    return line


STATES = {"pause": "paused questions", "resume": "resumed questions", "stop": "stopped questions"}


@transaction.atomic
def set_state(*, by: Seat, line: Schedule | OwnSchedule, state: str) -> None:
    """Pause a line, let it run again, or stop it. What was filled in stays."""
    allow(state in STATES and _decides(by, line))
    now = timezone.now()
    moments = {"pause": (now, None), "resume": (None, None), "stop": (None, now)}
    paused_at, ended_at = moments[state]
    allow(state != "resume" or not _doubled(line))
    type(line).objects.filter(pk=line.pk).update(paused_at=paused_at, ended_at=ended_at)
    wrote(by, STATES[state], thing_of(line), line.pk)


def _decides(by: Seat, line: Schedule | OwnSchedule) -> bool:
    if isinstance(line, OwnSchedule):
        return policy.own_lines(by).filter(pk=line.pk).exists()
    return policy.may_decide(by) and line.circle_id == by.circle_id and line.removed_at is None


def _doubled(line: Schedule | OwnSchedule) -> bool:
    """Another line of the same kind was begun after this one was stopped."""
    running = type(line).objects.filter(
        instrument=line.instrument, removed_at=None, ended_at=None, member=line.member_id
    )
    if isinstance(line, Schedule):
        running = running.filter(circle_id=line.circle_id, respondent=line.respondent)  # type: ignore[misc]
    return running.exclude(pk=line.pk).exists()


@transaction.atomic
def remove(*, by: Seat, line: Schedule | OwnSchedule, back: bool = False) -> None:
    """Take a line out with everything on it, or put it back. Saying no to a proposal is the same."""
    withdrawn = isinstance(line, Schedule) and policy.proposals_of(by).filter(pk=line.pk).exists()
    allow(withdrawn or _may_remove(by, line))
    allow(not back or not _doubled(line))
    type(line).objects.filter(pk=line.pk).update(removed_at=None if back else timezone.now())
    wrote(by, "restored" if back else "removed", thing_of(line), line.pk)


def _may_remove(by: Seat, line: Schedule | OwnSchedule) -> bool:
    if isinstance(line, OwnSchedule):
        return by.kind == "member" and not by.preview and line.member_id == by.member_id
    return policy.may_decide(by) and line.circle_id == by.circle_id


@transaction.atomic
def begin_own(*, by: Seat, id: uuid.UUID, instrument: str, **content: Any) -> OwnSchedule:
    """A member follows how it goes with themselves. Content: starts_on, months, dates."""
    allow(policy.may_keep_own(by))
    running = policy.own_lines(by).filter(instrument=instrument, ended_at=None).exclude(pk=id).first()
    if running is not None:
        return running
    made = {"circle_id": by.circle_id, "member_id": by.member_id, "instrument": instrument, **content}
    line, new = OwnSchedule.objects.get_or_create(id=id, defaults=made)
    allow(line.member_id == by.member_id)
    if new:
        wrote(by, "planned questions", OWN, line.pk)
    return line


@transaction.atomic
def remove_own(*, by: Person, line: OwnSchedule, back: bool = False) -> None:
    """Take out what one keeps about oneself, or put it back, without a seat in the circle where it began.

    The line in the trail names no circle, so it stands in nobody's log.
    """
    allow(policy.own_of(by).filter(pk=line.pk).exists())
    allow(not back or not _doubled(line))
    OwnSchedule.objects.filter(pk=line.pk).update(removed_at=None if back else timezone.now())
    record(by=AtWork(by, "self"), verb="restored" if back else "removed", thing=OWN, thing_id=line.pk, rule="own")


@lifted("whoever deletes their account has left the circles already")
@transaction.atomic
def forget_own(*, by: Person) -> None:
    """All that somebody kept about themselves goes with their account, in whatever circle it was."""
    lines = OwnSchedule.objects.filter(member__person=by)
    OwnScore.objects.filter(measurement__schedule__in=lines).delete()
    OwnMeasurement.objects.filter(schedule__in=lines).delete()
    lines.delete()


@transaction.atomic
def share_own(*, by: Seat, line: OwnSchedule, share: bool) -> None:
    """The member lets the client see this line, or no longer."""
    allow(policy.own_lines(by).filter(pk=line.pk).exists())
    OwnSchedule.objects.filter(pk=line.pk).update(shared_at=timezone.now() if share else None)
    wrote(by, "shared" if share else "stopped sharing", OWN, line.pk)
