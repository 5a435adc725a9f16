"""Two teams half-way through our starting programme, and a newcomer who entered late. Told through actions."""

import uuid
from decimal import Decimal
from typing import Any

from django.utils import timezone

from kring.care.demo.story import in_days, on_day
from kring.care.people.models import Person, Post, Role, Team
from kring.care.training import content
from kring.care.training.actions import boosters, building, leading, learning
from kring.care.training.models import Cohort, Enrolment, Part, PartVersion

BEGAN = 90
TRAINER, NEWCOMER = "Marleen Kok", "Yara Lam"
OTHER_TEAM = {
    "Bas Veldman": Role.REGIEONDERSTEUNER,
    "Hanna de Wit": Role.PROFESSIONAL,
    "Sofie Maas": Role.PROFESSIONAL,
    "Tarik Aydin": Role.PROFESSIONAL,
    "Wendy Prinsen": Role.TEAM_LEAD,
}
PACE = {  # how many days after the start a lesson and its questions were done, and by how many of the learners
    "knowledge-before": (1, 9),
    "three-principles": (2, 9),
    "chime": (11, 9),
    "six-phases": (19, 8),
    "interviews": (33, 7),
    "confidentiality": (47, 5),
    "handing-back": (61, 3),
    "problem-solving": (75, 1),
}
Learners = list[Enrolment]


def tell(people: dict[str, Person], team: Team) -> None:
    with on_day(BEGAN + 40):
        other = _other_team(people, team)
        people["Yara"] = _colleague(NEWCOMER, team, Role.PROFESSIONAL)
    trainer = people["Marleen"]
    with on_day(BEGAN + 20):
        programme = building.from_library(by=trainer, organisation=team.organisation, id=uuid.uuid4())
        version = building.publish(by=trainer, programme=programme)
        cohort = leading.start_cohort(
            by=trainer, organisation=team.organisation, id=uuid.uuid4(), name="Merenwijk en Waterkant",
            programme_version=version, teams=[team, other], starts_on=timezone.localdate(in_days(20)),
        )  # fmt: skip
        leading.add_lead(
            by=trainer, cohort=cohort, person=people["Ximena"], role="experience_expert", hours=Decimal(36)
        )
        leading.add_lead(by=trainer, cohort=cohort, person=people["Amira"], role="coach", hours=Decimal(20))
        _readiness(trainer, cohort, team, other)
    learners = _learners(people, cohort, team, other)
    _workshops(people, cohort, learners)
    for key, (day, count) in PACE.items():
        with on_day(BEGAN - day, hour=15):
            for number, each in enumerate(learners[:count]):
                _learn(each, key, number)
    _newcomer(people, cohort, team)
    _some_questions_come_back(learners)


def _colleague(name: str, team: Team, role: Role) -> Person:
    person = Person.objects.create_user(f"{name.split()[0].lower()}@demo.kring.example", name=name)
    place = None if role == Role.TRAINER else team
    Post.objects.create(person=person, organisation=team.organisation, team=place, role=role)
    return person


def _other_team(people: dict[str, Person], team: Team) -> Team:
    other = Team.objects.create(organisation=team.organisation, name="FACT Waterkant")
    for name, role in OTHER_TEAM.items():
        people[name.split()[0]] = _colleague(name, other, role)
    people["Marleen"] = _colleague(TRAINER, team, Role.TRAINER)
    return other


def _learners(people: dict[str, Person], cohort: Cohort, team: Team, other: Team) -> Learners:
    """Whoever takes part, those who are furthest first."""
    names = [("Ruth", team), ("Bas", other), ("Pieter", team), ("Hanna", other), ("Kees", team), ("Sofie", other),
             ("Amira", team), ("Tarik", other), ("Ximena", team)]  # fmt: skip
    with on_day(BEGAN + 3):
        return [
            leading.enrol(
                by=people["Marleen"], cohort=cohort, person=people[name], team=place, joined_on=cohort.starts_on
            )
            for name, place in names
        ]


