"""Results and settled counts brought together: what the pages, the tables and numbers.json hold, in no language."""

from typing import Any

from kring.evaluation.contract.dictionary import Dictionary, Label
from kring.evaluation.contract.protocol import Protocol
from kring.evaluation.contract.table import OutcomeTable
from kring.evaluation.describe import ALL, arms_of
from kring.evaluation.routine.reliable_change import CLASSES

Row = dict[str, Any]
Counts = dict[tuple[str, ...], int | None]
OTHER: Label = {"nl": "anders of onbekend", "en": "other or unknown"}


def settled(found: Row, counts: Counts, table: OutcomeTable, protocol: Protocol) -> Row:
    """The whole report as data. A count that may not be shown is None; what rests on it is left out."""
    about = table.dictionary
    arms = arms_of(table)
    return {
        "format": "kring-evaluation-report",
        "version": 1,
        "title": protocol.title,
        "registration": protocol.registration,
        "table": {"name": table.name, "sha256": table.sha256, "title": about.title, "source": about.source,
                  "simulated": about.simulated, "allocation": about.allocation, "unit": about.unit},
        "threshold": protocol.threshold,
        "arms": [_arm(code, about) for code in arms],
        "occasions": [{"code": o.code, "months": o.months, "label": o.label} for o in about.occasions],
        "flow": _flow(found["flow"], counts, about, arms, protocol.primary),
        "baseline": [_baseline(row, counts, about, [*arms, ALL]) for row in found["baseline"]],
        "missing": _missing(found["missing"], counts, arms, about),
        "measures": [_measure(row, counts, about) for row in found["measures"]],
        "checks": found["checks"],
        "what_if": found["what_if"],
        "persons": [_persons(row, counts, about) for row in found["persons"]],
        "teams": _teams(found["teams"], counts) if found["teams"] else None,
        "charts": found["charts"],
    }  # fmt: skip


def _arm(code: str, about: Dictionary) -> Row:
    arm = next(arm for arm in about.arms if arm.code == code)
    return {"code": arm.code, "label": arm.label, "reference": arm.reference}


def _flow(flow: Row, counts: Counts, about: Dictionary, arms: list[str], primary: str) -> Row:
    labels = {**about.missing_reasons, "": OTHER}
    columns = []
    for row in flow["arms"]:
        arm = row["arm"]
        stages = []
        for stage in row["stages"]:
            place = (primary, arm, stage["occasion"])
            reasons = [{"code": c, "label": labels[c], "n": counts["reason", *place, c]} for c in stage["reasons"]]
            persons = {"measured": counts["measured", *place], "missing": counts["missing", *place]}
            stages.append({"occasion": stage["occasion"], "teams": stage["teams"], **persons, "reasons": reasons})
        persons = {"allocated": counts["allocated", arm], "analysed": counts["analysed", arm]}
        persons["never"] = counts["never_measured", arm]
        columns.append({"arm": arm, "teams": row["teams"], **persons, "stages": stages})
    before = flow["before"]
    excluded = [
        {"reason": entry["reason"], "n": counts["excluded", str(i)]}
        for i, entry in enumerate(before.get("persons_excluded", []))
    ]
    return {
        "assessed": counts.get(("assessed", ALL)),
        "excluded": excluded + ([{"reason": OTHER, "n": counts["excluded", ""]}] if ("excluded", "") in counts else []),
        "teams_approached": before.get("teams_approached"),
        "teams_declined": before.get("teams_declined"),
        "allocated": counts["allocated", ALL],
        "analysed": counts["analysed", ALL],
        "teams": flow["teams"],
        "institutions": flow["institutions"],
        "arms": columns,
    }


def _title(name: str, about: Dictionary) -> Label:
    titles = {m.code: m.title for m in about.measures} | {c.name: c.label for c in about.covariates}
    return titles[name]


def _baseline(row: Row, counts: Counts, about: Dictionary, arms: list[str]) -> Row:
    """A row with, per arm, n (and mean, SD) or n and share of a category."""
    name = row["name"]
    shared = {"name": name, "label": _title(name, about), "kind": row["kind"]}
    if row["kind"] == "number":
        cells = {}
        for arm in arms:
            n, cell = counts["known", name, arm], row["cells"][arm]
            cells[arm] = {"n": n, **(cell or {})}
        return shared | {"cells": cells}
    code = row["code"]
    category = next(c for c in about.covariates if c.name == name).categories[code]
    cells = {}
    for arm in arms:
        n, whole = counts["category", name, code, arm], counts["allocated", arm]
        cells[arm] = {"n": n, "share": n / whole if n is not None and whole else None}
    return shared | {"code": code, "category": category, "cells": cells}


def _missing(missing: Row, counts: Counts, arms: list[str], about: Dictionary) -> Row:
    patterns = []
    for row in missing["patterns"]:
        seen = [o.code for o, mark in zip(about.occasions, row["pattern"], strict=True) if mark == "1"]
        patterns.append({"seen": seen, "n": {arm: counts["pattern", row["pattern"], arm] for arm in arms}})
    return {"patterns": patterns, "leavers": missing["leavers"]}


def _measure(row: Row, counts: Counts, about: Dictionary) -> Row:
    code = row["measure"]
    measure = about.measure(code)
    cells = [cell | {"n": counts["measured", code, cell["arm"], cell["occasion"]]} for cell in row["trajectories"]]
    return row | {"title": measure.title, "better": measure.better, "range": [measure.low, measure.high],
                  "rated_by": measure.rated_by, "nobs": counts["used", code], "left_out": counts["left_out", code] != 0,
                  "trajectories": cells}  # fmt: skip


def _persons(row: Row, counts: Counts, about: Dictionary) -> Row:
    code = row["measure"]
    classes = {
        arm: {kind: counts.get(("class", code, arm, kind)) for kind in (*CLASSES, "better", "not_better")}
        if row["yardstick"]
        else {}
        for arm in row["arms"]
    }
    n = {arm: counts["changed", code, arm] for arm in row["arms"]}
    small_mean = row["benchmark"] and counts["changed", code, ALL] is None
    return row | {"title": about.measure(code).title, "classes": classes, "n": n,
                  "benchmark": None if small_mean else row["benchmark"]}  # fmt: skip


def _teams(teams: Row, counts: Counts) -> Row:
    """Only teams whose size may be shown, by code; never by result."""
    shown = [
        {**team, "n": counts["team", team["team"]]}
        for team in teams["teams"]
        if counts["team", team["team"]] is not None
    ]
    total = len(teams["teams"])
    return {key: value for key, value in teams.items() if key != "teams"} | {"shown": shown, "total": total}
