"""From tables and plan to a synthesis per group of outcomes: votes, p values, a pool where one is allowed.

Where an analysis is not allowed, the reason stands in its place. Nothing here decides what a result may
be used for: the reviewer said it (`use`), and a check on import may have barred it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kring.evidence.extraction.checks import Finding, barred
from kring.evidence.extraction.rob2 import OPEN, Assessment
from kring.evidence.extraction.schema import COMPONENTS, ITEMS, NOT_READ, NOT_REPORTED, REPORTED, uses
from kring.evidence.extraction.values import Row, Tables, leading_number, number
from kring.evidence.synthesis import components, direction, effects
from kring.evidence.synthesis.multiverse import StudyResult
from kring.evidence.synthesis.plan import Group, Plan
from kring.evidence.synthesis.pool_group import GroupPool, pool_group
from kring.evidence.synthesis.pooling import Pooled
from kring.evidence.synthesis.regression import Regression, Value, regress


@dataclass(frozen=True)
class Outcome:
    """One outcome of one study: its direction, and its estimate where that may be pooled."""

    study: str
    result: str
    outcome: str
    instrument: str
    direction: str
    why: str
    p_one_sided: float | None
    p_two_sided: float | None
    people: int | None
    estimate: StudyResult | None
    not_pooled: str


@dataclass(frozen=True)
class StudyVote:
    """One study in one group, with the direction that its outcomes add up to."""

    study: str
    label: str
    direction: str
    bias: str
    design: str
    people: int | None
    outcomes: tuple[Outcome, ...]
    main: bool


@dataclass(frozen=True)
class Synthesis:
    """All that is said about one group; each analysis is there, or the reason why it is not."""

    group: Group
    studies: tuple[StudyVote, ...]
    votes: direction.Votes
    fisher: direction.Combined | None
    fisher_why: str
    pool: GroupPool | None
    pooled_why: str
    entered: tuple[StudyResult, ...]
    regressions: tuple[Regression, ...] = ()

    @property
    def pooled(self) -> Pooled | None:
        return self.pool.pooled if self.pool else None

    @property
    def main(self) -> list[StudyVote]:
        return [study for study in self.studies if study.main]


def synthesise(
    tables: Tables, findings: Sequence[Finding], plan: Plan, bias: Mapping[str, Assessment]
) -> list[Synthesis]:
    """One synthesis per group of the plan, studies in the order of their label."""
    no_pool, no_vote = barred(list(findings), "pool"), barred(list(findings), "vote")
    return [_group(tables, group, plan, bias, no_pool, no_vote) for group in plan.groups]


Bars = Mapping[str, list[Finding]]


def _group(
    tables: Tables, group: Group, plan: Plan, bias: Mapping[str, Assessment], no_pool: Bars, no_vote: Bars
) -> Synthesis:
    studies = []
    for study in tables["studies"].values():
        if study["role"] not in (*plan.main, *plan.sensitivity):
            continue
        outcomes = _outcomes(tables, study, group, no_pool, no_vote)
        if outcomes:
            studies.append(_study(study, outcomes, bias, study["role"] in plan.main))
    studies.sort(key=lambda s: s.label)
    main = [s for s in studies if s.main and s.design == "yes"]
    votes = direction.vote_count([s.direction for s in main])
    combined, fisher_why = _fisher(main)
    entered = [o.estimate for s in main for o in s.outcomes if o.estimate]
    found = pool_group(entered, plan.pooling)
    few = len({e.study for e in entered})
    why = f"{few} of {len(main)} randomised studies give an estimate that may be pooled; two are needed"
    asked = [by for name, by in plan.regressions if name == group.id]
    regressions = tuple(regress(found, by, _covariates(tables), plan.pooling) for by in asked)
    return Synthesis(
        group, tuple(studies), votes, combined, fisher_why, found, "" if found else why, tuple(entered), regressions
    )


def _covariates(tables: Tables) -> Value:
    """A trait of a study as a number: its cell, or whether its training reports the item; else None."""
    presence = {(r["study_id"], r["item"]): r["presence"] for r in tables["characteristics"].values()}

    def value(study: str, name: str) -> float | None:
        if name in ITEMS:
            return {REPORTED: 1.0, NOT_REPORTED: 0.0}.get(presence.get((study, name), ""))
        cell = tables["studies"][study][name]
        return leading_number(cell) if (found := number(cell)) is None else found

    return value


def _study(study: Row, outcomes: list[Outcome], bias: Mapping[str, Assessment], main: bool) -> StudyVote:
    judged = [bias[o.result].overall for o in outcomes if o.result in bias]
    worst = next((j for j in ("high", OPEN, "some concerns", "low") if j in judged), OPEN)
    people = [o.people for o in outcomes if o.people]
    return StudyVote(
        study["study_id"], study["label"], direction.study_direction([o.direction for o in outcomes]), worst,
        study["randomised"], max(people) if people else None, tuple(outcomes), main,
    )  # fmt: skip


def _outcomes(tables: Tables, study: Row, group: Group, no_pool: Bars, no_vote: Bars) -> list[Outcome]:
    """One entry per outcome: its main result, never two time points of the same people."""
    found = []
    for key, outcome in tables["outcomes"].items():
        if outcome["study_id"] != study["study_id"] or not group.holds(outcome):
            continue
        rows = [r for r in tables["results"].values() if r["outcome_id"] == key]
        rows = [r for r in rows if not {"context", "component contrast", "sensitivity"} & set(uses(r["use"]))]
        if rows:
            found.append(_outcome(rows[0], outcome, study, no_pool, no_vote))
    return found


def _outcome(row: Row, outcome: Row, study: Row, no_pool: Bars, no_vote: Bars) -> Outcome:
    result = row["result_id"]
    voted, why = _vote(row, no_vote.get(result, []))
    p = None if result in no_pool else _p(row)
    one = effects.one_sided(p, voted == direction.BENEFIT) if p and voted in ("benefit", "harm") else None
    n = [number(row["n_int"]), number(row["n_ctl"])]
    people = int(sum(x for x in n if x)) if all(n) else None
    estimate, not_pooled = _estimate(row, outcome, study, people, no_pool.get(result, []))
    return Outcome(
        study["study_id"], result, outcome["outcome"], outcome["instrument"], voted, why, one, p, people, estimate,
        not_pooled,
    )  # fmt: skip


def _vote(row: Row, bars: list[Finding]) -> tuple[str, str]:
    """The direction that counts, or missing with the reason."""
    if bars:
        return direction.MISSING, bars[0].what
    if "direction" not in uses(row["use"]):
        return direction.MISSING, "no direction to count: " + (row["direction_note"] if row["direction_note"] !=
                                                               NOT_READ else row["use"])  # fmt: skip
    if row["direction"] in (direction.BENEFIT, direction.HARM, direction.MIXED):
        return row["direction"], ""
    return direction.MISSING, "the report gives no sign"


def _p(row: Row) -> float | None:
    printed = number(row["p_reported"])
    cells = [number(row[c]) for c in ("effect", "ci_low", "ci_high")]
    if printed is not None and 0 < printed < 1:
        return printed
    effect, low, high = cells
    if effect is None or low is None or high is None or high <= low:
        return None
    return effects.p_from_estimate(effect, effects.se_from_interval(low, high))


def _estimate(
    row: Row, outcome: Row, study: Row, people: int | None, bars: list[Finding]
) -> tuple[StudyResult | None, str]:
    """A standardised difference with its variance, or why there is none."""
    if bars:
        return None, bars[0].what
    if "pool" not in uses(row["use"]):
        return None, "the reviewer did not mark it for pooling"
    if outcome["better"] not in ("higher", "lower"):
        return None, "it is not known which way is better"
    found = _standardised(row, outcome["better"] == "higher")
    if isinstance(found, str):
        return None, found
    adjusted = row["cluster_adjusted"] if row["cluster_adjusted"] in ("yes", "no") else "unclear"
    clusters = leading_number(study["clusters_total"])
    size = max(1.0, people / clusters) if people and clusters else 1.0
    return StudyResult(study["study_id"], outcome["outcome"], found.yi, found.vi, adjusted, size), ""


def _standardised(row: Row, higher_is_better: bool) -> effects.Effect | str:
    """The adjusted difference, in SDs as reported or over the mean SD; else Hedges' g of the arms; else why not."""
    effect, low, high = (number(row[c]) for c in ("effect", "ci_low", "ci_high"))
    arms = [number(row[c]) for c in ("mean_int", "sd_int", "n_int", "mean_ctl", "sd_ctl", "n_ctl")]
    sds = [sd for sd in (arms[1], arms[4]) if sd and sd > 0]
    in_sds = row["effect_type"] == "standardised_mean_difference"
    if len(sds) < 2 and not in_sds:
        return "the SDs are not read, so it cannot be brought to a common scale"
    if effect is not None and low is not None and high is not None:
        sd = 1.0 if in_sds else math.sqrt(sum(s**2 for s in sds) / 2)
        se = effects.se_from_interval(low, high, df=number(row["df"]) or math.inf)
        return effects.Effect((effect if higher_is_better else -effect) / sd, (se / sd) ** 2)
    known = [x for x in arms if x is not None]
    if len(known) < 6:
        return "neither an estimate with its interval nor means, SDs and numbers of both arms are read"
    m1, sd1, n1, m2, sd2, n2 = known
    return effects.hedges_g(m1, sd1, n1, m2, sd2, n2, higher_is_better)


