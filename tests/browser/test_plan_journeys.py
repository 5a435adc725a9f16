"""The plan in somebody's hands: keyboard alone, no JavaScript, a double click, the back button."""

import pytest
from playwright.sync_api import expect

from kring.care.plan import actions
from kring.care.plan.models import Action, CrisisPlan, Dream, Goal
from tests.browser.pages.plan import wishes


@pytest.fixture
def plan_page(cast):
    return f"/c/{cast.circle.pk}/plan/"


def tab_to(page, name, most=60):
    """Press Tab until what has the focus is called `name`, as somebody without a mouse does."""
    called = "() => [document.activeElement.innerText, document.activeElement.labels?.[0]?.innerText].join(' ')"
    for _ in range(most):
        page.keyboard.press("Tab")
        if name in page.evaluate(called):
            return
    pytest.fail(f"{name!r} cannot be reached with the Tab key")


def test_a_dream_and_a_goal_with_the_keyboard_alone(cast, sit_down, plan_page):
    page = sit_down("noor")
    page.goto(plan_page)
    tab_to(page, "Schrijf een droom op")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dreams/new/**")
    tab_to(page, "Je droom of wens")
    page.keyboard.type("Weer zingen")
    tab_to(page, "Geen keuze")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    tab_to(page, "Bewaren")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{plan_page}")
    dream = Dream.objects.get()
    assert (dream.text, dream.domain) == ("Weer zingen", "work")
    tab_to(page, "Voeg een kleine stap toe")
    page.keyboard.press("Enter")
    page.wait_for_url("**/goals/new/**")
    tab_to(page, "Wat wil je doen?")
    page.keyboard.type("Naar het koor")
    tab_to(page, "Bewaren")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{plan_page}")
    assert Goal.objects.get().dream == dream


def test_a_crisis_plan_without_javascript(cast, sit_down, plan_page):
    page = sit_down("noor", java_script_enabled=False)
    page.goto(plan_page)
    page.get_by_role("link", name="Crisisplan").click()
    page.get_by_role("link", name="Invullen Rood").click()
    page.get_by_label("Hoe je het merkt").fill("Ik slaap niet meer")
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_role("link", name="Invullen Wie je belt").click()
    page.get_by_label("Naam").first.fill("Sanne")
    page.get_by_label("Telefoonnummer").first.fill("06 12 34 56 78")
    page.get_by_role("button", name="Bewaren").click()
    page.get_by_role("link", name="Naar de kaart").click()
    assert page.get_by_role("link", name="Sanne").get_attribute("href") == "tel:0612345678"
    expect(page.locator("p", has_text="Ik slaap niet meer").first).to_be_visible()
    assert page.get_by_role("button", name="Bewaar op deze telefoon").count() == 0
    assert [contact.name for contact in CrisisPlan.objects.get().contacts.all()] == ["Sanne"]


def test_a_double_click_proposes_once_and_undo_brings_back(cast, sit_down, plan_page):
    page = sit_down("sanne")
    page.goto(f"{plan_page}actions/new/")
    page.get_by_label("Wat gaat er gebeuren?").fill("Zaad kopen")
    page.get_by_label("Wie doet het?").select_option("Ik")
    page.get_by_role("button", name="Bewaren").dblclick()
    page.wait_for_url("**/plan/actions/")
    assert Action.objects.get().accepted_at
    client = sit_down("noor")
    client.goto(f"{plan_page}actions/")
    client.get_by_role("button", name="Ik ben akkoord").click()
    client.get_by_text("Je bent akkoord.").wait_for()
    assert Action.objects.get().approved_at
    client.get_by_role("button", name="Terugdraaien").click()
    client.get_by_role("button", name="Ik ben akkoord").wait_for()
    assert Action.objects.get().approved_at is None


def test_the_back_button_and_a_second_save_write_nothing_twice(cast, sit_down, plan_page):
    page = sit_down("noor")
    page.goto(f"{plan_page}dreams/new/")
    page.get_by_label("Je droom of wens").fill("Weer zingen")
    page.get_by_role("button", name="Bewaren").click()
    page.wait_for_url(f"**{plan_page}")
    for words in ("Weer zingen", "Weer zingen, in een koor"):
        page.go_back()
        page.get_by_label("Je droom of wens").fill(words)
        page.get_by_role("button", name="Bewaren").click()
        page.wait_for_url(f"**{plan_page}")
    assert Dream.objects.get().text == "Weer zingen, in een koor"


def test_two_windows_lose_nothing(cast, sit_down, plan_page):
    dream = wishes(cast)["dream"]
    page = sit_down("noor")
    page.goto(f"{plan_page}dreams/{dream}/")
    elsewhere = Dream.objects.get(pk=dream)
    actions.change_dream(by=cast.seat("noor"), dream=elsewhere, version=1, text="Een tuin met een kas")
    page.get_by_label("Je droom of wens").fill("Een tuin met een vijver")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text("Een tuin met een kas")).to_be_visible()
    assert page.get_by_label("Je droom of wens").input_value() == "Een tuin met een vijver"
    page.get_by_label("Je droom of wens").fill("Een tuin met een kas en een vijver")
    page.get_by_role("button", name="Bewaren").click()
    page.wait_for_url(f"**{plan_page}")
    assert Dream.objects.get(pk=dream).text == "Een tuin met een kas en een vijver"


def test_a_member_takes_an_action_on_and_gives_it_back(cast, sit_down, plan_page):
    actions.propose_action(by=cast.seat("noor"), id=Dream().pk, text="Een kruiwagen zoeken")
    page = sit_down("sanne")
    page.goto(f"{plan_page}actions/")
    page.get_by_role("button", name="Ik wil dit doen").click()
    page.get_by_text("Jij doet dit nu.").wait_for()
    assert Action.objects.get().owner == cast.members["sanne"]
    page.get_by_role("button", name="Terugdraaien").click()
    page.get_by_role("button", name="Ik wil dit doen").wait_for()
    assert Action.objects.get().owner is None
