"""Taking everything along and bringing it elsewhere: nothing is lost, nothing half-done, nobody gets a seat by it."""

import datetime as dt
import json
import uuid

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kring.care import second_guard
from kring.care.audit import guards
from kring.care.audit.models import Brought, Event
from kring.care.board import agreeing
from kring.care.board.models import Agreement, Sign
from kring.care.circles import actions, sharing
from kring.care.circles.models import Circle, Interview, Member, Tie
from kring.care.circles.seats import seat_of
from kring.care.export import bringing, readable
from kring.care.export.bringing import Faulty, bring
from kring.care.export.declared import EXPORTED, KEPT_BACK, LOG
from kring.care.export.document import document
from kring.care.measures.models import Measurement
from kring.care.meetings import actions as meetings
from kring.care.meetings import holding
from kring.care.people.models import Person
from kring.care.plan import actions as plan
from kring.care.research import actions as research
from kring.care.research.models import Consent
from tests.care import routes  # noqa: F401 (the rows need it whole first)
from tests.care.research import study
from tests.care.rows import board as board_rows
from tests.care.test_printed import words_of

TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60
)
WORDS = TEXT.filter(lambda text: text.strip() == text)


def test_every_field_is_exported_or_kept_back_with_a_reason():
    undeclared = []
    for model in second_guard.ours():
        label = model._meta.label
        named = set(EXPORTED.get(label, "").split()) | (
            set(LOG) if label in ("audit.Event", "audit.Brought") else set()
        )
        for field in model._meta.concrete_fields:
            if not ({label, f"{label}.{field.name}"} & set(KEPT_BACK)) and field.name not in named:
                undeclared.append(f"{label}.{field.name}")
    assert undeclared == [], "say in export.declared whether clients take them along"
    assert all(KEPT_BACK.values())


def lived_in(cast, ties=("Opa",), dream="Een hond"):
    """A circle with something of most kinds."""
    noor = cast.seat("noor")
    for name in ties:
        actions.add_tie(by=noor, id=uuid.uuid4(), name=name, note=name)
    plan.add_dream(by=noor, id=uuid.uuid4(), text=dream)
    sharing.share(by=noor, topic="map", role="everyone")
    Interview.objects.create(circle=cast.circle, member=cast.members["sanne"], held_by=cast.ruth, expectations="geheim")
    return document(cast.circle.pk)


def forget(circle_id):
    """Empty the tables of this circle, as in an installation that never knew it."""
    for statement in guards.taking_down(connection.vendor):
        _run(statement)
    Interview.objects.all().delete()
    Member.objects.update(tie=None)
    for label in reversed(EXPORTED):
        apps.get_model(label)._default_manager.all().delete()
    Event.objects.all().delete()
    guards.put_up(connection)


def _run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def without_import(found):
    found["log"] = [line for line in found["log"] if line["verb"] != "imported"]
    return found


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(names=st.lists(WORDS, min_size=1, max_size=3), dream=WORDS)
def test_out_and_in_again_loses_nothing(cast, names, dream):
    with transaction.atomic():
        taken = lived_in(cast, names, dream)
        forget(cast.circle.pk)
        client = Person.objects.create_user(f"{uuid.uuid4()}@example.org", name="Noor")
        bring(by=client, content=json.dumps(taken).encode())
        again = without_import(document(cast.circle.pk))
        assert again["rows"] == taken["rows"]
        assert again["log"] == taken["log"]
        assert again["people"] == taken["people"]
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_what_the_board_and_research_know_of_a_client_comes_in_again_as_it_was(cast):
    agreeing.answer(by=board_rows.desk(cast), sign=Sign.objects.get(pk=board_rows.a_sign(cast)), reply="We bellen je.")
    research.answer(by=cast.seat("noor"), edition=study.opened(cast), yes=True)
    Consent.objects.update(way="signed", said_on=timezone.localdate(), written_by=cast.ruth)
    taken = document(cast.circle.pk)
    kinds = ["board.Agreement", "board.Chosen", "board.Sign", "board.Told", "research.Consent"]
    assert all(taken["rows"][kind] for kind in kinds)
    forget(cast.circle.pk)
    circle = bring(by=cast.noor, content=json.dumps(taken).encode())
    again = without_import(document(circle.pk))
    assert {kind: again["rows"][kind] for kind in kinds} == {kind: taken["rows"][kind] for kind in kinds}
    assert again["people"] == taken["people"]
    assert Agreement.objects.get().team is None  # it is told, and links to no team here


