"""The screening page in a real browser: keys, phone, dark, both languages, axe, and work without JavaScript."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib import error, request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kring.evidence import log
from kring.evidence.folder import Folder
from kring.evidence.records import Record
from kring.evidence.screening import state
from kring.evidence.screening.session import Session
from kring.evidence.screening.web import make_server
from tests.evidence.test_screening import a_review

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
TITLES = ["Recovery training for staff: a trial", "Enzymes of the rat", "Coaching and recovery", "Soil"]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return a_review(tmp_path / "r", TITLES, dual=True)


@pytest.fixture
def serve(folder: Folder) -> Iterator[Any]:
    servers = []

    def start(reviewer: str = "ann", stage: Any = "title_abstract") -> str:
        server = make_server(Session(folder, reviewer, stage))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("scheme", "width", "locale"),
    [("light", 390, "nl-NL"), ("dark", 390, "en-GB"), ("light", 1100, "en-GB"), ("dark", 1100, "nl-NL")],
)
def test_every_page_passes_axe_and_fits(serve, visit, folder, scheme, width, locale) -> None:
    Session(folder, "bo").decide("a-00002", "include")
    Session(folder, "ann").decide("a-00002", "exclude", reason="design", note="animals")
    address = serve()
    page = visit(address, color_scheme=scheme, viewport={"width": width, "height": 844}, locale=locale)
    for path in ("", "list", "differences"):
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("html").get_attribute("lang") == locale[:2]


def said(page, words: str) -> None:
    """The next page is there, and its keys work: they are bound by a script at its end."""
    page.wait_for_selector(f"text={words}")
    page.wait_for_load_state("load")


def test_keys_decide_give_a_reason_and_undo(serve, visit, folder) -> None:
    page = visit(serve())
    first = page.locator("h1").inner_text()
    page.keyboard.press("i")
    said(page, "You chose include")
    assert page.locator("h1").inner_text() != first
    page.keyboard.press("2")
    page.keyboard.press("e")
    said(page, "You chose exclude")
    page.keyboard.press("u")
    said(page, "You chose include")
    events = log.read(folder.decisions)
    assert [event.get("decision", "undo") for event in events] == ["include", "exclude", "undo"]
    assert events[1]["reason"] == "people"


def test_keys_rest_in_a_field_and_can_be_switched_off(serve, visit, folder) -> None:
    page = visit(serve())
    page.get_by_label("Note").fill("")
    page.get_by_label("Note").press("i")
    page.get_by_text("Keys", exact=True).click()
    page.get_by_label("Use keys").uncheck()
    page.locator("h1").click()
    page.keyboard.press("e")
    page.reload()
    page.keyboard.press("e")
    page.wait_for_timeout(300)
    assert not folder.decisions.exists()


def test_criteria_stand_beside_the_abstract_and_words_are_marked(serve, visit) -> None:
    page = visit(serve(), viewport={"width": 1100, "height": 844})
    aside, article = page.locator("aside").bounding_box(), page.locator("article").bounding_box()
    assert aside["x"] > article["x"] + article["width"] / 2
    assert page.locator("mark.in").first.inner_text() == "Recovery"


def test_main_buttons_are_large_enough_for_a_thumb_and_stay_in_sight(serve, visit) -> None:
    page = visit(serve(), viewport={"width": 390, "height": 600})
    for name in ("include", "maybe", "exclude"):
        box = page.locator(f"button[value={name}]").bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 600


def test_it_works_without_javascript(serve, visit, folder) -> None:
    page = visit(serve(), java_script_enabled=False)
    page.get_by_role("button", name="Include").click()
    assert page.get_by_role("status").inner_text().startswith("You chose include")
    page.get_by_role("button", name="Undo").click()
    assert state(folder)["a-00001"].title_abstract.outcome == ""


def test_the_language_is_kept(serve, visit) -> None:
    page = visit(serve())
    page.get_by_role("link", name="Nederlands").click()
    expect(page.get_by_role("button", name="Meenemen").first).to_be_visible()
    page.reload()
    assert page.locator("html").get_attribute("lang") == "nl"


def test_a_reviewer_does_not_see_what_the_other_chose(serve, visit, folder) -> None:
    Session(folder, "bo").decide("a-00001", "exclude", reason="people", note="bo's secret")
    page = visit(serve("ann") + "?record=a-00001")
    assert "secret" not in page.content()
    assert "bo" not in page.locator("main").inner_text().split()


def test_a_difference_is_settled_on_its_page(serve, visit, folder) -> None:
    Session(folder, "bo").decide("a-00001", "include")
    Session(folder, "ann").decide("a-00001", "exclude", reason="design")
    page = visit(serve() + "differences")
    expect(page.get_by_text("ann said: exclude (Not a randomised trial)")).to_be_visible()
    page.get_by_role("button", name="Include").click()
    expect(page.get_by_text("Nobody differs.")).to_be_visible()
    assert state(folder)["a-00001"].title_abstract.outcome == "include"


def test_a_full_text_without_a_reason_stays_and_says_so(serve, visit, folder) -> None:
    for name in ("ann", "bo"):
        Session(folder, name).decide("a-00001", "include")
    page = visit(serve(stage="full_text"))
    page.get_by_role("button", name="Exclude").click()
    assert page.get_by_role("alert").inner_text().startswith("Choose the first reason")
    page.get_by_label("Not about mental-health staff").check()
    page.get_by_role("button", name="Exclude").click()
    expect(page.get_by_role("heading", name="You have decided on every record.")).to_be_visible()


def test_another_reviewers_work_appears_without_a_restart(serve, visit, folder) -> None:
    page = visit(serve("ann"))
    expect(page.get_by_text("0 of 4 decided")).to_be_visible()
    Session(folder, "ann").decide("a-00003", "exclude")
    page.reload()
    expect(page.get_by_text("1 of 4 decided")).to_be_visible()


def test_strangers_and_forged_forms_are_refused(serve, folder) -> None:
    address = serve()
    forged = request.Request(address + "decide", data=b"record=a-00001&decision=include&token=guess")
    with pytest.raises(error.HTTPError, match="403"):
        request.urlopen(forged)
    rebound = request.Request(address, headers={"Host": "evil.example"})
    with pytest.raises(error.HTTPError, match="403"):
        request.urlopen(rebound)
    with pytest.raises(error.HTTPError, match="404"):
        request.urlopen(address + "../decisions.jsonl")
    policy = request.urlopen(address).headers["Content-Security-Policy"]
    assert re.search("default-src 'none'.*script-src 'self'", policy)
    assert not folder.decisions.exists()


def test_a_title_with_markup_is_shown_as_text(tmp_path, visit) -> None:
    folder = a_review(tmp_path / "x", ["<script>alert(1)</script> & co"])
    assert isinstance(Session(folder, "ann").next(), Record)
    server = make_server(Session(folder, "ann"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = visit(f"http://127.0.0.1:{server.server_port}/")
    assert page.locator("h1").inner_text() == "<script>alert(1)</script> & co"
    server.shutdown()
    server.server_close()
