"""Sealing the trail in batches, finding what was tampered with, and pruning what is old enough.

Each event gets a fingerprint, each batch a seal over its fingerprints and the seal before it. A changed, dropped,
reordered or inserted row then no longer fits, and `problems` names it. What happened since the last seal (a minute)
is not covered yet; nor can the chain show that its newest end was cut off: keep the newest digest elsewhere.
"""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from kring.care.audit.models import Event, Seal, Sealed
from kring.care.audit.reading import unfold

BATCH = 5_000
LATE = 10_000
"""How many ids below the highest sealed one an event may still turn up: its transaction committed late."""
SLACK = dt.timedelta(minutes=15)
"""How long a transaction may last between the moment in its event and its commit."""
FIRST = "0" * 64


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing that is not as it was sealed."""

    kind: str  # changed, dropped, inserted, reordered, seal missing, seal changed
    number: int  # of the event, or of the seal
    words: str


def fingerprint(event: Event) -> str:
    """SHA-256 of one event's fields in a fixed text form."""
    values = [_text(getattr(event, field.attname)) for field in Event._meta.concrete_fields]
    return hashlib.sha256(json.dumps(values, ensure_ascii=True, sort_keys=True).encode()).hexdigest()


def _text(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return value if isinstance(value, bool | int | list | None) else str(value)


def digest_of(previous: str, sealed_at: dt.datetime, emptied: bool, fingerprints: list[str]) -> str:
    words = [previous, str(_text(sealed_at)), str(emptied), str(len(fingerprints)), *fingerprints]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def seal_all() -> int:
    """Seal whatever is not sealed yet; returns how many events. A second worker at the same time does nothing."""
    unfold()  # a look is sealed within minutes, or it would seem to be inserted later (SLACK)
    done = 0
    while count := _seal_batch():
        done += count
    return done


def _seal_batch() -> int:
    try:
        with transaction.atomic():
            last = Seal.objects.select_for_update().order_by("-number").first()
            events = _unsealed(last)
            if events:
                _write(last, events[:BATCH], emptied=len(events) <= BATCH)
            return len(events[:BATCH])
    except IntegrityError:  # somebody else wrote this number first
        return 0


def _unsealed(last: Seal | None) -> list[Event]:
    sealed = Sealed.objects.filter(event_id=OuterRef("pk"))
    recent = Event.objects.filter(pk__gt=last.last_id - LATE if last else -1)
    return list(recent.exclude(Exists(sealed)).order_by("pk")[: BATCH + 1])


def _write(last: Seal | None, events: list[Event], emptied: bool) -> None:
    prints = [fingerprint(event) for event in events]
    previous, now = last.digest if last else FIRST, timezone.now()
    seal = Seal.objects.create(
        number=last.number + 1 if last else 1, count=len(events), previous=previous, sealed_at=now, emptied=emptied,
        last_id=max(events[-1].pk, last.last_id if last else 0), digest=digest_of(previous, now, emptied, prints),
    )  # fmt: skip
    Sealed.objects.bulk_create(
        Sealed(event_id=event.pk, seal=seal, position=position, digest=digest)
        for position, (event, digest) in enumerate(zip(events, prints, strict=True))
    )


def problems() -> Iterator[Problem]:
    """Everything that no longer fits, oldest seal first. Reads one batch at a time."""
    unfold()
    before: Seal | None = None
    emptied: Seal | None = None  # the last one after which nothing was left: later seals hold only later events
    for seal in Seal.objects.order_by("number").iterator():
        yield from _in_chain(seal, before)
        if seal.pruned_at is None:
            yield from _in_batch(seal, emptied)
        before, emptied = seal, seal if seal.emptied else emptied
    yield from _never_sealed(emptied)


def _in_chain(seal: Seal, before: Seal | None) -> Iterator[Problem]:
    expected = before.number + 1 if before else 1
    if seal.number != expected:
        for number in range(expected, seal.number):
            yield Problem("seal missing", number, f"Seal {number} is missing.")
    elif seal.previous != (before.digest if before else FIRST):
        yield Problem("seal changed", seal.number, f"Seal {seal.number} does not continue the seal before it.")


def _in_batch(seal: Seal, emptied: Seal | None) -> Iterator[Problem]:
    rows = list(seal.rows.order_by("position"))
    events = Event.objects.in_bulk([row.event_id for row in rows])
    for row in rows:
        event = events.get(row.event_id)
        if event is None:
            yield Problem("dropped", row.event_id, f"Event {row.event_id} was dropped (seal {seal.number}).")
        elif fingerprint(event) != row.digest:
            yield Problem("changed", row.event_id, f"Event {row.event_id} was changed (seal {seal.number}).")
        elif emptied is not None and event.at < emptied.sealed_at - SLACK:
            yield _inserted(event, f"sealed only in seal {seal.number}")
    if digest_of(seal.previous, seal.sealed_at, seal.emptied, [row.digest for row in rows]) != seal.digest:
        yield _unlike(seal, rows)


def _unlike(seal: Seal, rows: list[Sealed]) -> Problem:
    """The fingerprints do not make the digest: their order, their number, or one of them is not as it was."""
    if len(rows) == seal.count and [row.event_id for row in rows] != sorted(row.event_id for row in rows):
        return Problem("reordered", seal.number, f"The events of seal {seal.number} are in another order.")
    words = f"Seal {seal.number} was changed: {seal.count} events were sealed, {len(rows)} are listed."
    return Problem("seal changed", seal.number, words)


def _never_sealed(last: Seal | None) -> Iterator[Problem]:
    if last is None:
        return
    sealed = Sealed.objects.filter(event_id=OuterRef("pk"))
    for event in Event.objects.exclude(Exists(sealed)).filter(at__lt=last.sealed_at - SLACK).order_by("pk").iterator():
        yield _inserted(event, "never sealed")


def _inserted(event: Event, why: str) -> Problem:
    moment = event.at.isoformat(timespec="seconds")
    return Problem("inserted", event.pk, f"Event {event.pk} was inserted later: it says {moment}, but was {why}.")


def prune(years: int) -> int:
    """Delete the events of whole seals, oldest first, once all of a seal are older than `years`; keep the seals."""
    if years < 5:
        raise ValueError("NEN 7513 wants the log kept for at least five years.")
    limit, gone = _years_ago(years), 0
    for seal in Seal.objects.filter(pruned_at=None).order_by("number"):
        ids = list(seal.rows.values_list("event_id", flat=True))
        if Event.objects.filter(pk__in=ids, at__gte=limit).exists():
            break
        with transaction.atomic():
            Seal.objects.filter(pk=seal.pk).update(pruned_at=timezone.now())
            Event.objects.filter(pk__in=ids).delete()
            seal.rows.all().delete()
        gone += len(ids)
    return gone


def _years_ago(years: int) -> dt.datetime:
    now = timezone.now()
    try:
        return now.replace(year=now.year - years)
    except ValueError:  # 29 February
        return now.replace(year=now.year - years, day=28)
