"""From tables and plan to votes and pools; and every reason why something is not done."""

import dataclasses
import math

import pytest

from kring.evidence.extraction import rob2, values
from kring.evidence.extraction.checks import check_all
from kring.evidence.folder import new
from kring.evidence.problem import Problem
from kring.evidence.synthesis import grade
from kring.evidence.synthesis.plan import Group, Plan, read_plan
from kring.evidence.synthesis.regression import in_words
from kring.evidence.synthesis.swim import swim
from kring.evidence.synthesis.synthesise import component_matrix, synthesise

GROUP = Group("recovery", {"en": "Recovery"}, "client", ("personal recovery",), True)
PLAN = Plan(("main",), ("near",), (GROUP,), swim({}))
REFOCUS = {
    "effect": 0.68, "ci_low": -1.7, "ci_high": 3.1, "sd_int": 10.1, "sd_ctl": 10.2, "p_reported": 0.58,
    "direction": "benefit", "use": "pool; direction", "cluster_adjusted": "yes", "n_int": 148, "n_ctl": 149,
}  # fmt: skip


def keyed(table, key, **cells):
    return values.keyed(table, key, cells, by="ann", state="abstract only", at="1")


def study(key, result, *, role="main", randomised="yes", better="higher", outcomes=1):
    yield keyed("studies", key, label=key, role=role, randomised=randomised)
    yield keyed("reports", f"{key}.r", study_id=key)
    for i in range(outcomes):
        yield keyed("outcomes", f"{key}.{i}", study_id=key, level="client", domain="personal recovery", better=better,
                    outcome=f"recovery {i}")  # fmt: skip
        yield keyed("results", f"{key}.{i}.x", outcome_id=f"{key}.{i}", report_id=f"{key}.r", **result)


def recovery(*studies, bias=None):
    tables = values.derive([event for s in studies for event in s])
    return synthesise(tables, check_all(tables), PLAN, bias or {})[0]


def test_a_study_votes_by_its_direction():
    found = recovery(study("a", {"direction": "benefit", "use": "direction"}))
    assert (found.votes.benefit, found.votes.p) == (1, None)


def test_a_study_that_was_not_randomised_is_shown_and_does_not_vote():
    found = recovery(study("a", {"direction": "benefit", "use": "direction"}, randomised="unclear"))
    assert (len(found.studies), found.votes.n) == (1, 0)


def test_a_near_miss_stays_outside_the_votes():
    found = recovery(study("a", {"direction": "harm", "use": "direction"}, role="near"))
    assert (found.studies[0].main, found.votes.n) == (False, 0)


def test_no_difference_without_a_sign_is_missing():
    found = recovery(study("a", {"direction": "no sign", "use": "narrative", "direction_note": "no difference"}))
    assert (found.votes.n, found.votes.missing) == (0, 1)
    assert found.studies[0].outcomes[0].why == "no direction to count: no difference"


def test_a_barred_direction_does_not_vote_and_says_why():
    cells = {"direction": "benefit", "use": "direction", "statements": "results=1; conclusion=2"}
    found = recovery(study("a", cells))
    assert found.votes.n == 0
    assert "contradicts itself" in found.studies[0].outcomes[0].why


def test_one_estimate_is_not_a_pool():
    found = recovery(study("a", REFOCUS))
    assert found.pooled is None
    assert found.pooled_why == "1 of 1 randomised studies give an estimate that may be pooled; two are needed"
    (estimate,) = found.entered
    assert (estimate.yi, estimate.vi**0.5) == (pytest.approx(0.067, abs=5e-4), pytest.approx(0.121, abs=5e-4))


def test_a_quarantined_estimate_stays_out_and_its_direction_may_stay_in():
    odd = {"effect": 6.96, "ci_low": 2.8, "ci_high": 9.2, "direction": "benefit", "use": "pool; direction",
           "sd_int": 10, "sd_ctl": 10}  # fmt: skip
    found = recovery(study("a", REFOCUS), study("b", odd))
    assert found.votes.benefit == 2
    assert [e.study for e in found.entered] == ["a"]
    assert "not the middle" in found.studies[1].outcomes[0].not_pooled


def test_three_clean_estimates_are_pooled_with_leave_one_out_and_multiverse():
    found = recovery(*(study(name, REFOCUS) for name in "abc"))
    assert (found.pooled.k, len(found.pool.left_out)) == (3, 3)
    assert found.pool.paths.mu.size > 100
    assert found.pool.by_icc == ()


