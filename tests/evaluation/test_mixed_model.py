"""What must hold of any mixed model: properties, edges, and the likelihood itself against brute force."""

import subprocess
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from formulaic import Formula
from hypothesis import given, settings
from hypothesis import strategies as st

from kring.evaluation.mixed_model import ModelError, build, fit, fit_many, profile_intervals
from kring.evaluation.mixed_model.estimate import sums_of
from kring.evaluation.mixed_model.kernels import covariance
from kring.evaluation.mixed_model.kernels.likelihood import evaluate, evaluate_general
from kring.evaluation.mixed_model.sums import Columns, PersonSums, join, nest
from tests.evaluation.peers_in_r import lmer, require_r

FORMULA = "score ~ treat * months"
GROUPS = ("institution", "team", "person")


def trial(seed=0, persons=40, teams=8, institutions=3, visits=(0, 9, 18), keep=0.8, team_sd=0.5):
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(persons), len(visits))
    team = person % teams
    institution = team % institutions
    months = np.tile(np.array(visits, float), persons)
    treat = rng.integers(0, 2, persons)[person]
    score = 3 + 0.03 * treat * months + rng.normal(0, 0.3, institutions)[institution]
    score += rng.normal(0, team_sd, teams)[team] + rng.normal(0, 1, persons)[person] + rng.normal(0, 1, len(person))
    table = pl.DataFrame(
        {"person": person, "team": team, "institution": institution, "treat": treat, "months": months, "score": score}
    )
    return table.filter(pl.Series((rng.random(len(person)) < keep) | (months == 0)))


def long_double_loglik(table, found, precision=np.longdouble):
    """−2·REML log-likelihood at the fit's variances, by dense Cholesky in 80 bits: every step in the open."""
    X = np.column_stack([np.ones(len(table)), table["treat"], table["months"], table["treat"] * table["months"]])
    X, y = X.astype(precision), table["score"].to_numpy().astype(precision)
    V = np.eye(len(y), dtype=precision) * precision(found.sigma2)
    for component in found.vc:
        code = table[component.group].to_numpy()
        V += precision(component.estimate) * (code[:, None] == code[None, :])
    M = np.column_stack([X, y])
    logdet = precision(0)
    for i in range(len(y)):  # LDL′ elimination
        pivot = V[i, i]
        logdet += np.log(pivot)
        ratio = V[i + 1 :, i] / pivot
        V[i + 1 :, i + 1 :] -= np.outer(ratio, V[i, i + 1 :])
        M[i + 1 :] -= np.outer(ratio, M[i])
        M[i] /= np.sqrt(pivot)
    S = M.T @ M
    p = X.shape[1]
    for i in range(p):
        logdet += np.log(S[i, i])
        S[i + 1 :] -= np.outer(S[i + 1 :, i] / S[i, i], S[i])
    return -(logdet + S[p, p] + (len(y) - p) * np.log(2 * precision(np.pi))) / 2


def test_the_log_likelihood_agrees_with_an_80_bit_reference():
    table = trial(persons=100)
    found = fit(table, FORMULA, GROUPS)
    assert abs(float(long_double_loglik(table, found) - np.longdouble(found.loglik))) < 1e-10


@pytest.mark.parametrize("slope", [None, {"team": "months"}, {"person": "months", "team": "months"}])
def test_derivatives_agree_with_differences(slope):
    design = build(trial(persons=120, teams=12), FORMULA, GROUPS, slope)
    sums, kinds = sums_of(design).arrays(), np.array(design.kinds)
    E, ends = covariance.directions(kinds, len(design.z))
    psi = np.zeros((3, len(design.z), len(design.z)))
    for level, kind in enumerate(design.kinds):
        psi[level, 0, 0] = 0.5 - 0.1 * level
        if kind == 2:
            psi[level, 0, 1] = psi[level, 1, 0] = 0.002
            psi[level, 1, 1] = 0.001
    L, S = evaluate(*sums, psi, E, ends)
    level_of = np.searchsorted(ends, np.arange(len(E)), side="right")
    for a in range(len(E)):
        h = 1e-6 if E[a, 0, 0] else 1e-8
        up, down = psi.copy(), psi.copy()
        up[level_of[a]] += h * E[a]
        down[level_of[a]] -= h * E[a]
        (Lu, Su), (Ld, Sd) = evaluate(*sums, up, E, ends), evaluate(*sums, down, E, ends)
        P = len(E)
        np.testing.assert_allclose((Lu[: 1 + P] - Ld[: 1 + P])[0] / (2 * h), L[1 + a], rtol=1e-4)
        np.testing.assert_allclose((Su[0] - Sd[0]) / (2 * h), S[1 + a], rtol=1e-3, atol=1e-4 * np.abs(S[1 + a]).max())
        for b in range(a, P):
            ab = 1 + P + a * P - a * (a - 1) // 2 + (b - a)
            scale = max(abs(L[ab]), 1e-3 * np.abs(L[1 + P :]).max())
            assert abs((Lu[1 + b] - Ld[1 + b]) / (2 * h) - L[ab]) < 1e-3 * scale


