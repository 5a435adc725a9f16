"""What a planned trial looks like: read from design.toml, checked, and laid out as rows.

Scores are in units of the outcome's standard deviation between persons at one occasion, so effects are Cohen's d.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kring.evaluation.errors import BadInput, Fault, refuse
from kring.evaluation.mixed_model.batch import Layout

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class TrialDesign:
    """One planned trial.

    kind: "parallel" or "stepped-wedge". arm_level: who is randomised ("person", "team" or "institution").
    occasions: months, ascending. team_size_cv: coefficient of variation of the number of persons per team.
    new_persons: true if every occasion measures other persons (cross-sectional samples).
    effect: d at the last occasion; course: "linear" growth from the first occasion, or "step" (at once).
    icc_team, icc_institution: share of the variance between teams, and between institutions.
    correlation: of two scores of one person. team_time_sd: SD between teams of the change over the whole trial.
    loss: cumulative share of persons lost by each occasion; loss_depends: log-odds of leaving per SD of the last score.
    trained: share of staff trained; turnover: share of them that leaves per year; the effect is diluted by both,
    unless newcomers are trained (`retrain`).
    analysis: "slope" (arm × time, linear) or "occasions" (arm × each occasion, the last one tested);
    a stepped wedge is always analysed with period effects and the exposure.
    """

    name: str = "trial"
    kind: str = "parallel"
    arm_level: str = "team"
    teams: int = 20
    institutions: int = 1
    persons_per_team: float = 8.0
    team_size_cv: float = 0.0
    occasions: tuple[float, ...] = (0.0, 9.0, 18.0)
    new_persons: bool = False
    steps: int = 0
    effect: float = 0.5
    course: str = "linear"
    icc_team: float = 0.05
    icc_institution: float = 0.0
    correlation: float = 0.6
    team_time_sd: float = 0.1
    loss: tuple[float, ...] = ()
    loss_depends: float = 0.0
    trained: float = 1.0
    turnover: float = 0.0
    retrain: bool = False
    analysis: str = "slope"
    alpha: float = 0.05

    def __post_init__(self) -> None:
        if faults := _faults(self):
            raise BadInput(faults)

    @property
    def one_row_each(self) -> bool:
        """Every row is a person of its own, so persons' variance is part of the residual."""
        return self.new_persons or len(self.occasions) == 1

    @property
    def variances(self) -> tuple[float, float, float, float]:
        """Of institution, team, person and residual; they add up to 1."""
        person = 0.0 if self.one_row_each else self.correlation - self.icc_team - self.icc_institution
        return self.icc_institution, self.icc_team, person, 1.0 - self.icc_team - self.icc_institution - person

    @property
    def models_team_time(self) -> bool:
        """Team-by-time is modelled wherever whole teams share an arm: leaving it out makes up to 17% false alarms."""
        return self.arm_level != "person" and self.kind == "parallel" and len(self.occasions) > 1


def _faults(d: TrialDesign) -> list[Fault]:
    """All that is wrong with a design, each with its remedy."""
    wedge = d.kind == "stepped-wedge"
    checks = [
        (d.kind in ("parallel", "stepped-wedge"), "kind", d.kind, "Use 'parallel' or 'stepped-wedge'."),
        (d.arm_level in ("person", "team", "institution"), "arm_level", d.arm_level,
         "Use 'person', 'team' or 'institution'."),
        (d.teams >= 2, "teams", d.teams, "At least 2 are needed."),
        (1 <= d.institutions <= d.teams, "institutions", d.institutions, "Use 1 up to the number of teams."),
        (d.arm_level != "institution" or d.institutions >= 2, "institutions", d.institutions,
         "Randomising institutions needs 2 or more."),
        (d.persons_per_team >= 1, "persons_per_team", d.persons_per_team, "At least 1 is needed."),
        (len(d.occasions) >= 1 and list(d.occasions) == sorted(set(d.occasions)), "occasions", list(d.occasions),
         "Give ascending months."),
        (0 <= d.team_size_cv <= 2, "team_size_cv", d.team_size_cv, "Use 0 to 2."),
        (0 <= d.correlation < 1, "correlation", d.correlation, "Use 0 up to 1, 1 excluded."),
        (min(d.icc_team, d.icc_institution, *d.variances) >= -1e-12, "correlation", d.correlation,
         "It must be at least icc_team + icc_institution, and these not negative."),
        (d.team_time_sd >= 0, "team_time_sd", d.team_time_sd, "It must not be negative."),
        (not wedge or d.team_time_sd == 0, "team_time_sd", d.team_time_sd,
         "A stepped wedge is analysed without team slopes: set it to 0, and read the result as a best case."),
        (d.analysis in ("slope", "occasions"), "analysis", d.analysis, "Use 'slope' or 'occasions'."),
        (d.course in ("linear", "step"), "course", d.course, "Use 'linear' or 'step'."),
        (0 < d.trained <= 1, "trained", d.trained, "Use a share above 0, up to 1."),
        (0 <= d.turnover < 1, "turnover", d.turnover, "Use a share from 0 to below 1."),
        (0 < d.alpha < 1, "alpha", d.alpha, "Use for example 0.05."),
        (not d.loss or len(d.loss) == len(d.occasions), "loss", list(d.loss),
         "Give one cumulative share for each occasion."),
        (list(d.loss) == sorted(d.loss) and all(0 <= x < 1 for x in d.loss), "loss", list(d.loss),
         "Shares ascend from 0 to below 1."),
        (not d.new_persons or not any(d.loss), "loss", list(d.loss), "With new_persons nobody is followed up."),
        (not d.new_persons or d.arm_level != "person", "new_persons", d.new_persons,
         "Randomise whole teams or institutions, or follow the same persons."),
        (not wedge or len(d.occasions) >= 2, "occasions", list(d.occasions), "A stepped wedge needs two or more."),
        (not wedge or 0 <= d.steps < max(len(d.occasions), 1), "steps", d.steps, "Use fewer than the occasions."),
        (not wedge or d.arm_level == "team", "arm_level", d.arm_level, "A stepped wedge randomises teams."),
    ]  # fmt: skip
    return [Fault(f"{name} = {value!r} cannot be.", remedy) for fine, name, value, remedy in checks if not fine]


