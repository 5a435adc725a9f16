"""Who sees what, handing over, pausing, phases and decisions: the client directs."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from kring.care.circles import actions, policy, sharing
from kring.care.circles.models import Circle, Grant, Handover, Tie
from kring.care.circles.topics import Task, Topic, Zone


@pytest.fixture
def noor(client, cast):
    client.force_login(cast.noor)
    return client


@pytest.fixture
def at(cast):
    return f"/c/{cast.circle.pk}/"


@pytest.fixture
def opa(cast):
    return actions.add_tie(by=cast.seat("noor"), id=uuid.uuid4(), name="Opa")


def test_a_switch_opens_and_closes_a_part_for_one_person(noor, at, cast, opa):
    member = str(cast.members["sanne"].pk)
    for _click in range(2):
        noor.post(f"{at}sees/map/", {"member": member, "on": "1"})
    assert Grant.objects.filter(to_member=cast.members["sanne"], topic="map", revoked_at=None).count() == 1
    assert list(policy.visible(Tie, cast.seat("sanne"))) == [opa]
    noor.post(f"{at}sees/map/", {"member": member})
    assert list(policy.visible(Tie, cast.seat("sanne"))) == []


def test_a_part_can_be_shared_with_everyone_or_a_role(noor, at, cast, opa):
    noor.post(f"{at}sees/map/", {"role": "professional", "on": "1"})
    assert [bool(policy.visible(Tie, cast.seat(name))) for name in ("pieter", "sanne")] == [True, False]
    noor.post(f"{at}sees/map/", {"role": "everyone", "on": "1"})
    assert policy.visible(Tie, cast.seat("sanne")).exists()
    assert noor.post(f"{at}sees/map/", {"role": "boss", "on": "1"}).status_code == 404


def test_what_one_person_sees_is_set_at_once(noor, at, cast):
    noor.post(f"{at}sees/person/{cast.members['sanne'].pk}/", {"topics": ["meetings", "crisis"]})
    assert set(cast.seat("sanne").topics) == {"meetings", "crisis"}


def test_one_item_goes_its_own_way_and_one_comes_back_where_one_was(noor, at, cast, opa):
    where = f"{at}sees/map/{opa.pk}/"
    answer = noor.post(f"{where}?next={at}map/", {"zone": "chosen", "members": [str(cast.members["ruth"].pk)]})
    assert answer.url == f"{at}map/"
    assert list(policy.visible(Tie, cast.seat("ruth"))) == [opa]
    assert noor.post(f"{where}?next=https://elders.example/", {"zone": "mine"}).url == f"{at}sees/map/"
    assert list(policy.visible(Tie, cast.seat("ruth"))) == []


def test_nobody_chosen_is_asked_about_and_nothing_changes(noor, at, cast, opa):
    page = noor.post(f"{at}sees/map/{opa.pk}/", {"zone": "chosen"}).content.decode()
    assert "Kies minstens" in page
    assert Tie.objects.get().zone == Zone.CIRCLE


def test_an_item_of_another_circle_is_not_found(noor, at, cast):
    other = actions.start_circle(by=cast.olaf, client=cast.olaf)
    from kring.care.circles.seats import seat_or_404

    tie = actions.add_tie(by=seat_or_404(cast.olaf, other.pk), id=uuid.uuid4(), name="Buurvrouw")
    assert noor.get(f"{at}sees/map/{tie.pk}/").status_code == 404


def test_the_preview_shows_the_real_pages_and_changes_nothing(noor, at, cast, opa):
    noor.post(f"{at}preview/{cast.members['sanne'].pk}/")
    page = noor.get(f"{at}map/").content.decode()
    assert "Sanne" in page
    assert "Opa" not in page
    assert noor.post(f"{at}map/new/", {"name": "Oma"}).status_code == 404
    noor.post(f"{at}preview/stop/")
    assert "Opa" in noor.get(f"{at}map/").content.decode()


def test_a_task_is_handed_over_until_a_day_and_taken_back(noor, at, cast):
    ruth = str(cast.members["ruth"].pk)
    later = (timezone.localdate() + dt.timedelta(days=20)).isoformat()
    noor.post(f"{at}handovers/", {"task": "map", "member": ruth, "until": later})
    assert cast.seat("ruth").does(Task.MAP)
    noor.post(f"{at}handovers/{Handover.objects.get().pk}/take-back/")
    assert not cast.seat("ruth").does(Task.MAP)


def test_a_handover_ends_by_itself(cast):
    actions.hand_over(by=cast.seat("noor"), member=cast.members["ruth"], task="map", until=timezone.localdate())
    Handover.objects.update(until=timezone.localdate() - dt.timedelta(days=1))
    assert not cast.seat("ruth").does(Task.MAP)


def test_a_day_that_is_over_is_said_so(noor, at, cast):
    typed = {"task": "map", "member": str(cast.members["ruth"].pk), "until": "2020-01-01"}
    assert "Vul vandaag in" in noor.post(f"{at}handovers/", typed).content.decode()


def test_a_paused_circle_is_seen_by_nobody_else_and_goes_on(noor, at, cast):
    page = noor.post(f"{at}state/", {"state": "paused"}, follow=True).content.decode()
    assert f"{at}state/?back=open" in page
    assert cast.seat("sanne").topics == {}
    noor.post(f"{at}state/?back=open")
    assert cast.seat("sanne").topics


def test_a_phase_is_the_clients_click_back_and_forth(noor, at, cast):
    for phase in (4, 2):
        noor.post(f"{at}phases/move/", {"phase": str(phase)})
        assert Circle.objects.get(pk=cast.circle.pk).phase == phase
    noor.post(f"{at}phases/tick/", {"key": "dreams", "done": "1"})
    assert "✓" in noor.get(f"{at}phases/").content.decode()
    noor.post(f"{at}phases/tick/", {"key": "dreams"})
    assert "✓" not in noor.get(f"{at}phases/").content.decode()


def test_a_member_ticks_only_what_was_handed_to_them(client, at, cast):
    actions.hand_over(by=cast.seat("noor"), member=cast.members["ruth"], task="meetings", until=timezone.localdate())
    client.force_login(cast.ruth)
    page = client.get(f"{at}phases/").content.decode()
    assert "Een datum vinden" in page
    assert "dromen" not in page.lower()
    assert client.post(f"{at}phases/tick/", {"key": "date", "done": "1"}).status_code == 302
    assert client.post(f"{at}phases/tick/", {"key": "dreams", "done": "1"}).status_code == 404
    assert client.post(f"{at}phases/move/", {"phase": "5"}).status_code == 404


def test_the_five_decisions_say_who_wrote_them_and_show_both_when_two_write(noor, at, cast):
    version = Circle.objects.get(pk=cast.circle.pk).version
    typed = {"name": "De tuin", "place": "Thuis", "chair": "Ik", "every_weeks": "8", "channel": "bellen"}
    assert noor.post(f"{at}decisions/", {**typed, "version": version}).status_code == 302
    page = noor.post(f"{at}decisions/", {**typed, "place": "Park", "version": version}).content.decode()
    assert "Thuis" in page
    assert "Park" in page
    circle = Circle.objects.get(pk=cast.circle.pk)
    assert (circle.place, circle.decided_by) == ("Thuis", cast.noor)
    wrong = noor.post(f"{at}decisions/", {**typed, "every_weeks": "99", "version": circle.version})
    assert wrong.status_code == 200


def test_revoking_works_on_the_very_next_request_of_an_open_session(client, at, cast, opa):
    grant = sharing.share(by=cast.seat("noor"), topic=Topic.MAP, member=cast.members["sanne"])
    client.force_login(cast.sanne)
    shown = client.get(f"{at}map/")
    assert "Opa" in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    sharing.revoke(by=cast.seat("noor"), grant=grant)
    assert "Opa" not in client.get(f"{at}map/").content.decode()


def test_a_removed_member_finds_no_page_and_no_feed(client, at, cast):
    from kring.care.meetings import feeds

    secret = feeds.new_feed(by=cast.seat("sanne"))
    from django.urls import reverse

    feed = reverse("feed", args=[secret])
    client.force_login(cast.sanne)
    assert client.get(at).status_code == 200
    assert client.get(feed).status_code == 200
    actions.remove_member(by=cast.seat("noor"), member=cast.members["sanne"])
    assert client.get(at).status_code == 404
    after = client.get(feed)
    assert after.status_code == 404 or b"VEVENT" not in after.content
