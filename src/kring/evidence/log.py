"""The review's one append-only log of decisions. Everything else in a review folder can be derived again.

A line is an event (see `kring.evidence.folder` for its fields). Its `id` is a digest of its own content, so
that

- a line that was edited by hand shows;
- the files of two reviewers can be joined by taking every line once, in any order;
- an undo names exactly the event that it takes back.

No state depends on the order of the lines: of one reviewer's events on one thing the latest by (`at`, `id`)
counts.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kring.evidence.files import Row, line_of, parse_line
from kring.evidence.problem import Problem

DIGITS = 20  # hexadecimal digits of an id: 80 bits


def now() -> str:
    """The moment as ISO 8601 in UTC; microseconds keep two quick decisions apart."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def digest(event: Mapping[str, Any]) -> str:
    """The id that belongs to this event's content, whatever the order of its keys."""
    content = {key: value for key, value in event.items() if key != "id"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:DIGITS]


def event(*, stage: str, reviewer: str, at: str | None = None, **content: object) -> Row:
    """A complete event; fields that are None are left out."""
    if not reviewer.strip():
        raise Problem("A decision needs the name of who made it.", "Give --reviewer NAME.")
    row: Row = {"stage": stage, "reviewer": reviewer, "at": at or now()}
    row.update({key: value for key, value in content.items() if value is not None})
    return {"id": digest(row), **row}


def undo(of: Mapping[str, Any], *, reviewer: str, reason: str | None = None, at: str | None = None) -> Row:
    """The event that takes `of` back. An undo is not undone: the decision is made again instead."""
    if "undoes" in of:
        raise Problem("An undo cannot be undone.", "Make the decision again.")
    content = {key: of[key] for key in ("record_id",) if key in of}
    return event(stage=of["stage"], reviewer=reviewer, at=at, undoes=of["id"], reason=reason, **content)


def append(path: Path, events: Iterable[Mapping[str, Any]]) -> int:
    """Add events that are not in the log yet; all reach the disk, or none does. Return how many were new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = {row["id"] for _, row in _rows(path, _whole(path, file))}
        fresh = {row["id"]: row for row in events if row["id"] not in known}
        file.write("".join(line_of(row) for row in fresh.values()).encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
    return len(fresh)


def read(path: Path) -> list[Row]:
    """Every event, each once, checked: a damaged or edited line is a `Problem` that names it."""
    return [row for _, row in read_numbered(path)]


def read_numbered(path: Path) -> list[tuple[int, Row]]:
    """Every event with the number of its line."""
    if not path.exists():
        return []
    content = path.read_bytes()
    cut = content.rfind(b"\n") + 1  # a torn last line was never acknowledged, so it is no decision
    seen: dict[str, tuple[int, Row]] = {}
    for number, row in _rows(path, content[:cut]):
        _check(path, number, row)
        seen.setdefault(row["id"], (number, row))
    for number, row in seen.values():
        if "undoes" in row and row["undoes"] not in seen:
            raise Problem(
                f"This takes back decision {row['undoes']}, which is not in the log.",
                "Put the missing line back from version control.",
                file=path,
                line=number,
            )
    return list(seen.values())


def standing(events: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The events that nobody took back, ordered by (`at`, `id`): the same for every order of the lines."""
    rows = {row["id"]: dict(row) for row in events}
    undone = {row["undoes"] for row in rows.values() if "undoes" in row}
    kept = [row for row in rows.values() if "undoes" not in row and row["id"] not in undone]
    return sorted(kept, key=lambda row: (row["at"], row["id"]))


def _rows(path: Path, content: bytes) -> Iterable[tuple[int, Row]]:
    for number, raw in enumerate(content.split(b"\n"), 1):
        if raw.strip():
            yield number, parse_line(path, number, raw)


def _check(path: Path, number: int, row: Row) -> None:
    missing = [key for key in ("id", "stage", "reviewer", "at") if not isinstance(row.get(key), str)]
    if missing:
        what, remedy = f"This line has no {missing[0]!r}.", "Put the line back from version control."
        raise Problem(what, remedy, file=path, line=number)
    if row["id"] != digest(row):
        raise Problem(
            f"This line was changed by hand: its content no longer belongs to id {row['id']}.",
            "Put the line back from version control; to change a decision, undo it and decide again.",
            file=path,
            line=number,
        )


def _whole(path: Path, file: Any) -> bytes:
    """The log up to its last full line; what an interrupted write left moves to `<log>.torn`."""
    file.seek(0)
    content: bytes = file.read()
    cut = content.rfind(b"\n") + 1
    if cut < len(content):
        with path.with_suffix(".torn").open("ab") as torn:
            torn.write(content[cut:] + b"\n")
        file.truncate(cut)
    return content[:cut]
