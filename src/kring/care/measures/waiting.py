"""Pages with questions that wait, for the home of a circle. Which questions, that page does not say."""

import itertools
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care.audit.reading import looks_at
from kring.care.circles.seats import Seat
from kring.care.circles.topics import FORMAL_ROLES, Task, Topic
from kring.care.circles.waiting import Waits, says_what_waits
from kring.care.jinja import url
from kring.care.measures.models import OwnSchedule, Schedule
from kring.care.measures.occasions import waiting
from kring.care.measures.policy import RUNNING, asked_by_values
from kring.care.prepared import prepared

ORDER = 20


@says_what_waits
def questions(seat: Seat) -> Iterator[Waits]:
    """Each line with something to begin or to go on with; and once, what was proposed since the client last looked."""
    lines = list(_lines(seat))
    if any(row.agreed is None for row in lines):
        why = _("You say yes or no. You may also leave it.")
        address = url("circle_measures:progress", seat.circle_id)
        yield Waits(ORDER + 2, _("Look at it"), address, _("Somebody proposes something to you"), why)
    for line, filled in itertools.groupby((row for row in lines if row.agreed), key=lambda row: row.id):
        rows = list(filled)
        address = url("circle_measures:open", seat.circle_id, line)
        if any(_goes_on(seat, row) for row in rows):
            yield Waits(ORDER, _("Go on"), address, _("You began a page with questions"), _("Your answers are kept."))
        elif waiting(rows[0], [row.filled_due_on for row in rows if row.filled_due_on], timezone.localdate()):
            why = _("You decide whether you fill it in. You can stop at any moment, and go on later.")
            yield Waits(ORDER + 1, _("Look at it"), address, _("A page with questions waits for you"), why)


def _lines(seat: Seat) -> Iterable[Any]:
    """What this seat may fill in, a row for each filling-in of it."""
    opened, types, formal = Topic.PROGRESS in seat.topics, seat.does(Task.PROGRESS), seat.role in FORMAL_ROLES
    place = {"circle_id": seat.circle_id, "member_id": seat.member_id or uuid.UUID(int=0)}
    if seat.is_client or types or formal:
        yield from _asked.rows(seat.kind, opened, seat.role, types, person_id=seat.person_id, **place)
    if not seat.is_client and not formal:
        yield from _own.rows(**place)


@prepared(circle_id=uuid.UUID, member_id=uuid.UUID, person_id=uuid.UUID)
def _asked(
    kind: str, opened: bool, role: str, types: bool,
    *, circle_id: uuid.UUID, member_id: uuid.UUID, person_id: uuid.UUID,
) -> QuerySet[Any, Any]:  # fmt: skip
    lines = asked_by_values(kind, opened, role, types, circle_id, member_id)
    if kind == "client":
        lines |= _proposed(circle_id, person_id)
    return _with_what_is_filled_in(lines.annotate(agreed=F("agreed_at")))


@prepared(circle_id=uuid.UUID, member_id=uuid.UUID)
def _own(*, circle_id: uuid.UUID, member_id: uuid.UUID) -> QuerySet[Any, Any]:
    lines = OwnSchedule.objects.filter(circle_id=circle_id, member_id=member_id)
    return _with_what_is_filled_in(lines.annotate(agreed=F("created_at")))


def _proposed(circle_id: uuid.UUID, person_id: uuid.UUID) -> QuerySet[Schedule]:
    """What the client did not say yes or no to, and did not look at: on its own page it stays."""
    looks = looks_at("progress").filter(circle_id=circle_id, actor_id=person_id)
    unseen = ~Exists(looks.filter(at__gte=OuterRef("created_at")))
    return Schedule.objects.filter(unseen, circle_id=circle_id, removed_at__isnull=True, agreed_at__isnull=True)


def _with_what_is_filled_in(lines: Any) -> QuerySet[Any, Any]:
    there = FilteredRelation("measurements", condition=Q(measurements__removed_at__isnull=True))
    found = lines.filter(RUNNING).annotate(filled=there).order_by("created_at", "id")
    rows: QuerySet[Any, Any] = found.values_list(
        "id", "agreed", "starts_on", "months", "dates", "filled__due_on", "filled__completed_at",
        "filled__declined_at", "filled__filled_by_id", named=True,
    )  # fmt: skip
    return rows


def _goes_on(seat: Seat, row: Any) -> bool:
    """Begun and not finished, by the client (or who types for them) or by this person: `policy.may_work_on`."""
    unfinished = row.filled_due_on and not row.filled_completed_at and not row.filled_declined_at
    return bool(unfinished) and (seat.is_client or row.filled_filled_by_id == seat.person_id)
