"""The change of single persons and of teams in one table: reliable change, benchmark, funnel, charts over time."""

from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from kring.evaluation.contract.protocol import Change, Protocol
from kring.evaluation.contract.table import OutcomeTable
from kring.evaluation.disclosure import Ledger, Sum, protect
from kring.evaluation.routine.control_charts import cusum, p_chart, xmr
from kring.evaluation.routine.funnel import funnel, team_change
from kring.evaluation.routine.reliable_change import CLASSES, classify, yardstick

Row = dict[str, Any]
MIN_PERIODS = 8  # fewer points make limits that are too rough to act on


def changes(table: OutcomeTable, measure: str, change: Change) -> pl.DataFrame:
    """Persons with both scores: person, team, arm, start, end, change, class (null without a yardstick), period."""
    scores = table.scores(measure)
    columns = [name for name in ("period",) if name in scores.columns]
    start = scores.filter(pl.col("occasion") == change.start).select("person", start="score")
    end = scores.filter(pl.col("occasion") == change.end).select("person", "team", "arm", *columns, end="score")
    both = end.join(start, on="person", how="inner").sort("person").with_columns(change=pl.col("end") - pl.col("start"))
    about = table.dictionary.measure(measure)
    at_start = start["start"].to_numpy().astype(float)
    stick = yardstick(about, at_start, change.z)
    if stick is None:
        return both.with_columns(kind=pl.lit(None, dtype=pl.String))
    kinds = classify(both["start"].to_numpy(), both["end"].to_numpy(), stick, about.sign)
    return both.with_columns(kind=pl.Series(kinds, dtype=pl.String))


def reliable(table: OutcomeTable, measure: str, change: Change, ledger: Ledger) -> Row:
    """How many changed reliably, per arm. Enters those with both scores among those measured at the end."""
    both = changes(table, measure, change)
    at_start = table.scores(measure).filter(pl.col("occasion") == change.start)["score"].to_numpy().astype(float)
    stick = yardstick(table.dictionary.measure(measure), at_start, change.z)
    arms = sorted(both["arm"].unique().to_list())
    ledger.enter(("changed", measure, "all"), both.height)
    ledger.split(
        ("changed", measure, "all"),
        {("changed", measure, arm): both.filter(pl.col("arm") == arm).height for arm in arms},
    )
    for arm in arms:
        mine = both.filter(pl.col("arm") == arm)
        measured = ("measured", measure, arm, change.end)
        only_end = ledger.counts[measured] - mine.height
        ledger.split(measured, {("changed", measure, arm): mine.height, ("only_end", measure, arm): only_end})
        if stick:
            _enter_classes(measure, arm, mine["kind"].to_list(), ledger)
    return {
        "measure": measure,
        "arms": arms,
        "yardstick": vars(stick) if stick else None,
        "benchmark": benchmark(table, measure, change, both),
    }


def _enter_classes(measure: str, arm: str, kinds: list[str], ledger: Ledger) -> None:
    """The four classes, and reliably better against not: the coarse split can often be shown when the fine cannot."""
    tally = {kind: kinds.count(kind) for kind in CLASSES}
    halves = {"better": CLASSES[:2], "not_better": CLASSES[2:]}
    whole = {("class", measure, arm, half): sum(tally[k] for k in parts) for half, parts in halves.items()}
    ledger.split(("changed", measure, arm), whole)
    for half, parts in halves.items():
        ledger.split(("class", measure, arm, half), {("class", measure, arm, k): tally[k] for k in parts})


def benchmark(table: OutcomeTable, measure: str, change: Change, both: pl.DataFrame) -> Row | None:
    """Mean change here beside a published one (Welch); None when the dictionary has none. Shown, not tested."""
    published = table.dictionary.measure(measure).published_change
    if published is None or both.height < 2:
        return None
    here = both["change"].to_numpy()
    variance = here.var(ddof=1) / len(here)
    theirs = published.sd**2 / published.n if published.n else 0.0
    gap = float(here.mean()) - published.mean
    df = (variance + theirs) ** 2 / (
        variance**2 / (len(here) - 1) + (theirs**2 / (published.n - 1) if published.n else 0)
    )
    half = float(stats.t.ppf(0.975, df) * np.sqrt(variance + theirs))
    return {
        "here": float(here.mean()),
        "published": published.mean,
        "published_months": published.months,
        "source": published.source,
        "difference": gap,
        "low": gap - half,
        "high": gap + half,
    }


def compare_teams(table: OutcomeTable, protocol: Protocol, ledger: Ledger) -> Row | None:
    """The funnel of team changes of the primary measure, adjusted for the start and the protocol's covariates.

    Persons with a covariate missing are left out. None when fewer than two teams have changes. Enters
    teams.
    """
    if not protocol.change or not protocol.compare_teams:
        return None
    both = changes(table, protocol.primary, protocol.change)
    people = table.people().select("person", *protocol.adjust)
    used = both.join(people, on="person", how="left").drop_nulls(list(protocol.adjust))
    if used["team"].n_unique() < 2:
        return None
    whole = ("changed", protocol.primary, "all")
    ledger.split(whole, {("compared",): used.height, ("not_compared",): both.height - used.height})
    sizes = dict(used.group_by("team").len().sort("team").iter_rows())
    ledger.split(("compared",), {("team", team): n for team, n in sizes.items()})
    case_mix = _case_mix(used, table, protocol)
    names, size, means, se = team_change(used["change"].to_numpy(), used["team"].to_numpy(), case_mix)
    found = funnel(means, se)
    teams = [
        {"team": name, "mean": float(means[i]), "se": float(se[i]), "z": float(found.z_adjusted[i])}
        for i, name in enumerate(names)
    ]
    return {"target": found.target, "phi": found.phi, "tau2": found.tau2, "within_sd": float(se[0] * np.sqrt(size[0])),
            "adjusted_for": ["start", *protocol.adjust], "teams": teams}  # fmt: skip


