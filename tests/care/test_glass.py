"""Emergency access: a listed role, a reason, an hour at most, told to the client at once."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from kring.care import jobs
from kring.care.audit.models import Event
from kring.care.circles import glass
from kring.care.circles.models import GlassBreak


@pytest.fixture
def eva(client, cast):
    client.force_login(cast.eva)
    return client


def asked(**typed):
    return {"who": "noor@example.org", "reason": "Noor belde 113 en wil dat wij meekijken.", "minutes": 30, **typed}


def test_the_role_a_reason_and_the_address_open_the_circle(eva, cast):
    assert eva.get(f"/c/{cast.circle.pk}/").status_code == 404
    assert eva.post("/emergency/", asked()).headers["Location"] == f"/c/{cast.circle.pk}/"
    assert f"/c/{cast.circle.pk}/plan/crisis/" in eva.get(f"/c/{cast.circle.pk}/").content.decode()
    assert eva.get(f"/c/{cast.circle.pk}/card/").status_code == 200


def test_the_code_of_the_card_works_too(eva, cast):
    code = glass.code_of(cast.seat("noor"))
    assert glass.code_of(cast.seat("noor")) == code
    assert eva.post("/emergency/", asked(who=code.lower())).status_code == 302


def test_it_opens_nothing_but_the_crisis_plan_and_who_is_there(eva, cast):
    eva.post("/emergency/", asked())
    assert set(cast.seat("eva").topics) == {"crisis", "people"}
    assert eva.get(f"/c/{cast.circle.pk}/emergencies/").status_code == 404


def test_without_a_reason_nothing_opens(eva, cast):
    page = eva.post("/emergency/", asked(reason=" "))
    assert page.status_code == 200
    assert "noor@example.org" in page.content.decode()
    assert not GlassBreak.objects.exists()


@pytest.mark.parametrize("minutes", [0, 61, 600, -5])
def test_an_hour_is_the_longest(eva, minutes):
    assert eva.post("/emergency/", asked(minutes=minutes)).status_code == 200
    assert not GlassBreak.objects.exists()


def test_the_client_is_told_at_once_and_the_letter_says_nothing(eva, cast):
    eva.post("/emergency/", asked())
    jobs.run_due()
    (letter,) = [each for each in mail.outbox if "noor@" in each.to[0]]
    for word in ("Eva", "113", "crisis"):
        assert word.lower() not in (letter.subject + letter.body).lower()
    noor = Client()
    noor.force_login(cast.noor)
    assert f"/c/{cast.circle.pk}/emergencies/" in noor.get(f"/c/{cast.circle.pk}/").content.decode()
    page = noor.get(f"/c/{cast.circle.pk}/emergencies/").content.decode()
    assert "Eva" in page
    assert "113" in page


def test_it_is_in_the_trail_as_an_emergency_with_every_look(eva, cast):
    eva.post("/emergency/", asked())
    eva.get(f"/c/{cast.circle.pk}/")
    lines = Event.objects.filter(circle_id=cast.circle.pk, break_glass=True, actor_id=cast.eva.pk)
    assert [line.verb for line in lines.order_by("id")] == ["broke the glass", "viewed"]
    assert lines.first().rule.startswith("emergency ")


def test_it_ends_by_itself(eva, cast):
    eva.post("/emergency/", asked())
    past = timezone.now() - dt.timedelta(minutes=1)
    GlassBreak.objects.update(created_at=past - dt.timedelta(minutes=30), ends_at=past)
    assert eva.get(f"/c/{cast.circle.pk}/").status_code == 404


def test_it_ends_when_one_is_done(eva, cast):
    eva.post("/emergency/", asked())
    eva.post(f"/c/{cast.circle.pk}/emergency/stop/")
    assert eva.get(f"/c/{cast.circle.pk}/").status_code == 404


def test_asking_twice_lengthens_nothing(eva, cast):
    eva.post("/emergency/", asked(minutes=15))
    ends = GlassBreak.objects.get().ends_at
    eva.post("/emergency/", asked(minutes=60))
    assert GlassBreak.objects.get().ends_at == ends


def test_an_unknown_address_says_so_to_the_role_and_is_in_the_trail(eva, cast):
    page = eva.post("/emergency/", asked(who="nobody@example.org"))
    assert page.status_code == 200
    assert Event.objects.filter(verb="tried emergency access", circle_id=None, actor_id=cast.eva.pk).count() == 1


def test_guessing_addresses_is_locked_out(eva):
    for number in range(10):
        eva.post("/emergency/", asked(who=f"client{number}@example.org"))
    assert eva.post("/emergency/", asked()).status_code == 429
    assert not GlassBreak.objects.exists()


@pytest.mark.parametrize("somebody", ["tom", "lea", "ada", "rik", "ruth", "olaf", "noor"])
def test_without_the_role_known_and_unknown_answer_alike(cast, somebody):
    browser = Client()
    browser.force_login(cast.people[somebody])
    known = browser.post("/emergency/", asked())
    unknown = browser.post("/emergency/", asked(who="nobody@example.org"))
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.status_code == 404
    assert not GlassBreak.objects.exists()


def test_a_role_that_ended_opens_nothing(eva, cast):
    eva.post("/emergency/", asked())
    cast.eva.posts.update(ended_at=timezone.now())
    assert eva.post("/emergency/", asked()).status_code == 404
    assert eva.get(f"/c/{cast.circle.pk}/").status_code == 404
