"""Pages of the room training."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from kring.care.training.actions import boosters, building, leading, learning
from kring.care.training.models import BoosterRound, PartVersion, Progress
from tests.browser.pages import Visit
from tests.care import course


def a_course(cast: Any) -> dict[str, Any]:
    made = course.build(cast)
    found = {"mine": made.learners["tom"].pk, "cohort": made.cohort.pk, "programme": made.programme.pk}
    found |= {key.replace("-", "_"): made.part(key).pk for key in KEYS}
    found["team"] = cast.team.pk
    return found


KEYS = (
    "three-principles", "chime", "chime-quiz", "six-phases-quiz", "knowledge-before", "workshop-start",
    "practise-limit", "coaching-1", "observation-form",
)  # fmt: skip


def begun(cast: Any) -> dict[str, Any]:
    """Some lessons read, a quiz done wrongly, a question come back, a workshop planned."""
    found = a_course(cast)
    tom = cast.tom.enrolments.get()
    for key in ("knowledge-before", "chime-quiz"):
        quiz = course.take_quiz(cast.tom, tom, PartVersion.objects.get(part__key=key).part, right=key != "chime-quiz")
    lesson = PartVersion.objects.get(part__key="three-principles").part
    learning.finish_lesson(by=cast.tom, enrolment=tom, part=lesson)
    boosters.schedule(timezone.now() + dt.timedelta(days=40))
    BoosterRound.objects.update(due_on=timezone.localdate())
    waiting = BoosterRound.objects.get()
    workshop = PartVersion.objects.get(part__key="workshop-start")
    session = leading.plan_workshop(
        by=cast.tess, cohort=tom.cohort, id=uuid.uuid4(), part_version=workshop, place="De bieb, zaal 2",
        starts_at=timezone.now() + dt.timedelta(days=3), experience_expert=cast.ximena, expert_hours=4,
    )  # fmt: skip
    return found | {"attempt": quiz.pk, "session": session.pk, "round": waiting.pk, "booster": waiting.boosters[0]}


def reviewed(cast: Any) -> dict[str, Any]:
    found = begun(cast)
    waiting = BoosterRound.objects.get()
    booster = boosters.waiting_in(waiting)
    boosters.answer(by=cast.tom, round_=waiting, booster=booster, given=[2])
    return found | {"booster": booster.pk}


def finished(cast: Any) -> dict[str, Any]:
    """Every part done, and the certificate given."""
    found = begun(cast)
    tom, now = cast.tom.enrolments.get(), timezone.now()
    for placed in tom.cohort.programme_version.placed.select_related("part_version"):
        learning.done(tom, placed.part_version, at=now)
    Progress.objects.filter(enrolment=tom, completed_at=None).update(completed_at=now)
    certificate = leading.certify(by=cast.tess, enrolment=tom)
    course.take_quiz(cast.tom, tom, PartVersion.objects.get(part__key="knowledge-after").part)
    after = PartVersion.objects.get(part__key="knowledge-after").part_id
    return found | {"certificate": certificate.pk, "knowledge_after": after}


def drafting(cast: Any) -> dict[str, Any]:
    programme = building.from_library(by=cast.tess, organisation=cast.organisation, id=uuid.uuid4())
    words = {"nl": {"title": "Eigen les", "body": "## Kop\n\nWoorden.\n\n> Ali: Hoi."}}
    own = building.new_part(by=cast.tess, organisation=cast.organisation, id=uuid.uuid4(), kind="lesson", content=words)
    version = own.versions.get()
    building.place(by=cast.tess, programme=programme, part_version=version, after_days=3)
    building.new_version(by=cast.tess, part=own, number=2, content={"nl": {"title": "Eigen les", "body": "Nieuw."}})
    return {"programme": programme.pk, "own": own.pk}


def save(page: Any) -> None:
    page.locator("main form button.main").first.click()


def open_why(page: Any) -> None:
    page.locator("details.why summary").first.click()


def import_odd(page: Any) -> None:
    """A file with one question that can be asked and one that cannot."""
    gift = "::Een:: Twee plus twee? {=4 ~5}\n\n::Koppel:: Wat hoort bij wat? {=a -> 1 =b -> 2 =c -> 3}\n"
    page.fill("#id_title", "Rekenen")
    page.check("#id_language_0") if page.locator("#id_language_0").count() else page.select_option("#id_language", "nl")
    page.set_input_files("#id_file", {"name": "q.txt", "mimeType": "text/plain", "buffer": gift.encode()})
    save(page)


MINE = "/training/mine/{mine}/"
LED = "/training/cohorts/{cohort}/"
PART = MINE + "parts/"
VISITS = [
    Visit("training/home.html", "/training/", who="olaf", state="nothing to learn"),
    Visit("training/home.html", "/training/", who="tom", state="at the start", prepare=a_course),
    Visit("training/home.html", "/training/", who="tom", state="half-way", prepare=begun),
    Visit("training/home.html", "/training/", who="zoe", state="of a newcomer", prepare=a_course),
    Visit("training/home.html", "/training/", who="tom", state="finished", prepare=finished),
    Visit("training/course.html", MINE, who="tom", prepare=begun),
    Visit("training/part_lesson.html", PART + "{chime}/", who="tom", prepare=a_course),
    Visit("training/part_lesson.html", PART + "{chime}/", who="tom", state="why", prepare=a_course, do=open_why),
    Visit("training/part_lesson.html", PART + "{three_principles}/", who="tom", state="read", prepare=begun),
    Visit("training/part_workshop.html", PART + "{workshop_start}/", who="tom", prepare=begun),
    Visit("training/part_workshop.html", PART + "{workshop_start}/", who="tom", state="no date", prepare=a_course),
    Visit("training/part_other.html", PART + "{practise_limit}/", who="tom", state="practice", prepare=a_course),
    Visit("training/part_other.html", PART + "{coaching_1}/", who="tom", state="coaching", prepare=a_course),
    Visit("training/part_other.html", PART + "{observation_form}/", who="tom", state="observation", prepare=a_course),
    Visit("training/quiz_question.html", PART + "{six_phases_quiz}/quiz/", who="tom", prepare=a_course),
    Visit(
        "training/quiz_question.html", PART + "{six_phases_quiz}/quiz/", who="tom", state="empty", prepare=a_course,
        do=save,
    ),
    Visit(
        "training/quiz_answered.html", PART + "{chime_quiz}/quiz/{attempt}/observable/", who="tom", prepare=begun
    ),
    Visit("training/quiz_result.html", PART + "{chime_quiz}/quiz/", who="tom", prepare=begun),
    Visit("training/quiz_result.html", PART + "{knowledge_before}/quiz/", who="tom", state="before", prepare=begun),
    Visit("training/quiz_result.html", PART + "{knowledge_after}/quiz/", who="tom", state="after", prepare=finished),
    Visit("training/round.html", MINE + "round/", who="tom", prepare=begun),
    Visit("training/round_answered.html", MINE + "round/{round}/{booster}/", who="tom", prepare=reviewed),
    Visit("training/portfolio.html", MINE + "portfolio/", who="tom", state="empty", prepare=a_course),
    Visit("training/portfolio.html", MINE + "portfolio/", who="tom", prepare=finished),
    Visit("training/certificate.html", "/training/certificates/{certificate}/", who="tom", prepare=finished),
    # trainers
    Visit("training/lead.html", "/training/lead/", who="tess", state="empty"),
    Visit("training/lead.html", "/training/lead/", who="tess", prepare=a_course),
    Visit("training/lead.html", "/training/lead/", who="ximena", state="of who leads along", prepare=a_course),
    Visit("training/new_programme.html", "/training/programmes/new/", who="tess", do=save),
    Visit("training/programme.html", "/training/programmes/{programme}/", who="tess", prepare=a_course),
    Visit("training/programme.html", "/training/programmes/{programme}/", who="tess", state="draft", prepare=drafting),
    Visit("training/place.html", "/training/programmes/{programme}/place/", who="tess", prepare=drafting),
    Visit("training/part.html", "/training/parts/{chime_quiz}/", who="tess", state="quiz", prepare=a_course),
    Visit("training/part.html", "/training/parts/{own}/", who="tess", state="own", prepare=drafting),
    Visit("training/new_part.html", "/training/parts/new/", who="tess"),
    Visit("training/part_words.html", "/training/parts/new/?kind=practice", who="tess", state="new", do=save),
    Visit("training/part_words.html", "/training/parts/new/?kind=observation", who="tess", state="list", do=save),
    Visit("training/part_words.html", "/training/parts/{own}/change/", who="tess", prepare=drafting),
    Visit("training/import.html", "/training/quizzes/import/", who="tess"),
    Visit("training/import.html", "/training/quizzes/import/", who="tess", state="odd questions", do=import_odd),
    Visit(
        "training/new_cohort.html", "/training/programmes/{programme}/cohorts/new/", who="tess", prepare=a_course,
        do=save,
    ),
    Visit("training/cohort.html", LED, who="tess", prepare=begun),
    Visit("training/cohort.html", LED, who="ximena", state="led along", prepare=begun),
    Visit("training/enrol.html", LED + "enrol/", who="tess", prepare=a_course, do=save),
    Visit("training/lead_along.html", LED + "leads/", who="tess", prepare=a_course),
    Visit("training/readiness.html", LED + "teams/{team}/", who="tess", prepare=a_course, do=save),
    Visit("training/statistics.html", LED + "statistics/", who="tess", prepare=begun),
    Visit("training/workshop.html", LED + "workshops/new/", who="tess", state="new",
          prepare=a_course, do=save),
    Visit("training/workshop.html", LED + "workshops/{session}/", who="tess", prepare=begun),
    Visit("training/attendance.html", LED + "workshops/{session}/came/", who="tess", prepare=begun),
    Visit("training/learner.html", LED + "learners/{mine}/", who="tess", prepare=begun),
    Visit(
        "training/learner.html", LED + "learners/{mine}/", who="tess", state="finished",
        prepare=finished,
    ),
]  # fmt: skip
