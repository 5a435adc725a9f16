"""The people of a circle: pausing, removing, leaving, roles, and people on paper."""

import datetime as dt

import pytest
from django.utils import timezone

from kring.care.circles import actions, sharing
from kring.care.circles.models import Member
from kring.care.circles.seats import seat_of
from kring.care.circles.topics import MemberRole, Topic
from kring.care.stored import Denied


@pytest.fixture
def noor(client, cast):
    client.force_login(cast.noor)
    return client


def at(cast, name, rest=""):
    return f"/c/{cast.circle.pk}/members/{cast.members[name].pk}/{rest}"


def test_a_removed_professional_is_out_at_once_and_comes_back_with_what_they_saw(noor, cast, client):
    before = set(cast.seat("pieter").topics)
    page = noor.post(at(cast, "pieter", "remove/"), follow=True).content.decode()
    assert at(cast, "pieter", "return/") in page
    assert seat_of(cast.pieter, cast.circle.pk) is None
    noor.post(at(cast, "pieter", "return/"))
    assert set(cast.seat("pieter").topics) == before


def test_a_members_page_asks_little_and_says_what_they_see(noor, cast, django_assert_max_num_queries):
    seen = [topic.label for topic in Topic if topic in cast.seat("pieter").topics]
    with django_assert_max_num_queries(12):
        page = noor.get(at(cast, "pieter")).content.decode()
    assert seen
    assert " · ".join(str(label) for label in seen) in page


def test_what_a_removed_person_saw_is_not_shared_again_after_a_while(cast):
    actions.remove_member(by=cast.seat("noor"), member=cast.members["pieter"])
    long_ago = timezone.now() - dt.timedelta(days=2)
    Member.objects.filter(pk=cast.members["pieter"].pk).update(ended_at=long_ago)
    actions.return_member(by=cast.seat("noor"), member=Member.objects.get(pk=cast.members["pieter"].pk))
    assert cast.seat("pieter").topics == {}


def test_a_paused_member_sees_nothing_until_they_go_on(noor, cast):
    noor.post(at(cast, "sanne", "pause/?on=1"))
    assert cast.seat("sanne").topics == {}
    noor.post(at(cast, "sanne", "pause/?on=0"))
    assert Topic.GOALS in cast.seat("sanne").topics


def test_somebody_leaves_without_a_reason_and_may_think_again(client, cast):
    client.force_login(cast.sanne)
    here = f"/c/{cast.circle.pk}/"
    assert client.post(f"{here}leave/").url == "/"
    assert client.get(here).status_code == 404
    assert f"{here}stay/" in client.get("/").content.decode()
    assert client.post(f"{here}stay/").url == here
    assert Topic.GOALS in cast.seat("sanne").topics


def test_whoever_was_removed_cannot_come_back_by_themselves(client, cast):
    client.force_login(cast.wim)
    assert client.post(f"/c/{cast.circle.pk}/stay/").status_code == 404


def test_whoever_left_is_not_brought_back_by_the_client(cast):
    actions.leave(by=cast.seat("sanne"))
    with pytest.raises(Denied):
        actions.return_member(by=cast.seat("noor"), member=Member.objects.get(pk=cast.members["sanne"].pk))


def test_a_role_opens_what_is_shared_with_that_role_so_only_the_client_changes_it(cast):
    noor = cast.seat("noor")
    sharing.share(by=noor, topic=Topic.CRISIS, role=MemberRole.PSYCHIATRIST)
    until = timezone.localdate() + dt.timedelta(days=7)
    actions.hand_over(by=noor, member=cast.members["ruth"], task="invite", until=until)
    pieter = Member.objects.get(pk=cast.members["pieter"].pk)
    with pytest.raises(Denied):
        actions.change_member(by=cast.seat("ruth"), member=pieter, version=pieter.version, role="psychiatrist")
    actions.change_member(by=noor, member=pieter, version=pieter.version, role="psychiatrist")
    assert Topic.CRISIS in cast.seat("pieter").topics


def test_somebody_takes_part_on_paper_without_an_account(noor, cast):
    noor.post(at(cast, "lotte", "on-paper/"))
    lotte = Member.objects.get(pk=cast.members["lotte"].pk)
    assert (lotte.on_paper, lotte.takes_part, lotte.person) == (True, True, None)


def test_members_who_do_not_see_people_see_only_themselves(client, cast):
    client.force_login(cast.pieter)
    page = client.get(f"/c/{cast.circle.pk}/members/").content.decode()
    assert "Sanne" not in page
    assert client.get(at(cast, "sanne")).status_code == 404
    assert client.get(at(cast, "pieter")).status_code == 200


def test_who_declined_or_was_asked_is_never_shown_to_members(client, cast):
    client.force_login(cast.sanne)
    page = client.get(f"/c/{cast.circle.pk}/members/").content.decode()
    assert "Pieter" in page
    assert "Lotte" not in page
    assert "Wim" not in page
    assert client.get(at(cast, "lotte")).status_code == 404


def test_a_member_says_what_they_can_and_cannot_do(client, cast):
    client.force_login(cast.sanne)
    here = f"/c/{cast.circle.pk}/"
    version = Member.objects.get(pk=cast.members["sanne"].pk).version
    client.post(f"{here}what-i-can/", {"can_do": "rijden", "cannot_do": "'s nachts", "version": version})
    page = client.get(f"{here}mine/").content.decode()
    assert "rijden" in page
    client.force_login(cast.noor)
    assert "rijden" in client.get(at(cast, "sanne")).content.decode()
