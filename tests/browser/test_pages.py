"""Each page in each state, as people read it: Dutch and English, light and dark, phone, desk and zoomed."""

from urllib.parse import unquote, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import render
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from tests.browser.look import look
from tests.browser.pages import ALONE, Visit, every_visit
from tests.browser.recorder import RENDERED, reached_by, templates_of_pages, with_parts

WAYS = {
    "Dutch, light, phone": {"language": "nl", "color_scheme": "light"},
    "English, dark, desk": {"language": "en", "color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
}


def serve_alone(page, visit, language):
    """Answer the next page with a template that no address shows on demand (an error, a package's page)."""
    request = RequestFactory().get(ALONE)
    request.user, request.session = AnonymousUser(), {}
    with translation.override(language):
        body = render(request, visit.template, visit.context).content.decode()
    page.route(f"**{ALONE}", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))


@pytest.mark.parametrize("visit", every_visit(), ids=str)
def test_a_page_is_for_everyone(visit: Visit, cast, sit_down, settings):
    for name, value in visit.settings.items():
        setattr(settings, name, value)
    address = visit.address(cast)
    for way, how in WAYS.items():
        page = sit_down(visit.who, **how)
        if visit.path == ALONE:
            serve_alone(page, visit, how["language"])
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == visit.answer or visit.template.startswith(("404", "403", "500")), (
            f"{address}: {answer.status}"
        )
        if visit.do is not None:
            visit.do(page)
        shown = RENDERED.get(unquote(urlsplit(page.url).path), set())
        assert visit.template in shown, f"{address} shows {sorted(shown)}, not {visit.template}"
        assert page.locator("html").get_attribute("lang") == how["language"]
        look(page, f"{visit}, {way}")


def with_scripts() -> list[Visit]:
    """Pages that a script of ours changes: the others are drawn the same without any."""
    env = engines["jinja2"].env
    said = ("<script src", "needs-script")
    sources = {
        v.template: [env.loader.get_source(env, n)[0] for n in with_parts(env, v.template)] for v in every_visit()
    }
    changed = {name for name, texts in sources.items() if any(mark in text for text in texts for mark in said)}
    return [visit for visit in every_visit() if visit.template in changed]


@pytest.mark.parametrize("visit", with_scripts(), ids=str)
def test_a_page_whose_scripts_did_not_come_is_for_everyone(visit: Visit, cast, sit_down, settings):
    """Blocked rather than switched off, because axe is a script too; `test_six_phases` switches them off."""
    for name, value in visit.settings.items():
        setattr(settings, name, value)
    page = sit_down(visit.who, language="nl")
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(visit.address(cast))
    if visit.do is not None:
        visit.do(page)
    look(page, f"{visit}, without scripts")


def test_every_template_is_looked_at():
    looked_at = {visit.template for visit in every_visit()}
    assert templates_of_pages() - reached_by(looked_at) == set(), "add a Visit in tests/browser/pages for these"
