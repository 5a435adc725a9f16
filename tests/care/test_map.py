"""The page of the network map."""

import uuid

import pytest
from django.utils import timezone

from kring.care.circles import actions
from kring.care.circles.models import Tie
from kring.care.circles.topics import Task
from kring.care.stored import Denied


@pytest.fixture
def noor(client, cast):
    client.force_login(cast.noor)
    return client


def form(**typed):
    return {
        "new_id": uuid.uuid4(),
        "name": "Opa",
        "kind": "person",
        "ring": "close",
        "feeling": "good",
        "note": "",
        **typed,
    }


def test_a_tie_is_added_once_even_with_a_double_click(noor, cast):
    typed = form()
    for _click in range(2):
        assert noor.post(f"/c/{cast.circle.pk}/map/new/", typed).status_code == 302
    assert Tie.objects.get().name == "Opa"


def test_a_missing_name_keeps_what_was_typed(noor, cast):
    page = noor.post(f"/c/{cast.circle.pk}/map/new/", form(name="", note="belt elke zondag"))
    assert "belt elke zondag" in page.content.decode()
    assert not Tie.objects.exists()


def test_a_stale_form_shows_both_texts_and_overwrites_nothing(noor, cast):
    noor.post(f"/c/{cast.circle.pk}/map/new/", form())
    tie = Tie.objects.get()
    address = f"/c/{cast.circle.pk}/map/{tie.pk}/"
    noor.post(address, form(name="Opa Jan", version=1))
    page = noor.post(address, form(name="Grootvader", version=1)).content.decode()
    assert "Grootvader" in page
    assert "Opa Jan" in page
    assert Tie.objects.get().name == "Opa Jan"


def test_a_removed_tie_comes_back(noor, cast):
    noor.post(f"/c/{cast.circle.pk}/map/new/", form())
    address = f"/c/{cast.circle.pk}/map/{Tie.objects.get().pk}/"
    page = noor.post(f"{address}remove/", follow=True).content.decode()
    assert f"{address}restore/" in page
    noor.post(f"{address}restore/")
    assert Tie.objects.get().removed_at is None


def test_a_helper_never_brings_back_what_the_client_keeps_to_herself(cast):
    ruth = cast.members["ruth"]
    actions.hand_over(by=cast.seat("noor"), member=ruth, task=Task.MAP, until=timezone.localdate())
    tie = actions.add_tie(by=cast.seat("noor"), id=uuid.uuid4(), name="Opa", zone="mine")
    actions.remove_tie(by=cast.seat("noor"), tie=tie)
    with pytest.raises(Denied):
        actions.remove_tie(by=cast.seat("ruth"), tie=tie, back=True)


def test_coming_back_to_the_form_leads_to_what_it_made(noor, cast):
    new = f"/c/{cast.circle.pk}/map/new/"
    address = noor.get(new).headers["Location"]
    noor.post(address, form(new_id=address.partition("id=")[2]))
    again = noor.get(address)
    assert again.headers["Location"] == f"/c/{cast.circle.pk}/map/{Tie.objects.get().pk}/"
