"""From a table and a formula to the arrays of a nested mixed model: X, y, the slope column, and group codes."""

from __future__ import annotations

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
    kinds: per level 0 no random effect, 1 intercept, 2 intercept and slope (see `newton`).
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

    @property
    def p(self) -> int:
        return len(self.names)


def read_table(table: Any) -> pl.DataFrame:
    """A polars frame from polars, pandas, Arrow, or a mapping of columns."""
    if isinstance(table, pl.DataFrame):
        return table
    if isinstance(table, pl.LazyFrame):
        return table.collect()
    if isinstance(table, Mapping):
        return pl.DataFrame(dict(table))
    if type(table).__module__.startswith("pandas"):
        return pl.from_pandas(table)
    frame = pl.from_arrow(table)
    if isinstance(frame, pl.Series):
        raise ModelError("The table has one column only; give a table with the outcome and the groups.")
    return frame


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
    slopes = dict(time_slope or {})
    parsed = Formula(formula)
    used = sorted({str(v) for v in parsed.required_variables} | set(groups) | set(slopes.values()))
    _check_columns(frame, used, groups, slopes)
    complete = frame.select(used).drop_nulls()
    complete = complete.filter(~pl.any_horizontal(pl.selectors.float().is_nan())) if _has_floats(complete) else complete
    if complete.is_empty():
        raise ModelError(f"No row has a value in all of {', '.join(used)}: there is nothing to fit.")
    X, names, y, outcome = _matrices(parsed, complete, formula)
    centre = float(np.round(y.mean())) if "Intercept" in names else 0.0
    columns = [X, (y - centre)[:, None]]
    z, extra = _random_columns(X, names, complete, slopes)
    M = np.ascontiguousarray(np.hstack(columns + extra))
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
        dropped=frame.height - complete.height,
        formula=formula,
        slope=next(iter(slopes.values()), None),
    )


def _check_columns(frame: pl.DataFrame, used: Sequence[str], groups: Sequence[str], slopes: Mapping[str, str]) -> None:
    absent = [name for name in used if name not in frame.columns]
    if absent:
        raise ModelError(
            f"The table has no column {absent[0]!r}; it has {', '.join(frame.columns)}. "
            "Correct the name in the formula or the groups."
        )
    if not 1 <= len(groups) <= 3 or len(set(groups)) != len(groups):
        raise ModelError(f"Give one to three different groups, outermost first; got {list(groups)}.")
    for group, column in slopes.items():
        if group not in groups:
            raise ModelError(f"A slope is asked for {group!r}, which is not one of the groups {list(groups)}.")
        if not frame[column].dtype.is_numeric():
            raise ModelError(f"The slope column {column!r} holds {frame[column].dtype}; it must hold numbers.")
    if len(set(slopes.values())) > 1:
        raise ModelError("All slopes must be of the same column: one measure of time.")


def _has_floats(frame: pl.DataFrame) -> bool:
    return any(dtype.is_float() for dtype in frame.dtypes)


def _matrices(parsed: Any, frame: pl.DataFrame, formula: str) -> tuple[Floats, list[str], Floats, str]:
    """X and y by formulaic; pandas is its best-tested materialiser."""
    if not hasattr(parsed, "lhs"):
        raise ModelError(f"The formula {formula!r} has no outcome: write it as 'score ~ arm * months'.")
    try:
        both = parsed.get_model_matrix(frame.to_pandas(), output="numpy", na_action="raise")
    except Exception as error:
        raise ModelError(f"The formula {formula!r} cannot be worked out on this table: {error}") from error
    X = np.asarray(both.rhs, float)
    names = [str(name) for name in both.rhs.model_spec.column_names]
    y = np.asarray(both.lhs, float)
    if y.shape[1] != 1:
        raise ModelError(f"The outcome of {formula!r} must be one column of numbers.")
    if not (np.isfinite(X).all() and np.isfinite(y).all()):
        raise ModelError(f"The formula {formula!r} gives values that are not finite numbers.")
    return X, names, y[:, 0], str(both.lhs.model_spec.column_names[0])


def _random_columns(
    X: Floats, names: Sequence[str], frame: pl.DataFrame, slopes: Mapping[str, str]
) -> tuple[tuple[int, ...], list[Floats]]:
    """Where 1 and the slope column stand in M; columns that X lacks are appended behind y."""
    wanted = [("Intercept", np.ones(len(X)))]
    for column in sorted(set(slopes.values())):
        wanted.append((column, frame[column].cast(pl.Float64).to_numpy()))
    z: list[int] = []
    extra: list[Floats] = []
    for name, values in wanted:
        if name in names and np.array_equal(X[:, names.index(name)], values):
            z.append(names.index(name))
        else:
            z.append(X.shape[1] + 1 + len(extra))
            extra.append(values[:, None])
    return tuple(z), extra


def codes(column: pl.Series) -> tuple[Codes, list[Any]]:
    """Codes 0.. in order of first appearance, and the label of each."""
    labels = column.unique(maintain_order=True)
    if labels.dtype.is_integer() and labels.len() and labels.is_sorted() and labels[-1] - labels[0] == labels.len() - 1:
        return (column.cast(pl.Int64) - labels[0]).to_numpy().astype(np.int64), labels.to_list()
    numbered = pl.DataFrame({"label": labels, "code": np.arange(len(labels), dtype=np.int64)})
    joined = column.to_frame("label").join(numbered, on="label", how="left", maintain_order="left")
    return joined["code"].to_numpy().astype(np.int64), labels.to_list()
