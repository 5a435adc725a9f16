"""One pass over the rows, whatever holds them: Parquet through Polars or DuckDB, partitions of any kind, Dask.

Each part of the rows becomes a small frame, one line per person with Σ z m′, and the matrix M′M. Frames of
different parts are joined by adding lines of the same person. Nothing else is ever held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations_with_replacement
from operator import mul
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kring.evaluation.mixed_model.design import Design, ModelError, codes
from kring.evaluation.mixed_model.estimate import fit_sums, parents
from kring.evaluation.mixed_model.fitted import Fit
from kring.evaluation.mixed_model.sums import NestedSums, PersonSums, nest

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RegistryModel:
    """What to sum. terms: the columns of M = (X, y, further z), each a product of table columns, () being 1.

    groups: innermost first. centre is taken off y before summing; choose it near the mean score, and whole, so that
    sums of whole scores stay exact.
    """

    names: tuple[str, ...]
    terms: tuple[tuple[str, ...], ...]
    outcome: str
    z: tuple[int, ...]
    groups: tuple[str, ...]
    kinds: tuple[int, int, int]
    slope: str | None
    centre: float
    formula: str

    @property
    def columns(self) -> list[str]:
        """The table columns that are read."""
        return sorted({name for term in self.terms for name in term} | set(self.groups))


def model(
    formula: str,
    groups: Sequence[str],
    time_slope: Mapping[str, str] | None = None,
    centre: float = 0.0,
) -> RegistryModel:
    """A formula of numeric columns and their products (codes must be 0/1 columns); groups outermost first."""
    from formulaic import Formula

    parsed = Formula(formula)
    outcome = [str(term) for term in parsed.lhs]
    terms: list[tuple[str, ...]] = []
    for term in parsed.rhs:
        factors = tuple(str(factor) for factor in term.factors if str(factor) != "1")
        if any(not name.isidentifier() for name in factors):
            raise ModelError(f"{term} is not a product of columns; add it to the file as a column of numbers first.")
        terms.append(factors)
    names = ["Intercept" if not term else ":".join(term) for term in terms]
    slopes = dict(time_slope or {})
    if len(outcome) != 1 or not outcome[0].isidentifier() or len(set(slopes.values())) > 1:
        raise ModelError(f"{formula!r} must have one outcome column, and slopes of one column only.")
    if centre and () not in terms:
        raise ModelError("A centre needs a model with an intercept.")
    columns = [*terms, (outcome[0],)]
    z = []
    for wanted in [(), *((column,) for column in sorted(set(slopes.values())))]:
        if wanted not in columns:
            columns.append(wanted)
        z.append(columns.index(wanted))
    inner = tuple(reversed(groups))
    kinds = [2 if name in slopes else 1 for name in inner] + [0] * (3 - len(inner))
    return RegistryModel(
        tuple(names), tuple(columns), outcome[0], tuple(z), inner, (kinds[0], kinds[1], kinds[2]),
        next(iter(slopes.values()), None), centre, formula,
    )  # fmt: skip


@dataclass(frozen=True)
class PartSums:
    """The sums of a part of the rows: `persons` has the groups' columns and s0..s(qm−1); gram is M′M."""

    persons: pl.DataFrame
    gram: Floats

    def __add__(self, other: PartSums) -> PartSums:
        groups = [name for name in self.persons.columns if not name.startswith("s__")]
        both = pl.concat([self.persons, other.persons])
        return PartSums(both.group_by(groups).agg(pl.exclude(groups).sum()), self.gram + other.gram)


def _expressions(model: RegistryModel) -> tuple[list[pl.Expr], list[pl.Expr]]:
    """(sums by person, sums of products over all rows); products of one column with itself once more are kept apart."""

    def column(index: int) -> pl.Expr:
        if not model.terms[index]:
            return pl.lit(1.0)
        value = reduce(mul, [pl.col(name).cast(pl.Float64) for name in model.terms[index]])
        return value - model.centre if model.terms[index] == (model.outcome,) and model.centre else value

    m = len(model.terms)
    ones = pl.len().cast(pl.Float64)

    def total(a: int, b: int) -> pl.Expr:
        if not model.terms[a] and not model.terms[b]:
            return ones
        return column(b).sum() if not model.terms[a] else (column(a) * column(b)).sum()

    sums = [total(z, c).alias(f"s__{i * m + c}") for i, z in enumerate(model.z) for c in range(m)]
    gram = [total(*_constant_first(model, a, b)).alias(f"g__{a}_{b}") for a, b in _pairs(m)]
    return sums, gram


def _pairs(m: int) -> list[tuple[int, int]]:
    return list(combinations_with_replacement(range(m), 2))


def _constant_first(model: RegistryModel, a: int, b: int) -> tuple[int, int]:
    return (b, a) if not model.terms[b] else (a, b)


def _gram(row: Mapping[str, float], m: int) -> Floats:
    gram = np.zeros((m, m))
    for a, b in _pairs(m):
        gram[a, b] = gram[b, a] = row[f"g__{a}_{b}"]
    return gram


