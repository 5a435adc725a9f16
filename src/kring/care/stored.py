"""What every stored thing has. Names nothing of the field; all rooms may use it."""

import uuid
from typing import Any

from django.db import models
from django.http import Http404
from django.utils import timezone


class Stored(models.Model):
    """A row with an unguessable id, which a form may choose beforehand.

    A form that creates something carries the id of what it will create: a double click or a back button
    then meets the row that already exists, and nothing is written twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class Stale(Exception):
    """The text was changed by someone else since this form was opened. Carries what is stored now."""

    def __init__(self, stored: models.Model) -> None:
        super().__init__("changed since it was read")
        self.stored = stored


AFTER_EMPTY = {"version": 2}
"""What is stored at its first save. A form that was opened while nothing was there carries version 1: of two of those,
the second is Stale."""


class Denied(Http404):
    """The policy says no. To the outside it looks the same as a thing that does not exist."""


def allow(answer: bool) -> None:
    """Stop here unless the policy said yes."""
    if not answer:
        raise Denied


def id_or_404(text: str) -> uuid.UUID:
    """An id that came with a request; anything else does not exist."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Denied from None


def save_if_unchanged(thing: Any, version: int, changes: dict[str, object]) -> None:
    """Write `changes` and raise the version, unless someone else did so first: then raise Stale.

    Where the same words are stored already (a double click), nothing is written and nothing is wrong. Who wrote
    them is no word of the text, so changes of that alone never pass as the same.

    One conditional UPDATE, so two writers cannot both win whatever the database's isolation.
    """
    model = type(thing)
    updated = model.objects.filter(pk=thing.pk, version=version).update(version=version + 1, **changes)
    if not updated:
        stored = model.objects.get(pk=thing.pk)
        words = {name: value for name, value in changes.items() if not name.endswith("_by_id")}
        if not words or any(getattr(stored, name) != value for name, value in words.items()):
            raise Stale(stored)
        version = stored.version - 1
    for name, value in {**changes, "version": version + 1}.items():
        setattr(thing, name, value)
