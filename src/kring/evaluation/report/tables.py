"""Every number of the report as CSV files, one a table, with codes instead of words."""

import csv
import io
from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]


def as_csv(columns: list[str], rows: Iterable[Row]) -> str:
    """CSV with these columns; a hidden or absent number is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def csv_tables(found: Row) -> dict[str, str]:
    """File name (without ending) to text."""
    tables = {
        "flow": (["arm", "stage", "occasion", "reason", "persons", "teams"], _flow_rows(found["flow"])),
        "baseline": (
            ["variable", "category", "arm", "n", "share", "mean", "sd", "median", "q1", "q3"],
            _baseline_rows(found),
        ),
        "contrasts": (
            [
                "measure",
                "contrast",
                "estimate",
                "se",
                "df",
                "low",
                "high",
                "p",
                "d",
                "d_se",
                "d_low",
                "d_high",
                "sd",
                "favours",
            ],
            [{"measure": m["measure"], **row} for m in found["measures"] for row in m["contrasts"]],
        ),
        "coefficients": (
            ["measure", "name", "estimate", "se", "df", "low", "high", "p"],
            [{"measure": m["measure"], **row} for m in found["measures"] for row in m["coefficients"]],
        ),
        "variances": (
            ["measure", "group", "name", "variance", "low", "high", "share", "on_boundary"],
            [{"measure": m["measure"], **row} for m in found["measures"] for row in m["variances"]],
        ),
        "trajectories": (
            ["measure", "arm", "occasion", "months", "n", "observed_mean", "observed_sd", "model_mean", "low", "high"],
            [row for m in found["measures"] for row in _course_rows(m)],
        ),
        "other_models": (
            ["model", "estimate", "se", "df", "low", "high", "p", "d", "fault"],
            found["checks"]["others"],
        ),
        "reliable_change": (["measure", "arm", "persons", "class", "n"], _person_rows(found["persons"])),
    }
    if found["what_if"]:
        columns = [
            "delta",
            "contrast",
            "estimate",
            "se",
            "df",
            "low",
            "high",
            "p",
            "missing_information",
            "imputations",
        ]
        tables["missing_scores"] = (columns, found["what_if"]["rows"])
    if found["teams"]:
        tables["teams"] = (["team", "n", "mean", "se", "z"], found["teams"]["shown"])
    return {name: as_csv(columns, rows) for name, (columns, rows) in tables.items()}


def _flow_rows(flow: Row) -> list[Row]:
    rows = []
    for column in flow["arms"]:
        arm = {"arm": column["arm"]}
        rows.append({**arm, "stage": "allocated", "persons": column["allocated"], "teams": column["teams"]})
        for stage in column["stages"]:
            at = {**arm, "occasion": stage["occasion"]}
            rows.append({**at, "stage": "measured", "persons": stage["measured"], "teams": stage["teams"]})
            rows.append({**at, "stage": "not_measured", "persons": stage["missing"]})
            rows += [{**at, "stage": "reason", "reason": r["code"], "persons": r["n"]} for r in stage["reasons"]]
        rows.append({**arm, "stage": "analysed", "persons": column["analysed"]})
    return rows


def _baseline_rows(found: Row) -> list[Row]:
    return [
        {"variable": row["name"], "category": row.get("code", ""), "arm": arm, **cell}
        for row in found["baseline"]
        for arm, cell in row["cells"].items()
    ]


def _course_rows(measure: Row) -> list[Row]:
    model = {(row["arm"], row["occasion"]): row for row in measure["means"]}
    rows = []
    for cell in measure["trajectories"]:
        mean = model.get((cell["arm"], cell["occasion"]), {})
        seen = cell["observed"] or {}
        observed = {"observed_mean": seen.get("mean"), "observed_sd": seen.get("sd")}
        model_mean = {"model_mean": mean.get("mean"), "low": mean.get("low"), "high": mean.get("high")}
        rows.append({"measure": measure["measure"], **cell, **observed, **model_mean})
    return rows


def _person_rows(persons: list[Row]) -> list[Row]:
    return [
        {"measure": row["measure"], "arm": arm, "persons": row["n"][arm], "class": kind, "n": n}
        for row in persons
        for arm, classes in row["classes"].items()
        for kind, n in classes.items()
    ]
