"""From a table and a formula to the arrays of a nested mixed model: X, y, the slope column, and group codes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


class ModelError(ValueError):
    """The model cannot be fitted to this table; the message says what to change."""


class NotNested(ModelError):
    """A person is in two teams, or a team in two institutions."""


@dataclass(frozen=True)
class Design:
    """One row per measurement. M = (X, y, extra z columns); `z` are the random-effect columns within M.

    groups: codes 0.. per row, innermost first, with the group's name; labels: what each code stands for.
    kinds: per level 0 no random effect, 1 intercept, 2 intercept and slope (see `covariance`).
    spec: formulaic's, which gives the columns of X at other values; None for designs without a formula.
    """

    M: Floats
    names: tuple[str, ...]
    outcome: str
    z: tuple[int, ...]
    groups: tuple[tuple[str, Codes], ...]
    labels: Mapping[str, Sequence[Any]]
    kinds: tuple[int, int, int]
    centre: float = 0.0
    dropped: int = 0
    formula: str = ""
    slope: str | None = None
    notes: tuple[str, ...] = field(default=())
    spec: Any = field(default=None, repr=False)

    @property
    def p(self) -> int:
        return len(self.names)


def read_table(table: Any) -> pl.LazyFrame:
    """A polars frame from polars, pandas, Arrow, or a mapping of columns; of a file only what is asked for is read."""
    if isinstance(table, pl.DataFrame | pl.LazyFrame):
        return table.lazy()
    if isinstance(table, Mapping):
        return pl.LazyFrame(dict(table))
    if type(table).__module__.startswith("pandas"):
        return pl.from_pandas(table).lazy()
    frame = pl.from_arrow(table)
    if isinstance(frame, pl.Series):
        raise ModelError("The table has one column only; give a table with the outcome and the groups.")
    return frame.lazy()


def build(
    table: Any,
    formula: str,
    groups: Sequence[str],
    time_slope: Mapping[str, str] | None = None,
) -> Design:
    """Make the design; groups outermost first, time_slope maps a group's name to the column of its slope.

    Rows with a missing value in any column used are left out and counted (maximum likelihood under MAR).
    Raises ModelError naming the column.
    """
    from formulaic import Formula

    frame = read_table(table)
    columns = frame.collect_schema()
    slopes = dict(time_slope or {})
    parsed = Formula(formula)
    named = set(re.findall(r"[^\W\d]\w*", formula)) & set(columns)  # formulaic does not look inside center(x)
    used = sorted({str(v) for v in parsed.required_variables} | named | set(groups) | set(slopes.values()))
    _check_columns(columns, used, groups, slopes)
    chosen = frame.select(used).collect()
    complete = _complete(chosen)
    if complete.is_empty():
        raise ModelError(f"No row has a value in all of {', '.join(used)}: there is nothing to fit.")
    X, code, spec, y, outcome = _matrices(parsed, complete, formula)
    names = [str(name) for name in spec.column_names]
    centre = float(np.round(y.mean())) if "Intercept" in names else 0.0
    M = np.empty((len(y), len(names) + 1), order="F")  # its columns are what is read
    for place, column in enumerate(X.T):
        np.take(column, code, out=M[:, place], mode="clip")
    np.subtract(y, centre, out=M[:, -1])
    z, extra = _random_columns(M, names, complete, slopes)
    if extra:
        M = np.asfortranarray(np.column_stack([M, *extra]))
    coded = [codes(complete[name]) for name in reversed(groups)]
    kinds = [2 if name in slopes else 1 for name in reversed(groups)] + [0] * (3 - len(groups))
    return Design(
        M=M,
        names=tuple(names),
        outcome=outcome,
        z=z,
        groups=tuple((name, codes) for name, (codes, _) in zip(reversed(groups), coded, strict=True)),
        labels={name: labels for name, (_, labels) in zip(reversed(groups), coded, strict=True)},
        kinds=(kinds[0], kinds[1], kinds[2]),
        centre=centre,
        dropped=chosen.height - complete.height,
        formula=formula,
        slope=next(iter(slopes.values()), None),
        spec=spec,
    )


def _check_columns(columns: pl.Schema, used: Sequence[str], groups: Sequence[str], slopes: Mapping[str, str]) -> None:
    absent = [name for name in used if name not in columns]
    if absent:
        raise ModelError(
            f"The table has no column {absent[0]!r}; it has {', '.join(columns)}. "
            "Correct the name in the formula or the groups."
        )
    if not 1 <= len(groups) <= 3 or len(set(groups)) != len(groups):
        raise ModelError(f"Give one to three different groups, outermost first; got {list(groups)}.")
    for group, column in slopes.items():
        if group not in groups:
            raise ModelError(f"A slope is asked for {group!r}, which is not one of the groups {list(groups)}.")
        if not columns[column].is_numeric():
            raise ModelError(f"The slope column {column!r} holds {columns[column]}; it must hold numbers.")
    if len(set(slopes.values())) > 1:
        raise ModelError("All slopes must be of the same column: one measure of time.")


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that have a value in every column."""
    whole = frame.drop_nulls() if any(column.null_count() for column in frame) else frame
    gaps = [column for column in whole if column.dtype.is_float() and column.is_nan().any()]
    return whole.filter(~pl.any_horizontal(column.is_nan() for column in gaps)) if gaps else whole


