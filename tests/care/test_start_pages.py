"""Where one starts: one's circles in their different roles, beginning one, and the lists of people at work."""

import datetime as dt
import re
import uuid

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from kring.care import jobs
from kring.care.circles import actions, sharing
from kring.care.circles.models import Circle, Member
from kring.care.circles.seats import seat_of
from kring.care.circles.topics import Task, Topic, Zone
from kring.care.home import due
from kring.care.meetings import actions as meetings
from kring.care.people.models import Person


def begin_with(client, **typed):
    typed = {"new_id": uuid.uuid4(), "client_name": "Jo", "client_email": "jo@example.org", "agreed": "on", **typed}
    return client.post("/begin/with/", typed), typed


def test_a_person_sees_each_circle_in_their_own_role(client, cast):
    own = actions.start_circle(by=cast.sanne, client=cast.sanne)
    client.force_login(cast.sanne)
    page = client.get("/").content.decode()
    assert f"/c/{own.pk}/" in page
    assert f"/c/{cast.circle.pk}/" in page
    assert "familie of vriend" in page
    assert "deze kring is van jou" in page


@pytest.mark.django_db(transaction=True)
def test_a_client_gets_a_letter_and_owns_the_circle_from_the_start(client, cast):
    client.force_login(cast.ruth)
    _answer, typed = begin_with(client)
    begin_with(client, **typed)  # a double click
    circle = Circle.objects.get(client__email="jo@example.org")
    assert set(seat_of(cast.ruth, circle.pk).topics) == {Topic.MEETINGS}
    assert circle.team is None
    jobs.run_due()
    (letter,) = mail.outbox
    browser = Client()
    link = re.search(r"/enter/[\w-]+/", letter.body).group()
    assert browser.post(link).status_code == 302
    assert browser.get(f"/c/{circle.pk}/sees/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_account_that_exists_is_not_opened_by_the_letter(client, cast):
    client.force_login(cast.ruth)
    _answer, typed = begin_with(client, client_email="Olaf@example.org")
    jobs.run_due()
    assert "/enter/" not in mail.outbox[0].body
    circle = Circle.objects.get(pk=typed["new_id"])
    link = re.search(r"/begin/take/[^/]+/", mail.outbox[0].body).group()
    assert client.post(link).status_code == 404, "only the reader of the letter can take it"
    browser = Client()
    assert browser.get(link).status_code == 302
    browser.force_login(cast.olaf)
    assert "Ja, dit is mijn kring" in browser.get(link).content.decode()
    for _double_click in range(2):
        assert browser.post(link).headers["Location"] == f"/c/{circle.pk}/"
    assert browser.get(f"/c/{circle.pk}/sees/").status_code == 200
    assert not Person.objects.filter(name="Jo").exists()
    assert seat_of(cast.ruth, circle.pk).circle.client_name == "Olaf"


@pytest.mark.django_db(transaction=True)
def test_a_supporter_cannot_find_out_who_has_an_account(client, cast):
    client.force_login(cast.ruth)
    pages = []
    for address in ("olaf@example.org", "nobody@example.org"):
        answer, typed = begin_with(client, client_email=address)
        circle = str(typed["new_id"])
        shown = [client.get(f"/c/{circle}/{part}").content.decode() for part in ("", "members/", "together/")]
        listed = re.findall(rf'href="/c/{circle}/">(.*?)</a>', client.get("/").content.decode(), re.S)
        token = r'(csrfmiddlewaretoken" value=")[^"]*'
        words = "".join([*shown, *listed, answer.headers["Location"]]).replace(circle, "").replace(address, "")
        pages.append(re.sub(r'(name="new_id" value=")[^"]*', r"\1", re.sub(token, r"\1", words)))
    assert pages[0] == pages[1]


def test_the_client_is_asked_first(client, cast):
    client.force_login(cast.ruth)
    answer, _typed = begin_with(client, agreed="")
    assert "Vraag het eerst" in answer.content.decode()
    assert not Person.objects.filter(name="Jo").exists()


def test_on_paper_everything_is_typed_by_the_supporter_until_a_date(client, cast):
    client.force_login(cast.ruth)
    begin_with(client, client_email="")
    circle = Circle.objects.get(on_paper=True)
    ruth = seat_of(cast.ruth, circle.pk)
    assert set(ruth.tasks) == set(Task)
    assert client.post(f"/c/{circle.pk}/phases/move/", {"phase": "2"}).status_code == 302
    assert client.get(f"/c/{circle.pk}/sees/").status_code == 404
    Circle.objects.get(pk=circle.pk).handovers.update(until=timezone.localdate() - dt.timedelta(days=1))
    assert seat_of(cast.ruth, circle.pk).tasks == {}
    client.post(f"/c/{circle.pk}/type-on/")
    assert set(seat_of(cast.ruth, circle.pk).tasks) == set(Task)


def test_the_to_do_list_holds_what_the_seat_allows_and_no_more(cast):
    words = [one.words for one in due.todo(cast.ruth)]
    assert words == ["De eerste bijeenkomst plannen"]
    sharing.share(by=cast.seat("noor"), topic=Topic.PEOPLE, member=cast.members["ruth"])
    actions.hand_over(by=cast.seat("noor"), member=cast.members["ruth"], task="meetings", until=timezone.localdate())
    words = {one.words for one in due.todo(cast.ruth)}
    assert {"Gesprek met Sanne", "Stopt: Bijeenkomsten plannen en voorbereiden"} <= words
    actions.remove_member(by=cast.seat("noor"), member=cast.members["ruth"])
    assert due.todo(cast.ruth) == []


def test_the_next_meeting_is_due_as_often_as_the_client_decided():
    begun = dt.date(2026, 1, 5)
    assert due.next_meeting(None, begun, None) == dt.date(2026, 4, 6)
    assert due.next_meeting(begun, begun, 6) == dt.date(2026, 2, 16)


def test_a_team_lead_sees_phase_and_dates_and_nothing_of_the_circle(client, cast):
    when = timezone.now() + dt.timedelta(days=9)
    meeting = meetings.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), starts_at=when, place="Bij Noor thuis")
    client.force_login(cast.lea)
    page = client.get(f"/team/{cast.team.pk}/circles/").content.decode()
    assert ">Noor<" in page
    assert "Voorbereiding" in page
    assert "niet gepland" not in page
    assert not re.search("De tuin|thuis|Sanne|Pieter", page)
    sharing.set_reach(by=cast.seat("noor"), item=meeting, zone=Zone.MINE)
    assert "niet gepland" in client.get(f"/team/{cast.team.pk}/circles/").content.decode()


def test_a_client_unlinks_the_team_and_the_circle_goes_on(client, cast):
    client.force_login(cast.noor)
    client.post(f"/c/{cast.circle.pk}/team/", {"team": ""})
    assert Circle.objects.get(pk=cast.circle.pk).team is None
    assert cast.seat("sanne").topics
    client.force_login(cast.lea)
    assert ">Noor<" not in client.get(f"/team/{cast.team.pk}/circles/").content.decode()


def test_only_a_team_of_somebody_who_takes_part_can_be_linked(client, cast):
    client.force_login(cast.noor)
    client.post(f"/c/{cast.circle.pk}/team/", {"team": str(cast.other_team.pk)})
    assert Circle.objects.get(pk=cast.circle.pk).team == cast.team


def test_a_member_of_two_circles_is_somebody_else_in_each(cast):
    own = actions.start_circle(by=cast.ruth, client=cast.ruth)
    assert seat_of(cast.ruth, own.pk).is_client
    assert seat_of(cast.ruth, cast.circle.pk).role == "regieondersteuner"
    assert Member.objects.filter(circle=own).count() == 0
