"""A real Chromium looks at the pages. Set KRING_CHROMIUM to its program if it is not in the usual place.

Without a browser these tests are skipped and say so; where KRING_CI is set they fail, because there a missing
browser would hide what they guard.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import recorder

# The headless shell is the same Chromium without windows to draw, so each page costs less.
PLACES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PHONE = {"width": 390, "height": 844}
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip


def chromium() -> str | None:
    named = os.environ.get("KRING_CHROMIUM")
    return named or next((found for found in map(shutil.which, PLACES) if found), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A real browser on a busy machine now and then answers too late: one more try, which pytest names and counts."""
    for item in items:
        if "sit_down" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    found = chromium()
    if found is None:
        words = "needs Chromium: install it, or name its program in KRING_CHROMIUM"
        if os.environ.get("KRING_CI"):
            pytest.fail(words)
        pytest.skip(words)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    return {"executable_path": found, "args": flags}


SitDown = Callable[..., Page]


@pytest.fixture
def sit_down(browser: Browser, live_server: Any, cast: Any, monkeypatch: Any) -> Iterator[SitDown]:
    """`sit_down("noor")` opens a browser of her own, signed in; other words go to the browser's context.

    What a page writes to the console as an error, and what it throws, fails the test.
    """
    recorder.record_templates(monkeypatch)
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_for(name: str | None = None, *, language: str = "nl", **context: Any) -> Page:
        context = {"viewport": PHONE, "locale": language, "base_url": live_server.url, **context}
        made = browser.new_context(**context)
        contexts.append(made)
        if name is not None:
            made.add_cookies([{**_session_of(cast.people[name], language), "url": live_server.url}])
        page = made.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}") if _is_error(said) else None)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert complaints == []


def _is_error(said: Any) -> bool:
    """A 404 that a test asks for on purpose is also logged by the browser; the routes table judges answers."""
    return said.type == "error" and "Failed to load resource" not in said.text


def _session_of(person: Any, language: str) -> dict[str, Any]:
    if person.language != language:
        person.language = language
        person.save(update_fields=["language"])
    client = Client()
    client.force_login(person)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "httpOnly": True}


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    """Open a page of the server on this computer; whatever the console complains about fails the test."""
    contexts, complaints = [], []

    def go(address: str, **context: Any) -> Any:
        made = browser.new_context(**{"locale": "en-GB", **context})
        contexts.append(made)
        page = made.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(address)
        return page

    yield go
    for context in contexts:
        context.close()
    assert [text for text in complaints if "422" not in text] == []
