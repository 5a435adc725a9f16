"""Leaves a line in the trail for what is done at work, outside any circle. What is done in a circle uses a seat."""

import uuid
from collections.abc import Sequence

from kring.care.audit.actions import record
from kring.care.people.models import Person
from kring.care.people.work import AtWork


def noted(
    by: Person, role: str, verb: str, thing: str, thing_id: uuid.UUID | None = None, fields: Sequence[str] = ()
) -> None:
    """Who did or saw what of a training, as what. Never what somebody wrote."""
    record(by=AtWork(by, role), verb=verb, thing=thing, thing_id=thing_id, fields=fields, rule=role)


def saw(by: Person, role: str, thing: str, thing_id: uuid.UUID | None = None) -> None:
    noted(by, role, "viewed", thing, thing_id)
