"""A million at once gives the same bits as one at a time: any instrument, any order of items, any missing pattern."""

import math
import struct
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kring.care.measures.instruments import Refused, codes, load, score
from kring.care.measures.instruments.batch import BLOCK, CHUNK, missing, score_many, table
from kring.care.measures.instruments.definition import Choice, Definition, Item, Scale

WORDS = {"nl": "x", "en": "x"}


@st.composite
def definitions(draw, *, weighed=True):
    """Instruments of any shape: wide ranges, reversed and weighed items, decimals, scales that share items."""
    decimals = draw(st.sampled_from([0, 0, 0, 1]))
    ranges = draw(st.lists(st.tuples(st.integers(-200, 200) | st.integers(0, 1), st.integers(1, 12)), min_size=1))
    items = []
    for number in range(draw(st.integers(1, 12))):
        low, width = draw(st.sampled_from(ranges[:3]))
        items.append(Item(f"q{number}", low, low + width, draw(st.booleans()), decimals))
    scales = []
    for number in range(draw(st.integers(1, 4))):
        names = draw(st.lists(st.sampled_from([i.link_id for i in items]), min_size=1, unique=True))
        recode = {one.link_id: draw(_worths(one)) for one in items if weighed and _plain(one, names)}
        recode = {link_id: worths for link_id, worths in recode.items() if draw(st.booleans())}
        combine = draw(st.sampled_from(["sum", "mean", "percent"]))
        scale = Scale(f"s{number}", WORDS, tuple(names), combine, len(names), None, None, "higher", recode=recode)
        alike = len({scale.ends(item) for item in items if item.link_id in names}) == 1
        scales.append(replace(scale, at_least=draw(st.integers(1, len(names))) if alike else len(names)))
    return Definition("x", "1", WORDS, tuple(items), tuple(scales), ("client",), False, "made up")


def _plain(item, names):
    return item.link_id in names and not item.reversed and not item.decimals


def _worths(item):
    """What the answers count where a publisher weighs them; not all the same."""
    width = item.high - item.low + 1
    worths = st.lists(st.integers(-300, 300) | st.integers(0, 3), min_size=width, max_size=width)
    return worths.filter(lambda found: len(set(found)) > 1).map(tuple)


def answers_to(definition):
    return st.fixed_dictionaries({i.link_id: st.none() | _answer(i) for i in definition.items})


def _answer(item):
    units = st.integers(item.least, item.most).filter(item.takes)
    return units if item.decimals == 0 else units.map(lambda n: n / item.unit)


def bits(value):
    return struct.pack("<d", math.nan if value is None else value)


def same_bits(definition, rows, columns):
    for number, answers in enumerate(rows):
        for single, column in zip(score(definition, answers), columns, strict=True):
            assert bits(single.value) == bits(column.value[number]), (single, column.scale)
            assert (single.answered, single.of) == (column.answered[number], column.of)
            assert single.rule == column.rules[number]


@given(st.data())
def test_the_batch_and_the_single_score_have_the_same_bits(data):
    definition = data.draw(definitions())
    rows = data.draw(st.lists(answers_to(definition), min_size=1, max_size=6))
    same_bits(definition, rows, score_many(definition, table(definition, rows)))
    floats = [[math.nan if row[i.link_id] is None else row[i.link_id] for i in definition.items] for row in rows]
    same_bits(definition, rows, score_many(definition, np.array(floats, float)))


@pytest.mark.parametrize("code", [code for code in codes() if load(code).items])
def test_every_shipped_instrument_has_the_same_bits_in_a_batch(code):
    definition, rng = load(code), np.random.default_rng(7)
    low = [item.least for item in definition.items]
    high = [item.most + 1 for item in definition.items]
    found = rng.integers(low, high, (CHUNK + BLOCK + 50, len(low)))
    found[rng.random(found.shape) < rng.choice([0, 0.05, 0.5], (len(found), 1))] = missing(definition)
    columns = score_many(definition, found)
    for number in [0, 1, BLOCK - 1, BLOCK, CHUNK - 1, CHUNK, *rng.integers(0, len(found), 60)]:
        answers = {
            item.link_id: None if units == missing(definition) else Decimal(int(units)) / item.unit
            for item, units in zip(definition.items, found[number], strict=True)
        }
        for single, column in zip(score(definition, answers), columns, strict=True):
            assert bits(single.value) == bits(column.value[number])
            assert (single.answered, single.rule) == (column.answered[number], column.rules[number])


