"""One test per published example; each names its source."""

import math

import pytest
from scipy.stats import chi2

from kring.evidence.synthesis import direction, effects
from kring.evidence.synthesis.components import truth
from kring.evidence.synthesis.multilevel import fit, robust
from kring.evidence.synthesis.pooling import pool

BCG = [
    (4, 123, 11, 139),
    (6, 306, 29, 303),
    (3, 231, 11, 220),
    (62, 13598, 248, 12867),
    (33, 5069, 47, 5808),
    (180, 1541, 372, 1451),
    (8, 2545, 10, 629),
    (505, 88391, 499, 88391),
    (29, 7499, 45, 7277),
    (17, 1716, 65, 1665),
    (186, 50634, 141, 27338),
    (5, 2498, 3, 2341),
    (27, 16913, 29, 17854),
]  # fmt: skip - Colditz et al. 1994: events and people, vaccinated and not


def test_handbook_5_1_cluster_correction_of_an_odds_ratio():
    """Cochrane Handbook 5.1, 16.3.6."""
    effect = effects.log_odds_ratio(63, 295, 84, 330)
    assert (math.exp(effect.yi), effect.se) == pytest.approx((0.795, 0.1901), abs=5e-5 * 10)
    wider = effects.corrected_for_clusters(effect, "no", 1.576)
    assert wider.se == pytest.approx(0.2387, abs=5e-5)
    assert wider.yi == effect.yi


def test_the_standard_error_behind_the_refocus_interval():
    """REFOCUS, QPR: 0.68 (-1.7 to 3.1), Lancet Psychiatry 2015."""
    se = effects.se_from_interval(-1.7, 3.1)
    assert se == pytest.approx(1.224, abs=1e-3)
    assert effects.p_from_estimate(0.68, se) == pytest.approx(0.579, abs=1e-3)


def test_an_interval_of_t_gives_its_own_standard_error():
    """With 6 degrees of freedom an interval is 2.447 standard errors to either side (the table of t)."""
    assert effects.se_from_interval(1 - 2.447 * 0.3, 1 + 2.447 * 0.3, df=6) == pytest.approx(0.3, abs=1e-4)


def test_the_p_values_of_pulsar_primary_care_are_one_sided():
    """Enticott 2021: t(233) = -2.23 printed with p = 0.01."""
    assert effects.p_from_t(-2.23, 233) == pytest.approx((0.0133, 0.0267), abs=5e-4)


def test_bcg_reml_with_hartung_and_knapp():
    """Viechtbauer 2010; the figures are metafor's at full tolerance."""
    arms = [effects.log_risk_ratio(*row) for row in BCG]
    pooled = pool([e.yi for e in arms], [e.vi for e in arms], "REML", "hk")
    assert pooled.tau2 == pytest.approx(0.3132432581, abs=1e-9)
    assert (pooled.mu, pooled.se) == pytest.approx((-0.7145323422, 0.1807917441), abs=1e-9)
    assert pooled.pi == pytest.approx((-1.99601683, 0.56695215), abs=1e-8)


def test_bcg_paule_and_mandel_at_the_root():
    """metafor prints 0.318094 at its default tolerance; the root is 0.318068."""
    arms = [effects.log_risk_ratio(*row) for row in BCG]
    assert pool([e.yi for e in arms], [e.vi for e in arms], "PM").tau2 == pytest.approx(0.318068, abs=5e-7)


KONSTANTOPOULOS = """
11: -0.18/0.118 -0.22/0.118 0.23/0.144 -0.3/0.144
12: 0.13/0.014 -0.26/0.014 0.19/0.015 0.32/0.024
18: 0.45/0.023 0.38/0.043 0.29/0.012
27: 0.16/0.02 0.65/0.004 0.36/0.004 0.6/0.007
56: 0.08/0.019 0.04/0.007 0.19/0.005 -0.06/0.004
58: -0.18/0.02 0/0.018 0/0.019 -0.28/0.022 -0.04/0.02 -0.3/0.021 0.07/0.006 \
0/0.007 0.05/0.007 -0.08/0.007 -0.09/0.007
71: 0.3/0.015 0.98/0.011 1.19/0.01
86: -0.07/0.001 -0.05/0.001 -0.01/0.001 0.02/0.001 -0.03/0.001 0/0.001 0.01/0.001 -0.1/0.001
91: 0.5/0.01 0.66/0.011 0.2/0.01 0/0.009 0.05/0.013 0.07/0.013
108: -0.52/0.031 0.7/0.031 -0.03/0.03 0.27/0.03 -0.34/0.03
644: 0.12/0.087 0.61/0.082 0.04/0.067 -0.05/0.067
"""  # district: estimate/variance of each school


