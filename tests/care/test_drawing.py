"""What is worked out when a template is compiled draws the same bytes as Jinja by itself."""

import re
import uuid

import pytest
from django.template.backends import jinja2 as backend
from django.test import Client
from django.utils import translation
from jinja2 import DictLoader, TemplateSyntaxError, UndefinedError

from kring.care import jinja
from tests.care import routes, test_routes
from tests.care.test_non_interference import FRESH

ID = uuid.UUID("12345678-1234-4234-8234-123456789abc")
SHELL = (
    "{% block outer %}<b>{% block title %}{% endblock %}</b>{% endblock %}{% block main %}of the shell{% endblock %}"
)
UI = '{% macro ring(size=1) -%}<svg r="{{ size }}" aria-label="{{ _("Circle") }}"/>{%- endmacro %}'
TEMPLATES = {
    "words": '{{ _("Circle") }}, {{ _("Hello %(name)s", name=name) }} {{ _(word) }} {{ language() }}',
    "choice": '{{ _("Circle") if yes else _("Mine") }}{{ name if yes else _("Mine") }}{{ " on" if no }}',
    "address": "{{ url('home:start') }} {{ url('home:circle', id) }} {{ url('circles:mine', id | string) }}",
    "macro": '{% import "ui.html" as ui %}{{ ui.ring() }}{{ ui.ring(size=2) }}{{ ui.ring(name) }}',
    "in a loop": '{% import "ui.html" as ui %}{% for x in [1, 2] %}{{ ui.ring(x) }}{{ ui.ring(1) }}{% endfor %}',
    "page": '{% extends "shell" %}{% set short = name[0] %}{% block title %}{{ short }}{% endblock %}',
    "deeper": '{% extends "page" %}{% block outer %}<i>{% block inner %}{{ id }}{% endblock %}</i>{% endblock %}',
    "deepest": '{% extends "deeper" %}{% block inner %}{% set short = 3 %}{{ short }}{% endblock %}',
    "own names": "{% for _ in [1, 2] %}{{ _ }}{% endfor %}{% macro url(x) %}[{{ x }}]{% endmacro %}{{ url('a') }}",
}
GIVEN = {"name": "<Noor> & 'zus'", "word": "Circle", "yes": True, "no": False, "id": ID}


def made():
    plain = jinja.environment()
    plain.loader = DictLoader(TEMPLATES | {"shell": SHELL, "ui.html": UI})
    return plain


@pytest.mark.parametrize("language", ["nl", "en", None])
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_draws_the_same_bytes(name, language):
    plain = made()
    with translation.override(language):
        expected = plain.get_template(name).render(GIVEN)
        assert plain.in_language(language).get_template(name).render(GIVEN) == expected


def test_words_of_a_language_are_text_in_the_template():
    with translation.override("en"):
        source = made().in_language("nl").compile(TEMPLATES["words"], raw=True)
    assert "Kring, Hallo " in source, "in its own language, whatever is spoken around it"


def test_a_page_fills_blocks_and_does_no_more():
    plain = made()
    plain.loader.mapping |= {"more": '{% extends "shell" %}{% block main %}{{ super() }} and more{% endblock %}'}
    with pytest.raises(TemplateSyntaxError):
        plain.in_language("nl").get_template("more")


def test_the_token_of_a_form_is_one_that_django_takes(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.noor)
    page = browser.get(f"/c/{cast.circle.pk}/decisions/").content.decode()
    token = re.search('name="csrfmiddlewaretoken" value="([a-zA-Z0-9]{64})"', page)[1]
    again = browser.get(f"/c/{cast.circle.pk}/decisions/").content.decode()
    assert token not in again, "masked anew for each page"
    where = test_routes.address("people:language", cast)
    assert browser.post(where, {"language": "en", "csrfmiddlewaretoken": token}).status_code == 302
    assert browser.post(where, {"language": "en", "csrfmiddlewaretoken": token[::-1]}).status_code == 403


def test_a_misspelt_name_is_still_a_fault():
    plain = made()
    plain.loader.mapping |= {"odd": '{% extends "page" %}{% block main %}{{ nmae }}{% endblock %}'}
    with pytest.raises(UndefinedError):
        plain.in_language("nl").get_template("odd").render(GIVEN)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_draws_the_same_bytes(language, cast, monkeypatch):
    """Each page that a client or a professional gets: drawn, and drawn again by Jinja alone."""
    drawn, render = set(), backend.Template.render

    def both(self, context=None, request=None):
        context = {} if context is None else context
        found = render(self, context, request)
        again = self.backend.env.get_template(self.template.name).render(context)
        assert FRESH.sub(b"", found.encode()) == FRESH.sub(b"", again.encode()), self.template.name
        drawn.add(self.template.name)
        return found

    monkeypatch.setattr(backend.Template, "render", both)
    routes.break_the_glass(cast)
    for person in ("client", "regieondersteuner", "team_lead", "trainer", "researcher"):
        browser, who = Client(), cast.people[routes.PEOPLE[person]]
        type(who).objects.filter(pk=who.pk).update(language=language)
        browser.force_login(who)
        for name in (name for name, row in routes.ROUTES.items() if row.method == "get"):
            browser.get(test_routes.address(name, cast))
    assert len(drawn) > 100
