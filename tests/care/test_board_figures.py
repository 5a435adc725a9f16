"""The figures of a team: what they count, and that nobody can be worked out from them, month after month."""

import datetime as dt
import itertools
import random
import re
import uuid

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from kring.care.board import release
from kring.care.board.figures import MEASURES, Life, lives_of, shares_at
from kring.care.board.models import Figure
from kring.care.circles import actions as circles
from kring.care.circles import interviews, sharing
from kring.care.circles.models import Member
from kring.care.circles.topics import Zone
from kring.care.meetings import actions as meetings
from kring.care.meetings import holding
from kring.care.meetings.models import Meeting
from kring.care.people.models import Person
from kring.care.plan import actions as plan

BY_KEY = {measure.key: measure for measure in MEASURES}
QUARTERLY, CHAIR = BY_KEY["quarter"], BY_KEY["chair"]
NOW = timezone.make_aware(dt.datetime(2026, 6, 15, 9))


def ago(days):
    return NOW - dt.timedelta(days=days)


def share(key, life):
    return BY_KEY[key].share(life, NOW)


def test_what_each_figure_counts():
    life = Life(
        begun=ago(400),
        meetings=[(ago(370), True, False), (ago(200), True, True), (ago(30), False, False)],
        members=[
            ("informal", ago(390), None, ago(380).date()),
            ("informal", ago(390), ago(100), None),
            ("experience_expert", ago(300), None, None),  # came after the first meeting
            ("professional", ago(395), None, None),
            ("psychiatrist", ago(395), None, None),
        ],
        actions=[(ago(300), ago(299)), (ago(20), None), (ago(500), ago(500))],
    )
    assert share("first", life) == (pytest.approx(30 / 7), 1)
    assert share("talks", life) == (1, 2)
    assert share("quarter", life) == (1, 1)
    assert share("psychiatrist", life) == (1, 1)
    assert share("ratio", life) == (2, 2)
    assert share("chair", life) == (1, 2)
    assert share("approved", life) == (1, 2)


def test_who_is_too_young_for_a_figure_does_not_count_against_the_team():
    assert {key: share(key, Life(begun=ago(20))) for key in BY_KEY} == dict.fromkeys(BY_KEY)


@pytest.mark.django_db
def test_the_moments_are_read_from_the_circle_and_hidden_ones_are_not(cast):
    noor = cast.seat("noor")
    sharing.share(by=noor, topic="people", member=cast.members["ruth"])
    sanne = Member.objects.get(pk=cast.members["sanne"].pk)
    interviews.write(by=cast.seat("ruth"), member=sanne, version=1, held_on=timezone.localdate())
    for hidden in (False, True):
        meeting = meetings.plan_meeting(by=noor, id=uuid.uuid4(), starts_at=timezone.now())
        holding.finish(by=noor, meeting=meeting, came=[])
        if hidden:
            sharing.set_reach(by=noor, item=Meeting.objects.get(pk=meeting.pk), zone=Zone.MINE)
    action = plan.propose_action(by=noor, id=uuid.uuid4(), text="Bellen")
    sharing.set_reach(by=noor, item=action, zone=Zone.MINE)
    life = lives_of(cast.team)[cast.circle.pk]
    assert (len(life.meetings), len(life.actions)) == (1, 0)
    assert sum(talk is not None for _role, _joined, _ended, talk in life.members) == 1


# nobody can be worked out


def shares(number, part=1.0):
    return {uuid.UUID(int=key): (part, 1.0) for key in range(number)}


def test_fewer_than_ten_circles_give_no_figure():
    assert release.released(QUARTERLY, shares(9), None) == (None, "few", [])
    assert release.released(QUARTERLY, shares(10, 0.5), None)[:2] == (50, "")


@pytest.mark.parametrize(("part", "said"), [(0.0, 10), (1.0, 90), (0.04, 10), (0.97, 90)])
def test_nobody_and_everybody_are_not_said(part, said):
    assert release.released(QUARTERLY, shares(20, part), None)[0] == said