@given(st.data())
def test_the_order_of_items_and_of_answers_changes_no_bit(data):
    definition = data.draw(definitions())
    answers = data.draw(answers_to(definition))
    shuffled = replace(
        definition,
        items=tuple(data.draw(st.permutations(definition.items))),
        scales=tuple(replace(s, items=tuple(data.draw(st.permutations(s.items)))) for s in definition.scales),
    )
    turned = dict(data.draw(st.permutations(list(answers.items()))))
    assert score(definition, answers) == score(shuffled, turned)


@given(st.data())
def test_a_score_lies_within_the_ends_of_its_scale_and_turns_with_its_items(data):
    definition = data.draw(definitions(weighed=False))
    answers = data.draw(answers_to(definition))
    lowest, highest = ({i.link_id: _end(i, end) for i in definition.items} for end in (min, max))
    ends = zip(score(definition, lowest), score(definition, highest), strict=True)
    for found, (least, most) in zip(score(definition, answers), ends, strict=True):
        assert (found.value is None) == (found.answered < definition.scale(found.scale).at_least)
        assert found.value is None or least.value <= found.value <= most.value


def _end(item, end):
    return end([item.low, item.high], key=lambda value: item.points(value * item.unit))


KRING = load("kring-checkin")


@pytest.mark.parametrize(
    "bad",
    [
        np.full((3, 13), 5, np.int8),
        np.full((3, 13), -1),
        np.full((3, 13), 1.5),
        np.full((3, 13), np.inf),
        np.full((3, 13), 10**12),
        np.full((3, 13), 255, np.uint8),
    ],
)
def test_a_table_with_impossible_answers_is_refused_by_row_and_item(bad):
    with pytest.raises(Refused) as refused:
        score_many(KRING, bad)
    assert refused.value.faults[0].where == "row 0, item connectedness-1"


def test_one_wrong_answer_among_many_missing_ones_is_found():
    found = np.full((CHUNK + 9, 13), missing(KRING), np.int8)
    found[CHUNK + 3, 4] = 9
    with pytest.raises(Refused) as refused:
        score_many(KRING, found)
    assert [fault.where for fault in refused.value.faults] == [f"row {CHUNK + 3}, item identity-1"]


@pytest.mark.parametrize("shape", [(3,), (3, 12), (3, 14)])
def test_a_table_of_another_shape_is_refused(shape):
    with pytest.raises(Refused, match="13 items"):
        score_many(KRING, np.zeros(shape, np.int8))


def test_a_table_of_texts_is_refused():
    with pytest.raises(Refused, match="whole numbers"):
        score_many(KRING, np.full((1, 13), "1"))


def test_no_rows_give_no_scores():
    assert [len(column.value) for column in score_many(KRING, np.empty((0, 13), np.int8))] == [0] * 7


def test_answers_between_the_choices_are_refused_alike():
    gap = tuple(Choice(value, WORDS) for value in (0, 2, 4))
    definition = replace(load("kring-life"), items=(Item("a", 0, 4, choices=gap, text=WORDS),), scales=())
    assert score(definition, {"a": 2}) == ()
    with pytest.raises(Refused):
        score(definition, {"a": 3})
    with pytest.raises(Refused, match="row 1, item a"):
        score_many(definition, np.array([[2], [3], [-128]], np.int8))


def test_a_table_made_of_responses_refuses_what_a_single_score_refuses():
    with pytest.raises(Refused) as refused:
        table(KRING, [{"hope-1": 2}, {"hope-1": 7, "other": None}])
    assert [fault.where for fault in refused.value.faults] == ["row 1, item hope-1", "row 1, item other"]
