"""Learning on a phone: with the keyboard alone, without JavaScript, without a network; and a trainer's Monday."""

import pytest
from playwright.sync_api import expect

from kring.care.people.models import Post
from kring.care.training.models import Cohort, Enrolment, PlacedPart, Progress, QuizAttempt
from tests.browser.look import look
from tests.browser.test_crisis_card import until
from tests.browser.test_plan_journeys import tab_to
from tests.care import course


@pytest.fixture
def made(cast):
    return course.build(cast)


def lesson_of(made):
    return f"/training/mine/{made.learners['tom'].pk}/parts/{made.part('three-principles').pk}/"


def test_a_lesson_and_its_questions_with_the_keyboard_alone(cast, made, sit_down):
    page = sit_down("tom")
    page.goto(lesson_of(made))
    tab_to(page, "Ik heb dit gelezen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/training/")
    assert Progress.objects.get(part=made.part("three-principles")).completed_at
    page.goto(f"/training/mine/{made.learners['tom'].pk}/parts/{made.part('three-principles-quiz').pk}/")
    tab_to(page, "Het team, want dat kent de cliënt")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Antwoorden")
    page.keyboard.press("Enter")
    page.get_by_text("Dat klopt.").wait_for()
    tab_to(page, "Volgende vraag")
    page.keyboard.press("Enter")
    page.get_by_text("Vraag 2 van 3").wait_for()


def test_the_first_days_without_javascript(cast, made, sit_down):
    page = sit_down("tom", java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Leren").click()
    page.get_by_role("link", name="Beginnen").click()
    for _question in range(8):
        page.get_by_role("radio").first.check()
        page.get_by_role("button", name="Antwoorden").click()
    page.get_by_role("heading", name="Ingeleverd").wait_for()
    page.get_by_role("link", name="Verder").click()
    page.get_by_role("link", name="Beginnen").click()
    page.get_by_role("button", name="Ik heb dit gelezen").click()
    page.get_by_text("Klaar. Je kunt het altijd nog eens lezen.").wait_for()
    assert QuizAttempt.objects.get().submitted_at
    assert Progress.objects.filter(completed_at__isnull=False).count() == 2


def test_a_double_click_and_the_back_button_count_once(cast, made, sit_down):
    page = sit_down("tom")
    quiz = f"/training/mine/{made.learners['tom'].pk}/parts/{made.part('chime-quiz').pk}/quiz/"
    page.goto(quiz)
    page.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Antwoorden").dblclick()
    page.get_by_text("Dat klopt.").wait_for()
    page.go_back()
    page.goto(quiz)
    page.get_by_text("Vraag 2 van 3").wait_for()
    assert QuizAttempt.objects.get().answers.count() == 1


def kept(page):
    assert until(page, "document.documentElement.dataset.lessonKept === 'true'")


def test_an_opened_lesson_is_read_without_a_network_and_told_later_once(cast, made, sit_down):
    page = sit_down("tom")
    page.goto(lesson_of(made))
    kept(page)
    page.context.set_offline(True)
    page.goto(lesson_of(made))
    expect(page.get_by_role("heading", level=1)).to_have_text("De drie principes")
    look(page, "a lesson without a network")
    page.get_by_role("button", name="Ik heb dit gelezen").click()
    page.get_by_text("Dit is bewaard op deze telefoon.").wait_for()
    page.get_by_role("button", name="Ik heb dit gelezen").click()
    assert Progress.objects.get().completed_at is None
    page.context.set_offline(False)
    page.goto("/training/")
    page.get_by_text("Wat je zonder netwerk deed, is verstuurd.").wait_for(state="attached")
    assert Progress.objects.get().completed_at
    assert until(page, "(await (await caches.open('waiting')).keys()).length === 0")


def test_signing_out_takes_the_lessons_off_the_phone(cast, made, sit_down):
    page = sit_down("tom")
    page.goto(lesson_of(made))
    kept(page)
    page.goto("/")
    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url("**/signed-out/**")
    assert until(page, "(await caches.keys()).length === 0")


def test_a_trainer_begins_on_monday(cast, sit_down):
    """From nothing to a cohort with people, a checked team and a planned workshop."""
    Post.objects.create(person=cast.ximena, organisation=cast.organisation, team=cast.team, role="experience_expert")
    page = sit_down("tess")
    page.goto("/")
    page.get_by_role("link", name="Leren").click()
    page.get_by_role("link", name="Trainingen en groepen").click()
    page.get_by_role("button", name="Begin met onze starttraining").dblclick()
    page.get_by_role("button", name="Publiceren").click()
    page.get_by_role("link", name="Een groep beginnen").click()
    page.get_by_label("Naam").fill("Voorjaar")
    page.get_by_label("FACT Noord").check()
    page.get_by_label("Eerste dag").fill("2026-01-05")
    page.get_by_role("button", name="Beginnen").click()
    page.get_by_role("link", name="Mensen toevoegen").click()
    page.get_by_label("Tom").check()
    page.get_by_label("Ruth").check()
    page.get_by_role("button", name="Toevoegen").click()
    page.get_by_role("link", name="Iemand mee laten leiden").click()
    page.get_by_label("Wie").select_option(label="Ximena")
    page.get_by_role("radio", name="ervaringsdeskundige").check()
    page.get_by_label("Uren in het rooster").fill("36")
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_role("link", name="Is dit team klaar om te beginnen?").click()
    for answer in page.get_by_role("radio", name="Ja", exact=True).all():
        answer.check()
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_text("alles is geregeld").wait_for()
    page.get_by_role("link", name="Een workshop plannen").click()
    page.get_by_label("Wanneer").fill("2026-01-12T13:00")
    page.get_by_label("Ervaringsdeskundige die mee leidt").select_option(label="Ximena")
    page.get_by_label("Uren van de ervaringsdeskundige").fill("5")
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_text("met Ximena, 5 uur").wait_for()
    assert Cohort.objects.count() == 1
    assert Enrolment.objects.count() == 2
    assert PlacedPart.objects.count() == 30