@pytest.mark.django_db
def test_what_was_brought_is_the_bringers_and_gives_nobody_else_a_seat(cast):
    taken = lived_in(cast)
    forget(cast.circle.pk)
    circle = bring(by=cast.olaf, content=json.dumps(taken).encode())
    assert circle.client == cast.olaf
    assert Tie.objects.get(circle=circle).name == "Opa"
    assert all(seat_of(cast.people[name], circle.pk) is None for name in ("noor", "sanne", "ruth"))
    assert Brought.objects.filter(circle_id=circle.pk).count() == len(taken["log"])
    assert Event.objects.get(circle_id=circle.pk).verb == "imported"


@pytest.mark.django_db
def test_the_client_reads_what_happened_before_it_was_brought(cast, client):
    taken = lived_in(cast)
    forget(cast.circle.pk)
    circle = bring(by=cast.olaf, content=json.dumps(taken).encode())
    client.force_login(cast.olaf)
    page = client.get(f"/c/{circle.pk}/log/?who=all").content.decode()
    assert "Wat er gebeurde voordat je hem hier bracht" in page
    assert "Je begon" not in page
    assert "begon je kring" in client.get(f"/c/{circle.pk}/log/?who=elsewhere").content.decode()


@pytest.mark.django_db
def test_talks_and_addresses_of_accounts_are_not_in_the_file(cast):
    text = json.dumps(lived_in(cast))
    assert "geheim" not in text
    assert cast.noor.email not in text


def spoiled(taken, change):
    change(taken)
    return json.dumps(taken).encode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(kring=2), "not a circle from Kring"),
        (lambda d: d["rows"]["circles.Tie"][0].update(name="x" * 81), "circles.Tie 1, name"),
        (lambda d: d["rows"]["circles.Tie"][0].update(ring="outer space"), "circles.Tie 1, ring"),
        (lambda d: d["rows"]["circles.Tie"][0].update(created_at="yesterday"), "circles.Tie 1, created_at"),
        (lambda d: d["rows"]["circles.Tie"][0].update(circle=str(uuid.uuid4())), "circles.Tie 1, circle"),
        (lambda d: d["rows"]["circles.Tie"][0].pop("note"), "circles.Tie 1: other fields"),
        (lambda d: d["rows"]["circles.Circle"][0].update(client="p99"), "whose circle"),
        (lambda d: d["rows"]["circles.Member"][0].update(person="p99"), "circles.Member 1, person"),
        (lambda d: d["log"][0].update(at=5), "log 1"),
        (lambda d: d["rows"].pop("plan.Goal"), "plan.Goal"),
        (lambda d: d["people"].update(p1={"name": 7}), "people p1"),
        (lambda d: d["rows"]["circles.Circle"][0].update(client=[]), "whose circle"),
        (lambda d: d["rows"]["circles.Circle"][0].update(phase=1e999), "not JSON"),
        (lambda d: d["rows"]["circles.Tie"][0].update(id=[]), "circles.Tie 1, id"),
        (lambda d: d["rows"]["circles.Tie"][0].update(created_at="0001-01-01"), "circles.Tie 1, created_at"),
        (lambda d: d["rows"]["circles.Tie"][0].update(removed_at="9999-12-31T23:59:59Z"), "circles.Tie 1, removed_at"),
        (lambda d: d["rows"]["circles.Tie"][0].update(note="half \ud83d"), "cannot be kept"),
        (lambda d: d["rows"]["circles.Tie"][0].update(note="a\x00b"), "cannot be kept"),
        (lambda d: d["log"][0].update(at="9999-12-31T23:59:59Z"), "log 1"),
    ],
)
def test_a_spoiled_file_is_refused_by_place_and_leaves_nothing(cast, change, said):
    taken = lived_in(cast)
    forget(cast.circle.pk)
    before = Person.objects.count()
    with translation.override("en"), pytest.raises(Faulty, match=said):
        bring(by=cast.olaf, content=spoiled(taken, change))
    assert (Circle.objects.count(), Tie.objects.count(), Person.objects.count()) == (0, 0, before)


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b"[]", b'{"kring": 1}', b"[" * 100_000, b"1" * 5_000])
def test_what_is_no_such_file_at_all_is_refused(cast, content):
    with pytest.raises(Faulty):
        bring(by=cast.olaf, content=content)


