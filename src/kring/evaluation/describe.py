"""Who was there and what was measured: participant flow, baseline table, missing scores, observed trajectories.

The flow follows CONSORT 2010 and its extension to cluster trials (Campbell et al. 2012, BMJ 345:e5661):
persons and teams at each stage. No baseline significance tests (CONSORT item 15). Counts are entered in
the ledger and shown only after it is settled; means go through the release.
"""

from typing import Any

import numpy as np
import polars as pl

from kring.evaluation.contract.protocol import Protocol
from kring.evaluation.contract.table import OutcomeTable
from kring.evaluation.disclosure import Ledger, Release

ALL = "all"
Row = dict[str, Any]


def persons_of(frame: pl.DataFrame) -> frozenset[str]:
    """The distinct persons of some rows."""
    return frozenset(frame["person"].unique().to_list())


def arms_of(table: OutcomeTable) -> list[str]:
    """Arm codes that occur, reference last, as the dictionary lists them."""
    there = set(table.frame["arm"].unique().to_list())
    arms = sorted(table.dictionary.arms, key=lambda arm: arm.reference)
    return [arm.code for arm in arms if arm.code in there]


def allocated(table: OutcomeTable, ledger: Ledger) -> dict[str, int]:
    """Persons per arm; also entered, with their total."""
    people = table.people()
    counts = {arm: people.filter(pl.col("arm") == arm).height for arm in arms_of(table)}
    total = ledger.enter(("allocated", ALL), people.height)
    ledger.split(total, {("allocated", arm): n for arm, n in counts.items()})
    return counts


def flow(table: OutcomeTable, protocol: Protocol, ledger: Ledger) -> Row:
    """Teams and persons at each stage of the primary measure. Enters persons; teams are not persons."""
    frame = table.frame.filter(pl.col("measure") == protocol.primary)
    scored = table.scores(protocol.primary)
    counts = allocated(table, ledger)
    arms = []
    for arm, n in counts.items():
        mine, seen = frame.filter(pl.col("arm") == arm), scored.filter(pl.col("arm") == arm)
        analysed = len(persons_of(seen))
        ledger.split(("allocated", arm), {("analysed", arm): analysed, ("never_measured", arm): n - analysed})
        stages = [
            _stage(mine, (protocol.primary, arm, occasion.code), n, ledger) for occasion in table.dictionary.occasions
        ]
        teams = table.people().filter(pl.col("arm") == arm)["team"].n_unique()
        arms.append({"arm": arm, "teams": teams, "stages": stages})
    ledger.enter(("analysed", ALL), len(persons_of(scored)))
    ledger.split(
        ("analysed", ALL), {("analysed", arm): len(persons_of(scored.filter(pl.col("arm") == arm))) for arm in counts}
    )
    before = _before(table, ledger)
    people = table.people()
    institutions = people["institution"].n_unique() if people["institution"].max() else 0
    return {"before": before, "arms": arms, "teams": people["team"].n_unique(), "institutions": institutions}


def _stage(frame: pl.DataFrame, place: tuple[str, str, str], n: int, ledger: Ledger) -> Row:
    """Measured and not measured at one occasion, and why; place is (measure, arm, occasion)."""
    rows = frame.filter(pl.col("occasion") == place[2])
    measured = len(persons_of(rows.filter(pl.col("score").is_not_null())))
    enter_measured(place, measured, n, ledger)
    reasons = _reasons(rows)
    if reasons:
        parts = {("reason", *place, code): count for code, count in reasons.items()}
        parts["reason", *place, ""] = n - measured - sum(reasons.values())
        ledger.split(("missing", *place), parts)
    teams = rows.filter(pl.col("score").is_not_null())["team"].n_unique()
    return {"occasion": place[2], "reasons": [*sorted(reasons), ""] if reasons else [], "teams": teams}


