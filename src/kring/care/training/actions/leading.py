"""What trainers and who leads along do with a cohort: teams, learners, readiness, workshops, certificates."""

import calendar
import datetime as dt
import secrets
import uuid
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from kring.care.people.models import Organisation, Person, Team
from kring.care.stored import AFTER_EMPTY, allow, save_if_unchanged
from kring.care.training import policy, reading
from kring.care.training.actions.learning import done
from kring.care.training.models import (
    Attendance,
    Certificate,
    Cohort,
    CohortLead,
    CohortTeam,
    Enrolment,
    PartKind,
    PartVersion,
    ProgrammeVersion,
    Progress,
    ReadinessCheck,
    WorkshopSession,
)
from kring.care.training.trail import noted


@transaction.atomic
def start_cohort(
    *, by: Person, organisation: Organisation, id: uuid.UUID, name: str, programme_version: ProgrammeVersion,
    teams: Collection[Team], starts_on: dt.date,
) -> Cohort:  # fmt: skip
    """A cohort of a published programme. Whoever starts it is its first trainer."""
    allow(policy.may_train(by, organisation) and programme_version.published_at is not None)
    allow(programme_version.programme.organisation_id == organisation.pk)
    allow(all(team.organisation_id == organisation.pk for team in teams))
    given = {"programme_version": programme_version, "name": name, "starts_on": starts_on, "organisation": organisation}
    cohort, new = Cohort.objects.get_or_create(id=id, defaults=given)
    allow(cohort.organisation_id == organisation.pk)
    if new:
        CohortTeam.objects.bulk_create(CohortTeam(cohort=cohort, team=team) for team in teams)
        CohortLead.objects.create(cohort=cohort, person=by, role="trainer")
        noted(by, "trainer", "started", "cohort", cohort.pk)
    return cohort


@transaction.atomic
def add_lead(*, by: Person, cohort: Cohort, person: Person, role: str, hours: Decimal = Decimal(0)) -> CohortLead:
    """Somebody of the organisation who leads along; an experience expert with hours in the schedule."""
    allow(policy.may_run(by, cohort) and person.posts.filter(organisation=cohort.organisation, ended_at=None).exists())
    lead, new = CohortLead.objects.get_or_create(
        cohort=cohort, person=person, role=role, ended_at=None, defaults={"hours": hours}
    )
    if not new and lead.hours != hours:
        lead.hours = hours
        lead.save(update_fields=["hours"])
    noted(by, "trainer", "added" if new else "changed", "lead of a cohort", lead.pk, [role])
    return lead


@transaction.atomic
def end_lead(*, by: Person, lead: CohortLead) -> None:
    allow(policy.may_run(by, lead.cohort))
    CohortLead.objects.filter(pk=lead.pk, ended_at=None).update(ended_at=timezone.now())
    noted(by, "trainer", "ended", "lead of a cohort", lead.pk, [lead.role])


@transaction.atomic
def enrol(*, by: Person, cohort: Cohort, person: Person, team: Team, joined_on: dt.date | None = None) -> Enrolment:
    """Somebody of one of the teams takes part, from any day: the course counts from their own first day."""
    allow(policy.may_run(by, cohort) and cohort.teams.filter(team=team).exists() and policy.can_enrol(person, team))
    first_day = max(joined_on or timezone.localdate(), cohort.starts_on)
    enrolment, new = Enrolment.objects.get_or_create(
        person=person, cohort=cohort, left_at=None, defaults={"team": team, "joined_on": first_day}
    )
    if new:
        noted(by, "trainer", "added", "learner", enrolment.pk)
    return enrolment


@transaction.atomic
def leave(*, by: Person, enrolment: Enrolment) -> None:
    """Somebody stops: by their own wish, or because they left the team. What they did stays."""
    allow(policy.may_run(by, enrolment.cohort) or policy.is_own(by, enrolment))
    if Enrolment.objects.filter(pk=enrolment.pk, left_at=None).update(left_at=timezone.now()):
        role = "learner" if enrolment.person_id == by.pk else "trainer"
        noted(by, role, "ended", "learner", enrolment.pk)


@transaction.atomic
def move_to_version(*, by: Person, cohort: Cohort, programme_version: ProgrammeVersion) -> None:
    """The cohort goes on with a newer version. Whoever began a part keeps the version that they began."""
    allow(policy.may_run(by, cohort) and programme_version.published_at is not None)
    allow(programme_version.programme_id == cohort.programme_version.programme_id)
    Cohort.objects.filter(pk=cohort.pk).update(programme_version=programme_version)
    cohort.programme_version = programme_version
    noted(by, "trainer", "changed", "cohort", cohort.pk, ["programme"])


