"""The rows of one client: what was planned, what came of it, and what stays behind."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from kring.care.meetings.models import Meeting
from kring.care.research.reading import MOST_MEETINGS, Reading
from tests.care.research import study

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)
START = dt.date(2025, 1, 15)


@pytest.fixture
def edition(cast):
    return study.opened(cast, from_on=dt.date(2025, 1, 1), until_on=dt.date(2027, 1, 1))


def rows(cast, edition, measure="kring-checkin.hope"):
    found = next(Reading(edition, TODAY).of([cast.circle.pk], {cast.circle.pk: "noord"}))
    return [row for row in found.rows if row.measure == measure]


def test_a_planned_score_is_a_row_and_one_that_did_not_come_is_one_too(cast, edition):
    line = study.line(cast, starts_on=START, months=[0, 9, 18])
    study.filled(line, 0, {"hope": 2.5, "connectedness": 3})
    first, second = rows(cast, edition)
    assert (first.month, first.day, first.period, first.score, first.reason) == (0, 7, 0, 2.5, "")
    assert (second.month, second.day, second.period, second.score, second.reason) == (9, None, 3, None, "no_answer")
    assert [row.score for row in rows(cast, edition, "kring-checkin.connectedness")] == [3, None]


def test_what_is_not_due_yet_or_lies_outside_the_study_is_no_row(cast, edition):
    study.line(cast, starts_on=START, months=[0, 9, 18, 27])
    assert [row.month for row in rows(cast, edition)] == [0, 9]  # month 18 is in July
    edition.from_on = dt.date(2025, 2, 1)
    assert [row.month for row in rows(cast, edition)] == [9]


def test_why_a_score_is_missing(cast, edition):
    line = study.line(cast, starts_on=START, months=[0, 3, 6, 9], paused_at=dt.datetime(2025, 9, 1, tzinfo=dt.UTC))
    study.filled(line, 0, {}, completed_at=None, declined_at=timezone.now())
    study.filled(line, 3, {"hope": None})
    study.filled(line, 6, {"hope": 3}, instrument_version="0.9")
    assert [row.reason for row in rows(cast, edition)] == ["declined", "skipped", "other_version", "paused"]
    assert [row.score for row in rows(cast, edition)] == [None] * 4


def test_a_moment_that_the_client_keeps_looks_like_one_that_never_was(cast, edition):
    line = study.line(cast, starts_on=START, months=[0, 9])
    never = rows(cast, edition)
    kept = study.filled(line, 9, {"hope": 4}, only_me=True)
    assert rows(cast, edition) == never
    kept.only_me = False
    kept.save()
    assert rows(cast, edition) != never


@pytest.mark.parametrize("hidden", [
    {"zone": "mine"}, {"agreed_at": None}, {"removed_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
])  # fmt: skip
def test_a_line_for_the_client_alone_or_not_agreed_to_is_not_there(cast, edition, hidden):
    line = study.line(cast, starts_on=START)
    study.filled(line, 0, {"hope": 4})
    assert rows(cast, edition)
    type(line).objects.filter(pk=line.pk).update(**hidden)
    assert rows(cast, edition) == []


def test_nothing_is_planned_after_a_line_ended(cast, edition):
    study.line(cast, starts_on=START, ended_at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC))
    assert [row.month for row in rows(cast, edition)] == [0]


def test_two_lines_of_the_same_moment_are_one_row_with_the_score(cast, edition):
    study.line(cast, starts_on=START, months=[0], ended_at=dt.datetime(2025, 12, 1, tzinfo=dt.UTC))
    study.filled(study.line(cast, starts_on=START, months=[0]), 0, {"hope": 1})
    assert [row.score for row in rows(cast, edition)] == [1]


def test_meetings_before_the_moment_count_and_hidden_ones_do_not(cast, edition):
    study.filled(study.line(cast, starts_on=START, months=[0, 9]), 9, {"hope": 4})
    for number in range(MOST_MEETINGS + 2):
        met(cast, dt.datetime(2025, 3, 1 + number, tzinfo=dt.UTC))
    assert [row.exposure for row in rows(cast, edition)] == [0, MOST_MEETINGS]
    Meeting.objects.exclude(starts_at__day__lt=3).update(zone="mine")
    assert [row.exposure for row in rows(cast, edition)] == [0, 2]


def met(cast, when):
    Meeting.objects.create(id=uuid.uuid4(), circle=cast.circle, planned_by=cast.noor, starts_at=when, held_at=when)


def test_scores_that_a_study_did_not_ask_for_are_not_read(cast, edition):
    study.filled(study.line(cast, starts_on=START, months=[0]), 0, {"hope": 1, "difficulties": 4})
    found = next(Reading(edition, TODAY).of([cast.circle.pk]))
    assert {row.measure for row in found.rows} == {"kring-checkin.hope", "kring-checkin.connectedness"}
