"""A look over many circles is one row until somebody reads: no reader misses it, and each line is made once."""

import ast
import json
import uuid
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from kring.care import second_guard
from kring.care.audit import reading, seals
from kring.care.audit.actions import record_each
from kring.care.audit.models import Event, Folded, Sealed
from kring.care.board import agreeing, waiting
from kring.care.board.desk import desk_of
from kring.care.circles import log
from kring.care.export import readable
from kring.care.export.document import document
from kring.care.jobs import queue_periodic, run_due
from tests.care import routes  # noqa: F401 (before its rows)
from tests.care.rows import board as rows
from tests.care.test_at_once import at_once

pytestmark = pytest.mark.django_db
CARE = Path(seals.__file__).parents[1]


@pytest.fixture
def looked(cast, client):
    """Ruth, who has a post in the team and a seat with Noor, looked at the team's board; it waits to be unfolded."""
    rows.noors_link(cast)
    reading.unfold()
    client.force_login(cast.ruth)
    assert client.get(f"/team/{cast.team.pk}/").status_code == 200
    assert Folded.objects.count() == 1
    return Folded.objects.get()


def page(cast, client, where):
    client.force_login(cast.noor)
    return client.get(f"/c/{cast.circle.pk}/{where}/").content.decode()


HER_LOOK = "Ruth van je zorgteam keek naar het bord van je team"
READERS = {
    "who looked": lambda cast, client: HER_LOOK in page(cast, client, "log"),
    "the client's page of the board": lambda cast, client: HER_LOOK in page(cast, client, "board"),
    "the client's file": lambda cast, client: any(
        (line["verb"], line["thing"], line["rule"]) == ("viewed", "board", "board link")
        for line in document(cast.circle.pk)["log"]
    ),
    "the client's file in words": lambda cast, client: HER_LOOK in told(readable.whole(cast.seat("noor"))),
    "a member's own file": lambda cast, client: HER_LOOK in told(readable.about(cast.seat("ruth"))),
    "the sealing": lambda cast, client: (
        seals.seal_all() and Sealed.objects.filter(event_id=Event.objects.latest("pk").pk)
    ),
    "the check of the seals": lambda cast, client: list(seals.problems()) == [],
    "the worker": lambda cast, client: (queue_periodic(), run_due())[0] is None,
}


def told(file):
    return "\n".join(line.words for day in file.days for line in day.lines)


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_misses_no_look(cast, client, looked, reader):
    with translation.override("nl"):
        assert READERS[reader](cast, client)
    assert not Folded.objects.filter(pk=looked.pk).exists()
    assert (
        Event.objects.filter(circle_id=cast.circle.pk, thing="board", at=looked.at, actor_id=cast.ruth.pk).count() == 1
    )


def test_a_sign_that_was_read_on_the_board_is_not_new(cast, client):
    rows.noors_link(cast)
    agreeing.choose(by=cast.seat("noor"), wanted={cast.members["ruth"].pk: ["told"]})
    agreeing.notice(by=cast.seat("noor"), id=uuid.uuid4(), colour="orange")
    assert [bool(one.title) for one in waiting.signs(cast.seat("ruth"))] == [True]
    client.force_login(cast.ruth)
    client.get(f"/team/{cast.team.pk}/")
    assert Folded.objects.exists()
    assert [bool(one.title) for one in waiting.signs(cast.seat("ruth"))] == [False]


def test_nobody_reads_the_trail_but_through_the_door():
    """Outside the room of the trail, no code has its table or its model in hand."""
    beside = {"second_guard.py", "copies.py", "export/declared.py"}  # rules, backups and declarations: no reading
    for path in CARE.rglob("*.py"):
        if path.is_relative_to(CARE / "audit") or "migrations" in path.parts:
            continue
        taken = {
            name.name
            for one in ast.walk(ast.parse(path.read_text()))
            if isinstance(one, ast.ImportFrom) and one.module in ("kring.care.audit", "kring.care.audit.models")
            for name in one.names
        }
        assert taken <= {"Brought", "Line", "seals"}, path
        named = {"audit_event", "audit.Event", "audit_folded", "audit.Folded"}
        texts = (one.value for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Constant))
        found = [text for text in texts if isinstance(text, str) and any(name in text for name in named)]
        assert not found or path.relative_to(CARE).as_posix() in beside, (path, found)