def _readiness(trainer: Person, cohort: Cohort, team: Team, other: Team) -> None:
    version = PartVersion.objects.get(part__key="readiness")
    yes = {item["key"]: "yes" for item in version.content["items"]}
    told: dict[str, Any] = {"by": trainer, "cohort": cohort, "part_version": version, "version": 1}
    leading.check_readiness(team=team, answers=yes, **told)
    note = "De uren van november staan nog niet in het rooster. Wendy regelt dat voor de eerste workshop."
    leading.check_readiness(team=other, answers=yes | {"time": "not_yet"}, note=note, **told)


def _workshops(people: dict[str, Person], cohort: Cohort, learners: Learners) -> None:
    """The first was held, two could not come; the second is next week."""
    place = {"place": "Buurthuis De Meerpaal", "experience_expert": people["Ximena"], "expert_hours": Decimal(5)}
    with on_day(BEGAN - 1):
        first = _planned(people["Marleen"], cohort, "workshop-start", starts_at=in_days(6, 13), minutes=150, **place)
    with on_day(BEGAN - 7, hour=17):
        came = [each.pk for each in learners if each.person.name.split()[0] not in ("Kees", "Tarik")]
        leading.note_attendance(by=people["Ximena"], session=first, came=came)
    with on_day(12):
        _planned(people["Marleen"], cohort, "workshop-halfway", starts_at=in_days(18, 13), minutes=120, **place)


def _planned(trainer: Person, cohort: Cohort, key: str, **when: Any) -> Any:
    version = PartVersion.objects.get(part__key=key)
    return leading.plan_workshop(by=trainer, cohort=cohort, id=uuid.uuid4(), part_version=version, **when)


def _learn(learner: Enrolment, key: str, number: int) -> None:
    """Read a lesson and answer its questions; some answers are wrong, as with people."""
    parts = {part.key: part for part in Part.objects.filter(key__in=[key, f"{key}-quiz"])}
    if parts[key].kind == "lesson":
        learning.finish_lesson(by=learner.person, enrolment=learner, part=parts[key])
    quiz = parts.get(f"{key}-quiz", parts[key])
    attempt = learning.begin_quiz(by=learner.person, enrolment=learner, part=quiz)
    for place, asked in enumerate(content.questions(attempt.part_version.content)):
        wrong = (number + 2 * place) % 3 == 0
        learning.answer(by=learner.person, attempt=attempt, question=asked["key"], given=_given(asked, wrong))


def _given(asked: dict[str, Any], wrong: bool) -> Any:
    if asked["type"] == "numeric":
        return "6" if wrong else str(asked["right"][0])
    return [number for number in range(9) if number not in asked["right"]][:1] if wrong else asked["right"]


def _newcomer(people: dict[str, Person], cohort: Cohort, team: Team) -> None:
    with on_day(12):
        learner = leading.enrol(by=people["Marleen"], cohort=cohort, person=people["Yara"], team=team)
    with on_day(10):
        _learn(learner, "knowledge-before", 1)
    with on_day(9):
        part = Part.objects.get(key="three-principles")
        learning.open_part(by=learner.person, enrolment=learner, part=part)


def _some_questions_come_back(learners: Learners) -> None:
    """Last month everybody had a round and answered it; this week's is waiting."""
    with on_day(30):
        boosters.schedule()
        for learner in learners:
            for waiting in learner.rounds.filter(done_at=None):
                _answered(learner, waiting)
    with on_day(2, hour=3):
        boosters.schedule()


def _answered(learner: Enrolment, waiting: Any) -> None:
    while (booster := boosters.waiting_in(waiting)) is not None:
        asked = content.question(booster.part_version.content, booster.question)
        assert asked is not None
        boosters.answer(by=learner.person, round_=waiting, booster=booster, given=_given(asked, wrong=False))
