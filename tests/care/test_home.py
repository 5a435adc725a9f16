"""The home of a circle: what each person finds there, and with how few queries."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kring.care.circles import actions as circle_actions
from kring.care.circles import sharing
from kring.care.circles.topics import Topic
from kring.care.meetings import actions as meeting_actions
from kring.care.plan import actions as plan_actions

MOST_QUERIES = 12


def fill(cast, number):
    """`number` of everything that a circle holds."""
    noor = cast.seat("noor")
    for count in range(number):
        plan_actions.add_dream(by=noor, id=uuid.uuid4(), text=f"Droom {count}")
        goal = plan_actions.add_goal(by=noor, id=uuid.uuid4(), text=f"Doel {count}")
        plan_actions.propose_action(
            by=noor, id=uuid.uuid4(), text=f"Afspraak {count}", goal=goal, owner=cast.members["sanne"]
        )
        circle_actions.add_tie(by=noor, id=uuid.uuid4(), name=f"Naam {count}")
    meeting = meeting_actions.plan_meeting(by=noor, id=uuid.uuid4(), starts_at=timezone.now() + dt.timedelta(days=3))
    meeting_actions.draft_agenda(by=noor, meeting=meeting)
    return meeting


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in caught if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]


@pytest.mark.parametrize("name", ["noor", "sanne"])
def test_home_and_meeting_page_take_twelve_queries_however_much_there_is(client, cast, name):
    client.force_login(cast.people[name])
    counts = []
    for number in (1, 6):
        meeting = fill(cast, number)
        home = f"/c/{cast.circle.pk}/"
        counts.append((len(queries(client, home)), len(queries(client, f"{home}together/{meeting.pk}/"))))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST_QUERIES, counts


def test_a_new_client_is_offered_one_small_step(client, cast):
    client.force_login(cast.noor)
    assert "Wie is belangrijk voor je?" in client.get(f"/c/{cast.circle.pk}/").content.decode()


def test_a_member_sees_the_next_meeting_only_while_it_is_shared(client, cast):
    fill(cast, 1)
    client.force_login(cast.sanne)
    home = f"/c/{cast.circle.pk}/"
    assert "Volgende bijeenkomst" in client.get(home).content.decode()
    grant = cast.members["sanne"].grants.get(topic=Topic.MEETINGS, revoked_at=None)
    sharing.revoke(by=cast.seat("noor"), grant=grant)
    assert "Volgende bijeenkomst" not in client.get(home).content.decode()


def test_a_proposal_waits_for_the_client_only(client, cast):
    plan_actions.propose_action(by=cast.seat("pieter"), id=uuid.uuid4(), text="Samen naar de markt")
    for name, seen in [("noor", True), ("ximena", False)]:
        client.force_login(cast.people[name])
        assert ("Samen naar de markt" in client.get(f"/c/{cast.circle.pk}/").content.decode()) == seen
