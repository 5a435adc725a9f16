"""A client on paper is asked too: somebody writes down what they said. And letters say that a question waits."""

import datetime as dt

import pytest
from django.utils import timezone

from kring.care import jobs
from kring.care.audit.models import Event
from kring.care.circles import actions as circle_actions
from kring.care.circles.seats import seat_or_404
from kring.care.people.models import Person
from kring.care.research import actions, policy
from kring.care.research.models import Consent
from kring.care.stored import Denied
from tests.care.research import study


@pytest.fixture
def paper(cast):
    """Wil takes part on paper, and Ruth types."""
    wil = Person.objects.create_user(name="Wil")
    circle = circle_actions.start_circle(by=cast.ruth, client=wil, team=cast.team, on_paper=True)
    return seat_or_404(cast.ruth, circle.pk)


def page_of(client, cast, seat, edition):
    client.force_login(cast.ruth)
    return f"/c/{seat.circle_id}/research/{edition.pk}/"


def test_what_the_client_said_is_written_down_with_who_and_when(client, cast, paper):
    edition = study.opened(cast)
    address = page_of(client, cast, paper, edition)
    assert address in client.get(f"/c/{paper.circle_id}/").content.decode()
    assert "De regels zelf zie jij niet" in client.get(address).content.decode()
    day = timezone.localdate() - dt.timedelta(days=2)
    client.post(address, {"answer": "yes", "way": "signed", "said_on": day.isoformat()})
    given = Consent.objects.get()
    assert (given.answer, given.way, given.said_on, given.written_by) == ("yes", "signed", day, cast.ruth)
    line = Event.objects.filter(circle_id=paper.circle_id, thing="study").exclude(verb="viewed").get()
    assert (line.verb, line.actor_id, line.fields) == (
        "agreed to research on paper",
        cast.ruth.pk,
        ["signed", str(day)],
    )
    assert list(policy.standing_yes(edition)) == [given]
    client.post(address, {"answer": "back"})
    assert not policy.standing_yes(edition).exists()


def test_without_how_and_when_nothing_is_written(client, cast, paper):
    edition = study.opened(cast)
    address = page_of(client, cast, paper, edition)
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    for given in ({"answer": "yes"}, {"answer": "yes", "way": "spoken", "said_on": tomorrow}):
        assert 'class="errors"' in client.post(address, given).content.decode()
    assert not Consent.objects.exists()


def test_for_a_client_with_an_account_nobody_writes_down(cast):
    edition = study.opened(cast)
    with pytest.raises(Denied):
        actions.answer(by=cast.seat("ruth"), edition=edition, yes=True, way="spoken", said_on=timezone.localdate())
    with pytest.raises(Denied):  # nor says the client that somebody else wrote it
        actions.answer(by=cast.seat("noor"), edition=edition, yes=True, way="spoken", said_on=timezone.localdate())


def test_a_letter_says_that_a_question_waits_and_nothing_about_it(cast, paper, mailoutbox):
    edition = study.opened(cast)
    jobs.run_due()
    letter = next(one for one in mailoutbox if f"/research/{edition.pk}/" in one.body)
    assert [one for one in mailoutbox if "/research/" in one.body] == [letter]  # none for whoever is on paper
    assert cast.noor.email in letter.to[0]
    for word in (edition.title_nl, edition.purpose_nl, "onderzoek", "studie", "kring?"):
        assert word not in letter.body.replace("/research/", "") + letter.subject
    assert jobs_again(edition) == "told before"


def test_in_a_pause_no_letter_comes_and_the_question_waits_at_home_when_the_circle_goes_on(client, cast, mailoutbox):
    home, said = f"/c/{cast.circle.pk}/", "Er is een vraag voor je"
    circle_actions.set_circle_state(by=cast.seat("noor"), state="paused")
    edition = study.opened(cast)
    jobs.run_due()
    client.force_login(cast.noor)
    assert [one for one in mailoutbox if "/research/" in one.body] == []
    assert said not in client.get(home).content.decode()
    assert policy.asks(edition, cast.seat("noor"))  # whoever looks for it may answer, also in a pause
    circle_actions.set_circle_state(by=cast.seat("noor"), state="open")  # the client is here: a letter adds nothing
    assert said in client.get(home).content.decode()
    client.get(f"{home}research/{edition.pk}/")
    assert said not in client.get(home).content.decode()


def jobs_again(edition):
    from kring.care.research.jobs import announce

    return announce.call(str(edition.pk))
