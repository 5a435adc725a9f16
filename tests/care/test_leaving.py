"""Deleting an account: who one was is gone, what the law keeps is closed, the rest is erased."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from kring.care.audit.models import Event
from kring.care.circles import actions
from kring.care.circles.models import Circle, Member, Tie
from kring.care.circles.topics import MemberRole
from kring.care.home import leaving
from kring.care.people import work
from kring.care.people.models import Person, Post, Role


@pytest.fixture
def alone(cast):
    """Olaf has a circle of his own, with one tie and one informal member named; no professional ever joined."""
    circle = actions.start_circle(by=cast.olaf, client=cast.olaf)
    from kring.care.circles.seats import seat_or_404

    seat = seat_or_404(cast.olaf, circle.pk)
    actions.add_tie(by=seat, id=uuid.uuid4(), name="Opa")
    actions.nominate(by=seat, id=uuid.uuid4(), name="Buurvrouw", role=MemberRole.INFORMAL)
    return circle


def delete(person, **typed):
    browser = Client()
    browser.force_login(person)
    return browser, browser.post("/me/delete/", {"sure": "on", **typed})


def tables_with(words):
    """Every table and column in which these words stand, whatever room or package it is of."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            found |= {(table, name) for row in cursor.fetchall() for name, value in zip(columns, row, strict=True)
                      if words in str(value)}  # fmt: skip
    return found


def test_the_address_of_who_left_stands_nowhere_any_more(cast):
    """Pieter is a member, and got his place at work by a letter."""
    offer = work.offer(
        by=cast.ada, organisation=cast.organisation, id=uuid.uuid4(), name="Pieter", email="pieter@example.org",
        role="professional", team=cast.team, language="nl",
    )  # fmt: skip
    work.take(offer=offer, person=cast.pieter)
    assert ("people_offer", "email") in tables_with("pieter@example.org")
    delete(cast.pieter)
    assert tables_with("pieter@example.org") == set()


def test_nothing_is_left_of_who_somebody_was(cast):
    browser, answer = delete(cast.olaf)
    assert answer.headers["Location"] == "/signed-out/"
    olaf = Person.objects.get(pk=cast.olaf.pk)
    assert (olaf.name, olaf.email, olaf.is_active) == ("", None, False)
    assert olaf.deleted_at is not None
    assert browser.get("/me/").status_code == 302
    assert "Je account is verwijderd." in browser.get("/signed-out/").content.decode()


def test_a_circle_without_professionals_is_erased(cast, alone):
    delete(cast.olaf)
    assert not Circle.objects.filter(pk=alone.pk).exists()
    assert not Tie.objects.filter(circle_id=alone.pk).exists()
    assert not Member.objects.filter(circle_id=alone.pk).exists()
    assert Event.objects.filter(circle_id=alone.pk).exists()


def test_erasing_one_circle_touches_no_other(cast, alone):
    before = {model: len(keys) for model, keys in leaving.rows_of(cast.circle.pk).items()}
    delete(cast.olaf)
    assert {model: len(keys) for model, keys in leaving.rows_of(cast.circle.pk).items()} == before


def test_a_circle_with_professionals_is_closed_and_kept(cast):
    delete(cast.noor)
    circle = Circle.objects.get(pk=cast.circle.pk)
    assert circle.closed_at is not None
    for name in ("sanne", "ruth"):
        browser = Client()
        browser.force_login(cast.people[name])
        assert browser.get(f"/c/{circle.pk}/map/").status_code == 404


def test_a_member_leaves_the_circles_of_others(cast):
    delete(cast.sanne)
    assert Member.objects.get(pk=cast.members["sanne"].pk).ended_at is not None


def test_without_the_tick_nothing_happens(cast):
    _browser, answer = delete(cast.olaf, sure="")
    assert answer.status_code == 200
    assert Person.objects.get(pk=cast.olaf.pk).is_active


def test_the_page_says_which_circle_goes_and_which_stays(cast, alone):
    browser = Client()
    browser.force_login(cast.noor)
    page = browser.get("/me/delete/").content.decode()
    assert "WGBO" in page
    assert "De tuin" in page
    browser.force_login(cast.olaf)
    assert "WGBO" not in browser.get("/me/delete/").content.decode()


def test_the_last_administrator_first_names_another(cast):
    _browser, answer = delete(cast.ada)
    assert cast.organisation.name in answer.content.decode()
    assert Person.objects.get(pk=cast.ada.pk).is_active
    Post.objects.create(person=cast.olaf, organisation=cast.organisation, role=Role.ADMINISTRATOR)
    delete(cast.ada)
    assert not Person.objects.get(pk=cast.ada.pk).is_active


def test_a_kept_circle_goes_when_the_term_of_the_law_is_over(cast):
    delete(cast.noor)
    kept = cast.circle.pk
    with time_machine.travel(timezone.now() + dt.timedelta(days=365 * 20 - 10)):
        assert leaving.destroy_past_term() == 0
    with time_machine.travel(timezone.now() + leaving.KEPT_FOR + dt.timedelta(days=1)):
        assert leaving.destroy_past_term() == 1
    assert not Circle.objects.filter(pk=kept).exists()
    assert not Member.objects.filter(circle_id=kept).exists()


def test_a_circle_that_its_client_closed_stays_theirs(cast):
    actions.set_circle_state(by=cast.seat("noor"), state="closed")
    with time_machine.travel(timezone.now() + leaving.KEPT_FOR + dt.timedelta(days=1)):
        assert leaving.destroy_past_term() == 0
