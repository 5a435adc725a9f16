"""Writes the trail. Called inside the transaction of the write, so that no write goes without its line."""

import uuid
from collections.abc import Sequence
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
    behalf = by.client_id if by.client_id != by.person_id and rule.startswith("handover") else None
    _add(
        Event(
            at=timezone.now(),
            circle_id=by.circle_id,
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
    )


_COLUMNS = [field for field in Event._meta.concrete_fields if not field.primary_key]
_INSERT = "INSERT INTO audit_event ({}) VALUES ({})".format(  # noqa: S608 (only names of columns)
    ", ".join(f'"{field.column}"' for field in _COLUMNS), ", ".join(["%s"] * len(_COLUMNS))
)


def _add(event: Event) -> None:
    """Write without reading back: who leaves a line may not see it (row-level security), and every page writes one."""
    values = [field.get_db_prep_save(getattr(event, field.attname), connection) for field in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
