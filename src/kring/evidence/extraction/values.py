"""Values as events of the review's log, and the tables that follow from them.

An event of stage `extract` says: this person read these values of one row in this report, at this page,
in this state. An event of stage `extract_check` says that a second person looked at the same place and
agrees or not. Of several values for one cell the latest counts; a *checked* value is one that somebody
else confirmed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kring.evidence import log
from kring.evidence.extraction.schema import NOT_READ, STATES, TABLES, Table
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem

EXTRACT, CHECK = "extract", "extract_check"
Row = dict[str, str]
Event = dict[str, Any]


@dataclass(frozen=True)
class Value:
    """One cell with where it came from. `checked_by` is empty until a second person agreed."""

    table: str
    key: str
    column: str
    value: str
    state: str
    report: str
    quote: str
    page: str
    by: str
    at: str
    checked_by: str
    event: str


@dataclass(frozen=True)
class Tables:
    """The derived tables: rows by key, with NR where nothing was keyed; `values` holds each cell's source."""

    rows: Mapping[str, Mapping[str, Row]]
    values: Mapping[tuple[str, str, str], Value] = field(default_factory=dict)
    disputed: tuple[str, ...] = ()

    def __getitem__(self, table: str) -> Mapping[str, Row]:
        return self.rows[table]

    def where(self, table: str, **cells: str) -> list[Row]:
        """The rows whose cells have these values."""
        return [row for row in self.rows[table].values() if all(row[c] == v for c, v in cells.items())]

    def source(self, table: str, key: str, column: str) -> Value | None:
        return self.values.get((table, key, column))

    def states(self) -> Counter[str]:
        """How many values are in each state."""
        return Counter(value.state for value in self.values.values())


def keyed(
    table: str,
    key: str,
    values: Mapping[str, object],
    *,
    by: str,
    state: str,
    report: str = "",
    quote: str = "",
    page: str = "",
    at: str | None = None,
) -> Event:
    """The event for values read in a report; `Problem` on a table, column or state that is not there."""
    definition = TABLES.get(table)
    if definition is None:
        raise Problem(f"There is no table {table!r}.", f"The tables are: {', '.join(TABLES)}.")
    strange = [name for name in values if name not in definition.header]
    if strange:
        raise Problem(f"Table {table} has no column {strange[0]!r}.", f"It has: {', '.join(definition.header)}.")
    if state not in STATES[:-1]:
        raise Problem(
            f"{state!r} is no state of a new value.",
            f"Use one of: {', '.join(STATES[:-1])}; it becomes 'checked' when a second person agrees.",
        )
    content = {name: str(value) for name, value in values.items()}
    return log.event(
        stage=EXTRACT, reviewer=by, at=at, table=table, key=key, values=content, state=state,
        report=report or None, quote=quote or None, page=page or None,
    )  # fmt: skip


def check(of: Mapping[str, Any], *, by: str, agrees: bool, note: str = "", at: str | None = None) -> Event:
    """A second person's verdict on an event; nobody checks their own."""
    if by == of["reviewer"]:
        raise Problem(f"{by} keyed these values and cannot be their second checker.", "Ask somebody else.")
    return log.event(stage=CHECK, reviewer=by, at=at, of=of["id"], agrees=agrees, note=note or None)


def tables(folder: Folder) -> Tables:
    """Derive the tables from the review's log."""
    return derive(log.read(folder.decisions))


def derive(events: Iterable[Mapping[str, Any]]) -> Tables:
    """The same tables for every order of the same events."""
    standing = log.standing(events)
    verdicts = {row["of"]: row for row in standing if row["stage"] == CHECK}  # the latest counts
    values: dict[tuple[str, str, str], Value] = {}
    keys: set[tuple[str, str]] = set()
    disputed = []
    for row in (row for row in standing if row["stage"] == EXTRACT):
        keys.add((row["table"], row["key"]))
        verdict = verdicts.get(row["id"])
        confirmed = verdict is not None and verdict["agrees"] and verdict["reviewer"] != row["reviewer"]
        if verdict is not None and not verdict["agrees"]:
            disputed.append(row["id"])
        for column, value in row["values"].items():
            values[row["table"], row["key"], column] = Value(
                row["table"], row["key"], column, value, "checked" if confirmed else row["state"],
                row.get("report", ""), row.get("quote", ""), row.get("page", ""), row["reviewer"], row["at"],
                verdict["reviewer"] if confirmed and verdict else "", row["id"],
            )  # fmt: skip
    return Tables({name: _rows(table, keys, values) for name, table in TABLES.items()}, values, tuple(disputed))


def _rows(
    table: Table, keys: Iterable[tuple[str, str]], values: Mapping[tuple[str, str, str], Value]
) -> dict[str, Row]:
    rows = {}
    for key in sorted(key for name, key in keys if name == table.name):
        row = {table.key: key}
        for column in table.columns:
            found = values.get((table.name, key, column.name))
            row[column.name] = found.value if found and found.value != "" else NOT_READ
        rows[key] = row
    return rows


def leading_number(cell: str) -> float | None:
    """The whole number with which a cell begins ("14 (18 sites)" is 14), or None."""
    found = re.match(r"\d+(?![\d.])", cell.strip())
    return float(found.group()) if found else None


def number(cell: str) -> float | None:
    """The number in a cell, or None when it is not read or not a number."""
    try:
        return float(cell)
    except ValueError:
        return None
