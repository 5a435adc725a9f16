"""Every address × every kind of person: the answers in `routes.ROUTES`, and no address without a row."""

import functools
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from kring.care.audit.models import Event
from tests.care import routes


@functools.cache
def parameters() -> dict[str, frozenset]:
    return dict(addresses())


def addresses(resolver=None, space: str = "", outer: frozenset[str] = frozenset()) -> Iterator[tuple[str, frozenset]]:
    """Each url name of the project, as `room:name`, with the parameters that stand in its address."""
    for entry in (resolver or get_resolver()).url_patterns:
        parameters = outer | set(entry.pattern.converters)
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name or entry.pattern}", parameters
        else:
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry, inner, parameters)


def address(name: str, cast) -> str:
    """The address of a row, filled in for this cast."""
    given = routes.GIVEN | routes.ROUTES[name].given
    return reverse(name, kwargs={parameter: given[parameter](cast) for parameter in parameters()[name]})


SHOWS_NOTHING_OF_IT = {"circles:leave", "meetings:subscribe", "plan:still"}
"""Pages of a circle that tell nothing about it: words that are the same for everybody, or a fingerprint."""


def tells_of_a_circle(name: str) -> bool:
    inside = "circle_id" in parameters()[name] or name == "reply_by_link"
    return inside and name not in SHOWS_NOTHING_OF_IT


def answer(name: str, person: str, cast) -> int:
    """What this person gets; whatever the request wrote is rolled back."""
    route, browser = routes.ROUTES[name], Client(raise_request_exception=True)
    where = address(name, cast)
    if routes.PEOPLE[person]:
        browser.force_login(cast.people[routes.PEOPLE[person]])
    with transaction.atomic():
        lines = Event.objects.count()
        got = getattr(browser, route.method)(where, route.data(cast))
        looked = got.status_code == 200 and tells_of_a_circle(name)
        assert not looked or Event.objects.count() > lines, f"{person} looked, and the log does not say so"
        transaction.set_rollback(True)
    to_sign_in = got.status_code == 302 and got.headers["Location"].startswith("/sign-in/")
    if person != "anonymous":
        assert not to_sign_in, f"{person} was sent to the sign-in page"
    elif route.answers[person] == routes.TO_SIGN_IN and route.answers["administrator"] != routes.TO_SIGN_IN:
        assert to_sign_in, "whoever is not signed in should be sent to the sign-in page"
    return got.status_code


def test_every_address_has_a_row_and_every_row_an_address():
    assert {name for name, _parameters in addresses()} == set(routes.ROUTES)


@pytest.mark.parametrize("name", sorted(routes.ROUTES))
def test_everybody_gets_the_answer_of_the_table(name, cast):
    routes.break_the_glass(cast)
    expected = routes.ROUTES[name].answers
    assert {person: answer(name, person, cast) for person in routes.PEOPLE} == expected
