"""Who sees how it goes, and who fills in.

The client sees all that is about them, and decides who else does: through the topic, or one line at a time. A member's
own line is that member's: for the client it does not exist until the member shares it, and for others never.
"""

import uuid
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from kring.care.circles.models import Member
from kring.care.circles.policy import SECOND_THOUGHTS, may_direct, may_type_on, reach_by_values, visible
from kring.care.circles.seats import Seat
from kring.care.circles.topics import FORMAL_ROLES, MemberRole, Task, Topic, Zone
from kring.care.measures.models import (
    FilledIn,
    LifeFactor,
    LoadedInstrument,
    Measurement,
    OwnMeasurement,
    OwnSchedule,
    Respondent,
    Schedule,
)
from kring.care.people.models import Person
from kring.care.stored import Denied

Row = TypeVar("Row")
RUNNING = Q(removed_at__isnull=True, ended_at__isnull=True, paused_at__isnull=True)


def lines_visible_to(seat: Seat) -> QuerySet[Schedule]:
    """The lines of progress that this seat sees. A proposal is the client's to look at first."""
    seen = visible(Schedule, seat)
    return seen if seat.is_client else seen.filter(agreed_at__isnull=False)


def proposals_of(seat: Seat) -> QuerySet[Schedule]:
    """What this seat proposed and the client has not answered."""
    made = Schedule.objects.filter(circle_id=seat.circle_id, removed_at=None, agreed_at=None)
    return made.filter(proposed_by_id=seat.person_id) if seat.kind == "member" and not seat.preview else made.none()


def measurements_visible_to(seat: Seat) -> QuerySet[Measurement]:
    """What was filled in: for the client all of it, for others what is finished on the lines that they see.

    Whoever filled something in themselves sees it, unless the client keeps that line apart.
    """
    present = Measurement.objects.filter(schedule__circle_id=seat.circle_id, removed_at=None)
    if seat.is_client:
        return present
    shown = Q(schedule__in=lines_visible_to(seat), completed_at__isnull=False, only_me=False)
    return present.filter(shown | _own_work(seat))


def _own_work(seat: Seat) -> Q:
    if seat.kind != "member" or seat.preview:
        return Q(pk__in=[])
    return Q(filled_by_id=seat.person_id, schedule__in=asked_of(seat))


def asked_of(seat: Seat) -> QuerySet[Schedule]:
    """The agreed lines that this seat may fill in, running or not."""
    if seat.preview or not seat.open or seat.kind not in ("client", "member"):
        return Schedule.objects.none()
    opened, types = Topic.PROGRESS in seat.topics, seat.does(Task.PROGRESS)
    return asked_by_values(seat.kind, opened, seat.role, types, seat.circle_id, seat.member_id)


def asked_by_values(
    kind: str, opened: bool, role: str, types: bool, circle_id: uuid.UUID, member_id: uuid.UUID | None
) -> QuerySet[Schedule]:
    """`asked_of` from plain values, so that a prepared query can use the same rule."""
    agreed = Schedule.objects.filter(circle_id=circle_id, removed_at__isnull=True, agreed_at__isnull=False)
    if kind == "client":
        return agreed.filter(respondent=Respondent.CLIENT)
    seen = reach_by_values(Topic.PROGRESS, kind, opened, role, circle_id, member_id)
    typed = Q(respondent=Respondent.CLIENT) & seen if types else Q(pk__in=[])
    if role not in FORMAL_ROLES:
        return agreed.filter(typed)
    mine = (Q(member_id=member_id) | Q(member__isnull=True)) & (Q(zone=Zone.CIRCLE) | seen)
    return agreed.filter(typed | mine & Q(respondent=Respondent.PROFESSIONAL))


def own_lines(seat: Seat) -> QuerySet[OwnSchedule]:
    """What a member keeps about themselves. Nobody looks through their eyes: not even the client, in a preview."""
    found = OwnSchedule.objects.filter(circle_id=seat.circle_id, member_id=seat.member_id, removed_at=None)  # type: ignore[misc]
    return found if seat.kind == "member" and not seat.preview else found.none()


def own_of(person: Person) -> QuerySet[OwnSchedule]:
    """All that somebody keeps about themselves, in whatever circle: also after they left it, or in a pause."""
    return OwnSchedule.objects.filter(member__person=person)


def lines_shared_with(seat: Seat) -> QuerySet[OwnSchedule]:
    """Members' own lines that they share with the client, as long as they take part."""
    found = OwnSchedule.objects.filter(circle_id=seat.circle_id, removed_at=None, shared_at__isnull=False)
    here = found.filter(member__ended_at=None, member__paused_at=None)
    return here if seat.is_client else here.none()


def own_measurements_visible_to(seat: Seat) -> QuerySet[OwnMeasurement]:
    present = OwnMeasurement.objects.filter(removed_at=None)
    shared = Q(schedule__in=lines_shared_with(seat), completed_at__isnull=False)
    return present.filter(Q(schedule__in=own_lines(seat)) | shared)


def line_or_404(seat: Seat, line_id: uuid.UUID) -> Schedule | OwnSchedule:
    """A line that this seat sees or may fill in, of whichever kind."""
    mine = Q(pk__in=lines_visible_to(seat)) | Q(pk__in=asked_of(seat)) | Q(pk__in=proposals_of(seat))
    line = Schedule.objects.filter(mine, pk=line_id).first()
    return line or _found(_own(seat).filter(pk=line_id).first())


