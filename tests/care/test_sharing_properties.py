"""The sharing rules against a rule book of eight lines, for any mix of grants, zones, pauses and removals."""

import dataclasses
import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kring.care.circles import actions, policy, sharing
from kring.care.circles.models import Member, Tie
from kring.care.circles.seats import seat_of
from kring.care.circles.topics import MemberRole, Topic, Zone

NAMES = ("sanne", "ruth", "pieter", "ximena")
TARGETS = [*NAMES, "everyone", *(role.value for role in MemberRole)]


@dataclasses.dataclass(frozen=True)
class World:
    """What the client did: a zone for each dot, with whom the topic and each dot is shared, who is paused or gone."""

    zones: tuple[str, ...]
    topic_to: frozenset[str]
    dots_to: tuple[frozenset[str], ...]
    paused: frozenset[str]
    removed: frozenset[str]
    circle_paused: bool


targets = st.frozensets(st.sampled_from(TARGETS), max_size=3)
worlds = st.lists(st.tuples(st.sampled_from([zone.value for zone in Zone]), targets), max_size=3).flatmap(
    lambda dots: st.builds(
        World,
        zones=st.just(tuple(zone for zone, _to in dots)),
        topic_to=targets,
        dots_to=st.just(tuple(to for _zone, to in dots)),
        paused=st.frozensets(st.sampled_from(NAMES), max_size=2),
        removed=st.frozensets(st.sampled_from(NAMES), max_size=1),
        circle_paused=st.booleans(),
    )
)


def expected(world: World, name: str, role: str) -> set[int]:
    """The rule book: which dots somebody sees."""
    if name in world.paused or name in world.removed or world.circle_paused:
        return set()
    reached = {name, role, "everyone"}
    return {
        number
        for number, zone in enumerate(world.zones)
        if (zone == Zone.CIRCLE and reached & world.topic_to)
        or (zone == Zone.CHOSEN and reached & world.dots_to[number])
    }


def share(cast, to: str, **what: object) -> None:
    member = {"member": cast.members[to]} if to in NAMES else {"role": to}
    sharing.share(by=cast.seat("noor"), topic=Topic.MAP, **member, **what)


def make(cast, world: World) -> list[Tie]:
    """Do all that, through actions; the pause of the circle comes last."""
    noor = cast.seat("noor")
    dots = [actions.add_tie(by=noor, id=uuid.uuid4(), name="Opa", zone=zone) for zone in world.zones]
    for to in world.topic_to:
        share(cast, to)
    for dot, reached in zip(dots, world.dots_to, strict=True):
        for to in reached:
            share(cast, to, item_id=dot.pk)
    for name in world.paused:
        actions.pause_member(by=noor, member=cast.members[name], pause=True)
    for name in world.removed:
        actions.remove_member(by=noor, member=cast.members[name])
    if world.circle_paused:
        actions.set_circle_state(by=noor, state="paused")
    return dots


def undo(cast) -> None:
    """Back to the bare cast for the next world."""
    Tie.objects.all().delete()
    cast.circle.grants.filter(topic=Topic.MAP).delete()
    Member.objects.filter(pk__in=[cast.members[name].pk for name in NAMES]).update(paused_at=None, ended_at=None)
    actions.set_circle_state(by=cast.seat("noor"), state="open")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds)
def test_everybody_sees_what_the_rule_book_says(cast, world):
    dots = make(cast, world)
    reach = sharing.Reach.of(cast.circle.pk)
    for name in NAMES:
        seat = seat_of(cast.people[name], cast.circle.pk)
        seen = {dot.pk for dot in policy.visible(Tie, seat)} if seat else set()
        rule = {dots[number].pk for number in expected(world, name, cast.members[name].role)}
        assert seen == rule, (name, world)
        if not world.circle_paused:
            said = {dot.pk for dot in dots if cast.members[name].pk in {m.pk for m in reach.see(Topic.MAP, dot)}}
            assert said == rule, f"'who sees this' says otherwise for {name}: {world}"
    assert {dot.pk for dot in policy.visible(Tie, cast.seat("noor"))} == {dot.pk for dot in dots}
    undo(cast)
