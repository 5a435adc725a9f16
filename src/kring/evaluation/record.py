"""The result of an evaluation as extraction sheets of the evidence wing, so that evaluations can be pooled there.

The wings share files, never code: these are the columns of `4_extraction/*.csv` of a review folder,
brought in with `kring evidence extract REVIEW --from results.csv` (studies, reports and outcomes first).
A test compares the columns.
"""

import re
from typing import Any

from kring.evaluation.report.tables import as_csv

Row = dict[str, Any]
NOT_KNOWN = "NR"  # the evidence wing's word for what nobody keyed
STUDIES = [
    "study_id", "label", "year", "country", "design", "randomised", "randomised_note", "registration",
    "setting", "clusters_total", "clusters_int", "clusters_ctl", "n_staff", "n_clients", "followup", "role",
    "in_published_review", "note",
]  # fmt: skip
REPORTS = [
    "report_id", "study_id", "record_id", "label", "source", "read",
]  # fmt: skip
OUTCOMES = [
    "outcome_id", "study_id", "level", "domain", "outcome", "instrument", "better", "better_note",
]  # fmt: skip
RESULTS = [
    "result_id", "outcome_id", "report_id", "timepoint", "n_int", "n_ctl", "mean_int", "sd_int", "mean_ctl",
    "sd_ctl", "effect_type", "effect", "ci_low", "ci_high", "statistic", "df", "p_reported",
    "cluster_adjusted", "cluster_note", "icc", "direction", "direction_note", "randomised_contrast",
    "contrast_note", "use", "statements", "note",
]  # fmt: skip
DESIGNS = {"person": "individually randomised", "team": "cluster randomised", "none": "observational"}


# name, effect type, what the names of the interval's ends begin with, the effect itself, its use
FORMS = (
    ("smd", "standardised_mean_difference", "d_", "d", "pool; direction"),
    ("points", "adjusted_mean_difference", "", "estimate", "sensitivity"),
)


def evidence_sheets(found: Row) -> dict[str, str]:
    """File name (without ending) to CSV text: studies, reports, outcomes, results."""
    slug = re.sub(r"[^a-z0-9]+", "_", found["title"]["en"].lower()).strip("_")[:40]
    table = found["table"]
    randomised = "no" if table["allocation"] == "none" else "yes"
    study = {
        "study_id": slug,
        "label": found["title"]["en"],
        "design": DESIGNS[table["allocation"]],
        "randomised": randomised,
        "registration": found["registration"] or NOT_KNOWN,
        "clusters_total": found["flow"]["teams"],
        "n_staff" if table["unit"] == "staff" else "n_clients": _known(found["flow"]["allocated"]),
        "note": "simulated: never pool" if table["simulated"] else "",
    }
    source = f"kring evaluate run; table sha256 {table['sha256']}"
    report = {
        "report_id": f"{slug}_report",
        "study_id": slug,
        "label": found["title"]["en"],
        "source": source,
        "read": "full text",
    }
    outcomes = [
        {"outcome_id": f"{slug}_{m['measure']}", "study_id": slug, "level": table["unit"], "outcome": m["title"]["en"],
         "instrument": m["measure"], "better": m["better"]}
        for m in found["measures"]
    ]  # fmt: skip
    results = [row for m in found["measures"] for c in m["contrasts"] for row in _results(slug, m, c, found)]
    sheets = {"studies": (STUDIES, [study]), "reports": (REPORTS, [report]), "outcomes": (OUTCOMES, outcomes),
              "results": (RESULTS, results)}  # fmt: skip
    return {
        name: as_csv(columns, [{c: row.get(c, NOT_KNOWN) for c in columns} for row in rows])
        for name, (columns, rows) in sheets.items()
    }


def _known(value: Any) -> Any:
    return NOT_KNOWN if value is None else value


def _results(slug: str, measure: Row, contrast: Row, found: Row) -> list[Row]:
    """The contrast in SDs and in points; direction by sign, never by significance.

    Only the primary question (the first contrast) of a measure is there to pool: one vote and one estimate an outcome.
    """
    sign = 1 if measure["better"] == "higher" else -1
    gain = sign * contrast["estimate"]
    randomised = found["table"]["allocation"] != "none"
    icc = next((part["share"] for part in measure["variances"] if part["group"] == "team"), None)
    shared = {
        "outcome_id": f"{slug}_{measure['measure']}",
        "report_id": f"{slug}_report",
        "timepoint": contrast["label"]["en"],
        "df": contrast["df"],
        "p_reported": contrast["p"],
        "cluster_adjusted": "yes" if "team" in measure["groups"] else "no",
        "icc": _known(icc),
        "direction": "benefit" if gain > 0 else "harm" if gain < 0 else "no sign",
        "randomised_contrast": "yes" if randomised else "no",
        **_sizes(contrast, found),
    }
    counts = randomised and not found["table"]["simulated"]
    primary = contrast is measure["contrasts"][0]
    key = f"{slug}_{measure['measure']}_{contrast['contrast']}"
    rows = []
    for name, kind, before, value, use in FORMS:
        ends = {"ci_low": contrast[f"{before}low"], "ci_high": contrast[f"{before}high"]}
        numbers = {"effect_type": kind, "effect": contrast[value], **ends}
        used = "context" if not counts else use if primary else "sensitivity"
        rows.append({**shared, "result_id": f"{key}_{name}", **numbers, "use": used})
    return rows


def _sizes(contrast: Row, found: Row) -> Row:
    """Persons analysed in the arm and in the reference, where they may be shown."""
    analysed = {row["arm"]: row["analysed"] for row in found["flow"]["arms"]}
    reference = next((arm["code"] for arm in found["arms"] if arm["reference"]), "")
    sizes = {"n_int": analysed.get(contrast.get("arm", "")), "n_ctl": analysed.get(reference)}
    return {name: _known(n) for name, n in sizes.items()}
