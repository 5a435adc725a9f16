"""Each trap of published numbers on the row that taught it to us (REFOCUS, PULSAR, Wilrycx 2015)."""

import pytest

from kring.evidence.extraction import checks, values

OUTCOME = {"study_id": "s", "level": "client", "outcome": "recovery", "instrument": "QPR", "better": "higher"}


def tables(*results, quote="", better="higher"):
    """One study with one outcome each, keyed through the same events as a review."""
    events = [
        values.keyed("studies", "s", {"label": "S"}, by="ann", state="abstract only", at="1"),
        values.keyed("reports", "r", {"study_id": "s"}, by="ann", state="abstract only", at="1"),
    ]
    for i, cells in enumerate(results):
        outcome = {**OUTCOME, "better": better}
        outcome["instrument"] = cells.pop("instrument", "QPR")
        row = {"outcome_id": f"o{i}", "report_id": "r", **cells}
        events.append(values.keyed("outcomes", f"o{i}", outcome, by="ann", state="abstract only", at="1"))
        events.append(values.keyed("results", f"x{i}", row, by="ann", state="abstract only", quote=quote, at="1"))
    return values.derive(events)


def codes(*results, **more):
    return [finding.code for finding in checks.check_all(tables(*results, **more))]


def interval(effect, low, high, **more):
    return {
        "effect": effect,
        "ci_low": low,
        "ci_high": high,
        "effect_type": "adjusted_mean_difference",
        **more,
    }


def test_refocus_functioning_is_not_the_middle_of_its_interval():
    (finding,) = checks.check_all(tables(interval(6.96, 2.8, 9.2)))
    assert finding.code == "off_centre"
    assert "6.96 is not the middle (6) of its interval 2.8 to 9.2" in finding.what
    assert finding.bars == ("pool",)


@pytest.mark.parametrize("cells", [(0.68, -1.7, 3.1), (0.8, 0.2, 1.4), (3.7, 0.5, 6.8), (-1.7, -3.81, 0.4)])
def test_an_estimate_in_the_middle_is_left_alone(cells):
    assert codes(interval(*cells), better="NR") == []


def test_a_ratio_is_judged_on_the_log_scale():
    assert codes({**interval(1.63, 1.46, 1.82), "effect_type": "risk_ratio"}) == []
    assert codes({**interval(2.46, 1.58, 3.84), "effect_type": "risk_ratio"}) == []


def test_pulsar_lost_its_decimal_points_in_the_repository():
    found = checks.check_all(tables(interval(3.7, 0.5, 6.8), quote="37 (0 to 5 - 6 to 8)"))
    assert [f.code for f in found] == ["lost_point"]
    assert "so 3.7 is a guess" in found[0].what
    assert found[0].bars == ("pool",)


def test_the_same_numbers_keyed_without_their_points_are_found_too():
    assert "lost_point" in codes(interval(37, 0.5, 6.8))


def test_refocus_recovery_lost_a_minus_in_a_copy():
    found = checks.check_all(tables(interval(0.68, -1.7, 3.1), quote="0·68, 95%CI: 1·7 to 3·1"))
    assert [f.code for f in found] == ["dropped_minus"]
    assert found[0].bars == ()


def test_the_interval_keyed_without_its_minus_may_not_be_pooled():
    found = checks.check_all(tables(interval(0.68, 1.7, 3.1)))
    assert found[0].code == "dropped_minus"
    assert found[0].bars == ("pool",)


def test_high_against_low_participation_in_refocus_is_no_trial_effect():
    row = interval(-1.6, -2.7, -0.5, randomised_contrast="no", use="context")
    found = checks.check_all(tables(row))
    assert [f.code for f in found] == ["not_randomised"]
    assert set(found[0].bars) == {"pool", "vote"}


def test_a_contrast_that_was_not_randomised_cannot_be_marked_as_an_effect():
    (finding,) = checks.check_all(tables({"randomised_contrast": "no", "use": "direction"}))
    assert "yet it is marked as a trial's effect" in finding.what


