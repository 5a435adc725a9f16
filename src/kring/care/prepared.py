"""Querysets compiled once and run many times: the fast way to read, for the two or three busiest pages.

Django spends more time turning a queryset into SQL than the database spends answering it. A prepared query is
built by an ordinary function (so the policy still decides what is visible), compiled at its first use per
database and per shape, and from then on only given its values. Everything else uses plain querysets.
"""

import datetime as dt
import functools
import uuid
from collections import namedtuple
from collections.abc import Callable, Hashable
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
    """An id as it stands in addresses, written by the database: for pages with hundreds of rows."""

    output_field = CharField()
    template = "CAST(%(expressions)s AS text)"

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        """There it is stored as 32 digits without the hyphens."""
        digits, params = compiler.compile(self.source_expressions[0])
        parts = [f"substr({digits}, {start}, {size})" for start, size in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))]
        return "({})".format(" || '-' || ".join(parts)), tuple(params) * len(parts)


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
            sql, template, converters, row = self.compiled(database.vendor, *shape)
        except EmptyResultSet:  # the policy leaves nothing to ask for
            return []
        given = {name: _for_database(value, database) for name, value in values.items()}
        params = [given[part.name] if isinstance(part, _Place) else part for part in template]
        with database.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchall()
        if not converters:
            return [row._make(values) for values in found]
        return [row._make(_converted(values, converters, database)) for values in found]

    def first(self, *shape: Hashable, **values: Any) -> Any | None:
        found = self.rows(*shape, **values)
        return found[0] if found else None

    def _compile(self, vendor: str, *shape: Hashable) -> tuple[str, list[Any], dict[int, Any], Any]:
        marks = {name: _sentinel(kind, number) for number, (name, kind) in enumerate(self.kinds.items())}
        query, database = self.build(*shape, **marks).query, connections[DEFAULT_DB_ALIAS]
        compiler = query.get_compiler(connection=database)
        sql, params = compiler.as_sql()
        places = {_for_database(mark, database): _Place(name) for name, mark in marks.items()}
        places |= {mark: _Place(name) for name, mark in marks.items()}
        template = [places.get(param, param) if isinstance(param, Hashable) else param for param in params]
        columns = [column for column, _sql, _alias in compiler.select]
        found = compiler.get_converters(columns)
        converters = {position: (functions, column) for position, (functions, column) in found.items()}
        return sql, template, converters, namedtuple("Row", _names(query))


class _Place:
    def __init__(self, name: str) -> None:
        self.name = name


def _sentinel(kind: type, number: int) -> Any:
    base = SENTINELS[kind]
    return uuid.UUID(int=base.int + number) if kind is uuid.UUID else base + dt.timedelta(days=number)


def _for_database(value: Any, database: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value if database.features.has_native_uuid_field else value.hex
    if isinstance(value, dt.datetime):
        return database.ops.adapt_datetimefield_value(value)
    if isinstance(value, dt.date):
        return database.ops.adapt_datefield_value(value)
    return value


def _converted(values: tuple[Any, ...], converters: dict[int, Any], database: Any) -> list[Any]:
    made = list(values)
    for position, (functions, column) in converters.items():
        for function in functions:
            made[position] = function(made[position], column, database)
    return made


def _names(query: Any) -> list[str]:
    selected = query.selected or {}
    return [name.replace("__", "_") for name in selected] or [*query.values_select, *query.annotation_select]


def prepared(**kinds: type) -> Callable[[Callable[..., QuerySet[Any, Any]]], Prepared]:
    """Decorate a function that builds a queryset; name the type of each value that it takes."""
    return lambda build: Prepared(build, **kinds)