def _fisher(main: Sequence[StudyVote]) -> tuple[direction.Combined | None, str]:
    """One p per study: that of its first outcome which has one."""
    first = [next((o.p_one_sided for o in s.outcomes if o.p_one_sided), None) for s in main]
    found = [p for p in first if p is not None]
    if len(found) < 2:
        return None, f"{len(found)} of {len(main)} studies give a usable p with a direction; two are needed"
    return direction.fisher(found), ""


@dataclass(frozen=True)
class Matrix:
    """Components by study: descriptive only. `refused` says which analyses these data cannot carry."""

    studies: tuple[tuple[str, str], ...]
    cells: Mapping[tuple[str, str], str]
    known: int
    refused: tuple[components.Refusal, ...]


def component_matrix(tables: Tables, plan: Plan, synthesis: Synthesis | None) -> Matrix:
    """Which training reports which component, beside the direction of its first group of outcomes."""
    rows = [s for s in tables["studies"].values() if s["role"] in plan.main]
    found = {(r["study_id"], r["item"]): r["presence"] for r in tables["characteristics"].values()}
    cells = {(s["study_id"], c): found.get((s["study_id"], c), components.NOT_READ) for s in rows for c in COMPONENTS}
    cells = {key: components.NOT_READ if cell == NOT_READ else cell for key, cell in cells.items()}
    votes = {s.study: s.direction for s in synthesis.studies} if synthesis else {}
    ids = [s["study_id"] for s in rows]
    outcome = [{"benefit": True, "harm": False}.get(votes.get(i, "")) for i in ids]
    conditions = {c: [_present(cells[i, c]) for i in ids] for c in COMPONENTS}
    refused = [r for r in (components.qca(conditions, outcome), _additive(ids, conditions, outcome)) if
               isinstance(r, components.Refusal)]  # fmt: skip
    known = sum(cell != components.NOT_READ for cell in cells.values())
    return Matrix(tuple((s["study_id"], s["label"]) for s in rows), cells, known, tuple(refused))


def _present(cell: str) -> bool | None:
    """Reported is present; everything else is unknown, never absent."""
    return True if cell == REPORTED else None


def _additive(
    ids: Sequence[str], conditions: Mapping[str, Sequence[bool | None]], outcome: Sequence[bool | None]
) -> components.Refusal | None:
    signed = [i for i, y in enumerate(outcome) if y is not None]
    design = [[1.0 if conditions[c][i] else 0.0 for c in conditions] for i in signed]
    return components.component_effects(design, list(conditions))
