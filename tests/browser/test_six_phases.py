"""The main job, as people do it: a client, her sister and a regieondersteuner go through all six phases on phones.

In both languages, with JavaScript on and off. The people look for what they press by its place and name in the form,
not by its words, so that one story serves both languages.
"""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page

from kring.care.circles.models import Circle, Interview, Invitation, Member
from kring.care.meetings.models import Meeting
from kring.care.plan.models import Action, CrisisPhase, Dream, Goal

WAYS = [("nl", True), ("nl", False), ("en", True), ("en", False)]


def press(page: Page) -> None:
    """The main action of the page."""
    send(page, page.locator("main form .main").last)


def send(page: Page, button: Locator) -> None:
    """Press a button that writes, and wait for the answer: a page that changes in place does not load anew."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        button.click()


def to(page: Page, part: str) -> None:
    """Follow the link to a page, by where it leads."""
    page.locator(f"main a[href$='{part}']").first.click()


def door(page: Page, number: int) -> None:
    page.locator(".doors a").nth(number).click()


@pytest.mark.parametrize(("language", "javascript"), WAYS, ids=lambda value: str(value))
def test_a_client_takes_her_circle_through_all_six_phases(sit_down, cast, language, javascript):
    how = {"language": language, "java_script_enabled": javascript}
    client = sit_down("olaf", **how)
    circle = begin_with_a_map(client)
    sister = invite_by_link(client, circle, sit_down(None, **how), "Marja", "informal")
    support = invite_by_link(client, circle, sit_down("ruth", **how), "Ruth", "regieondersteuner")
    write_a_plan(client, circle)
    talk(support, circle)
    plan_a_meeting(client, circle)
    say_yes(sister, circle)
    hold(client, circle)
    follow_up(client, sister, circle)
    reorient(client, circle)


def begin_with_a_map(page: Page) -> Circle:
    """Phase 1: her own circle, in one click, and a map of one."""
    page.goto("/")
    send(page, page.locator("form[action$='/begin/'] button"))
    to(page, "/map/")
    to(page, "/map/new/")
    page.fill("[name=name]", "Marja")
    page.check("[name=ring][value=close]")
    press(page)
    assert "Marja" in page.inner_text("main")
    return Circle.objects.get(client__name="Olaf")


def invite_by_link(client: Page, circle: Circle, reader: Page, name: str, role: str) -> Page:
    """Phases 1 and 2: name somebody, choose what they see, change the words, and give them the link."""
    client.goto(f"/c/{circle.pk}/members/new/")
    client.fill("[name=name]", name)
    press(client)
    client.check(f"[name=role][value={role}]")
    press(client)
    member = Member.objects.get(circle=circle, name=name)
    client.goto(f"/c/{circle.pk}/members/{member.pk}/sees/")
    client.check("[name=choice][value=goals]")
    press(client)
    client.fill("[name=wording]", "Denk je mee?")
    press(client)
    client.check("[name=way][value=link]")
    press(client)
    link = client.input_value("#link")
    reader.goto(link[link.index("/invitation/") :])
    assert "Denk je mee?" in reader.inner_text("main")
    reader.locator("form[action$='/yes/'] button").click()
    assert f"/c/{circle.pk}/" in reader.url
    assert Invitation.objects.get(member=member).accepted_at is not None
    return reader


def write_a_plan(page: Page, circle: Circle) -> None:
    """Phase 1 goes on: a dream, a small step, and one colour of the crisis plan."""
    door(page, 1)
    to(page, "/dreams/new/")
    page.fill("[name=text]", "Een eigen moestuin")
    press(page)
    page.goto(f"/c/{circle.pk}/plan/goals/new/")
    page.fill("[name=text]", "Een tuintje vragen bij de club")
    press(page)
    page.goto(f"/c/{circle.pk}/plan/crisis/orange/")
    page.fill("[name=signs]", "Ik slaap slecht.")
    page.fill("[name=i_do]", "Marja bellen.")
    press(page)
    assert Dream.objects.get(circle=circle).text == "Een eigen moestuin"
    assert Goal.objects.filter(circle=circle).exists()
    assert CrisisPhase.objects.get(plan__circle=circle, colour="orange").i_do == "Marja bellen."


def talk(page: Page, circle: Circle) -> None:
    """Phase 2: the regieondersteuner writes down the talk with Marja."""
    marja = Member.objects.get(circle=circle, name="Marja")
    page.goto(f"/c/{circle.pk}/talks/")
    to(page, f"/talks/{marja.pk}/")
    page.fill("[name=expectations]", "Elke week een uur.")
    press(page)
    assert Interview.objects.get(member=marja).expectations == "Elke week een uur."


def plan_a_meeting(page: Page, circle: Circle) -> None:
    """Phase 3: what the client decides, and a date."""
    page.goto(f"/c/{circle.pk}/decisions/")
    page.fill("[name=name]", "Olafs kring")
    page.fill("[name=place]", "Aan de keukentafel")
    press(page)
    door(page, 2)
    to(page, "/together/new/")
    page.fill("[name=day_0]", (timezone.localdate() + dt.timedelta(days=5)).isoformat())
    page.fill("[name=time_0]", "15:00")
    press(page)
    meeting = Meeting.objects.get(circle=circle)
    assert meeting.place == "Aan de keukentafel"
    assert meeting.agenda.filter(kind="goal").exists()


def say_yes(page: Page, circle: Circle) -> None:
    door(page, 2)
    page.locator("main .rows a").first.click()
    send(page, page.locator("button[name=answer][value=yes]"))
    assert Meeting.objects.get(circle=circle).attendances.get(member__name="Marja").reply == "yes"


def hold(page: Page, circle: Circle) -> None:
    """Phase 4: one topic a screen, to the end."""
    meeting = Meeting.objects.get(circle=circle)
    page.goto(f"/c/{circle.pk}/together/{meeting.pk}/")
    to(page, "/now/1/")
    for _topic in range(12):
        if page.url.endswith("/finish/"):
            break
        if "/now/3/" in page.url:
            agree(page, circle)
        page.fill("[name=notes]", "Goed gepraat.")
        press(page)
    press(page)
    meeting.refresh_from_db()
    assert meeting.held_at is not None


def agree(page: Page, circle: Circle) -> None:
    """Marja will do something."""
    page.locator("details:has(form[action$='/agree/']) > summary").click()
    form = page.locator("form[action$='/agree/']")
    form.locator("[name=text]").fill("De club bellen")
    form.locator("[name=owner]").select_option(label="Marja")
    send(page, form.locator("button"))
    page.locator("main", has_text="De club bellen").wait_for()


def follow_up(client: Page, sister: Page, circle: Circle) -> None:
    """Phase 5: Marja says yes to her action, does it, and the client plans the next meeting."""
    action = Action.objects.get(circle=circle)
    sister.goto(f"/c/{circle.pk}/plan/actions/{action.pk}/")
    for verb in ("yes", "done"):
        send(sister, sister.locator(f"form[action*='/{verb}/'] button").first)
        sister.goto(f"/c/{circle.pk}/plan/actions/{action.pk}/")
    action.refresh_from_db()
    assert action.accepted_at is not None
    assert action.done_at is not None
    client.goto(f"/c/{circle.pk}/together/new/")
    client.fill("[name=day_0]", (timezone.localdate() + dt.timedelta(days=90)).isoformat())
    client.fill("[name=time_0]", "15:00")
    press(client)
    assert Meeting.objects.filter(circle=circle, held_at=None).get().agenda.filter(kind="last").exists()


def reorient(page: Page, circle: Circle) -> None:
    """Phase 6: moving on is the client's click."""
    page.goto(f"/c/{circle.pk}/phases/")
    summary = page.locator("#phase-6 > summary")
    summary.click()
    send(page, page.locator("#phase-6 form[action$='/move/'] button"))
    circle.refresh_from_db()
    assert circle.phase == 6
