"""Who may ask, who opens a question to clients, who takes a table. Only a client answers, for their own circle; where
the client takes part on paper, whoever types for them writes down what the client said or signed.
"""

import uuid
from typing import Any

from django.db.models import Q, QuerySet

from kring.care.circles.models import Circle
from kring.care.circles.policy import may_type_on
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Task
from kring.care.people.models import Organisation, Person, Role
from kring.care.people.policy import organisations_run_by
from kring.care.research.columns import LIFE_FACTORS
from kring.care.research.models import Consent, Edition, Export, Study
from kring.care.training.moderators import Agreed


def organisations_researched_by(person: Person) -> QuerySet[Organisation]:
    own = Q(posts__person=person, posts__role=Role.RESEARCHER, posts__ended_at__isnull=True)
    return Organisation.objects.filter(own, ended_at__isnull=True).distinct()


def may_enter(person: Person) -> bool:
    """Researchers, and administrators, who open studies."""
    return organisations_researched_by(person).exists() or organisations_run_by(person).exists()


def studies_visible_to(person: Person) -> QuerySet[Study]:
    """Of one's own organisation: for researchers all of them, for administrators what was ever offered to be opened."""
    offered = Q(organisation__in=organisations_run_by(person), editions__offered_at__isnull=False)
    return Study.objects.filter(Q(organisation__in=organisations_researched_by(person)) | offered).distinct()


def may_ask(person: Person, organisation: Organisation) -> bool:
    return organisations_researched_by(person).filter(pk=organisation.pk).exists()


def may_change(person: Person, study: Study) -> bool:
    return study.ended_at is None and may_ask(person, study.organisation)


def may_open(person: Person, edition: Edition) -> bool:
    """The organisation answers for what its clients are asked: its administrator opens, never whoever made it."""
    study = edition.study
    ready = edition.offered_at is not None and edition.opened_at is None and study.ended_at is None
    return ready and person.pk != study.made_by_id and runs(person, study)


def runs(person: Person, study: Study) -> bool:
    return organisations_run_by(person).filter(pk=study.organisation_id).exists()


def may_end(person: Person, study: Study) -> bool:
    return may_change(person, study) or (study.ended_at is None and runs(person, study))


def may_export(person: Person, edition: Edition) -> bool:
    return edition.is_open and may_change(person, edition.study)


def exports_visible_to(person: Person) -> QuerySet[Export]:
    """Researchers only: an administrator opens questions, and reads no answers."""
    return Export.objects.filter(edition__study__organisation__in=organisations_researched_by(person))


def may_answer(seat: Seat) -> bool:
    """The client. In a circle on paper the answer is theirs too: `writes_down` says who keeps it."""
    return (seat.is_client and not seat.preview) or writes_down(seat)


def writes_down(seat: Seat) -> bool:
    """Whoever types for a client on paper, in the part of the circle that holds the scores."""
    return may_type_on(seat) and Task.PROGRESS in seat.tasks


def editions_for(seat: Seat) -> QuerySet[Edition]:
    """The studies that ask this client now, and those to which the client answered before."""
    if not may_answer(seat):
        return Edition.objects.none()
    now = Q(opened_at__isnull=False, replaced_at__isnull=True, study__ended_at__isnull=True)
    here = now & Q(study__organisation__teams__circles=seat.circle_id)
    answered = Q(pk__in=Consent.objects.filter(circle_id=seat.circle_id).values("edition"))
    return Edition.objects.filter(here | answered).select_related("study__organisation").distinct()


def asks(edition: Edition, seat: Seat) -> bool:
    """Whether a yes can be given now: the question is open, and the circle hangs on a team of who asks."""
    if not edition.is_open or edition.study.ended_at is not None or not may_answer(seat):
        return False
    linked = Circle.objects.filter(pk=seat.circle_id, team__organisation=edition.study.organisation_id)
    return seat.circle.closed_at is None and linked.exists()


def standing_yes(edition: Edition) -> QuerySet[Consent]:
    """The clients whose rows may leave now. A closed circle, and a client who left Kring, send nothing."""
    return Consent.objects.filter(
        edition=edition, answer="yes", revoked_at__isnull=True, circle__closed_at__isnull=True,
        circle__client__deleted_at__isnull=True,
    )  # fmt: skip


def agreed_to_life_factors(organisation_id: uuid.UUID) -> list[Agreed]:
    """Whose number of hard things may stand in a mean of their team, by a study that is open and says so."""
    asked = [
        edition
        for edition in Edition.objects.filter(
            study__organisation=organisation_id, study__ended_at=None, opened_at__isnull=False, replaced_at=None
        )
        if LIFE_FACTORS in edition.columns
    ]
    return [
        Agreed(consent.circle_id, consent.team_id, edition.threshold)
        for edition in asked
        for consent in standing_yes(edition)
    ]


def not_taken_back(edition: Edition) -> QuerySet[Consent, Any]:
    """The circles of an edition whose rows may stay where they are: closing a circle takes nothing back."""
    found = Consent.objects.filter(edition=edition, answer="yes", revoked_at__isnull=True)
    return found.filter(circle__client__deleted_at__isnull=True).values("circle_id")


def circles_to_write_to(edition: Edition) -> QuerySet[Circle]:
    """Whose client gets a letter that a question waits: all who are asked and have not answered this edition.

    Not in a pause, and not on paper: there whoever types sees it on the home of the circle.
    """
    asked = Circle.objects.filter(
        team__organisation=edition.study.organisation_id, closed_at=None, paused_at=None, on_paper=False,
        client__deleted_at=None,
    )  # fmt: skip
    return asked.exclude(consents__edition=edition).select_related("client")
