"""Imputation, tipping points and checks: pooled as in print, and finding what was put in."""

import tomllib
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from kring.evaluation import checks, sensitivity, simulated, simulated_routine
from kring.evaluation.analysis import analyse, estimate, marginal_means, weights
from kring.evaluation.contract.dictionary import parse_dictionary
from kring.evaluation.contract.protocol import Missing, parse_protocol
from kring.evaluation.contract.table import OutcomeTable
from kring.evaluation.disclosure import Ledger, Release
from kring.evaluation.routine.change import changes, compare_teams, over_time, reliable
from kring.evaluation.routine.counts import counts_over_time


def table_of(kind, seed=1):
    about = parse_dictionary(kind.dictionary())
    months = {o.code: float(o.months) for o in about.occasions}
    frame = kind.simulate(seed)
    frame = frame.with_columns(months=pl.col("occasion").replace_strict(months, return_dtype=pl.Float64))
    if "institution" not in frame.columns:
        frame = frame.with_columns(institution=pl.lit(""))
    return OutcomeTable(frame, about, "", "simulated.csv"), parse_protocol(tomllib.loads(kind.PROTOCOL))


@pytest.fixture(scope="module")
def trial():
    return table_of(simulated)


@pytest.fixture(scope="module")
def primary(trial):
    return analyse(*trial, "EMP")


def test_pooling_is_by_rubin_with_the_degrees_of_freedom_of_barnard_and_rubin():
    """Worked by hand from Barnard & Rubin 1999: three estimates 1, 2, 3 with variance 1 and 20 complete df.

    W = 1, B = 1, T = 1 + 4/3 = 7/3, lambda = 4/7; nu_m = 2/(4/7)^2 = 6.125; nu_obs = 21/23*20*3/7 = 7.826;
    nu = 1/(1/6.125 + 1/7.826) = 3.436.
    """
    pooled = sensitivity.pool([{"estimate": q, "se": 1.0, "df": 20.0} for q in (1.0, 2.0, 3.0)], 0.95)
    assert pooled["estimate"] == 2
    assert pooled["se"] ** 2 == pytest.approx(7 / 3)
    assert pooled["missing_information"] == pytest.approx(4 / 7)
    assert pooled["df"] == pytest.approx(3.436, abs=5e-4)


def test_without_missing_scores_imputation_changes_nothing(trial):
    table, protocol = trial
    frame = table.frame.with_columns(score=pl.col("score").fill_null(3.0))
    whole = replace(table, frame=frame)
    main = estimate(analyse(whole, protocol, "EMP"), protocol.contrasts[0], protocol)
    for row in sensitivity.one_imputation(whole, protocol, "EMP", 0):
        if row["contrast"] == main["contrast"]:
            assert row["estimate"] == pytest.approx(main["estimate"], rel=1e-7)


def test_an_imputation_is_the_same_each_time_and_another_seed_is_another(trial):
    table, protocol = trial
    protocol = replace(protocol, missing=Missing(imputations=2, deltas=(-0.5,), seed=3))
    one, again = (sensitivity.one_imputation(table, protocol, "EMP", 0) for _ in range(2))
    assert one == again
    assert sensitivity.one_imputation(table, protocol, "EMP", 1) != one
    worse = {row["delta"]: row["estimate"] for row in one if row["contrast"] == "change_18"}
    assert worse[-0.5] < worse[0.0]


def test_fits_all_at_once_are_those_one_by_one(trial):
    """Kenward-Roger goes one by one; its estimates are those of the batch, its errors are a little larger."""
    table, protocol = trial
    protocol = replace(protocol, missing=Missing(imputations=2, deltas=(-0.5,), seed=3))
    one_by_one = replace(protocol, model=replace(protocol.model, df="kenward-roger"))
    batch, single = (sensitivity.one_imputation(table, p, "EMP", 0) for p in (protocol, one_by_one))
    for together, alone in zip(batch, single, strict=True):
        assert together["estimate"] == pytest.approx(alone["estimate"], abs=1e-6)
        assert together["se"] == pytest.approx(alone["se"], rel=0.02)


def test_the_tipping_point_is_the_first_delta_whose_interval_holds_zero():
    rows = [{"contrast": "c", "delta": d, "low": 0.25 + d, "high": 1.0 + d} for d in (0.0, -0.1, -0.2, -0.3, -0.4)]
    assert sensitivity.tipping_point(rows, "c")["delta"] == -0.3
    assert sensitivity.tipping_point(rows[:3], "c") == {
        "contrast": "c",
        "holds_at_0": True,
        "delta": None,
        "tried_to": -0.2,
    }
    assert not sensitivity.tipping_point(rows[3:], "c")["holds_at_0"]


def test_the_contrast_in_change_is_the_difference_of_the_estimated_means(primary, trial):
    _, protocol = trial
    means = {(row["arm"], row["occasion"]): row["mean"] for row in marginal_means(primary, protocol)}
    change = {arm: means[arm, "18"] - means[arm, "0"] for arm in ("RG", "FACT")}
    found = estimate(primary, protocol.contrasts[0], protocol)
    assert found["estimate"] == pytest.approx(change["RG"] - change["FACT"])
    slope = dict(zip(primary.fit.names, primary.fit.beta, strict=True))["arm[T.RG]:months"]
    assert found["estimate"] == pytest.approx(18 * slope)
    assert weights(primary, protocol.contrasts[0], protocol).shape == (4,)