@pytest.mark.parametrize("answers", [[], "", 7])
def test_answers_are_brought_only_in_the_shape_that_pages_read(answers):
    with pytest.raises(ValidationError):
        bringing._value(Measurement._meta.get_field("answers"), answers, {}, {})


@pytest.mark.django_db
def test_a_circle_that_is_here_already_is_not_brought_again(cast):
    with pytest.raises(Faulty):
        bring(by=cast.olaf, content=json.dumps(lived_in(cast)).encode())
    assert Circle.objects.get().client == cast.noor


@pytest.mark.django_db
def test_the_page_takes_a_file_and_names_what_is_wrong(cast, client):
    taken = lived_in(cast)
    client.force_login(cast.olaf)
    wrong = client.post("/bring/", {"file": SimpleUploadedFile("x.json", b"hello")})
    assert "geen JSON" in wrong.content.decode()
    forget(cast.circle.pk)
    file = SimpleUploadedFile("kring.json", json.dumps(taken).encode())
    assert client.post("/bring/", {"file": file}).status_code == 302
    assert client.get(f"/c/{cast.circle.pk}/").status_code == 200


@pytest.mark.django_db
def test_the_client_downloads_all_three_forms_and_the_log_says_so(cast, client):
    lived_in(cast)
    client.force_login(cast.noor)
    where = f"/c/{cast.circle.pk}/data/"
    readable = client.get(where + "readable/")
    assert "attachment" in readable.headers["Content-Disposition"]
    assert all(words in readable.content.decode() for words in ("Opa", "Een hond", "Sanne"))
    assert "geheim" not in readable.content.decode()
    assert json.loads(client.get(where + "json/").content)["kring"] == 1
    assert "Een hond" in words_of(client.get(where + "pdf/").content)
    assert Event.objects.filter(verb="exported", thing="everything").count() == 3


@pytest.mark.django_db
def test_the_clients_file_says_at_which_meeting_and_about_what_something_was_decided(cast):
    noor, begins = cast.seat("noor"), dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
    goal = plan.add_goal(by=noor, id=uuid.uuid4(), text="Weer zingen")
    meeting = meetings.plan_meeting(by=noor, id=uuid.uuid4(), starts_at=begins)
    point = next(point for point in meetings.draft_agenda(by=noor, meeting=meeting) if point.goal_id == goal.pk)
    holding.decide(by=noor, meeting=meeting, point=point, id=uuid.uuid4(), text="Op maandag naar het koor.")
    meetings.write_notes(by=noor, point=point, version=point.version, notes="Het koor begint om acht uur.")
    with translation.override("nl"):
        told = {section.title: section.things for section in readable.whole(noor).sections}
    when = ("Bijeenkomst van", "4 mei 2026, 14:00")
    assert [when, ("Wat hebben jullie besloten?", "Op maandag naar het koor.")] in told["Wat er besloten is"]
    said = ("Wat er is gezegd", "Het koor begint om acht uur.")
    assert told["Waarover gepraat is"] == [[when, ("Wat is het?", "Een doel"), ("Doel", "Weer zingen"), said]]


@pytest.mark.django_db
def test_a_member_takes_along_what_is_about_them_and_nothing_else(cast, client):
    lived_in(cast)
    client.force_login(cast.sanne)
    found = client.get(f"/c/{cast.circle.pk}/data/about-me/").content.decode()
    assert "geheim" in found  # her own talk
    assert "Een hond" not in found
    assert "Pieter" not in found
    assert client.get(f"/c/{cast.circle.pk}/data/json/").status_code == 404
