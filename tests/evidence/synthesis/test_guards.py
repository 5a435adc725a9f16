"""What the synthesis refuses, and why; and the properties that hold for all input."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kring.evidence.synthesis import components, direction, effects, multilevel
from kring.evidence.synthesis.multiverse import StudyResult, composite, exclusions, multiverse
from kring.evidence.synthesis.pooling import METHODS, leave_one_out, pool
from kring.evidence.synthesis.swim import ITEMS, swim

BENEFIT, HARM, MIXED, MISSING = direction.BENEFIT, direction.HARM, direction.MIXED, direction.MISSING


def test_one_study_is_not_pooled():
    with pytest.raises(ValueError, match="2 or more studies, got 1"):
        pool([0.1], [0.1])


def test_a_variance_of_zero_is_named():
    with pytest.raises(ValueError, match=r"study 2: estimate 0\.2 with variance 0\.0"):
        pool([0.1, 0.2, 0.3], [0.1, 0.0, 0.1])


@pytest.mark.parametrize("method", METHODS)
def test_tau2_is_never_negative(method):
    assert pool([0.1, 0.1001, 0.0999], [0.5, 0.4, 0.3], method).tau2 == 0


def test_no_correction_is_made_twice():
    effect = effects.Effect(0.2, 0.01)
    assert effects.corrected_for_clusters(effect, "yes", 1.5) == effect


def test_an_unclear_adjustment_is_not_decided_by_software():
    with pytest.raises(ValueError, match="show it both ways"):
        effects.corrected_for_clusters(effects.Effect(0.2, 0.01), "unclear", 1.5)


def test_a_stepped_wedge_takes_no_design_effect():
    with pytest.raises(ValueError, match="time-adjusted"):
        effects.corrected_for_clusters(effects.Effect(0.2, 0.01), "no", 1.5, stepped_wedge=True)


def test_below_six_votes_there_is_no_p():
    votes = direction.vote_count([BENEFIT] * 5)
    assert votes.p is None
    assert direction.vote_count([BENEFIT] * 6).p == pytest.approx(0.03125)


def test_no_difference_without_a_sign_is_missing_and_not_a_tie():
    votes = direction.vote_count([BENEFIT, HARM, MISSING, MIXED])
    assert (votes.benefit, votes.harm, votes.missing, votes.share) == (1, 1, 2, 0.5)


def test_an_unknown_word_is_no_direction():
    with pytest.raises(ValueError, match="'significant'"):
        direction.vote_count(["significant"])


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([BENEFIT] * 7 + [HARM] * 3, BENEFIT),
        ([BENEFIT] * 6 + [HARM] * 4, MIXED),
        ([HARM, HARM, HARM, BENEFIT], HARM),
        ([MISSING, MISSING], MISSING),
        ([BENEFIT, MISSING], BENEFIT),
    ],
)
def test_a_study_has_a_direction_when_seven_in_ten_agree(outcomes, expected):
    assert direction.study_direction(outcomes) == expected


def test_a_p_of_zero_is_refused_by_fisher():
    with pytest.raises(ValueError, match="give a bound"):
        direction.fisher([0.0, 0.5])


def test_components_that_cannot_be_told_apart_are_refused():
    refusal = components.component_effects([[1, 1, 0], [1, 1, 1]], ["classroom", "in vivo", "coaching"])
    assert refusal is not None
    assert "2 contrasts span 2 of 3 components" in refusal.why
    assert components.component_effects([[1, 0], [0, 1]], ["a", "b"]) is None


def test_qca_is_refused_when_too_few_studies_report_their_components():
    refused = components.qca({"coaching": [True, None, False], "in vivo": [None, True, True]}, [True, True, False])
    assert isinstance(refused, components.Refusal)
    assert "1 of 3 studies report all 2 components" in refused.why


def test_qca_speaks_when_the_data_do():
    found = components.qca({"coaching": [True, True, False, False]}, [True, True, True, False])
    assert isinstance(found, dict)
    assert (found["coaching"].sufficiency, found["coaching"].necessity) == (1.0, pytest.approx(2 / 3))


def test_meta_regression_needs_ten_studies_per_covariate():
    with pytest.raises(ValueError, match="at most 0 covariates"):
        multilevel.meta_regression([0.1] * 6, [0.1] * 6, np.ones((6, 2)), covariates=1)


def test_a_design_without_full_rank_is_refused():
    with pytest.raises(ValueError, match="not independent"):
        multilevel.fit([0.1, 0.2, 0.3], [0.1] * 3, [range(3)], np.ones((3, 2)))


def test_a_synthesis_with_an_empty_item_is_a_draft():
    texts = dict.fromkeys(ITEMS, "written")
    assert swim(texts).final
    assert swim({**texts, "limitations": " "}).missing == ["limitations"]
    with pytest.raises(ValueError, match="not a SWiM item"):
        swim({"limits": "x"})


ESTIMATES = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.001, 3)), min_size=3, max_size=30)


@settings(max_examples=80, deadline=None)
@given(ESTIMATES, st.sampled_from(METHODS))
def test_pooling_does_not_depend_on_the_order_of_studies(cells, method):
    forward = pool(*zip(*cells, strict=True), method)
    backward = pool(*zip(*cells[::-1], strict=True), method)
    assert backward.mu == pytest.approx(forward.mu, rel=1e-6, abs=1e-9)
    assert backward.tau2 == pytest.approx(forward.tau2, rel=1e-6, abs=1e-9)


TWO_TOPS = [(0.0, 2.0), *[(1.0, 1.0)] * 4, *[(1.75, 0.015625)] * 2, (0.5, 0.25)]
NEARLY_EQUAL_TOPS = [
    (0.0, 3.0), (1.9, 0.001), (1.9, 0.001), (0.5625, 1.890625), (0.953125, 2.0), (0.953125, 2.4375),
    (0.6171875, 2.46875), (0.436, 0.31887), (0.060546875, 1.12890625),
]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(ESTIMATES)
@example(TWO_TOPS)
@example(NEARLY_EQUAL_TOPS)
def test_reml_is_at_the_top_of_its_likelihood(cells):
    from kring.evidence.synthesis.pooling import log_likelihood

    y, v = (np.array(column) for column in zip(*cells, strict=True))
    tau2 = pool(y, v, "REML").tau2
    height = log_likelihood(y, v, tau2, True)
    for other in np.concatenate([[0.0], np.geomspace(1e-4, 20, 60)]):
        assert log_likelihood(y, v, other, True) <= height + 1e-8


@settings(max_examples=40, deadline=None)
@given(ESTIMATES)
def test_the_two_level_model_is_the_multilevel_model_with_one_grouping(cells):
    y, v = (np.array(column) for column in zip(*cells, strict=True))
    ours, general = pool(y, v, "REML", "z"), multilevel.fit(y, v, [range(y.size)])
    assert general.log_likelihood <= multilevel._log_likelihood(np.diag(v + ours.tau2), general.X, y) + 1e-8


def results(k=8):
    rng = np.random.default_rng(3)
    return [
        StudyResult(f"s{i}", f"o{j}", float(rng.normal(0.2, 0.2)), 0.04, "no" if i % 2 else "yes", 12)
        for i in range(k)
        for j in range(2)
    ]


def test_ten_thousand_paths_are_fitted_in_one_pass():
    gone = exclusions([f"s{i}" for i in range(8)], at_most=3)
    whole = multiverse(results(), excluded=gone, rhos=(0, 0.3, 0.5, 0.7), iccs=(0, 0.01, 0.02, 0.05, 0.1))
    assert whole.mu.size == len(whole.choices) == len(gone) * 4 * 5 * 5 * 3 >= 10_000
    assert np.isfinite(whole.mu).all()
    assert whole.share("above") + whole.share("below") + whole.share("holds") == pytest.approx(1)


def test_a_path_of_the_multiverse_equals_pooling_by_hand():
    whole = multiverse(results(), excluded=[("s0", "s3")])
    at = next(i for i, c in enumerate(whole.choices) if (c.estimator, c.test, c.rho, c.icc) == ("PM", "hk", 0.5, 0.05))
    kept = [[r for r in results() if r.study == f"s{i}"] for i in (1, 2, 4, 5, 6, 7)]
    by_hand = pool(*zip(*[composite(study, 0.5, 0.05) for study in kept], strict=True), "PM", "hk")
    assert (whole.mu[at], whole.se[at], whole.p[at]) == pytest.approx((by_hand.mu, by_hand.se, by_hand.p))
    assert (whole.low[at], whole.high[at]) == pytest.approx(by_hand.ci)


def test_two_outcomes_of_one_study_do_not_count_as_two_studies():
    pair = [StudyResult("a", "x", 0.1, 0.04), StudyResult("a", "y", 0.3, 0.04)]
    assert composite(pair, 0.0, 0.0) == pytest.approx((0.2, 0.02))
    assert composite(pair, 1.0, 0.0) == pytest.approx((0.2, 0.04))


def test_leaving_one_out_names_each_study_once():
    assert [p.k for p in leave_one_out([0.1, 0.2, 0.4], [0.1, 0.1, 0.1])] == [2, 2, 2]


def test_a_correlation_of_one_between_outcomes_is_refused():
    with pytest.raises(ValueError, match="between -1 and 1"):
        multilevel.block_covariance([0.1, 0.1], ["a", "a"], 1.0)
