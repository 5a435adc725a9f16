"""What learners and trainers do, and what goes wrong on the way: nothing is lost, nothing counts twice."""

import datetime as dt
import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from kring.care.people.models import Organisation, Post
from kring.care.stored import Denied
from kring.care.training import content, library, policy, practising, reading, statements, text
from kring.care.training.actions import boosters, building, expiring, leading, learning
from kring.care.training.models import (
    Booster,
    BoosterReview,
    BoosterRound,
    Enrolment,
    Part,
    Programme,
    Progress,
    QuizAnswer,
    QuizAttempt,
    WorkshopSession,
)
from tests.care import course


@pytest.fixture
def made(cast):
    return course.build(cast)


@pytest.fixture
def tom(made):
    return made.learners["tom"]


def browser_of(person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def do_everything(learner: Enrolment) -> None:
    for placed in learner.cohort.programme_version.placed.select_related("part_version"):
        learning.done(learner, placed.part_version, at=timezone.now())


# the library


def test_every_part_of_the_library_is_whole_in_both_languages():
    wrong = {key: content.problems(part["kind"], part) for key, part in library.parts().items()}
    assert {key: found for key, found in wrong.items() if found} == {}
    assert all(part["nl"] and part["en"] and part["implications"] for part in library.parts().values())


def test_the_programme_names_every_part_once_and_no_other():
    days = library.programme()["days"]
    assert sorted(days) == sorted(library.parts())
    assert list(days.values()) == sorted(days.values())


def test_the_findings_are_those_of_the_shipped_review():
    from pathlib import Path

    review = Path(__file__).parents[2] / "reviews/recovery-training/6_report/implications.json"
    assert json.loads((library.HERE / "implications.json").read_text()) == json.loads(review.read_text())
    named = {key for part in library.parts().values() for key in part["implications"]}
    assert named <= set(library.implications())


def test_lessons_are_short_enough_to_read_at_a_sitting():
    """Five to eight minutes: 400 to 900 words at the pace of somebody who reads to learn."""
    for part in library.parts().values():
        if part["kind"] == "lesson":
            assert all(400 < len(part[language]["body"].split()) < 900 for language in ("nl", "en")), part["key"]


def test_a_lesson_cannot_bring_in_markup():
    blocks = list(text.blocks("## <b>Kop</b>\n\n> Ali: **Hoi** <script>x</script>\n\n- een\n- *twee*"))
    assert [block.kind for block in blocks] == ["heading", "talk", "list"]
    assert blocks[1].lines == [("Ali", "<strong>Hoi</strong> &lt;script&gt;x&lt;/script&gt;")]
    assert blocks[2].lines[1][1] == "<em>twee</em>"


def test_the_library_keeps_its_old_versions(made, monkeypatch):
    changed = {key: dict(part) for key, part in library.parts().items()}
    changed["chime"]["minutes"] = 99
    monkeypatch.setattr(library, "parts", lambda: changed)
    library.on_the_shelf()
    library.on_the_shelf()
    assert [each.number for each in made.part("chime").versions.order_by("number")] == [1, 2]


# quizzes


def test_an_interrupted_quiz_goes_on_where_it_stopped(cast, made, tom):
    page = reverse("training:quiz", args=[tom.pk, made.part("chime-quiz").pk])
    browser = browser_of(cast.tom)
    first = browser.get(page)
    attempt = QuizAttempt.objects.get()
    answer = {"attempt": attempt.pk, "question": "difficulties", "choice": "1"}
    browser.post(reverse("training:answer", args=[tom.pk, made.part("chime-quiz").pk]), answer)
    later = browser_of(cast.tom).get(page)  # another day, another phone
    assert b"1 van 3" in first.content
    assert b"2 van 3" in later.content
    assert QuizAttempt.objects.count() == 1


def test_handing_in_twice_counts_once(cast, made, tom):
    attempt = course.take_quiz(cast.tom, tom, made.part("chime-quiz"))
    learning.answer(by=cast.tom, attempt=attempt, question="apart", given=[1])
    attempt.refresh_from_db()
    assert (attempt.points, attempt.points_possible, attempt.answers.count()) == (3, 3, 3)
    assert Progress.objects.filter(enrolment=tom, part=made.part("chime-quiz")).count() == 1


def test_an_old_page_cannot_change_an_answer(cast, made, tom):
    attempt = learning.begin_quiz(by=cast.tom, enrolment=tom, part=made.part("chime-quiz"))
    learning.answer(by=cast.tom, attempt=attempt, question="apart", given=[1])
    learning.answer(by=cast.tom, attempt=attempt, question="apart", given=[0])
    assert QuizAnswer.objects.get().given == [1]


def test_nothing_chosen_is_no_answer(cast, made, tom):
    learning.begin_quiz(by=cast.tom, enrolment=tom, part=made.part("chime-quiz"))
    where = reverse("training:answer", args=[tom.pk, made.part("chime-quiz").pk])
    sent = {"attempt": QuizAttempt.objects.get().pk, "question": "difficulties"}
    assert browser_of(cast.tom).post(where, sent).status_code == 422
    assert browser_of(cast.tom).post(where, sent | {"choice": "17"}).status_code == 422
    assert not QuizAnswer.objects.exists()


def test_the_first_measurement_shows_no_right_and_wrong_and_is_taken_once(cast, made, tom):
    part = made.part("knowledge-before")
    course.take_quiz(cast.tom, tom, part, right=False)
    shown = browser_of(cast.tom).get(reverse("training:quiz", args=[tom.pk, part.pk]) + "?again=1").content.decode()
    explanation = content.words(content.questions(library.parts()["knowledge-before"])[0])["explanation"]
    assert explanation not in shown
    assert QuizAttempt.objects.filter(part=part).count() == 1


def test_a_number_may_be_typed_with_a_comma(cast, made, tom):
    attempt = learning.begin_quiz(by=cast.tom, enrolment=tom, part=made.part("six-phases-quiz"))
    assert learning.answer(by=cast.tom, attempt=attempt, question="weeks-between", given="3,0").right


# versions


def test_a_changed_lesson_keeps_each_learners_version(cast, made, tom):
    """Tom began; the trainer changes the lesson and moves the cohort; Zoe gets the new one, Tom keeps his."""
    part = building.copy_part(by=cast.tess, part=made.part("chime"), organisation=cast.organisation, id=uuid.uuid4())
    _publish_with(cast, made, part.versions.get())
    learning.open_part(by=cast.tom, enrolment=_again(tom), part=part)
    newer = building.new_version(
        by=cast.tess, part=part, number=2, content={"nl": {"title": "Nieuw", "body": "Anders."}}
    )
    _publish_with(cast, made, newer)
    zoe = _again(made.learners["zoe"])
    learning.open_part(by=cast.zoe, enrolment=zoe, part=part)
    numbers = dict(Progress.objects.filter(part=part).values_list("enrolment__person__name", "part_version__number"))
    assert numbers == {"Tom": 1, "Zoe": 2}


def _publish_with(cast, made, version) -> None:
    building.begin_draft(by=cast.tess, programme=made.programme)
    building.place(by=cast.tess, programme=made.programme, part_version=version)
    published = building.publish(by=cast.tess, programme=made.programme)
    leading.move_to_version(by=cast.tess, cohort=made.cohort, programme_version=published)


def _again(enrolment: Enrolment) -> Enrolment:
    return Enrolment.objects.get(pk=enrolment.pk)


def test_what_was_published_never_changes(cast, made):
    with pytest.raises(Denied):
        building.place(by=cast.tess, programme=made.programme, part_version=made.part("chime").versions.get())


def test_two_parts_change_places_in_a_draft(cast, made):
    draft = building.begin_draft(by=cast.tess, programme=made.programme)
    before = list(draft.placed.order_by("order").values_list("part__key", flat=True))
    building.move(by=cast.tess, programme=made.programme, part=made.part("chime"), up=True)
    after = list(draft.placed.order_by("order").values_list("part__key", flat=True))
    at = before.index("chime")
    assert after == [*before[: at - 1], "chime", before[at - 1], *before[at + 1 :]]


# the course


def test_a_newcomer_begins_at_their_own_first_day(cast, made):
    (mine,) = reading.courses(cast.zoe)
    assert mine.step.title == "Wat weet je al?"
    with pytest.raises(Denied):
        learning.open_part(by=cast.zoe, enrolment=made.learners["zoe"], part=made.part("chime"))


def test_the_next_small_step_is_the_first_that_is_not_done(cast, made, tom):
    course.take_quiz(cast.tom, tom, made.part("knowledge-before"))
    (mine,) = reading.courses(cast.tom)
    assert mine.step.part_id == made.part("three-principles").pk


def test_a_lesson_told_later_counts_once_at_the_moment_it_was_read(cast, made, tom):
    where = reverse("training:finish", args=[tom.pk, made.part("chime").pk])
    progress = learning.open_part(by=cast.tom, enrolment=tom, part=made.part("chime"))
    Progress.objects.filter(pk=progress.pk).update(opened_at=timezone.now() - dt.timedelta(days=2))
    read_at = timezone.now() - dt.timedelta(hours=20)
    for _time in range(2):
        answer = browser_of(cast.tom).post(where, {"at": read_at.isoformat()}, headers={"X-Later": "1"})
        assert answer.json() == {"done": True}
    assert Progress.objects.get(part=made.part("chime")).completed_at == read_at


@pytest.mark.parametrize("told", ["2999-01-01T00:00:00Z", "1999-01-01T00:00:00Z", "yesterday", "2026-01-01T00:00:00"])
def test_a_clock_that_is_wrong_cannot_put_a_lesson_in_the_future_or_before_it_was_opened(cast, made, tom, told):
    where = reverse("training:finish", args=[tom.pk, made.part("chime").pk])
    assert browser_of(cast.tom).post(where, {"at": told}).status_code == 302
    progress = Progress.objects.get(part=made.part("chime"))
    assert progress.opened_at <= progress.completed_at <= timezone.now()


def test_whoever_left_a_cohort_learns_no_more_and_keeps_the_certificate(cast, made, tom):
    do_everything(tom)
    leading.certify(by=cast.tess, enrolment=tom)
    leading.leave(by=cast.tom, enrolment=tom)
    assert browser_of(cast.tom).get(reverse("training:course", args=[tom.pk])).status_code == 404
    assert policy.certificates_of(cast.tom).count() == 1


def test_enrolling_twice_is_once_and_only_people_of_the_teams_can(cast, made, tom):
    again = leading.enrol(by=cast.tess, cohort=made.cohort, person=cast.tom, team=cast.team)
    assert again == tom
    with pytest.raises(Denied):
        leading.enrol(by=cast.tess, cohort=made.cohort, person=cast.olaf, team=cast.team)


# leading


def test_an_experience_expert_leads_the_cohort_and_gives_no_certificates(cast, made, tom):
    do_everything(tom)
    assert policy.may_lead(cast.ximena, made.cohort)
    with pytest.raises(Denied):
        leading.certify(by=cast.ximena, enrolment=tom)


def test_a_trainer_of_another_organisation_sees_nothing(cast, made):
    elsewhere = Organisation.objects.create(name="Elders")
    Post.objects.create(person=cast.olaf, organisation=elsewhere, role="trainer")
    browser = browser_of(cast.olaf)
    assert browser.get(reverse("training:cohort", args=[made.cohort.pk])).status_code == 404
    assert browser.get(reverse("training:programme", args=[made.programme.pk])).status_code == 404
    assert b"Voorjaar" not in browser.get(reverse("training:lead")).content


def test_a_trainer_sees_no_answer_and_no_score(cast, made, tom):
    """Before and after Tom answers everything wrongly, rightly: the trainer's pages of Tom are the same."""
    pages = []
    for right in (True, False):
        QuizAttempt.objects.all().delete()
        course.take_quiz(cast.tom, tom, made.part("chime-quiz"), right=right)
        where = [reverse("training:learner", args=[made.cohort.pk, tom.pk]),
                 reverse("training:cohort", args=[made.cohort.pk]),
                 reverse("training:statistics", args=[made.cohort.pk])]  # fmt: skip
        pages.append([_without_tokens(browser_of(cast.tess).get(each).content.decode()) for each in where])
    assert pages[0] == pages[1]


def _without_tokens(page: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


def test_who_came_can_be_mended(cast, made, tom):
    session = _workshop(cast, made)
    part = made.part("workshop-start")
    leading.note_attendance(by=cast.ximena, session=session, came=[tom.pk])
    assert Progress.objects.get(enrolment=tom, part=part).completed_at
    leading.note_attendance(by=cast.ximena, session=session, came=[])
    assert Progress.objects.get(enrolment=tom, part=part).completed_at is None


def _workshop(cast, made) -> WorkshopSession:
    version = made.part("workshop-start").versions.get()
    return leading.plan_workshop(
        by=cast.tess, cohort=made.cohort, id=uuid.uuid4(), part_version=version,
        starts_at=timezone.now() + dt.timedelta(days=1),
    )  # fmt: skip


def test_a_certificate_needs_every_required_part_and_expires(cast, made, tom):
    with pytest.raises(Denied):
        leading.certify(by=cast.tess, enrolment=tom)
    do_everything(tom)
    given = leading.certify(by=cast.tess, enrolment=tom, today=dt.date(2024, 2, 29))
    assert given.expires_on == dt.date(2026, 2, 28)  # 24 months, in a year without 29 February
    assert not policy.valid_certificates(cast.tom).filter(expires_on__lt=timezone.localdate()).exists()
    assert leading.certify(by=cast.tess, enrolment=tom, today=dt.date(2026, 3, 1)) != given


def test_a_certificate_is_not_given_twice_and_its_end_is_told_once(cast, made, tom):
    do_everything(tom)
    given = leading.certify(by=cast.tess, enrolment=tom)
    assert leading.certify(by=cast.tess, enrolment=tom) == given
    near = given.expires_on - dt.timedelta(days=30)
    assert (expiring.remind(near), expiring.remind(near)) == (1, 0)


# boosters


def test_questions_come_back_in_rounds_of_at_most_three_and_one_at_a_time(cast, made, tom):
    for key in ("chime-quiz", "six-phases-quiz"):
        course.take_quiz(cast.tom, tom, made.part(key))
    later = timezone.now() + dt.timedelta(days=40)
    assert boosters.schedule(later) == 1
    assert boosters.schedule(later) == 0
    assert len(BoosterRound.objects.get().boosters) == 3


def test_a_round_answered_twice_counts_once_and_moves_the_question_on(cast, made, tom):
    waiting = _round(cast, made, tom)
    booster = boosters.waiting_in(waiting)
    due = booster.due_at
    for given in ([1], [0]):
        boosters.answer(by=cast.tom, round_=waiting, booster=booster, given=given)
    assert BoosterReview.objects.count() == 1
    booster.refresh_from_db()
    assert booster.due_at > due
    assert boosters.waiting_in(waiting) != booster


def _round(cast, made, tom) -> BoosterRound:
    course.take_quiz(cast.tom, tom, made.part("chime-quiz"))
    boosters.schedule(timezone.now() + dt.timedelta(days=40))
    return BoosterRound.objects.get()


def test_a_measurement_never_comes_back(cast, made, tom):
    course.take_quiz(cast.tom, tom, made.part("knowledge-before"))
    assert not Booster.objects.exists()


def test_somebody_elses_question_cannot_be_answered(cast, made, tom):
    waiting = _round(cast, made, tom)
    with pytest.raises(Denied):
        boosters.answer(by=cast.zoe, round_=waiting, booster=boosters.waiting_in(waiting), given=[1])


def test_a_round_that_waits_is_told_once_and_says_nothing_of_the_question(cast, made, tom):
    _round(cast, made, tom)
    later = timezone.now() + dt.timedelta(days=44)
    assert (boosters.remind(later), boosters.remind(later)) == (1, 0)


# results to take along


def test_results_are_valid_statements_and_the_same_each_time(cast, made, tom):
    course.take_quiz(cast.tom, tom, made.part("chime-quiz"), right=False)
    learning.finish_lesson(by=cast.tom, enrolment=tom, part=made.part("chime"))
    once, again = statements.of_enrolment(tom), statements.of_enrolment(tom)
    assert once == again
    assert {each["verb"]["display"]["en"] for each in once} == {"scored", "completed", "answered"}
    assert "tom@example.org" not in json.dumps(once)
    scored = next(each for each in once if "score" in each.get("result", {}))
    assert scored["result"]["score"] == {"raw": 0, "min": 0, "max": 3, "scaled": 0.0}


def test_a_statement_that_lacks_something_is_named():
    assert list(statements.problems({"id": "x"}))[:3] == ["actor is missing", "verb is missing", "object is missing"]


def test_a_library_part_cannot_be_changed_only_copied(cast, made):
    assert not policy.may_change_part(cast.tess, Part.objects.get(key="chime"))


def test_the_doors_on_the_front_page_are_those_of_the_rules(cast, made):
    from kring.care.people.policy import trains_in

    leading.leave(by=cast.zoe, enrolment=made.learners["zoe"])
    for person in (cast.tom, cast.zoe, cast.tess, cast.ximena, cast.noor):
        learns = policy.own_enrolments(person).exists() or policy.certificates_of(person).exists()
        leads = trains_in(person).exists() or policy.cohorts_visible_to(person).exists()
        assert policy.doors(person) == policy.Doors(learns, leads), person


def test_a_learners_own_results_hold_every_answer_and_the_organisations_hold_none(cast, made, tom, client):
    course.take_quiz(cast.tom, tom, made.part("chime-quiz"), right=False)
    learning.finish_lesson(by=cast.tom, enrolment=tom, part=made.part("chime"))
    mine = [each for each in statements.of_enrolment(tom) if each["verb"]["display"]["en"] == "answered"]
    assert len(mine) == 3
    assert all(each["result"]["response"] and each["result"]["success"] is False for each in mine)
    client.force_login(cast.tess)
    record = f"/training/cohorts/{made.cohort.pk}/results.json"
    assert client.get(record).json() == [], "nobody let the organisation have it"
    practising.set_choice(by=cast.tom, enrolment=tom, to="record", agree=True)
    assert {each["verb"]["display"]["en"] for each in client.get(record).json()} == {"completed"}
    practising.set_choice(by=cast.tom, enrolment=tom, to="record", agree=False)
    assert client.get(record).json() == []


def test_a_trainer_changes_a_list_and_marks_of_other_statements_are_not_mixed(cast, made, client):
    """The observation form and the readiness check, like every other part: in versions, and older ones stay."""
    client.force_login(cast.tess)
    library_form = Part.objects.get(key="observation-form", organisation=None)
    own = building.copy_part(by=cast.tess, part=library_form, organisation=cast.organisation, id=uuid.uuid4())
    before = own.versions.get().content["items"]
    page = client.get(f"/training/parts/{own.pk}/change/").content.decode()
    assert all(escape(item["nl"]) in page for item in before)
    lines = [*(item["nl"] for item in before[1:]), "Vraagt of het zo goed is."]
    sent = {"title": "Onze kijkwijzer", "body": "Kijk.", "items": "\r\n".join([*lines, ""])}
    assert client.post(f"/training/parts/{own.pk}/change/", sent).status_code == 302
    first, second = own.versions.order_by("number")
    assert first.content["items"] == before
    assert second.content["items"][:-1] == before[1:], "unchanged statements keep their key and their English"
    assert second.content["items"][-1]["nl"] == "Vraagt of het zo goed is."
    assert client.post(f"/training/parts/{own.pk}/change/", sent | {"items": "Eén\nEén"}).status_code == 200
    assert own.versions.count() == 2


def test_a_trainer_of_two_organisations_says_where(cast, made, client):
    elsewhere = Organisation.objects.create(name="Elders")
    Post.objects.create(person=cast.tess, organisation=elsewhere, role="trainer")
    client.force_login(cast.tess)
    page = client.get("/training/lead/").content.decode()
    assert cast.organisation.name in page
    assert elsewhere.name in page
    address = f"/training/programmes/library/?at={elsewhere.pk}"
    client.post(address, {"new_id": str(uuid.uuid4())})
    there = Programme.objects.get(organisation=elsewhere)
    words = {"nl": {"title": "Les", "body": "Woorden."}}
    part = building.new_part(
        by=cast.tess, organisation=cast.organisation, id=uuid.uuid4(), kind="lesson", content=words
    )
    with pytest.raises(Denied):
        building.place(by=cast.tess, programme=there, part_version=part.versions.get())
    assert "/training/parts/new/?at=" in client.get(f"/training/programmes/{there.pk}/").content.decode()
    assert str(elsewhere.pk) in client.get(f"/training/parts/new/?at={elsewhere.pk}").content.decode()
