"""Lessons are plain text with a few marks, so that a trainer can type one and nothing in it can do harm.

`## ` begins a heading, `- ` an item of a list, `> Name: words` a line of a conversation, `! ` something to try.
`**bold**` and `*slanted*` work within a line. Everything else is a paragraph. All of it is escaped.
"""

import dataclasses
import itertools
import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_MARKS = {"## ": "heading", "- ": "list", "> ": "talk", "! ": "try"}
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_SLANTED = re.compile(r"\*(.+?)\*")


@dataclasses.dataclass(frozen=True)
class Block:
    """A run of lines of one kind. `lines` holds (who, words); only a conversation names who."""

    kind: str
    lines: list[tuple[str, Markup]]


def blocks(body: str) -> Iterator[Block]:
    for kind, run in itertools.groupby(map(_read, body.strip().splitlines()), key=lambda line: line[0]):
        lines = [words for _kind, words in run]
        if kind == "space":
            continue
        if kind == "paragraph":
            lines = [" ".join(lines)]
        together = kind in ("list", "talk")
        yield from [_block(kind, lines)] if together else (_block(kind, [line]) for line in lines)


def _read(line: str) -> tuple[str, str]:
    """The kind of a line, and its words without the mark."""
    if not line.strip():
        return "space", ""
    for mark, kind in _MARKS.items():
        if line.startswith(mark):
            return kind, line[len(mark) :].strip()
    return "paragraph", line.strip()


def _block(kind: str, lines: list[str]) -> Block:
    if kind != "talk":
        return Block(kind, [("", inline(line)) for line in lines])
    said = [line.partition(": ") for line in lines]
    return Block(kind, [(who if colon else "", inline(words if colon else who)) for who, colon, words in said])


def inline(words: str) -> Markup:
    safe = str(escape(words))
    return Markup(_SLANTED.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", safe)))  # noqa: S704 (escaped above)
