"""A cohort for tests, built only through actions.

Tess (trainer) ── cohort "Voorjaar" of our starting programme, teams Noord and Zuid, began 120 days ago
 ├─ Tom (team Noord)   has the whole course open
 ├─ Zoe (team Zuid)    entered today
 └─ Ximena             experience expert of team Noord, leads along with 12 hours
"""

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.utils import timezone

from kring.care.people.models import Person, Post, Role
from kring.care.training import content
from kring.care.training.actions import building, leading, learning
from kring.care.training.models import Cohort, Enrolment, Part, Programme, QuizAttempt


@dataclasses.dataclass
class Course:
    programme: Programme
    cohort: Cohort
    learners: dict[str, Enrolment]

    def part(self, key: str) -> Part:
        return Part.objects.get(key=key)


def build(cast: Any) -> Course:
    programme = building.from_library(by=cast.tess, organisation=cast.organisation, id=uuid.uuid4())
    version = building.publish(by=cast.tess, programme=programme)
    first_day = timezone.localdate() - dt.timedelta(days=120)
    cohort = leading.start_cohort(
        by=cast.tess, organisation=cast.organisation, id=uuid.uuid4(), name="Voorjaar", programme_version=version,
        teams=[cast.team, cast.other_team], starts_on=first_day,
    )  # fmt: skip
    Post.objects.create(person=cast.ximena, organisation=cast.organisation, team=cast.team, role=Role.EXPERIENCE_EXPERT)
    leading.add_lead(by=cast.tess, cohort=cohort, person=cast.ximena, role="experience_expert", hours=Decimal(12))
    tom = leading.enrol(by=cast.tess, cohort=cohort, person=cast.tom, team=cast.team, joined_on=first_day)
    zoe = leading.enrol(by=cast.tess, cohort=cohort, person=cast.zoe, team=cast.other_team)
    return Course(programme, cohort, {"tom": tom, "zoe": zoe})


def take_quiz(person: Person, enrolment: Enrolment, part: Part, *, right: bool = True) -> QuizAttempt:
    """Answer every question of a quiz, all rightly or all wrongly."""
    attempt = learning.begin_quiz(by=person, enrolment=enrolment, part=part)
    for asked in content.questions(attempt.part_version.content):
        learning.answer(by=person, attempt=attempt, question=asked["key"], given=given(asked, right))
    attempt.refresh_from_db()
    return attempt


def given(asked: dict[str, Any], right: bool) -> Any:
    if asked["type"] in ("single", "multiple"):
        wrong = next(number for number in range(9) if number not in asked["right"])
        return list(asked["right"]) if right else [wrong]
    return str(asked["right"][0]) if right else "999"
