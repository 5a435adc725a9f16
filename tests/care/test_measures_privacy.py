"""Who sees how it goes: one line with one person and nothing else, a member's own with nobody, against a rule book."""

import dataclasses
import json
import uuid

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kring.care.audit.models import Event
from kring.care.circles import actions as circle_actions
from kring.care.circles import log, sharing
from kring.care.circles.models import Grant, Member
from kring.care.circles.seats import preview_seat, seat_of
from kring.care.circles.topics import MemberRole, Topic, Zone
from kring.care.export.document import document
from kring.care.measures import actions, factors, filling, policy, reading, texts
from kring.care.measures.models import (
    LifeFactor,
    Measurement,
    OwnMeasurement,
    OwnSchedule,
    Schedule,
    Score,
)
from kring.care.stored import Denied
from tests.browser.pages.measures import fill, line_of, own, own_shared, shared_year, totals, year

pytestmark = pytest.mark.django_db
NAMES = ("sanne", "ruth", "pieter", "ximena")
TARGETS = [*NAMES, "everyone", *(role.value for role in MemberRole)]


def get(cast, name, path):
    browser = Client()
    browser.force_login(cast.people[name])
    return browser.get(f"/c/{cast.circle.pk}/progress/{path}")


def test_one_line_with_one_person_and_nothing_else(cast):
    found = shared_year(cast)
    other = totals(cast)["line"]
    factors.add(by=cast.seat("noor"), id=uuid.uuid4(), kind="income", note="Schuld", zone=Zone.CIRCLE)
    door = get(cast, "sanne", "").content.decode()
    assert "Hoe gaat het met je herstel?" in door
    assert "HoNOS" not in door
    assert get(cast, "sanne", f"{found['line']}/").status_code == 200
    assert get(cast, "sanne", f"{other}/").status_code == 404
    assert get(cast, "sanne", "life/").status_code == 404
    for name in ("ruth", "pieter", "ximena", "bram", "olaf"):
        assert get(cast, name, f"{found['line']}/").status_code == 404, name


def test_sharing_stops_at_once(cast):
    found = shared_year(cast)
    line = Schedule.objects.get(pk=found["line"])
    sharing.set_reach(by=cast.seat("noor"), item=line, zone=Zone.MINE)
    assert get(cast, "sanne", f"{line.pk}/").status_code == 404


def test_meetings_and_goals_stand_in_the_chart_only_for_who_sees_them(cast):
    """Sanne sees meetings and goals; Pieter sees meetings alone."""
    found = shared_year(cast)
    sharing.set_reach(
        by=cast.seat("noor"), item=Schedule.objects.get(pk=found["line"]), zone=Zone.CHOSEN,
        members=[cast.members["sanne"], cast.members["pieter"]],
    )  # fmt: skip
    for name, meeting, goal in (("sanne", True, True), ("pieter", True, False)):
        text = get(cast, name, f"{found['line']}/").content.decode()
        assert ('class="meeting"' in text, 'class="goal"' in text) == (meeting, goal), name


def test_a_day_kept_to_oneself_leaves_no_trace_for_others(cast):
    found = shared_year(cast)
    before = get(cast, "sanne", f"{found['line']}/").content
    noor = cast.seat("noor")
    last = Measurement.objects.order_by("-due_on").first()
    filling.keep_to_myself(by=noor, filled=last, only_me=True)
    without = get(cast, "sanne", f"{found['line']}/").content
    assert without != before
    assert last.due_on.isoformat() not in without.decode()
    assert len(reading.finished(cast.seat("sanne"), last.schedule)) == 4
    assert len(reading.finished(noor, last.schedule)) == 5
    filling.remove(by=noor, filled=last)
    assert get(cast, "sanne", f"{found['line']}/").content == without, "kept to oneself is as if it were not there"


def test_what_was_begun_or_declined_is_not_shown_to_others(cast):
    from tests.browser.pages.measures import asking

    line = line_of(cast)
    sharing.share(by=cast.seat("noor"), topic=Topic.PROGRESS, role="everyone")
    filling.begin(by=cast.seat("noor"), line=line, asking=asking(cast, line))
    assert list(policy.measurements_visible_to(cast.seat("sanne"))) == []


def test_a_members_own_is_nowhere_for_the_client(cast):
    own_id = own(cast)["own"]
    assert get(cast, "noor", f"{own_id}/").status_code == 404
    assert "naaste" not in get(cast, "noor", "").content.decode()
    assert not [event for event in log.events(cast.seat("noor"), "all") if event.thing == "own measure"]
    assert Event.objects.filter(thing="own measure").exists(), "the trail has it"
    assert "own measure" not in json.dumps(document(cast.circle.pk)["log"])


