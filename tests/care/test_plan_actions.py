"""Dreams, goals and actions: who writes, who sees, who says yes."""

import datetime as dt
import uuid

import pytest

from kring.care.audit.models import Event
from kring.care.circles import actions as circle_actions
from kring.care.circles import sharing
from kring.care.circles.policy import visible
from kring.care.circles.seats import preview_seat
from kring.care.circles.topics import Task, Topic, Zone
from kring.care.plan import actions, policy
from kring.care.plan.models import Action, Dream, Goal
from kring.care.stored import Denied, Stale


def dream(cast, **content):
    return actions.add_dream(by=cast.seat("noor"), id=uuid.uuid4(), **{"text": "Een eigen moestuin", **content})


def goal(cast, **content):
    return actions.add_goal(by=cast.seat("noor"), id=uuid.uuid4(), **{"text": "Tomaten zaaien", **content})


def propose(cast, name="noor", **content):
    return actions.propose_action(by=cast.seat(name), id=uuid.uuid4(), **{"text": "Zaad kopen", **content})


def sees(cast, name):
    return set(policy.actions_visible_to(cast.seat(name)))


def test_a_dream_is_written_once_even_with_a_double_click(cast):
    same = uuid.uuid4()
    for _click in range(2):
        actions.add_dream(by=cast.seat("noor"), id=same, text="Een eigen moestuin")
    assert Dream.objects.count() == 1
    assert Event.objects.filter(verb="added", thing=Topic.GOALS).count() == 1


def test_only_whoever_keeps_the_goals_writes_them(cast):
    for name in ("sanne", "ruth", "bram"):
        with pytest.raises(Denied):
            actions.add_dream(by=cast.seat(name), id=uuid.uuid4(), text="x")
    day = dt.date(2999, 1, 1)
    circle_actions.hand_over(by=cast.seat("noor"), member=cast.members["ruth"], task=Task.GOALS, until=day)
    assert actions.add_dream(by=cast.seat("ruth"), id=uuid.uuid4(), text="x").written_by == cast.ruth


def test_a_helper_cannot_change_what_the_client_keeps_to_herself(cast):
    hidden = dream(cast, zone=Zone.MINE)
    day = dt.date(2999, 1, 1)
    circle_actions.hand_over(by=cast.seat("noor"), member=cast.members["ruth"], task=Task.GOALS, until=day)
    with pytest.raises(Denied):
        actions.change_dream(by=cast.seat("ruth"), dream=hidden, version=1, text="y")
    with pytest.raises(Denied):
        actions.add_goal(by=cast.seat("ruth"), id=uuid.uuid4(), text="y", dream=hidden)
    with pytest.raises(Denied):
        actions.remove(by=cast.seat("ruth"), thing=hidden)


def test_a_stale_change_loses_nothing(cast):
    wish = goal(cast)
    actions.change_goal(by=cast.seat("noor"), goal=wish, version=1, text="Tomaten en bonen")
    with pytest.raises(Stale):
        actions.change_goal(by=cast.seat("noor"), goal=Goal.objects.get(), version=1, text="Sla")
    assert Goal.objects.get().text == "Tomaten en bonen"


def test_a_goal_is_reached_let_go_and_brought_back(cast):
    wish = goal(cast)
    actions.mark_reached(by=cast.seat("noor"), wish=wish)
    assert Goal.objects.get().reached_at
    actions.drop(by=cast.seat("noor"), wish=wish)
    assert Goal.objects.get().reached_at is None
    assert Goal.objects.get().dropped_at
    actions.bring_back(by=cast.seat("noor"), wish=wish)
    assert Goal.objects.get().dropped_at is None


@pytest.mark.parametrize("make", [dream, goal, propose])
def test_what_was_removed_is_gone_and_comes_back(cast, make):
    thing = make(cast)
    actions.remove(by=cast.seat("noor"), thing=thing)
    assert not visible(type(thing), cast.seat("noor")).exists()
    actions.restore(by=cast.seat("noor"), thing=thing)
    assert visible(type(thing), cast.seat("noor")).exists()


def test_what_the_client_proposes_is_approved_and_waits_for_the_owner(cast):
    action = propose(cast, owner=cast.members["sanne"])
    assert action.approved_at
    assert action.accepted_at is None
    with pytest.raises(Denied):
        actions.accept_action(by=cast.seat("ruth"), action=action)
    actions.accept_action(by=cast.seat("sanne"), action=action)
    assert Action.objects.get().accepted_at


def test_what_a_member_proposes_waits_for_the_client(cast):
    action = propose(cast, "ruth", owner=cast.members["ruth"])
    assert action.accepted_at
    assert action.approved_at is None
    for name in ("ruth", "sanne"):
        with pytest.raises(Denied):
            actions.approve_action(by=cast.seat(name), action=action)
    actions.approve_action(by=cast.seat("noor"), action=action)
    assert Action.objects.get().approved_at


