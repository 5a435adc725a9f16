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
from io import FileIO
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


class Log:
    """The log held open for adding: after the first look, one append reads only what others wrote in between.

    Two processes may write at once: each appends under a lock of the file, after taking in the other's lines. What
    was read is trusted only while the file is the same one and still ends there as it did; otherwise (a file put
    back from version control, a line edited by hand) it is read anew.
    """

    TAIL = 256  # bytes before the end of what was read that must still be there

    def __init__(self, path: Path) -> None:
        self.path = path
        self._forget()

    def _forget(self) -> None:
        self._known: set[str] = set()
        self._file, self._end, self._tail, self._lines = -1, 0, b"", 0

    def append(self, events: Iterable[Mapping[str, Any]]) -> int:
        """Add events that are not in the log yet; return, with all of them on the disk, how many were new.

        A write that fails is taken back whole. A kill leaves the lines written by then, each whole; of a torn one the
        next append moves the rest to `<log>.torn`.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = not self.path.exists()
        with self.path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._catch_up(file)
            fresh = {row["id"]: line_of(row).encode("utf-8") for row in events if row["id"] not in self._known}
            if fresh:
                self._write(file, b"".join(fresh.values()))
                self._take_in(fresh, b"".join(fresh.values()))
        if new:
            _settle_name(self.path)
        return len(fresh)

    def _catch_up(self, file: FileIO) -> None:
        """Take in the whole lines that others added; set a torn last one aside."""
        if not self._is_as_left(file):
            self._forget()
            self._file = os.fstat(file.fileno()).st_ino
        file.seek(self._end)
        content = file.readall()
        cut = content.rfind(b"\n") + 1
        if cut < len(content):
            with self.path.with_suffix(".torn").open("ab") as torn:
                torn.write(content[cut:] + b"\n")
            file.truncate(self._end + cut)
        self._take_in((row["id"] for _, row in _rows(self.path, content[:cut], self._lines + 1)), content[:cut])

    def _is_as_left(self, file: FileIO) -> bool:
        if os.fstat(file.fileno()).st_ino != self._file:
            return False
        file.seek(self._end - len(self._tail))
        return file.read(len(self._tail)) == self._tail

    def _write(self, file: FileIO, content: bytes) -> None:
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) or 0 :]
            os.fsync(file.fileno())
        except OSError:  # a full disk: half of several events must not stay
            file.truncate(self._end)
            raise

    def _take_in(self, ids: Iterable[str], content: bytes) -> None:
        self._known.update(ids)
        self._end += len(content)
        self._lines += content.count(b"\n")
        self._tail = (self._tail + content)[-self.TAIL :]


def append(path: Path, events: Iterable[Mapping[str, Any]]) -> int:
    """Add events once; whoever adds again and again keeps a `Log`."""
    return Log(path).append(events)


def _settle_name(path: Path) -> None:
    """A new file outlives a power cut only when its directory was written too."""
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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


def _rows(path: Path, content: bytes, first: int = 1) -> Iterable[tuple[int, Row]]:
    for number, raw in enumerate(content.split(b"\n"), first):
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