@dataclass(frozen=True)
class Plan:
    """design.toml: the trial, what to vary, and how to simulate."""

    design: TrialDesign
    vary: dict[str, tuple[Any, ...]]
    target: float
    replicates: int
    seed: int


def read_plan(path: str | Path) -> Plan:
    """Read design.toml; BadInput says which word is wrong and what to write instead."""
    file = str(path)
    try:
        words = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise refuse(f"cannot be read: {error.strerror}.", "Give the path of a design file.", file) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse(f"is not TOML: {error}.", "See docs/evaluation.md for an example.", file) from error
    _known(file, words, {"trial", "vary", "simulation"}, "")
    simulation, vary, trial = (words.get(name, {}) for name in ("simulation", "vary", "trial"))
    _known(file, simulation, {"replicates", "seed", "target"}, "[simulation] ")
    design = _design(file, trial)
    for name, values in vary.items():
        if not isinstance(values, list) or not values:
            raise refuse(f"[vary] {name} = {values!r} is not a list.", "Write for example teams = [10, 20].", file)
        for value in values:
            _design(file, {**trial, name: value})
    replicates, target = int(simulation.get("replicates", 2000)), float(simulation.get("target", 0.8))
    if replicates < 100 or not 0 < target < 1:
        raise refuse("[simulation] is out of range.", "Use 100 or more replicates and a target such as 0.8.", file)
    chosen = {name: tuple(tuple(v) if isinstance(v, list) else v for v in values) for name, values in vary.items()}
    return Plan(design, chosen, target, replicates, int(simulation.get("seed", 1)))


def _known(file: str, words: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in sorted(set(words) - known):
        raise refuse(f"{where}{name} is unknown.", f"It takes {', '.join(sorted(known))}.", file)


def _design(file: str, words: Mapping[str, Any]) -> TrialDesign:
    """A checked design from the words of [trial]; numbers are never made from text."""
    defaults = {field.name: field.default for field in fields(TrialDesign)}
    _known(file, words, set(defaults), "[trial] ")
    for name, value in words.items():
        if not _same_kind(value, defaults[name]):
            raise refuse(
                f"[trial] {name} = {value!r} is of the wrong kind.", f"Write it like {defaults[name]!r}.", file
            )
    given: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in words.items()}
    try:
        return TrialDesign(**given)
    except BadInput as bad:
        raise BadInput([replace(fault, file=file) for fault in bad.faults]) from None


def _same_kind(value: Any, default: Any) -> bool:
    if isinstance(default, tuple):
        return isinstance(value, list) and all(_same_kind(v, 0.0) for v in value)
    if isinstance(default, (bool, str)):
        return type(value) is type(default)
    if isinstance(default, int):
        return type(value) is int
    return type(value) in (int, float)


@dataclass(frozen=True)
class Rows:
    """A design laid out: one row per person and occasion, persons ordered by team, teams by institution.

    team: that of each unit in layout.person_start (a person, or a whole team where every row is a new person).
    """

    layout: Layout
    team: Codes
    mean: Floats
    time: Floats
    occasion: Codes
    institution: Codes
    contrast: Floats
    sd: Floats
    stay: Floats
    n_persons: int


