"""Asking somebody along, from the name to the answer."""

import re
import uuid

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from kring.care import jobs
from kring.care.circles import actions, invitations, policy, sharing
from kring.care.circles.invitations import VALID
from kring.care.circles.models import Grant, Invitation, Member
from kring.care.circles.topics import Topic
from kring.care.people.models import Person


@pytest.fixture
def noor(client, cast):
    client.force_login(cast.noor)
    return client


@pytest.fixture
def at(cast):
    return f"/c/{cast.circle.pk}/"


@pytest.fixture
def kees(noor, at):
    """Named by the client, page by page; nothing is sent yet."""
    answer = noor.post(f"{at}members/new/", {"new_id": uuid.uuid4(), "name": "Kees"})
    assert answer.status_code == 302
    member = Member.objects.get(name="Kees")
    typed = {"name": "Kees", "relation": "buurman", "role": "informal", "email": "kees@example.org", "version": 1}
    assert noor.post(f"{at}members/{member.pk}/change/", typed).url == f"{at}members/{member.pk}/sees/"
    assert noor.post(f"{at}members/{member.pk}/sees/", {"choice": "goals"}).url == f"{at}members/{member.pk}/words/"
    assert noor.post(f"{at}members/{member.pk}/words/", {"wording": "Kom je, Kees?"}).status_code == 302
    return member


def send(noor, at, member, way, **typed):
    typed = {"new_id": uuid.uuid4(), "way": way, "email": member.email or "kees@example.org", **typed}
    return noor.post(f"{at}members/{member.pk}/send/", typed), typed


def link_in(text: str) -> str:
    found = re.search(r"/invitation/[\w-]+/", text)
    assert found
    return found.group()


def test_naming_somebody_sends_nothing(kees):
    jobs.run_due()
    assert mail.outbox == []
    assert not Invitation.objects.filter(member=kees).exists()
    assert not Grant.objects.filter(to_member=kees).exists()


@pytest.mark.django_db(transaction=True)
def test_a_mail_says_only_who_asks_and_its_link_lets_one_in(noor, at, kees):
    send(noor, at, kees, "mail")
    jobs.run_due()
    (letter,) = mail.outbox
    assert letter.to == ["Kees <kees@example.org>"]
    text = letter.body + letter.subject
    assert "Noor" in text
    assert not re.search("Kom je|buurman|kring van|doel|Sanne", text)
    browser = Client()
    where = link_in(letter.body)
    assert "Kom je, Kees?" in browser.get(where).content.decode()
    assert browser.post(f"{where}yes/").url == f"{at}welcome/"
    kees.refresh_from_db()
    assert (kees.joined_at is not None, kees.person.email) == (True, "kees@example.org")
    assert browser.get(at).status_code == 200


def test_a_double_click_sends_one_letter_and_shows_one_link(noor, at, kees):
    first, typed = send(noor, at, kees, "link")
    second = noor.post(f"{at}members/{kees.pk}/send/", typed)
    assert link_in(first.content.decode()) == link_in(second.content.decode())
    assert Invitation.objects.filter(member=kees).count() == 1


def test_a_second_tab_that_lost_its_words_sends_nothing_and_asks_for_them(noor, at, kees):
    send(noor, at, kees, "mail")
    answer, _typed = send(noor, at, kees, "mail", email="other@example.org")
    assert answer.headers["Location"] == f"{at}members/{kees.pk}/words/"
    assert Invitation.objects.filter(member=kees).count() == 1
    assert Member.objects.get(pk=kees.pk).email == "kees@example.org"


def test_no_letter_goes_to_who_takes_part_already(noor, at, cast):
    sanne = cast.members["sanne"]
    answer, _typed = send(noor, at, sanne, "mail", email="other@example.org")
    assert answer.headers["Location"] == f"{at}members/{sanne.pk}/"
    assert Member.objects.get(pk=sanne.pk).email == sanne.email


def test_the_link_is_shown_once_and_stored_nowhere(noor, at, kees):
    page, _typed = send(noor, at, kees, "link")
    secret = link_in(page.content.decode()).split("/")[2]
    row = Invitation.objects.get(member=kees)
    assert secret not in {str(value) for value in row.__dict__.values()}
    for other in ("members/", f"members/{kees.pk}/"):
        assert secret not in noor.get(f"{at}{other}").content.decode()


def test_a_letter_on_paper_has_a_code_that_can_be_typed(noor, at, kees):
    answer, _typed = send(noor, at, kees, "letter")
    page = noor.get(answer.url).content.decode()
    code = re.search(r"(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", page).group()
    found = Client().post("/invitation/", {"code": code.lower().replace("-", " ")})
    assert "Kom je, Kees?" in Client().get(found.url).content.decode()


def test_what_was_chosen_is_shared_only_after_the_yes(noor, at, kees, cast):
    page, _typed = send(noor, at, kees, "link")
    assert {grant.topic for grant in kees.grants.all()} == {"meetings", "people", "goals", "actions"}
    browser = Client()
    browser.force_login(cast.olaf)
    assert browser.get(at).status_code == 404
    browser.post(f"{link_in(page.content.decode())}yes/")
    assert Topic.GOALS in cast.seat("olaf").topics


def test_the_preview_before_sending_shows_what_the_choice_would_open(noor, at, kees):
    noor.post(f"{at}members/{kees.pk}/sees/", {"choice": "meetings", "look": "1"})
    assert "Kees" in noor.get(f"{at}mine/").content.decode()
    assert noor.get(f"{at}sees/").status_code == 404
    assert noor.post(f"{at}preview/stop/").url == f"{at}members/{kees.pk}/sees/"
    assert noor.get(f"{at}sees/").status_code == 200


