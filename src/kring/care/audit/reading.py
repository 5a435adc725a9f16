"""The one door to the trail for whoever reads or seals it: no look that has happened is missing behind it.

A look over many circles is one row at first (`models.Folded`): two hundred lines in two hundred logs cost a page more
than all else it does. Whoever comes in here unfolds what waits; else the worker does, each minute.
docs/decisions/0021-one-row-for-a-look-at-many.md says what was weighed.
"""

# ruff: noqa: S608 (nothing from outside stands in these statements)
import functools
from collections.abc import Callable, Hashable
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from kring.care.audit.models import Event, Folded
from kring.care.prepared import Prepared
from kring.care.second_guard import lifted

FOLDED = {"board", "phase"}
"""The things of which many are looked at at once (`actions.record_each`)."""


def events() -> QuerySet[Event]:
    """The trail, complete up to now. Ask for it anew at each reading: it unfolds when it is called."""
    unfold()
    return Event.objects.all()


class Kept:
    """A prepared query of the trail: each run unfolds first."""

    def __init__(self, query: Prepared) -> None:
        self.query = query

    def rows(self, *shape: Hashable, **values: Any) -> list[Any]:
        unfold()
        return self.query.rows(*shape, **values)


def prepared_of_trail(**kinds: type) -> Callable[[Callable[..., QuerySet[Any, Any]]], Kept]:
    """As `prepared`, for a function whose first argument is the trail."""
    return lambda build: Kept(Prepared(functools.partial(build, Event.objects.all()), **kinds))


def looks_at(thing: str) -> QuerySet[Event]:
    """Views of something that nobody sees many of at once: complete without unfolding, so a query may keep it."""
    if thing in FOLDED:
        raise ValueError(f"a look at {thing} may wait to be unfolded: read it through events()")
    return Event.objects.filter(thing=thing, verb="viewed")


@lifted("a look over many circles is of clients who may not know of one another")
def unfold() -> int:
    """Make a line for each circle of what waits, each once: in one transaction, which others who unfold wait for."""
    if not Folded.objects.exists():  # who reads takes no lock in vain
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        waiting = list(Folded.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
        if waiting:
            these = f"folded.id IN ({', '.join(map(str, waiting))})"
            cursor.execute(f"{_LINES[connection.vendor]} WHERE {these} ORDER BY folded.id")
            Folded.objects.filter(pk__in=waiting).delete()
    return len(waiting)


def _lines(circles: str) -> str:
    """The lines of looks, with everything that is said of each in a trail (NEN 7513)."""
    columns = [field.attname for field in Event._meta.concrete_fields if not field.primary_key]
    differs = {
        "circle_id": "circle.value",
        "thing_id": "CASE WHEN circle.value IS NULL THEN folded.thing_id END",
        "rule": "CASE WHEN circle.value IS NULL THEN folded.rule ELSE folded.each_rule END",
    }
    values = ", ".join(differs.get(name, f"folded.{name}") for name in columns)
    return f"INSERT INTO audit_event ({', '.join(columns)}) SELECT {values} FROM audit_folded AS folded, {circles}"


_LINES = {
    "sqlite": _lines("json_each(folded.circles) AS circle"),
    "postgresql": _lines("LATERAL (SELECT jsonb_array_elements_text(folded.circles)::uuid) AS circle(value)"),
}
