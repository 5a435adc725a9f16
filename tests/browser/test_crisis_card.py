"""The crisis card on paper and on a phone without a network, in real Chromium."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from kring.care.circles import actions as circle_actions
from kring.care.circles import sharing
from kring.care.circles.models import Grant
from kring.care.circles.topics import Topic
from kring.care.plan import crisis
from kring.care.plan.card import CHARACTERS, LINES, SIZES
from tests.browser.look import axe_findings, look
from tests.browser.pages.plan import crisis_plan, shared_crisis_plan


@pytest.fixture
def keep_card(cast, sit_down):
    """Somebody signs in on a phone and keeps the card there; returns the page."""

    def keep(name="noor", **context):
        page = sit_down(name, **context)
        page.goto(f"/c/{cast.circle.pk}/card/")
        page.get_by_role("button", name="Bewaar op deze telefoon").click()
        page.get_by_text("De kaart staat op deze telefoon.").wait_for()
        return page

    return keep


@pytest.fixture
def card_page(cast):
    return f"/c/{cast.circle.pk}/card/"


def kept(page):
    """The addresses of the cards on this phone, once the phone has nothing to ask any more."""
    page.wait_for_load_state("networkidle")
    return page.evaluate("caches.open('cards').then(c => c.keys()).then(k => k.map(r => new URL(r.url).pathname))")


def until(page, condition, arg=None):
    """Whether an asynchronous condition came to hold within ten seconds."""
    tries = f"""async arg => {{
      for (let tries = 0; tries < 100; tries++) {{
        if ({condition}) return true;
        await new Promise(later => setTimeout(later, 100));
      }}
      return false;
    }}"""
    return page.evaluate(tries, arg)


def gone(page):
    """The phone keeps no card any more; it asks the server after the page has come."""
    return until(page, "(await (await caches.open('cards')).keys()).length === 0")


def test_a_kept_card_opens_without_a_network(cast, keep_card, card_page):
    crisis_plan(cast)
    page = keep_card()
    page.context.set_offline(True)
    page.goto(card_page)
    assert page.get_by_role("heading", level=1).inner_text() == "Crisiskaart van Noor"
    expect(page.get_by_text("Ik slaap niet meer")).to_be_visible()
    assert page.get_by_role("link", name="Sanne").get_attribute("href") == "tel:0612345678"
    assert page.evaluate("document.fonts.load('1rem \"Atkinson Hyperlegible\"').then(found => found.length)") == 1
    look(page, "kept card")


def test_without_a_network_every_other_page_points_to_the_card(cast, keep_card, card_page):
    crisis_plan(cast)
    page = keep_card()
    page.context.set_offline(True)
    page.goto(f"/c/{cast.circle.pk}/plan/")
    look(page, "no network")
    page.get_by_role("link", name="Crisiskaart van Noor").click()
    expect(page.get_by_text("Ik slaap niet meer")).to_be_visible()


def test_nothing_is_kept_unless_asked(cast, sit_down, card_page):
    crisis_plan(cast)
    page = sit_down("noor")
    page.goto(card_page)
    assert kept(page) == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0


def test_taking_it_off_the_phone_leaves_nothing(cast, keep_card, card_page):
    crisis_plan(cast)
    page = keep_card()
    page.get_by_role("button", name="Haal van deze telefoon").click()
    page.get_by_text("De kaart staat niet meer op deze telefoon.").wait_for()
    assert kept(page) == []
    page.reload()
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0


def test_it_is_gone_after_signing_out(cast, keep_card):
    crisis_plan(cast)
    page = keep_card()
    page.goto(f"/c/{cast.circle.pk}/mine/")
    page.get_by_role("button", name="Uitloggen").click()
    assert gone(page)


def test_it_is_gone_after_signing_out_without_a_network(cast, keep_card):
    crisis_plan(cast)
    page = keep_card()
    page.goto(f"/c/{cast.circle.pk}/mine/")
    page.context.set_offline(True)
    page.get_by_role("button", name="Uitloggen").click()
    assert gone(page)


def test_it_is_gone_at_the_next_contact_after_the_client_stopped_sharing(cast, keep_card, card_page):
    shared_crisis_plan(cast)
    page = keep_card("sanne")
    assert kept(page) == [card_page]
    grant = Grant.objects.get(topic=Topic.CRISIS, to_member=cast.members["sanne"], revoked_at=None)
    sharing.revoke(by=cast.seat("noor"), grant=grant)
    page.goto("/")
    assert gone(page)


def test_it_is_gone_at_the_next_contact_of_a_removed_member(cast, keep_card):
    shared_crisis_plan(cast)
    page = keep_card("sanne")
    circle_actions.remove_member(by=cast.seat("noor"), member=cast.members["sanne"])
    page.goto("/")
    assert gone(page)


def test_it_is_gone_when_the_session_was_ended_elsewhere(cast, keep_card):
    from django.contrib.sessions.models import Session

    crisis_plan(cast)
    page = keep_card()
    Session.objects.all().delete()
    page.goto("/")
    assert gone(page)


def test_new_words_reach_the_phone_at_the_next_contact(cast, keep_card, card_page):
    crisis_plan(cast)
    page = keep_card()
    crisis.write_phase(by=cast.seat("noor"), colour="red", version=2, signs="Ik hoor stemmen")
    page.goto("/")
    assert until(page, "(await (await caches.match(arg)).text()).includes('stemmen')", card_page)
    page.context.set_offline(True)
    page.goto(card_page)
    expect(page.get_by_text("Ik hoor stemmen")).to_be_visible()


def test_a_members_card_is_not_shown_after_a_week_without_contact(cast, keep_card, card_page):
    shared_crisis_plan(cast)
    page = keep_card("sanne")
    _make_older(page, card_page, dt.timedelta(days=8))
    page.context.set_offline(True)
    page.goto(card_page)
    assert page.get_by_role("heading", level=1).inner_text() == "Geen internet"
    assert page.get_by_text("Ik slaap niet meer").count() == 0


def test_the_clients_own_card_stays_however_long_there_is_no_contact(cast, keep_card, card_page):
    crisis_plan(cast)
    page = keep_card()
    _make_older(page, card_page, dt.timedelta(days=400))
    page.context.set_offline(True)
    page.goto(card_page)
    expect(page.get_by_text("Ik slaap niet meer")).to_be_visible()


def _make_older(page, card, age):
    page.evaluate(
        """async ([card, age]) => {
          const cards = await caches.open('cards'), kept = await cards.match(card), headers = new Headers(kept.headers);
          headers.set('X-Kept-At', String(Date.now() - age));
          await cards.put(card, new Response(await kept.text(), {headers}));
        }""",
        [card, age.total_seconds() * 1000],
    )


def test_a_preview_of_a_member_cannot_be_kept(cast, client):
    shared_crisis_plan(cast)
    client.force_login(cast.noor)
    session = client.session
    session["preview"] = {"circle": str(cast.circle.pk), "member": str(cast.members["sanne"].pk)}
    session.save()
    for path in ("pocket", "still"):
        assert client.get(f"/c/{cast.circle.pk}/card/{path}/").status_code == 404


@pytest.mark.parametrize("size", SIZES)
def test_what_the_card_holds_by_its_own_count_fits_on_paper(cast, sit_down, card_page, size):
    noor = cast.seat("noor")
    word = "woorden met wat langere lettergrepen erin "
    lines = LINES[size] - 2  # the label, and the label of the other part
    text = "\n".join((word * 4)[: CHARACTERS[size]].strip() for _ in range(lines - 1))
    crisis.write_plan(by=noor, helps=text, card_note=text)
    page = sit_down("noor")
    page.goto(card_page)
    page.emulate_media(media="print")
    page.evaluate("document.fonts.ready.then(() => true)")
    for side in page.locator(".wallet").all():
        room = side.evaluate("e => [e.scrollHeight - e.clientHeight, e.getBoundingClientRect().width, e.className]")
        assert room[0] <= 0, f"{room[2]} holds too much"
        assert abs(room[1] - 85.6 / 25.4 * 96) < 1
    assert f"s{size}" in page.locator(".wallet").last.get_attribute("class")


def test_too_many_words_print_larger_and_lose_nothing(cast, sit_down, card_page):
    crisis.write_plan(by=cast.seat("noor"), helps="veel woorden " * 150 + "het laatste woord")
    page = sit_down("noor")
    page.goto(card_page)
    expect(page.get_by_text("Niet alles past op een kaart.")).to_be_visible()
    page.emulate_media(media="print")
    side = page.locator(".wallet").last
    assert side.evaluate("e => e.scrollHeight <= e.clientHeight && e.getBoundingClientRect().height > 220")


def test_the_printed_page_is_the_two_sides_of_the_card_alone(cast, sit_down, card_page):
    crisis_plan(cast)
    page = sit_down("noor")
    page.goto(card_page)
    page.emulate_media(media="print")
    assert (
        page.locator(".doors, .top, button, .calls").evaluate_all("all => all.filter(e => e.checkVisibility())") == []
    )
    assert page.locator(".wallet").evaluate_all("all => all.filter(e => e.checkVisibility()).length") == 2


@pytest.mark.parametrize("language", ["nl", "en"])
def test_kring_can_be_installed(client, language):
    answer = client.get(f"/manifest/{language}.webmanifest")
    content = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert content["lang"] == language
    assert {icon["purpose"] for icon in content["icons"]} == {"any", "maskable"}
    assert content["start_url"] == content["scope"] == "/"


def test_chromium_finds_the_manifest_and_its_pictures(sit_down):
    page = sit_down("noor")
    page.goto("/")
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["url"].endswith("/manifest/nl.webmanifest")
    assert found["errors"] == []
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {error["errorId"] for error in errors} <= {"in-incognito"}  # as every window of a test is
    assert axe_findings(page) == []