def _matrices(parsed: Any, frame: pl.DataFrame, formula: str) -> tuple[Floats, Codes, Any, Floats, str]:
    """(X, the row of X for each row, the specification of X, y, its name), by formulaic.

    Where rows share few combinations of values, X has one row for each combination. pandas is formulaic's best-tested
    materialiser.
    """
    if not hasattr(parsed, "lhs"):
        raise ModelError(f"The formula {formula!r} has no outcome: write it as 'score ~ arm * months'.")
    plain = [str(term) for term in parsed.lhs]
    simple = len(plain) == 1 and plain[0] in frame.columns and frame[plain[0]].dtype.is_numeric()
    cells = _cells(parsed.rhs, frame) if simple else None
    rows, code = cells or (slice(None), np.arange(frame.height))
    try:
        both = parsed.get_model_matrix(frame[rows].to_pandas(), output="numpy", na_action="raise")
    except Exception as error:
        raise ModelError(f"The formula {formula!r} cannot be worked out on this table: {error}") from error
    X, y = np.asarray(both.rhs, float), np.asarray(both.lhs, float)
    if y.shape[1] != 1:
        raise ModelError(f"The outcome of {formula!r} must be one column of numbers.")
    y = frame[plain[0]].cast(pl.Float64).to_numpy() if cells else y[:, 0]
    if not (np.isfinite(X).all() and np.isfinite(y).all()):
        raise ModelError(f"The formula {formula!r} gives values that are not finite numbers.")
    return X, code, both.rhs.model_spec, y, str(both.lhs.model_spec.column_names[0])


MOST_CELLS = 4096
BLOCK = 65536  # rows at a time, where whole columns in between would cost memory and the time to fetch it


def _cells(rhs: Any, frame: pl.DataFrame) -> tuple[Codes, Codes] | None:
    """(one row of each combination of the values that X is made of, each row's combination); None where they are many.

    Only for formulas of columns and C(column): what centres or scales by the data must see every row.
    """
    factors = {str(factor) for term in rhs for factor in term.factors} - {"1"}
    names = {factor.removeprefix("C(").removesuffix(")") if factor.startswith("C(") else factor for factor in factors}
    code, size = np.zeros(frame.height, np.int64), 1
    for name in sorted(names):
        if name not in frame.columns or frame[name].head(MOST_CELLS).n_unique() > MOST_CELLS // 8:
            return None
        own, labels = codes(frame[name])
        size *= len(labels)
        if size > MOST_CELLS:
            return None
        code *= len(labels)
        code += own
    row = np.full(size, -1)
    for start in range(0, len(code), BLOCK):
        part = code[start : start + BLOCK]
        row[part] = np.arange(start, start + len(part))
    there = row >= 0
    return row[there], code if there.all() else (np.cumsum(there) - 1)[code]


def _random_columns(
    M: Floats, names: Sequence[str], frame: pl.DataFrame, slopes: Mapping[str, str]
) -> tuple[tuple[int, ...], list[Floats]]:
    """Where 1 and the slope column stand in M = (X, y); columns that X lacks are to be appended behind y."""
    wanted = [("Intercept", np.ones(1))]
    for column in sorted(set(slopes.values())):
        wanted.append((column, frame[column].cast(pl.Float64).to_numpy()))
    z: list[int] = []
    extra: list[Floats] = []
    for name, values in wanted:
        if name in names and (M[:, names.index(name)] == values).all():
            z.append(names.index(name))
        else:
            z.append(M.shape[1] + len(extra))
            extra.append(np.broadcast_to(values, len(M)))
    return tuple(z), extra


def codes(column: pl.Series) -> tuple[Codes, Sequence[Any]]:
    """Codes 0.. and the label of each: in order of value for whole numbers close together, else of first appearance."""
    if column.len() and column.dtype.is_numeric():
        values = column.to_numpy()
        whole = values.astype(np.int64, copy=False)
        if whole is values or np.array_equal(whole, values):
            found = _codes_of_whole(whole)
            if found:
                return found
    labels = column.unique(maintain_order=True)
    numbered = pl.DataFrame({"label": labels, "code": np.arange(len(labels), dtype=np.int64)})
    joined = column.to_frame("label").join(numbered, on="label", how="left", maintain_order="left")
    return joined["code"].to_numpy().astype(np.int64), labels.to_list()


def _codes_of_whole(values: Codes) -> tuple[Codes, Sequence[Any]] | None:
    """By a table of all numbers between the least and the greatest; None where that would be long."""
    least, most = int(values.min()), int(values.max())
    if most - least > 4 * len(values) + 1000:
        return None
    there = np.zeros(most - least + 1, np.bool_)
    shifted = values if least == 0 and values.flags.writeable else values - least
    there[shifted] = True
    if there.all():
        return shifted, range(least, most + 1)
    return (np.cumsum(there) - 1)[shifted], (np.flatnonzero(there) + least).tolist()
