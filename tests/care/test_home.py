"""The home of a circle: what each person finds there, and with how few queries."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kring.care.board import agreeing
from kring.care.circles import actions as circle_actions
from kring.care.circles import sharing
from kring.care.circles.topics import Topic
from kring.care.measures import actions as measures
from kring.care.measures import texts
from kring.care.meetings import actions as meeting_actions
from kring.care.plan import actions as plan_actions
from tests.browser.pages import measures as measures_pages
from tests.browser.pages.measures import line_of
from tests.care import routes  # noqa: F401 (the rows need it whole first)
from tests.care.research import study
from tests.care.rows import board as board_rows

MOST_QUERIES = 12


def fill(cast, number):
    """`number` of everything that a circle holds."""
    noor = cast.seat("noor")
    for count in range(number):
        plan_actions.add_dream(by=noor, id=uuid.uuid4(), text=f"Droom {count}")
        goal = plan_actions.add_goal(by=noor, id=uuid.uuid4(), text=f"Doel {count}")
        plan_actions.propose_action(
            by=noor, id=uuid.uuid4(), text=f"Afspraak {count}", goal=goal, owner=cast.members["sanne"]
        )
        circle_actions.add_tie(by=noor, id=uuid.uuid4(), name=f"Naam {count}")
    meeting = meeting_actions.plan_meeting(by=noor, id=uuid.uuid4(), starts_at=timezone.now() + dt.timedelta(days=3))
    meeting_actions.draft_agenda(by=noor, meeting=meeting)
    return meeting


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in caught if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]


@pytest.mark.parametrize("name", ["noor", "sanne"])
def test_home_and_meeting_page_take_twelve_queries_however_much_there_is(client, cast, name):
    client.force_login(cast.people[name])
    counts = []
    for number in (1, 6):
        meeting = fill(cast, number)
        home = f"/c/{cast.circle.pk}/"
        counts.append((len(queries(client, home)), len(queries(client, f"{home}together/{meeting.pk}/"))))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST_QUERIES, counts


def test_a_new_client_is_offered_one_small_step(client, cast):
    client.force_login(cast.noor)
    assert "Wie is belangrijk voor je?" in client.get(f"/c/{cast.circle.pk}/").content.decode()


def test_a_member_sees_the_next_meeting_only_while_it_is_shared(client, cast):
    fill(cast, 1)
    client.force_login(cast.sanne)
    home = f"/c/{cast.circle.pk}/"
    assert "Volgende bijeenkomst" in client.get(home).content.decode()
    grant = cast.members["sanne"].grants.get(topic=Topic.MEETINGS, revoked_at=None)
    sharing.revoke(by=cast.seat("noor"), grant=grant)
    assert "Volgende bijeenkomst" not in client.get(home).content.decode()


def test_a_member_who_has_not_answered_is_asked_once(client, cast):
    meeting = meeting_actions.plan_meeting(
        by=cast.seat("noor"), id=uuid.uuid4(), starts_at=timezone.now() + dt.timedelta(days=3)
    )
    client.force_login(cast.people["sanne"])
    assert b"Zeg of je komt" in client.get(f"/c/{cast.circle.pk}/").content
    meeting_actions.reply(by=cast.seat("sanne"), meeting=meeting, answer="yes")
    assert b"Zeg of je komt" not in client.get(f"/c/{cast.circle.pk}/").content


def test_a_member_without_an_address_is_told_how_to_come_back(client, cast):
    sanne = cast.people["sanne"]
    client.force_login(sanne)
    assert b"Zorg dat je terug kunt komen" not in client.get(f"/c/{cast.circle.pk}/").content
    sanne.email = None
    sanne.save()
    assert b"Zorg dat je terug kunt komen" in client.get(f"/c/{cast.circle.pk}/").content


def test_an_empty_form_says_what_to_do(client, cast):
    client.force_login(cast.people["noor"])
    page = client.post(f"/c/{cast.circle.pk}/handovers/", {"until": ""}).content.decode()
    assert "Maak een keuze." in page
    assert "Vul dit in." in page
    assert "verplicht" not in page
    assert "?:" not in page
    page = client.post(f"/c/{cast.circle.pk}/decisions/", {"every_weeks": "0", "version": "2"}).content.decode()
    assert "Vul 1 of meer in." in page
    assert "verplicht" not in client.post(f"/c/{cast.circle.pk}/together/new/", {"minutes": ""}).content.decode()


def test_a_proposal_waits_for_the_client_only(client, cast):
    plan_actions.propose_action(by=cast.seat("pieter"), id=uuid.uuid4(), text="Samen naar de markt")
    for name, seen in [("noor", True), ("ximena", False)]:
        client.force_login(cast.people[name])
        assert ("Samen naar de markt" in client.get(f"/c/{cast.circle.pk}/").content.decode()) == seen


def home_of(client, cast, name):
    client.force_login(cast.people[name])
    return client.get(f"/c/{cast.circle.pk}/").content.decode()


def test_questions_that_wait_are_the_next_step_and_are_not_named(client, cast):
    line = line_of(cast, "kring-checkin")
    page = home_of(client, cast, "noor")
    assert f"/progress/{line.pk}/open/" in page
    assert "Er wacht een pagina met vragen op je" in page
    assert texts.title_of("kring-checkin") not in page
    assert "Wie is belangrijk voor je?" not in page  # one step at a time
    for other in ("sanne", "ruth"):
        assert "pagina met vragen" not in home_of(client, cast, other)
    measures_pages.fill(cast, line, 2)
    assert "pagina met vragen" not in home_of(client, cast, "noor")


def test_what_was_begun_is_gone_on_with(client, cast):
    measures_pages.begun(cast)
    assert "Je begon aan een pagina met vragen" in home_of(client, cast, "noor")


def test_proposed_questions_are_the_next_step_once_until_the_client_looked(client, cast):
    said, step = "Iemand stelt je iets voor", "Wie is belangrijk voor je?"
    for instrument in ("kring-checkin", "kring-life"):
        measures.plan(by=cast.seat("ruth"), id=uuid.uuid4(), instrument=instrument, respondent="client")
    page = home_of(client, cast, "noor")
    assert page.count(said) == 1
    assert step not in page
    assert texts.title_of("kring-checkin") not in page
    for other in ("sanne", "ruth"):
        assert said not in home_of(client, cast, other)
    client.force_login(cast.noor)
    assert client.get(f"/c/{cast.circle.pk}/progress/").content.decode().count("stelt dit voor") == 2
    page = home_of(client, cast, "noor")
    assert said not in page
    assert step in page


def test_a_member_finds_their_own_questions_at_home(client, cast):
    measures.begin_own(by=cast.seat("sanne"), id=uuid.uuid4(), instrument="kring-naaste")
    assert "pagina met vragen" in home_of(client, cast, "sanne")
    assert "pagina met vragen" not in home_of(client, cast, "noor")


def test_early_signs_wait_as_a_message_until_they_are_read(client, cast):
    link = board_rows.noors_link(cast)
    agreeing.choose(by=cast.seat("noor"), wanted={cast.members["sanne"].pk: ["notices", "told"]})
    assert "Als ik iets merk" in home_of(client, cast, "sanne")
    assert "Als ik iets merk" not in home_of(client, cast, "ximena")
    agreeing.notice(by=cast.seat("noor"), id=uuid.uuid4(), colour="red")
    assert "Er is een bericht voor je" in home_of(client, cast, "sanne")
    assert "rood" not in home_of(client, cast, "sanne").lower()
    client.get(f"/c/{cast.circle.pk}/signs/", follow=True)
    assert "Er is een bericht voor je" not in home_of(client, cast, "sanne")
    assert "Er is een bericht voor je" not in home_of(client, cast, "noor")  # it is her own
    agreeing.answer(by=board_rows.desk(cast), sign=link.signs.get(), reply="We bellen je.")
    assert "Er is een bericht voor je" in home_of(client, cast, "noor")


def test_a_study_waits_at_home_until_the_client_looked(client, cast):
    edition = study.opened(cast)
    page = home_of(client, cast, "noor")
    assert f"/research/{edition.pk}/" in page
    assert edition.title_nl not in page
    assert "Er is een vraag voor je" not in home_of(client, cast, "ruth")
    client.force_login(cast.noor)
    client.get(f"/c/{cast.circle.pk}/research/{edition.pk}/")
    assert "Er is een vraag voor je" not in home_of(client, cast, "noor")