def test_predicted_random_effects_solve_the_mixed_model_equations(primary):
    """Against the textbook form Z G Z' V^-1 (y - Xb), dense."""
    design, fitted = primary.design, primary.fit
    y = design.M[:, design.p] + design.centre
    residual = y - design.M[:, : design.p] @ fitted.beta
    parts = {part.group: part.estimate for part in fitted.vc}
    G = sum(parts[name] * (codes[:, None] == codes) for name, codes in design.groups)
    expected = G @ np.linalg.solve(G + fitted.sigma2 * np.eye(len(y)), residual)
    assert checks.random_effects(primary) == pytest.approx(expected, abs=1e-7)


def test_residuals_of_a_true_model_look_normal(primary):
    found = checks.residuals(primary, Release(10))
    assert abs(found["skewness"]) < 0.5
    assert len(found["normal_plot"]) == 20
    assert all(0.5 < row["sd"] < 1.2 for row in found["spread"])


def test_leaving_out_teams_gives_a_range_around_the_estimate(primary, trial):
    _, protocol = trial
    found = checks.influence(primary, protocol)
    whole = estimate(primary, protocol.contrasts[0], protocol)["estimate"]
    assert found["low"] < whole < found["high"]
    assert found["teams"] == 20


def test_the_funnel_and_the_charts_find_the_two_teams_that_were_made_to_differ():
    table, protocol = table_of(simulated_routine)
    ledger = Ledger(10)
    ledger.enter(("allocated", "care"), table.people().height)
    scores = table.scores("EMP").filter(pl.col("occasion") == "6").height
    ledger.split(("allocated", "care"), {("measured", "EMP", "care", "6"): scores,
                                         ("missing", "EMP", "care", "6"): table.people().height - scores})  # fmt: skip
    reliable(table, "EMP", protocol.change, ledger)
    found = compare_teams(table, protocol, ledger)
    outside = {team["team"]: team["z"] for team in found["teams"] if abs(team["z"]) > 3.09}
    assert set(outside) == {"T02", "T04"}
    assert outside["T02"] < 0 < outside["T04"]
    charts = {chart["team"]: chart for chart in over_time(table, protocol)}
    assert set(charts) == {"", "T01", "T02", "T03", "T04", "T05", "T06"}  # the small teams are not shown
    signals = [charts["T04"]["periods"][i] for i in charts["T04"]["cusum"]["signals"]]
    assert min(signals) >= simulated_routine.FROM


def test_the_u_chart_finds_the_team_whose_crisis_contacts_were_doubled():
    table, protocol = table_of(simulated_routine)
    charts = {chart["team"]: chart for chart in counts_over_time(table, protocol)}
    assert set(charts) == {"", "T01", "T02", "T03", "T04", "T05", "T06"}
    mine = charts["T03"]
    assert mine["u"]["values"][0] == pytest.approx(_rate(table, "T03", 1))
    assert np.mean(mine["u"]["values"][8:]) > 1.5 * np.mean(mine["u"]["values"][:8])
    above = [p for p, v, top in zip(mine["periods"], mine["u"]["values"], mine["u"]["upper"], strict=True) if v > top]
    assert above
    assert min(above) >= simulated_routine.FROM
    assert not any(chart["u"]["outside"] for team, chart in charts.items() if team not in ("", "T03"))


def _rate(table, team, period):
    mine = table.scores("CRI").filter((pl.col("team") == team) & (pl.col("period") == period))
    return mine["score"].sum() / mine.height


def test_change_is_taken_of_persons_with_both_scores(trial):
    table, protocol = trial
    both = changes(table, "EMP", protocol.change)
    start = table.scores("EMP").filter(pl.col("occasion") == "0")["person"]
    end = table.scores("EMP").filter(pl.col("occasion") == "18")["person"]
    assert set(both["person"]) == set(start) & set(end)


def test_the_order_of_the_rows_does_not_matter(trial, primary):
    table, protocol = trial
    shuffled = replace(table, frame=table.frame.sample(fraction=1.0, shuffle=True, seed=7))
    one = estimate(primary, protocol.contrasts[0], protocol)
    other = estimate(analyse(shuffled, protocol, "EMP"), protocol.contrasts[0], protocol)
    for name in ("estimate", "se", "df", "d", "d_se"):
        assert other[name] == pytest.approx(one[name], rel=1e-7)
    whole, again = (changes(t, "EMP", protocol.change).drop("team") for t in (table, shuffled))
    assert whole.equals(again)
    imputed, drawn_again = (sensitivity.one_imputation(t, protocol, "EMP", 0)[0] for t in (table, shuffled))
    assert imputed["estimate"] == pytest.approx(drawn_again["estimate"], rel=1e-7)


@pytest.mark.slow
def test_the_demo_holds_the_truth_as_often_as_it_says():
    """400 simulated trials: coverage of the 95% interval between 92% and 98%, bias below 4 Monte Carlo errors."""
    from kring.evaluation.demo import repeated

    found = repeated(400, seed=10_000, quiet=True)
    assert 0.92 <= found["coverage"] <= 0.98
    assert abs(found["mean"] - found["truth"]) < 4 * found["mean_error"]
