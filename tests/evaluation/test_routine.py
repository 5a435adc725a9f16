"""Reliable change, funnels and control charts against published worked examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kring.evaluation.contract.dictionary import Figure, Measure, Norm
from kring.evaluation.routine.control_charts import cusum, p_chart, u_chart, xmr
from kring.evaluation.routine.funnel import funnel, team_change, winsorise
from kring.evaluation.routine.reliable_change import (
    Yardstick,
    classify,
    cutoff_c,
    standard_error_of_difference,
    yardstick,
)


def test_the_worked_example_of_jacobson_and_truax():
    """J Consult Clin Psychol 1991;59:13-14: means 40 and 60, SD 7.5, r .80, from 32.5 to 47.5."""
    s_diff = standard_error_of_difference(7.5, 0.80)
    assert s_diff == pytest.approx(4.74, abs=0.005)
    assert (47.5 - 32.5) / s_diff == pytest.approx(3.16, abs=0.005)
    assert cutoff_c(40, 7.5, 60, 7.5) == pytest.approx(50)


STICK = Yardstick(4.74, 1.96 * 4.74, 50, 0.8, 7.5, "J&T", "J&T")


@pytest.mark.parametrize(
    ("start", "end", "sign", "expected"),
    [
        (32.5, 47.5, 1, "improved"),  # the example: reliably changed, yet below the cut-off of 50
        (39.0, 51.0, 1, "recovered"),
        (45.0, 51.0, 1, "unchanged"),  # passed the cut-off by less than the reliable change
        (51.0, 41.0, 1, "deteriorated"),
        (32.5, 47.5, -1, "deteriorated"),
        (55.0, 45.0, -1, "recovered"),
        (52.0, 65.0, 1, "improved"),  # was on the general side all along
    ],
)
def test_change_is_classified_by_size_and_cutoff(start, end, sign, expected):
    assert classify(np.array([start]), np.array([end]), STICK, sign) == [expected]


@given(st.floats(1, 5), st.floats(1, 5))
def test_change_below_the_reliable_change_is_never_called_improvement(start, end):
    found = classify(np.array([start]), np.array([end]), Yardstick(1, 1.96, 3.0, 0.5, 1, "", ""), 1)[0]
    if abs(end - start) <= 1.96:
        assert found == "unchanged"


def test_the_yardstick_names_where_its_sd_comes_from():
    bare = Measure("E", {}, 1, 5, "higher")
    assert yardstick(bare, np.array([1.0, 2.0])) is None
    known = Measure("E", {}, 1, 5, "higher", Figure(0.9, "a manual"), None, Norm(2, 1, "x"), Norm(4, 1, "y"))
    own = yardstick(known, np.array([1.0, 2.0, 3.0]))
    assert own is not None
    assert (own.sd, own.sd_source, own.cutoff) == (1.0, "table", 3.0)


def test_without_winsorising_tau2_is_that_of_dersimonian_and_laird():
    """BCG vaccine trials: tau^2 (DL) 0.3088 (Viechtbauer 2010, J Stat Softw 36(3), data of Colditz 1994)."""
    tpos = np.array([4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27])
    tneg = np.array([119, 300, 228, 13536, 5036, 1361, 2537, 87886, 7470, 1699, 50448, 2493, 16886])
    cpos = np.array([11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29])
    cneg = np.array([128, 274, 209, 12619, 5761, 1079, 619, 87892, 7232, 1600, 27197, 2338, 17825])
    yi = np.log(tpos / (tpos + tneg) / (cpos / (cpos + cneg)))
    vi = 1 / tpos - 1 / (tpos + tneg) + 1 / cpos - 1 / (cpos + cneg)
    assert funnel(yi, np.sqrt(vi), winsorised=0.0).tau2 == pytest.approx(0.3088, abs=5e-5)


def test_winsorising_pulls_in_a_tenth_at_each_end():
    """z of 0..10: the 10% and 90% quantiles are 1 and 9."""
    assert winsorise(np.arange(11.0)).tolist() == [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]


def test_overdispersed_teams_get_wider_limits():
    means, se = np.array([-3.0, -1.0, 0.0, 1.0, 3.0]), np.full(5, 0.5)
    found = funnel(means, se)
    assert found.phi > 1
    assert found.tau2 > 0
    assert np.all(np.abs(found.z_adjusted) < np.abs(found.z) + 1e-12)
    lower, upper = found.limits(np.array([0.5]), 1.96)
    assert upper[0] - lower[0] == pytest.approx(2 * 1.96 * np.sqrt(0.25 + found.tau2))


def test_alike_teams_get_no_extra_variance():
    assert funnel(np.array([0.1, -0.1, 0.0, 0.05]), np.full(4, 0.5)).tau2 == 0


def test_case_mix_adjustment_takes_out_what_the_covariates_explain():
    rng = np.random.default_rng(1)
    severity = np.concatenate([rng.normal(0, 1, 200), rng.normal(2, 1, 200)])
    team = np.array(["a"] * 200 + ["b"] * 200)
    change = -1.0 * severity + rng.normal(0, 0.1, 400)
    _, size, crude, _ = team_change(change, team)
    _, _, adjusted, _ = team_change(change, team, severity[:, None])
    assert size.tolist() == [200, 200]
    assert crude[0] - crude[1] > 1.5
    assert abs(adjusted[0] - adjusted[1]) < 0.1


def test_the_individuals_chart_of_nist():
    """NIST/SEMATECH e-Handbook 6.3.2.2: mean 50.81, moving range 1.8778, limits 45.8159 and 55.8041."""
    flow = np.array([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    chart = xmr(flow)
    assert chart.centre == pytest.approx(50.81)
    assert chart.lower[0] == pytest.approx(45.8159, abs=2e-3)
    assert chart.upper[0] == pytest.approx(55.8041, abs=2e-3)
    assert chart.outside == []


def test_the_proportions_chart_of_nist():
    """NIST/SEMATECH e-Handbook 6.3.3.2: 30 wafers of 50 chips; p 0.2313, limits 0.0524 and 0.4102."""
    bad = np.array([12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9,
                    12, 7, 13, 9, 6], dtype=float)  # fmt: skip
    chart = p_chart(bad, np.full(30, 50.0))
    assert chart.centre == pytest.approx(0.2313, abs=5e-5)
    assert (chart.lower[0], chart.upper[0]) == pytest.approx((0.0524, 0.4102), abs=5e-5)
    assert chart.outside == [14, 22]


def test_a_counts_chart_of_one_unit_is_a_c_chart():
    chart = u_chart(np.array([4.0, 5.0, 3.0, 30.0]), np.ones(4))
    assert chart.centre == 10.5
    assert chart.upper[0] == pytest.approx(10.5 + 3 * np.sqrt(10.5))
    assert chart.outside == [3]


def test_the_tabular_cusum_of_montgomery():
    """Montgomery, Statistical Quality Control, section 9.1: target 10, sigma 1, k 0.5, h 5; signal at 29."""
    x = [9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08,
         9.37, 10.62, 10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31,
         10.52]  # fmt: skip
    found = cusum(np.array(x), 10, 1)
    assert found.signals[0] == 28
    assert found.high[28] == pytest.approx(5.28)
    assert found.low[:3] == pytest.approx([0.05, 1.56, 1.77])
