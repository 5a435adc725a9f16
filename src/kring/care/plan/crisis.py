"""Every write to the crisis plan, part by part: two people can write in two parts at the same time."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from kring.care.circles import glass
from kring.care.circles.policy import visible
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Topic
from kring.care.circles.trail import wrote
from kring.care.plan import policy
from kring.care.plan.card import Card, card_of
from kring.care.plan.models import CrisisContact, CrisisPhase, CrisisPlan
from kring.care.stored import allow, save_if_unchanged

MOST_CONTACTS = 12


@transaction.atomic
def write_plan(*, by: Seat, version: int = 1, **content: object) -> CrisisPlan:
    """Content: helps, not_helps, card_note. `version` is 1 while nothing was written yet."""
    plan = _plan_to_write(by)
    save_if_unchanged(plan, version, {**content, "written_by_id": by.person_id})
    wrote(by, "changed", Topic.CRISIS, plan.pk, fields=sorted(content))
    return plan


@transaction.atomic
def write_phase(*, by: Seat, colour: str, version: int = 1, **content: object) -> CrisisPhase:
    """Content: signs, i_do, members_do, professionals_do of one colour (green, orange, red)."""
    plan = _plan_to_write(by)
    phase = plan.phases.get(colour=colour)
    save_if_unchanged(phase, version, content)
    wrote(by, "changed", Topic.CRISIS, plan.pk, fields=[colour, *sorted(content)])
    return phase


@transaction.atomic
def set_contacts(*, by: Seat, contacts: Iterable[Mapping[str, Any]], version: int | None = None) -> CrisisPlan:
    """Whom to call, in this order; replaces the list. Each has name, and if wanted phone, when, on_card.

    `version` is that of the plan as it was read; None writes whatever was there (an import, a test).
    """
    plan = _plan_to_write(by)
    save_if_unchanged(plan, plan.version if version is None else version, {"written_by_id": by.person_id})
    plan.contacts.all().delete()
    rows = [CrisisContact(plan=plan, order=order, **contact) for order, contact in enumerate(contacts)]
    CrisisContact.objects.bulk_create(rows[:MOST_CONTACTS])
    wrote(by, "changed", Topic.CRISIS, plan.pk, fields=["contacts"])
    return plan


def _plan_to_write(by: Seat) -> CrisisPlan:
    """The plan, begun with three empty phases where there was none: then every part has a version to compare."""
    plan = CrisisPlan.objects.filter(circle_id=by.circle_id, removed_at=None).first()
    allow(policy.may_write_crisis(by, plan))
    if plan is None:
        plan, _new = CrisisPlan.objects.get_or_create(circle_id=by.circle_id, removed_at=None)
    for colour, _label in CrisisPhase.COLOURS:
        CrisisPhase.objects.get_or_create(plan=plan, colour=colour)
    return plan


def plan_of(seat: Seat) -> CrisisPlan | None:
    """The crisis plan as far as this seat sees it, with its phases and contacts."""
    return visible(CrisisPlan, seat).prefetch_related("phases", "contacts").first()


def card_for(seat: Seat, plan: CrisisPlan | None) -> Card:
    """The card as this seat sees it. The client's own carries the code with which others can ask emergency access."""
    code = glass.code_of(seat) if seat.is_client and plan is not None else ""
    return card_of(seat.circle.client_name, plan, code)
