"""Every address of the room training, with the answer that each kind of person gets."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from tests.care import course
from tests.care.routes import Row, answers, once, public, row, signed_in

ROUTES: dict[str, Row] = {}
LEARNER = "professional_team"  # Tom
LEADS = {"trainer": 200, "member": 200}  # Tess; Ximena leads along as an experience expert


@once
def the_course(cast: Any) -> course.Course:
    return course.build(cast)


def toms(cast: Any) -> uuid.UUID:
    return the_course(cast).learners["tom"].pk


def part(key: str) -> Any:
    return lambda cast: the_course(cast) and the_course(cast).part(key).pk


@once
def a_quiz(cast: Any) -> Any:
    made = the_course(cast)
    return course.take_quiz(cast.tom, made.learners["tom"], made.part("chime-quiz"), right=False)


@once
def a_round(cast: Any) -> Any:
    from kring.care.training.actions import boosters
    from kring.care.training.models import BoosterRound

    a_quiz(cast)
    boosters.schedule(timezone.now() + dt.timedelta(days=40))
    BoosterRound.objects.update(due_on=timezone.localdate())
    return BoosterRound.objects.get()


@once
def a_review(cast: Any) -> Any:
    from kring.care.training.actions import boosters
    from kring.care.training.models import Booster

    waiting = a_round(cast)
    booster = Booster.objects.get(pk=waiting.boosters[0])
    return boosters.answer(by=cast.tom, round_=waiting, booster=booster, given=[0])


@once
def a_certificate(cast: Any) -> uuid.UUID:
    from kring.care.training.models import Certificate

    today = timezone.localdate()
    return Certificate.objects.create(
        enrolment=the_course(cast).learners["tom"], number="A1", issued_on=today, issued_by=cast.tess,
        expires_on=today + dt.timedelta(days=9),
    ).pk  # fmt: skip


@once
def a_workshop(cast: Any) -> uuid.UUID:
    from kring.care.training.actions import leading

    made = the_course(cast)
    version = made.part("workshop-start").versions.get()
    when = timezone.now() + dt.timedelta(days=3)
    return leading.plan_workshop(
        by=cast.tess, cohort=made.cohort, id=uuid.uuid4(), part_version=version, starts_at=when
    ).pk


@once
def an_own_part(cast: Any) -> uuid.UUID:
    from kring.care.training.actions import building

    words = {"nl": {"title": "Eigen les", "body": "Woorden."}}
    return building.new_part(
        by=cast.tess, organisation=cast.organisation, id=uuid.uuid4(), kind="lesson", content=words
    ).pk


@once
def a_draft(cast: Any) -> uuid.UUID:
    from kring.care.training.actions import building

    return building.from_library(by=cast.tess, organisation=cast.organisation, id=uuid.uuid4()).pk


def a_lead(cast: Any) -> uuid.UUID:
    return the_course(cast).cohort.leads.get(person=cast.ximena).pk


OWN = {"enrolment_id": toms}
LESSON = {**OWN, "part_id": part("chime")}
QUIZ = {**OWN, "part_id": part("six-phases-quiz")}
DONE = {**OWN, "part_id": part("chime-quiz"), "attempt_id": lambda cast: a_quiz(cast).pk}
COHORT = {"cohort_id": lambda cast: the_course(cast).cohort.pk}
PROGRAMME = {"programme_id": lambda cast: the_course(cast).programme.pk}
DRAFT = {"programme_id": a_draft}

ROUTES["training:home"] = row(signed_in())
ROUTES["training:worker"] = row(public())
for page in ("course", "portfolio", "results"):
    ROUTES[f"training:{page}"] = row(answers(**{LEARNER: 200}), given=OWN)
ROUTES["training:stop"] = row(answers(**{LEARNER: 302}), "post", given=OWN)
ROUTES["training:part"] = row(answers(**{LEARNER: 200}), given=LESSON)
ROUTES["training:finish"] = row(answers(**{LEARNER: 302}), "post", given=LESSON)
ROUTES["training:quiz"] = row(answers(**{LEARNER: 200}), given=QUIZ)
ROUTES["training:answer"] = row(answers(), "post", given=QUIZ)  # an attempt is named in the form, and none is here
ROUTES["training:answered"] = row(answers(**{LEARNER: 200}), given={**DONE, "key": lambda cast: "apart"})
ROUTES["training:round"] = row(answers(**{LEARNER: 302}), given=OWN)  # nothing has come back: to one's home
ROUTES["training:review"] = row(
    answers(**{LEARNER: 422}), "post", given={**OWN, "booster_id": lambda cast: a_round(cast).boosters[0]}
)
ROUTES["training:reviewed"] = row(
    answers(**{LEARNER: 200}),
    given={
        **OWN,
        "round_id": lambda cast: a_review(cast).round_id,
        "booster_id": lambda cast: a_review(cast).booster_id,
    },
)
ROUTES["training:certificate"] = row(answers(**{LEARNER: 200}), given={"certificate_id": a_certificate})

# trainers, and who leads along
ROUTES["training:lead"] = row(answers(trainer=200))  # Ximena leads no cohort here yet
for page in ("new_programme", "new_part", "import"):
    ROUTES[f"training:{page}"] = row(answers(trainer=200))
ROUTES["training:from_library"] = row(
    answers(trainer=302), "post", lambda cast: {"new_id": "0f7e3a52-1111-4222-8333-944444444444"}
)
ROUTES["training:programme"] = row(answers(trainer=200), given=PROGRAMME)
ROUTES["training:draft"] = row(answers(trainer=302), "post", given=PROGRAMME)
ROUTES["training:publish"] = row(answers(trainer=302), "post", given=DRAFT)
ROUTES["training:place"] = row(answers(trainer=200), given=DRAFT)
ROUTES["training:rearrange"] = row(
    answers(trainer=302), "post", lambda cast: {"how": "down"}, given={**DRAFT, "part_id": part("chime")}
)
ROUTES["training:new_cohort"] = row(answers(trainer=200), given=PROGRAMME)
ROUTES["training:shelf_part"] = row(answers(trainer=200), given={"part_id": part("chime")})
ROUTES["training:change_part"] = row(answers(trainer=200), given={"part_id": an_own_part})
ROUTES["training:copy_part"] = row(
    answers(trainer=302),
    "post",
    lambda cast: {"new_id": "0f7e3a52-1111-4222-8333-955555555555"},
    given={"part_id": part("chime")},
)
ROUTES["training:cohort"] = row(answers(**LEADS), given=COHORT)
ROUTES["training:move_cohort"] = row(answers(trainer=302), "post", given=COHORT)
for page in ("enrol", "lead_along", "statistics", "record"):
    ROUTES[f"training:{page}"] = row(answers(trainer=200), given=COHORT)
ROUTES["training:end_lead"] = row(answers(trainer=302), "post", given={**COHORT, "lead_id": a_lead})
ROUTES["training:readiness"] = row(answers(**LEADS), given={**COHORT, "team_id": lambda cast: cast.team.pk})
ROUTES["training:new_workshop"] = row(answers(**LEADS), given=COHORT)
WORKSHOP = {**COHORT, "session_id": a_workshop}
ROUTES["training:workshop"] = row(answers(**LEADS), given=WORKSHOP)
ROUTES["training:attendance"] = row(answers(**LEADS), given=WORKSHOP)
ROUTES["training:cancel_workshop"] = row(answers(trainer=302, member=302), "post", given=WORKSHOP)
LED = {**COHORT, "enrolment_id": toms}
ROUTES["training:learner"] = row(answers(**LEADS), given=LED)
ROUTES["training:certify"] = row(answers(), "post", given=LED)  # Tom did not do every part yet
ROUTES["training:leave"] = row(answers(trainer=302), "post", given=LED)