def test_no_without_a_reason_ends_the_letter_and_what_it_would_open(noor, at, kees):
    page, _typed = send(noor, at, kees, "link")
    where = link_in(page.content.decode())
    browser = Client()
    for _click in range(2):
        assert browser.post(f"{where}not-now/", follow=True).status_code == 200
    assert browser.get(where).status_code == 404
    assert not kees.grants.filter(revoked_at=None).exists()
    assert not Person.objects.filter(name="Kees").exists()
    shown = noor.get(f"{at}members/{kees.pk}/").content.decode()
    assert "kan nu niet meedoen" in shown


def test_a_closed_link_tells_nothing_whatever_closed_it(noor, at, kees, cast):
    page, _typed = send(noor, at, kees, "link")
    where = link_in(page.content.decode())
    letter = Invitation.objects.get(member=kees)
    noor.post(f"{at}letters/{letter.pk}/withdraw/")
    browser = Client()
    closed, unknown = browser.get(where), browser.get(f"/invitation/{'x' * 43}/")
    assert (closed.status_code, unknown.status_code) == (404, 404)
    assert closed.content == unknown.content
    assert browser.post(f"{where}yes/").status_code == 404
    assert "Noor" not in closed.content.decode()


def test_the_client_reads_that_they_withdrew_or_that_the_link_is_too_old(noor, at, kees):
    send(noor, at, kees, "link")
    Invitation.objects.update(created_at=timezone.now() - VALID, expires_at=timezone.now())
    assert "Er kwam geen antwoord, en de link werkt niet meer." in noor.get(f"{at}members/{kees.pk}/").content.decode()
    noor.post(f"{at}members/{kees.pk}/words/", {"wording": "Nog eens"})
    send(noor, at, kees, "link")
    noor.post(f"{at}letters/{Invitation.objects.latest('created_at').pk}/withdraw/")
    page = noor.get(f"{at}members/{kees.pk}/").content.decode()
    assert "Je trok je vraag aan Kees in op" in page
    assert "Er is niets verstuurd" not in page + noor.get(f"{at}members/").content.decode()


def test_asking_again_begins_with_what_was_chosen_the_first_time(noor, at, kees, cast):
    send(noor, at, kees, "link")
    page = noor.get(f"{at}members/{kees.pk}/sees/").content.decode()
    assert re.search(r'value="goals"[^>]* checked', page)
    sharing.set_topics(by=cast.seat("noor"), member=kees, topics=["crisis"])
    assert re.search(r'value="own"[^>]* checked', noor.get(f"{at}members/{kees.pk}/sees/").content.decode())
    parts = noor.get(f"{at}members/{kees.pk}/sees/parts/").content.decode()
    assert re.findall(r'value="(\w+)"[^>]* checked', parts) == ["crisis"]


def test_sending_again_closes_the_earlier_link(noor, at, kees):
    first, _typed = send(noor, at, kees, "link")
    noor.post(f"{at}members/{kees.pk}/words/", {"wording": "Nog eens"})
    second, _typed = send(noor, at, kees, "link")
    assert Client().get(link_in(first.content.decode())).status_code == 404
    assert "Nog eens" in Client().get(link_in(second.content.decode())).content.decode()


def test_a_second_yes_finds_the_seat_taken(noor, at, kees):
    page, _typed = send(noor, at, kees, "link")
    where, browser = link_in(page.content.decode()), Client()
    assert browser.post(f"{where}yes/").status_code == 302
    assert browser.post(f"{where}yes/").url == at
    assert browser.get(where).url == at  # the letter opened again is a way in, for whoever answered it
    assert Client().get(where).status_code == 404
    assert Client().post(f"{where}yes/").status_code == 404  # for anybody else the link is closed
    assert Member.objects.filter(name="Kees", ended_at=None).count() == 1


def test_an_address_that_has_an_account_is_asked_to_sign_in_first(noor, at, kees, cast):
    send(noor, at, kees, "mail", email="olaf@example.org")
    letter = Invitation.objects.get(member=kees)
    browser = Client()
    answer = browser.post(f"/invitation/{invitations.secret_of(letter)}/yes/")
    assert answer.url.startswith("/sign-in/?next=/invitation/")
    assert Member.objects.get(pk=kees.pk).joined_at is None


def test_a_mail_needs_an_address_and_what_was_typed_stays(noor, at, kees):
    page = noor.post(f"{at}members/{kees.pk}/send/", {"new_id": uuid.uuid4(), "way": "mail", "email": "kees@"})
    assert "kees@" in page.content.decode()
    assert not Invitation.objects.filter(member=kees).exists()


def test_whoever_invites_for_the_client_shares_the_narrowest(cast):
    import datetime as dt

    from django.utils import timezone

    until = timezone.localdate() + dt.timedelta(days=7)
    actions.hand_over(by=cast.seat("noor"), member=cast.members["ruth"], task="invite", until=until)
    ruth = cast.seat("ruth")
    member = actions.nominate(by=ruth, id=uuid.uuid4(), name="Kees", email="kees@example.org")
    invitations.invite(by=ruth, member=member, wording="Kom je?", way="link", topics=list(Topic))
    assert [grant.topic for grant in member.grants.all()] == ["meetings"]
    assert not policy.may_share(ruth)


def test_whoever_tries_link_after_link_is_shut_out_for_a_while(cast):
    browser = Client()
    codes = [browser.get(f"/invitation/{number:043}/").status_code for number in range(12)]
    assert codes[:10] == [404] * 10
    assert codes[-1] == 429
    assert browser.get(f"/invitation/{cast.secret}/").status_code == 429
