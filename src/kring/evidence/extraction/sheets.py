"""The tables as CSV, out for reading and in for keying. The log stays the source; a sheet fills it."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path

from kring.evidence import log
from kring.evidence.extraction.schema import NOT_READ, TABLES, Table
from kring.evidence.extraction.values import Event, Tables, keyed
from kring.evidence.files import write_csv, write_json
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem

VALUES_HEADER = (
    "table",
    "key",
    "column",
    "value",
    "state",
    "report",
    "quote",
    "page",
    "by",
    "at",
    "checked_by",
    "event",
)


def write_tables(folder: Folder, tables: Tables) -> list[Path]:
    """Write each table and `values.csv` (every cell with its source) below 4_extraction; return what changed.

    Refuses to overwrite a sheet that somebody changed by hand and has not imported.
    """
    for path in changed_by_hand(folder):
        raise Problem(
            "This sheet was changed by hand and its changes are not in the log.",
            f"Import it: kring evidence extract {folder.root} --from {path} --by NAME "
            "--state 'full text'; or delete the file to have it written again.",
            file=path,
        )
    changed = []
    for name, table in TABLES.items():
        rows = [[row[column] for column in table.header] for row in tables[name].values()]
        changed += _write(folder, name, table.header, rows)
    cells = sorted(tables.values.values(), key=lambda v: (v.table, v.key, v.column))
    lines = [[getattr(value, column) for column in VALUES_HEADER] for value in cells]
    changed += _write(folder, "values", VALUES_HEADER, lines)
    digests = {name: _digest(folder.extraction / f"{name}.csv") for name in (*TABLES, "values")}
    write_json(folder.extraction / "sheets.json", digests)
    return changed


def changed_by_hand(folder: Folder) -> list[Path]:
    """Sheets that differ from what was last written, so that their changes are not in the log."""
    paths = ((folder.extraction / f"{name}.csv", stamp) for name, stamp in _stamps(folder).items())
    return [path for path, stamp in paths if path.exists() and _digest(path) != stamp]


def _write(folder: Folder, name: str, header: object, rows: object) -> list[Path]:
    path = folder.extraction / f"{name}.csv"
    return [path] if write_csv(path, header, rows) else []  # type: ignore[arg-type]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamps(folder: Folder) -> dict[str, str]:
    path = folder.extraction / "sheets.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def read_sheet(path: Path, table: Table) -> dict[str, dict[str, str]]:
    """The rows of a sheet by key. A sheet that cannot be read whole is a `Problem` that names its line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(f"The sheet is not in UTF-8 (byte {error.start}).", "Save it as CSV UTF-8.", file=path) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: dict[str, dict[str, str]] = {}
    header: list[str] = []
    try:
        for cells in reader:
            if not header:
                header = _header(cells, path, table)
            elif any(cell.strip() for cell in cells):
                key, row = _row(cells, header, path, reader.line_num, table)
                if key in rows:
                    raise Problem(
                        f"{table.key} {key!r} is there twice.",
                        "Keep one of the rows.",
                        file=path,
                        line=reader.line_num,
                    )
                rows[key] = row
    except csv.Error as error:
        raise Problem(
            f"The row cannot be read ({error}).", "Check its quotes.", file=path, line=reader.line_num
        ) from None
    if not header:
        raise Problem("The sheet is empty.", f"Its first row is: {', '.join(table.header)}.", file=path, line=1)
    return rows


def _header(cells: list[str], path: Path, table: Table) -> list[str]:
    header = [cell.strip() for cell in cells]
    if table.key not in header:
        raise Problem(f"There is no column {table.key!r}.", f"Columns: {', '.join(table.header)}.", file=path, line=1)
    for name in header:
        if name not in table.header:
            raise Problem(
                "This column does not belong here.",
                f"Columns: {', '.join(table.header)}.",
                file=path,
                line=1,
                column=name,
            )
        if header.count(name) > 1:
            raise Problem("This column is there twice.", "Keep one.", file=path, line=1, column=name)
    return header


def _row(cells: list[str], header: list[str], path: Path, line: int, table: Table) -> tuple[str, dict[str, str]]:
    if len(cells) != len(header):
        raise Problem(
            f"The row has {len(cells)} cells, the header {len(header)}.",
            "Check commas and quotes.",
            file=path,
            line=line,
        )
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    if not row[table.key] or row[table.key] == NOT_READ:
        raise Problem("The row has no key.", "Give it a name of its own.", file=path, line=line, column=table.key)
    for column in table.columns:
        _check_cell(row.get(column.name, NOT_READ), column.kind, column.choices, path, line, column.name)
    return row[table.key], row


def _check_cell(cell: str, kind: str, choices: tuple[str, ...], path: Path, line: int, column: str) -> None:
    if cell in ("", NOT_READ, "not reported"):
        return
    if kind == "number" or (kind == "p" and not cell.startswith("<")):
        try:
            float(cell)
        except ValueError:
            raise Problem(
                f"{cell!r} is not a number.",
                "Key a number with a point for decimals, or NR.",
                file=path,
                line=line,
                column=column,
            ) from None
    if kind == "choice" and cell not in choices:
        raise Problem(
            f"{cell!r} is no choice here.",
            f"Use {', '.join(choices)} or NR.",
            file=path,
            line=line,
            column=column,
        )


def table_of(path: Path) -> Table:
    """The table that a sheet fills, by its first row's key column."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        header = next(csv.reader(file), [])
    for table in TABLES.values():
        if header and header[0].strip() == table.key:
            return table
    keys = ", ".join(table.key for table in TABLES.values())
    raise Problem("The sheet is none of the tables.", f"Its first column is one of: {keys}.", file=path, line=1)


def changes(current: Tables, sheet: Mapping[str, Mapping[str, str]], table: Table) -> dict[str, dict[str, str]]:
    """Per row the cells of a sheet that differ from the tables. An absent row or column changes nothing."""
    found: dict[str, dict[str, str]] = {}
    for key, row in sheet.items():
        known = current[table.name].get(key, {})
        differing = {
            name: cell or NOT_READ
            for name, cell in row.items()
            if name != table.key and (cell or NOT_READ) != known.get(name, NOT_READ)
        }
        if differing or not known:
            found[key] = differing
    return found


def import_sheet(
    folder: Folder, path: Path, current: Tables, *, by: str, state: str, report: str = "", page: str = ""
) -> list[Event]:
    """Add what is new in a sheet to the log: all of it, or nothing. Returns the events."""
    table = table_of(path)
    found = changes(current, read_sheet(path, table), table)
    events = [
        keyed(table.name, key, cells, by=by, state=state, report=report, page=page) for key, cells in found.items()
    ]
    log.append(folder.decisions, events)
    stamps = _stamps(folder)
    if path.parent == folder.extraction and path.stem in stamps:
        write_json(folder.extraction / "sheets.json", {**stamps, path.stem: _digest(path)})
    return events