@pytest.mark.parametrize(("t", "p", "two_sided"), [(-2.23, "0.01", "0.027"), (2.44, "0.01", "0.015"),
                                                  (-2.12, "0.02", "0.035")])  # fmt: skip
def test_the_p_values_of_pulsar_primary_care_are_one_sided(t, p, two_sided):
    (finding,) = checks.check_all(tables({"statistic": t, "df": 233, "p_reported": p}))
    assert finding.code == "one_sided_p"
    assert f"two-sided p of {two_sided}" in finding.what


def test_a_two_sided_p_is_left_alone():
    assert codes({"statistic": -2.23, "df": 233, "p_reported": "0.03"}) == []


def test_wilrycx_2015_contradicts_itself():
    row = {"statements": "results=1 subscale improved; conclusion=2 subscales improved", "direction": "mixed"}
    (finding,) = checks.check_all(tables(row))
    assert finding.code == "contradiction"
    assert "results says 1 subscale improved, conclusion says 2 subscales improved" in finding.what
    assert "vote" in finding.bars


def test_a_standard_error_keyed_as_sd_is_seen_beside_the_same_instrument():
    usual = {"n_int": 148, "sd_int": 10.1, "n_ctl": 149, "sd_ctl": 10.2}
    odd = {"n_int": 150, "sd_int": 0.83, "n_ctl": 150, "sd_ctl": 10.0}
    found = [f for f in checks.check_all(tables(usual, odd)) if f.code == "se_as_sd"]
    assert [(f.key, f.column) for f in found] == [("x1", "sd_int")]


def test_variances_that_differ_ten_million_times_warn_as_metafor_does():
    assert checks.variance_ratio({"a": 1e-8, "b": 0.2}).key == "a"
    assert checks.variance_ratio({"a": 0.01, "b": 0.2}) is None


def test_a_p_that_its_interval_contradicts_is_told():
    assert codes(interval(0.68, -1.7, 3.1, p_reported="0.001")) == ["p_against_interval"]
    assert codes(interval(0.68, -1.7, 3.1, p_reported="0.58")) == []


def test_a_sign_that_does_not_go_with_the_claimed_direction_is_told():
    assert codes(interval(0.8, 0.2, 1.4, direction="benefit"), better="lower") == ["sign"]
    assert codes(interval(-0.8, -1.4, -0.2, direction="benefit"), better="lower") == []


def test_an_interval_that_runs_backwards_is_named():
    assert codes(interval(1, 2, -2)) == ["interval"]


def test_two_time_points_of_one_outcome_are_not_both_pooled():
    given = tables(interval(3.7, 0.6, 6.8, use="pool"), interval(3.7, 0.5, 6.8, use="pool"))
    given.rows["results"]["x1"]["outcome_id"] = "o0"
    assert [f.code for f in checks.check_all(given)] == ["double_counting"]


def test_two_moments_of_one_outcome_give_one_vote_and_say_so():
    given = tables({"use": "direction", "direction": "benefit"}, {"use": "direction", "direction": "harm"})
    given.rows["results"]["x1"]["outcome_id"] = "o0"
    (finding,) = checks.check_all(given)
    assert (finding.code, finding.bars) == ("time_points", ())
    assert "x0 and x1 are one outcome at two moments; the first of them votes" in finding.what


def test_words_where_a_number_belongs_are_named_with_row_and_column():
    (finding,) = checks.check_all(tables({"effect": "about 3"}))
    assert (finding.code, finding.key, finding.column) == ("not_a_number", "x0", "effect")


def test_a_result_without_its_report_is_named():
    found = checks.check_all(tables({"report_id": "gone"}))
    assert [(f.code, f.column) for f in found] == [("no_parent", "report_id")]


def test_barred_rows_are_listed_by_use():
    findings = checks.check_all(tables(interval(6.96, 2.8, 9.2)))
    assert list(checks.barred(findings, "pool")) == ["x0"]
    assert checks.barred(findings, "vote") == {}