def test_konstantopoulos_three_levels():
    """Konstantopoulos 2011, schools in districts; CR2 from clubSandwich 0.5.8."""
    yi, vi, district = [], [], []
    for line in KONSTANTOPOULOS.split("\n")[1:-1]:
        name, cells = line.split(": ")
        for cell in cells.split():
            district.append(name)
            yi.append(float(cell.split("/")[0]))
            vi.append(float(cell.split("/")[1]))
    model = fit(yi, vi, [district, range(len(yi))])
    assert (model.b[0], model.se[0]) == pytest.approx((0.1847131637, 0.0845559187), abs=1e-9)
    # metafor's optimiser stops 2e-9 below this top
    assert list(model.sigma2) == pytest.approx([0.0650619442, 0.0327365170], abs=5e-9)
    assert model.log_likelihood == pytest.approx(-7.95872403, abs=1e-8)
    cr2 = robust(model, district)
    assert (cr2.se[0], cr2.df[0]) == pytest.approx((0.0844579954, 9.8631562333), rel=1e-6)


@pytest.mark.parametrize(("up", "n", "p"), [(9, 9, 0.0039), (5, 6, 0.2188), (7, 7, 0.0156), (1, 7, 0.125)])
def test_the_exact_sign_test(up, n, p):
    """Cochrane Handbook 6, 12.2.1.3, and the binomial tables."""
    assert direction.sign_test(up, n) == pytest.approx(p, abs=5e-5)


def test_wilson_interval_of_five_in_six():
    """Cochrane Handbook 6, 12.2.1.3."""
    assert direction.wilson(5, 6) == pytest.approx((0.436, 0.970), abs=5e-4)


def test_fisher_is_a_chi_square_of_twice_k():
    """The set `teachexpect` (Becker 1994): 69.473 on 38 df gives p 0.0014; its p values are not at hand."""
    combined = direction.fisher([0.01, 0.2, 0.3])
    assert combined.statistic == pytest.approx(-2 * math.log(0.01 * 0.2 * 0.3))
    assert combined.df == 6
    assert combined.p == pytest.approx(float(chi2.sf(combined.statistic, 6)))
    nineteen = direction.fisher([math.exp(-69.473 / 38)] * 19)
    assert (nineteen.statistic, nineteen.df) == (pytest.approx(69.473), 38)
    assert nineteen.p == pytest.approx(0.0014, abs=5e-5)


def test_consistency_in_a_qualitative_comparison():
    """20 with both, 5 with the condition alone: 80% sufficient; 10 with the outcome alone: 66% needed."""
    table = truth([(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10)
    assert table.sufficiency == pytest.approx(0.80)
    assert table.necessity == pytest.approx(0.666, abs=1e-3)


def test_the_albatross_contour_of_a_small_effect():
    """Harrison et al. 2017: d 0.2 at z 1.96 needs 384 people in equal arms."""
    assert direction.albatross_n(0.05, 0.2) == pytest.approx(384, abs=0.5)


def test_housing_first_and_ips_lie_in_the_middle_of_their_intervals_on_the_log_scale():
    """IPS RR 1.63 (1.46-1.82); Housing First RR 2.46 (1.58-3.84)."""
    for estimate, low, high in ((1.63, 1.46, 1.82), (2.46, 1.58, 3.84)):
        assert math.log(estimate) == pytest.approx((math.log(low) + math.log(high)) / 2, abs=0.01)


def test_hedges_g_of_the_refocus_means():
    """REFOCUS, QPR total: 40.6 (10.1) against 40.0 (10.2); arms of about 148 each (297 in all)."""
    g = effects.hedges_g(40.6, 10.1, 148, 40.0, 10.2, 149)
    assert g.yi == pytest.approx(0.06, abs=0.005)
    assert g.se == pytest.approx(0.116, abs=0.001)
