"""Two teams half-way through our starting programme, and a newcomer who entered late. Told through actions."""

import uuid
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.utils import timezone

from kring.care.demo import waterkant
from kring.care.demo.story import in_days, on_day
from kring.care.people.models import Person, Role, Team
from kring.care.training import content
from kring.care.training.actions import boosters, building, leading, learning
from kring.care.training.models import Cohort, Enrolment, Part, PartVersion

BEGAN = 170
"""Days since the first day: two moments of the training table lie wholly in the past, the start and three months."""
TRAINER, NEWCOMER = "Marleen Kok", "Yara Lam"
MERENWIJK = ("Ruth", "Pieter", "Kees", "Amira", "Ximena", "Fenna", "Imane", "Ruben", "Anouk")
WATERKANT = ("Bas", "Hanna", "Sofie", "Tarik", "Dorien", "Yusuf", "Marit")
PACE = {  # how many days after the start a lesson and its questions were done, and by how many of the learners
    "knowledge-before": (1, 16),
    "three-principles": (2, 16),
    "chime": (13, 13),
    "six-phases": (26, 10),
    "interviews": (52, 7),
    "confidentiality": (81, 4),
    "handing-back": (110, 2),
    "problem-solving": (150, 1),
}
ANSWER = 6
"""The first so many also answered the questions of each lesson; the others read. It keeps the town quick to build."""
Learners = list[Enrolment]


def tell(people: dict[str, Person], team: Team) -> None:
    other = waterkant.tell(people, team, BEGAN + 40)
    with on_day(BEGAN + 40):
        people["Marleen"] = waterkant.colleague(TRAINER, team, Role.TRAINER)
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


def _learners(people: dict[str, Person], cohort: Cohort, team: Team, other: Team) -> Learners:
    """Whoever takes part, those who are furthest first."""
    both = zip_longest(((name, team) for name in MERENWIJK), ((name, other) for name in WATERKANT))
    names = [one for pair in both for one in pair if one]
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
    """The first was held, three could not come; the second is next week."""
    place = {"place": "Buurthuis De Meerpaal", "experience_expert": people["Ximena"], "expert_hours": Decimal(5)}
    with on_day(BEGAN - 1):
        first = _planned(people["Marleen"], cohort, "workshop-start", starts_at=in_days(6, 13), minutes=150, **place)
    with on_day(BEGAN - 7, hour=17):
        came = [each.pk for each in learners if each.person.name.split()[0] not in ("Kees", "Tarik", "Marit")]
        leading.note_attendance(by=people["Ximena"], session=first, came=came)
    with on_day(12):
        _planned(people["Marleen"], cohort, "workshop-halfway", starts_at=in_days(18, 13), minutes=120, **place)


def _planned(trainer: Person, cohort: Cohort, key: str, **when: Any) -> Any:
    version = PartVersion.objects.get(part__key=key)
    return leading.plan_workshop(by=trainer, cohort=cohort, id=uuid.uuid4(), part_version=version, **when)


def _learn(learner: Enrolment, key: str, number: int) -> None:
    """Read a lesson, and answer its questions; some answers are wrong, as with people."""
    parts = {part.key: part for part in Part.objects.filter(key__in=[key, f"{key}-quiz"])}
    if parts[key].kind == "lesson":
        learning.finish_lesson(by=learner.person, enrolment=learner, part=parts[key])
        if number >= ANSWER:
            return
    quiz = parts.get(f"{key}-quiz", parts[key])
    attempt = learning.begin_quiz(by=learner.person, enrolment=learner, part=quiz)
    for place, asked in enumerate(content.questions(attempt.part_version.content)):
        wrong = (number * (place + 2) + place) % (3 + place % 4) == 0  # some questions are harder than others
        learning.answer(by=learner.person, attempt=attempt, question=asked["key"], given=_given(asked, wrong))


def _given(asked: dict[str, Any], wrong: bool) -> Any:
    if asked["type"] == "numeric":
        return "6" if wrong else str(asked["right"][0])
    return [number for number in range(9) if number not in asked["right"]][:1] if wrong else asked["right"]


def _newcomer(people: dict[str, Person], cohort: Cohort, team: Team) -> None:
    with on_day(12):
        people["Yara"] = waterkant.colleague(NEWCOMER, team, Role.PROFESSIONAL)
        learner = leading.enrol(by=people["Marleen"], cohort=cohort, person=people["Yara"], team=team)
    with on_day(10):
        _learn(learner, "knowledge-before", 1)
    with on_day(9):
        part = Part.objects.get(key="three-principles")
        learning.open_part(by=learner.person, enrolment=learner, part=part)


def _some_questions_come_back(learners: Learners) -> None:
    """Last month some had a round and answered it; this week's is waiting."""
    with on_day(30):
        boosters.schedule()
        for learner in learners[:ANSWER]:
            for waiting in learner.rounds.filter(done_at=None):
                _answered(learner, waiting)
    with on_day(2, hour=3):
        boosters.schedule()


def _answered(learner: Enrolment, waiting: Any) -> None:
    while (booster := boosters.waiting_in(waiting)) is not None:
        asked = content.question(booster.part_version.content, booster.question)
        assert asked is not None
        boosters.answer(by=learner.person, round_=waiting, booster=booster, given=_given(asked, wrong=False))