def _case_mix(used: pl.DataFrame, table: OutcomeTable, protocol: Protocol) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Score at the start and the covariates as columns of numbers."""
    columns = [used["start"].to_numpy()]
    for covariate in table.dictionary.covariates:
        if covariate.name in protocol.adjust and covariate.type == "number":
            columns.append(used[covariate.name].to_numpy().astype(float))
        elif covariate.name in protocol.adjust:
            codes = list(covariate.categories)[1:]
            columns += [(used[covariate.name] == code).to_numpy().astype(float) for code in codes]
    return np.column_stack(columns)


def over_time(table: OutcomeTable, protocol: Protocol) -> list[Row]:
    """Charts over calendar periods: everyone, and each team with enough periods. Empty without a column period.

    XmR of the mean change, p chart of the share that reliably improved, CUSUM of the mean change. A
    period of a team that may not be shown (too few persons, or derivable ones) is a gap.
    """
    if "period" not in table.frame.columns or not protocol.change or not protocol.compare_teams:
        return []
    both = changes(table, protocol.primary, protocol.change).drop_nulls("period")
    sign = table.dictionary.measure(protocol.primary).sign
    grouped = both.group_by("team", "period").agg(*_of_period()).sort("team", "period")
    whole = both.group_by("period").agg(*_of_period()).sort("period").with_columns(team=pl.lit(""))
    shown = shown_periods(grouped, whole, protocol.threshold)
    charts = []
    for team, mine in [
        ("", whole),
        *((str(key[0]), group) for key, group in grouped.group_by("team", maintain_order=True)),
    ]:
        kept = mine.filter(pl.Series([(team, str(period)) in shown for period in mine["period"]]))
        if kept.height >= MIN_PERIODS:
            charts.append({"team": team, **_charts(kept, sign, protocol.threshold)})
    return charts


def _of_period() -> tuple[pl.Expr, ...]:
    improved = pl.col("kind").is_in(["recovered", "improved"])
    return (
        pl.len().alias("n"),
        pl.col("change").mean().alias("mean"),
        improved.sum().alias("improved"),
        pl.col("kind").is_not_null().any().alias("classed"),
    )


def shown_periods(grouped: pl.DataFrame, whole: pl.DataFrame, threshold: int) -> set[tuple[str, str]]:
    """Which (team, period) may be shown, when a reader also knows the totals of teams and periods."""
    cells = {(str(t), str(p)): int(n) for t, p, n in grouped.select("team", "period", "n").iter_rows()}
    counts: dict[Any, int] = {**cells, **{("", str(p)): int(n) for p, n in whole.select("period", "n").iter_rows()}}
    sums = []
    for period in sorted({p for _, p in cells}):
        sums.append(Sum(("", period), tuple(key for key in cells if key[1] == period)))
    for team in sorted({t for t, _ in cells}):
        mine = tuple(key for key in cells if key[0] == team)
        counts[team, "all"] = sum(cells[key] for key in mine)
        sums.append(Sum((team, "all"), mine))
    return {name for name, n in protect(counts, sums, threshold).items() if n is not None}


def _charts(periods: pl.DataFrame, sign: int, threshold: int) -> Row:
    """The three charts of one series; no p chart where a share would give away a small number."""
    means = periods["mean"].to_numpy()
    individuals = xmr(means)
    sigma = float(np.abs(np.diff(means)).mean()) / 1.128
    target = float(means[:MIN_PERIODS].mean())  # how it went at first; sigma of all, as a shift enters one range only
    sums = cusum(sign * means, sign * target, sigma) if sigma > 0 else None
    row: Row = {
        "periods": periods["period"].to_list(),
        "xmr": {"values": means.tolist(), "centre": individuals.centre, "lower": float(individuals.lower[0]),
                "upper": float(individuals.upper[0]), "outside": individuals.outside},
        "cusum": {"target": target, "better": sums.high.tolist(), "worse": sums.low.tolist(), "limit": sums.limit,
                  "signals": sums.signals} if sums else None,
        "p": None, "u": None, "measure": None,
    }  # fmt: skip
    improved, n = periods["improved"].to_numpy().astype(float), periods["n"].to_numpy().astype(float)
    if periods["classed"].all() and min(improved.min(), (n - improved).min()) >= threshold:
        share = p_chart(improved, n)
        row["p"] = {"values": share.values.tolist(), "centre": share.centre, "lower": share.lower.tolist(),
                    "upper": share.upper.tolist(), "outside": share.outside}  # fmt: skip
    return row
