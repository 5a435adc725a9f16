"""The talks of phase 2: between whoever held one and that member, and nobody else."""

import datetime as dt

import pytest
from django.utils import timezone

from kring.care.circles import actions, interviews, sharing
from kring.care.circles.models import Interview, Member
from kring.care.circles.topics import Topic
from kring.care.stored import Denied

WORDS = {
    "expectations": "Samen eten", "relationship": "Zussen sinds altijd", "contribution": "Rijden",
    "about_others": "Over Bram",
}  # fmt: skip


@pytest.fixture
def talk(cast):
    """Ruth sees who is in the circle, and had a talk with Sanne."""
    sharing.share(by=cast.seat("noor"), topic=Topic.PEOPLE, member=cast.members["ruth"])
    sanne = Member.objects.get(pk=cast.members["sanne"].pk)
    return interviews.write(by=cast.seat("ruth"), member=sanne, version=1, **WORDS)


def page(client, cast, name, rest):
    client.force_login(cast.people[name])
    return client.get(f"/c/{cast.circle.pk}/{rest}")


def test_the_holder_reads_all_of_it(client, cast, talk):
    shown = page(client, cast, "ruth", f"talks/{talk.member_id}/").content.decode()
    assert all(text in shown for text in WORDS.values())


def test_the_member_reads_their_own_words_but_not_what_was_said_about_others(client, cast, talk):
    shown = page(client, cast, "sanne", "my-talk/").content.decode()
    assert "Samen eten" in shown
    assert "Over Bram" not in shown
    interviews.write(by=cast.seat("ruth"), member=talk.member, version=2, others_open=True)
    assert "Over Bram" in page(client, cast, "sanne", "my-talk/").content.decode()


@pytest.mark.parametrize("name", ["noor", "pieter", "ximena", "bram", "tom", "lea"])
def test_nobody_else_finds_it(client, cast, talk, name):
    assert page(client, cast, name, "talks/").status_code == 404
    assert page(client, cast, name, f"talks/{talk.member_id}/").status_code == 404
    if name in cast.members:
        assert "Samen eten" not in page(client, cast, name, "my-talk/").content.decode()


def test_a_preview_does_not_open_a_talk(client, cast, talk):
    client.force_login(cast.noor)
    client.post(f"/c/{cast.circle.pk}/preview/{cast.members['ruth'].pk}/")
    assert client.get(f"/c/{cast.circle.pk}/talks/").status_code == 404
    client.post(f"/c/{cast.circle.pk}/preview/stop/")
    client.post(f"/c/{cast.circle.pk}/preview/{cast.members['sanne'].pk}/")
    assert client.get(f"/c/{cast.circle.pk}/my-talk/").status_code == 404


def test_only_a_regieondersteuner_writes_one_and_only_about_whom_they_see(cast):
    sanne = Member.objects.get(pk=cast.members["sanne"].pk)
    for name in ("noor", "ruth", "pieter"):
        with pytest.raises(Denied):
            interviews.write(by=cast.seat(name), member=sanne, version=1, **WORDS)
    assert not Interview.objects.exists()


def test_the_trail_says_that_a_talk_was_written_and_nothing_of_it(cast, talk):
    from kring.care.audit.models import Event

    event = Event.objects.filter(thing="interview").get()
    assert (event.verb, event.fields, event.rule) == ("wrote down a talk", [], "interview")
    assert event.thing_id == talk.pk


def test_two_windows_do_not_overwrite_each_other(client, cast, talk):
    client.force_login(cast.ruth)
    where = f"/c/{cast.circle.pk}/talks/{talk.member_id}/"
    typed = {**WORDS, "held_on": "", "version": 2}
    assert client.post(where, {**typed, "contribution": "Rijden en koken"}).status_code == 302
    shown = client.post(where, {**typed, "contribution": "Niets"}).content.decode()
    assert "Rijden en koken" in shown
    assert Interview.objects.get().contribution == "Rijden en koken"


def test_a_talk_cannot_be_in_the_future(client, cast, talk):
    client.force_login(cast.ruth)
    later = (timezone.localdate() + dt.timedelta(days=3)).isoformat()
    shown = client.post(f"/c/{cast.circle.pk}/talks/{talk.member_id}/", {**WORDS, "held_on": later, "version": 2})
    assert "Vul vandaag in" in shown.content.decode()


def test_after_removal_the_holder_finds_nothing(client, cast, talk):
    actions.remove_member(by=cast.seat("noor"), member=cast.members["ruth"])
    assert page(client, cast, "ruth", f"talks/{talk.member_id}/").status_code == 404
