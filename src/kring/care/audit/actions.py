"""Writes the trail. Called inside the transaction of the write, so that no write goes without its line."""

import uuid
from collections.abc import Sequence
from typing import Protocol

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
) -> Event:
    """Add one line. `thing` and `fields` name kinds of data, never their content."""
    behalf = by.client_id if by.client_id != by.person_id and rule.startswith("handover") else None
    return Event.objects.create(
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
