"""Reliable change, totals from elsewhere, and the bands of FACTs."""

from dataclasses import replace

import pytest

from kring.care.measures.instruments import Refused, band_of, codes, entered, load, round_to_tenth
from kring.care.measures.instruments.change import Verdict, change, reliable_change_index, threshold_of
from kring.care.measures.instruments.definition import Figure, Population

QPR = load("qpr-15").scale("total")
HERE, THERE = (Population(code, {"nl": code, "en": code}) for code in ("here", "there"))


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
    scale = replace(
        QPR, better=better, sd=Figure(10, "made up", "", HERE), reliability=Figure(0.8, "made up", "", HERE)
    )
    found = change(scale, 20, after)
    assert found.verdict == verdict
    assert found.source == "made up"


@pytest.mark.parametrize(("of_sd", "of_reliability"), [(HERE, THERE), (None, None), (HERE, None), (None, HERE)])
def test_an_sd_and_a_reliability_of_different_people_say_nothing(of_sd, of_reliability):
    scale = replace(QPR, sd=Figure(10, "a", "", of_sd), reliability=Figure(0.8, "b", "", of_reliability))
    assert change(scale, 0, 60).verdict is Verdict.CANNOT_TELL
    published = replace(scale, change=Figure(8, "c", "", THERE))
    assert (threshold_of(published).value, threshold_of(published).population) == (8, THERE)


# SDs: Tjaden 2021, table 2, at the start: NEL 0.51 (80 people) and 0.52 (78), MANSA 0.88 and 0.85. Pooled by hand:
# √((79·0.2601 + 77·0.2704)/156) = 0.515 and √((79·0.7744 + 77·0.7225)/156) = 0.865. Reliabilities: 0.79 and 0.78.
# 1.96·√2·0.515·√0.21 = 0.654 and 1.96·√2·0.865·√0.22 = 1.125.
@pytest.mark.parametrize(
    ("code", "scale", "index", "inside", "outside"),
    [("nel", "total", 0.654, 3.975, 4.0), ("mansa", "satisfaction", 1.125, 3.5 + 13 / 12, 3.5 + 14 / 12)],
)
def test_the_nel_and_the_mansa_have_the_index_of_dutch_people_in_fact_care(code, scale, index, inside, outside):
    known = load(code).scale(scale)
    start = 3.325 if code == "nel" else 3.5
    assert round(threshold_of(known).value, 3) == index
    assert threshold_of(known).population.code == "smi-nl"
    assert [change(known, start, after).verdict for after in (inside, outside)] == ["within_noise", "better"]
    assert change(known, outside, start).verdict is Verdict.WORSE


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
