"""One pass over the rows gives the same sums whatever holds them, and federated gives the pooled result."""

import numpy as np
import polars as pl
import pytest

from kring.evaluation.mixed_model import ModelError, fit
from kring.evaluation.scale import fit_registry, from_dask, from_parquet, from_partitions, model
from kring.evaluation.scale.federated import Institution, TooSmall, without_rare
from kring.evaluation.scale.federated import fit as federated_fit
from kring.evaluation.scale.registry import part_sums

GROUPS = ("institution", "team", "person")
FORMULA = "score ~ treat * months"


def registry(seed=1, institutions=6, whole=True):
    rng = np.random.default_rng(seed)
    n = institutions * 60
    person = np.arange(n)
    team = person // 10
    institution = team // 6
    treat = rng.integers(0, 2, n)
    level = rng.normal(0, 3, institutions)[institution] + rng.normal(0, 3, team.max() + 1)[team] + rng.normal(0, 8, n)
    occasion = np.repeat([[0, 9, 18]], n, 0).ravel()
    i = np.repeat(person, 3)
    score = 60 + level[i] + 0.3 * treat[i] * occasion + rng.normal(0, 6, 3 * n)
    keep = (rng.random(3 * n) < 0.85) | (occasion == 0)
    table = pl.DataFrame(
        {
            "person": i,
            "team": team[i],
            "institution": institution[i],
            "treat": treat[i],
            "months": occasion,
            "score": np.round(score) if whole else score,
        }
    ).filter(pl.Series(keep))
    return table.sample(fraction=1.0, shuffle=True, seed=seed)


def same(ours, theirs, tolerance=1e-10):
    np.testing.assert_allclose(ours.beta, theirs.beta, rtol=tolerance)
    np.testing.assert_allclose(ours.se, theirs.se, rtol=tolerance)
    np.testing.assert_allclose([c.estimate for c in ours.vc], [c.estimate for c in theirs.vc], rtol=tolerance)
    np.testing.assert_allclose(ours.loglik, theirs.loglik, rtol=tolerance)
    np.testing.assert_allclose(ours.df_satterthwaite, theirs.df_satterthwaite, rtol=1e-8)
    assert ours.ngroups == theirs.ngroups


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_sums_from_parquet_give_the_fit_of_the_rows(tmp_path, engine):
    table = registry(whole=False)
    table.write_parquet(tmp_path / "rows.parquet")
    wanted = model(FORMULA, GROUPS, centre=60)
    same(
        fit_registry(from_parquet(str(tmp_path / "rows.parquet"), wanted, engine), wanted), fit(table, FORMULA, GROUPS)
    )


def test_sums_on_dask_give_the_fit_of_the_rows():
    dataframe = pytest.importorskip("dask.dataframe", reason="dask is not installed")
    table = registry(whole=False)
    wanted = model(FORMULA, GROUPS, centre=60)
    cluster = dataframe.from_pandas(table.to_pandas(), npartitions=5, sort=False)
    same(fit_registry(from_dask(cluster, wanted), wanted), fit(table, FORMULA, GROUPS))


def test_sums_of_whole_scores_are_equal_bit_for_bit_over_any_partition():
    table = registry()
    wanted = model(FORMULA, GROUPS, centre=60)
    whole = part_sums(table, wanted)
    for size in (7, 100, 333):
        parts = from_partitions(table.iter_slices(size), wanted)
        assert np.array_equal(parts.gram, whole.gram)
        assert parts.persons.sort("person").equals(whole.persons.sort("person"))


def test_slopes_of_time_sum_as_well():
    table = registry()
    slope = {"team": "months"}
    wanted = model(FORMULA, GROUPS, slope, centre=60)
    same(fit_registry(part_sums(table, wanted), wanted), fit(table, FORMULA, GROUPS, slope), 1e-8)


def test_a_person_in_two_teams_is_refused_by_name():
    table = registry()
    other = table.with_columns(team=pl.when(pl.col("person") == 7).then(pl.col("months")).otherwise("team"))
    wanted = model(FORMULA, GROUPS)
    with pytest.raises(ModelError, match="person 7 is in more than one"):
        fit_registry(part_sums(other, wanted), wanted)


def test_a_formula_that_is_no_product_of_columns_is_refused():
    with pytest.raises(ModelError, match="add it to the file"):
        model("score ~ C(months)", GROUPS)


@pytest.mark.parametrize("slope", [None, {"team": "months"}])
def test_federated_is_pooled(slope):
    wanted = model(FORMULA, GROUPS, slope, centre=60)
    kept = [without_rare(rows, wanted)[0] for rows in registry().partition_by("institution")]
    houses = [Institution(part_sums(rows, wanted), wanted) for rows in kept]
    pooled = fit(pl.concat(kept), FORMULA, GROUPS, slope)
    same(federated_fit(lambda psi: [house.answer(psi) for house in houses], wanted), pooled, 1e-8)


def test_few_persons_never_leave_an_institution():
    wanted = model(FORMULA, GROUPS)
    few = registry().filter(pl.col("person") < 9)
    with pytest.raises(TooSmall, match="9 persons"):
        Institution(part_sums(few, wanted), wanted)


def test_a_person_alone_in_a_visit_pattern_never_leaves_an_institution():
    wanted = model(FORMULA, GROUPS)
    rows, _ = without_rare(registry().filter(pl.col("institution") == 0), wanted)
    one = rows.filter(pl.col("person") == rows["person"][0])
    lonely = pl.concat([rows, one, one, one])  # one person measured more often than all others
    with pytest.raises(TooSmall, match="1 persons have a pattern"):
        Institution(part_sums(lonely, wanted), wanted)
    kept, left_out = without_rare(lonely, wanted)
    assert left_out == 1
    Institution(part_sums(kept, wanted), wanted)


def test_an_institution_answers_only_so_often():
    wanted = model(FORMULA, GROUPS)
    rows, _ = without_rare(registry().filter(pl.col("institution") == 0), wanted)
    house = Institution(part_sums(rows, wanted), wanted, rounds=1)
    house.answer(np.zeros((3, 1, 1)))
    with pytest.raises(TooSmall, match="as often"):
        house.answer(np.zeros((3, 1, 1)))
