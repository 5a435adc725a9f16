"""From the bytes of a CSV or Parquet file to typed columns: strictly, so that no value is ever guessed."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import cast

import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from kring.evaluation.contract.dictionary import Dictionary
from kring.evaluation.errors import BadInput, Fault, refuse

NUMBER = r"^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
INTEGER = r"^-?\d+$"
SHOWN = 5  # faults of one kind that are listed one by one; the rest is counted

CODES = ("person", "team", "institution", "arm", "occasion", "measure", "missing_reason")
NUMBERS = ("score", "exposure")
INTEGERS = ("day", "period")


def column_types(dictionary: Dictionary) -> dict[str, str]:
    """Every column the table may have: "code", "number" or "integer"."""
    types = dict.fromkeys(CODES, "code") | dict.fromkeys(NUMBERS, "number") | dict.fromkeys(INTEGERS, "integer")
    return types | {
        covariate.name: "number" if covariate.type == "number" else "code" for covariate in dictionary.covariates
    }


def read_columns(path: Path, dictionary: Dictionary) -> pl.DataFrame:
    """The table's columns as String, Float64 or Int64, in file order; empty cells are null."""
    if not path.exists():
        raise refuse("there is no such file.", "Check the path.", str(path))
    if path.suffix.lower() == ".parquet":
        frame = _read_parquet(path)
    elif path.suffix.lower() == ".csv":
        frame = _read_csv(path)
    else:
        raise refuse(f"the ending {path.suffix!r} is not known.", "Give a .csv or a .parquet file.", str(path))
    _check_columns(frame.columns, dictionary, str(path))
    types = column_types(dictionary)
    faults: list[Fault] = []
    columns = [_typed(frame[name], types[name], str(path), faults) for name in frame.columns]
    if faults:
        raise BadInput(faults)
    return pl.DataFrame(columns)


def _read_parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise refuse(f"is not a Parquet file ({str(error).splitlines()[0]}).", "Export it again.", str(path)) from None


def _read_csv(path: Path) -> pl.DataFrame:
    content = path.read_bytes()
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise refuse("is not UTF-8 text.", "Save the file as CSV UTF-8.", str(path), row) from None
    header = content.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8").strip("\r")
    names = next(csv.reader([header]), [])
    if not header.strip():
        raise refuse("is empty.", "The first row holds the names of the columns.", str(path), 1)
    if len(names) == 1 and any(mark in header for mark in ";\t"):
        raise refuse("the columns are not divided by commas.", "Save the file as CSV with commas.", str(path), 1)
    for name in names:
        if names.count(name) > 1:
            raise refuse(f"the column {name!r} is there twice.", "Keep one of them.", str(path), 1, name)
    try:
        # pyarrow refuses short and long rows alike; Polars fills short ones in silently.
        table = arrow_csv.read_csv(
            io.BytesIO(content),
            parse_options=arrow_csv.ParseOptions(ignore_empty_lines=False, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except pa.ArrowInvalid as error:
        other = refuse(f"is not CSV: {error}.", "Export it again.", str(path))
        raise _ragged(path, len(names)) or other from None
    return cast(pl.DataFrame, pl.from_arrow(table))


def _ragged(path: Path, width: int) -> BadInput | None:
    """The first row that has more or fewer cells than the header."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row, cells in enumerate(csv.reader(lines), start=1):
            if len(cells) != width:
                what = f"has {len(cells)} cells, the header {width}."
                return refuse(what, "Put text that holds a comma between double quotes.", str(path), row)
    return None


def _check_columns(columns: list[str], dictionary: Dictionary, file: str) -> None:
    known = column_types(dictionary)
    covariates = {covariate.name for covariate in dictionary.covariates}
    faults = [
        Fault(f"there is no column {name!r}.", "Add it (docs/evaluation.md lists the columns).", file)
        for name in ("person", "team", "measure", "score")
        if name not in columns
    ]
    if "arm" not in columns and "exposure" not in columns:
        faults.append(Fault("there is neither a column 'arm' nor 'exposure'.", "Add one of them.", file))
    if "occasion" not in columns and "day" not in columns:
        faults.append(Fault("there is neither a column 'occasion' nor 'day'.", "Add one of them.", file))
    faults += [
        Fault(
            f"the dictionary lists the covariate {name!r}, the table has no such column.",
            "Add or unlist it.",
            file,
        )
        for name in sorted(covariates - set(columns))
    ]
    faults += [
        Fault(
            f"the column {name!r} is not in the contract nor in the dictionary.",
            "Remove it, or list it under covariates.",
            file,
            1,
            name,
        )
        for name in columns
        if name not in known
    ]
    if faults:
        raise BadInput(faults)


def _typed(column: pl.Series, kind: str, file: str, faults: list[Fault]) -> pl.Series:
    """The column in its type; what is not of that type is added to `faults`, never changed or dropped."""
    if column.dtype == pl.Categorical or isinstance(column.dtype, pl.Enum):
        column = column.cast(pl.String)
    if kind == "code":
        if column.dtype.is_integer():
            return column.cast(pl.String)
        if column.dtype in (pl.String, pl.Null):
            return column.cast(pl.String).replace("", None)
        faults.append(_wrong_type(column, "text", file))
        return column
    wanted = pl.Float64 if kind == "number" else pl.Int64
    if column.dtype == pl.Null or column.dtype.is_integer() or (kind == "number" and column.dtype.is_numeric()):
        typed = column.cast(wanted)
    elif column.dtype == pl.String and not file.lower().endswith(".parquet"):
        typed = _parse(column, kind, file, faults)
    else:
        faults.append(_wrong_type(column, "numbers" if kind == "number" else "whole numbers", file))
        return column
    if kind == "number":
        infinite = typed.is_not_null() & ~typed.is_finite()
        faults += row_faults(
            infinite,
            file,
            column.name,
            lambda row: f"{typed[row]} is not a score.",
            "Leave the cell empty when there is no value.",
        )
    return typed


def _wrong_type(column: pl.Series, wanted: str, file: str) -> Fault:
    return Fault(f"holds {column.dtype}, not {wanted}.", "Store the column in that type.", file, None, column.name)


def _parse(column: pl.Series, kind: str, file: str, faults: list[Fault]) -> pl.Series:
    """Text of a CSV cell to a number, when it is written as one."""
    text = column.replace("", None)
    bad = text.is_not_null() & ~text.str.contains(NUMBER if kind == "number" else INTEGER).fill_null(False)
    word = "a number" if kind == "number" else "a whole number"

    def what(row: int) -> str:
        return f"{text[row]!r} is not {word}."

    remedy = "Write it with a decimal point (3.4), and leave the cell empty when there is no value."
    faults += row_faults(bad, file, column.name, what, remedy)
    return text.set(bad, None).cast(pl.Float64 if kind == "number" else pl.Int64)


def row_faults(bad: pl.Series, file: str, column: str, what: Callable[[int], str], remedy: str) -> list[Fault]:
    """A fault for each of the first marked rows, and a line that counts the others. Row 1 is the header."""
    rows = bad.fill_null(False).arg_true().to_list()
    found = [Fault(what(row), remedy, file, row + 2, column) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        found.append(
            Fault(
                f"and {len(rows) - SHOWN} more rows like this.",
                "Mend them all, then run it again.",
                file,
                None,
                column,
            )
        )
    return found
