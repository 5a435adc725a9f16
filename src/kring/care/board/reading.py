"""What the pages of a team show, read with prepared queries: the same number however many clients there are."""

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import formats, timezone
from django.utils.translation import get_language

from kring.care.board import policy
from kring.care.board.desk import Desk
from kring.care.board.models import Agreement, Category, Entry, Visit
from kring.care.prepared import IdText, prepared


@dataclasses.dataclass(frozen=True)
class Board:
    """The headings with who stands under them, who is not scaled up, who sees whom, and what waits for a person.

    Ids of lines are text here, as they stand in addresses.
    """

    groups: list[tuple[Category, list[Any]]]
    others: list[Any]
    visits: dict[str, list[str]]
    signs: list[tuple[Any, Any]]
    waiting: int

    @property
    def linked(self) -> list[uuid.UUID]:
        """The circles that are linked to a line on this page: their clients read who looked."""
        rows = [row for _category, found in self.groups for row in found] + self.others
        return [row.circle for row in rows if row.circle is not None]

    @property
    def scaled_up(self) -> int:
        return sum(len(rows) for _category, rows in self.groups)


def board_of(desk: Desk, day: dt.date) -> Board:
    categories = list(policy.categories(desk))
    under: dict[str | None, list[Any]] = defaultdict(list)
    lines = _entries.rows(team_id=desk.team.pk)
    for row in lines:
        under[row.category_text].append(row)
    by_id = {row.line: row for row in lines}
    signs = _signs.rows(team_id=desk.team.pk)
    return Board(
        groups=[(category, under[str(category.pk)]) for category in categories],
        others=under[None],
        visits=visits_of(desk, day),
        signs=[(sign, by_id[str(sign.entry_id)]) for sign in signs if str(sign.entry_id) in by_id],
        waiting=len(_waiting.rows(team_id=desk.team.pk)),
    )


def visits_of(desk: Desk, day: dt.date) -> dict[str, list[str]]:
    """Who sees whom on this day, by the line on the list."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in _visits.rows(team_id=desk.team.pk, day=day):
        found[row.line].append(row.name)
    return found


@prepared(team_id=uuid.UUID)
def _entries(*, team_id: uuid.UUID) -> QuerySet[Any, Any]:
    link = Agreement.objects.filter(entry=OuterRef("pk"), ended_at__isnull=True).values("circle_id")[:1]
    here = Entry.objects.filter(team_id=team_id, ended_at__isnull=True).annotate(
        line=IdText("pk"), category_text=IdText("category_id"), circle=Subquery(link)
    )
    return here.order_by("-moved_at").values_list(
        "line", "number", "label", "category_text", "reason", "moved_at", "circle", named=True
    )


@prepared(team_id=uuid.UUID)
def _signs(*, team_id: uuid.UUID) -> QuerySet[Any, Any]:
    named = policy.signs_waiting_in(team_id).annotate(entry_id=F("agreement__entry_id"))
    return named.values_list("id", "colour", "wish", "by_client", "created_at", "entry_id", named=True)


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
    """Days as a list says them, each written once per page."""
    written: dict[dt.date, str] = {}
    here = timezone.get_current_timezone()
    how = "j b" if get_language() == "nl" else "j M"  # months begin with a small letter in Dutch

    def short(value: dt.date) -> str:
        day = value.astimezone(here).date() if isinstance(value, dt.datetime) else value
        if day not in written:
            written[day] = formats.date_format(day, how)
        return written[day]

    return short


def today() -> dt.date:
    return timezone.localdate()
