"""Reading and writing the files of a review: all or nothing, and the same bytes for the same content."""

import contextlib
import csv
import io
import json
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kring.evidence.problem import Problem

Row = dict[str, Any]


LONG = 20_000  # records from which on a step takes long enough to say what it is doing


def tell(what: str, number: int) -> None:
    """Progress of long work, on the error stream so that output stays output."""
    if number >= LONG:
        print(f"{what} ({number:,}) ...", file=sys.stderr, flush=True)


def line_of(row: Mapping[str, Any]) -> str:
    """One JSON line, keys in the order given, so that a file can be compared and versioned."""
    return json.dumps(row, ensure_ascii=False, separators=(", ", ": ")) + "\n"


def write_bytes(path: Path, content: bytes) -> bool:
    """Put `content` at `path` in one step; return False when it was there already.

    An interrupted run leaves either the old file or the new one. An unchanged file keeps its time stamp.
    """
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)  # mkstemp makes it private; a review folder is shared
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
    return True


def write_text(path: Path, content: str) -> bool:
    return write_bytes(path, content.encode("utf-8"))


def write_json(path: Path, content: Any) -> bool:
    return write_text(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> bool:
    return write_text(path, "".join(line_of(row) for row in rows))


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bool:
    """A CSV that spreadsheets read (UTF-8, comma, header row), with Unix line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return write_text(path, text.getvalue())


def read_jsonl(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield (line number, row); an unreadable line is a `Problem` that names it."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                yield number, parse_line(path, number, raw)


def parse_line(path: Path, number: int, raw: bytes) -> Row:
    try:
        row = json.loads(raw)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        marks = (b"<<<<<<<", b"=======", b">>>>>>>")
        if raw.startswith(marks):
            what, remedy = (
                "This is a mark of a merge conflict.",
                "Keep the lines of both sides, remove the mark.",
            )
        else:
            what = f"This line is not JSON ({error})."
            remedy = "Put the file back from version control, or mend this line."
        raise Problem(what, remedy, file=path, line=number) from None
    if not isinstance(row, dict):
        raise Problem("This line is not a JSON object.", "Each line reads {...}.", file=path, line=number)
    return row


def read_toml(path: Path) -> Row:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Problem("The file is missing.", "Put it back from version control.", file=path) from None
    except UnicodeDecodeError:
        raise Problem("The file is not in UTF-8.", "Save it as UTF-8.", file=path) from None
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"The file is not valid TOML: {error}.", "Mend that line.", file=path) from None
