"""The crisis plan: written part by part, in the client's words, by whom the client wants."""

import datetime as dt

import pytest

from kring.care.circles import actions as circle_actions
from kring.care.circles import glass, sharing
from kring.care.circles.topics import Task, Topic, Zone
from kring.care.plan import crisis
from kring.care.plan.models import CrisisPlan
from kring.care.stored import Denied, Stale


def test_the_first_words_begin_the_plan_with_three_colours(cast):
    crisis.write_phase(by=cast.seat("noor"), colour="red", signs="Ik slaap niet meer")
    plan = crisis.plan_of(cast.seat("noor"))
    assert {phase.colour: phase.signs for phase in plan.phases.all()} == {
        "green": "",
        "orange": "",
        "red": "Ik slaap niet meer",
    }


def test_two_people_write_in_two_parts_at_once_and_nothing_is_lost(cast):
    noor = cast.seat("noor")
    crisis.write_phase(by=noor, colour="red", version=1, signs="rood")
    crisis.write_phase(by=noor, colour="green", version=1, signs="groen")
    crisis.write_plan(by=noor, version=1, helps="rust")
    with pytest.raises(Stale) as stale:
        crisis.write_phase(by=noor, colour="red", version=1, signs="over elkaar heen")
    assert stale.value.stored.signs == "rood"
    with pytest.raises(Stale):
        crisis.set_contacts(by=noor, version=1, contacts=[{"name": "Sanne"}])


def test_contacts_keep_their_order(cast):
    noor = cast.seat("noor")
    crisis.set_contacts(by=noor, contacts=[{"name": "Sanne", "phone": "06 1"}, {"name": "Ruth"}])
    crisis.set_contacts(by=noor, contacts=[{"name": "Ruth"}, {"name": "Sanne"}])
    assert [c.name for c in CrisisPlan.objects.get().contacts.order_by("order")] == ["Ruth", "Sanne"]


def test_only_those_with_whom_it_is_shared_see_it(cast):
    crisis.write_plan(by=cast.seat("noor"), helps="rust")
    assert [crisis.plan_of(cast.seat(name)) for name in ("sanne", "ruth", "bram")] == [None] * 3
    grant = sharing.share(by=cast.seat("noor"), topic=Topic.CRISIS, member=cast.members["sanne"])
    assert crisis.plan_of(cast.seat("sanne")).helps == "rust"
    sharing.revoke(by=cast.seat("noor"), grant=grant)
    assert crisis.plan_of(cast.seat("sanne")) is None


def test_a_member_writes_while_it_is_handed_over_and_only_what_is_not_kept_back(cast):
    with pytest.raises(Denied):
        crisis.write_plan(by=cast.seat("ruth"), helps="x")
    until = dt.date(2999, 1, 1)
    handed = circle_actions.hand_over(by=cast.seat("noor"), member=cast.members["ruth"], task=Task.CRISIS, until=until)
    plan = crisis.write_plan(by=cast.seat("ruth"), helps="rust")
    sharing.set_reach(by=cast.seat("noor"), item=plan, zone=Zone.MINE)
    with pytest.raises(Denied):
        crisis.write_plan(by=cast.seat("ruth"), version=2, helps="x")
    sharing.set_reach(by=cast.seat("noor"), item=plan, zone=Zone.CIRCLE)
    circle_actions.take_back(by=cast.seat("noor"), handover=handed)
    with pytest.raises(Denied):
        crisis.write_plan(by=cast.seat("ruth"), version=2, helps="x")


def test_only_the_clients_own_card_carries_the_code_for_emergencies(cast, client):
    crisis.write_plan(by=cast.seat("noor"), card_note="Bel Sanne.")
    sharing.share(by=cast.seat("noor"), topic=Topic.CRISIS, member=cast.members["sanne"])
    code = glass.code_of(cast.seat("noor"))
    for name, carries in (("noor", True), ("sanne", False)):
        client.force_login(cast.people[name])
        for page in ("card/", "plan/crisis/"):
            shown = client.get(f"/c/{cast.circle.pk}/{page}")
            assert shown.status_code == 200, page
            assert (code in shown.content.decode()) == carries, (name, page)
