"""What trainers, coaches and experience experts do, as equals: observe, give back, coach."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from kring.care.people.models import Person
from kring.care.stored import AFTER_EMPTY, allow, save_if_unchanged
from kring.care.training import practice_policy as policy
from kring.care.training.actions import learning
from kring.care.training.models import (
    Coached,
    CoachingContact,
    Cohort,
    Enrolment,
    FeedbackNote,
    Lead,
    Observation,
    PartKind,
    PartVersion,
    Practice,
    Progress,
)
from kring.care.training.trail import noted

MOST = 2  # the highest mark of an item


def share_seen(marks: Mapping[str, int | None]) -> float | None:
    """Of what could be seen, how much was: 0 to 100. Items without an occasion do not count."""
    given = [mark for mark in marks.values() if mark is not None]
    return 100 * sum(given) / (MOST * len(given)) if given else None


@transaction.atomic
def observe(
    *, by: Person, practice: Practice, form: PartVersion, marks: Mapping[str, int | None], minutes: int,
    client_agreed: bool,
) -> Observation:  # fmt: skip
    """Keep what one saw. Sent twice it counts once; marks are not changed afterwards."""
    role = _role(by, practice)
    allow(client_agreed and all(mark in (None, 0, 1, MOST) for mark in marks.values()))
    seen, new = Observation.objects.get_or_create(
        practice=practice, observer=by,
        defaults={
            "learner_id": practice.enrolment.person_id, "source": role, "form": form, "marks": dict(marks),
            "share": share_seen(marks), "minutes": minutes, "client_agreed": client_agreed,
        },
    )  # fmt: skip
    if new:
        learning.done(practice.enrolment, form, at=timezone.now())
        noted(by, role, "added", "observation", seen.pk)
    return seen


@transaction.atomic
def give_back(*, by: Person, practice: Practice, version: int, **content: object) -> FeedbackNote:
    """tone, saw, goal: specific, with one goal."""
    role = _role(by, practice)
    note, new = FeedbackNote.objects.get_or_create(
        practice=practice,
        by=by,
        defaults={"learner_id": practice.enrolment.person_id, "source": role, **content, **AFTER_EMPTY},
    )
    if not new:
        save_if_unchanged(note, version, content)
    noted(by, role, "added" if new else "changed", "feedback", note.pk)
    return note


def _role(by: Person, practice: Practice) -> Lead:
    allow(policy.asked_practices(by).filter(pk=practice.pk).exists())
    role = policy.lead_role(by, practice.enrolment.cohort_id)
    assert role is not None  # who leads no such cohort finds no such practice
    return role


@transaction.atomic
def coach(
    *, by: Person, id: uuid.UUID, cohort: Cohort, learners: Iterable[Enrolment], **content: Any
) -> CoachingContact:
    """A contact that took place, with who was there. Content: kind, held_on, minutes."""
    there = list(learners)
    can = set(policy.learners_to_coach(by, cohort).values_list("pk", flat=True))
    allow(bool(there) and all(enrolment.pk in can for enrolment in there))
    role = policy.lead_role(by, cohort.pk)
    assert role is not None  # else there was nobody to coach
    contact, new = CoachingContact.objects.get_or_create(
        id=id, defaults={"cohort": cohort, "coach": by, "source": role, **content}
    )
    allow(contact.coach_id == by.pk)
    if new:
        Coached.objects.bulk_create(Coached(contact=contact, enrolment=enrolment) for enrolment in there)
        for enrolment in there:
            _tick(enrolment)
        noted(by, role, "held", "coaching", contact.pk)
    return contact


def _tick(enrolment: Enrolment) -> None:
    """The next coaching contact of the programme is done for this learner."""
    finished = Progress.objects.filter(enrolment=enrolment, completed_at__isnull=False).values("part_id")
    placed = enrolment.cohort.programme_version.placed.filter(part__kind=PartKind.COACHING).exclude(part__in=finished)
    following = placed.select_related("part_version").order_by("order").first()
    if following is not None:
        learning.done(enrolment, following.part_version, at=timezone.now())


@transaction.atomic
def remove_coaching(*, by: Person, contact: CoachingContact, remove: bool = True) -> None:
    """It was written down by mistake; or it was not."""
    allow(contact.coach_id == by.pk)
    CoachingContact.objects.filter(pk=contact.pk).update(removed_at=timezone.now() if remove else None)
    noted(by, contact.source, "removed" if remove else "restored", "coaching", contact.pk)
