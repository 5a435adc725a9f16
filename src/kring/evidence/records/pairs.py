"""Candidate pairs: records that share a key. DuckDB finds them in one machine's memory or past it; Dask on many.

Both engines get two columns, the record's number and a key of 63 bits, and give the same pairs.
"""

import importlib
from collections.abc import Iterable, Sequence
from typing import Literal

import duckdb
import numpy as np
from numpy.typing import NDArray

from kring.evidence.problem import Problem

Engine = Literal["duckdb", "dask"]
Pairs = NDArray[np.int64]  # shape (pairs, 2), first < second, sorted, each once
MOST = 100  # records on one key; a commoner key (`Editorial`) tells nothing and would cost its square


def columns(keys: Iterable[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Record numbers and keys as two columns."""
    rows = [(number, key) for number, found in enumerate(keys) for key in found]
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])


def candidates(record: NDArray[np.int64], key: NDArray[np.int64], engine: Engine = "duckdb") -> Pairs:
    """Every pair of records with a key in common, keys on more than MOST records left out."""
    if not len(record):
        return np.empty((0, 2), dtype=np.int64)
    return _duckdb(record, key) if engine == "duckdb" else _dask(record, key)


def _duckdb(record: NDArray[np.int64], key: NDArray[np.int64]) -> Pairs:
    table = {"record": record, "key": key}
    with duckdb.connect() as connection:
        connection.register("entries", table)
        found = connection.execute(
            """
            WITH rare AS (SELECT key FROM entries GROUP BY key HAVING count(*) BETWEEN 2 AND ?),
                 kept AS (SELECT record, key FROM entries JOIN rare USING (key))
            SELECT DISTINCT a.record AS first, b.record AS second
            FROM kept a JOIN kept b ON a.key = b.key AND a.record < b.record
            ORDER BY first, second
            """,
            [MOST],
        ).fetchnumpy()
    return np.column_stack([found["first"], found["second"]]).astype(np.int64)


def _dask(record: NDArray[np.int64], key: NDArray[np.int64]) -> Pairs:
    try:
        dd = importlib.import_module("dask.dataframe")
        pd = importlib.import_module("pandas")
    except ModuleNotFoundError:
        raise Problem("The engine dask is not installed.", "pip install 'dask[dataframe]'") from None
    entries = dd.from_pandas(pd.DataFrame({"record": record, "key": key}), npartitions=8)
    sizes = entries.groupby("key").size().reset_index().rename(columns={0: "n"})
    rare = sizes[(sizes["n"] >= 2) & (sizes["n"] <= MOST)][["key"]]
    kept = entries.merge(rare, on="key")
    both = kept.merge(kept, on="key", suffixes=("_a", "_b"))
    both = both[both["record_a"] < both["record_b"]][["record_a", "record_b"]].drop_duplicates()
    table: Pairs = both.compute().to_numpy(dtype=np.int64)
    return table[np.lexsort((table[:, 1], table[:, 0]))]
