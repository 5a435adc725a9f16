"""What may leave: every column of a table for research, what it is made of, and what was done to it on the way.

Nothing else leaves. `sources` names each column of the database that is read for it; a test compares the queries of
an export with these names, so that a table cannot read what is not declared here. Every other column of the database
is kept: `export.declared` holds all of them, and an undeclared one fails the suite (docs/decisions/0322).
"""

import dataclasses
from typing import Any

from django.utils.translation import gettext_lazy as _

EXPORTED, SCRUBBED = "exported", "scrubbed"
LIFE_FACTORS, TRAINING = "life_factors", "training"
"""What is told about the team around a client: what makes its clients' lives hard, as a mean (docs/decisions/0325), and
the training of its staff."""


@dataclasses.dataclass(frozen=True)
class Column:
    """`how` says whether the value leaves as it is, or only changed; `words` tell a client what
    it is, `short` stands above it.
    """

    name: str
    kind: str  # code, number, integer: as the outcome table has it (docs/evaluation.md)
    how: str
    short: Any
    words: Any
    sources: tuple[str, ...]
    choice: bool = False  # a study may leave it out
    covariate: str = ""  # person, row or team: listed in the dictionary as a further column


_WHEN = ("measures.Schedule.starts_on", "measures.Measurement.due_on", "measures.Measurement.completed_at")

COLUMNS = (
    Column(
        "person",
        "code",
        SCRUBBED,
        _("You"),
        _("A code instead of you. It is another code in each table."),
        ("circles.Circle.id",),
    ),
    Column(
        "team",
        "code",
        SCRUBBED,
        _("Team"),
        _("A code instead of your team. Small teams are put together."),
        ("research.Consent.team",),
    ),
    Column(
        "institution",
        "code",
        SCRUBBED,
        _("Organisation"),
        _("A code instead of the organisation."),
        ("research.Study.organisation",),
    ),
    Column(
        "occasion",
        "code",
        EXPORTED,
        _("Months"),
        _("Which moment it was: so many months after your start."),
        ("measures.Schedule.months", "measures.Measurement.month"),
    ),
    Column(
        "day",
        "integer",
        SCRUBBED,
        _("Days"),
        _("How many weeks after your start, in days. No dates."),
        _WHEN,
        choice=True,
    ),
    Column(
        "period",
        "integer",
        SCRUBBED,
        _("Quarter"),
        _("In which quarter of a year, counted from the beginning of the study."),
        _WHEN,
        choice=True,
    ),
    Column(
        "exposure",
        "number",
        SCRUBBED,
        _("Meetings"),
        _("How often your circle had met by then. From six on it counts as six."),
        ("meetings.Meeting.held_at",),
    ),
    Column(
        "measure",
        "code",
        EXPORTED,
        _("About"),
        _("Which score it is."),
        ("measures.Schedule.instrument", "measures.Schedule.respondent", "measures.Score.scale"),
    ),
    Column(
        "score",
        "number",
        EXPORTED,
        _("Score"),
        _("The score. Never your answer to one question."),
        ("measures.Score.value", "measures.Measurement.instrument_version"),
    ),
    Column(
        "missing_reason",
        "code",
        SCRUBBED,
        _("Why none"),
        _("Why there is no score, if there is none."),
        ("measures.Measurement.declined_at", "measures.Schedule.paused_at"),
    ),
    Column(
        "language",
        "code",
        SCRUBBED,
        _("Language"),
        _("In which language you filled in."),
        ("measures.Measurement.language",),
        choice=True,
        covariate="person",
    ),
    Column(
        "rule",
        "code",
        EXPORTED,
        _("Skipped"),
        _("Whether questions were skipped, and what was done then."),
        ("measures.Score.rule",),
        choice=True,
        covariate="row",
    ),
    Column(
        LIFE_FACTORS,
        "number",
        SCRUBBED,
        _("Hard things"),
        _(
            "How many things you said make your life hard, also what only you see. It leaves as a mean of many clients"
            " of your team, in steps of a half, and never as your own number. Which things they are never leaves."
            " A table about the training of your team may hold this mean too."
        ),
        ("measures.LifeFactor.id", "measures.LifeFactor.solved_at"),
        choice=True,
        covariate="team",
    ),
    Column(
        TRAINING,
        "number",
        SCRUBBED,
        _("Training"),
        _(
            "How many hours of training your team had had by then, for each colleague. It is counted per quarter, and"
            " says nothing about you or about one colleague."
        ),
        _WHEN,
        choice=True,
        covariate="row",
    ),
)


USED = {
    "research.Study": "id created_at made_by ended_at",
    "research.Consent": "id circle edition answer revoked_at",
    "research.Included": "id export circle_id place",
    "circles.Circle": "closed_at client",
    "people.Person": "id deleted_at",
    "measures.Schedule": "id circle removed_at zone agreed_at ended_at",
    "measures.Measurement": "id schedule only_me removed_at",
    "measures.Score": "measurement",
    "meetings.Meeting": "circle removed_at zone",
    "measures.LifeFactor": "circle removed_at",
    "people.Post": "person team role started_at ended_at",
    "training.Enrolment": "id created_at person team cohort joined_on left_at",
    "training.Attendance": "enrolment session came",
    "training.WorkshopSession": "id minutes starts_at held_at",
    "training.Coached": "enrolment contact",
    "training.CoachingContact": "id minutes held_on removed_at",
    "training.Progress": "enrolment part part_version completed_at",
    "training.Part": "id kind",
    "training.PartVersion": "id content",
    "training.Practice": "enrolment held_on dropped_at",
}
"""Read to decide which rows leave, and never written into one. By model, as in `export.declared`."""


def chosen(extra: list[str]) -> tuple[Column, ...]:
    """The columns of a study: what every table has, and what it asked besides."""
    return tuple(column for column in COLUMNS if not column.choice or column.name in extra)


def leaves(field: str) -> str:
    """How one field of the database ('room.Model.field') goes into tables for research: exported, scrubbed or kept."""
    found = {column.how for column in COLUMNS if field in column.sources}
    return EXPORTED if EXPORTED in found else SCRUBBED if found else "kept"
