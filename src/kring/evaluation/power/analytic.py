"""Formulas for power where they exist: they check the simulation, and give quick answers.

Scores are in SD units throughout; variances are of the estimated difference.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from kring.evaluation.mixed_model.kernels import covariance
from kring.evaluation.mixed_model.kernels.likelihood import evaluate
from kring.evaluation.mixed_model.sums import Columns, PersonSums, nest
from kring.evaluation.power.design import Rows, TrialDesign, lay_out

Floats = NDArray[np.float64]


def design_effect(persons_per_team: float, icc: float, cv: float = 0.0) -> float:
    """Variance inflation by clustering; unequal sizes after Eldridge, Ashby & Kerry (2006, Int J Epidemiol 35)."""
    return 1.0 + ((cv**2 + 1.0) * persons_per_team - 1.0) * icc


def power_t(effect: float, variance: float, df: float, alpha: float = 0.05) -> float:
    """Power of a two-sided t test with this variance of the estimate and these degrees of freedom."""
    critical, centre = stats.t.ppf(1 - alpha / 2, df), abs(effect) / np.sqrt(variance)
    upper, lower = stats.nct.sf(critical, df, centre), stats.nct.cdf(-critical, df, centre)
    # far out scipy's noncentral t gives nan, where the tails are one and nothing
    return float(np.nan_to_num(upper, nan=1.0) + np.nan_to_num(lower, nan=0.0))


def parallel_variance(teams: int, persons_per_team: float, icc: float, cv: float = 0.0) -> float:
    """Of the difference between two arms of equally many teams, measured once: 4·DE/n with the total SD as unit."""
    return 4.0 * design_effect(persons_per_team, icc, cv) / (teams * persons_per_team)


def three_level_variance(
    institutions: int, teams_each: float, persons_each: float, icc_institution: float, icc_team: float
) -> float:
    """The same when institutions are randomised, with teams and persons in them (balanced nested anova)."""
    person = 1.0 - icc_institution - icc_team
    mean = icc_institution + icc_team / teams_each + person / (teams_each * persons_each)
    return 4.0 * mean / institutions


def slope_variance(residual: float, times: Floats, n_treated: int, n_control: int) -> float:
    """Of arm × time with complete data and random intercepts, arms within teams: σ²/Σ(t−t̄)²·(1/n₁+1/n₀)."""
    t = np.asarray(times, float)
    return float(residual / ((t - t.mean()) ** 2).sum() * (1 / n_treated + 1 / n_control))


def stepped_wedge_variance(exposed: Floats, residual: float, team: float) -> float:
    """Hussey & Hughes (2007), Contemp Clin Trials 28:182–191, eq. 8.

    exposed (teams, periods) of 0 and 1; residual: variance of a team's mean in a period, given the team.
    """
    X = np.asarray(exposed, float)
    teams, periods = X.shape
    U, W, V = X.sum(), (X.sum(axis=0) ** 2).sum(), (X.sum(axis=1) ** 2).sum()
    s, t = residual, team
    top = teams * s * (s + periods * t)
    return float(top / ((teams * U - W) * s + (U**2 + teams * periods * U - periods * W - teams * V) * t))


def exact_variance(design: TrialDesign) -> float:
    """Of the tested contrast by generalised least squares with the true variances and nobody lost."""
    rows = lay_out(design)
    return variance_of(rows, design)


def variance_of(rows: Rows, design: TrialDesign) -> float:
    layout = rows.layout
    person = np.repeat(np.arange(len(layout.person_start) - 1), np.diff(layout.person_start))
    sums = PersonSums.empty(len(layout.person_start) - 1, layout.M.shape[1], layout.z)
    sums.add_rows(Columns.of_matrix(layout.M), person)
    groups = np.repeat(np.arange(len(layout.team_start) - 1), np.diff(layout.team_start))
    nested = nest(sums, layout.team, groups)
    kinds = np.array(layout.kinds, np.int64)
    psi = _true_covariances(rows, design)
    directions, ends = covariance.directions(kinds, len(layout.z))
    arguments = (*nested.arrays(), psi, directions, ends)
    _, S = evaluate(*arguments)
    cov = rows.sd[4] ** 2 * np.linalg.inv(S[0, : layout.p, : layout.p])
    return float(rows.contrast @ cov @ rows.contrast)


def _true_covariances(rows: Rows, design: TrialDesign) -> Floats:
    house, team, slope, person, residual = rows.sd**2
    q = len(rows.layout.z)
    psi = np.zeros((3, q, q))
    at = 0
    if not design.one_row_each:
        psi[0, 0, 0] = person / residual
        at = 1
    psi[at, 0, 0] = team / residual
    if q == 2:
        psi[at, 1, 1] = slope / residual
    if design.institutions > 1:
        psi[at + 1, 0, 0] = house / residual
    return psi


def units_df(design: TrialDesign) -> float:
    """Degrees of freedom of a comparison between the units that were randomised: their number less two.

    Arms within teams, and a stepped wedge, compare rows within persons or teams: what those and the columns leave.
    """
    if design.kind == "stepped-wedge":
        rows = lay_out(design)
        units = len(rows.layout.person_start) - 1  # teams, where every row is a new person
        return max(1.0, float(len(rows.mean) - units - len(design.occasions)))
    if design.arm_level == "person":
        n = design.teams * design.persons_per_team
        return max(1.0, n * max(1, len(design.occasions) - 1) - 2.0)
    units = design.institutions if design.arm_level == "institution" else design.teams
    return max(1.0, units - 2.0)


def smallest_detectable(design: TrialDesign, power: float = 0.8) -> float:
    """The d at which a t test on the randomised units reaches this power, if the true variances were known.

    With dilution by turnover or incomplete training, d is that of trained staff at full strength.
    """
    variance, df = exact_variance(design), units_df(design)
    found = optimize.brentq(lambda d: power_t(d, variance, df, design.alpha) - power, 1e-6, 50.0)
    rows = lay_out(design)
    reached = _share_of_effect(rows, design)
    return float(found / reached)


def _share_of_effect(rows: Rows, design: TrialDesign) -> float:
    """Expected contrast per unit of the full effect, by least squares with the true variances."""
    if design.effect == 0:
        raise ValueError("A design without effect has no share of it; set effect to another value.")
    X = rows.layout.M[:, : rows.layout.p]
    beta = np.linalg.lstsq(X, rows.mean, rcond=None)[0]
    return float(rows.contrast @ beta / design.effect)
