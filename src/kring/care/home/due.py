"""What is due when, for a regieondersteuner: over all circles, as far as their seats allow.

The moments follow the method: a talk with each member within three months and before the first meeting, a meeting
about every three months (or as often as the client decided), the psychiatrist at least once a year.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator

from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kring.care.circles import policy
from kring.care.circles.models import Circle, Interview
from kring.care.circles.seats import Seat, seat_of
from kring.care.circles.topics import MemberRole, Topic
from kring.care.meetings.models import Attendance, Meeting
from kring.care.meetings.pace import QUARTER, YEAR, next_meeting
from kring.care.people.models import Person

SOON = dt.timedelta(weeks=3)


@dataclasses.dataclass(frozen=True)
class Due:
    """One thing to do: in which circle, what, by when, and the page where it is done."""

    seat: Seat
    words: str
    on: dt.date
    page: str

    @property
    def soon(self) -> bool:
        return self.on <= timezone.localdate() + SOON

    @property
    def past(self) -> bool:
        return self.on < timezone.localdate()


def todo(person: Person) -> list[Due]:
    """What a regieondersteuner could do next, over all circles they support."""
    supported = person.seats.filter(role=MemberRole.REGIEONDERSTEUNER, joined_at__isnull=False, ended_at=None)
    seats = [seat_of(person, circle_id) for circle_id in supported.values_list("circle_id", flat=True)]
    found = [due for seat in seats if seat is not None and seat.kind == "member" for due in _of(seat)]
    return sorted(found, key=lambda due: due.on)


def _of(seat: Seat) -> Iterator[Due]:
    meetings = policy.visible(Meeting, seat).filter(cancelled_at=None)
    held = meetings.filter(held_at__isnull=False)
    yield from _talks(seat, meetings, held.exists())
    yield from _handovers(seat)
    if Topic.MEETINGS in seat.topics:
        yield from _meeting(seat, meetings, held)
        yield from _psychiatrist(seat, held)


def _talks(seat: Seat, meetings: QuerySet[Meeting], met: bool) -> Iterator[Due]:
    if met or not policy.may_interview(seat):
        return
    talked = Interview.objects.filter(circle_id=seat.circle_id, held_by_id=seat.person_id, held_on__isnull=False)
    first = meetings.filter(starts_at__isnull=False).order_by("starts_at").first()
    for member in policy.to_interview(seat).exclude(pk__in=talked.values("member_id")):
        latest = timezone.localdate(member.created_at) + QUARTER
        if first is not None and first.starts_at is not None:
            latest = min(latest, timezone.localdate(first.starts_at))
        yield Due(seat, _("Talk with %(name)s") % {"name": member.name}, latest, "circles:talks")


def _handovers(seat: Seat) -> Iterator[Due]:
    for given in policy.handovers_in(seat):
        words = _("Ends: %(task)s") % {"task": given.get_task_display()}
        yield Due(seat, words, given.until, "circles:mine")


def _meeting(seat: Seat, meetings: QuerySet[Meeting], held: QuerySet[Meeting]) -> Iterator[Due]:
    if meetings.filter(held_at=None).filter(Q(starts_at=None) | Q(starts_at__gte=timezone.now())).exists():
        return
    last = held.aggregate(last=Max("starts_at"))["last"]
    held_on = timezone.localdate(last) if last else None
    begun = Circle.objects.values_list("created_at", flat=True).get(pk=seat.circle_id)
    words = _("Plan a meeting") if last else _("Plan the first meeting")
    yield Due(
        seat, words, next_meeting(held_on, timezone.localdate(begun), seat.circle.every_weeks), "meetings:meetings"
    )


def _psychiatrist(seat: Seat, held: QuerySet[Meeting]) -> Iterator[Due]:
    """Only for whoever sees who takes part: else the presence of a psychiatrist would show."""
    first = held.aggregate(first=Min("starts_at"))["first"]
    if first is None or Topic.PEOPLE not in seat.topics:
        return
    came = Attendance.objects.filter(meeting__in=held, came=True, member__role=MemberRole.PSYCHIATRIST)
    last = came.aggregate(last=Max("meeting__starts_at"))["last"] or first
    words = _("Ask the psychiatrist to a meeting")
    yield Due(seat, words, timezone.localdate(last) + YEAR, "meetings:meetings")
