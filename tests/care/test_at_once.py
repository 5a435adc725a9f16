"""Two people at the same moment, on PostgreSQL: SQLite lets one write at a time, so there is nothing to see there."""

import contextlib
import threading
import uuid

import pytest
from django.db import connection

from kring.care.circles import invitations
from kring.care.circles.models import Invitation, Member
from kring.care.people import policy, work
from kring.care.people.models import Post, Role
from kring.care.stored import Denied
from tests.care import cast as standing

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
