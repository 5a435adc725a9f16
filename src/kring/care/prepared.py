"""Querysets compiled once and run many times: the fast way to read, for the two or three busiest pages.

Django spends more time turning a queryset into SQL than the database spends answering it. A prepared query is
built by an ordinary function (so the policy still decides what is visible), compiled at its first use per
database and per shape, and from then on only given its values. Everything else uses plain querysets.
"""

import datetime as dt
import functools
import uuid
from collections import namedtuple
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import CharField, Func, QuerySet

SENTINELS: dict[type, Any] = {
    uuid.UUID: uuid.UUID(f"5eed5eed-5eed-4eed-8eed-{0:012x}"),
    dt.datetime: dt.datetime(1901, 2, 3, 4, 5, tzinfo=dt.UTC),
    dt.date: dt.date(1901, 2, 3),
}


class IdText(Func):
    """An id as text, as the database writes it: for pages with hundreds of rows. `in_address` makes it fit a link."""

    output_field = CharField()
    template = "CAST(%(expressions)s AS text)"


class MinuteText(Func):
    """A moment as text, up to its minute, in UTC: a list says only its day, and few minutes are new at each look."""

    output_field = CharField()
    template = "SUBSTR(CAST(%(expressions)s AS text), 1, 16)"


def in_address(id_text: str) -> str:
    """SQLite keeps an id as 32 digits; addresses have hyphens between them."""
    d = id_text
    return d if "-" in d else f"{d[:8]}-{d[8:12]}-{d[12:16]}-{d[16:20]}-{d[20:]}"


class Statement:
    """SQL with a name in each gap (what stands there several times goes over once), and what always stands in some.

    SQLite takes it straight: Django would search the text for its gaps at each run, and its driver would then not
    know the text again. Where somebody counts or watches the queries, it goes the ordinary way.
    """

    def __init__(self, sql: str, names: Sequence[str], constants: dict[str, Any]) -> None:
        self.sql, self.names, self.constants = sql, names, constants
        places = {name: f"?{place}" for place, name in enumerate([*names, *constants], 1)}
        self.numbered = sql % places
        self.always = tuple(constants.values())

    def run(self, database: Any, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """`values` in the order of `names`, as the database writes them. The rows that it answers, if any."""
        if database.vendor != "sqlite" or database.queries_logged or database.execute_wrappers:
            with database.cursor() as cursor:
                cursor.execute(self.sql, self.constants | dict(zip(self.names, values, strict=True)))
                return cursor.fetchall() if cursor.description else []
        database.ensure_connection()
        database.validate_no_broken_transaction()
        with database.wrap_database_errors:
            found: list[tuple[Any, ...]] = database.connection.execute(
                self.numbered, (*values, *self.always)
            ).fetchall()
            return found


class Prepared:
    """`build(*shape, **values)` returns a `values_list(..., named=True)`; `rows(*shape, **values)` runs it.

    `shape` decides what the SQL looks like (hashable, few variants); `values` only fill its places. Each value
    must be a UUID, a datetime or a date.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self.build = build
        self.kinds = kinds
        self.compiled = functools.cache(self._compile)

    def rows(self, *shape: Hashable, **values: Any) -> list[Any]:
        database = connections[DEFAULT_DB_ALIAS]
        try:
            statement, converters, row = self.compiled(database.vendor, *shape)
        except EmptyResultSet:  # the policy leaves nothing to ask for
            return []
        found: Any = statement.run(database, [for_database(values[name], database) for name in statement.names])
        if found and converters:
            found = _converted(found, converters, database)
        return [row._make(values) for values in found]

    def first(self, *shape: Hashable, **values: Any) -> Any | None:
        found = self.rows(*shape, **values)
        return found[0] if found else None

    def _compile(self, vendor: str, *shape: Hashable) -> tuple[Statement, dict[int, Any], Any]:
        marks = {name: _sentinel(kind, number) for number, (name, kind) in enumerate(self.kinds.items())}
        query, database = self.build(*shape, **marks).query, connections[DEFAULT_DB_ALIAS]
        compiler = query.get_compiler(connection=database)
        sql, params = compiler.as_sql()
        places = {for_database(mark, database): name for name, mark in marks.items()}
        places |= {mark: name for name, mark in marks.items()}
        statement = _with_names(sql, params, places)
        columns = [column for column, _sql, _alias in compiler.select]
        found = compiler.get_converters(columns)
        converters = {at: ([_quick(each, database) for each in them], column) for at, (them, column) in found.items()}
        return statement, converters, namedtuple("Row", _names(query))


def _with_names(sql: str, params: Sequence[Any], places: dict[Any, str]) -> Statement:
    *pieces, end = sql.split("%s")
    named, constants, names = [], {}, []
    for number, (piece, param) in enumerate(zip(pieces, params, strict=True)):
        name = places.get(param) if isinstance(param, Hashable) else None
        if name is None:
            name = f"constant_{number}"
            constants[name] = param
        elif name not in names:
            names.append(name)
        named.append(f"{piece}%({name})s")
    return Statement("".join([*named, end]), names, constants)


def _sentinel(kind: type, number: int) -> Any:
    base = SENTINELS[kind]
    return uuid.UUID(int=base.int + number) if kind is uuid.UUID else base + dt.timedelta(days=number)


def for_database(value: Any, database: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value if database.features.has_native_uuid_field else value.hex
    if isinstance(value, dt.datetime):
        return database.ops.adapt_datetimefield_value(value)
    if isinstance(value, dt.date):
        return database.ops.adapt_datefield_value(value)
    return value


def _quick(converter: Any, database: Any) -> Callable[[Any, Any, Any], list[Any]]:
    """Django's own way back from the database for a column of values, or the same with less work in SQLite."""
    if database.vendor == "sqlite":
        if converter == database.ops.convert_uuidfield_value:
            return _ids
        if converter == database.ops.convert_datetimefield_value and database.timezone is dt.UTC:
            return _moments
    return lambda values, column, database: [converter(value, column, database) for value in values]


def _ids(values: Any, _column: Any, _database: Any) -> list[Any]:
    """In hundreds of rows few are different."""
    made = {value: uuid.UUID(value) for value in set(values) if value is not None}
    return [made.get(value) for value in values]


def _moments(values: Any, column: Any, database: Any) -> list[Any]:
    slow = database.ops.convert_datetimefield_value
    return [
        value.replace(tzinfo=dt.UTC) if type(value) is dt.datetime else value and slow(value, column, database)
        for value in values
    ]


def _converted(found: list[Any], converters: dict[int, Any], database: Any) -> Iterable[Any]:
    columns: list[Any] = list(zip(*found, strict=True))
    for position, (functions, column) in converters.items():
        for function in functions:
            columns[position] = function(columns[position], column, database)
    return zip(*columns, strict=True)


def _names(query: Any) -> list[str]:
    selected = query.selected or {}
    return [name.replace("__", "_") for name in selected] or [*query.values_select, *query.annotation_select]


def prepared(**kinds: type) -> Callable[[Callable[..., QuerySet[Any, Any]]], Prepared]:
    """Decorate a function that builds a queryset; name the type of each value that it takes."""
    return lambda build: Prepared(build, **kinds)