def test_eleven_trials_are_pooled_in_more_than_ten_thousand_ways():
    found = recovery(*(study(f"s{i}", {**REFOCUS, "effect": 0.68 + i, "ci_low": i - 1.7, "ci_high": i + 3.1})
                       for i in range(11)))  # fmt: skip
    assert found.pool.paths.mu.size == 5 * 3 * 3 * 4 * (1 + 11 + 55) > 10_000
    assert found.pool.paths.share("above") > 0.9


def regression(years, by=("year",)):
    """The meta-regression of one group over one study per year; an empty year is not read."""
    events = []
    for i, year in enumerate(years):
        result = {**REFOCUS, "effect": 0.5 * i, "ci_low": 0.5 * i - 2.4, "ci_high": 0.5 * i + 2.4}
        events += study(f"s{i}", result)
        events.append(
            keyed("studies", f"s{i}", label=f"s{i}", role="main", randomised="yes", **({"year": year} if year else {}))
        )
        events.append(keyed("characteristics", f"s{i}.c", study_id=f"s{i}", item="coaching", value="x",
                            presence="reported" if i % 2 else "not reported"))  # fmt: skip
    tables = values.derive(events)
    plan = dataclasses.replace(PLAN, regressions=(("recovery", by),))
    return synthesise(tables, check_all(tables), plan, {})[0].regressions[0]


def test_a_meta_regression_is_refused_below_ten_studies_per_covariate():
    found = regression([str(2000 + i) for i in range(9)])
    assert found.refused == "9 studies give a pooled estimate and the covariate; 10 are needed, 10 for each covariate"
    assert "9 studies give a pooled estimate" in in_words(found, {})[0]
    two = regression([str(2000 + i) for i in range(12)], by=("year", "coaching"))
    assert two.refused.startswith("12 studies give a pooled estimate and all 2 covariates; 20 are needed")
    unread = regression([*(str(2000 + i) for i in range(9)), "", ""])
    assert unread.refused.endswith("(2 more are pooled without it)")


def test_a_meta_regression_follows_a_trait_of_studies():
    """Effects were made to rise by 0.5 points a year on an SD of 10.15."""
    found = regression([*(f"{2000 + i} (trial)" for i in range(11)), ""])
    assert (found.studies, found.without, found.df) == (11, ("s11",), 9)
    assert found.coefficients[1].b == pytest.approx(0.5 / math.sqrt((10.1**2 + 10.2**2) / 2))
    told = " ".join(in_words(found, {"s11": "Study 11"}))
    assert "year: +0.049 per unit" in told
    assert "covariate not known: Study 11" in told


def test_a_meta_regression_on_a_component_that_all_or_none_report_says_so():
    assert regression([str(2000 + i) for i in range(10)], by=("coaching",)).refused == ""
    same = regression(["2001"] * 10)
    assert same.refused == "year is the same in every study that gives it"


def test_several_estimates_of_one_study_are_not_pooled_as_if_they_were_studies():
    found = recovery(study("a", REFOCUS, outcomes=2), study("b", REFOCUS), study("c", REFOCUS))
    assert (found.pooled.k, len(found.entered)) == (3, 4)
    assert found.pool.robust.b[0] == pytest.approx(found.pooled.mu, abs=1e-6)


def test_a_result_that_ignored_clusters_is_widened_and_its_icc_is_a_range():
    def ignored(key):
        yield keyed("studies", key, clusters_total="27")
        yield from study(key, {**REFOCUS, "cluster_adjusted": "no"})

    found = recovery(*(ignored(name) for name in "ab"))
    at = {icc: pooled.ci[1] for icc, pooled in found.pool.by_icc}
    assert list(at) == [0.02, 0.05, 0.1]
    deff = 1 + (297 / 27 - 1) * 0.05
    assert found.pool.vi[0] == pytest.approx(found.entered[0].vi * deff)
    assert found.pool.pooled.ci == dict(found.pool.by_icc)[0.05].ci
    assert at[0.1] >= at[0.02]


def test_means_of_both_arms_give_hedges_g_where_no_adjusted_estimate_is_read():
    arms = {"mean_int": 40.6, "sd_int": 10.1, "n_int": 148, "mean_ctl": 40.0, "sd_ctl": 10.2, "n_ctl": 149}
    found = recovery(study("a", {**arms, "use": "pool", "cluster_adjusted": "yes"}))
    assert found.entered[0].yi == pytest.approx(0.059, abs=5e-4)
    short = {key: value for key, value in arms.items() if key != "n_ctl"}
    found = recovery(study("a", {**short, "use": "pool"}))
    assert "numbers of both arms" in found.studies[0].outcomes[0].not_pooled


