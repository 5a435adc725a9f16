"""A record: one reference as a database gave it, in fields that mean the same for every source."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from kring.evidence.files import Row, read_jsonl
from kring.evidence.problem import Problem

REMAKE = "The file is derived; run the import or dedup step again."


@dataclass(slots=True)
class Record:
    """Fields as in `kring.evidence.folder`; an empty value means that the source gave none."""

    id: str
    source: str = ""
    line: int = 0
    type: str = ""
    title: str = ""
    abstract: str = ""
    authors: list[str] = field(default_factory=list)
    year: int | None = None
    journal: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    publication_types: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    language: str = ""
    url: str = ""
    label: int | None = None
    members: list[str] = field(default_factory=list)
    round: int = 1
    extra: dict[str, list[str]] = field(default_factory=dict)

    def row(self) -> Row:
        """The record as a line of JSON Lines, without empty fields (a label of 0 is not empty)."""
        pairs = ((name, getattr(self, name)) for name in NAMES)
        return {name: value for name, value in pairs if value or (name == "label" and value == 0)}


NAMES = tuple(item.name for item in fields(Record))


def from_row(path: Path, number: int, row: Row) -> Record:
    unknown = [name for name in row if name not in NAMES]
    if unknown or not row.get("id"):
        what = f"This is not a record: unknown field {unknown[0]!r}." if unknown else "This record has no id."
        raise Problem(what, REMAKE, file=path, line=number)
    return Record(**row)


def read_records(path: Path) -> Iterator[Record]:
    """Every record of `records.jsonl` or `deduplicated.jsonl`; ids are checked to be unique."""
    seen: set[str] = set()
    for number, row in read_jsonl(path):
        record = from_row(path, number, row)
        if record.id in seen:
            what = f"Record {record.id} is here twice."
            raise Problem(what, REMAKE, file=path, line=number)
        seen.add(record.id)
        yield record


SPACE = re.compile(r"\s+")
DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>\]]+", re.I)
YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
MARKUP = re.compile(r"</?(?:i|b|em|strong|sub|sup|p|jats:\w+|inf)\b[^>]{0,80}>", re.I)


def clean(text: str) -> str:
    """One line of text in composed Unicode, without entities, typographic mark-up or runs of space."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = MARKUP.sub("", text)
    return SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def find_doi(text: str) -> str:
    """The DOI in a text, in lower case (a DOI ignores case), without the stop of its sentence."""
    found = DOI.search(html.unescape(text)) if "10." in text else None
    if not found:
        return ""
    doi = found.group().rstrip(".,;:'").lower()
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1]
    return doi


def find_year(text: str) -> int | None:
    found = YEAR.search(text)
    return int(found.group()) if found else None


def as_label(text: str) -> int | None:
    """ASReview's and SYNERGY's label: 1 relevant, 0 irrelevant, else none."""
    return cast("dict[str, Any]", {"1": 1, "1.0": 1, "0": 0, "0.0": 0}).get(text.strip())
