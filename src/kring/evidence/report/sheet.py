"""One table, written alike as CSV, JSON and HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kring.evidence.files import write_csv, write_json
from kring.evidence.folder import Folder


@dataclass(frozen=True)
class Sheet:
    """A table of the report: file name, caption, column names, rows of text."""

    id: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def records(self) -> list[dict[str, str]]:
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]


def sheet(id: str, caption: str, rows: Sequence[Mapping[str, object]], header: Sequence[str] = ()) -> Sheet:
    """A sheet from rows by column name; `header` chooses and orders columns, and serves a table without rows."""
    names = tuple(header) or tuple(rows[0] if rows else ())
    return Sheet(id, caption, names, tuple(tuple(cell(row.get(name, "")) for name in names) for row in rows))


def cell(value: object) -> str:
    """Text of a cell: numbers to four digits, nothing as an empty cell."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def write_sheets(folder: Folder, sheets: Sequence[Sheet]) -> list[Path]:
    """Write each sheet to 6_report/tables as CSV and JSON; return the paths."""
    written = []
    for table in sheets:
        base = folder.report / "tables" / table.id
        write_csv(base.with_suffix(".csv"), table.header, table.rows)
        write_json(base.with_suffix(".json"), {"caption": table.caption, "rows": table.records})
        written += [base.with_suffix(".csv"), base.with_suffix(".json")]
    return written
