"""Agreement of observers against print and against peers."""

import pytest

from kring.care.training.agreement import f_quantile, fleiss_kappa, icc

# Shrout & Fleiss 1979, table 2: six targets, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]

# Fleiss 1971, table 1: which of five diagnoses each of six psychiatrists gave to 30 patients, in any order.
FLEISS = """
444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445
333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
"""


def test_the_icc_of_shrout_and_fleiss():
    found = icc(SHROUT_FLEISS)
    assert round(found.value, 2) == 0.17  # their table 4, ICC(1,1)
    assert found.targets == 6


def test_the_interval_of_the_icc_against_scipy():
    from scipy import stats

    found, ratio = icc(SHROUT_FLEISS), 11.2417 / 6.2639  # their table 3: BMS 11.24, WMS 6.26
    low, high = ratio / stats.f.ppf(0.975, 5, 18), ratio * stats.f.ppf(0.975, 18, 5)
    assert found.low == pytest.approx((low - 1) / (low + 3), abs=1e-4)
    assert found.high == pytest.approx((high - 1) / (high + 3), abs=1e-4)


@pytest.mark.parametrize(("p", "df1", "df2"), [(0.975, 5, 18), (0.975, 1, 2), (0.5, 30, 30), (0.975, 120, 119)])
def test_quantiles_of_f_against_scipy(p, df1, df2):
    from scipy import stats

    assert f_quantile(p, df1, df2) == pytest.approx(stats.f.ppf(p, df1, df2), rel=1e-9)


def test_the_kappa_of_fleiss():
    assert round(fleiss_kappa(FLEISS.split()), 3) == 0.430  # his text, p. 381


def test_kappa_against_statsmodels():
    from statsmodels.stats.inter_rater import aggregate_raters
    from statsmodels.stats.inter_rater import fleiss_kappa as peer

    coded = [(1, 1), (0, 1), (2, 2), (2, 1), (0, 0), (1, 1), (2, 2), (1, 0), (1, 1)]
    assert fleiss_kappa(coded) == pytest.approx(peer(aggregate_raters(coded)[0]), abs=1e-12)


def test_without_differences_nothing_is_claimed():
    assert icc([[3, 3], [3, 3]]) is None
    assert icc([[3, 4]]) is None
    assert fleiss_kappa([]) is None
    assert fleiss_kappa([(1, 1), (1, 1)]) is None


def test_perfect_agreement_is_one():
    assert icc([[1, 1], [3, 3]]).value == 1
    assert fleiss_kappa([(1, 1), (0, 0)]) == 1