def test_the_closed_form_and_the_recursion_are_the_same_function():
    sums = sums_of(build(trial(), FORMULA, GROUPS)).arrays()
    kinds = np.array([1, 1, 1])
    E, ends = covariance.directions(kinds, 1)
    psi = np.array([0.8, 0.3, 0.1]).reshape(3, 1, 1)
    for ours, general in zip(evaluate(*sums, psi, E, ends), evaluate_general(*sums, psi, E, ends), strict=True):
        np.testing.assert_allclose(ours, general, rtol=1e-12, atol=1e-10)


def same(a, b, tolerance=1e-7):
    np.testing.assert_allclose(a.beta, b.beta, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(a.se, b.se, rtol=tolerance)
    np.testing.assert_allclose([c.estimate for c in a.vc], [c.estimate for c in b.vc], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(a.loglik, b.loglik, atol=1e-8)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_does_not_matter(seed):
    table = trial(seed)
    same(fit(table, FORMULA, GROUPS), fit(table.sample(fraction=1, shuffle=True, seed=seed), FORMULA, GROUPS))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(-1e4, 1e4), st.floats(0.01, 100))
def test_shifting_and_scaling_the_outcome_shifts_and_scales_the_answer(seed, shift, scale):
    table = trial(seed)
    plain = fit(table, FORMULA, GROUPS)
    moved = fit(table.with_columns(score=pl.col("score") * scale + shift), FORMULA, GROUPS)
    wanted = plain.beta * scale + np.array([shift, 0, 0, 0])
    np.testing.assert_allclose(moved.beta, wanted, rtol=1e-6, atol=1e-6 * (scale + abs(shift)))
    np.testing.assert_allclose(moved.se, plain.se * scale, rtol=1e-5)


def test_adding_an_empty_team_changes_nothing():
    design = build(trial(), FORMULA, ("team", "person"))
    person, team = design.groups[0][1], design.groups[1][1]
    sums = PersonSums.empty(person.max() + 4, design.M.shape[1], design.z)  # three persons without rows
    sums.add_rows(Columns.of_matrix(design.M), person)
    team_of = np.zeros(len(sums.rows), np.int64)
    team_of[person] = team
    team_of[-3:] = team.max() + 1
    with_empty = nest(sums, team_of)
    psi, (E, ends) = np.array([0.8, 0.3, 0.0]).reshape(3, 1, 1), covariance.directions(np.array([1, 1, 0]), 1)
    for a, b in zip(
        evaluate(*with_empty.arrays(), psi, E, ends), evaluate(*sums_of(design).arrays(), psi, E, ends), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-9)


def test_sums_of_two_halves_join_to_the_whole():
    design = build(trial().with_columns(pl.col("score").round()), FORMULA, ("team", "person"))
    person, team = design.groups[0][1], design.groups[1][1]
    team_of = np.zeros(person.max() + 1, np.int64)
    team_of[person] = team
    parts = []
    for half in (person < 20, person >= 20):
        sums = PersonSums.empty(person.max() + 1, design.M.shape[1], design.z)
        sums.add_rows(Columns.of_matrix(design.M[half]), person[half])
        parts.append(nest(sums, team_of))
    psi, (E, ends) = np.array([0.8, 0.3, 0.0]).reshape(3, 1, 1), covariance.directions(np.array([1, 1, 0]), 1)
    whole, joined = sums_of(design), join(parts)
    assert np.array_equal(joined.gram, whole.gram)
    np.testing.assert_allclose(
        evaluate(*joined.arrays(), psi, E, ends)[1], evaluate(*whole.arrays(), psi, E, ends)[1], rtol=1e-12, atol=1e-9
    )


def test_many_fits_are_the_single_fits():
    table = trial()
    design = build(table, FORMULA, GROUPS)
    rng = np.random.default_rng(1)
    scores = table["score"].to_numpy() + rng.normal(size=(4, len(table)))
    scores[1, 5] = np.nan
    many = fit_many(design, scores)
    for row, score in enumerate(scores):
        one = fit(table.with_columns(score=pl.Series(score)), FORMULA, GROUPS)
        np.testing.assert_allclose(many.estimate[row], one.beta, rtol=1e-9)
        np.testing.assert_allclose(many.df[row], one.df_satterthwaite, rtol=1e-6)
        np.testing.assert_allclose(many.loglik[row], one.loglik, rtol=1e-10)


def test_a_variance_on_the_boundary_is_exactly_zero_and_said_so():
    table = trial(team_sd=0.0, seed=2).with_columns(score=pl.col("score") - pl.col("score").mean().over("team"))
    found = fit(table, FORMULA, ("team", "person"))
    assert found.boundary["team: intercept"]
    assert any("exactly zero" in said for said in found.warnings)
    assert np.isfinite(found.df_satterthwaite).all()


def test_a_design_that_cannot_be_fitted_names_the_column():
    table = trial()
    for formula, said in [
        ("score ~ treat + gone", "gone"),
        ("score ~ treat + I(2 * treat)", "combination"),
        ("treat * months", "no outcome"),
    ]:
        with pytest.raises(ModelError, match=said):
            fit(table, formula, GROUPS)
    with pytest.raises(ModelError, match="nothing to explain"):
        fit(table.with_columns(score=pl.lit(3.0)), FORMULA, GROUPS)
    with pytest.raises(ModelError, match="No row"):
        fit(table.with_columns(score=pl.lit(None, pl.Float64)), FORMULA, GROUPS)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_a_fit_prints_its_variances_coefficients_and_warnings(method):
    found = fit(trial(), FORMULA, GROUPS, time_slope={"team": "months"}, method=method)
    said = str(found).splitlines()
    last = next(line for line in said if line.startswith("treat:months")).split()
    contrast = found.contrast({"treat:months": 1})
    np.testing.assert_allclose([float(x) for x in last[1:3]], [contrast.estimate, contrast.se], rtol=1e-4)
    assert [line.split()[0] for line in said if line.startswith("team")] == ["team:"] * 3
    assert said[-len(found.warnings) :] == list(found.warnings) if found.warnings else True


def test_groups_that_do_not_nest_fall_back_to_statsmodels_and_say_so(tmp_path):
    table = trial().with_columns(
        team=pl.when((pl.col("person") < 6) & (pl.col("months") > 0)).then(7).otherwise("team")
    )
    found = fit(table, FORMULA, ("team", "person"))
    assert found.engine == "statsmodels"
    assert "do not nest" in found.warnings[0]
    assert found.contrast({"treat:months": 1}).method == "residual"
    theirs = lmer(tmp_path, "score ~ treat * months + (1|team) + (1|person)", table=table)
    np.testing.assert_allclose(found.beta, theirs["beta"], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("dataset", "formula", "terms", "groups", "slope"),
    [
        ("sleepstudy", "Reaction ~ Days + (1|Subject)", "Reaction ~ Days", ("Subject",), {}),
        ("sleepstudy", "Reaction ~ Days + (Days|Subject)", "Reaction ~ Days", ("Subject",), {"Subject": "Days"}),
        ("Pastes", "strength ~ 1 + (1|batch) + (1|sample)", "strength ~ 1", ("batch", "sample"), {}),
    ],
)
def test_profile_intervals_agree_with_lme4(tmp_path, dataset, formula, terms, groups, slope):
    require_r()
    path = tmp_path / "data.csv"
    script = Path(__file__).with_name("lme4_profile.R")
    run = subprocess.run(
        ["Rscript", str(script), dataset, formula, str(path)], capture_output=True, text=True, check=True
    )
    theirs = {line.split()[0]: [float(x) for x in line.split()[1:]] for line in run.stdout.splitlines()}
    names = {"Intercept": "(Intercept)", "residual": "sigma"}
    for group in groups:
        names |= {f"{group}: intercept": f"sd_(Intercept)|{group}", f"{group}: slope of Days": f"sd_Days|{group}"}
        names[f"{group}: correlation"] = f"cor_Days.(Intercept)|{group}"
    # lme4 interpolates its profile by a spline, which leaves the ends good to about three or four digits
    found = profile_intervals(build(pl.read_csv(path), terms, groups, slope))
    assert len(found) == len(theirs)
    for ours in found:
        wanted = theirs[names.get(ours.name, ours.name)]
        np.testing.assert_allclose([ours.low, ours.high], wanted, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize(
    "formula",
    [
        "score ~ arm * months",
        "score ~ C(months) * arm + (1)",
        "score ~ 0 + arm:C(months) + age",
        "score ~ center(months)",
    ],
)
def test_a_design_by_combinations_is_formulaics_own(formula):
    """Plain columns are worked out once for each combination of values, others for every row; X is the same."""
    rng = np.random.default_rng(5)
    table = trial().with_columns(arm=pl.when(pl.col("treat") > 0).then(pl.lit("RG")).otherwise(pl.lit("care")))
    table = table.with_columns(age=pl.Series(rng.integers(20, 60, len(table)) / 2))[rng.permutation(len(table))]
    design = build(table, formula, ("team", "person"))
    wanted = Formula(formula).get_model_matrix(table.to_pandas(), output="numpy")
    assert list(design.names) == list(wanted.rhs.model_spec.column_names)
    assert np.array_equal(design.M[:, : design.p], np.asarray(wanted.rhs))
    np.testing.assert_allclose(design.M[:, design.p] + design.centre, table["score"], rtol=1e-14)
