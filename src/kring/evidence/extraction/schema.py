"""The tables of extraction and what each column may hold.

Study, report, arm, outcome and result are apart: two papers of one trial are two reports of one study,
and an outcome measured twice has two results. `NR` (*not read*) stands for every value that nobody has
keyed yet; it is never the same as *not reported*, which says that a person looked and the report does not
tell.
"""

from dataclasses import dataclass

NOT_READ = "NR"
REPORTED, NOT_REPORTED, UNCLEAR = "reported", "not reported", "unclear"
PRESENCE = (REPORTED, NOT_REPORTED, UNCLEAR)
STATES = ("registry record", "abstract only", "full text", "checked")
LEVELS = ("client", "staff", "service")
BETTER = ("higher", "lower")
YES_NO = ("yes", "no", "unclear")
DIRECTIONS = ("benefit", "harm", "mixed", "no sign")


@dataclass(frozen=True)
class Column:
    """`kind` is text, number, p (a number or a bound such as <0.001) or choice."""

    name: str
    kind: str = "text"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: its key column, the columns after it, and the table that a column refers to."""

    name: str
    key: str
    columns: tuple[Column, ...]
    parents: tuple[tuple[str, str], ...] = ()

    @property
    def header(self) -> list[str]:
        return [self.key, *(column.name for column in self.columns)]


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _number(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "number") for name in names)


def _choice(name: str, choices: tuple[str, ...]) -> tuple[Column, ...]:
    return (Column(name, "choice", choices),)


STUDIES = Table(
    "studies",
    "study_id",
    (
        *_text("label", "year", "country", "design"),
        *_choice("randomised", YES_NO),
        *_text("randomised_note", "registration", "setting", "clusters_total", "clusters_int", "clusters_ctl"),
        *_text("n_staff", "n_clients", "followup", "role", "in_published_review", "note"),
    ),
)
REPORTS = Table(
    "reports",
    "report_id",
    (*_text("study_id", "record_id", "label", "source"), *_choice("read", STATES)),
    parents=(("study_id", "studies"),),
)
ARMS = Table(
    "arms",
    "arm_id",
    (
        *_text("study_id", "label"),
        *_choice("role", ("intervention", "control")),
        *_text("training", "clusters", "people"),
    ),
    parents=(("study_id", "studies"),),
)
OUTCOMES = Table(
    "outcomes",
    "outcome_id",
    (
        *_text("study_id"),
        *_choice("level", LEVELS),
        *_text("domain", "outcome", "instrument"),
        *_choice("better", BETTER),
        *_text("better_note"),
    ),
    parents=(("study_id", "studies"),),
)
RESULTS = Table(
    "results",
    "result_id",
    (
        *_text("outcome_id", "report_id", "timepoint"),
        *_number("n_int", "n_ctl", "mean_int", "sd_int", "mean_ctl", "sd_ctl"),
        *_text("effect_type"),
        *_number("effect", "ci_low", "ci_high", "statistic", "df"),
        Column("p_reported", "p"),
        *_choice("cluster_adjusted", YES_NO),
        *_text("cluster_note"),
        *_number("icc"),
        *_choice("direction", DIRECTIONS),
        *_text("direction_note"),
        *_choice("randomised_contrast", YES_NO),
        *_text("contrast_note", "use", "statements", "note"),
    ),
    parents=(("outcome_id", "outcomes"), ("report_id", "reports")),
)
# One row per training and item: the twelve TIDieR items, the components of the question, the CHIME domains.
CHARACTERISTICS = Table(
    "characteristics",
    "characteristic_id",
    (*_text("study_id", "item"), *_choice("presence", PRESENCE), *_text("value")),
    parents=(("study_id", "studies"),),
)
TABLES = {t.name: t for t in (STUDIES, REPORTS, ARMS, OUTCOMES, RESULTS, CHARACTERISTICS)}

# TIDieR (Hoffmann et al. 2014, BMJ 348:g1687), items 1 to 12.
TIDIER = {
    "tidier_01_name": "Name of the training",
    "tidier_02_why": "Why: rationale, theory, goal",
    "tidier_03_materials": "What: materials",
    "tidier_04_procedures": "What: procedures",
    "tidier_05_who": "Who provided it, with what background",
    "tidier_06_how": "How: in person or not, one by one or in groups",
    "tidier_07_where": "Where",
    "tidier_08_when": "When and how much: number, duration, intensity",
    "tidier_09_tailoring": "Tailoring",
    "tidier_10_modifications": "Modifications during the study",
    "tidier_11_planned_fidelity": "How well: planned assessment of fidelity",
    "tidier_12_actual_fidelity": "How well: actual fidelity",
}
COMPONENTS = {
    "lived_experience_trainer": "Trainer with lived experience",
    "classroom": "Classroom teaching",
    "experiential": "Experiential methods",
    "in_vivo": "Practice with real contacts (in vivo)",
    "feedback": "Feedback on practice",
    "coaching": "Coaching or supervision",
    "booster": "Booster or follow-up",
    "fidelity": "Fidelity measured",
}
CHIME = {
    "chime_C": "Connectedness",
    "chime_H": "Hope and optimism",
    "chime_I": "Identity",
    "chime_M": "Meaning",
    "chime_E": "Empowerment",
}
ITEMS = {**TIDIER, **COMPONENTS, **CHIME}

# What a result may be used for; the reviewer says it, the checks may forbid it.
USES = {
    "pool": "enters a pooled estimate",
    "direction": "counts as a vote by direction",
    "pool after check": "would enter a pool once the full text confirms it",
    "direction if randomised": "would be a vote once randomisation is confirmed",
    "sensitivity": "only in a sensitivity analysis (double counting otherwise)",
    "narrative": "told in words until its numbers are keyed",
    "component contrast": "compares two ways of training, not training against none",
    "context": "context only: not a contrast between randomised groups",
}


def uses(cell: str) -> list[str]:
    """The uses in a cell, separated by semicolons."""
    return [part.strip() for part in cell.split(";") if part.strip() and part.strip() != NOT_READ]
