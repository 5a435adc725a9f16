"""What the pages of a team show, read with prepared queries: the same number however many clients there are."""

import dataclasses
import datetime as dt
import functools
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kring.care.board import policy
from kring.care.board.desk import Desk
from kring.care.board.models import Agreement, Entry, Visit, category_words
from kring.care.days import short_month, worded
from kring.care.jinja import url
from kring.care.prepared import IdText, MinuteText, in_address, prepared


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
    seen, since, links = _seen_by(desk, day), _short_days_of_minutes(), _links.rows(**here)
    page, numbered = url("board:board", desk.team.pk) + "client/", _("No. %(number)s")
    under: dict[Any, list[Line]] = defaultdict(list)
    line_of: dict[str, Line] = {}
    for line, number, label, place, reason, minute in _entries.rows(**here):
        called, why = (label, reason) if named else (numbered % {"number": number}, "")
        seen_by = ", ".join(seen[line]) if line in seen else ""
        line_of[line] = said = Line(f"{page}{in_address(line)}/", called, since(minute), why, seen_by)
        under[place].append(said)
    return Board(
        groups=[(category_words(row.key, row.name), under[row.category]) for row in _categories.rows(**here)],
        others=under[None],
        signs=[(sign, line_of[sign.line]) for sign in _signs.rows(**here) if sign.line in line_of],
        waiting=sum(line is None for line, _circle in links),
        linked=[circle for line, circle in links if line in line_of],
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
    here = Entry.objects.filter(team_id=team_id, ended_at__isnull=True).order_by("-moved_at")
    told = here.annotate(line=IdText("pk"), place=IdText("category_id"), minute=MinuteText("moved_at"))
    return told.values_list("line", "number", "label", "place", "reason", "minute", named=True)


@prepared(team_id=uuid.UUID)
def _signs(*, team_id: uuid.UUID) -> QuerySet[Any, Any]:
    named = policy.signs_waiting_in(team_id).annotate(
        entry_id=F("agreement__entry_id"), line=IdText("agreement__entry_id")
    )
    return named.values_list("id", "colour", "wish", "by_client", "created_at", "entry_id", "line", named=True)


@prepared(team_id=uuid.UUID)
def _links(*, team_id: uuid.UUID) -> QuerySet[Any, Any]:
    """The links that run: whose line, and which circle. Without a line nobody said yet which one is the client's."""
    agreed = Agreement.objects.filter(team_id=team_id, ended_at__isnull=True)
    told = agreed.annotate(line=IdText("entry_id"), linked=IdText("circle_id"))
    return told.values_list("line", "linked", named=True)


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


def _short_days_of_minutes() -> Callable[[str], str]:
    """The same, of moments as `MinuteText` gives them."""
    return functools.partial(_short_day, get_language(), timezone.get_current_timezone())


@functools.lru_cache(maxsize=4000)
def _short_day(language: str | None, here: dt.tzinfo, minute: str) -> str:
    day = dt.datetime.fromisoformat(minute).replace(tzinfo=dt.UTC).astimezone(here).date()
    return worded(language, day, f"j {short_month(language)}")


def today() -> dt.date:
    return timezone.localdate()
