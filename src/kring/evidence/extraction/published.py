"""A published review's own cells beside ours: match, differ or cannot check. Never "reproduced" before that.

`4_extraction/published_cells.csv` (written by people) names the cells: what the review says, where, and
which of our values answers it. What the review prints is keyed as events of stage `published`, with quote
and page.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kring.evidence import log
from kring.evidence.extraction.schema import NOT_READ
from kring.evidence.extraction.values import CHECK, Event, Tables, number
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem

PUBLISHED = "published"
MATCH, DIFFER, CANNOT = "match", "differ", "cannot check"
HEADER = ("cell", "what", "ours", "note")


@dataclass(frozen=True)
class Cell:
    """One cell of the published review, beside our value for it."""

    cell: str
    what: str
    published: str
    ours: str
    verdict: str
    why: str
    quote: str = ""
    page: str = ""
    by: str = ""
    checked_by: str = ""
    note: str = ""
    event: str = ""
    at: str = ""
    disputed: str = ""  # who does not agree, and why


def key_in(cell: str, value: str, *, by: str, quote: str, page: str, at: str | None = None) -> Event:
    """The event for a cell that a person read in the published review; quote and page are obligatory."""
    if not quote.strip() or not page.strip():
        raise Problem("A keyed cell needs a quote and a page.", "Copy the words or the row it stands in.")
    return log.event(stage=PUBLISHED, reviewer=by, at=at, cell=cell, value=value, quote=quote, page=page)


def compare(folder: Folder, tables: Tables, events: Iterable[Mapping[str, Any]]) -> list[Cell]:
    """Every cell of `published_cells.csv` with its verdict."""
    standing = log.standing(events)
    said = {row["cell"]: row for row in standing if row["stage"] == PUBLISHED}
    checks = {row["of"]: row for row in standing if row["stage"] == CHECK}  # the latest word on an event counts
    return [_compare(line, tables, said.get(line["cell"]), checks) for line in _cells(folder)]


def _cells(folder: Folder) -> list[dict[str, str]]:
    path = folder.extraction / "published_cells.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != HEADER:
            raise Problem(f"The columns are not {', '.join(HEADER)}.", "Mend the first row.", file=path, line=1)
        rows = list(reader)
    for line, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise Problem("The row does not have four cells.", "Check commas and quotes.", file=path, line=line)
    return rows


def _compare(
    line: Mapping[str, str], tables: Tables, said: Mapping[str, Any] | None, checks: Mapping[str, Any]
) -> Cell:
    ours, why = answer(line["ours"], tables)
    published = str(said["value"]) if said else NOT_READ
    if published == NOT_READ:
        verdict, why = CANNOT, "nobody has keyed this cell from the paper yet"
    elif ours is None:
        verdict = CANNOT
    else:
        verdict, why = (MATCH, "") if _same(published, ours) else (DIFFER, line["note"])
    source = said or {}
    check = checks.get(source.get("id", ""), {})
    dispute = f"{check['reviewer']}: {check.get('note', '')}" if check and not check["agrees"] else ""
    return Cell(
        line["cell"],
        line["what"],
        published,
        ours or NOT_READ,
        verdict,
        why,
        source.get("quote", ""),
        source.get("page", ""),
        source.get("reviewer", ""),
        check["reviewer"] if check and check["agrees"] else "",
        line["note"],
        source.get("id", ""),
        source.get("at", ""),
        dispute,
    )


def _same(a: str, b: str) -> bool:
    x, y = number(a), number(b)
    return x == y if x is not None and y is not None else a.strip().casefold() == b.strip().casefold()


def answer(expression: str, tables: Tables) -> tuple[str | None, str]:
    """Our value for a cell, or None with the reason why there is none.

    An expression is `table:key:column`, or the name of a count in COUNTS, taken over the studies that a
    person confirmed to be in the published review.
    """
    if expression in COUNTS:
        confirmed = tables.where("studies", in_published_review="yes")
        if not confirmed:
            return None, "the list of the papers it included has not been read"
        return COUNTS[expression](tables, confirmed)
    parts = expression.split(":")
    if len(parts) != 3:
        return None, "it cannot be told from our data"
    table, key, column = parts
    value = tables.rows.get(table, {}).get(key, {}).get(column, NOT_READ)
    return (None, f"{table} {key}, {column}, is not read") if value == NOT_READ else (value, "")


Studies = list[dict[str, str]]


def _papers(tables: Tables, studies: Studies) -> tuple[str | None, str]:
    ids = {row["study_id"] for row in studies}
    return str(sum(row["study_id"] in ids for row in tables["reports"].values())), ""


def _dutch(tables: Tables, studies: Studies) -> tuple[str | None, str]:
    return str(sum(row["country"] == "Netherlands" for row in studies)), ""


def _client_recovery(tables: Tables, studies: Studies) -> set[str]:
    ids = {row["study_id"] for row in studies}
    rows = tables.where("outcomes", level="client", domain="personal recovery")
    return {row["study_id"] for row in rows if row["study_id"] in ids}


def _measured(tables: Tables, studies: Studies) -> tuple[str | None, str]:
    return str(len(_client_recovery(tables, studies))), ""


def _positive(tables: Tables, studies: Studies) -> tuple[str | None, str]:
    """An interval above zero, on a scale where higher is better; unknown while one has not been read."""
    found = 0
    for study in _client_recovery(tables, studies):
        outcomes = {o["outcome_id"] for o in tables.where("outcomes", study_id=study, domain="personal recovery")}
        rows = [r for r in tables["results"].values() if r["outcome_id"] in outcomes]
        limits = [number(r["ci_low"]) for r in rows]
        if not limits or all(low is None for low in limits):
            return None, f"the interval of {study} is not read"
        found += any(low is not None and low > 0 for low in limits)
    return str(found), ""


COUNTS: dict[str, Callable[[Tables, Studies], tuple[str | None, str]]] = {
    "papers": _papers,
    "dutch_studies": _dutch,
    "measured_client_recovery": _measured,
    "positive_client_recovery": _positive,
}


def form(cells: Iterable[Cell]) -> list[list[str]]:
    """Rows of the key-in form (CSV): what to look up, and empty columns for what is found."""
    return [[c.cell, c.what, "" if c.published == NOT_READ else c.published, c.quote, c.page] for c in cells]


FORM_HEADER = ("cell", "what", "value", "quote", "page")


def read_form(path: Path, known: Iterable[Cell], *, by: str) -> list[Event]:
    """The events of a filled-in form; rows that nobody filled in or changed add nothing."""
    before = {c.cell: c for c in known}
    events = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            if row.get("cell") not in before:
                raise Problem(
                    f"There is no cell {row.get('cell')!r}.",
                    "Add it to published_cells.csv first.",
                    file=path,
                    line=line,
                )
            value = (row.get("value") or "").strip()
            old = before[row["cell"]]
            if value and value != old.published:
                if not (row.get("quote") or "").strip() or not (row.get("page") or "").strip():
                    raise Problem("A keyed cell needs a quote and a page.", "Fill in both.", file=path, line=line)
                events.append(key_in(old.cell, value, by=by, quote=row["quote"], page=row["page"]))
    return events
