"""How it goes, in somebody's hands: a check-in on a phone, a pause, another device, a year, one line shared."""

import pytest
from playwright.sync_api import expect

from kring.care.measures.models import Measurement
from tests.browser.conftest import PHONE
from tests.browser.pages.measures import line_of, year


def press(page, name):
    """Press a button or follow a link, and wait for the page that it leads to."""
    found = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    with page.expect_navigation():
        found.first.click()


def answer(page, words):
    """Choose an answer and go to the next question; returns the question."""
    question = page.get_by_role("heading", level=1).inner_text()
    page.get_by_label(words, exact=True).check()
    press(page, "Volgende vraag")
    return question


def answer_all(page):
    """The second answer to every question, until there is nothing more to answer. Returns the questions."""
    asked = []
    while page.get_by_role("radio").count():
        asked.append(page.get_by_role("heading", level=1).inner_text())
        page.get_by_role("radio").nth(1).check()
        press(page, "Volgende vraag")
    return asked


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_check_in_a_pause_another_device_a_year_and_one_line_shared(cast, sit_down, script):
    shown = year(cast)["line"]
    line_of(cast, "kring-life")
    phone = sit_down("noor", viewport=PHONE, java_script_enabled=script)
    phone.goto(f"/c/{cast.circle.pk}/mine/")
    press(phone, "Hoe het gaat")
    press(phone, "Beginnen Hoe gaat het in je leven?")
    first = answer(phone, "Slecht")
    press(phone, "Sla deze vraag over")
    press(phone, "Stop voor nu")
    expect(phone.get_by_text("Je antwoorden zijn bewaard.")).to_be_visible()
    assert Measurement.objects.get(completed_at=None).answers == {"work": 1, "work-wish": None}

    desk = sit_down("noor", java_script_enabled=script)
    desk.goto(f"/c/{cast.circle.pk}/progress/")
    press(desk, "Verder Hoe gaat het in je leven?")
    asked = answer_all(desk)
    assert first not in asked, "it goes on where one stopped"
    expect(desk.get_by_role("heading", level=1)).to_have_text("Klopt dit zo?")
    expect(desk.get_by_text("overgeslagen")).to_have_count(1)
    press(desk, "Ik ben klaar")
    expect(desk.get_by_text("Het is bewaard. Dank je wel.")).to_be_visible()

    phone.goto(f"/c/{cast.circle.pk}/progress/{shown}/")
    assert phone.locator("svg .score").count() > 5
    expect(phone.locator("svg .meeting").first).to_be_visible()
    press(phone, "Alleen jij")
    phone.get_by_label("Alleen mensen die ik kies").check()
    phone.get_by_label("Sanne").check()
    press(phone, "Bewaren")
    expect(phone.get_by_text("Jij en Sanne").first).to_be_visible()

    sanne = sit_down("sanne", viewport=PHONE, java_script_enabled=script)
    sanne.goto(f"/c/{cast.circle.pk}/progress/")
    lines = sanne.locator("main ul.rows a strong")
    expect(lines).to_have_text(["Hoe gaat het met je herstel?"])
    press(sanne, "Hoe gaat het met je herstel?")
    assert sanne.locator("svg .score").count() > 5
    expect(sanne.get_by_role("button", name="Haal eruit")).to_have_count(0)


def test_back_button_and_a_double_click_lose_nothing(cast, sit_down):
    line_of(cast)
    page = sit_down("noor", viewport=PHONE)
    page.goto(f"/c/{cast.circle.pk}/progress/")
    page.get_by_role("button", name="Beginnen").first.dblclick()
    page.wait_for_url("**/1/")
    answer(page, "Klopt half")
    answer(page, "Klopt helemaal")
    page.go_back()
    page.go_back()
    answer(page, "Klopt niet")
    expected = {"connectedness-1": 0, "connectedness-2": 4}, {"connectedness-1": 2, "connectedness-2": 0}
    assert Measurement.objects.get().answers in expected, "one measurement, and the newest answers"
