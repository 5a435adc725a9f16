"""The key-in page in a real browser: keyboard, phone, dark, both languages, axe, and work without JavaScript."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib import error, request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kring.evidence import log
from kring.evidence.extraction.keying import Keying
from kring.evidence.extraction.keying_web import make_server
from kring.evidence.folder import Folder, new

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
CELLS = """cell,what,ours,note
flow/included,Papers included,,from the abstract: 7
flow/found,Records found,,
a & b,<b>Third</b>,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = new(tmp_path / "r")
    (made.extraction / "published_cells.csv").write_text(CELLS)
    return made


@pytest.fixture
def serve(folder: Folder) -> Iterator[Any]:
    servers = []

    def start(by: str = "ann") -> str:
        server = make_server(Keying(folder, by))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def keyed(folder: Folder, by: str = "ann", cell: str = "flow/included", value: str = "7") -> None:
    before = Keying(folder, by).cells()[cell].event
    Keying(folder, by).key(cell, value, quote="Seven papers were included", page="1", before=before)


@pytest.mark.parametrize(
    ("scheme", "width", "locale"),
    [("light", 390, "nl-NL"), ("dark", 390, "en-GB"), ("light", 1100, "en-GB"), ("dark", 1100, "nl-NL")],
)
def test_every_page_passes_axe_and_fits(serve, visit, folder, scheme, width, locale) -> None:
    keyed(folder, "bob")
    address = serve("ann")
    page = visit(address, color_scheme=scheme, viewport={"width": width, "height": 844}, locale=locale)
    for path in ("", "list", "?cell=flow/found", "?cell=a%20%26%20b"):
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for control in page.locator("button, input:not([type=hidden]):not([type=checkbox]), summary").all():
            assert control.bounding_box()["height"] >= 44
    assert page.locator("html").get_attribute("lang") == locale[:2]
    assert page.locator("h1").inner_text() == "<b>Third</b>"


def test_a_cell_is_keyed_by_keyboard_alone_and_taken_back(serve, visit, folder) -> None:
    page = visit(serve())
    expect(page.locator("input[name=value]")).to_be_focused()
    page.keyboard.type("7")
    page.keyboard.press("Tab")
    page.keyboard.type("Seven papers were included")
    page.keyboard.press("Tab")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Records found")).to_be_visible()
    (event,) = log.read(folder.decisions)
    assert (event["reviewer"], event["cell"], event["value"], event["page"]) == ("ann", "flow/included", "7", "1")
    expect(page.get_by_role("status")).to_have_text("You were last at “Papers included”.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Papers included")).to_be_visible()
    assert not log.standing(log.read(folder.decisions))


def test_a_missing_quote_is_asked_for_and_what_was_typed_stays(serve, visit, folder) -> None:
    page = visit(serve(), locale="nl-NL", java_script_enabled=False)
    page.get_by_label("Wat het artikel zegt").fill("7")
    page.get_by_label("Bladzijde of tabel").fill("12")
    page.get_by_role("button", name="Bewaren").click()
    assert page.get_by_role("alert").inner_text() == "Vul ook de woorden en de bladzijde in."
    assert page.get_by_label("Bladzijde of tabel").input_value() == "12"
    assert not folder.decisions.exists()


def test_a_second_person_agrees_with_a_key_or_says_what_is_not_right(serve, visit, folder) -> None:
    keyed(folder, "ann")
    keyed(folder, "ann", "flow/found", "831")
    page = visit(serve("bob"))
    expect(page.get_by_text("ann keyed this on")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Records found")).to_be_visible()
    page.get_by_role("button", name="Not right").click()
    expect(page.get_by_role("alert")).to_have_text("Write what is not right. Then choose again.")
    page.get_by_label("What is not right").fill("it prints 830")
    page.get_by_role("button", name="Not right").click()
    expect(page.get_by_role("heading", name="<b>Third</b>")).to_be_visible()
    cells = Keying(folder, "bob").cells()
    assert (cells["flow/included"].checked_by, cells["flow/found"].disputed) == ("bob", "bob: it prints 830")
    page.get_by_role("link", name="All cells").click()
    expect(page.get_by_text("Disputed by bob: it prints 830")).to_be_visible()


def test_nobody_checks_their_own_and_ours_stays_hidden_until_keyed(serve, visit, folder) -> None:
    page = visit(serve("ann"))
    expect(page.get_by_text("Our value")).to_have_count(0)
    keyed(folder, "ann")
    page.goto(page.url.split("?")[0] + "?cell=flow/included")
    expect(page.get_by_text("Our value")).to_be_visible()
    expect(page.get_by_role("button", name="Agree")).to_have_count(0)


def test_two_people_who_key_one_cell_are_shown_both(serve, visit, folder) -> None:
    page = visit(serve("ann"))
    page.get_by_label("What the paper prints").fill("8")
    page.get_by_label("Its words").fill("eight papers")
    page.get_by_label("Page or table").fill("2")
    keyed(folder, "bob")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody keyed this cell meanwhile")
    expect(page.get_by_text("“Seven papers were included” (1)")).to_be_visible()
    assert page.get_by_label("What the paper prints").input_value() == "8"
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", name="Records found")).to_be_visible()
    assert Keying(folder, "ann").cells()["flow/included"].published == "8"


def test_it_works_without_javascript_and_later_goes_on(serve, visit, folder) -> None:
    page = visit(serve(), java_script_enabled=False)
    page.get_by_role("link", name="Later").click()
    expect(page.get_by_role("heading", name="Records found")).to_be_visible()
    page.get_by_label("What the paper prints").fill("830")
    page.get_by_label("Its words").fill("830 records")
    page.get_by_label("Page or table").fill("4")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", name="<b>Third</b>")).to_be_visible()
    assert log.read(folder.decisions)[0]["value"] == "830"


def test_strangers_and_forged_forms_are_refused(serve, folder) -> None:
    address = serve()
    forged = request.Request(address + "key", data=b"cell=flow/included&value=7&quote=x&page=1&token=guess")
    with pytest.raises(error.HTTPError, match="403"):
        request.urlopen(forged)
    with pytest.raises(error.HTTPError, match="403"):
        request.urlopen(request.Request(address, headers={"Host": "evil.example"}))
    assert not folder.decisions.exists()
