"""The cast at practice, built through actions: Ruth and Pieter learn in a cohort; coach Mia, experience expert Ed.

Ruth has a seat in Noor's circle "De tuin" and in those of three more clients (Abel, Bo, Cas), each with a naaste.
"""

import dataclasses
import datetime as dt
import uuid

from django.utils import timezone

from kring.care.circles import actions, invitations, sharing
from kring.care.circles.models import Circle, Member
from kring.care.circles.seats import seat_or_404
from kring.care.circles.topics import Topic
from kring.care.people.models import Person
from kring.care.training import answering, practising
from kring.care.training.models import (
    Cohort,
    CohortLead,
    CohortTeam,
    Enrolment,
    Part,
    PartVersion,
    Practice,
    PracticeCircle,
    Programme,
    ProgrammeVersion,
    Rating,
)

FORM = {
    "nl": {"title": "Kijken naar een contact", "items": [{"key": f"i{n}", "text": f"Punt {n}"} for n in range(1, 5)]},
    "en": {"title": "Watching a contact", "items": [{"key": f"i{n}", "text": f"Point {n}"} for n in range(1, 5)]},
}


@dataclasses.dataclass
class World:
    cast: object
    cohort: Cohort
    learner: Person
    enrolment: Enrolment
    form: PartVersion
    coach: Person
    expert: Person
    circles: list[Circle]
    raters: list[tuple[Person, Circle]]  # everybody who can be asked, in which circle

    def practice(self, circle: Circle, days_ago: int = 1, **content) -> Practice:
        """A contact that was held."""
        today = timezone.localdate()
        content = {"behaviour": "Eerst vragen wat iemand zelf wil", "phase": 3, "planned_on": today} | content
        practice = practising.plan(by=self.learner, id=uuid.uuid4(), enrolment=self.enrolment, circle=circle, **content)
        held = today - dt.timedelta(days=days_ago)
        return practising.record(by=self.learner, practice=practice, version=1, held_on=held, went="Ik vroeg het.")

    def asked(self, circle: Circle, **content) -> Practice:
        """Held, and feedback asked of everybody who could have been there."""
        practice = self.practice(circle, **content)
        there = practising.could_be_there(self.learner, practice)
        practising.ask(by=self.learner, practice=practice, client_there=True, members=there)
        return practice

    def choose(self, *people: Person) -> None:
        for person, circle in self.raters:
            if not people or person in people:
                answering.choose(by=seat_or_404(person, circle.pk))

    def answer(self, person: Person, value: int = 4, practice: Practice | None = None, **values) -> Rating:
        found = Rating.objects.filter(rater=person, withdrawn_at=None)
        rating = (found.filter(practice=practice) if practice else found).latest("created_at")
        told = dict.fromkeys(("connectedness", "hope", "identity", "meaning", "empowerment"), value) | values
        return answering.answer(by=seat_or_404(person, rating.circle_id), rating=rating, values=told)


def build(cast) -> World:
    cohort, form = a_cohort(cast)
    coach, expert = (Person.objects.create_user(f"{n}@example.org", name=n.title()) for n in ("mia", "ed"))
    for person, role in ((coach, "coach"), (expert, "experience_expert")):
        CohortLead.objects.create(cohort=cohort, person=person, role=role, hours=12)
    joined = timezone.localdate() - dt.timedelta(days=60)
    enrolment = Enrolment.objects.create(person=cast.ruth, team=cast.team, cohort=cohort, joined_on=joined)
    circles, raters = _circles(cast)
    return World(cast, cohort, cast.ruth, enrolment, form, coach, expert, circles, raters)


def a_cohort(cast) -> tuple[Cohort, PartVersion]:
    programme = Programme.objects.create(organisation=cast.organisation, key="test", made_by=cast.tess)
    version = ProgrammeVersion.objects.create(programme=programme, number=1, published_at=timezone.now())
    starts = timezone.localdate() - dt.timedelta(days=60)
    cohort = Cohort.objects.create(
        organisation=cast.organisation, programme_version=version, name="Voorjaar", starts_on=starts
    )
    CohortTeam.objects.create(cohort=cohort, team=cast.team)
    part = Part.objects.create(organisation=cast.organisation, key="look", kind="observation")
    form = PartVersion.objects.create(part=part, number=1, content=FORM)
    version.placed.create(part=part, part_version=form, order=1)
    return cohort, form


def _circles(cast) -> tuple[list[Circle], list[tuple[Person, Circle]]]:
    sharing.share(by=cast.seat("noor"), topic=Topic.PEOPLE, role="regieondersteuner")
    circles, raters = [cast.circle], [(cast.noor, cast.circle), (cast.sanne, cast.circle)]
    for name in ("abel", "bo", "cas"):
        client, naaste = (Person.objects.create_user(f"{n}@example.org", name=n.title()) for n in (name, f"{name}2"))
        circle = actions.start_circle(by=client, client=client, team=cast.team)
        seat = seat_or_404(client, circle.pk)
        for person, role in ((cast.ruth, "regieondersteuner"), (naaste, "informal")):
            member = actions.nominate(by=seat, id=uuid.uuid4(), name=person.name, email=person.email, role=role)
            letter, _secret = invitations.invite(
                by=seat, member=member, wording="Kom je?", way="link", topics=sharing.READY_MADE["goals"]
            )
            invitations.accept(letter=letter, person=person)
        circles.append(circle)
        raters += [(client, circle), (naaste, circle)]
    return circles, raters


def contact_in(practice: Practice) -> Circle:
    return PracticeCircle.objects.get(practice=practice).circle


__all__ = ["Member", "World", "a_cohort", "build", "contact_in"]
