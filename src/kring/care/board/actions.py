"""Every write that a team makes on its board. Each asks the policy first, is one transaction, and leaves its line.

What a linked board says about a client is written into their circle too (`_tell`), where it is theirs.
"""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kring.care.audit.actions import record
from kring.care.board import policy
from kring.care.board.desk import Desk
from kring.care.board.models import DEFAULTS, Category, Entry, Move, Told, Visit
from kring.care.people.models import Person, Team
from kring.care.second_guard import lifted
from kring.care.stored import allow, save_if_unchanged

POST = "team post"


@transaction.atomic
def open_board(*, by: Desk) -> None:
    """The team begins its board, with the default categories. A second click finds them there."""
    Team.objects.select_for_update().get(pk=by.team.pk)
    if not Category.objects.filter(team=by.team).exists():
        Category.objects.bulk_create(
            Category(team=by.team, key=key, order=order) for order, key in enumerate(DEFAULTS, 1)
        )
        record(by=by, verb="started", thing="board", thing_id=by.team.pk, rule=POST)


@transaction.atomic
def add_category(*, by: Desk, id: uuid.UUID, name: str) -> Category:
    last = Category.objects.filter(team=by.team).aggregate(last=Max("order"))["last"] or 0
    category, new = Category.objects.get_or_create(id=id, defaults={"team": by.team, "name": name, "order": last + 1})
    allow(category.team_id == by.team.pk)
    if new:
        record(by=by, verb="added", thing="board", thing_id=category.pk, fields=["category"], rule=POST)
    return category


@transaction.atomic
def rename_category(*, by: Desk, category: Category, version: int, name: str) -> None:
    allow(category.team_id == by.team.pk and category.ended_at is None)
    save_if_unchanged(category, version, {"name": name})
    record(by=by, verb="changed", thing="board", thing_id=category.pk, fields=["category"], rule=POST)


@transaction.atomic
def end_category(*, by: Desk, category: Category, back: bool = False) -> bool:
    """Take an empty category off the board, or put it back. False: somebody still stands under it."""
    allow(category.team_id == by.team.pk)
    Team.objects.select_for_update().get(pk=by.team.pk)  # so that nobody is put under it at the same moment
    if not back and category.entries.filter(ended_at=None).exists():
        return False
    Category.objects.filter(pk=category.pk).update(ended_at=None if back else timezone.now())
    verb = "restored" if back else "removed"
    record(by=by, verb=verb, thing="board", thing_id=category.pk, fields=["category"], rule=POST)
    return True


@transaction.atomic
def shift_category(*, by: Desk, category: Category, up: bool) -> None:
    """One place up or down."""
    allow(category.team_id == by.team.pk)
    row = list(policy.categories(by).select_for_update())
    here = row.index(category)
    there = here + (-1 if up else 1)
    if 0 <= there < len(row):
        row[here], row[there] = row[there], row[here]
        for order, one in enumerate(row, 1):
            Category.objects.filter(pk=one.pk).update(order=order)


@transaction.atomic
def add_entry(*, by: Desk, id: uuid.UUID, label: str, category: Category | None = None, reason: str = "") -> Entry:
    """Put a client of the team on its list."""
    allow(_own(by, category))
    Team.objects.select_for_update().get(pk=by.team.pk)  # numbers are drawn one by one
    number = (Entry.objects.filter(team=by.team).aggregate(last=Max("number"))["last"] or 0) + 1
    entry, new = Entry.objects.get_or_create(
        id=id,
        defaults={
            "team": by.team, "number": number, "label": label, "category": category, "reason": reason,
            "moved_by": by.person,
        },
    )  # fmt: skip
    allow(entry.team_id == by.team.pk)
    if new:
        Move.objects.create(entry=entry, after=str(category or ""), reason=reason, moved_by=by.person)
        record(by=by, verb="added", thing="board", thing_id=entry.pk, rule=POST)
    return entry


@transaction.atomic
def move(*, by: Desk, entry: Entry, version: int, id: uuid.UUID, category: Category | None, reason: str) -> None:
    """Scale up, down or sideways. Raises Stale where a colleague moved this client since the page was opened."""
    allow(entry.team_id == by.team.pk and entry.ended_at is None and _own(by, category))
    if Move.objects.filter(pk=id).exists():  # a double click
        return
    before = str(entry.category or "")
    changes: dict[str, object] = {
        "category_id": category.pk if category else None,
        "reason": reason,
        "moved_by_id": by.person.pk,
    }
    save_if_unchanged(entry, version, changes)
    Entry.objects.filter(pk=entry.pk).update(moved_at=timezone.now())
    after = str(category or "")
    Move.objects.create(id=id, entry=entry, before=before, after=after, reason=reason, moved_by=by.person)
    _tell(by, entry, "moved", before=before, after=after, words=reason)


@transaction.atomic
def call(*, by: Desk, entry: Entry, version: int, label: str) -> None:
    """Change what the team calls this client."""
    allow(entry.team_id == by.team.pk and entry.ended_at is None)
    before = entry.label
    save_if_unchanged(entry, version, {"label": label})
    _tell(by, entry, "called", before=before, after=label)


@transaction.atomic
def end_entry(*, by: Desk, entry: Entry, back: bool = False) -> None:
    """The client is no longer with this team: off its list. Undo brings the line back."""
    allow(entry.team_id == by.team.pk)
    now = timezone.now()
    Entry.objects.filter(pk=entry.pk).update(ended_at=None if back else now)
    entry.visits.filter(day__gt=timezone.localdate(now)).delete()
    _tell(by, entry, "moved", before=str(entry.category or ""), after="")


@transaction.atomic
def plan_visit(*, by: Desk, entry: Entry, person: Person, day: dt.date) -> Visit:
    """A colleague sees this client on a day."""
    allow(entry.team_id == by.team.pk and entry.ended_at is None)
    allow(policy.colleagues(by).filter(pk=person.pk).exists())
    visit, new = Visit.objects.get_or_create(entry=entry, day=day, person=person)
    if new:
        _tell(by, entry, "visit", after=person.name, day=day)
    return visit


@transaction.atomic
def cancel_visit(*, by: Desk, visit: Visit) -> None:
    allow(visit.entry.team_id == by.team.pk)
    Visit.objects.filter(pk=visit.pk).delete()
    _tell(by, visit.entry, "no visit", after=visit.person.name, day=visit.day)


def _own(desk: Desk, category: Category | None) -> bool:
    return category is None or (category.team_id == desk.team.pk and category.ended_at is None)


def _tell(by: Desk, entry: Entry, kind: str, **said: Any) -> None:
    """Leave the line in the trail and, where the client agreed to a link, write it into their circle."""
    linked = policy.agreements(by).filter(entry=entry).first()
    if linked is None:
        record(by=by, verb=VERBS[kind], thing="board", thing_id=entry.pk, rule=POST)
        return
    with lifted("the board writes into the circle of a client who agreed to that"):
        Told.objects.create(circle_id=linked.circle_id, kind=kind, by=by.person, **said)
        desk = by.about(linked.circle)
    record(by=desk, verb=VERBS[kind], thing="board", thing_id=entry.pk, rule="board link")


VERBS = {
    "linked": "linked board", "moved": "moved on the board", "called": "changed", "visit": "planned a visit",
    "no visit": "cancelled a visit", "answer": "answered signs",
}  # fmt: skip
