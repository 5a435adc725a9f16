"""Filling in: begin, answer one question at a time, finish or decline, and every way back.

An answer is kept when it is given, so a pause needs no button, and going on is possible on another device.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from kring.care.circles.policy import may_share
from kring.care.circles.seats import Seat
from kring.care.circles.trail import wrote
from kring.care.measures import policy
from kring.care.measures.actions import thing_of
from kring.care.measures.instruments import Definition, ScaleScore, entered, score
from kring.care.measures.models import (
    Measurement,
    OwnMeasurement,
    OwnSchedule,
    OwnScore,
    Schedule,
    Score,
)
from kring.care.measures.occasions import Occasion, waiting
from kring.care.measures.texts import Asking
from kring.care.stored import Stale, allow, save_if_unchanged

Line = Schedule | OwnSchedule
Filled = Measurement | OwnMeasurement


def table_of(line: Line) -> Any:
    return OwnMeasurement if isinstance(line, OwnSchedule) else Measurement


def scores_of(filled: Filled) -> Any:
    return OwnScore if isinstance(filled, OwnMeasurement) else Score


def there(line: Line) -> Any:
    """Everything on a line that was not taken out."""
    return table_of(line).objects.filter(schedule=line, removed_at=None)


def waits(line: Line) -> Occasion | None:
    """The planned day that nobody filled in or declined yet."""
    return waiting(line, there(line).values_list("due_on", flat=True), timezone.localdate())


def begun(line: Line) -> Any | None:
    """What was begun on this line and not finished."""
    return there(line).filter(completed_at=None, declined_at=None).order_by("-started_at").first()


@transaction.atomic
def begin(*, by: Seat, line: Line, asking: Asking) -> Any:
    """Open a filling-in: the planned day that waits, or today. What was begun before is gone on with."""
    allow(policy.may_fill(by, line))
    unfinished = begun(line)
    if unfinished is not None and policy.may_work_on(by, unfinished):
        return unfinished
    occasion = waits(line) or Occasion(timezone.localdate())
    filled, new = table_of(line).objects.get_or_create(
        schedule=line, due_on=occasion.on, removed_at=None,
        defaults={
            "month": occasion.month, "filled_by_id": by.person_id, "instrument_version": asking.version,
            "language": asking.language,
        },
    )  # fmt: skip
    if new:
        wrote(by, "began questions", thing_of(line), filled.pk)
    return filled


@transaction.atomic
def answer(*, by: Seat, filled: Filled, version: int, link_id: str, value: float | None) -> None:
    """Keep one answer; None skips the question. Two devices that answer different questions both keep theirs."""
    allow(policy.may_work_on(by, filled) and filled.completed_at is None and filled.declined_at is None)
    try:
        save_if_unchanged(filled, version, {"answers": {**filled.answers, link_id: value}})
    except Stale as stale:
        stored: Any = stale.stored
        if stored.completed_at or stored.answers.get(link_id, value) != value:
            raise
        save_if_unchanged(stored, stored.version, {"answers": {**stored.answers, link_id: value}})


@transaction.atomic
def finish(*, by: Seat, filled: Filled, asking: Asking) -> None:
    """Done: the scores are worked out from what was asked. Twice the same changes nothing."""
    if filled.completed_at is not None:
        return
    allow(policy.may_work_on(by, filled) and filled.declined_at is None)
    scored = score(asking.definition, answered(filled.answers, asking))
    now = timezone.now()
    if not type(filled).objects.filter(pk=filled.pk, completed_at=None).update(completed_at=now):
        return
    _keep(filled, scored)
    wrote(by, "filled in", thing_of(filled.schedule), filled.pk)


def _keep(filled: Filled, scored: Iterable[ScaleScore]) -> None:
    table = scores_of(filled)
    table.objects.bulk_create(table(measurement=filled, **found._asdict()) for found in scored)


def answered(answers: Mapping[str, Any], asking: Asking) -> dict[str, Any]:
    """The answers to questions that are asked: one that another answer closed does not count."""
    return {q.link_id: answers[q.link_id] for q in asking.asked(answers) if answers.get(q.link_id) is not None}


@transaction.atomic
def reopen(*, by: Seat, filled: Filled) -> None:
    """Not finished after all. For a while only: then others may have read it."""
    allow(policy.may_reopen(by, filled))
    scores_of(filled).objects.filter(measurement=filled).delete()
    type(filled).objects.filter(pk=filled.pk).update(completed_at=None)
    wrote(by, "reopened", thing_of(filled.schedule), filled.pk)


@transaction.atomic
def decline(*, by: Seat, line: Line) -> Any:
    """Not this time. No reason is asked."""
    allow(policy.may_fill(by, line))
    occasion = waits(line)
    allow(occasion is not None)
    assert occasion is not None
    filled = table_of(line).objects.create(
        schedule=line, due_on=occasion.on, month=occasion.month, filled_by_id=by.person_id, declined_at=timezone.now()
    )
    wrote(by, "skipped questions", thing_of(line), filled.pk)
    return filled


@transaction.atomic
def enter_totals(
    *,
    by: Seat,
    line: Line,
    id: uuid.UUID,
    due_on: dt.date,
    definition: Definition,
    totals: Mapping[str, float],
    **said: str,
) -> Any:
    """Scores that were worked out elsewhere, for instance on paper. `said`: instrument_version, language."""
    allow(policy.may_fill(by, line))
    filled, new = table_of(line).objects.get_or_create(
        id=id,
        defaults={
            "schedule": line, "due_on": due_on, "filled_by_id": by.person_id, "external": True,
            "completed_at": timezone.now(), **said,
        },
    )  # fmt: skip
    allow(filled.schedule_id == line.pk)
    if new:
        _keep(filled, entered(definition, totals))
        wrote(by, "entered scores", thing_of(line), filled.pk)
    return filled


@transaction.atomic
def remove(*, by: Seat, filled: Filled, back: bool = False) -> None:
    """Take a filling-in out, or put it back unless that day was filled in anew."""
    draft = filled.completed_at is None and policy.may_work_on(by, filled)
    undone = back and filled.filled_by_id == by.person_id and policy.may_fill(by, filled.schedule)
    allow(draft or undone or policy.may_remove(by, filled))
    allow(not back or not there(filled.schedule).filter(due_on=filled.due_on).exists())
    type(filled).objects.filter(pk=filled.pk).update(removed_at=None if back else timezone.now())
    wrote(by, "restored" if back else "removed", thing_of(filled.schedule), filled.pk)


@transaction.atomic
def keep_to_myself(*, by: Seat, filled: Measurement, only_me: bool) -> None:
    """The client leaves one moment out for everybody else, or lets it go with its line again."""
    allow(may_share(by) and filled.schedule.circle_id == by.circle_id)
    Measurement.objects.filter(pk=filled.pk).update(only_me=only_me)
    wrote(by, "set reach", thing_of(filled.schedule), filled.pk, fields=["mine" if only_me else "circle"])


@transaction.atomic
def begin_anew(*, by: Seat, filled: Filled, asking: Asking) -> Any:
    """The questions changed since this was begun: put it aside with its answers, and begin with the new ones."""
    allow(policy.may_work_on(by, filled) and filled.completed_at is None)
    type(filled).objects.filter(pk=filled.pk).update(removed_at=timezone.now())
    return begin(by=by, line=filled.schedule, asking=asking)
