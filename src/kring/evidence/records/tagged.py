"""Exports with a tag on each line (RIS, Web of Science, PubMed/MEDLINE, Ovid), read by rispy.

rispy alone returns no record and no error for MEDLINE and Ovid, joins a value to the wrong tag where an
unknown tag is folded, and keeps only the first of repeated tags. So each dialect is told to it explicitly,
every tag is a list, and `count` finds the records without rispy: the two numbers must agree.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import rispy

from kring.evidence.problem import Problem
from kring.evidence.records.decode import Text, named

Tags = dict[str, list[str]]


@dataclass
class Count:
    """Where records start (1-based lines), by our own reading of the file, and what was odd."""

    starts: list[int]
    warnings: list[str]


class _EveryTag(dict[str, str]):
    """A mapping that keeps each tag under its own name, known or not."""

    def __contains__(self, tag: object) -> bool:
        return True

    def __missing__(self, tag: str) -> str:
        return tag


class _Parser(rispy.BaseParser):
    DEFAULT_MAPPING: ClassVar[dict[str, str]] = _EveryTag()
    DEFAULT_LIST_TAGS = _EveryTag()
    DEFAULT_DELIMITER_MAPPING: ClassVar[dict[str, str]] = {}

    def is_header(self, line: str) -> bool:
        return True  # lines outside a record are reported by `count`


class _Ris(_Parser):
    START_TAG = "TY"
    PATTERN = r"^[A-Z][A-Z0-9]  -( |$)"

    def get_content(self, line: str) -> str:
        return line[5:].strip()


class _LooseRis(_Ris):
    """RIS of tools that write one space before the dash."""

    PATTERN = r"^[A-Z][A-Z0-9] -( |$)"

    def get_content(self, line: str) -> str:
        return line[4:].strip()


class _Wos(_Parser):
    START_TAG = "PT"
    PATTERN = r"^[A-Z][A-Z0-9]( |$)"
    DEFAULT_IGNORE: ClassVar[list[str]] = ["FN", "VR", "EF"]

    def get_content(self, line: str) -> str:
        return line[2:].strip()


class _Medline(_Parser):
    START_TAG = "PMID"
    PATTERN = r"^[A-Z]{2,4} {0,2}- ?"

    def get_tag(self, line: str) -> str:
        return line[:4].rstrip()

    def get_content(self, line: str) -> str:
        return line[5:].strip()


class _Ovid(_Ris):
    START_TAG = "##"  # put in by `_ovid_lines`
    PATTERN = r"^(?:[A-Z][A-Z0-9]|##)  -( |$)"


@dataclass(frozen=True)
class Dialect:
    """How one dialect marks its records. `end` is None where only the next start ends a record."""

    start: re.Pattern[str]
    end: re.Pattern[str] | None
    parser: type[_Parser]
    lines: Callable[[list[str], list[int]], list[str]]
    outside: re.Pattern[str]  # what may stand between records without a word


def _as_they_are(lines: list[str], starts: list[int]) -> list[str]:
    return lines


def _closed(lines: list[str], starts: list[int], opener: str = "") -> list[str]:
    """Folded lines joined, and an end put before each start: these dialects have none."""
    opens, out = {n - 1 for n in starts}, []
    for number, line in enumerate(lines):
        if number in opens:
            out += ["ER  - "] * (number != starts[0] - 1)
            out.append(opener or line)
        elif line.startswith("   ") and out and line.strip():
            out[-1] += " " + line.strip()
        else:
            out.append(line)
    return [*out, "ER  - "]


def _ovid_lines(lines: list[str], starts: list[int]) -> list[str]:
    keep = bool(starts) and not lines[starts[0] - 1].startswith("<")
    closed = _closed(lines, starts, opener="##  - ")
    if not keep:
        return closed
    openers = iter(starts)  # the opening line is itself a tag: it follows the mark
    return [part for line in closed for part in ([line, lines[next(openers) - 1]] if line == "##  - " else [line])]


def _labelled_lines(lines: list[str], starts: list[int]) -> list[str]:
    """Ovid's long labels on a line of their own, values folded below them."""
    out: list[str] = []
    for line in lines:
        if line.startswith("  ") and out:
            out[-1] += " " + line.strip()
        else:
            is_label = re.match(r"[A-Z][A-Za-z /]+$", line)
            out.append(f"{LABELS.get(line.strip(), 'X0')}  - " if is_label else line)
    starts = [n for n, line in enumerate(out, 1) if OVID_START.match(line)]
    return _ovid_lines(out, starts)


LABELS = {
    "Unique Identifier": "UI", "Accession Number": "AN", "Title": "TI", "Authors": "AU", "Author": "AU",
    "Abstract": "AB", "Source": "SO", "Year of Publication": "YR", "Publication Type": "PT", "Language": "LG",
    "Digital Object Identifier": "DO", "DOI": "DO", "Journal Name": "JN", "Database": "DB", "Status": "ST",
    "Institution": "IN", "MeSH Subject Headings": "SH", "Subject Headings": "SH", "Keyword Heading": "KW",
    "Key Words": "KW", "Volume": "VO", "Issue": "IP", "Page": "PG", "PMID": "PM", "URL": "XL",
    "ISSN Print": "IS", "Country of Publication": "CP", "Publisher": "PB",
}  # fmt: skip
OVID_START = re.compile(r"^<\d+\.?\s*>\s*$")
NUMBER = re.compile(r"^\s*\d+\.?\s*$")

