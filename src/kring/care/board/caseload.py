"""Every circle that its client linked to the team: phase, due dates, who is regieondersteuner. Never content.

A regieondersteuner is named only if they work in this team: whom else a client chose is not the team's to know.
"""

import dataclasses
import datetime as dt
import uuid
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from kring.care.board import policy
from kring.care.board.desk import Desk
from kring.care.board.reading import short_days
from kring.care.circles.models import Member
from kring.care.circles.phases import PHASES
from kring.care.circles.topics import MemberRole, Zone
from kring.care.meetings.models import Meeting
from kring.care.meetings.pace import next_meeting
from kring.care.people.models import Post
from kring.care.prepared import IdText, prepared
from kring.care.second_guard import lifted

A_PAGE = 50


class Line(NamedTuple):
    """What the team sees of a circle: whose it is, its phase, when a meeting is or is due, and which colleague.

    The two days are words; `late` says that the one on which a meeting was due has passed.
    """

    client_name: str
    number: int
    phase: str
    paused: bool
    planned: str
    due: str
    late: bool
    supporter: str


@dataclasses.dataclass(frozen=True)
class Page:
    lines: list[Line]
    phases: list[tuple[int, str, int]]  # number, name, how many circles
    chosen: int | None
    number: int
    pages: int
    seen: list[str]
    """The circles on this page, as the database says them: their clients read who looked."""


def page(desk: Desk, phase: int | None, number: int) -> Page:
    with lifted("a team sees phase and dates of the circles that clients linked to it, without a seat in them"):
        counts = dict(_counts.rows(team_id=desk.team.pk))
        found = counts.get(phase, 0) if phase else sum(counts.values())
        pages = max(1, -(-found // A_PAGE))
        number = min(max(number, 1), pages)
        start = (number - 1) * A_PAGE
        rows = _rows.rows(phase, start, team_id=desk.team.pk, now=timezone.now())
    phases = [(one.number, str(one.name), counts.get(one.number, 0)) for one in PHASES]
    lines = _lines(rows, [name for _number, name, _many in phases])
    return Page(lines, phases, phase, number, pages, [row.circle for row in rows])


@prepared(team_id=uuid.UUID)
def _counts(*, team_id: uuid.UUID) -> QuerySet[Any, Any]:
    """How many circles are in each phase."""
    circles = policy.circles_of_team(team_id).values("phase").annotate(many=Count("pk"))
    return circles.order_by("phase").values_list("phase", "many", named=True)


@prepared(team_id=uuid.UUID, now=dt.datetime)
def _rows(phase: int | None, start: int, *, team_id: uuid.UUID, now: dt.datetime) -> QuerySet[Any, Any]:
    """Only meetings that follow the circle's sharing: one that the client keeps apart leaves no trace here."""
    circles = policy.circles_of_team(team_id)
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
        circle=IdText("pk"),
        client_name=F("client__name"),
        last=Subquery(real.filter(held_at__isnull=False).order_by("-starts_at").values("starts_at")[:1]),
        planned=Subquery(planned.values("starts_at")[:1]),
        supporter=Subquery(supports.values("name")[:1]),
    ).order_by("client__name", "created_at")
    return told.values_list(
        "circle", "client_name", "phase", "created_at", "every_weeks", "paused_at", "last", "planned", "supporter",
        named=True,
    )[start : start + A_PAGE]  # fmt: skip


def _lines(rows: list[Any], phases: list[str]) -> list[Line]:
    words, here, today = short_days(), timezone.get_current_timezone(), timezone.localdate()
    lines = []
    for row in rows:
        last = row.last and row.last.astimezone(here).date()
        due = next_meeting(last, row.created_at.astimezone(here).date(), row.every_weeks)
        planned = words(row.planned) if row.planned else ""
        paused = row.paused_at is not None
        lines.append(
            Line(
                row.client_name,
                row.phase,
                phases[row.phase - 1],
                paused,
                planned,
                words(due),
                due < today,
                row.supporter,
            )
        )
    return lines
