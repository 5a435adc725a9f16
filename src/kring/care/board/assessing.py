"""A team holds itself against a published scale: FACTs 2017 and CSI-R. A self-assessment is no audit.

Scoring and bands are those of the scoring definitions. Words of items are not shipped; a team fills in what its own
licensed form gives: for FACTs the mean of each part, for CSI-R the total.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from kring.care.audit.actions import record
from kring.care.board.actions import POST
from kring.care.board.desk import Desk
from kring.care.board.models import Assessment
from kring.care.measures import instruments
from kring.care.stored import allow

CODES = ("facts-2017", "csi-r")


def definition_of(code: str) -> instruments.Definition:
    allow(code in CODES)
    return instruments.load(code)


@transaction.atomic
def assess(*, by: Desk, id: uuid.UUID, code: str, held_on: dt.date, answers: Mapping[str, Decimal]) -> Assessment:
    """Keep one self-assessment with its score. Raises Refused for an answer that the scale does not take."""
    definition = definition_of(code)
    scored = instruments.score(definition, answers) if definition.items else instruments.entered(definition, answers)
    scale, value = definition.scales[0], scored[0].value
    allow(value is not None)
    assert value is not None
    band = instruments.band_of(scale, value)
    found, new = Assessment.objects.get_or_create(
        id=id,
        defaults={
            "team": by.team, "instrument": code, "instrument_version": definition.version, "held_on": held_on,
            "answers": {item: str(answer) for item, answer in answers.items()}, "value": value,
            "band": band.code if band else "", "written_by": by.person,
        },
    )  # fmt: skip
    allow(found.team_id == by.team.pk)
    if new:
        record(by=by, verb="added", thing="figures", thing_id=found.pk, fields=[code], rule=POST)
    return found


@transaction.atomic
def set_removed(*, by: Desk, assessment: Assessment, removed: bool) -> None:
    allow(assessment.team_id == by.team.pk)
    Assessment.objects.filter(pk=assessment.pk).update(removed_at=timezone.now() if removed else None)
    verb = "removed" if removed else "restored"
    record(by=by, verb=verb, thing="figures", thing_id=assessment.pk, rule=POST)


def kept(desk: Desk, code: str) -> QuerySet[Assessment]:
    found = Assessment.objects.filter(team=desk.team, instrument=code, removed_at=None)
    return found.select_related("written_by").order_by("-held_on", "-created_at")


def in_words(words: Mapping[str, str]) -> str:
    return words.get(get_language() or "nl") or words["nl"]


def bands(code: str) -> dict[str, str]:
    """The published bands by code, in the reader's language."""
    return {band.code: in_words(band.title) for band in definition_of(code).scales[0].bands}
