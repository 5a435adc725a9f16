"""The first pass over the rows: whatever their type, order and number of threads, the sums are the same."""

import numpy as np
import pytest

from kring.evaluation.mixed_model import ModelError, fit_arrays
from kring.evaluation.mixed_model import sums as first_pass
from kring.evaluation.mixed_model.sums import Columns, PersonSums, join, nest, stream

TEAMS = 12


def rows(persons=200, seed=3, visits=6):
    """Whole numbers, sorted by team and person; a few persons have one row."""
    rng = np.random.default_rng(seed)
    n = np.where(rng.random(persons) < 0.1, 1, rng.integers(1, visits + 1, persons))
    person = np.repeat(np.arange(persons), n)
    team = person * TEAMS // persons
    arm = (person % 2).astype(np.int8)
    time = np.concatenate([np.arange(k) for k in n]).astype(np.int16)
    return person, team, arm, time, rng.integers(0, 40, len(person)).astype(np.float32)


def columns(arm, time, score):
    return Columns([(), (arm,), (time,), (arm, time), (score,)], (0.0, 0.0, 0.0, 0.0, 20.0))


def scattered(made, z, person, team):
    """The same sums by the way for rows in any order."""
    team_of = np.zeros(person.max() + 1, np.int64)
    team_of[person] = team
    sums = PersonSums.empty(len(team_of), len(made.terms), z)
    sums.add_rows(made, person)
    return nest(sums, team_of)


def same(a, b):
    """Bit for bit, but for the order of patterns and of a team's cells."""
    rank = [np.lexsort(s.grams.reshape(len(s.grams), -1).T) for s in (a, b)]
    place = [np.argsort(order) for order in rank]
    assert np.array_equal(a.gram, b.gram)
    for name in ("grams", "counts", "squares"):
        assert np.array_equal(getattr(a, name)[rank[0]], getattr(b, name)[rank[1]])
    order = [np.lexsort((p[s.cell_pattern], s.cell_team)) for p, s in zip(place, (a, b), strict=True)]
    for name in ("cell_team", "cells", "cell_persons"):
        assert np.array_equal(getattr(a, name)[order[0]], getattr(b, name)[order[1]])


def one_institution(team):
    return np.array([0, team.max() + 1])


@pytest.mark.parametrize("z", [(0,), (0, 2)])
@pytest.mark.parametrize("block", [7, 100, 16384])
@pytest.mark.parametrize("threads_from", [10, 1_000_000])
def test_blocks_threads_and_order_change_no_bit_of_sums_of_whole_numbers(monkeypatch, z, block, threads_from):
    person, team, *values = rows()
    made = columns(*values)
    monkeypatch.setattr(first_pass, "BLOCK_ROWS", block)
    monkeypatch.setattr(first_pass, "ROWS_FOR_THREADS", threads_from)
    streamed = stream(made, z, person, team, one_institution(team))
    same(streamed, scattered(made, z, person, team))
    mixed = np.random.default_rng(0).permutation(len(person))
    same(streamed, scattered(made.rows(mixed), z, person[mixed], team[mixed]))


def test_rows_that_are_not_sorted_are_not_streamed(monkeypatch):
    person, team, *values = rows()
    made, whole = columns(*values), one_institution(team)
    monkeypatch.setattr(first_pass, "BLOCK_ROWS", 50)
    backwards = slice(None, None, -1)
    assert stream(made.rows(np.arange(len(person))[backwards]), (0,), person[backwards], team[backwards], whole) is None
    for at in (3, 49, 50, len(person) - 2):  # two persons' rows exchanged, within a block and at its edge
        swapped = person.copy()
        swapped[at : at + 2] = person[-1], person[0]
        assert stream(made, (0,), swapped, team, whole) is None
    other_team = team.copy()
    other_team[np.flatnonzero(np.diff(person) == 0)[0]] += 1  # a person in two teams
    assert stream(made, (0,), person, other_team, whole) is None


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "int64", "float32", "float64", "uint8", ">f8", "bool"])
def test_columns_of_any_type_give_the_same_sums(kind):
    person, team, arm, time, score = rows(visits=2)
    plain = stream(columns(arm, time, score), (0, 2), person, team, one_institution(team))
    other = columns(arm.astype(kind), time.astype(kind), score)
    same(plain, stream(other, (0, 2), person, team, one_institution(team)))
    gaps = columns(np.repeat(arm, 2)[::2], np.repeat(time, 3)[::3], score)
    same(plain, stream(gaps, (0, 2), person, team, one_institution(team)))


def test_a_factor_that_varies_within_persons_is_read_row_by_row():
    person, team, _, time, score = rows()
    arm = (time > 2).astype(np.int8)  # it starts during the trial: not constant within a person
    made = columns(arm, time, score)
    same(stream(made, (0,), person, team, one_institution(team)), scattered(made, (0,), person, team))


def test_one_row_a_person_and_many_patterns_are_summed_alike():
    rng = np.random.default_rng(1)
    person = np.arange(300)
    made = columns(rng.integers(0, 2, 300), rng.integers(0, 200, 300), rng.integers(0, 40, 300))
    for z in ((0,), (0, 2)):  # with the slope of time nearly every person is a pattern
        streamed = stream(made, z, person, person // 30, one_institution(person // 30))
        same(streamed, scattered(made, z, person, person // 30))
        assert streamed.n_persons == streamed.n_rows == 300


def test_parts_that_share_teams_join_to_the_whole():
    person, team, *values = rows()
    made = columns(*values)
    early = person % 2 == 0
    parts = [scattered(made.rows(np.flatnonzero(part)), (0,), person[part], team[part]) for part in (early, ~early)]
    same(join(parts), scattered(made, (0,), person, team))


def test_an_array_that_is_too_short_is_refused():
    person, team, arm, time, score = rows()
    terms = {"Intercept": (), "arm": (arm,)}
    with pytest.raises(ModelError, match="one number for each"):
        fit_arrays(score[:-1], terms, {"person": person, "team": team})
    with pytest.raises(ValueError, match="one number for each"):
        stream(columns(arm, time[:5], score), (0,), person, team, one_institution(team))


def test_small_types_give_the_fit_of_doubles():
    person, team, arm, time, score = rows()

    def fitted(*values):
        a, t, y = values
        return fit_arrays(
            y, {"Intercept": (), "arm": (a,), "time": (t,), "both": (a, t)}, {"person": person, "team": team}
        )

    small, wide = fitted(arm, time, score), fitted(*(x.astype(float) for x in (arm, time, score)))
    assert small.loglik == wide.loglik
    assert np.array_equal(small.beta, wide.beta)
