"""Reliable change, totals from elsewhere, and the bands of FACTs."""

from dataclasses import replace

import pytest

from kring.care.measures.instruments import Refused, band_of, codes, entered, load, round_to_tenth
from kring.care.measures.instruments.change import Verdict, change, reliable_change_index
from kring.care.measures.instruments.definition import Figure

QPR = load("qpr-15").scale("total")


def test_the_index_is_that_of_jacobson_and_truax():
    # The worked example of Jacobson & Truax 1991: SD 7.5, r .80, S_diff 4.74; from 32.5 to 47.5 is RC = 3.16.
    s_diff = reliable_change_index(7.5, 0.8) / 1.96
    assert (round(s_diff, 2), round((47.5 - 32.5) / s_diff, 2)) == (4.74, 3.16)


@pytest.mark.parametrize(("sd", "r"), [(0, 0.8), (-1, 0.8), (3, 1), (3, -0.1)])
def test_an_impossible_sd_or_reliability_gives_no_index(sd, r):
    with pytest.raises(ValueError, match="SD must be positive"):
        reliable_change_index(sd, r)


def test_without_an_sd_one_cannot_tell():
    assert QPR.sd is None
    assert change(QPR, 0, 60).verdict is Verdict.CANNOT_TELL


@pytest.mark.parametrize(
    ("better", "after", "verdict"),
    [("higher", 33, "better"), ("higher", 32, "within_noise"), ("higher", 7, "worse"), ("lower", 33, "worse")],
)
def test_only_what_passes_the_index_is_called_better_or_worse(better, after, verdict):
    scale = replace(QPR, better=better, sd=Figure(10, "made up"), reliability=Figure(0.8, "made up"))
    found = change(scale, 20, after)
    assert found.verdict == verdict
    assert found.source == "made up"


@pytest.mark.parametrize(
    ("after", "verdict"), [(2, "better"), (3, "within_noise"), (17, "within_noise"), (18, "worse")]
)
def test_honos_needs_the_eight_points_that_were_published(after, verdict):
    # Parabiaghi 2005: eight points were needed; on the HoNOS lower is better.
    assert change(load("honos").scale("total"), 10, after).verdict == verdict


def test_our_own_instruments_never_call_anything_better_or_worse():
    for code in ("kring-checkin", "kring-life", "kring-naaste"):
        for scale in load(code).scales:
            assert change(scale, scale.low, scale.high).verdict is Verdict.CANNOT_TELL


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (2, "none"),
        (6.6, "none"),
        (6.64, "none"),
        (6.65, "provisional"),
        (6.7, "provisional"),
        (7.4, "provisional"),
        (7.45, "certificate"),
        (7.5, "certificate"),
        (8.7, "certificate"),
        (8.8, "optimal"),
        (13, "optimal"),
    ],
)
def test_facts_bands_are_the_published_ones_and_leave_no_gap(total, band):
    assert band_of(load("facts-2017").scale("total"), total).code == band


def test_rounding_is_of_the_number_as_written():
    assert str(round_to_tenth(2.25)) == "2.3"
    assert str(round_to_tenth(1.15)) == "1.2"  # in binary 1.15 lies below


def test_other_scales_have_no_bands():
    assert band_of(QPR, 30) is None
    assert [code for code in codes() if any(scale.bands for scale in load(code).scales)] == ["facts-2017"]


def test_a_total_from_elsewhere_is_kept_as_such():
    assert entered(load("qpr-15"), {"total": 41}) == (("total", 41.0, 0, 15, "entered"),)
    assert entered(load("csi-r"), {"total": 31.5}) == (("total", 31.5, 0, 0, "entered"),)


@pytest.mark.parametrize(
    ("totals", "code"),
    [
        ({"total": 61}, "out_of_range"),
        ({"total": -1}, "out_of_range"),
        ({"sum": 3}, "no_scale"),
        ({"total": float("nan")}, "no_number"),
        ({"total": float("inf")}, "no_number"),
        ({"total": True}, "no_number"),
    ],
)
def test_a_total_that_cannot_be_is_refused(totals, code):
    with pytest.raises(Refused) as refused:
        entered(load("qpr-15"), totals)
    assert [fault.code for fault in refused.value.faults] == [code]
