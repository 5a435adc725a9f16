"""Rows to CSV and Parquet at once, in constant memory. A file has its name only when it is whole."""

import csv
import hashlib
import importlib.util
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

GROUP = 10_000  # rows of a Parquet row group: what is held in memory

Cell = str | int | float | None
ARROW = {"code": "string", "number": "float64", "integer": "int64"}


class Table:
    """Two files with the same rows. Use as a context: an error leaves no file under a final name."""

    def __init__(self, folder: Path, columns: Sequence[tuple[str, str]]) -> None:
        """`columns` are (name, kind); kind is code, number or integer."""
        self.columns, self.folder, self.rows = list(columns), folder, 0
        self._waiting: list[Sequence[Cell]] = []

    def __enter__(self) -> "Table":
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._text: IO[str] = open(self.folder / "outcomes.csv", "w", newline="", encoding="utf-8")
        self._csv = csv.writer(self._text, lineterminator="\n")
        self._csv.writerow([name for name, _kind in self.columns])
        self._parquet = _Parquet(self.folder / "outcomes.parquet", self.columns) if has_parquet() else None
        return self

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        for row in rows:
            self._waiting.append(row)
            if len(self._waiting) == GROUP:
                self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        self._csv.writerows([_as_text(cell) for cell in row] for row in self._waiting)
        if self._parquet is not None:
            self._parquet.add(self._waiting)
        self.rows += len(self._waiting)
        self._waiting.clear()

    def __exit__(self, kind: object, *_rest: Any) -> None:
        if kind is None:
            self._flush()
        if self._parquet is not None:
            self._parquet.writer.close()
        self._text.close()


class _Parquet:
    """The Parquet file beside the CSV, a row group at a time."""

    def __init__(self, path: Path, columns: Sequence[tuple[str, str]]) -> None:
        import pyarrow as pa  # only here: the extra `research` brings it
        import pyarrow.parquet as pq

        self.schema = pa.schema([(name, getattr(pa, ARROW[kind])()) for name, kind in columns])
        self.writer = pq.ParquetWriter(path, self.schema, compression="zstd")

    def add(self, rows: Sequence[Sequence[Cell]]) -> None:
        import pyarrow as pa

        columns = zip(*rows, strict=True)
        arrays = [pa.array(list(cells), kind) for cells, kind in zip(columns, self.schema.types, strict=True)]
        self.writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self.schema))


def has_parquet() -> bool:
    """Whether the extra `research` is installed; without it a table is CSV alone."""
    return importlib.util.find_spec("pyarrow") is not None


def _as_text(cell: Cell) -> Cell:
    """Numbers as Python writes them back: 3.5, and 3 for 3.0."""
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else repr(cell)
    return cell


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def publish(made: Path, final: Path) -> None:
    """The folder gets its final name in one step, whole."""
    final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.replace(made, final)
