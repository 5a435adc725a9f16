"""What the pages of a team show, read with prepared queries: the same number however many clients there are."""

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kring.care.board import policy
from kring.care.board.desk import Desk
from kring.care.board.models import Agreement, Entry, Visit, category_words
from kring.care.days import short_month, worded
from kring.care.jinja import url
from kring.care.prepared import IdText, in_address, prepared


class Line(NamedTuple):
    """A client as the board says them: words that are ready, as two hundred stand on a page."""

    address: str  # of their own page
    called: str  # the team's own name for them, or their number
    since: str
    reason: str
    seen_by: str  # on this day, or nothing


@dataclasses.dataclass(frozen=True)
class Board:
    """The headings with who stands under them, who is not scaled up, and what waits for a person."""

    groups: list[tuple[str, list[Line]]]
    others: list[Line]
    signs: list[tuple[Any, Line]]
    waiting: int
    linked: list[Any]
    """The circles of clients on this page, as the database says them: their clients read who looked."""


def board_of(desk: Desk, day: dt.date, *, named: bool = True) -> Board:
    """`named`: say what the team calls its clients, else their numbers only."""
    here = {"team_id": desk.team.pk}
    rows, seen, since = _entries.rows(**here), _seen_by(desk, day), short_days()
    page, numbered = url("board:board", desk.team.pk) + "client/", _("No. %(number)s")
    under: dict[Any, list[Line]] = defaultdict(list)
    line_of: dict[str, Line] = {}
    for row in rows:
        called = row.label if named else numbered % {"number": row.number}
        reason = row.reason if named else ""
        seen_by = ", ".join(seen[row.line]) if row.line in seen else ""
        line_of[row.line] = line = Line(f"{page}{in_address(row.line)}/", called, since(row.moved_at), reason, seen_by)
        under[row.place].append(line)
    return Board(
        groups=[(category_words(row.key, row.name), under[row.category]) for row in _categories.rows(**here)],
        others=under[None],
        signs=[(sign, line_of[sign.line]) for sign in _signs.rows(**here) if sign.line in line_of],
        waiting=len(_waiting.rows(**here)),
        linked=[row.circle for row in rows if row.circle is not None],
    )


def _seen_by(desk: Desk, day: dt.date) -> dict[str, list[str]]:
    """Who sees whom on this day, by the line on the list."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in _visits.rows(team_id=desk.team.pk, day=day):
        found[row.line].append(row.name)
    return found


@prepared(team_id=uuid.UUID)
def _categories(*, team_id: uuid.UUID) -> QuerySet[Any, Any]:
    here = policy.categories_of(team_id).annotate(category=IdText("pk"))
    return here.values_list("category", "key", "name", named=True)


@prepared(team_id=uuid.UUID)
def _entries(*, team_id: uuid.UUID) -> QuerySet[Any, Any]:
    """Each client once: a line has at most one link that runs."""
    link = FilteredRelation("agreements", condition=Q(agreements__ended_at__isnull=True))
    here = Entry.objects.filter(team_id=team_id, ended_at__isnull=True).annotate(link=link)
    here = here.annotate(line=IdText("pk"), place=IdText("category_id"), circle=IdText("link__circle_id"))
    return here.order_by("-moved_at").values_list(
        "line", "number", "label", "place", "reason", "moved_at", "circle", named=True
    )


@prepared(team_id=uuid.UUID)
def _signs(*, team_id: uuid.UUID) -> QuerySet[Any, Any]:
    named = policy.signs_waiting_in(team_id).annotate(
        entry_id=F("agreement__entry_id"), line=IdText("agreement__entry_id")
    )
    return named.values_list("id", "colour", "wish", "by_client", "created_at", "entry_id", "line", named=True)


@prepared(team_id=uuid.UUID)
def _waiting(*, team_id: uuid.UUID) -> QuerySet[Any, Any]:
    agreed = Agreement.objects.filter(team_id=team_id, ended_at__isnull=True, entry__isnull=True)
    return agreed.values_list("id", named=True)


@prepared(team_id=uuid.UUID, day=dt.date)
def _visits(*, team_id: uuid.UUID, day: dt.date) -> QuerySet[Any, Any]:
    here = Visit.objects.filter(entry__team_id=team_id, entry__ended_at__isnull=True, day=day)
    named = here.annotate(line=IdText("entry_id"), name=F("person__name")).order_by("created_at")
    return named.values_list("line", "name", named=True)


def short_days() -> Callable[[dt.date], str]:
    """Days as a list says them, in the reader's language and at their clock."""
    language, here = get_language(), timezone.get_current_timezone()
    how = f"j {short_month(language)}"

    def short(value: dt.date) -> str:
        return worded(language, value.astimezone(here).date() if isinstance(value, dt.datetime) else value, how)

    return short


def today() -> dt.date:
    return timezone.localdate()
