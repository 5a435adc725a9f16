"""The append-only log: order does not matter, edits show, an interrupted write loses nothing."""

import json
import subprocess
import sys
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


def test_adding_to_an_open_log_reads_only_what_others_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, read = tmp_path / "decisions.jsonl", []
    log.append(path, [decide(f"a-{n}") for n in range(50)])
    parse = log.parse_line
    monkeypatch.setattr(log, "parse_line", lambda *args: read.append(args[1]) or parse(*args))
    mine, theirs = log.Log(path), log.Log(path)
    mine.append([decide("b-0")])
    assert len(read) == 50  # opening
    for n in range(20):
        mine.append([decide(f"b-{n}")])
    assert len(read) == 50
    theirs.append([decide("c-0")])
    del read[:]
    mine.append([decide("b-last")])
    assert read == [72]  # the other's line, and nothing else
    assert len(log.read(path)) == 73


def test_an_open_log_notices_that_the_file_was_put_back_or_edited(tmp_path: Path) -> None:
    path, events = tmp_path / "decisions.jsonl", [decide("a-1"), decide("a-2")]
    held = log.Log(path)
    held.append(events)
    first_line = path.read_bytes().splitlines(keepends=True)[0]
    path.write_bytes(first_line)  # as version control would: the second decision is gone
    assert held.append(events) == 1
    fresh = tmp_path / "fresh"
    fresh.write_bytes(first_line)
    fresh.replace(path)  # another file under the same name
    assert held.append(events) == 1
    assert log.read(path) == events


def test_a_copy_of_a_line_that_was_changed_is_named(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    log.append(path, [decide("a-1")])
    path.write_text(path.read_text() + path.read_text().replace("include", "exclude"))
    with pytest.raises(Problem, match=r"line 2.*changed by hand"):
        log.read(path)


def test_a_look_gives_each_line_once_ours_and_others(tmp_path: Path) -> None:
    path, events = tmp_path / "decisions.jsonl", [decide(f"a-{n}") for n in range(4)]
    held, other = log.Log(path), log.Log(path)
    assert held.look() == (True, [])
    held.append(events[:1])
    other.append(events[1:3])
    assert held.look() == (False, [(1, events[0]), (2, events[1]), (3, events[2])])
    assert held.look() == (False, [])
    path.write_text(path.read_text() + '{"id": "half')  # being written, or torn
    assert held.look() == (False, [])
    held.append(events[3:])
    assert held.look() == (False, [(4, events[3])])


def test_a_write_that_fails_is_taken_back_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, first = tmp_path / "decisions.jsonl", decide("a-1")
    held = log.Log(path)
    held.append([first])

    def full(_: int) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(log.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            held.append([decide("a-2"), decide("a-3")])
    assert log.read(path) == [first]
    held.append([decide("a-4")])
    assert len(log.read(path)) == 2


WRITER = """
import sys
from pathlib import Path
from kring.evidence import log
held = log.Log(Path(sys.argv[1]))
for n in range(int(sys.argv[3])):
    event = log.event(stage="title_abstract", reviewer=sys.argv[2], record_id=f"a-{n}", decision="include")
    held.append([event])
    print(event["id"], flush=True)
"""


def test_two_processes_write_at_once_and_one_is_killed(tmp_path: Path) -> None:
    """Everything that was acknowledged is there, once; nothing of the other is lost."""
    path = tmp_path / "decisions.jsonl"
    start = [sys.executable, "-c", WRITER, str(path)]
    killed = subprocess.Popen([*start, "ann", "1000000"], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    said = [killed.stdout.readline().strip() for _ in range(20)]  # both write while it lives
    other = subprocess.Popen([*start, "bo", "60"], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    said += [other.stdout.readline().strip() for _ in range(20)]
    killed.kill()
    said += killed.communicate()[0].split("\n")[:-1]  # a torn line of output was no acknowledgement
    said += other.communicate()[0].split()
    ids = [event["id"] for event in log.read(path)]
    assert len(ids) == len(set(ids)) == len(path.read_bytes().splitlines())
    assert set(said) <= set(ids)
    assert {event["reviewer"] for event in log.read(path)} == {"ann", "bo"}
