"""Sums of a registry from Parquet: ours through Polars and DuckDB, against Dask's own group-by and PySpark's."""

import importlib.util
import os
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from bench._trials import SIZES, full, median_time, ratio, trial
from kring.evaluation.scale import fit_registry, from_dask, from_parquet, model

GROUPS = ("institution", "team", "person")


def main():
    size = "XL" if full() else "L"
    table = pl.DataFrame(trial(*SIZES[size])).sample(fraction=1.0, shuffle=True, seed=1)
    wanted = model("y ~ treat * time", GROUPS, centre=3)
    with tempfile.TemporaryDirectory() as name:
        path = str(Path(name) / "rows.parquet")
        table.write_parquet(path, row_group_size=200_000)
        polars = median_time(lambda: from_parquet(path, wanted), 3)
        duckdb = median_time(lambda: from_parquet(path, wanted, "duckdb"), 3)
        sums = from_parquet(path, wanted)
        fitting = median_time(lambda: fit_registry(sums, wanted), 3)
        print(
            f"{size}, {table.height:,} shuffled rows: Polars {polars:.2f} s, DuckDB {duckdb:.2f} s; fit {fitting:.2f} s"
        )
        if importlib.util.find_spec("dask"):
            import dask.dataframe as dd

            dask = median_time(lambda: from_dask(dd.read_parquet(path, split_row_groups=True), wanted), 1)
            other = from_dask(dd.read_parquet(path, split_row_groups=True), wanted)
            a, b = fit_registry(sums, wanted), fit_registry(other, wanted)
            apart = np.abs(a.beta / b.beta - 1).max()
            plain = median_time(lambda: _plain_dask(dd.read_parquet(path, split_row_groups=True)), 1)
            print(f"Dask, our pass: {ratio(dask, polars)} slower; estimates apart by {apart:.1e} (relative)")
            print(f"Dask, its own group-by of the same sums: {ratio(plain, polars)} slower")
        else:
            print("Dask: missing")
        plain, why = _by_spark(path)
        print(f"PySpark, its own group-by of the same sums, local: {ratio(plain, polars)} slower {why}")


def _by_spark(path):
    """Seconds of the same sums by a Spark that has started and read the file once; `pip install pyspark` and Java."""
    try:
        from pyspark.sql import SparkSession
        from pyspark.sql import functions as f
    except ImportError as error:
        return None, f"({error})"
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "4g",
        "spark.log.level": "ERROR",
    }
    spark = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    columns = ["one", "treat", "time", "both", "y"]

    def work():
        rows = spark.read.parquet(path).withColumn("one", f.lit(1.0)).withColumn("both", f.col("treat") * f.col("time"))
        persons = rows.groupBy(*GROUPS).agg(*(f.sum(name) for name in columns))
        persons.write.format("noop").mode("overwrite").save()
        pairs = [(a, b) for i, a in enumerate(columns) for b in columns[i:]]
        return rows.agg(*(f.sum(f.col(a) * f.col(b)).alias(f"{a}_{b}") for a, b in pairs)).collect()

    try:
        return median_time(work, 2), ""
    finally:
        spark.stop()


def _plain_dask(rows):
    """The sums by person and the products over all rows, as a Dask user writes them."""
    rows = rows.assign(one=1.0, both=rows.treat * rows.time)
    columns = ["one", "treat", "time", "both", "y"]
    persons = rows.groupby(["institution", "team", "person"])[columns].sum().compute()
    products = [(rows[a] * rows[b]).sum() for i, a in enumerate(columns) for b in columns[i:]]
    import dask

    return persons, dask.compute(*products)