def enter_measured(place: tuple[str, str, str], measured: int, n: int, ledger: Ledger) -> None:
    """Those measured and those not, of the n allocated; place is (measure, arm, occasion)."""
    ledger.split(("allocated", place[1]), {("measured", *place): measured, ("missing", *place): n - measured})


def _reasons(rows: pl.DataFrame) -> dict[str, int]:
    if "missing_reason" not in rows.columns:
        return {}
    counted = (
        rows.filter(pl.col("missing_reason").is_not_null()).group_by("missing_reason").agg(pl.col("person").n_unique())
    )
    return dict(counted.sort("missing_reason").iter_rows())


def _before(table: OutcomeTable, ledger: Ledger) -> Row:
    """Stages before allocation, from the dictionary."""
    given = dict(table.dictionary.flow)
    if "persons_assessed" in given:
        excluded = given.get("persons_excluded", [])
        parts = {("excluded", str(i)): entry["n"] for i, entry in enumerate(excluded)}
        left = given["persons_assessed"] - ledger.counts["allocated", ALL] - sum(parts.values())
        ledger.enter(("assessed", ALL), given["persons_assessed"])
        ledger.split(
            ("assessed", ALL), parts | {("allocated", ALL): ledger.counts["allocated", ALL], ("excluded", ""): left}
        )
    return given


def summary(values: pl.Series) -> Row:
    """Mean, SD, quartiles."""
    array = values.to_numpy().astype(float)
    low, middle, high = np.quantile(array, [0.25, 0.5, 0.75])
    spread = float(np.std(array, ddof=1)) if len(array) > 1 else None
    return {"mean": float(array.mean()), "sd": spread, "q1": float(low), "median": float(middle), "q3": float(high)}


def baseline(table: OutcomeTable, protocol: Protocol, ledger: Ledger, release: Release) -> list[Row]:
    """Covariates of persons and the measures at the first occasion, per arm and together."""
    people = table.people()
    first = table.dictionary.occasions[0].code
    rows = []
    for covariate in table.dictionary.covariates:
        if covariate.level == "person":
            numeric = covariate.type == "number"
            add = _number if numeric else _categories
            codes = () if numeric else tuple(covariate.categories)
            rows += add(people, covariate.name, codes, ledger, release)
    for code in protocol.measures:
        scores = table.scores(code).filter(pl.col("occasion") == first)
        wide = people.join(scores.select("person", pl.col("score").alias(code)), on="person", how="left")
        rows += _number(wide, code, (), ledger, release, topic=(code, first))
        for arm in arms_of(table):
            n = ledger.counts["allocated", arm]
            enter_measured((code, arm, first), ledger.counts["known", code, arm], n, ledger)
            ledger.same(("known", code, arm), ("measured", code, arm, first))
    return rows


