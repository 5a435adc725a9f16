"""Every circle that its client linked to the team: phase, due dates, who is regieondersteuner. Never content.

A regieondersteuner is named only if they work in this team: whom else a client chose is not the team's to know.
"""

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise

from kring.care.board import policy
from kring.care.board.desk import Desk
from kring.care.circles.models import Circle, Member
from kring.care.circles.phases import PHASES
from kring.care.circles.topics import MemberRole, Zone
from kring.care.meetings.models import Meeting
from kring.care.meetings.pace import next_meeting
from kring.care.people.models import Post
from kring.care.prepared import prepared
from kring.care.second_guard import lifted

A_PAGE = 50


@dataclasses.dataclass(frozen=True)
class Line:
    """What the team sees of a circle: whose it is, its phase, when a meeting is or is due, and which colleague."""

    row: Any
    phase: str | Promise
    planned: dt.date | None
    due: dt.date

    @property
    def late(self) -> bool:
        return self.planned is None and self.row.paused_at is None and self.due < timezone.localdate()


@dataclasses.dataclass(frozen=True)
class Page:
    lines: list[Line]
    phases: list[tuple[int, str | Promise, int]]  # number, name, how many circles
    chosen: int | None
    number: int
    pages: int


def page(desk: Desk, phase: int | None, number: int) -> Page:
    with lifted("a team sees phase and dates of the circles that clients linked to it, without a seat in them"):
        circles = policy.circles_of_team(desk)
        counts = dict(circles.values_list("phase").annotate(Count("pk")).order_by("phase"))
        found = counts.get(phase, 0) if phase else sum(counts.values())
        pages = max(1, -(-found // A_PAGE))
        number = min(max(number, 1), pages)
        start = (number - 1) * A_PAGE
        rows = _rows.rows(phase, start, team_id=desk.team.pk, now=timezone.now())
    phases = [(one.number, one.name, counts.get(one.number, 0)) for one in PHASES]
    return Page([_line(row) for row in rows], phases, phase, number, pages)


@prepared(team_id=uuid.UUID, now=dt.datetime)
def _rows(phase: int | None, start: int, *, team_id: uuid.UUID, now: dt.datetime) -> QuerySet[Any, Any]:
    """Only meetings that follow the circle's sharing: one that the client keeps apart leaves no trace here."""
    circles = Circle.objects.filter(team_id=team_id, closed_at__isnull=True)
    chosen = circles.filter(phase=phase) if phase else circles
    real = Meeting.objects.filter(
        circle=OuterRef("pk"), removed_at__isnull=True, cancelled_at__isnull=True, zone=Zone.CIRCLE
    )
    planned = real.filter(held_at__isnull=True, starts_at__gte=now).order_by("starts_at")
    here = Post.objects.filter(team_id=team_id, ended_at__isnull=True).values("person_id")
    supports = Member.objects.filter(
        circle=OuterRef("pk"), role=MemberRole.REGIEONDERSTEUNER, joined_at__isnull=False, ended_at__isnull=True,
        person__in=here,
    ).order_by("joined_at")  # fmt: skip
    told = chosen.annotate(
        client_name=F("client__name"),
        last=Subquery(real.filter(held_at__isnull=False).order_by("-starts_at").values("starts_at")[:1]),
        planned=Subquery(planned.values("starts_at")[:1]),
        supporter=Subquery(supports.values("name")[:1]),
    ).order_by("client__name", "created_at")
    return told.values_list(
        "id", "client_name", "phase", "created_at", "every_weeks", "paused_at", "last", "planned", "supporter",
        named=True,
    )[start : start + A_PAGE]  # fmt: skip


def _line(row: Any) -> Line:
    day = timezone.localdate(row.planned) if row.planned else None
    return Line(row, PHASES[row.phase - 1].name, day, next_meeting(row.last, row.created_at, row.every_weeks))
