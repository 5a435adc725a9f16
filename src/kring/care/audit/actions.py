"""Writes the trail. Called inside the transaction of the write, so that no write goes without its line."""

import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django.db import connection
from django.utils import timezone

from kring.care.audit.models import Event


class Actor(Protocol):
    """Who acts, from which place. A seat in a circle is one; so is an administrator at work."""

    @property
    def person_id(self) -> uuid.UUID | None: ...
    @property
    def person_name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def circle_id(self) -> uuid.UUID | None: ...
    @property
    def client_id(self) -> uuid.UUID | None: ...
    @property
    def breaks_glass(self) -> bool: ...


def record(
    *,
    by: Actor,
    verb: str,
    thing: str,
    thing_id: uuid.UUID | None = None,
    fields: Sequence[str] = (),
    rule: str,
) -> None:
    """Add one line. `thing` and `fields` name kinds of data, never their content."""
    event = _event(by, verb, thing, thing_id, fields, rule)
    event.circle_id = by.circle_id
    _add(event)


def record_each(
    *, by: Actor, circles: Iterable[uuid.UUID], verb: str, thing: str, fields: Sequence[str] = (), rule: str
) -> None:
    """The same line for each of these circles, in one statement: for a page that shows something of many at once."""
    if found := list(circles):
        _add_each(_event(by, verb, thing, None, fields, rule), found)


def _event(by: Actor, verb: str, thing: str, thing_id: uuid.UUID | None, fields: Sequence[str], rule: str) -> Event:
    behalf = by.client_id if by.client_id != by.person_id and rule.startswith("handover") else None
    return Event(
        at=timezone.now(),
        actor_id=by.person_id,
        actor_name=by.person_name,
        actor_role=by.role,
        on_behalf_of_id=behalf,
        verb=verb,
        thing=thing,
        thing_id=thing_id,
        fields=list(fields),
        rule=rule,
        break_glass=by.breaks_glass,
    )


_COLUMNS = [field for field in Event._meta.concrete_fields if not field.primary_key]
_INSERT = "INSERT INTO audit_event ({}) ".format(", ".join(f'"{field.column}"' for field in _COLUMNS))
_VALUES = "VALUES ({})".format(", ".join(["%s"] * len(_COLUMNS)))
_EACH = "SELECT {} FROM {{}}".format(  # noqa: S608 (only names of columns)
    ", ".join("circle.value" if field.attname == "circle_id" else "%s" for field in _COLUMNS)
)
_LIST = {"sqlite": "json_each(%s) AS circle", "postgresql": "unnest(%s::uuid[]) AS circle(value)"}


def _values(event: Event) -> dict[str, Any]:
    return {field.attname: field.get_db_prep_save(getattr(event, field.attname), connection) for field in _COLUMNS}


def _add(event: Event) -> None:
    """Write without reading back: who leaves a line may not see it (row-level security), and every page writes one."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT + _VALUES, list(_values(event).values()))


def _add_each(event: Event, circles: list[uuid.UUID]) -> None:
    """The database repeats the line for each circle: hundreds of them go over as one list."""
    values = _values(event)
    del values["circle_id"]
    ids = circles if connection.vendor == "postgresql" else json.dumps([str(one).replace("-", "") for one in circles])
    with connection.cursor() as cursor:
        cursor.execute(_INSERT + _EACH.format(_LIST[connection.vendor]), [*values.values(), ids])
