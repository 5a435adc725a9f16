"""Who may make programmes, lead cohorts and learn. Nothing here opens a circle.

A trainer runs the training of the own organisation. Whoever leads a cohort (also an experience expert or a coach) sees
that cohort: who takes part, which parts are done, who came. What somebody answered in a quiz is seen by that learner
alone; for everybody else answers are counted together (`item_statistics`).
"""

import dataclasses
import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kring.care.people.models import Organisation, Person, Post, Role, Team
from kring.care.people.policy import posts_of, trains_in
from kring.care.prepared import prepared
from kring.care.training.models import Certificate, Cohort, CohortLead, Enrolment, Part, Programme

LEARNS = (Role.REGIEONDERSTEUNER, Role.PROFESSIONAL, Role.PSYCHIATRIST, Role.EXPERIENCE_EXPERT, Role.TEAM_LEAD)


def may_train(person: Person, organisation: Organisation) -> bool:
    return trains_in(person).filter(pk=organisation.pk).exists()


def programmes_visible_to(person: Person) -> QuerySet[Programme]:
    return Programme.objects.filter(organisation__in=trains_in(person), ended_at__isnull=True)


def parts_visible_to(person: Person) -> QuerySet[Part]:
    """The library, and the parts of one's own organisation. Only trainers look along the shelves."""
    run = trains_in(person)
    if not run.exists():
        return Part.objects.none()
    shelf = Q(organisation__isnull=True) | Q(organisation__in=run)
    return Part.objects.filter(shelf, retired_at__isnull=True)


def parts_for(person: Person, programme: Programme) -> QuerySet[Part]:
    """What can be put in a programme: of the library or of its own organisation, also for a trainer of two."""
    own = Q(organisation__isnull=True) | Q(organisation=programme.organisation_id)
    return parts_visible_to(person).filter(own)


def may_change_part(person: Person, part: Part) -> bool:
    return part.organisation is not None and may_train(person, part.organisation)


def cohorts_visible_to(person: Person) -> QuerySet[Cohort]:
    leads = Q(leads__person=person, leads__ended_at__isnull=True)
    return Cohort.objects.filter(leads | Q(organisation__in=trains_in(person)), ended_at__isnull=True).distinct()


def may_lead(person: Person, cohort: Cohort) -> bool:
    return cohorts_visible_to(person).filter(pk=cohort.pk).exists()


def may_run(person: Person, cohort: Cohort) -> bool:
    """Enrol people, choose teams and leads, give certificates: trainers only."""
    return may_train(person, cohort.organisation)


def own_enrolments(person: Person) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(person=person, left_at__isnull=True, cohort__ended_at__isnull=True)


@dataclasses.dataclass(frozen=True)
class Doors:
    """What the training holds for somebody: something to learn (or a certificate), something to lead."""

    learns: bool
    leads: bool


def doors(person: Person) -> Doors:
    """Asked on busy pages, so prepared; a test holds it to the rules above."""
    row = _doors.first(person_id=person.pk)
    return Doors(bool(row and row.learns), bool(row and row.leads))


@prepared(person_id=uuid.UUID)
def _doors(*, person_id: uuid.UUID) -> QuerySet[Any, Any]:
    mine = {"person_id": OuterRef("pk")}
    going = Enrolment.objects.filter(**mine, left_at__isnull=True, cohort__ended_at__isnull=True)
    certified = Certificate.objects.filter(enrolment__person_id=OuterRef("pk"), withdrawn_at__isnull=True)
    trainer = {"role": Role.TRAINER.value, "ended_at__isnull": True, "organisation__ended_at__isnull": True}
    led = CohortLead.objects.filter(**mine, ended_at__isnull=True, cohort__ended_at__isnull=True)
    found = Person.objects.filter(pk=person_id).annotate(
        learns=Exists(going) | Exists(certified), leads=Exists(Post.objects.filter(**mine, **trainer)) | Exists(led)
    )
    return found.values_list("learns", "leads", named=True)


def is_own(person: Person, enrolment: Enrolment) -> bool:
    """One's own work goes on for as long as one takes part; afterwards it can be read, not changed."""
    return enrolment.person_id == person.pk and enrolment.left_at is None


def certificates_of(person: Person) -> QuerySet[Certificate]:
    """Also after leaving a cohort: a certificate is its holder's."""
    return Certificate.objects.filter(enrolment__person=person, withdrawn_at__isnull=True)


def valid_certificates(person: Person) -> QuerySet[Certificate]:
    return certificates_of(person).filter(expires_on__gte=timezone.localdate())


def can_enrol(person: Person, team: Team) -> bool:
    """Whoever has a post in the team can learn with it."""
    return posts_of(person).filter(team=team, role__in=LEARNS).exists()