@pytest.mark.parametrize("change", ["one came", "one went", "one changed", "two changed"])
def test_a_change_of_one_or_two_circles_shows_no_new_figure(change):
    before = shares(12, 0.5)
    _value, _why, prints = release.released(QUARTERLY, before, None)
    after = dict(before)
    keys = list(after)
    if change == "one came":
        after[uuid.UUID(int=99)] = (1.0, 1.0)
    elif change == "one went":
        del after[keys[0]]
    else:
        for key in keys[: 1 if change == "one changed" else 2]:
            after[key] = (1.0, 1.0)
    assert release.released(QUARTERLY, after, (50.0, prints)) == (50.0, "same", [])
    for key in keys[-3:]:
        after[key] = (1.0, 1.0)
    assert release.released(QUARTERLY, after, (50.0, prints))[1] == ""


MONTHLY = st.lists(st.dictionaries(st.integers(0, 14), st.sampled_from([0.0, 0.5, 1.0]), min_size=7), min_size=2)


@settings(max_examples=200, deadline=None)
@given(MONTHLY)
def test_two_different_figures_in_a_row_differ_by_three_circles_or_more(months):
    last, seen = None, []
    for month in months:
        given_now = {uuid.UUID(int=key): (part, 1.0) for key, part in month.items()}
        value, why, prints = release.released(CHAIR, given_now, last)
        if why == "":
            last = (value, prints)
            seen.append((value, given_now))
        elif why == "same":
            assert value == last[0]
    for (value, one), (after, other) in itertools.pairwise(seen):
        if value != after:
            assert sum(one.get(key) != other.get(key) for key in {*one, *other}) >= release.LEAST_CHANGED


def a_team_of(cast, number):
    """So many circles more, begun two years ago, that met in some months."""
    drawn = random.Random(4)
    for count in range(number):
        person = Person.objects.create_user(f"c{count}@example.org", name=f"Cliënt {count}")
        circle = circles.start_circle(by=person, client=person, team=cast.team)
        type(circle).objects.filter(pk=circle.pk).update(created_at=timezone.now() - dt.timedelta(days=800))
        for month in range(14):
            if drawn.random() < 0.4:
                when = timezone.now() - dt.timedelta(days=30 * month + 3)
                Meeting.objects.create(circle=circle, starts_at=when, held_at=when, planned_by=person)


@pytest.mark.django_db
def test_a_month_that_was_worked_out_stays_whoever_goes_later(cast):
    a_team_of(cast, 11)
    assert release.keep_up(cast.team) == 12
    before = list(Figure.objects.order_by("month", "key").values_list("month", "key", "value"))
    assert any(value is not None for _month, _key, value in before)
    Person.objects.get(email="c1@example.org").circles.update(team=None)
    assert release.keep_up(cast.team) == 0
    assert list(Figure.objects.order_by("month", "key").values_list("month", "key", "value")) == before


@pytest.mark.django_db
def test_nobody_of_the_team_is_in_what_is_kept(cast):
    a_team_of(cast, 11)
    release.keep_up(cast.team)
    kept = str(list(Figure.objects.values()))
    for person in (cast.ruth, cast.tom, cast.lea, cast.noor):
        assert str(person.pk) not in kept
    assert str(cast.circle.pk) not in kept


@pytest.mark.django_db
def test_the_page_says_what_it_is_and_what_it_is_not(cast, client):
    client.force_login(cast.lea)
    address = f"/team/{cast.team.pk}/figures/"
    release.keep_up(cast.team)
    small = client.get(address).content.decode()
    assert small.count("Minder dan tien kringen.") == len(MEASURES)
    Figure.objects.all().delete()
    a_team_of(cast, 11)
    release.keep_up(cast.team)
    found = client.get(address).content.decode()
    assert found.count("niet gevalideerd") == len(MEASURES)
    assert "<table>" in found
    charts = re.findall(r'<figure class="chart run".*?</figure>', found, re.DOTALL)
    assert charts
    for chart in charts:
        assert "<polyline" in chart
        assert len(re.findall(r"<text[^>]*>[a-z]+ 20\d\d</text>", chart)) == 2, "the first month and the last"


@pytest.mark.django_db
def test_only_circles_that_had_begun_count_in_a_month(cast):
    lives = lives_of(cast.team)
    assert shares_at(BY_KEY["ratio"], lives, timezone.now() - dt.timedelta(days=40)) == {}