def test_somebody_paused_or_in_a_preview_proposes_nothing(cast):
    looking = preview_seat(cast.seat("noor"), cast.members["sanne"])
    for seat in (cast.seat("bram"), looking):
        with pytest.raises(Denied):
            actions.propose_action(by=seat, id=uuid.uuid4(), text="x")


def test_a_member_cannot_name_somebody_whom_they_do_not_see(cast):
    with pytest.raises(Denied):
        propose(cast, "ruth", owner=cast.members["pieter"])
    assert propose(cast, "sanne", owner=cast.members["pieter"]).owner == cast.members["pieter"]
    with pytest.raises(Denied):
        propose(cast, owner=cast.members["bram"])


def test_an_owner_sees_the_own_action_without_the_list(cast):
    own, other = propose(cast, owner=cast.members["ruth"]), propose(cast)
    assert sees(cast, "ruth") == {own}
    assert sees(cast, "sanne") == {own, other}
    assert sees(cast, "pieter") == sees(cast, "bram") == set()


def test_a_proposer_keeps_seeing_the_own_proposal_also_in_the_preview(cast):
    own = propose(cast, "pieter")
    assert sees(cast, "pieter") == {own}
    assert sees(cast, "ximena") == set()
    looking = preview_seat(cast.seat("noor"), cast.members["pieter"])
    assert set(policy.actions_visible_to(looking)) == {own}


def test_only_me_holds_for_the_owner_too(cast):
    own = propose(cast, owner=cast.members["ruth"])
    sharing.set_reach(by=cast.seat("noor"), item=own, zone=Zone.MINE)
    assert sees(cast, "ruth") == set()
    with pytest.raises(Denied):
        actions.mark_done(by=cast.seat("ruth"), action=own)


def test_an_owner_who_leaves_sees_nothing(cast):
    propose(cast, owner=cast.members["ruth"])
    circle_actions.remove_member(by=cast.seat("noor"), member=cast.members["ruth"])
    with pytest.raises(Denied):
        cast.seat("ruth")


def test_done_and_open_again_by_the_owner_or_the_client_only(cast):
    action = propose(cast, owner=cast.members["sanne"])
    actions.mark_done(by=cast.seat("sanne"), action=action)
    assert Action.objects.get().done_at
    actions.reopen(by=cast.seat("noor"), action=action)
    assert Action.objects.get().done_at is None
    for name in ("ruth", "pieter"):
        with pytest.raises(Denied):
            actions.mark_done(by=cast.seat(name), action=action)


def test_the_client_takes_an_action_back_with_one_call(cast):
    action = propose(cast, owner=cast.members["sanne"])
    actions.hand_action(by=cast.seat("noor"), action=action, owner_is_client=True)
    taken = Action.objects.get()
    assert (taken.owner, taken.owner_is_client) == (None, True)
    assert taken.accepted_at


def test_a_new_owner_has_not_said_yes(cast):
    action = propose(cast, "sanne", owner=cast.members["sanne"])
    actions.hand_action(by=cast.seat("noor"), action=action, owner=cast.members["ruth"])
    assert Action.objects.get().accepted_at is None


def test_two_who_take_on_the_same_action_do_not_both_have_it(cast):
    action = propose(cast)
    sharing.share(by=cast.seat("noor"), topic=Topic.ACTIONS, member=cast.members["ruth"])
    actions.take_on_action(by=cast.seat("sanne"), action=action)
    with pytest.raises(Denied):
        actions.take_on_action(by=cast.seat("ruth"), action=action)
    assert Action.objects.get().owner == cast.members["sanne"]


def test_new_words_ask_for_a_new_yes(cast):
    action = propose(cast, owner=cast.members["sanne"])
    actions.accept_action(by=cast.seat("sanne"), action=action)
    actions.change_action(by=cast.seat("noor"), action=Action.objects.get(), version=1, text="Alles kopen")
    changed = Action.objects.get()
    assert changed.accepted_at is None
    assert changed.approved_at


def test_a_proposer_rewords_until_the_client_approved(cast):
    action = propose(cast, "ruth")
    actions.change_action(by=cast.seat("ruth"), action=action, version=1, text="Iets anders")
    actions.approve_action(by=cast.seat("noor"), action=action)
    with pytest.raises(Denied):
        actions.change_action(by=cast.seat("ruth"), action=Action.objects.get(), version=2, text="Nog iets")


def test_somebody_on_paper_says_yes_through_whoever_types(cast):
    member = circle_actions.nominate(by=cast.seat("noor"), id=uuid.uuid4(), name="Oma")
    circle_actions.seat_on_paper(by=cast.seat("noor"), member=member)
    member.refresh_from_db()
    action = propose(cast, owner=member)
    actions.accept_action(by=cast.seat("noor"), action=action)
    assert Action.objects.get().accepted_at
