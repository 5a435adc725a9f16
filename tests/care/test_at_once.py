"""Two people at the same moment, on PostgreSQL: SQLite lets one write at a time, so there is nothing to see there."""

import contextlib
import datetime as dt
import threading
import uuid

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from kring.care.circles import actions as circle_actions
from kring.care.circles import invitations
from kring.care.circles.models import Invitation, Member
from kring.care.meetings import actions as planning
from kring.care.meetings import feeds, tickets
from kring.care.meetings.models import Attendance
from kring.care.people import policy, work
from kring.care.people.models import Post, Role
from kring.care.stored import Denied
from tests.care import cast as standing
from tests.care import routes
from tests.care.test_routes import address, parameters

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _many_writers(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")


def at_once(*deeds):
    """Do all of these in threads of their own; returns what each said, or the fault it met."""
    said, gate = [], threading.Barrier(len(deeds))

    def run(deed):
        gate.wait()
        try:
            said.append(deed())
        except Exception as fault:
            said.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_two_administrators_who_end_each_other_do_not_leave_the_organisation_alone(monkeypatch):
    cast = standing.build()
    ada = Post.objects.get(person=cast.ada)
    olaf = Post.objects.create(person=cast.olaf, organisation=cast.organisation, role=Role.ADMINISTRATOR)
    both_looked, look = threading.Barrier(2), policy.organisations_left_alone_by

    def look_slowly(person):
        found = look(person)
        with contextlib.suppress(threading.BrokenBarrierError):  # the other one waits for us, as it should
            both_looked.wait(timeout=0.5)
        return found

    monkeypatch.setattr(policy, "organisations_left_alone_by", look_slowly)
    said = at_once(lambda: work.end_post(by=cast.ada, post=olaf), lambda: work.end_post(by=cast.olaf, post=ada))
    assert Post.objects.filter(role=Role.ADMINISTRATOR, ended_at=None).count() == 1
    assert [one for one in said if one is True] == [True]
    assert all(one is True or one is False or isinstance(one, Denied) for one in said), said


def test_a_double_click_on_send_makes_one_letter_and_no_fault(monkeypatch):
    cast = standing.build()
    noor, letter, both_asked = cast.seat("noor"), uuid.uuid4(), threading.Barrier(2)
    member = Member.objects.get(pk=cast.members["lotte"].pk)
    close = invitations._close_open_letters

    def close_slowly(one):
        with contextlib.suppress(threading.BrokenBarrierError):
            both_asked.wait(timeout=0.5)
        close(one)

    monkeypatch.setattr(invitations, "_close_open_letters", close_slowly)

    def send():
        return invitations.invite(by=noor, member=member, wording="Kom je?", way="link", id=letter)[1]

    assert len(set(at_once(send, send))) == 1
    assert Invitation.objects.filter(member=member, withdrawn_at=None).count() == 1


@pytest.mark.slow
def test_no_request_that_begins_after_a_removal_is_committed_succeeds():
    """Reads that begin before it neither wait nor fail; every page, file, feed and link after it is shut."""
    cast, browser = standing.build(), Client()
    browser.force_login(cast.sanne)
    secret = feeds.new_feed(by=cast.seat("sanne"))
    meeting = planning.plan_meeting(
        by=cast.seat("noor"), id=uuid.uuid4(), starts_at=timezone.now() + dt.timedelta(days=7)
    )
    ticket = tickets.ticket(Attendance.objects.get(meeting=meeting, member=cast.members["sanne"]))
    inside = [
        address(name, cast)
        for name, row in routes.ROUTES.items()
        if row.method == "get" and row.answers["informal"] == 200 and "circle_id" in parameters()[name]
    ]
    inside += [f"/calendar/{secret}.ics", f"/reply/{ticket}/"]
    removed, commit = threading.Event(), threading.Event()

    def remove():
        with transaction.atomic():
            circle_actions.remove_member(by=cast.seat("noor"), member=cast.members["sanne"])
            removed.set()
            assert commit.wait(60)
        connection.close()

    removing = threading.Thread(target=remove)
    removing.start()
    assert removed.wait(60)
    before = [browser.get(one).status_code for one in inside]
    commit.set()
    removing.join()
    after = {one: browser.get(one) for one in inside}
    assert len(inside) > 20
    assert before == [200] * len(inside)
    feed = after.pop(f"/calendar/{secret}.ics")
    assert (feed.status_code, feed.content.count(b"BEGIN:VEVENT")) == (
        200,
        0,
    )  # hers, for all her circles: nothing in it
    assert {one: got.status_code for one, got in after.items()} == dict.fromkeys(after, 404)
    assert {got.headers["Cache-Control"] for got in [feed, *after.values()]} <= {"no-store", "private, no-store"}