def _own(seat: Seat) -> QuerySet[OwnSchedule]:
    return OwnSchedule.objects.filter(Q(pk__in=own_lines(seat)) | Q(pk__in=lines_shared_with(seat)))


def filled_or_404(seat: Seat, measurement_id: uuid.UUID) -> Measurement | OwnMeasurement:
    """A filling-in that this seat may work on or take out."""
    about = measurements_visible_to(seat).select_related("schedule").filter(pk=measurement_id).first()
    own = own_measurements_visible_to(seat).select_related("schedule").filter(pk=measurement_id)
    return about or _found(own.first())


def _found(row: Row | None) -> Row:
    if row is None:
        raise Denied
    return row


def may_fill(seat: Seat, line: Schedule | OwnSchedule) -> bool:
    """Begin, go on, finish, decline: while the line runs and the circle is open."""
    if not seat.open or line.circle_id != seat.circle_id:
        return False
    mine = own_lines(seat) if isinstance(line, OwnSchedule) else asked_of(seat)
    return mine.filter(RUNNING, pk=line.pk).exists()


def lines_to_fill(seat: Seat) -> list[Schedule | OwnSchedule]:
    """Every line of which `may_fill` says yes."""
    return [*asked_of(seat).filter(RUNNING), *own_lines(seat).filter(RUNNING)] if seat.open else []


def may_work_on(seat: Seat, filled: FilledIn) -> bool:
    """Answer one of these questions: whoever may fill in the line, and a draft of somebody else's stays theirs.

    The client goes on with what somebody typed for them, and the other way round.
    """
    line = filled.schedule  # type: ignore[attr-defined]
    return filled.removed_at is None and may_fill(seat, line) and goes_on_with(seat, line, filled)


def goes_on_with(seat: Seat, line: Schedule | OwnSchedule, filled: FilledIn) -> bool:
    """`may_work_on` for a page that knows already that this seat may fill in the line."""
    shared_task = isinstance(line, Schedule) and line.respondent == Respondent.CLIENT
    return shared_task or filled.filled_by_id == seat.person_id


def may_reopen(seat: Seat, filled: FilledIn) -> bool:
    """Change one's mind about a finished one, for a while."""
    done = filled.completed_at
    return done is not None and done > timezone.now() - SECOND_THOUGHTS and may_work_on(seat, filled)


def may_remove(seat: Seat, filled: Measurement | OwnMeasurement) -> bool:
    """Take a filling-in out, and put it back: the client for what is about them, a member for their own."""
    if isinstance(filled, OwnMeasurement):
        return own_lines(seat).filter(pk=filled.schedule_id).exists()
    return may_decide(seat) and filled.schedule.circle_id == seat.circle_id


def may_decide(seat: Seat) -> bool:
    """Which measures there are, and when: the client. In a circle on paper whoever types what the client says."""
    return may_direct(seat) or (may_type_on(seat) and Task.PROGRESS in seat.tasks)


def may_plan(seat: Seat) -> bool:
    return seat.open and (may_decide(seat) or may_propose(seat))


def may_propose(seat: Seat) -> bool:
    """A regieondersteuner may propose a measure; the client says yes or no."""
    role = seat.role == MemberRole.REGIEONDERSTEUNER
    return seat.kind == "member" and role and seat.open and not seat.preview


def may_keep_own(seat: Seat) -> bool:
    """Everybody close to the client may follow how it goes with themselves; for staff this is not the place."""
    own = seat.kind == "member" and seat.role not in FORMAL_ROLES
    return own and seat.open and not seat.preview


def professionals(seat: Seat) -> QuerySet[Member]:
    """Whom the client can ask to fill in a professional's line."""
    here = Member.objects.filter(circle_id=seat.circle_id, joined_at__isnull=False, ended_at=None, paused_at=None)
    return here.filter(role__in=FORMAL_ROLES).order_by("name")


def factors_visible_to(seat: Seat) -> QuerySet[LifeFactor]:
    return visible(LifeFactor, seat)


def may_write_factors(seat: Seat) -> bool:
    return seat.does(Task.PROGRESS)


def may_change_factor(seat: Seat, factor: LifeFactor) -> bool:
    return may_write_factors(seat) and factors_visible_to(seat).filter(pk=factor.pk).exists()


def may_bring_factor_back(seat: Seat, factor: LifeFactor) -> bool:
    """Undo a removal: whoever could have removed it."""
    there = factor.circle_id == seat.circle_id and may_write_factors(seat)
    return there and (seat.is_client or factor.zone == Zone.CIRCLE)


def loaded_for(circle_id: uuid.UUID) -> QuerySet[LoadedInstrument]:
    """The texts that may be used in a circle: of the organisation of its team, and of professionals who take part.

    The licence is the organisation's. What an organisation stopped using is not offered any more.
    """
    there = Q(organisation__teams__circles=circle_id)
    posts = Q(
        organisation__posts__ended_at=None, organisation__posts__person__seats__circle=circle_id,
        organisation__posts__person__seats__ended_at=None, organisation__posts__person__seats__joined_at__isnull=False,
    )  # fmt: skip
    return LoadedInstrument.objects.filter(there | posts, ended_at=None).distinct()
