"""The demo town: it stands, built only through actions, and its people see what they should."""

import datetime as dt

import pytest
from django.utils import timezone

from kring.care import demo
from kring.care.audit.models import Event
from kring.care.board import release
from kring.care.circles.models import Circle
from kring.care.circles.seats import seat_or_404
from kring.care.circles.topics import Topic
from kring.care.meetings.models import Meeting
from kring.care.people.models import Person, Team


@pytest.fixture
def town(db):
    """Built for each test, which takes seconds: so there are two of them, and they look at much."""
    demo.build()


def test_the_town_has_circles_in_every_phase_a_year_of_meetings_and_a_teams_figures(town):
    assert Circle.objects.count() >= 8
    assert set(Circle.objects.values_list("phase", flat=True)) == {1, 2, 3, 4, 5, 6}
    noor = Circle.objects.get(name="De tuin")
    held = Meeting.objects.filter(circle=noor, held_at__isnull=False).order_by("held_at")
    assert held.count() == 4
    assert (timezone.now() - held.first().held_at).days > 300
    assert Meeting.objects.filter(circle=noor, starts_at__gt=timezone.now()).exists()
    kept = {measure.key: found for measure, found in release.shown(Team.objects.get(name="FACT Merenwijk"))}
    shown = {key: sum(figure.value is not None for figure in figures) for key, figures in kept.items()}
    assert min(shown.values()) >= 1, shown  # every figure has a newest value
    assert shown["chair"] == release.MONTHS
    assert len({figure.value for figure in kept["chair"]}) > 5  # it moves over the year
    # the past is dated in the past, and is in the trail
    assert Event.objects.filter(at__lt=timezone.now()).count() == Event.objects.count()
    assert Event.objects.earliest("at").at < timezone.now() - dt.timedelta(days=300)


def test_every_door_opens_as_its_person_who_sees_what_is_shared_now(town, client):
    found = demo.doors()
    assert len(found) == len(demo.DOORS)
    for door in found:
        response = client.post(door.path)
        assert response.status_code == 302
        assert client.session["_auth_user_id"] == str(Person.objects.get(email=door.email).pk)
    # the brother no longer sees the crisis plan, and a client on paper is asked through who types for them
    daan, circle = Person.objects.get(name="Daan Hendriks"), Circle.objects.get(name="Koers")
    assert Topic.CRISIS not in seat_or_404(daan, circle.pk).topics
    client.force_login(Person.objects.get(name="Kees Mulder"))
    wil = Circle.objects.get(name="Wils mensen")
    assert "Er is een vraag voor Wil Schouten" in client.get(f"/c/{wil.pk}/").content.decode()
