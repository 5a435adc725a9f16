"""A hidden number stays hidden, whatever a reader adds and subtracts."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kring.evaluation.disclosure import Attacker, Release, Sum, protect


def table_of(cells: list[list[int]]) -> tuple[dict[tuple[str, str], int], list[Sum]]:
    """A two-way table with its margins."""
    height, width = len(cells), len(cells[0])
    counts = {(str(i), str(j)): cells[i][j] for i in range(height) for j in range(width)}
    sums = []
    for i in range(height):
        counts[str(i), "all"] = sum(cells[i])
        sums.append(Sum((str(i), "all"), tuple((str(i), str(j)) for j in range(width))))
    for j in range(width):
        counts["all", str(j)] = sum(row[j] for row in cells)
        sums.append(Sum(("all", str(j)), tuple((str(i), str(j)) for i in range(height))))
    counts["all", "all"] = sum(map(sum, cells))
    sums.append(Sum(("all", "all"), tuple((str(i), "all") for i in range(height))))
    sums.append(Sum(("all", "all"), tuple(("all", str(j)) for j in range(width))))
    return counts, sums


def test_one_small_cell_takes_others_with_it():
    counts, sums = table_of([[3, 40], [50, 60]])
    shown = protect(counts, sums)
    assert shown["0", "0"] is None
    assert shown["0", "1"] is None
    assert shown["1", "0"] is None
    assert shown["all", "all"] == 153


def test_large_counts_are_all_shown():
    counts, sums = table_of([[30, 40], [50, 60]])
    assert protect(counts, sums) == counts


def test_a_lost_client_cannot_be_found_by_subtraction():
    """80 randomised, 78 measured: 2 lost. Showing 80 and 78 would show the 2."""
    shown = protect({"randomised": 80, "measured": 78, "lost": 2}, [Sum("randomised", ("measured", "lost"))])
    assert shown["lost"] is None
    assert shown["randomised"] is None or shown["measured"] is None


def test_sums_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="do not add up"):
        protect({"a": 20, "b": 30, "all": 51}, [Sum("all", ("a", "b"))])
    with pytest.raises(ValueError, match="has no count"):
        protect({"a": 20, "all": 20}, [Sum("all", ("a", "b"))])


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4).flatmap(lambda width: st.lists(
    st.lists(st.integers(0, 40), min_size=width, max_size=width), min_size=2, max_size=4)))  # fmt: skip
def test_suppression_is_never_undone_by_differencing(cells):
    counts, sums = table_of(cells)
    shown = protect(counts, sums)
    hidden = {name for name, n in shown.items() if n is None}
    assert all(n is None or n == counts[name] for name, n in shown.items())
    for name, n in counts.items():
        if 0 < n < 10:
            assert name in hidden
            high = Attacker(counts, sums).highest(name, hidden)
            assert high >= 10, f"a reader can tell that {name} is small"
            assert Attacker(counts, sums).lowest(name, hidden) <= n < high
            assert exact_values(name, counts, sums, hidden) != {n}


def exact_values(name, counts, sums, hidden):
    """The attack by repeated subtraction, written apart from the linear programmes: fill in what follows."""
    known = {other: n for other, n in counts.items() if other not in hidden}
    for _ in range(len(counts)):
        for relation in sums:
            named = [relation.total, *relation.parts]
            unknown = [other for other in named if other not in known]
            if len(unknown) == 1:
                parts = sum(known[part] for part in relation.parts if part in known)
                gap = known[relation.total] - parts if relation.total in known else parts
                known[unknown[0]] = gap
    return {known[name]} if name in known else set()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.frozensets(st.integers(0, 29), min_size=1), min_size=1, max_size=8))
def test_no_two_nested_groups_that_were_shown_differ_by_too_few(groups):
    release = Release(5)
    shown = [group for group in groups if release.allows("E at 0", frozenset(map(str, group)))]
    assert all(len(group) >= 5 for group in shown)
    for one, other in itertools.combinations(shown, 2):
        if one < other or other < one:
            assert len(one ^ other) >= 5


def test_another_topic_is_not_a_difference():
    release = Release(5)
    assert release.allows("E at 0", frozenset("abcdef"))
    assert not release.allows("E at 0", frozenset("abcde"))
    assert release.allows("E at 9", frozenset("abcde"))
