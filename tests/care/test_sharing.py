"""Who sees what: the rules of the circle zone, on the map."""

import uuid

from kring.care.circles import actions, policy, sharing
from kring.care.circles.models import Tie
from kring.care.circles.seats import seat_of
from kring.care.circles.topics import Topic, Zone


def tie(cast, **content):
    return actions.add_tie(by=cast.seat("noor"), id=uuid.uuid4(), name="Opa", **content)


def sees(cast, name):
    seat = seat_of(cast.people[name], cast.circle.pk)
    return set(policy.visible(Tie, seat)) if seat else "404"


def test_a_new_map_is_seen_by_nobody_but_the_client(cast):
    dot = tie(cast)
    assert sees(cast, "noor") == {dot}
    assert [sees(cast, name) for name in ("sanne", "ruth", "pieter", "bram")] == [set()] * 4
    assert [sees(cast, name) for name in ("wim", "lotte", "tom", "zoe", "lea", "ada", "rik", "olaf")] == ["404"] * 8


def test_sharing_a_topic_opens_it_and_revoking_closes_it(cast):
    dot = tie(cast)
    grant = sharing.share(by=cast.seat("noor"), topic=Topic.MAP, member=cast.members["sanne"])
    assert sees(cast, "sanne") == {dot}
    assert sees(cast, "ruth") == set()
    sharing.revoke(by=cast.seat("noor"), grant=grant)
    assert sees(cast, "sanne") == set()


def test_one_item_can_go_to_one_person(cast):
    dot, other = tie(cast), tie(cast)
    sharing.set_reach(by=cast.seat("noor"), item=dot, zone=Zone.CHOSEN, members=[cast.members["ruth"]])
    assert sees(cast, "ruth") == {dot}
    assert sees(cast, "sanne") == set()
    assert sees(cast, "noor") == {dot, other}


def test_an_item_kept_to_oneself_stays_so_when_its_topic_is_shared(cast):
    dot = tie(cast, zone=Zone.MINE)
    sharing.share(by=cast.seat("noor"), topic=Topic.MAP, role="everyone")
    assert sees(cast, "sanne") == set()
    assert sees(cast, "noor") == {dot}


def test_a_preview_shows_what_the_member_sees(cast):
    from kring.care.circles.seats import preview_seat

    dot = tie(cast)
    sharing.share(by=cast.seat("noor"), topic=Topic.MAP, member=cast.members["sanne"])
    seat = preview_seat(cast.seat("noor"), cast.members["sanne"])
    assert set(policy.visible(Tie, seat)) == {dot}
    assert not policy.may_share(seat)


def test_the_words_for_who_sees_follow_the_policy(cast):
    reach = sharing.Reach.of(cast.circle.pk)
    assert {member.name for member in reach.see(Topic.GOALS)} == {"Sanne"}
    assert reach.see(Topic.MAP) == []


def test_the_line_of_one_query_says_the_same_as_the_whole_reach(cast):
    from kring.care.circles.seen import seen_in_words

    noor, circle = cast.seat("noor"), cast.circle.pk
    dot = tie(cast)
    sharing.share(by=noor, topic=Topic.CRISIS, role="everyone")
    sharing.share(by=noor, topic=Topic.MAP, role="regieondersteuner")
    for topic in Topic:
        assert seen_in_words(circle, topic) == sharing.Reach.of(circle).words(topic)
    for zone in Zone:
        sharing.set_reach(by=noor, item=dot, zone=zone, members=[cast.members["sanne"], cast.members["pieter"]])
        assert seen_in_words(circle, Topic.MAP, zone, dot.pk) == sharing.Reach.of(circle).words(Topic.MAP, dot)
