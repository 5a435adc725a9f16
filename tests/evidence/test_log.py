"""The append-only log: order does not matter, edits show, an interrupted write loses nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kring.evidence import log
from kring.evidence.problem import Problem


def decide(record: str, decision: str = "include", at: str | None = None) -> dict:
    return log.event(stage="title_abstract", reviewer="ann", record_id=record, decision=decision, at=at)


def test_events_come_back_as_they_went_in(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    events = [decide("a-1"), decide("a-2", "exclude")]
    assert log.append(path, events) == 2
    assert log.read(path) == events


def test_the_same_event_twice_is_one_event(tmp_path: Path) -> None:
    path, event = tmp_path / "decisions.jsonl", decide("a-1")
    log.append(path, [event])
    assert log.append(path, [event]) == 0
    assert len(path.read_text().splitlines()) == 1


def test_an_edited_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    log.append(path, [decide("a-1"), decide("a-2")])
    path.write_text(path.read_text().replace('"record_id": "a-2"', '"record_id": "a-3"'))
    with pytest.raises(Problem, match=r"line 2.*changed by hand.*undo it and decide again"):
        log.read(path)


def test_a_torn_last_line_is_set_aside_and_the_rest_is_kept(tmp_path: Path) -> None:
    path, first, second = tmp_path / "decisions.jsonl", decide("a-1"), decide("a-2")
    log.append(path, [first])
    with path.open("a") as file:
        file.write('{"id": "half')
    assert log.read(path) == [first]
    log.append(path, [second])
    assert log.read(path) == [first, second]
    assert (tmp_path / "decisions.torn").read_text() == '{"id": "half\n'


def test_a_merge_conflict_is_named(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    log.append(path, [decide("a-1")])
    path.write_text(path.read_text() + "<<<<<<< HEAD\n")
    with pytest.raises(Problem, match=r"line 2.*merge conflict"):
        log.read(path)


def test_an_undo_of_a_missing_event_is_named(tmp_path: Path) -> None:
    path, event = tmp_path / "decisions.jsonl", decide("a-1")
    log.append(path, [log.undo(event, reviewer="ann")])
    with pytest.raises(Problem, match=r"line 1.*not in the log"):
        log.read(path)


def test_an_undo_cannot_be_undone() -> None:
    with pytest.raises(Problem, match="Make the decision again"):
        log.undo(log.undo(decide("a-1"), reviewer="ann"), reviewer="ann")


@given(st.data())
def test_what_stands_does_not_depend_on_the_order_of_the_lines(data: st.DataObject) -> None:
    words = st.sampled_from(["include", "exclude", "maybe"])
    minutes = st.integers(0, 3).map(lambda minute: f"2026-01-01T10:0{minute}:00Z")
    events = [
        decide(f"a-{n}", word, at)
        for n, word, at in data.draw(st.lists(st.tuples(st.integers(1, 3), words, minutes), min_size=1, max_size=8))
    ]
    undone = data.draw(st.lists(st.sampled_from(events), max_size=3))
    events += [log.undo(event, reviewer="bo", at="2026-01-01T11:00:00Z") for event in undone]
    shuffled = data.draw(st.permutations(events))
    assert log.standing(shuffled) == log.standing(events)
    assert log.standing(shuffled + shuffled) == log.standing(events)


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5), max_size=4))
def test_the_id_ignores_the_order_of_the_keys(content: dict) -> None:
    turned = json.loads(json.dumps(dict(reversed(content.items()))))
    assert log.digest(content) == log.digest(turned)
