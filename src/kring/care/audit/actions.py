"""Writes the trail. Called inside the transaction of the write, so that no write goes without its line."""

import dataclasses
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.utils import timezone

from kring.care.audit.models import Event, Folded
from kring.care.audit.reading import FOLDED
from kring.care.prepared import Statement, for_database


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
    _EVENT.add(_line(by, verb, thing, fields, rule) | {"thing_id": thing_id, "circle_id": by.circle_id})


def record_each(
    *,
    by: Actor,
    circles: Iterable[uuid.UUID | str],
    verb: str,
    thing: str,
    fields: Sequence[str] = (),
    rule: str,
    whole: tuple[uuid.UUID, str] | None = None,
) -> None:
    """The same line for each of these circles: for a page that shows something of many at once.

    `whole` is the thing of which they are parts, and the rule that opens it: it gets a line of its own. All of it is
    written as one row, and unfolded before anybody reads (`reading`).
    """
    if thing not in FOLDED:
        raise ValueError(f"{thing} is not declared in FOLDED: whoever reads it would not unfold first")
    found = [str(one).replace("-", "") for one in circles]
    thing_id, whole_rule = whole or (None, "")
    if found:
        line = _line(by, verb, thing, fields, whole_rule) | {"thing_id": thing_id, "each_rule": rule}
        _FOLDED.add(line | {"circles": [None, *found] if whole else found})
    elif whole:
        record(by=by, verb=verb, thing=thing, thing_id=thing_id, fields=fields, rule=whole_rule)


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


class _Table:
    """Adds rows without reading back: who leaves a line may not see it (row-level security)."""

    def __init__(self, model: type[models.Model]) -> None:
        columns = {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}
        names, gaps = ", ".join(f'"{name}"' for name in columns), ", ".join(f"%({name})s" for name in columns)
        sql = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({gaps})"  # noqa: S608 (names of columns)
        self.statement = Statement(sql, list(columns), {})
        self.writers = {name: _writer(field) for name, field in columns.items()}

    def add(self, line: dict[str, Any]) -> None:
        database = connections[DEFAULT_DB_ALIAS]
        self.statement.run(database, [write(line[name], database) for name, write in self.writers.items()])


def _writer(field: Any) -> Callable[[Any, Any], Any]:
    """What Django's fields do at each row, worked out once for each column."""
    if isinstance(field, models.JSONField):
        return field.get_db_prep_save
    if isinstance(field, models.CharField):
        return lambda text, _database: str(text)
    return for_database


_EVENT, _FOLDED = _Table(Event), _Table(Folded)
