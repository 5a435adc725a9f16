"""Who sees and does what around practice. Nobody but who gave it ever reads an answer of a client or member; team
leads and administrators have no page about one person's practice at all.

A practice is the learner's alone until they ask for feedback. Then those who lead the cohort see it: trainer, coach and
experience expert alike. Whoever leads the learner's team never does, whatever else they are: this is no appraisal.
"""

import datetime as dt
import uuid

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from kring.care.circles.models import Circle, Member
from kring.care.circles.seats import Seat, seat_of
from kring.care.circles.topics import MemberRole, Topic
from kring.care.people.models import Person, Post, Role, Team
from kring.care.training.models import (
    Cohort,
    CohortLead,
    Enrolment,
    FeedbackChoice,
    Lead,
    Observation,
    Practice,
    Rating,
)

OPEN_FOR = dt.timedelta(days=14)
"""How long somebody can answer about a contact. Later one no longer remembers it."""
RATERS = (MemberRole.INFORMAL,)
"""Besides the client. Colleagues in the circle give feedback as observers, under their name."""


def enrolments_of(person: Person) -> QuerySet[Enrolment]:
    """The cohorts that this person follows now."""
    return Enrolment.objects.filter(person=person, left_at=None, cohort__ended_at=None).select_related("cohort", "team")


def own_practices(person: Person) -> QuerySet[Practice]:
    return Practice.objects.filter(enrolment__person=person, dropped_at=None)


def circles_to_practise_in(person: Person) -> QuerySet[Circle]:
    """Running circles in which this person takes part as a professional (or experience expert) now."""
    taking_part = Member.objects.filter(
        circle=OuterRef("pk"), person=person, joined_at__isnull=False, ended_at=None, paused_at=None
    ).exclude(role=MemberRole.INFORMAL)
    return Circle.objects.filter(Exists(taking_part), closed_at=None, paused_at=None).select_related("client")


def may_practise(person: Person, enrolment: Enrolment) -> bool:
    return enrolments_of(person).filter(pk=enrolment.pk).exists()


def cohorts_led_by(person: Person) -> QuerySet[Cohort]:
    return Cohort.objects.filter(leads__person=person, leads__ended_at=None, ended_at=None).distinct()


def led_teams(person: Person) -> QuerySet[Team]:
    """For figures about a team as a whole."""
    posts = Post.objects.filter(person=person, role=Role.TEAM_LEAD, ended_at=None, team=OuterRef("pk"))
    return Team.objects.filter(Exists(posts), ended_at=None).order_by("name")


def researches(person: Person) -> bool:
    return Post.objects.filter(person=person, role=Role.RESEARCHER, ended_at=None).exists()


def cohorts_to_research(person: Person) -> QuerySet[Cohort]:
    """Of the organisations in which this person is a researcher."""
    posts = Post.objects.filter(
        person=person, role=Role.RESEARCHER, ended_at=None, organisation=OuterRef("organisation")
    )
    return Cohort.objects.filter(Exists(posts)).select_related("programme_version")


def lead_role(person: Person, cohort_id: uuid.UUID) -> Lead | None:
    """As what this person leads a cohort; the experience expert's role goes before any other they have."""
    roles = CohortLead.objects.filter(person=person, cohort_id=cohort_id, ended_at=None).values_list("role", flat=True)
    found = set(roles)
    return next((role for role in (Lead.EXPERIENCE_EXPERT, Lead.COACH, Lead.TRAINER) if role in found), None)


def asked_practices(person: Person) -> QuerySet[Practice]:
    """What learners of one's cohorts asked feedback for: not one's own, and of nobody whose team one leads."""
    led_team = Post.objects.filter(person=person, team=OuterRef("enrolment__team"), role=Role.TEAM_LEAD, ended_at=None)
    return (
        Practice.objects.filter(
            asked_at__isnull=False, dropped_at=None, enrolment__left_at=None,
            enrolment__cohort__in=cohorts_led_by(person),
        )
        .exclude(enrolment__person=person)
        .exclude(Exists(led_team))
        .select_related("enrolment__person", "enrolment__cohort")
    )  # fmt: skip


def observations_seen_by(person: Person, practice: Practice) -> QuerySet[Observation]:
    """The learner sees all; an observer those of others only after their own, so that two look independently."""
    found = Observation.objects.filter(practice=practice).select_related("observer", "form")
    if practice.enrolment.person_id == person.pk or found.filter(observer=person).exists():
        return found
    return found.none()


def learners_to_coach(person: Person, cohort: Cohort) -> QuerySet[Enrolment]:
    """Who can have been at a coaching contact that this person gives."""
    if lead_role(person, cohort.pk) is None:
        return Enrolment.objects.none()
    return Enrolment.objects.filter(cohort=cohort, left_at=None).exclude(person=person).select_related("person", "team")


def may_choose(seat: Seat) -> bool:
    """Say whether one wants to be asked: the client, and family and friends. Never from a preview."""
    return not seat.preview and (seat.is_client or (seat.kind == "member" and seat.role in RATERS))


def client_chose(circle_id: uuid.UUID) -> bool:
    """The client wants to be asked. Ask it only with the second guard lifted: the choice is the client's alone."""
    active = FeedbackChoice.objects.filter(circle_id=circle_id, revoked_at=None)
    return active.filter(person=F("circle__client")).exists()


def may_be_asked(person: Person, circle_id: uuid.UUID, learner_id: uuid.UUID) -> bool:
    """They chose to, they take part now, and they may know that the learner is in the circle."""
    seat = seat_of(person, circle_id)
    if seat is None or not may_choose(seat) or not seat.open or person.pk == learner_id:
        return False
    chose = FeedbackChoice.objects.filter(circle_id=circle_id, person=person, revoked_at=None).exists()
    return chose and (seat.is_client or Topic.PEOPLE in seat.topics)


def ratings_of(seat: Seat) -> QuerySet[Rating]:
    """What was asked of whoever sits here, in this circle."""
    if not may_choose(seat):
        return Rating.objects.none()
    return Rating.objects.filter(rater_id=seat.person_id, circle_id=seat.circle_id)


def open_ratings(seat: Seat) -> QuerySet[Rating]:
    """Still to answer: only while one chose to be asked and the circle runs."""
    if not seat.open:
        return Rating.objects.none()
    chose = FeedbackChoice.objects.filter(circle_id=seat.circle_id, person_id=seat.person_id, revoked_at=None)
    waiting = Q(answered_at=None, withdrawn_at=None, spent_at=None, practice__isnull=False)
    still = Q(closes_on__gte=timezone.localdate())
    return ratings_of(seat).filter(waiting, still, Exists(chose)).select_related("practice__enrolment__person")


def given_ratings(person: Person) -> QuerySet[Rating]:
    """One's own answers, wherever they were given; also after one left the circle."""
    return Rating.objects.filter(rater=person, answered_at__isnull=False, withdrawn_at=None)