def part_sums(rows: pl.DataFrame | pl.LazyFrame, model: RegistryModel) -> PartSums:
    """The sums of these rows, in one pass; rows with a missing value are left out."""
    frame = rows.lazy().select(model.columns).drop_nulls()
    sums, gram = _expressions(model)
    groups = list(model.groups)
    persons, total = pl.collect_all([frame.group_by(groups).agg(sums), frame.select(gram)])
    return PartSums(persons, _gram(total.row(0, named=True), len(model.terms)))


def from_parquet(path: str, model: RegistryModel, engine: str = "polars") -> PartSums:
    """The sums of one or many Parquet files (a path with * is allowed), in any order of rows."""
    if engine == "polars":
        return part_sums(pl.scan_parquet(path), model)
    if engine == "duckdb":
        return _from_duckdb(path, model)
    raise ModelError(f"engine must be 'polars' or 'duckdb', not {engine!r}.")


def _from_duckdb(path: str, model: RegistryModel) -> PartSums:
    import duckdb

    def column(index: int) -> str:
        text = " * ".join(f'"{name}"::DOUBLE' for name in model.terms[index]) or "1.0"
        return f"({text} - {model.centre!r})" if model.terms[index] == (model.outcome,) else f"({text})"

    m = len(model.terms)
    groups = ", ".join(f'"{name}"' for name in model.groups)
    complete = " AND ".join(f'"{name}" IS NOT NULL' for name in model.columns)
    z = [(i * m + c, a, c) for i, a in enumerate(model.z) for c in range(m)]
    sums = ", ".join(f"sum({column(a)} * {column(c)}) AS s__{at}" for at, a, c in z)
    gram = ", ".join(f"sum({column(a)} * {column(b)}) AS g__{a}_{b}" for a, b in _pairs(m))
    source = f"(SELECT * FROM read_parquet(?) WHERE {complete})"  # noqa: S608 column names come from a parsed formula
    with duckdb.connect() as connection:
        by_person = f"SELECT {groups}, {sums} FROM {source} GROUP BY {groups}"  # noqa: S608
        persons = pl.DataFrame(connection.sql(by_person, params=[path]).to_arrow_table())
        over_all = f"SELECT {gram} FROM {source}"  # noqa: S608
        total = pl.DataFrame(connection.sql(over_all, params=[path]).to_arrow_table())
    return PartSums(persons, _gram(total.row(0, named=True), m))


def from_partitions(parts: Iterable[Any], model: RegistryModel) -> PartSums:
    """The sums of many frames (polars or pandas), one after the other."""
    frames = (part if isinstance(part, (pl.DataFrame, pl.LazyFrame)) else pl.from_pandas(part) for part in parts)
    return reduce(lambda a, b: a + b, (part_sums(frame, model) for frame in frames))


def from_dask(table: Any, model: RegistryModel) -> PartSums:
    """The same pass over a Dask data frame, on whatever cluster it lives: one task per partition, then a tree."""
    from dask.delayed import delayed

    def add(both: Sequence[PartSums]) -> PartSums:
        return reduce(lambda a, b: a + b, both)

    parts = [delayed(lambda frame: part_sums(pl.from_pandas(frame), model))(part) for part in table.to_delayed()]
    while len(parts) > 1:
        parts = [delayed(add)(parts[i : i + 4]) for i in range(0, len(parts), 4)]
    found: PartSums = parts[0].compute()
    return found


def nested(sums: PartSums, model: RegistryModel) -> tuple[NestedSums, dict[str, Sequence[Any]]]:
    """Persons into visit patterns and teams; ModelError where a person or team is in two places."""
    persons = sums.persons
    coded = {name: codes(persons[name]) for name in model.groups}
    inner = coded[model.groups[0]][0]
    if len(np.unique(inner)) < len(inner):
        twice = persons[model.groups[0]].filter(persons[model.groups[0]].is_duplicated())[0]
        raise ModelError(f"The {model.groups[0]} {twice!r} is in more than one {model.groups[1]}: groups do not nest.")
    q, m = len(model.z), len(model.terms)
    rows = persons.select(pl.selectors.starts_with("s__")).to_numpy().reshape(-1, q, m)
    team = coded[model.groups[1]][0] if len(model.groups) > 1 else None
    institution = None
    if len(model.groups) == 3:
        institution = parents(
            coded[model.groups[1]][0], coded[model.groups[2]][0], *model.groups[1:3], coded[model.groups[1]][1]
        )
    person_sums = PersonSums(model.z, np.ascontiguousarray(rows), sums.gram)
    return nest(person_sums, team, institution), {name: labels for name, (_, labels) in coded.items()}


def fit_registry(sums: PartSums, model: RegistryModel, method: str = "REML") -> Fit:
    """Fit from the sums of all rows."""
    group_sums, labels = nested(sums, model)
    return fit_sums(group_sums, names_only(model, labels), method)


def names_only(model: RegistryModel, labels: Mapping[str, Sequence[Any]]) -> Design:
    """A design without rows: what `fit_sums` reads to name its results."""
    empty = np.zeros(0, np.int64)
    return Design(
        M=np.zeros((0, len(model.terms))), names=model.names, outcome=model.outcome, z=model.z,
        groups=tuple((name, empty) for name in model.groups), labels=labels, kinds=model.kinds, centre=model.centre,
        formula=model.formula, slope=model.slope,
    )  # fmt: skip