def _groups(people: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    arms = people["arm"].unique().sort().to_list()
    return [(arm, people.filter(pl.col("arm") == arm)) for arm in arms] + [(ALL, people)]


def _number(
    people: pl.DataFrame,
    name: str,
    _: tuple[str, ...],
    ledger: Ledger,
    release: Release,
    topic: tuple[str, str] | None = None,
) -> list[Row]:
    """One row: mean and SD per arm of those whose value is known."""
    cells: Row = {}
    for arm, group in _groups(people):
        known = group.filter(pl.col(name).is_not_null())
        parts = {("known", name, arm): known.height, ("unknown", name, arm): group.height - known.height}
        ledger.split(("allocated", arm), parts)
        allowed = release.allows(str(topic or name), persons_of(known))
        cells[arm] = summary(known[name]) if allowed else None
    _across_arms(people, [("known", name), ("unknown", name)], ledger)
    return [{"name": name, "kind": "number", "cells": cells}]


def _categories(people: pl.DataFrame, name: str, codes: tuple[str, ...], ledger: Ledger, release: Release) -> list[Row]:
    """A row for each category that occurs, and one for unknown: counts are in the ledger."""
    for arm, group in _groups(people):
        tally = {code: group.filter(pl.col(name) == code).height for code in codes}
        parts: dict[tuple[str, ...], int] = {("category", name, code, arm): n for code, n in tally.items()}
        parts["unknown", name, arm] = group.height - sum(tally.values())
        ledger.split(("allocated", arm), parts)
    _across_arms(people, [*(("category", name, code) for code in codes), ("unknown", name)], ledger)
    return [{"name": name, "kind": "category", "code": code} for code in codes]


def _across_arms(people: pl.DataFrame, stems: list[tuple[str, ...]], ledger: Ledger) -> None:
    """Each cell over the arms adds up to the cell of everyone."""
    arms = people["arm"].unique().sort().to_list()
    for stem in stems:
        ledger.split((*stem, ALL), {(*stem, arm): ledger.counts[*stem, arm] for arm in arms})


def missing_patterns(table: OutcomeTable, protocol: Protocol, ledger: Ledger) -> list[Row]:
    """Which occasions were measured, as patterns such as "110", per arm; of the primary measure."""
    occasions = [occasion.code for occasion in table.dictionary.occasions]
    scored = table.scores(protocol.primary).select("person", "occasion").unique()
    marks = table.people().select("person", "arm")
    for code in occasions:
        here = scored.filter(pl.col("occasion") == code).select("person", pl.lit("1").alias(code))
        marks = marks.join(here, on="person", how="left").with_columns(pl.col(code).fill_null("0"))
    marks = marks.with_columns(pl.concat_str(occasions).alias("pattern"))
    patterns = sorted(marks["pattern"].unique().to_list(), reverse=True)
    for arm in marks["arm"].unique().sort().to_list():
        mine = marks.filter(pl.col("arm") == arm)
        tally = {p: mine.filter(pl.col("pattern") == p).height for p in patterns}
        ledger.split(("allocated", arm), {("pattern", p, arm): n for p, n in tally.items()})
        for i, code in enumerate(occasions):
            seen = [("pattern", p, arm) for p in patterns if p[i] == "1"]
            ledger.split(("measured", protocol.primary, arm, code), {name: ledger.counts[name] for name in seen})
    return [{"pattern": pattern} for pattern in patterns]


def missing_by_start(table: OutcomeTable, protocol: Protocol, release: Release) -> list[Row]:
    """Mean score at the start of persons measured at the last occasion, and of those not measured."""
    first, last = table.dictionary.occasions[0].code, table.dictionary.occasions[-1].code
    scores = table.scores(protocol.primary)
    stayed = scores.filter(pl.col("occasion") == last)["person"].unique()
    start = scores.filter(pl.col("occasion") == first).with_columns(stayed=pl.col("person").is_in(stayed.implode()))
    rows = []
    for arm in arms_of(table):
        row: Row = {"arm": arm}
        mine = start.filter(pl.col("arm") == arm)
        groups = {"stayed": mine.filter(pl.col("stayed")), "left": mine.filter(~pl.col("stayed"))}
        safe = all(release.allows(f"{(protocol.primary, first)}", persons_of(group)) for group in groups.values())
        for word, group in groups.items():
            row[word] = summary(group["score"]) if safe else None
        rows.append(row)
    return rows


def trajectories(table: OutcomeTable, measure: str, ledger: Ledger, release: Release) -> list[Row]:
    """Observed mean and SD per arm and occasion."""
    rows = []
    scores = table.scores(measure)
    for arm in arms_of(table):
        for occasion in table.dictionary.occasions:
            here = scores.filter((pl.col("arm") == arm) & (pl.col("occasion") == occasion.code))
            n = ledger.counts["allocated", arm]
            enter_measured((measure, arm, occasion.code), here.height, n, ledger)
            allowed = here.height > 0 and release.allows(str((measure, occasion.code)), persons_of(here))
            cell = summary(here["score"]) if allowed else None
            rows.append({"arm": arm, "occasion": occasion.code, "months": occasion.months, "observed": cell})
    return rows
