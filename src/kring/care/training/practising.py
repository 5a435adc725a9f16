"""What a learner does: plan one behaviour, write down how it went, ask for feedback, choose who sees their course."""

import uuid
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Circle, Member
from kring.care.circles.policy import members_visible_to
from kring.care.circles.seats import seat_of
from kring.care.measures import instruments
from kring.care.people.models import Person
from kring.care.post import send
from kring.care.second_guard import lifted
from kring.care.stored import allow, save_if_unchanged
from kring.care.training import practice_policy as policy
from kring.care.training.actions import learning
from kring.care.training.models import Enrolment, LearnerChoice, Practice, PracticeCircle, Rating, StaffScore
from kring.care.training.trail import noted

LEARNER = "learner"


@transaction.atomic
def plan(*, by: Person, id: uuid.UUID, enrolment: Enrolment, circle: Circle, **content: object) -> Practice:
    """Content: behaviour, planned_on, and a phase or a CHIME process."""
    allow(policy.may_practise(by, enrolment) and policy.circles_to_practise_in(by).filter(pk=circle.pk).exists())
    practice, new = Practice.objects.get_or_create(id=id, defaults={"enrolment": enrolment, **content})
    allow(practice.enrolment_id == enrolment.pk)
    if new:
        PracticeCircle.objects.create(practice=practice, circle=circle)
        noted(by, LEARNER, "planned", "practice", practice.pk)
    return practice


@transaction.atomic
def change(*, by: Person, practice: Practice, version: int, **content: object) -> Practice:
    """Until feedback was asked a plan can be changed; afterwards it is what others saw."""
    allow(policy.own_practices(by).filter(pk=practice.pk, asked_at=None).exists())
    save_if_unchanged(practice, version, content)
    noted(by, LEARNER, "changed", "practice", practice.pk, sorted(content))
    return practice


@transaction.atomic
def record(*, by: Person, practice: Practice, version: int, **content: object) -> Practice:
    """How it went: held_on; if wanted went, next_time, own_view. The programme's practice task is then done."""
    allow(policy.own_practices(by).filter(pk=practice.pk).exists())
    save_if_unchanged(practice, version, content)
    if practice.part_version is not None and practice.held_on is not None:
        learning.done(practice.enrolment, practice.part_version, at=timezone.now())
    noted(by, LEARNER, "changed", "practice", practice.pk, sorted(content))
    return practice


@transaction.atomic
def drop(*, by: Person, practice: Practice, drop: bool = True) -> None:
    """Let a plan go, or take it up again. What feedback was asked for stays."""
    kept = Practice.objects.filter(pk=practice.pk, enrolment__person=by, asked_at=None)
    allow(kept.exists())
    kept.update(dropped_at=timezone.now() if drop else None)
    noted(by, LEARNER, "removed" if drop else "restored", "practice", practice.pk)


def could_be_there(by: Person, practice: Practice) -> list[Member]:
    """Family and friends of the circle whom the learner sees and who can have been at the contact."""
    contact = PracticeCircle.objects.filter(practice=practice).first()
    seat = seat_of(by, contact.circle_id) if contact else None
    if seat is None or seat.kind != "member":
        return []
    here = members_visible_to(seat).filter(role__in=policy.RATERS, joined_at__isnull=False, ended_at=None)
    return list(here.exclude(person=None).order_by("name"))


@transaction.atomic
def ask(*, by: Person, practice: Practice, client_there: bool, members: Iterable[Member] = ()) -> None:
    """Ask those who lead the cohort; and of the client and the members who were there, whoever chose to be asked.

    Nothing here tells the learner who that is, or whether it is anybody.
    """
    allow(policy.own_practices(by).filter(pk=practice.pk, held_on__isnull=False).exists())
    there = {member.pk: member for member in could_be_there(by, practice)}
    allow(all(member.pk in there for member in members))
    if practice.asked_at is None:
        practice.asked_at = timezone.now()
        practice.save(update_fields=["asked_at"])
        noted(by, LEARNER, "proposed", "practice", practice.pk)
        contact = PracticeCircle.objects.select_related("circle__client").filter(practice=practice).first()
        if contact is not None and seat_of(by, contact.circle_id) is not None:
            people = [contact.circle.client] if client_there else []
            people += [member.person for member in members if member.person is not None]
            _ask(practice, by, contact.circle_id, people)


@lifted("who chose to be asked is hidden from whoever asks")
def _ask(practice: Practice, by: Person, circle_id: uuid.UUID, people: Iterable[Person]) -> None:
    if not policy.client_chose(circle_id):
        return
    closes_on = timezone.localdate() + policy.OPEN_FOR
    for person in people:
        if policy.may_be_asked(person, circle_id, by.pk):
            Rating.objects.get_or_create(
                practice=practice, rater=person, defaults={"circle_id": circle_id, "closes_on": closes_on}
            )
            send(to=person, subject=_("Kring: a short question"), template="training/mail/question.txt",
                 context={"circle_id": circle_id})  # fmt: skip


QUESTIONNAIRES = ("rki", "raq-7")
"""Published questionnaires of what staff know and think. Their texts are not ours: they are filled in on paper."""


@transaction.atomic
def fill_in(
    *, by: Person, enrolment: Enrolment, instrument: str, moment: str, answers: Mapping[str, int | None]
) -> StaffScore:
    """Scores by the published definition. Sent again, it replaces what was there."""
    allow(policy.may_practise(by, enrolment) and instrument in QUESTIONNAIRES and moment in dict(StaffScore.MOMENTS))
    found = instruments.score(instruments.load(instrument), answers)
    scores = {one.scale: one.value for one in found if one.value is not None}
    kept, _new = StaffScore.objects.update_or_create(
        enrolment=enrolment, instrument=instrument, moment=moment,
        defaults={"answers": dict(answers), "scores": scores},
    )  # fmt: skip
    noted(by, LEARNER, "added", "learning", kept.pk, [instrument])
    return kept


@transaction.atomic
def set_choice(*, by: Person, enrolment: Enrolment, to: str, agree: bool) -> None:
    """Let one's team lead see how much one did, or research use a row without a name; and take it back."""
    allow(enrolment.person_id == by.pk and to in dict(LearnerChoice.FOR))
    active = LearnerChoice.objects.filter(enrolment=enrolment, to=to, revoked_at=None)
    if agree:
        LearnerChoice.objects.get_or_create(enrolment=enrolment, to=to, revoked_at=None)
    else:
        active.update(revoked_at=timezone.now())
    noted(by, LEARNER, "shared" if agree else "stopped sharing", "learning", enrolment.pk, [to])
