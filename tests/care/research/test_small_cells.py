"""Small groups: for any counts, whatever is told apart holds at least k, and nothing can be found by subtracting."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kring.care.research.small_cells import TOGETHER, Classes, put_together, steps

K = st.integers(2, 12)
SIZES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 30), max_size=8)
PEOPLE = st.dictionaries(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from(["nl", "en", ""]), st.sampled_from("xyz")),
    st.integers(1, 25), max_size=20,
)  # fmt: skip


@given(SIZES, K)
def test_what_is_left_is_large_enough_and_what_is_put_together_too(sizes, k):
    merged = put_together(sizes, k)
    assert all(sizes[value] >= k for value in set(sizes) - merged)
    together = sum(sizes[value] for value in merged)
    assert together == 0 or together >= k or merged == set(sizes)


@given(PEOPLE, K)
def test_every_class_that_is_left_holds_at_least_k(people, k):
    if sum(people.values()) < k:
        return
    classes = Classes(people, k)
    left: Counter = Counter()
    for values, count in people.items():
        left[classes.shown(values)] += count
    assert min(left.values()) >= k
    assert left.total() == sum(people.values())


@given(PEOPLE, K)
def test_the_order_in_which_clients_come_changes_nothing(people, k):
    if not people:
        return
    one, other = Classes(people, k), Classes(dict(reversed(people.items())), k)
    assert all(one.shown(values) == other.shown(values) for values in people)


@given(st.dictionaries(st.integers(0, 6), st.integers(1, 30), max_size=7), K)
def test_a_number_in_steps_keeps_its_order_and_every_step_is_large_enough(sizes, k):
    found = steps(sizes, k)
    assert all(found[value] <= value for value in sizes)
    assert [found[value] for value in sorted(sizes)] == sorted(found.values())
    left: Counter = Counter()
    for value, count in sizes.items():
        left[found[value]] += count
    assert not left or min(left.values()) >= k or len(left) == 1


def test_a_small_team_takes_the_smallest_other_with_it():
    assert put_together({"a": 30, "b": 12, "c": 4}, 10) == {"b", "c"}
    assert put_together({"a": 30, "b": 6, "c": 5}, 10) == {"b", "c"}
    assert put_together({"a": 30, "b": 12}, 10) == frozenset()


def test_an_unknown_value_counts_as_put_together():
    assert put_together({"nl": 30, TOGETHER: 40}, 10) == {TOGETHER}
    assert put_together({"nl": 30, TOGETHER: 3}, 10) == {"nl", TOGETHER}


def test_somebody_whose_values_nobody_had_is_noticed():
    with pytest.raises(KeyError):
        Classes({("a", "nl"): 20}, 10).shown(("b", "nl", "x"))
