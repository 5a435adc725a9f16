"""Leaves a line in the audit trail for a seat: short to write, so that no action and no page forgets it."""

import uuid
from collections.abc import Iterable, Sequence

from kring.care.audit.actions import record
from kring.care.circles.seats import Seat


def wrote(
    seat: Seat,
    verb: str,
    topic: str,
    thing_id: uuid.UUID | None = None,
    fields: Sequence[str] = (),
    rule: str = "",
) -> None:
    record(by=seat, verb=verb, thing=topic, thing_id=thing_id, fields=fields, rule=rule or _rule(seat, topic))


def saw(seat: Seat, page: str, topics: Iterable[str] = ()) -> None:
    """One event per view; it names the parts that the page showed. A preview is the client's own look."""
    shown = list(topics)
    rule = "preview" if seat.preview else "; ".join(sorted({seat.rule(topic) for topic in shown})) or seat.kind
    record(by=seat, verb="viewed", thing=page, fields=shown, rule=rule[:80])


def _rule(seat: Seat, topic: str) -> str:
    return next((rule for task, rule in seat.tasks.items() if task == topic), seat.rule(topic))
