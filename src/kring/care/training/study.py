"""What the evidence wing gets of a training in use: a study record with the twelve TIDieR items as delivered.

Files for a reviewer to bring in (docs/evidence.md, Extraction). Marked as routine use and not randomised, so that no
synthesis takes it for a trial. An item that is not recorded says so; nothing is filled in.
"""

import csv
import io
import re
from collections import Counter
from statistics import fmean
from typing import Any

from kring.care.training import content, figures
from kring.care.training.dose import doses
from kring.care.training.models import Attendance, Lead, PlacedPart
from kring.care.training.table import TrainingTable

NOT_READ = "NR"
COLUMNS = {
    "studies": (
        "study_id", "label", "year", "country", "design", "randomised", "randomised_note", "registration", "setting",
        "clusters_total", "clusters_int", "clusters_ctl", "n_staff", "n_clients", "followup", "role",
        "in_published_review", "note",
    ),
    "reports": ("report_id", "study_id", "record_id", "label", "source", "read"),
    "arms": ("arm_id", "study_id", "label", "role", "training", "clusters", "people"),
    "characteristics": ("characteristic_id", "study_id", "item", "presence", "value"),
}  # fmt: skip
"""As the extraction sheets of a review folder; a test compares them."""


def study_id(title: str) -> str:
    """As `kring evaluate run` names the study of a table with this title: its results then belong to this record."""
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:40]


def sheets(table: TrainingTable) -> dict[str, str]:
    """Sheet -> CSV text."""
    title = table.titles()["en"]
    key, teams = study_id(title), {one.team_id for one in table.learners}
    rows: dict[str, list[dict[str, Any]]] = {
        "studies": [{
            "study_id": key, "label": title, "year": table.today.year, "design": "routine use; before and after",
            "randomised": "no", "randomised_note": "nobody was allocated", "clusters_total": len(teams),
            "n_staff": len(table.learners), "role": "routine_use", "in_published_review": "no",
            "note": "from routine use, not a trial: for context, never to pool",
        }],
        "reports": [{
            "report_id": f"{key}_report", "study_id": key, "label": title, "source": "Kring, training table",
            "read": "full text",
        }],
        "arms": [{
            "arm_id": f"{key}.all", "study_id": key, "label": "everyone", "role": "intervention",
            "training": content.title(table.cohort.programme_version.content, "en"), "clusters": len(teams),
            "people": len(table.learners),
        }],
        "characteristics": [
            {"characteristic_id": f"{key}.{item}", "study_id": key, "item": item,
             "presence": "not reported" if value is None else "reported", "value": value or NOT_READ}
            for item, value in tidier(table).items()
        ],
    }  # fmt: skip
    return {name: _csv(COLUMNS[name], found) for name, found in rows.items()}


def _csv(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: row.get(name, NOT_READ) for name in columns} for row in rows)
    return out.getvalue()


def tidier(table: TrainingTable) -> dict[str, str | None]:
    """TIDieR's twelve items (Hoffmann 2014), as this cohort was given it. None: not recorded."""
    cohort, placed = table.cohort, list(_placed(table))
    kinds = Counter(str(one.part.kind) for one in placed)
    why = sorted({reason for one in placed for reason in one.part_version.content.get("implications", [])})
    return {
        "1_name": content.title(cohort.programme_version.content, "en"),
        "2_why": ", ".join(why) or None,
        "3_materials": ", ".join(f"{kinds[kind]} {kind}" for kind in ("lesson", "quiz") if kinds[kind]) or None,
        "4_procedures": ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())),
        "5_who": _who(table),
        "6_how": "workshops in a group, lessons alone, practice with real contacts, coaching",
        "7_where": None,
        "8_when_and_how_much": _how_much(table),
        "9_tailoring": "each learner chooses the behaviour and the contact to practise with",
        "10_modifications": f"version {cohort.programme_version.number} of the programme",
        "11_how_well_planned": _planned(table),
        "12_how_well_actual": _actual(table),
    }


def _placed(table: TrainingTable) -> Any:
    version = table.cohort.programme_version
    return PlacedPart.objects.filter(programme_version=version).select_related("part", "part_version")


def _who(table: TrainingTable) -> str | None:
    roles = Counter(table.cohort.leads.filter(ended_at=None).values_list("role", flat=True))
    told = [f"{roles[role]} {role.replace('_', ' ')}" for role in Lead.values if roles[role]]
    return ", ".join(told) or None


def _how_much(table: TrainingTable) -> str:
    """Of learners who agreed: at least five, or there is no table."""
    had = list(doses(table.learners, table.today).values())
    hours, coaching = fmean(one.hours for one in had), fmean(one.coaching_contacts for one in had)
    practices = fmean(one.practices for one in had)
    return f"mean per learner: {hours:.0f} hours, {coaching:.0f} coaching contacts, {practices:.0f} contacts practised"


def _planned(table: TrainingTable) -> str | None:
    agreed = figures.agreement(table.cohort)
    if agreed is None or agreed.score is None:
        return None
    return f"{agreed.contacts} contacts coded twice, ICC(1,1) {agreed.score.value:.2f}"


def _actual(table: TrainingTable) -> str | None:
    """How many of the places in workshops that were held were taken."""
    came = Attendance.objects.filter(enrolment__in=table.learners, session__held_at__isnull=False)
    if came.count() < figures.FEWEST:
        return None
    return f"came to {100 * came.filter(came=True).count() / came.count():.0f}% of workshops held"
