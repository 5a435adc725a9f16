"""The pages of the plan: what each person reads there, and what a page asks of the database."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kring.care.circles import sharing
from kring.care.circles.topics import Topic, Zone
from kring.care.plan import actions, crisis
from kring.care.plan.card import card_of
from kring.care.plan.models import Action, CrisisPlan


def page(client, cast, name, path):
    client.force_login(cast.people[name])
    return client.get(f"/c/{cast.circle.pk}/{path}").content.decode()


def goal(cast, text, **content):
    return actions.add_goal(by=cast.seat("noor"), id=uuid.uuid4(), text=text, **content)


def propose(cast, text, **content):
    return actions.propose_action(by=cast.seat("noor"), id=uuid.uuid4(), text=text, **content)


def test_an_action_never_shows_the_goal_that_its_owner_may_not_see(client, cast):
    hidden, shown = goal(cast, "Stoppen met drinken", zone=Zone.MINE), goal(cast, "Meer buiten zijn")
    propose(cast, "Samen wandelen", owner=cast.members["sanne"], goal=hidden)
    propose(cast, "Fiets maken", owner=cast.members["sanne"], goal=shown)
    words = page(client, cast, "sanne", "plan/actions/")
    assert "Samen wandelen" in words
    assert "Meer buiten zijn" in words
    assert "drinken" not in words
    assert "drinken" in page(client, cast, "noor", "plan/actions/")


def test_a_hidden_goal_is_no_choice_for_whoever_proposes(client, cast):
    goal(cast, "Stoppen met drinken", zone=Zone.MINE)
    client.force_login(cast.sanne)
    words = client.get(f"/c/{cast.circle.pk}/plan/actions/new/", follow=True).content.decode()
    assert "drinken" not in words


def test_an_owner_who_does_not_see_who_is_there_reads_no_names(client, cast):
    sharing.share(by=cast.seat("noor"), topic=Topic.ACTIONS, member=cast.members["ruth"])
    propose(cast, "Zaad kopen", owner=cast.members["pieter"])
    words = page(client, cast, "ruth", "plan/actions/")
    assert "iemand uit de kring" in words
    assert "Pieter" not in words
    client.force_login(cast.ruth)
    assert "Pieter" not in client.get(f"/c/{cast.circle.pk}/plan/actions/new/", follow=True).content.decode()


def test_somebody_without_the_list_reads_the_same_whether_it_is_empty_or_full(client, cast):
    before = page(client, cast, "ximena", "plan/actions/")
    propose(cast, "Zaad kopen", owner=cast.members["sanne"])
    goal(cast, "Meer buiten zijn")
    crisis.write_plan(by=cast.seat("noor"), helps="rust")
    assert page(client, cast, "ximena", "plan/actions/") == before
    assert "buiten" not in page(client, cast, "ximena", "plan/")
    assert client.get(f"/c/{cast.circle.pk}/plan/crisis/").status_code == 404


@pytest.mark.parametrize("name", ["noor", "sanne"])
@pytest.mark.parametrize("path", ["plan/", "plan/actions/"])
def test_a_page_asks_as_much_for_many_things_as_for_few(client, cast, name, path):
    def queries(number):
        for _ in range(number):
            goal(cast, "Meer buiten zijn")
            propose(cast, "Samen wandelen", owner=cast.members["sanne"])
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client, cast, name, path)
        return len(asked)

    page(client, cast, name, path)
    assert queries(2) == queries(40)


def test_a_date_that_is_past_is_refused_and_the_words_stay(client, cast):
    client.force_login(cast.noor)
    new = uuid.uuid4()
    typed = {"new_id": new, "text": "Fiets maken", "owner": "", "due_on": "2001-01-01"}
    words = client.post(f"/c/{cast.circle.pk}/plan/actions/new/?id={new}", typed).content.decode()
    assert "Kies vandaag of een latere dag." in words
    assert "Fiets maken" in words
    assert not Action.objects.exists()


def test_an_owner_from_another_circle_is_no_choice(client, cast):
    client.force_login(cast.noor)
    new = uuid.uuid4()
    typed = {"new_id": new, "text": "Fiets maken", "owner": str(uuid.uuid4())}
    client.post(f"/c/{cast.circle.pk}/plan/actions/new/?id={new}", typed)
    assert not Action.objects.exists()


def test_a_changed_list_of_contacts_shows_both(client, cast):
    noor = cast.seat("noor")
    crisis.set_contacts(by=noor, contacts=[{"name": "Sanne"}])
    client.force_login(cast.noor)
    address = f"/c/{cast.circle.pk}/plan/crisis/contacts/"
    crisis.set_contacts(by=noor, contacts=[{"name": "Ruth", "phone": "06 1"}])
    typed = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-name": "Tante Tineke", "form-0-ORDER": 1}
    words = client.post(address, {**typed, "version": 2}).content.decode()
    assert "Ruth" in words
    assert "Tante Tineke" in words
    assert [c.name for c in CrisisPlan.objects.get().contacts.all()] == ["Ruth"]


def test_the_card_has_only_whom_the_client_put_on_it(cast):
    people = [{"name": "Sanne", "phone": "06 1"}, {"name": "Buurman", "on_card": False}]
    plan = crisis.set_contacts(by=cast.seat("noor"), contacts=people)
    card = card_of("Noor", plan)
    assert [contact.name for contact in card.contacts] == ["Sanne"]
    assert card.call_first.name == "Sanne"
    assert not card.spills