@transaction.atomic
def check_readiness(
    *, by: Person, cohort: Cohort, team: Team, part_version: PartVersion, version: int, answers: dict[str, str],
    note: str = "",
) -> ReadinessCheck:  # fmt: skip
    """What team and team lead answered together; it may be changed as things get arranged."""
    allow(policy.may_lead(by, cohort) and cohort.teams.filter(team=team).exists())
    allow(part_version.part.kind == PartKind.READINESS)
    given: dict[str, Any] = {"answers": answers, "note": note}
    found, new = ReadinessCheck.objects.get_or_create(
        cohort=cohort, team=team, defaults={"part_version": part_version, "written_by": by, **given, **AFTER_EMPTY}
    )
    if not new:
        save_if_unchanged(found, version, given)
    noted(by, "trainer", "wrote", "readiness", found.pk)
    return found


@transaction.atomic
def plan_workshop(
    *, by: Person, cohort: Cohort, id: uuid.UUID, part_version: PartVersion, **when: Any
) -> WorkshopSession:
    """Content: starts_at, minutes, place, trainer, experience_expert, expert_hours."""
    allow(policy.may_lead(by, cohort) and part_version.part.kind == PartKind.WORKSHOP)
    session, new = WorkshopSession.objects.get_or_create(
        id=id, defaults={"cohort": cohort, "part_version": part_version, "trainer": by, **when}
    )
    allow(session.cohort_id == cohort.pk)
    if new:
        noted(by, "trainer", "planned", "workshop", session.pk)
    return session


@transaction.atomic
def change_workshop(*, by: Person, session: WorkshopSession, version: int, **when: Any) -> None:
    allow(policy.may_lead(by, session.cohort) and session.held_at is None)
    save_if_unchanged(session, version, when)
    noted(by, "trainer", "changed", "workshop", session.pk, sorted(when))


@transaction.atomic
def cancel_workshop(*, by: Person, session: WorkshopSession) -> None:
    allow(policy.may_lead(by, session.cohort) and session.held_at is None)
    WorkshopSession.objects.filter(pk=session.pk, cancelled_at=None).update(cancelled_at=timezone.now())
    noted(by, "trainer", "cancelled", "workshop", session.pk)


@transaction.atomic
def note_attendance(*, by: Person, session: WorkshopSession, came: Collection[uuid.UUID]) -> None:
    """Who came. Saying so again changes it; whoever came has done that part."""
    allow(policy.may_lead(by, session.cohort) and session.cancelled_at is None)
    now, part = timezone.now(), session.part_version.part
    for enrolment in session.cohort.enrolments.filter(left_at=None):
        there = enrolment.pk in came
        Attendance.objects.update_or_create(session=session, enrolment=enrolment, defaults={"came": there})
        if there:
            done(enrolment, session.part_version, at=now)
        elif not Attendance.objects.filter(enrolment=enrolment, came=True, session__part_version__part=part).exists():
            Progress.objects.filter(enrolment=enrolment, part=part).update(completed_at=None)
    WorkshopSession.objects.filter(pk=session.pk, held_at=None).update(held_at=now)
    noted(by, "trainer", "wrote", "attendance", session.pk)


@transaction.atomic
def certify(*, by: Person, enrolment: Enrolment, today: dt.date | None = None) -> Certificate:
    """A certificate when every required part is done. A valid one is not given twice."""
    allow(policy.may_run(by, enrolment.cohort) and not reading.still_to_do(enrolment))
    day = today or timezone.localdate()
    valid = enrolment.certificates.filter(withdrawn_at=None, expires_on__gte=day).first()
    if valid is not None:
        return valid
    months = enrolment.cohort.programme_version.certificate_months
    made = Certificate.objects.create(
        enrolment=enrolment, number=secrets.token_hex(5).upper(), issued_on=day,
        expires_on=months_after(day, months), issued_by=by,
    )  # fmt: skip
    noted(by, "trainer", "gave", "certificate", made.pk)
    return made


@transaction.atomic
def withdraw_certificate(*, by: Person, certificate: Certificate) -> None:
    allow(policy.may_run(by, certificate.enrolment.cohort))
    Certificate.objects.filter(pk=certificate.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
    noted(by, "trainer", "withdrew", "certificate", certificate.pk)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
