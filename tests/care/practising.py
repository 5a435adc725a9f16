"""The cast at practice, built through actions: Ruth and Pieter learn in a cohort; coach Mia, experience expert Ed.

Ruth has a seat in Noor's circle "De tuin" and in those of three more clients (Abel, Bo, Cas), each with a naaste.
"""

import dataclasses
import datetime as dt
import uuid

import time_machine
from django.utils import timezone

from kring.care.circles import actions, invitations, sharing
from kring.care.circles.models import Circle, Member
from kring.care.circles.seats import seat_or_404
from kring.care.circles.topics import Topic
from kring.care.people.models import Person, Post
from kring.care.training import answering, observing, practising, releasing
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
    "nl": {"title": "Kijken naar een contact"},
    "en": {"title": "Watching a contact"},
    "items": [{"key": f"i{n}", "nl": f"Punt {n}", "en": f"Point {n}"} for n in range(1, 5)],
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
    latest: Practice | None = None

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
    cast.people |= {"mia": coach, "ed": expert}
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


SHARES = (
    {"i1": 0, "i2": 1, "i3": 0, "i4": 1},
    {"i1": 1, "i2": 2, "i3": 0, "i4": 1},
    {"i1": 2, "i2": 2, "i3": 1, "i4": 2},
)


def lived(world: World, learners: int = 6) -> None:
    """A cohort in which much happened: colleagues who learn too, contacts that two looked at, feedback, figures."""
    started = timezone.localdate() - dt.timedelta(days=400)
    Cohort.objects.filter(pk=world.cohort.pk).update(starts_on=started)
    Enrolment.objects.filter(cohort=world.cohort).update(joined_on=started)
    world.cohort.starts_on = started
    for number in range(learners):
        _colleague(world, number)
    world.choose()
    for circle in world.circles:
        world.latest = world.asked(circle)
    for (person, _circle), value in zip(world.raters, (4, 5, 3, 2, 4, 4, 5, 1), strict=True):
        world.answer(person, value)
    releasing.release_all()
    _looked_at(world, world.latest, 2)
    there = list(Enrolment.objects.filter(cohort=world.cohort))
    observing.coach(
        by=world.coach, id=uuid.uuid4(), cohort=world.cohort, learners=there, kind="supervision", minutes=60
    )


def _colleague(world: World, number: int) -> None:
    """Somebody of the team who practised three times, each time looked at by two."""
    long_ago = timezone.now() - dt.timedelta(days=900)
    person = Person.objects.create_user(f"colleague{number}@example.org", name=f"Collega {number + 1}")
    Post.objects.create(
        person=person, organisation=world.cast.organisation, team=world.cast.team, role="professional",
        started_at=long_ago,
    )  # fmt: skip
    enrolment = Enrolment.objects.create(
        person=person, team=world.cast.team, cohort=world.cohort, joined_on=world.cohort.starts_on
    )
    for days in range(30, 180, 30):
        held = world.cohort.starts_on + dt.timedelta(days=days)
        minutes = 30 + 10 * (number % 3)
        observing.coach(
            by=world.coach, id=uuid.uuid4(), cohort=world.cohort, learners=[enrolment], held_on=held, minutes=minutes
        )
    for time, days in enumerate((0, 90, 190)):
        held = world.cohort.starts_on + dt.timedelta(days=days + number)
        with time_machine.travel(dt.datetime.combine(held, dt.time(12), tzinfo=dt.UTC), tick=False):
            practice = Practice.objects.create(
                enrolment=enrolment, behaviour="Eerst vragen", chime="hope", planned_on=held, held_on=held,
                asked_at=timezone.now(), own_view=2 + (number + time) % 3,
            )  # fmt: skip
            _looked_at(world, practice, time, number)


def _looked_at(world: World, practice: Practice, time: int, number: int = 0) -> None:
    for observer in (world.coach, world.expert):
        marks = dict(SHARES[time]) | ({"i3": 2} if number % 2 and observer == world.expert else {})
        observing.observe(by=observer, practice=practice, form=world.form, marks=marks, minutes=60, client_agreed=True)
    tone = ("strengths", "balanced", "corrections")[number % 3]
    saw = "Je wachtte tot Noor zelf iets koos."
    observing.give_back(by=world.expert, practice=practice, version=1, saw=saw, goal="Tel tot vijf.", tone=tone)


def contact_in(practice: Practice) -> Circle:
    return PracticeCircle.objects.get(practice=practice).circle


__all__ = ["Member", "World", "a_cohort", "build", "contact_in", "lived"]
