"""Writes the trail. Called inside the transaction of the write, so that no write goes without its line."""

import dataclasses
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


@dataclasses.dataclass(frozen=True)
class AtCommandLine:
    """Whoever runs the server. Never in a circle."""

    person_id: uuid.UUID | None = None
    person_name: str = "command line"
    role: str = "operator"
    circle_id: uuid.UUID | None = None
    client_id: uuid.UUID | None = None
    breaks_glass: bool = False


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
    line = _line(by, verb, thing, fields, rule) | {"thing_id": thing_id, "circle_id": by.circle_id}
    with connection.cursor() as cursor:  # without reading back: who leaves a line may not see it (row-level security)
        cursor.execute(_ONE, _for_database(line))


def record_each(
    *,
    by: Actor,
    circles: Iterable[uuid.UUID],
    verb: str,
    thing: str,
    fields: Sequence[str] = (),
    rule: str,
    whole: tuple[uuid.UUID, str] | None = None,
) -> None:
    """The same line for each of these circles, in one statement: for a page that shows something of many at once.

    `whole` is the thing of which they are parts, and the rule that opens it: it gets a line of its own.
    """
    found = [*circles] if whole is None else [None, *circles]
    if found:
        thing_id, whole_rule = whole or (None, "")
        line = _line(by, verb, thing, fields, rule) | {"thing_id": thing_id, "whole_rule": whole_rule, "circles": found}
        with connection.cursor() as cursor:
            cursor.execute(_EACH[connection.vendor], _for_database(line))


def _line(by: Actor, verb: str, thing: str, fields: Sequence[str], rule: str) -> dict[str, Any]:
    behalf = by.client_id if by.client_id != by.person_id and rule.startswith("handover") else None
    return {
        "at": timezone.now(),
        "actor_id": by.person_id,
        "actor_name": by.person_name,
        "actor_role": by.role,
        "on_behalf_of_id": behalf,
        "verb": verb,
        "thing": thing,
        "fields": list(fields),
        "rule": rule,
        "break_glass": by.breaks_glass,
    }


_COLUMNS = {field.attname: field for field in Event._meta.concrete_fields if not field.primary_key}
_GAPS = {name: f"%({name})s" for name in _COLUMNS}
_INSERT = "INSERT INTO audit_event ({}) ".format(", ".join(f'"{field.column}"' for field in _COLUMNS.values()))
_ONE = _INSERT + "VALUES ({})".format(", ".join(_GAPS.values()))


def _each(rows: str, type_of_id: str) -> str:
    """The database repeats the line for each circle: hundreds of them go over as one list."""
    values = _GAPS | {
        "circle_id": "circle.value",
        "thing_id": f"CASE WHEN circle.value IS NULL THEN CAST(%(thing_id)s AS {type_of_id}) END",
        "rule": "CASE WHEN circle.value IS NULL THEN %(whole_rule)s ELSE %(rule)s END",
    }
    return f"{_INSERT}SELECT {', '.join(values.values())} FROM {rows}"  # noqa: S608 (only names of columns)


_EACH = {
    "sqlite": _each("json_each(%(circles)s) AS circle", "char(32)"),
    "postgresql": _each("unnest(%(circles)s::uuid[]) AS circle(value)", "uuid"),
}


def _for_database(line: dict[str, Any]) -> dict[str, Any]:
    made = {
        name: _COLUMNS[name].get_db_prep_save(value, connection) if name in _COLUMNS else value
        for name, value in line.items()
    }
    if "circles" in line and connection.vendor == "sqlite":
        made["circles"] = json.dumps([one and str(one).replace("-", "") for one in line["circles"]])
    return made
