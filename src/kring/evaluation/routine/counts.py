"""Counts of events over calendar periods: a u chart for everyone and for each team that may be shown.

A row of a measure of kind *count* says how many events a person had in one stretch of observation (a night, a
quarter), so a period's u is events per row. The chart supposes that stretches are alike and events independent; where
few persons have many events each, its limits are too narrow, and the page says so.
"""

from typing import Any

import polars as pl

from kring.evaluation.contract.dictionary import Measure
from kring.evaluation.contract.protocol import Protocol
from kring.evaluation.contract.table import OutcomeTable
from kring.evaluation.routine.change import MIN_PERIODS, shown_periods
from kring.evaluation.routine.control_charts import u_chart

Row = dict[str, Any]


def counts_over_time(table: OutcomeTable, protocol: Protocol) -> list[Row]:
    """The u charts of every count of the dictionary. Empty without a column period."""
    if "period" not in table.frame.columns or not protocol.compare_teams:
        return []
    counts = [measure for measure in table.dictionary.measures if measure.kind == "count"]
    return [chart for measure in counts for chart in _of_measure(table, measure, protocol.threshold)]


def _of_measure(table: OutcomeTable, measure: Measure, threshold: int) -> list[Row]:
    scores = table.scores(measure.code).drop_nulls("period")
    sums = (pl.col("person").n_unique().alias("n"), pl.len().alias("units"), pl.col("score").sum().alias("events"))
    by_team = scores.group_by("team", "period").agg(*sums).sort("team", "period")
    whole = scores.group_by("period").agg(*sums).sort("period").with_columns(team=pl.lit(""))
    shown = shown_periods(by_team, whole, threshold)
    series = [("", whole), *((str(key[0]), mine) for key, mine in by_team.group_by("team", maintain_order=True))]
    charts = []
    for team, mine in series:
        kept = mine.filter(pl.Series([(team, str(period)) in shown for period in mine["period"]], dtype=pl.Boolean))
        if kept.height >= MIN_PERIODS and kept["events"].sum() > 0:
            charts.append({"team": team, "measure": measure.title, **_chart(kept)})
    return charts


def _chart(periods: pl.DataFrame) -> Row:
    found = u_chart(periods["events"].to_numpy().astype(float), periods["units"].to_numpy().astype(float))
    limits = {"lower": found.lower.tolist(), "upper": found.upper.tolist(), "outside": found.outside}
    u = {"values": found.values.tolist(), "centre": found.centre, **limits}
    return {"periods": periods["period"].to_list(), "xmr": None, "p": None, "cusum": None, "u": u}