def test_who_keeps_a_query_may_ask_only_for_what_is_never_folded(cast):
    with pytest.raises(ValueError, match="board"):
        reading.looks_at("board")
    with pytest.raises(ValueError, match="plan"):
        record_each(by=desk_of(cast.tom, cast.team.pk), circles=[uuid.uuid4()], verb="viewed", thing="plan", rule="r")


def test_a_look_at_many_is_one_row_and_then_a_line_for_the_whole_and_for_each(cast):
    desk, circles, board = desk_of(cast.tom, cast.team.pk), [uuid.uuid4(), uuid.uuid4()], uuid.uuid4()
    last = Event.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    said = {"by": desk, "verb": "viewed", "thing": "board", "fields": ["phase"], "rule": "link"}
    with CaptureQueriesContext(connection) as caught:
        record_each(**said, circles=circles, whole=(board, "post"))
    assert len(caught) == 1
    assert not Event.objects.filter(pk__gt=last).exists()
    lines = [line for line in reading.events().order_by("pk") if line.pk > last]
    assert [(line.circle_id, line.thing_id, line.rule) for line in lines] == [
        (None, board, "post"), *((each, None, "link") for each in circles),
    ]  # fmt: skip
    for line in lines:
        assert (line.actor_id, line.actor_name, line.actor_role) == (cast.tom.pk, cast.tom.name, desk.role)
        assert (line.verb, line.thing, line.fields, line.break_glass) == ("viewed", "board", ["phase"], False)
        assert (line.on_behalf_of_id, timezone.now() - line.at < timezone.timedelta(minutes=1)) == (None, True)
    record_each(**said, circles=[])
    assert reading.unfold() == 0
    record_each(**said, circles=[], whole=(board, "post"))  # nobody's circle: a line as any other
    assert Event.objects.latest("pk").thing_id == board
    record_each(**said, circles=circles)
    assert [line.circle_id for line in reading.events().order_by("-pk")[:2]] == circles[::-1]


def test_what_breaks_off_in_the_middle_is_not_done_and_then_done_once(cast, looked, monkeypatch):
    lines = Event.objects.count()

    def break_off(*_words):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(type(Folded.objects.all()), "delete", break_off)
        with pytest.raises(KeyboardInterrupt):
            reading.unfold()
    assert (Event.objects.count(), Folded.objects.count()) == (lines, 1)
    assert reading.unfold() == 1
    assert reading.unfold() == 0
    assert Event.objects.count() == lines + 2  # the board, and Noor's circle


@pytest.mark.parametrize("statement", ["DELETE FROM audit_folded", "UPDATE audit_folded SET circles = '[]'"])
def test_a_look_that_was_not_unfolded_cannot_be_changed_or_taken_away(looked, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Folded.objects.count() == 1


@pytest.mark.second_guard
def test_only_the_installation_finds_what_waits_to_be_unfolded(cast, looked):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no rules for rows")
    for name in ("noor", "ruth", "tom", "olaf"):
        with second_guard.asking_for(str(cast.people[name].pk)):
            assert not Folded.objects.exists()
            reading.unfold()
            assert second_guard.current() == str(cast.people[name].pk)
    assert not Folded.objects.exists()


def test_a_log_stands_in_the_order_in_which_things_happened(cast, looked):
    Event.objects.create(
        at=timezone.now(), circle_id=cast.circle.pk, actor_id=cast.sanne.pk, actor_name="Sanne", actor_role="partner",
        verb="viewed", thing="plan", rule="grant plan",
    )  # fmt: skip
    found = list(log.events(cast.seat("noor")))
    assert found[0].thing == "board"  # unfolded last, but seen first
    said = [line.words.split()[0] for day in log.days(found, cast.noor.pk) for line in day.lines]
    assert said[0] == "Sanne"
    assert json.dumps(document(cast.circle.pk)["log"][-1]).count('"plan"') == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_unfold_at_once_and_one_who_looks_make_each_line_once(cast):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    desk, circles = desk_of(cast.tom, cast.team.pk), [uuid.uuid4() for _ in range(20)]

    def look():
        for _ in range(10):
            record_each(by=desk, circles=circles, verb="viewed", thing="board", rule="link")
        return 0

    look()
    said = at_once(reading.unfold, look, reading.unfold, reading.unfold)
    assert sum(said) + reading.unfold() == 20, said
    assert Event.objects.filter(circle_id__in=circles).count() == 400
