"""Writes the trail. Called inside the transaction of the write, so that no write goes without its line."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Protocol

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
    _add(_event(by, verb, thing, thing_id, fields, rule), [by.circle_id])


def record_each(
    *, by: Actor, circles: Iterable[uuid.UUID], verb: str, thing: str, fields: Sequence[str] = (), rule: str
) -> None:
    """The same line for each of these circles, in one statement: for a page that shows something of many at once."""
    if found := list(circles):
        _add(_event(by, verb, thing, None, fields, rule), found)


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
_INSERT = "INSERT INTO audit_event ({}) VALUES ".format(", ".join(f'"{field.column}"' for field in _COLUMNS))  # noqa: S608
_ROW = "({})".format(", ".join(["%s"] * len(_COLUMNS)))
_CIRCLE = next(place for place, field in enumerate(_COLUMNS) if field.attname == "circle_id")


def _add(event: Event, circles: Sequence[uuid.UUID | None]) -> None:
    """Write without reading back: who leaves a line may not see it (row-level security), and every page writes one."""
    values = [field.get_db_prep_save(getattr(event, field.attname), connection) for field in _COLUMNS]
    native, rows = connection.features.has_native_uuid_field, []
    for circle_id in circles:
        values[_CIRCLE] = circle_id if native or circle_id is None else str(circle_id).replace("-", "")
        rows += values
    with connection.cursor() as cursor:
        cursor.execute(_INSERT + ", ".join([_ROW] * len(circles)), rows)
