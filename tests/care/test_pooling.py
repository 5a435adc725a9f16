"""Figures of answers, as plain values: what somebody who knows a figure can still not know about one answer."""

from fractions import Fraction
from itertools import combinations_with_replacement, permutations, product

import pytest

from kring.care.training.pooling import coarse, figures

SCALE = range(1, 6)


def figure(values):
    return coarse(dict(enumerate([value] for value in values)))


def possible_of_one(shown, known=()):
    """What one of five people can have said, for somebody who sees the figure and knows what `known` said."""
    rest = combinations_with_replacement(SCALE, 4 - len(known))  # who of the others said what plays no part
    return {one for others in rest for one in SCALE if figure([one, *others, *known]) == shown}


def test_four_people_give_no_figure_and_five_do():
    assert figure([3, 3, 3, 3]) is None
    assert figure([3, 3, 3, 3, 3]) == 3


def test_somebody_who_answers_twice_counts_once():
    assert coarse({"a": [1, 1], "b": [5], "c": [5], "d": [5]}) is None
    assert coarse({"a": [1, 3], "b": [4], "c": [4], "d": [4], "e": [4]}) == Fraction(7, 2)


@pytest.mark.parametrize("people", [5, 6, 7])
def test_everybody_at_one_end_does_not_show(people):
    assert figure([5] * people) == figure([5] * (people - 1) + [1]) == 4
    assert figure([1] * people) == figure([1] * (people - 1) + [5]) == 2


def test_who_said_what_plays_no_part():
    assert {figure(values) for values in permutations([1, 2, 2, 4, 5])} == {figure([1, 2, 2, 4, 5])}


def test_a_figure_leaves_every_answer_open_for_everybody():
    for shown in {figure(values) for values in product(SCALE, repeat=5)}:
        assert possible_of_one(shown) == set(SCALE), shown


def test_who_knows_one_answer_is_left_in_doubt_about_every_other():
    """Whoever gave one of the answers, or was told one. Who knows more may learn more: note 0335 says so."""
    for others, own in product(combinations_with_replacement(SCALE, 4), SCALE):
        assert len(possible_of_one(figure([*others, own]), known=[own])) >= 2, (others, own)


def test_a_question_that_fewer_than_five_answered_has_no_figure():
    told = [(person, {"hope": 4, "meaning": None if person == "a" else 2}) for person in "abcde"]
    assert figures(told, ["hope", "meaning"]) == {"hope": 4, "meaning": None}