def test_a_scale_where_high_is_worse_is_turned_round():
    turned = {**REFOCUS, "effect": -0.68, "ci_low": -3.1, "ci_high": 1.7}
    found = recovery(study("a", turned, better="lower"))
    assert found.entered[0].yi == pytest.approx(0.067, abs=5e-4)


def test_p_values_combine_only_when_two_studies_give_one():
    assert "1 of 1 studies give a usable p" in recovery(study("a", REFOCUS)).fisher_why
    both = recovery(study("a", REFOCUS), study("b", REFOCUS))
    assert both.fisher.df == 4


def test_the_worst_judgement_shades_a_study():
    events = [rob2.assessed("a.0.x", "rob2", "5", {"5.1": "Y", "5.2": "Y", "5.3": "N"}, by="ann")]
    assert recovery(study("a", REFOCUS), bias=rob2.assessments(events)).studies[0].bias == "high"
    assert recovery(study("a", REFOCUS)).studies[0].bias == "not assessed"


def test_components_are_described_and_nothing_more():
    events = [event for s in (study("a", REFOCUS), study("b", REFOCUS)) for event in s]
    events.append(keyed("characteristics", "a.coaching", study_id="a", item="coaching", presence="reported"))
    tables = values.derive(events)
    matrix = component_matrix(tables, PLAN, synthesise(tables, [], PLAN, {})[0])
    assert (matrix.cells["a", "coaching"], matrix.cells["b", "coaching"]) == ("reported", "not read")
    assert [r.analysis for r in matrix.refused] == [
        "qualitative comparative analysis",
        "component network meta-analysis",
    ]


def test_a_plan_with_a_wrong_swim_item_is_named(tmp_path):
    folder = new(tmp_path / "r")
    (folder.synthesis / "plan.toml").write_text('[swim]\nlimits = "x"\n')
    with pytest.raises(Problem, match="'limits' is not a SWiM item"):
        read_plan(folder)
    (folder.synthesis / "plan.toml").write_text('[[group]]\nid = "a"\n')
    with pytest.raises(Problem, match="Group 1 has no 'title'"):
        read_plan(folder)
    (folder.synthesis / "plan.toml").write_text("[pooling]\niccs = [2.0]\n")
    with pytest.raises(Problem, match="numbers from 0 to below 1"):
        read_plan(folder)
    group = '[[group]]\nid = "a"\ntitle = "A"\nlevel = "client"\ndomains = ["x"]\n'
    for regression_, said in (('group = "b"\nby = ["year"]', "group 'b'"), ('group = "a"\nby = ["label"]', "'label'"),
                              ('group = "a"', "needs `by`")):  # fmt: skip
        (folder.synthesis / "plan.toml").write_text(f"{group}[[regression]]\n{regression_}\n")
        with pytest.raises(Problem, match=said):
            read_plan(folder)


def ratings(off, by="ann"):
    return [grade.rated("g", d, o, "why", by=by, at="1") for d, o in zip(grade.DOMAINS, off, strict=True)]


def test_certainty_starts_high_and_falls_by_what_people_take_off():
    assert grade.certainties(ratings([0, 0, 0, 0, 0]))["g"].level == "high"
    assert grade.certainties(ratings([1, 0, 0, 1, 0]))["g"].level == "low"
    assert grade.certainties(ratings([2, 2, 0, 1, 0]))["g"].level == "very low"


def test_certainty_is_not_rated_while_a_domain_is_open():
    found = grade.certainties(ratings([1, 0, 0, 1, 0])[:4])["g"]
    assert (found.level, found.missing) == ("not rated", ["publication_bias"])


def test_two_raters_who_differ_have_not_agreed_and_the_lower_counts():
    found = grade.certainties([*ratings([1, 0, 0, 1, 0]), *ratings([1, 1, 0, 1, 0], by="bob")])["g"]
    assert (found.level, found.agreed) == ("very low", False)
    assert grade.certainties([*ratings([1, 0, 0, 1, 0]), *ratings([1, 0, 0, 1, 0], by="bob")])["g"].agreed


def test_a_rating_needs_its_reason():
    with pytest.raises(Problem, match="needs its reason"):
        grade.rated("g", "imprecision", 0, " ", by="ann")


def test_facts_stand_beside_the_domains_and_rate_nothing():
    told = grade.facts(studies=3, people=297, benefit=2, harm=0, no_sign=1, bias={"not assessed": 3})
    assert told["imprecision"] == "people with a usable number: 297; fewer than 400"
    assert told["inconsistency"] == "2 for the training, 0 against, 1 without a sign or mixed"