def team_sizes(design: TrialDesign) -> Codes:
    """Persons per team: equal, or the quantiles of a gamma distribution with the wanted variation."""
    mean, cv, J = design.persons_per_team, design.team_size_cv, design.teams
    if cv == 0:
        return np.diff(np.round(np.arange(J + 1) * mean)).astype(np.int64)
    sizes = stats.gamma.ppf((np.arange(J) + 0.5) / J, 1 / cv**2, scale=mean * cv**2)
    sizes = np.maximum(1, np.round(sizes * mean / sizes.mean()))
    # large and small teams must fall into both arms alike: deal them out in a fixed scattered order
    return np.asarray(np.random.default_rng(J).permutation(sizes), np.int64)


def _arms(design: TrialDesign, team: Codes, institution: Codes) -> Floats:
    """The arm of each person (parallel trials), as even as the level of randomisation allows."""
    if design.arm_level == "team":
        return (team % 2).astype(float)
    if design.arm_level == "institution":
        return (institution[team] % 2).astype(float)
    return (np.arange(len(team)) % 2).astype(float)


def _exposure(design: TrialDesign, time: Floats, months: Floats) -> Floats:
    """How much of the full effect is there, `months` after the training and `time` (0–1) into the trial."""
    course = time if design.course == "linear" and design.kind == "parallel" else np.ones_like(time)
    staying = 1.0 if design.retrain else (1.0 - design.turnover) ** (np.maximum(months, 0.0) / 12.0)
    return np.asarray(design.trained * staying * course, np.float64)


def lay_out(design: TrialDesign) -> Rows:
    """The rows of a design, its fixed effects and the contrast that is tested."""
    sizes = team_sizes(design)
    J, K = design.teams, len(design.occasions)
    institution = np.sort(np.arange(J) % design.institutions).astype(np.int64)
    person_team = np.repeat(np.arange(J), sizes)
    N = len(person_team)
    team, occasion = np.repeat(person_team, K), np.tile(np.arange(K), N)
    month = np.asarray(design.occasions, float)[occasion]
    time = (month - design.occasions[0]) / max(design.occasions[-1] - design.occasions[0], 1e-9)
    X, contrast, exposure = _fixed(design, person_team, institution, team, occasion, time, month)
    p, slopes = X.shape[1], design.models_team_time
    M = np.column_stack([X, np.zeros(len(X)), time] if slopes else [X, np.zeros(len(X))])
    z = (0, p + 1) if slopes else (0,)
    team_kind, house_kind = 2 if slopes else 1, 1 if design.institutions > 1 else 0
    every, edges = np.arange(len(M)), np.searchsorted(institution, np.arange(institution[-1] + 2)).astype(np.int64)
    if design.one_row_each:
        start, unit_team = np.r_[0, np.cumsum(np.bincount(team, minlength=J))].astype(np.int64), np.arange(J)
        all_houses = np.array([0, institution[-1] + 1], np.int64)
        layout = Layout(M, every, start, institution, all_houses, z, (team_kind, house_kind, 0), p)
    else:
        start, unit_team = np.arange(0, N * K + 1, K), person_team.astype(np.int64)
        layout = Layout(M, every, start, unit_team, edges, z, (1, team_kind, house_kind), p)
    v = design.variances
    sd = np.sqrt(np.maximum([v[0], v[1], design.team_time_sd**2, v[2], v[3]], 0.0))
    kept = 1 - np.asarray(design.loss or (0.0,) * K, float)
    stay = np.r_[1.0, kept[1:] / kept[:-1]]
    persons = len(M) if design.one_row_each else N
    return Rows(layout, unit_team, design.effect * exposure, time, occasion, institution, contrast, sd, stay, persons)


def _fixed(
    design: TrialDesign, person_team: Codes, institution: Codes, team: Codes, occasion: Codes, time: Floats,
    month: Floats,
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """X, the contrast that is tested, and the exposure in each row."""
    K = len(design.occasions)
    one = np.ones(len(time))
    dummies = [(occasion == k).astype(float) for k in range(1, K)]
    if design.kind == "stepped-wedge":
        steps = design.steps or K - 1
        crossing = 1 + (np.arange(design.teams) % steps) * (K - 1) // steps
        exposed = (occasion >= crossing[team]).astype(float)
        since = month - np.asarray(design.occasions)[crossing[team]]
        X = np.column_stack([one, *dummies, exposed])
        return X, np.eye(X.shape[1])[-1], exposed * _exposure(design, time, since)
    arm = np.repeat(_arms(design, person_team, institution), K)
    exposure = arm * _exposure(design, time, month - design.occasions[0])
    if K == 1:
        return np.column_stack([one, arm]), np.array([0.0, 1.0]), arm * design.trained
    if design.course == "step":
        exposure *= occasion > 0
    if design.analysis == "slope":
        X = np.column_stack([one, arm, time, arm * time])
    else:
        X = np.column_stack([one, arm, *dummies, *(arm * dummy for dummy in dummies)])
    return X, np.eye(X.shape[1])[-1], exposure
