"""The beginning of a plan for a trial that could tell whether the training works, for `kring evaluate plan`.

A line is filled with what the cohort's table knows, where it can be estimated; else with the documented assumption of
`kring evaluate plan --example staff-training`. Each line says which of the two it is. What the table found about the
training itself is never a line: a trial is planned on the effect that would matter.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import correlation, fmean, pstdev
from typing import Any, NamedTuple

from kring.care.training.table import OCCASIONS, TrainingTable

ENOUGH_TEAMS = 10
"""From fewer teams a share of variance between teams is a guess with decimals."""
ENOUGH_LEARNERS = 10
LOST_PER_YEAR = 0.15


class Line(NamedTuple):
    name: str
    value: Any
    said: str


def design(table: TrainingTable, measure: str) -> str:
    """design.toml: a trial of whole teams, measured as this cohort is."""
    lines = [f"{one.name} = {one.value}  # {one.said}" for one in _lines(table, measure)]
    head = [
        "# A trial of staff training, begun from the table of one cohort in routine use.",
        "# known: from that table. assumed: as in the example staff-training, which nobody published. Vary it.",
        f"# The outcome is {measure!r}; scores count in standard deviations between learners.",
        "# Plan it: kring evaluate plan design.toml --out plan",
        "[trial]", 'name = "staff training"', 'arm_level = "team"',
    ]  # fmt: skip
    tail = ["", "[vary]", "teams = [12, 24, 48]", "", "[simulation]", "replicates = 1000", "seed = 1", "target = 0.8"]
    return "\n".join([*head, *lines, *tail, ""])


def _lines(table: TrainingTable, measure: str) -> list[Line]:
    sizes = Counter(table.teams[one.team_id] for one in table.learners)
    months = sorted(OCCASIONS)
    measured = sorted({month for month, code in table.cells if code == measure})
    lost = [round(1 - (1 - LOST_PER_YEAR) ** (month / 12), 2) for month in months]
    return [
        Line("teams", 24, f"assumed: this cohort has {len(sizes)} (small ones together); so few can tell nothing"),
        Line("institutions", 1, "known"),
        Line("persons_per_team", round(fmean(sizes.values()), 1), "known: learners a team who let research use it"),
        _spread(sizes),
        Line("occasions", months, f"known: the moments of this training; measured so far: {measured}"),
        Line("effect", 0.4, "assumed: what would matter to you, never what this table found"),
        _icc(table, measure),
        _again(table, measure),
        Line("team_time_sd", 0.1, "assumed: how far whole teams change otherwise than others"),
        Line("loss", lost, "assumed: learners lost by each moment; look what you lose yourselves"),
        Line("trained", 0.8, "assumed: the share of staff that is trained"),
        Line("turnover", 0.15, "assumed: the share of staff that leaves in a year"),
    ]


def _spread(sizes: Mapping[Any, int]) -> Line:
    if len(sizes) < ENOUGH_TEAMS:
        return Line("team_size_cv", 0.5, f"assumed: {len(sizes)} teams say little about how sizes differ")
    spread = pstdev(sizes.values()) / fmean(sizes.values())
    return Line("team_size_cv", round(spread, 2), f"known: of {len(sizes)} teams")


def _icc(table: TrainingTable, measure: str) -> Line:
    by_team: dict[Any, list[float]] = defaultdict(list)
    first = min((month for month, code in table.cells if code == measure), default=0)
    for one in table.scored:
        if one.score is not None and (one.measure, one.month) == (measure, first):
            by_team[table.teams[one.enrolment.team_id]].append(one.score)
    teams = [scores for scores in by_team.values() if len(scores) > 1]
    found = icc(teams) if len(teams) >= ENOUGH_TEAMS else None
    if found is None:
        return Line("icc_team", 0.05, f"assumed: it cannot be estimated from {len(teams)} teams; vary it")
    return Line("icc_team", round(found, 3), f"known, roughly: of {len(teams)} teams at the first moment; vary it")


def _again(table: TrainingTable, measure: str) -> Line:
    """How alike two scores of one learner are, at the first two moments: the low end of what fits with the table, as a
    trial that was planned too hopefully is lost.
    """
    scores: dict[Any, dict[int, float]] = defaultdict(dict)
    for one in table.scored:
        if one.measure == measure and one.score is not None:
            scores[one.enrolment.person_id][one.month] = one.score
    first, *later = sorted({month for found in scores.values() for month in found})
    both = [(found[first], found[later[0]]) for found in scores.values() if later and {first, later[0]} <= set(found)]
    if len(both) < ENOUGH_LEARNERS or any(len(set(side)) < 2 for side in zip(*both, strict=True)):
        return Line("correlation", 0.6, f"assumed: it cannot be estimated from {len(both)} people seen twice; vary it")
    found = correlation(*zip(*both, strict=True))
    low, high = _fisher(found, len(both))
    said = f"known, roughly: {found:.2f} ({low:.2f} to {high:.2f}) of {len(both)} learners; here the low end; vary it"
    return Line("correlation", round(min(max(low, 0.1), 0.95), 2), said)


def _fisher(r: float, n: int) -> tuple[float, float]:
    """Fisher's interval (1921)."""
    middle, half = math.atanh(min(max(r, -0.999), 0.999)), 1.96 / math.sqrt(n - 3)
    return math.tanh(middle - half), math.tanh(middle + half)


def icc(groups: Sequence[Sequence[float]]) -> float | None:
    """The share of variance between groups of unequal size, by analysis of variance (Donner 1986); not below zero."""
    n, k = sum(map(len, groups)), len(groups)
    grand = fmean(score for group in groups for score in group)
    between = sum(len(group) * (fmean(group) - grand) ** 2 for group in groups) / (k - 1)
    within = sum((score - fmean(group)) ** 2 for group in groups for score in group) / (n - k)
    size = (n - sum(len(group) ** 2 for group in groups) / n) / (k - 1)
    total = between + (size - 1) * within
    return max((between - within) / total, 0.0) if total > 0 else None
