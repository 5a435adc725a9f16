"""One response at a time: missing items, reversed items, and answers that cannot be."""

from decimal import Decimal

import pytest

from kring.care.measures.instruments import Item, Refused, load, score


def by_scale(code, answers):
    return {found.scale: found for found in score(load(code), answers)}


def test_missing_items_count_as_the_mean_of_the_answered_ones_of_that_scale():
    found = by_scale("kring-checkin", {"difficulties-1": 4, "difficulties-3": 1, "hope-1": 3})
    assert found["difficulties"] == ("difficulties", 2.5, 2, 3, "filled")
    assert found["hope"] == ("hope", 3.0, 1, 2, "filled")
    assert found["recovery"] == ("recovery", None, 1, 10, "too_few")


def test_a_reversed_item_counts_from_the_other_end():
    assert by_scale("kring-life", {"stigma": 4})["stigma"].value == 0
    assert by_scale("kring-life", {"stigma": 1})["stigma"].value == 3


def test_a_reversed_item_counts_from_the_end_of_its_own_range():
    item = Item("x", 1, 5, reversed=True)
    assert [item.points(answer) for answer in (1, 2, 3, 4, 5)] == [5, 4, 3, 2, 1]
    assert [Item("x", -2, 1, reversed=True).points(answer) for answer in (-2, -1, 0, 1)] == [1, 0, -1, -2]
    assert Item("x", 1, 8, reversed=True, decimals=1).points(12) == 78  # 1.2 of 1.0 to 8.0 counts 7.8


def test_a_skipped_item_given_as_none_is_the_same_as_one_left_out():
    assert by_scale("kring-checkin", {"hope-1": 2, "hope-2": None}) == by_scale("kring-checkin", {"hope-1": 2})


@pytest.mark.parametrize("two", [2, 2.0, Decimal("2.0")])
def test_a_whole_number_is_welcome_in_any_type(two):
    assert by_scale("kring-checkin", {"hope-1": two})["hope"].value == 2.0


@pytest.mark.parametrize("answer", [-1, 5, 1.5, True, "3", float("nan"), float("inf"), Decimal("NaN")])
def test_an_answer_that_cannot_be_is_refused_with_item_and_range(answer):
    with pytest.raises(Refused, match=r"hope-2: .*from 0 to 4") as refused:
        score(load("kring-checkin"), {"hope-1": 2, "hope-2": answer, "meaning-1": 3})
    assert [fault.code for fault in refused.value.faults] == ["out_of_range"]


def test_an_answer_to_an_item_of_another_instrument_is_refused_by_name():
    with pytest.raises(Refused, match="qpr-1"):
        score(load("kring-checkin"), {"qpr-1": 2})