def test_not_even_in_a_preview_as_that_member(cast):
    own(cast)
    seat = preview_seat(cast.seat("noor"), cast.members["sanne"])
    assert not policy.own_lines(seat).exists()
    assert not policy.may_keep_own(seat)
    assert not policy.own_measurements_visible_to(seat).exists()


def test_other_members_never_see_a_members_own_even_when_shared(cast):
    own_id = own(cast)["own"]
    actions.share_own(by=cast.seat("sanne"), line=OwnSchedule.objects.get(pk=own_id), share=True)
    assert get(cast, "noor", f"{own_id}/").status_code == 200
    for name in ("ruth", "pieter", "ximena"):
        assert get(cast, name, f"{own_id}/").status_code == 404
    actions.share_own(by=cast.seat("sanne"), line=OwnSchedule.objects.get(pk=own_id), share=False)
    assert get(cast, "noor", f"{own_id}/").status_code == 404


def test_what_a_member_shared_is_gone_when_they_go(cast):
    own_id = own(cast)["own"]
    actions.share_own(by=cast.seat("sanne"), line=OwnSchedule.objects.get(pk=own_id), share=True)
    circle_actions.leave(by=cast.seat("sanne"))
    assert get(cast, "noor", f"{own_id}/").status_code == 404


def test_nobody_fills_in_or_takes_out_what_is_anothers(cast):
    filled = fill(cast, line_of(cast), 2)
    own_id = own(cast)["own"]
    mine = OwnMeasurement.objects.get(schedule_id=own_id)
    for name in ("ruth", "pieter", "ximena", "sanne"):
        with pytest.raises(Denied):
            filling.remove(by=cast.seat(name), filled=filled)
    for name in ("noor", "ruth", "ximena"):
        with pytest.raises(Denied):
            filling.remove(by=cast.seat(name), filled=mine)
        with pytest.raises(Denied):
            actions.remove(by=cast.seat(name), line=mine.schedule)


@dataclasses.dataclass(frozen=True)
class World:
    """What the client did with one line on which two days are filled in, one of them kept apart."""

    zone: str
    topic_to: frozenset[str]
    line_to: frozenset[str]
    agreed: bool
    rated_by: str  # "": the client fills in; else that member, or "any" professional
    paused: frozenset[str]


targets = st.frozensets(st.sampled_from(TARGETS), max_size=3)
worlds = st.builds(
    World,
    zone=st.sampled_from([zone.value for zone in Zone]),
    topic_to=targets,
    line_to=targets,
    agreed=st.booleans(),
    rated_by=st.sampled_from(["", "pieter", "ruth", "any"]),
    paused=st.frozensets(st.sampled_from(NAMES), max_size=1),
)
STAFF = ("ruth", "pieter")


def sees_line(world: World, name: str, role: str) -> bool:
    """The rule book for a line."""
    reached = {name, role, "everyone"}
    shared = (world.zone == Zone.CIRCLE and bool(reached & world.topic_to)) or (
        world.zone == Zone.CHOSEN and bool(reached & world.line_to)
    )
    return shared and world.agreed and name not in world.paused


def sees_days(world: World, name: str, role: str) -> set[str]:
    """The rule book for the days: what is shared, and what one filled in oneself unless the line is kept apart."""
    if name in world.paused:
        return set()
    seen = {"open"} if sees_line(world, name, role) else set()
    asked = world.rated_by == name or (world.rated_by == "any" and name in STAFF)
    if asked and world.agreed and (world.zone == Zone.CIRCLE or sees_line(world, name, role)):
        seen |= {"own"} if name == "pieter" else set()
    return seen


def make(cast, world: World) -> Schedule:
    """Rows as the actions leave them; Pieter filled in the day called `own`, and it is not shared with its line."""
    noor = cast.seat("noor")
    member = cast.members.get(world.rated_by)
    line = Schedule.objects.create(
        circle=cast.circle, instrument="honos", respondent="professional" if world.rated_by else "client",
        member=member, proposed_by=cast.noor, zone=world.zone,
        agreed_at=cast.circle.created_at if world.agreed else None,
    )  # fmt: skip
    day = cast.circle.created_at.date()
    for name, who, only_me in (("open", cast.noor, False), ("own", cast.pieter, True)):
        Measurement.objects.create(
            schedule=line, due_on=day.replace(year=day.year - (name == "own")), filled_by=who, only_me=only_me,
            completed_at=cast.circle.created_at, instrument_version=name,
        )  # fmt: skip
    for targets, item in ((world.topic_to, None), (world.line_to, line.pk)):
        for to in targets:
            reached = {"member": cast.members[to]} if to in NAMES else {"role": to}
            sharing.share(by=noor, topic=Topic.PROGRESS, **reached, **({"item_id": item} if item else {}))
    for name in world.paused:
        circle_actions.pause_member(by=noor, member=cast.members[name], pause=True)
    return line


