"""What a client meets: the question, their own rows, yes and no alike, and taking back."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from kring.care.audit.models import Event
from kring.care.circles import actions as circles
from kring.care.circles.models import Circle
from kring.care.research import actions, policy
from kring.care.research.models import Consent
from kring.care.stored import Denied
from tests.care.research import study

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(cast):
    return study.opened(cast)


def page(cast, edition, person="noor"):
    browser = Client()
    browser.force_login(cast.people[person])
    return browser, f"/c/{cast.circle.pk}/research/{edition.pk}/"


def test_the_client_reads_exactly_what_would_leave(cast, edition):
    start = timezone.localdate() - timezone.timedelta(days=300)
    study.filled(study.line(cast, starts_on=start, months=[0, 9]), 0, {"hope": 1.75, "difficulties": 0.25})
    browser, where = page(cast, edition)
    found = browser.get(where).content.decode()
    assert "<td>1,75</td>" in found
    assert "Er is niets ingevuld" in found
    assert "0,25" not in found


def test_yes_no_and_back_with_two_clicks_each(cast, edition):
    browser, where = page(cast, edition)
    for word, standing in (
        ("yes", "yes"),
        ("yes", "yes"),
        ("no", "no"),
        ("yes", "yes"),
        ("back", None),
        ("back", None),
    ):
        assert browser.post(where, {"answer": word}).status_code == 302
        assert Consent.objects.filter(revoked_at=None).values_list("answer", flat=True).first() == standing
    assert list(Consent.objects.order_by("created_at").values_list("answer", flat=True)) == ["yes", "no", "yes"]
    verbs = Event.objects.filter(thing="study", circle_id=cast.circle.pk).exclude(verb="viewed").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "agreed to research", "declined research", "agreed to research", "took back research",
    ]  # fmt: skip
    assert browser.post(where, {"answer": "perhaps"}).status_code == 404


def test_both_buttons_look_the_same(cast, edition):
    browser, where = page(cast, edition)
    found = browser.get(where).content.decode()
    assert '<button name="answer" value="yes">' in found
    assert '<button name="answer" value="no">' in found


def test_nobody_answers_for_the_client(cast, edition):
    for name in ("ruth", "sanne"):
        with pytest.raises(Denied):
            actions.answer(by=cast.seat(name), edition=edition, yes=True)
        with pytest.raises(Denied):
            actions.take_back(by=cast.seat(name), edition=edition)
    Circle.objects.update(on_paper=True)
    with pytest.raises(Denied):
        actions.answer(by=cast.seat("ruth"), edition=edition, yes=True)


def test_only_clients_of_the_organisation_are_asked(cast, edition):
    other = circles.start_circle(by=cast.olaf, client=cast.olaf)
    from kring.care.circles.seats import seat_or_404

    olaf = seat_or_404(cast.olaf, other.pk)
    assert not policy.editions_for(olaf).exists()
    with pytest.raises(Denied):
        actions.answer(by=olaf, edition=edition, yes=True)


def test_a_draft_is_seen_by_no_client(cast):
    draft = study.drafted(cast)
    browser, where = page(cast, draft)
    assert browser.get(where).status_code == 404
    assert b"Helpt een kring" not in browser.get(f"/c/{cast.circle.pk}/research/").content


def test_a_yes_outlives_the_link_with_the_team_and_can_still_be_taken_back(cast, edition):
    actions.answer(by=cast.seat("noor"), edition=edition, yes=True)
    circles.link_team(by=cast.seat("noor"), team=None)
    browser, where = page(cast, edition)
    assert browser.get(where).status_code == 200
    assert policy.standing_yes(edition).exists()
    assert browser.post(where, {"answer": "back"}).status_code == 302
    assert not policy.standing_yes(edition).exists()


def test_a_closed_circle_sends_nothing(cast, edition):
    actions.answer(by=cast.seat("noor"), edition=edition, yes=True)
    circles.set_circle_state(by=cast.seat("noor"), state="closed")
    assert not policy.standing_yes(edition).exists()
    assert policy.not_taken_back(edition).exists()  # it took nothing back: rows that left may stay


def test_an_erased_circle_is_still_named_as_one_to_delete(cast, edition):
    from kring.care.home.leaving import erase

    study.registry(cast, edition)
    actions.answer(by=cast.seat("noor"), edition=edition, yes=True)
    start = timezone.localdate() - timezone.timedelta(days=300)
    study.filled(study.line(cast, starts_on=start, months=[0]), 0, {"hope": 2})
    export = study.table(cast, edition)
    actions.take(by=cast.rik, export=export)
    export.refresh_from_db()
    erase(cast.circle.pk)
    assert len(actions.to_delete(by=cast.rik, export=export)) == 1


def test_the_log_says_who_made_a_table_and_why(cast, edition):
    study.registry(cast, edition)
    actions.answer(by=cast.seat("noor"), edition=edition, yes=True)
    start = timezone.localdate() - timezone.timedelta(days=300)
    study.filled(study.line(cast, starts_on=start, months=[0]), 0, {"hope": 2})
    study.table(cast, edition)
    browser, where = page(cast, edition)
    found = browser.get(f"/c/{cast.circle.pk}/log/").content.decode()
    assert "Onderzoeker Rik maakte een tabel met jouw scores, zonder je naam, omdat jij ja zei" in found
    assert "Rik" in browser.get(where).content.decode()


def test_an_answer_goes_along_and_opens_nothing_elsewhere(cast, edition):
    from kring.care.export.document import document

    given = actions.answer(by=cast.seat("noor"), edition=edition, yes=True)
    row = document(cast.circle.pk)["rows"]["research.Consent"][0]
    assert row["title"] == "Helpt een kring?"
    assert row["responsible"] == "GGZ De Linde"
    Consent.objects.filter(pk=given.pk).update(edition=None, team=None)  # as it is after bringing
    browser, _where = page(cast, edition)
    assert b"Helpt een kring?" in browser.get(f"/c/{cast.circle.pk}/research/").content
    assert not policy.standing_yes(edition).exists()


def test_a_strange_address_finds_nothing(cast, edition):
    browser, _where = page(cast, edition)
    assert browser.get(f"/c/{cast.circle.pk}/research/{uuid.uuid4()}/").status_code == 404
