"""Querysets compiled once give what plain ones give; days are worded once, in each language."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone, translation

from kring.care.circles import seats
from kring.care.circles.models import WHOLE_TOPIC, Member
from kring.care.circles.policy import reach_by_values
from kring.care.circles.seen import _members as seen_members
from kring.care.circles.topics import Topic
from kring.care.days import PLAIN, at_the_moment, written
from kring.care.plan.models import Goal
from kring.care.prepared import IdText, in_address, prepared

pytestmark = pytest.mark.django_db


@prepared(circle_id=uuid.UUID, since=dt.datetime)
def _members(role: str, *, circle_id: uuid.UUID, since: dt.datetime):
    here = Member.objects.filter(Q(role=role) | Q(joined_at__gte=since), circle_id=circle_id, circle__id=circle_id)
    told = here.annotate(whose=F("circle__client_id"), address=IdText("pk")).order_by("name")
    return told.values_list("id", "name", "joined_at", "paused_at", "on_paper", "whose", "address", named=True)


def test_a_prepared_query_gives_what_the_queryset_gives(cast):
    values = {"circle_id": cast.circle.pk, "since": timezone.now() - dt.timedelta(days=1)}
    for role in ("informal", "regieondersteuner", "100%"):
        rows, plain = _members.rows(role, **values), _members.build(role, **values)
        assert [tuple(row) for row in rows] == list(plain)
        assert [row.joined_at for row in rows if row.joined_at] == [row.joined_at for row in plain if row.joined_at]
    assert rows
    assert all(row.joined_at is None or timezone.is_aware(row.joined_at) for row in rows)
    assert [in_address(row.address) for row in rows] == [str(row.id) for row in rows]


def test_a_day_is_worded_in_the_language_of_whoever_reads():
    moment = dt.datetime(2026, 3, 3, 23, 30, tzinfo=dt.UTC)  # already the fourth at the reader's clock
    for language, words in (("nl", "4 maart 2026"), ("en", "4 March 2026"), ("nl", "4 maart 2026")):
        with translation.override(language):
            assert written(moment, PLAIN) == written(dt.date(2026, 3, 4), PLAIN) == words
    with translation.override("nl"):
        assert at_the_moment(moment, PLAIN) == "4 maart 2026, 00:30"


def test_what_runs_in_one_circle_is_not_looked_for_among_the_grants_of_all(cast):
    """SQLite knows no figures of its tables, and once took the index in which a whole topic of every circle is one."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by its figures")
    place = {"circle_id": cast.circle.pk, "member_id": uuid.uuid4()}
    seen = seen_members.build("meetings", circle_id=cast.circle.pk, item_id=WHOLE_TOPIC)
    shared = Goal.objects.filter(reach_by_values(Topic.GOALS, "member", False, "informal", *place.values()))
    for asked in (seats._grants.build("informal", **place), seen, shared):
        found = [line for line in asked.explain().splitlines() if "INDEX grant_" in line]
        assert found, asked.explain()
        assert all("circle_id=?" in line for line in found), found
