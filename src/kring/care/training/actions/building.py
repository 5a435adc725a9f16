"""A trainer builds a programme from versioned parts. What was published never changes: a change is a next version."""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kring.care.people.models import Organisation, Person
from kring.care.stored import Denied, allow
from kring.care.training import content as contents
from kring.care.training import library, policy
from kring.care.training.models import Part, PartVersion, PlacedPart, Programme, ProgrammeVersion
from kring.care.training.trail import noted

WORDS = ("nl", "en")


@transaction.atomic
def from_library(*, by: Person, organisation: Organisation, id: uuid.UUID) -> Programme:
    """Our own starting programme as a draft of this organisation, to publish as it is or to change first."""
    allow(policy.may_train(by, organisation))
    programme, new = Programme.objects.get_or_create(
        id=id, defaults={"organisation": organisation, "key": library.OWN, "made_by": by}
    )
    allow(programme.organisation_id == organisation.pk)
    if new:
        file, shelf = library.programme(), library.on_the_shelf()
        said = {name: file[name] for name in (*WORDS, "implications")}
        draft = ProgrammeVersion.objects.create(
            programme=programme, number=1, content=said, certificate_months=file["certificate_months"]
        )
        optional = file["optional"]["parts"]
        for order, (key, days) in enumerate(file["days"].items(), start=1):
            _put(draft, shelf[key], order, after_days=days, required=key not in optional)
        noted(by, "trainer", "added", "programme", programme.pk, ["library"])
    return programme


@transaction.atomic
def new_programme(*, by: Person, organisation: Organisation, id: uuid.UUID, title: str, about: str = "") -> Programme:
    """An empty programme, in the words of whoever makes it."""
    allow(policy.may_train(by, organisation))
    programme, new = Programme.objects.get_or_create(id=id, defaults={"organisation": organisation, "made_by": by})
    allow(programme.organisation_id == organisation.pk)
    if new:
        said = {by.language: {"title": title, "about": about}}
        ProgrammeVersion.objects.create(programme=programme, number=1, content=said)
        noted(by, "trainer", "added", "programme", programme.pk)
    return programme


def draft_of(programme: Programme) -> ProgrammeVersion | None:
    return programme.versions.filter(published_at__isnull=True).first()


def published(programme: Programme) -> ProgrammeVersion | None:
    return programme.versions.filter(published_at__isnull=False).order_by("-number").first()


@transaction.atomic
def begin_draft(*, by: Person, programme: Programme) -> ProgrammeVersion:
    """The next version, beginning as a copy of the last."""
    allow(policy.may_train(by, programme.organisation))
    draft = draft_of(programme)
    if draft is not None:
        return draft
    last = programme.versions.order_by("-number").first()
    if last is None:
        raise Denied
    draft = ProgrammeVersion.objects.create(
        programme=programme, number=last.number + 1, content=last.content, certificate_months=last.certificate_months
    )
    for placed in last.placed.select_related("part_version"):
        _put(draft, placed.part_version, placed.order, after_days=placed.after_days, required=placed.required)
    noted(by, "trainer", "added", "programme", programme.pk, ["version"])
    return draft


@transaction.atomic
def publish(*, by: Person, programme: Programme) -> ProgrammeVersion:
    allow(policy.may_train(by, programme.organisation))
    draft = draft_of(programme)
    if draft is None or not draft.placed.exists():
        raise Denied
    draft.published_at = timezone.now()
    draft.save(update_fields=["published_at"])
    noted(by, "trainer", "published", "programme", programme.pk)
    return draft


@transaction.atomic
def new_part(*, by: Person, organisation: Organisation, id: uuid.UUID, kind: str, content: dict[str, Any]) -> Part:
    """A part of one's own organisation, with its first version."""
    allow(policy.may_train(by, organisation) and not contents.problems(kind, content))
    part, new = Part.objects.get_or_create(
        id=id, defaults={"organisation": organisation, "kind": kind, "key": f"own-{str(id)[:8]}"}
    )
    allow(part.organisation_id == organisation.pk)
    if new:
        PartVersion.objects.create(part=part, number=1, content=content, made_by=by)
        noted(by, "trainer", "added", "part", part.pk, [kind])
    return part


@transaction.atomic
def new_version(*, by: Person, part: Part, number: int, content: dict[str, Any]) -> PartVersion:
    """Version `number` of a part; whoever began an earlier one keeps that. The same words twice are one version."""
    allow(policy.may_change_part(by, part) and not contents.problems(part.kind, content))
    version, new = PartVersion.objects.get_or_create(
        part=part, number=number, defaults={"content": content, "made_by": by}
    )
    allow(new or version.content == content)
    if new:
        noted(by, "trainer", "changed", "part", part.pk, ["version"])
    return version


@transaction.atomic
def copy_part(*, by: Person, part: Part, organisation: Organisation, id: uuid.UUID) -> Part:
    """A library part in one's own hands, to change. The library keeps its own."""
    last = part.versions.order_by("-number").first()
    allow(policy.parts_visible_to(by).filter(pk=part.pk).exists() and last is not None)
    assert last is not None
    return new_part(by=by, organisation=organisation, id=id, kind=part.kind, content=last.content)


@transaction.atomic
def place(
    *, by: Person, programme: Programme, part_version: PartVersion, after_days: int = 0, required: bool = True
) -> PlacedPart:
    """Put a part at the end of the draft; one that stands there already gets this version instead."""
    draft = _open_draft(by, programme)
    allow(policy.parts_for(by, programme).filter(pk=part_version.part_id).exists())
    found = draft.placed.filter(part_id=part_version.part_id).first()
    if found is None:
        last = draft.placed.aggregate(last=Max("order"))["last"] or 0
        found = _put(draft, part_version, last + 1, after_days=after_days, required=required)
    else:
        found.part_version, found.after_days, found.required = part_version, after_days, required
        found.save(update_fields=["part_version", "after_days", "required"])
    noted(by, "trainer", "changed", "programme", programme.pk, ["parts"])
    return found


@transaction.atomic
def take_out(*, by: Person, programme: Programme, part: Part) -> None:
    draft = _open_draft(by, programme)
    draft.placed.filter(part=part).delete()
    noted(by, "trainer", "changed", "programme", programme.pk, ["parts"])


@transaction.atomic
def move(*, by: Person, programme: Programme, part: Part, up: bool) -> None:
    """Exchange a part with its neighbour."""
    draft = _open_draft(by, programme)
    placed = list(draft.placed.order_by("order"))
    here = next((number for number, each in enumerate(placed) if each.part_id == part.pk), None)
    there = None if here is None else here - 1 if up else here + 1
    if here is None or there is None or not 0 <= there < len(placed):
        return
    first, second = placed[here], placed[there]
    first.order, second.order, spare = second.order, first.order, placed[-1].order + 1
    PlacedPart.objects.filter(pk=second.pk).update(order=spare)  # two rows never share a place, not even for a moment
    first.save(update_fields=["order"])
    second.save(update_fields=["order"])
    noted(by, "trainer", "changed", "programme", programme.pk, ["order"])


def _open_draft(by: Person, programme: Programme) -> ProgrammeVersion:
    allow(policy.may_train(by, programme.organisation))
    draft = draft_of(programme)
    if draft is None:
        raise Denied
    return draft


def _put(
    draft: ProgrammeVersion, part_version: PartVersion, order: int, *, after_days: int, required: bool
) -> PlacedPart:
    return PlacedPart.objects.create(
        programme_version=draft, part_id=part_version.part_id, part_version=part_version, order=order,
        after_days=after_days, required=required,
    )  # fmt: skip
