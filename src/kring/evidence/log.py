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
import zlib
from collections.abc import Container, Iterable, Mapping
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
    """The log held open: after the first look, adding or looking again parses only what was written in between.

    Two processes may write at once: each appends under a lock of the file, after taking in the other's lines. Where the
    file is not as this one left it, its known part is compared by checksum before the rest is taken in; when that
    differs (a file put back from version control, a line edited by hand) everything is read anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._forget()

    def _forget(self) -> None:
        self._known: set[str] = set()
        self._end, self._sum, self._lines = 0, 0, 0  # of the known part: bytes, checksum, lines
        self._stamp: tuple[int, ...] = ()
        self._news: list[tuple[int, Row]] = []
        self._anew = True

    def append(self, events: Iterable[Mapping[str, Any]]) -> int:
        """Add events that are not in the log yet; return, with all of them on the disk, how many were new.

        A write that fails is taken back whole. A kill leaves the lines written by then, each whole; of a torn one the
        next append moves the rest to `<log>.torn`.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = not self.path.exists()
        with self.path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._set_torn_aside(file, self._catch_up(file))
            fresh = {row["id"]: dict(row) for row in events if row["id"] not in self._known}
            if fresh:
                content = b"".join(line_of(row).encode("utf-8") for row in fresh.values())
                self._write(file, content)
                self._take_in(enumerate(fresh.values(), self._lines + 1), content)
            self._stamp = _stamp(os.fstat(file.fileno()))
        if new:
            _settle_name(self.path)
        return len(fresh)

    def look(self) -> tuple[bool, list[tuple[int, Row]]]:
        """The events that came since the last look, ours too, checked, each with the number of its line.

        True means: forget what earlier looks gave, the log is another one. A torn last line was never acknowledged, so
        it is no decision. After a `Problem` the next look begins anew, so that no line slips by.
        """
        try:
            if self.path.exists():
                self._follow()
            elif self._end:
                self._forget()
            news = [(number, row) for number, row in self._news if _check(self.path, number, row)]
            _check_undone(self.path, news, self._known)
        except Problem:
            self._forget()
            raise
        anew, self._anew, self._news = self._anew, False, []
        return anew, news

    def _follow(self) -> None:
        if _stamp(self.path.stat()) == self._stamp:
            return
        with self.path.open("rb", buffering=0) as file:
            stamp = _stamp(os.fstat(file.fileno()))
            self._catch_up(file)
        self._stamp = stamp

    def _catch_up(self, file: FileIO) -> bytes:
        """Take in the whole lines that others added; return the rest, a line torn off."""
        if _stamp(os.fstat(file.fileno())) != self._stamp:
            file.seek(0)
            if zlib.crc32(file.read(self._end)) != self._sum:
                self._forget()
        file.seek(self._end)
        content = file.readall()
        cut = content.rfind(b"\n") + 1
        self._take_in(_rows(self.path, content[:cut], self._lines + 1), content[:cut])
        return content[cut:]

    def _set_torn_aside(self, file: FileIO, rest: bytes) -> None:
        if rest:
            with self.path.with_suffix(".torn").open("ab") as torn:
                torn.write(rest + b"\n")
            file.truncate(self._end)

    def _write(self, file: FileIO, content: bytes) -> None:
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) or 0 :]
            os.fsync(file.fileno())
        except OSError:  # a full disk: half of several events must not stay
            file.truncate(self._end)
            raise

    def _take_in(self, rows: Iterable[tuple[int, Row]], content: bytes) -> None:
        for number, row in rows:
            if row.get("id") not in self._known or row["id"] != digest(row):  # a changed copy is named by `look`
                self._known.add(row.get("id", ""))
                self._news.append((number, row))
        self._end += len(content)
        self._lines += content.count(b"\n")
        self._sum = zlib.crc32(content, self._sum)


def _stamp(stat: os.stat_result) -> tuple[int, ...]:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


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
    return Log(path).look()[1]


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


def _check(path: Path, number: int, row: Row) -> bool:
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
    return True


def _check_undone(path: Path, rows: Iterable[tuple[int, Row]], known: Container[str]) -> None:
    for number, row in rows:
        if "undoes" in row and row["undoes"] not in known:
            raise Problem(
                f"This takes back decision {row['undoes']}, which is not in the log.",
                "Put the missing line back from version control.",
                file=path,
                line=number,
            )
