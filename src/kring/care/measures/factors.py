"""Every write to what stands in somebody's way: money, work, a home, being alone, stigma, what was done, rights."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.circles.trail import wrote
from kring.care.measures import policy
from kring.care.measures.models import LifeFactor
from kring.care.stored import allow, save_if_unchanged


@transaction.atomic
def add(*, by: Seat, id: uuid.UUID, **content: Any) -> LifeFactor:
    """Content: kind; if wanted note, lever, offered, priority, zone. How important it is only the client says."""
    allow(policy.may_write_factors(by) and (policy.may_decide(by) or not content.get("priority")))
    factor, new = LifeFactor.objects.get_or_create(
        id=id, defaults={"circle_id": by.circle_id, "written_by_id": by.person_id, **content}
    )
    allow(factor.circle_id == by.circle_id)
    if new:
        wrote(by, "added", Topic.PROGRESS, factor.pk, fields=["life"])
    return factor


@transaction.atomic
def change(*, by: Seat, factor: LifeFactor, version: int, **content: Any) -> LifeFactor:
    allow(policy.may_change_factor(by, factor))
    allow(policy.may_decide(by) or content.get("priority", factor.priority) == factor.priority)
    save_if_unchanged(factor, version, content)
    wrote(by, "changed", Topic.PROGRESS, factor.pk, fields=sorted(content))
    return factor


@transaction.atomic
def set_solved(*, by: Seat, factor: LifeFactor, solved: bool) -> None:
    """It is no longer in the way, or it is again."""
    allow(policy.may_change_factor(by, factor))
    LifeFactor.objects.filter(pk=factor.pk).update(solved_at=timezone.now() if solved else None)
    wrote(by, "marked solved" if solved else "reopened", Topic.PROGRESS, factor.pk)


@transaction.atomic
def remove(*, by: Seat, factor: LifeFactor, back: bool = False) -> None:
    allow(policy.may_bring_factor_back(by, factor) if back else policy.may_change_factor(by, factor))
    LifeFactor.objects.filter(pk=factor.pk).update(removed_at=None if back else timezone.now())
    wrote(by, "restored" if back else "removed", Topic.PROGRESS, factor.pk)