DIALECTS = {
    "ris": Dialect(re.compile(r"^TY {1,2}-"), re.compile(r"^ER {1,2}-"), _Ris, _as_they_are, NUMBER),
    "wos": Dialect(re.compile(r"^PT( |$)"), re.compile(r"^ER\s*$"), _Wos, _as_they_are, re.compile(r"^(FN|VR|EF)\b")),
    "medline": Dialect(re.compile(r"^PMID- ?\d"), None, _Medline, _closed, NUMBER),
    "ovid": Dialect(OVID_START, None, _Ovid, _ovid_lines, NUMBER),
    "ovid-labels": Dialect(OVID_START, None, _Ovid, _labelled_lines, NUMBER),
}
JOINED = {"TI", "T1", "AB", "N2", "SO", "T2", "JF", "JO", "JT", "CT", "PG", "SE", "BTI", "TT", "DE", "ID"}


def count(text: Text, dialect: str, name: str) -> Count:
    """Find the records by their opening and closing lines alone; refuse what is not closed or not opened."""
    lines, kind = text.lines, DIALECTS[dialect]
    start = kind.start
    if dialect == "ovid" and not any(start.match(line) for line in lines):
        start = re.compile(r"^VN {2}- Ovid")
    starts = [n for n, line in enumerate(lines, 1) if start.match(line)]
    if kind.end is None:
        stray = [n for n in range(1, starts[0]) if lines[n - 1].strip()] if starts else []
        _medline_blocks(lines, starts, name) if dialect == "medline" else None
    else:
        ends = [n for n, line in enumerate(lines, 1) if kind.end.match(line)]
        stray = _between(lines, starts, ends, kind, name)
    warnings = [f"text outside any record on {named(stray)}"] if stray else []
    return Count(starts, warnings)


def _between(lines: list[str], starts: list[int], ends: list[int], kind: Dialect, name: str) -> list[int]:
    """Lines outside records; a record without its end, or an end without its record, is refused by line."""
    marks = sorted([(n, "start") for n in starts] + [(n, "end") for n in ends])
    for (line, mark), (_, following) in zip(marks, [*marks[1:], (0, "start")], strict=True):
        if mark == "start" and following == "start":
            what = "The record that begins here never ends: its ER line is missing."
            raise Problem(what, "Export again, or add the ER line.", file=name, line=line)
        if mark == "end" and following == "end":
            what = "A second record ends after this one, but none began: its first line is missing."
            raise Problem(what, "Export again, or add the TY (PT) line.", file=name, line=line)
    if marks and marks[0][1] == "end":
        what = "A record ends here that never began."
        raise Problem(what, "Export again, or add its first line.", file=name, line=marks[0][0])
    inside = {n for a, b in zip(starts, ends, strict=True) for n in range(a, b + 1)}
    outside = [n for n, line in enumerate(lines, 1) if line.strip() and n not in inside]
    odd = [n for n in outside if not kind.outside.match(lines[n - 1])]
    tagged = [n for n in odd if re.match(kind.parser.PATTERN, lines[n - 1])]
    if tagged:
        what = "This field stands outside any record."
        raise Problem(what, "Look at the record above: it ends too early.", file=name, line=tagged[0])
    return odd


def _medline_blocks(lines: list[str], starts: list[int], name: str) -> None:
    """PubMed parts records by an empty line: a part without a PMID would vanish into the record before it."""
    opens = set(starts)
    tag = re.compile(_Medline.PATTERN)
    for n, line in enumerate(lines, 1):
        if n > 1 and not lines[n - 2].strip() and tag.match(line) and n not in opens:
            what = "A record begins here without a PMID line."
            raise Problem(what, "Export again from PubMed, or add the PMID line.", file=name, line=n)


def read(text: Text, dialect: str, starts: list[int], name: str) -> list[Tags]:
    """The records' tags, as rispy reads them; the caller compares their number with `starts`."""
    kind = DIALECTS[dialect]
    parser = kind.parser
    if dialect == "ris" and starts and text.lines[starts[0] - 1].startswith("TY -"):
        parser = _LooseRis
    try:
        found: list[dict[str, Any]] = parser().parse_lines(kind.lines(text.lines, starts))
    except (rispy.parser.ParseError, KeyError, TypeError) as error:
        what = f"The reader stopped: {' '.join(str(error).split())}"
        raise Problem(what, "Mend the record at that line, or export again.", file=name) from None
    return [{tag: _folded(tag, values) for tag, values in record.items()} for record in found]


def _folded(tag: str, values: list[str]) -> list[str]:
    kept = [value for value in values if value]
    return [" ".join(kept)] if tag in JOINED and kept else kept
