"""Practice and feedback in people's hands: learner, client, family, experience expert, team lead; on a phone."""

import zipfile

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kring.care.training import practising
from kring.care.training.models import Enrolment, FeedbackChoice, FeedbackNote, Observation, Practice, Rating
from tests.browser.look import look
from tests.browser.test_plan_journeys import tab_to
from tests.care.practising import build, lived


@pytest.fixture
def world(cast):
    return build(cast)


def test_a_learner_plans_writes_down_and_asks(world, sit_down):
    page = sit_down("ruth")
    page.goto("/training/practice/")
    page.get_by_role("link", name="Plan één ding").click()
    page.get_by_label("In wiens kring?").select_option(label="Noor")
    page.get_by_label("Welk ene ding").fill("Tel tot vijf na een vraag")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("alert")).to_be_visible()  # neither step nor process, nor a day
    assert page.get_by_label("Welk ene ding").input_value() == "Tel tot vijf na een vraag"
    page.get_by_label("Over welk herstelproces").select_option("empowerment")
    page.get_by_label("Op welke dag?").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_role("link", name="Schrijf op hoe het ging").click()
    page.get_by_label("Wanneer was het contact?").fill(timezone.localdate().isoformat())
    page.get_by_label("Wat deed je?").fill("Ik telde.")
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_role("link", name="Vraag feedback").click()
    look(page, "asking for feedback")
    page.get_by_role("button", name="Vraag feedback").click()
    expect(page.get_by_text("Je vroeg het.")).to_be_visible()
    assert Practice.objects.get().asked_at
    assert not Rating.objects.exists()  # nobody chose it, and nothing says so


def test_a_client_chooses_answers_and_takes_back_with_the_keyboard_alone(world, sit_down):
    page = sit_down("noor")
    page.goto(f"/c/{world.cast.circle.pk}/mine/")
    tab_to(page, "Feedback na een contact")
    page.keyboard.press("Enter")
    page.wait_for_url("**/feedback/")
    tab_to(page, "Ja, vraag mij af en toe iets")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Je krijgt af en toe een vraag.")).to_be_visible()
    world.asked(world.cast.circle)
    page.reload()
    tab_to(page, "Het contact met Ruth")
    page.keyboard.press("Enter")
    page.wait_for_url("**/feedback/*/")
    page.get_by_role("group", name="Gaf het je hoop?").get_by_label("Best veel").focus()
    page.keyboard.press("Space")
    tab_to(page, "Versturen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/feedback/")
    rating = Rating.objects.get()
    assert (rating.hope, rating.meaning) == (4, None)
    page.get_by_role("link", name="Je antwoorden lezen of terugnemen").click()
    page.locator("main form button").click()
    expect(page.get_by_text("Je antwoord is uit elk cijfer.")).to_be_visible()
    rating.refresh_from_db()
    assert rating.hope is None


def test_a_sister_decides_for_herself_without_javascript(world, sit_down):
    page = sit_down("sanne", java_script_enabled=False)
    page.goto(f"/c/{world.cast.circle.pk}/mine/")
    page.get_by_role("link", name="Feedback na een contact").click()
    page.get_by_role("button", name="Ja, vraag mij af en toe iets").click()
    page.get_by_role("button", name="Stop, en neem mijn antwoorden terug").click()
    expect(page.get_by_role("button", name="Ja, vraag mij af en toe iets")).to_be_visible()
    assert FeedbackChoice.objects.get(person=world.cast.sanne).revoked_at


def test_an_experience_expert_observes_and_gives_back_as_an_equal(world, sit_down):
    world.asked(world.cast.circle)
    page = sit_down("ed")
    page.goto("/training/observe/")
    page.get_by_role("link", name="Ruth").click()
    page.get_by_role("link", name="Ik was erbij").click()
    for number in (1, 2, 3):
        page.get_by_role("group", name=f"Punt {number}").get_by_label("Gezien", exact=True).check()
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_role("alert")).to_contain_text("Zonder ja van de cliënt")
    expect(page.get_by_role("alert")).to_contain_text("Punt 4")
    page.get_by_role("group", name="Punt 4").get_by_label("Daar was geen gelegenheid voor").check()
    page.get_by_label("De cliënt vond het van tevoren goed").check()
    page.get_by_role("button", name="Versturen").click()
    page.get_by_label("Wat zag je precies?").fill("Je liet een stilte vallen.")
    page.get_by_label("Eén ding om").fill("Tel tot vijf.")
    page.get_by_label("Allebei").check()
    page.get_by_role("button", name="Versturen").click()
    expect(page.get_by_text("Niemand wacht nu op jou.")).to_be_visible()
    assert Observation.objects.get().marks == {"i1": 2, "i2": 2, "i3": 2, "i4": None}
    assert Observation.objects.get().source == FeedbackNote.objects.get().source == "experience_expert"


def test_a_team_lead_reads_about_the_team_and_about_nobody(world, sit_down):
    lived(world)
    page = sit_down("lea")
    page.goto("/")
    page.get_by_role("link", name="De training van je team").click()
    look(page, "the training of a team")
    shown = page.locator("main").inner_text()
    assert "Collega" not in shown
    assert "minder dan vijf mensen" in shown


def test_a_researcher_takes_a_training_table_with_the_keyboard_alone(world, sit_down, tmp_path):
    """First too few let research use their course; then a table leaves, with what to ask of it and what to plan."""
    lived(world)
    page = sit_down("rik")
    page.goto("/research/")
    tab_to(page, "Tabellen van de training")
    page.keyboard.press("Enter")
    page.wait_for_url("**/training/tables/")
    look(page, "training tables")
    tab_to(page, "Downloaden")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Te weinig voor een tabel")).to_be_visible()
    for one in Enrolment.objects.filter(cohort=world.cohort):
        practising.set_choice(by=one.person, enrolment=one, to="research", agree=True)
    page.goto("/training/tables/")
    tab_to(page, "Downloaden")
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    taken.value.save_as(tmp_path / "taken.zip")
    with zipfile.ZipFile(tmp_path / "taken.zip") as files:
        assert {"outcomes.csv", "protocol.toml", "design.toml", "tidier.json", "READ-ME.txt"} <= set(files.namelist())
        assert b"Collega 1" not in b"".join(map(files.read, files.namelist()))