def undo(cast) -> None:
    Score.objects.all().delete()
    Measurement.objects.all().delete()
    Schedule.objects.all().delete()
    Grant.objects.filter(topic=Topic.PROGRESS).delete()
    Member.objects.filter(pk__in=[cast.members[name].pk for name in NAMES]).update(paused_at=None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds)
def test_everybody_sees_what_the_rule_book_says(cast, world):
    line = make(cast, world)
    for name in NAMES:
        seat, role = seat_of(cast.people[name], cast.circle.pk), cast.members[name].role
        assert policy.lines_visible_to(seat).exists() == sees_line(world, name, role), (name, world)
        days = {found.instrument_version for found in policy.measurements_visible_to(seat)}
        assert days == sees_days(world, name, role), (name, world)
    noor = cast.seat("noor")
    assert policy.measurements_visible_to(noor).count() == 2
    said = reading.in_words(sharing.Reach.of(cast.circle.pk), line)
    if world.agreed:
        for name in NAMES:
            seat, role = seat_of(cast.people[name], cast.circle.pk), cast.members[name].role
            named = cast.members[name].name in said or "hele kring" in said
            assert named or not sees_line(world, name, role), f"'who sees this' leaves {name} out: {world}"
    undo(cast)


def test_emergency_access_sees_nothing_of_it(cast):
    from tests.care.routes import break_the_glass

    year(cast)
    factors.add(by=cast.seat("noor"), id=uuid.uuid4(), kind="rights", zone=Zone.CIRCLE)
    sharing.share(by=cast.seat("noor"), topic=Topic.PROGRESS, role="everyone")
    break_the_glass(cast)
    eva = cast.seat("eva")
    assert eva.breaks_glass
    assert not policy.lines_visible_to(eva).exists()
    assert not policy.measurements_visible_to(eva).exists()
    assert not policy.factors_visible_to(eva).exists()
    assert LifeFactor.objects.exists()


def test_a_members_own_file_holds_their_own_answers_and_the_clients_file_does_not(cast):
    from kring.care.export import readable

    own(cast)
    year(cast)
    sannes, noors = (str(told) for told in (readable.about(cast.seat("sanne")), readable.whole(cast.seat("noor"))))
    assert "Ik kwam aan rust toe." in sannes
    assert "Klopt half" in sannes
    assert "Ik kwam aan rust toe." not in noors
    assert "Ik hoorde ergens bij." in noors
    assert "Ik hoorde ergens bij." not in sannes


def test_what_somebody_kept_about_themselves_goes_with_their_account(cast):
    from kring.care.home.leaving import part

    own(cast)
    fill(cast, line_of(cast), 2)
    part(by=cast.sanne)
    assert not OwnSchedule.objects.exists()
    assert not OwnMeasurement.objects.exists()
    assert Measurement.objects.count() == 1


def test_a_circle_that_is_erased_takes_every_score_along(cast):
    from kring.care.home.leaving import erase

    own(cast)
    year(cast)
    factors.add(by=cast.seat("noor"), id=uuid.uuid4(), kind="work")
    erase(cast.circle.pk)
    for table in (Score, Measurement, Schedule, OwnMeasurement, OwnSchedule, LifeFactor):
        assert not table.objects.exists(), table


def test_who_left_still_reads_takes_and_deletes_what_is_theirs(client, cast):
    line = own(cast)["own"]
    circle_actions.leave(by=cast.seat("sanne"))
    client.force_login(cast.sanne)
    page = client.get("/questions/mine/").content.decode()
    title, asking = texts.title_of("kring-naaste"), texts.asking(cast.circle.pk, "kring-naaste", "nl")
    assert title in page
    assert asking.questions[0].text in client.get("/questions/mine/file/").content.decode()
    client.post(f"/questions/mine/{line}/remove/")
    assert title not in client.get("/questions/mine/").content.decode()
    client.post(f"/questions/mine/{line}/restore/")
    assert title in client.get("/questions/mine/").content.decode()
    assert not Event.objects.filter(thing="own measure", circle_id=None).exclude(actor_id=cast.sanne.pk).exists()


def test_nobody_else_finds_it_on_their_account(client, cast):
    line = own_shared(cast)["own"]
    client.force_login(cast.noor)
    assert texts.title_of("kring-naaste") not in client.get("/questions/mine/").content.decode()
    assert client.post(f"/questions/mine/{line}/remove/").status_code == 404
