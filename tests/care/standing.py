"""The rows of the standing cast, kept from the first time it was built and written again for each test.

Building it through actions takes a hundred statements. The rows are the same each time, and so are the ids.
"""

import dataclasses
import pickle
import time
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from kring.care import second_guard

AN_HOUR = 3600.0
Rows = dict[str, list[tuple[Any, ...]]]


@dataclasses.dataclass(frozen=True)
class Kept:
    kind: type[Any]
    fields: bytes
    rows: Rows
    at: float


_kept: list[Kept] = []


def again(build: Callable[[], Any]) -> Any:
    """What `build` made, with its rows: built the first time, and by a test that lives at another time."""
    if _kept and abs(time.time() - _kept[0].at) < AN_HOUR:
        _write(_kept[0].rows)
        return _kept[0].kind(**pickle.loads(_kept[0].fields))
    before = _all_rows()
    found = build()
    if not _kept:
        after = _all_rows()
        rows = {table: [row for row in after[table] if row not in before[table]] for table in after}
        _kept.append(Kept(type(found), pickle.dumps(vars(found)), rows, time.time()))
    return found


def _tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _all_rows() -> Rows:
    with second_guard.lifted("the cast is nobody's"), connection.cursor() as cursor:
        rows = {}
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}"')
            rows[table] = cursor.fetchall()
        return rows


def _write(rows: Rows) -> None:
    """Foreign keys are looked at when the transaction ends, so the order of tables does not matter."""
    with second_guard.lifted("the cast is nobody's"), transaction.atomic(), connection.cursor() as cursor:
        for table, new in rows.items():
            if new:
                cursor.executemany(f'INSERT INTO "{table}" VALUES ({", ".join(["%s"] * len(new[0]))})', new)
