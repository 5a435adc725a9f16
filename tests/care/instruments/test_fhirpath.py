"""Our part of FHIRPath: the rules of the specification, exactly, and the same as another evaluator on numbers."""

from fractions import Fraction

import pytest
from fhirpathpy import evaluate
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kring.care.measures.instruments.fhirpath import LONGEST, parse
from kring.care.measures.instruments.fhirpath_values import ORDINAL, WrongExpression

RESPONSE = {
    "resourceType": "QuestionnaireResponse",
    "item": [
        {"linkId": "g", "item": [{"linkId": "a", "answer": [{"valueInteger": 3}]}]},
        {"linkId": "b", "answer": [{"valueDecimal": 0.1}, {"valueDecimal": 0.2}]},
        {"linkId": "c", "answer": [{"valueCoding": {"code": "x", "extension": [{"url": ORDINAL, "valueDecimal": 2}]}}]},
        {"linkId": "d", "answer": [{"valueBoolean": True}, {"valueString": "a'b"}]},
    ],
}
B = "%resource.item.where(linkId = 'b').answer.value"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - -4", 11),
        ("(1 + 2) * 3", 9),
        ("7 div 2 + 7 mod 2", 4),
        ("-7 div 2", -3),  # towards zero
        ("1 / 3", Fraction(1, 3)),
        ("0.1 + 0.2 = 0.3", True),  # not so in binary
        (f"{B}.sum() = 0.3", True),
        (f"{B}.avg()", Fraction(3, 20)),
        (f"{B}.min() < {B}.max()", True),
        (f"{B}.count()", 2),
        (f"{B}.first()", Fraction(1, 10)),
        ("%resource.repeat(item).where(linkId in ('a' | 'b')).answer.value.sum()", Fraction(33, 10)),
        ("%resource.descendants().where(linkId = 'a').answer.value", 3),
        ("%resource.item.where(linkId = 'c').answer.value.ordinal()", 2),
        (f"%resource.item.where(linkId = 'c').answer.value.extension('{ORDINAL}').value.weight()", 2),
        ("%resource.item.where(linkId = 'd').answer.value.where($this = 'a\\'b').exists()", True),
        ("%resource.item.where(linkId = 'd').answer.value.where($this = true).count()", 1),
        ("iif(1 > 2, 1, 2)", 2),
        ("(1 | 2 | 2).count()", 2),
        ("'a' + 'b'", "ab"),
        ("(1 = true).not()", True),
        ("true and ({} or true)", True),
        ("{} and false", False),
        ("item.select(linkId).count()", 4),
    ],
)
def test_expressions_have_the_value_of_the_specification(text, value):
    assert parse(text).of(RESPONSE) == [value]


@pytest.mark.parametrize(
    "text",
    [
        *[
            "{}",
            "1 / 0",
            "1 mod 0",
            "{} + 1",
            "{} = 1",
            "{} > 1",
            "{} in (1 | 2)",
            "iif(false, 1)",
            "{}.avg()",
            "{}.not()",
        ],
        *["true and {}", "false or {}", "%resource.item.where(linkId = 'zz').answer.value", "(1).item"],
    ],
)
def test_nothing_gives_nothing(text):
    assert parse(text).of(RESPONSE) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "the end"),
        ("1 +", "the end"),
        ("1 2", "left over"),
        ("(1", "')'"),
        ("item.1", "character 6"),
        ("'open", '"\'"'),
        ("1 # 2", "'#'"),
        ("item.whre(linkId)", "whre()"),
        ("item.where()", "has 0 arguments"),
        ("itm", "'itm'"),
        ("$total", "'$total'"),
        ("item[0]", "'['"),
        ("1 implies 2", "left over"),
        ("(" * 5000 + "1" + ")" * 5000, "nested too deeply"),
        ("1" * (LONGEST + 1), "more than"),
    ],
)
def test_what_is_not_understood_is_named(text, named):
    with pytest.raises(WrongExpression) as wrong:
        parse(text)
    assert named in str(wrong.value)


@pytest.mark.parametrize("text", [f"{B} + 1", "'a' < 1", "'a' - 1", "item + 1", "true > false", "%resource.item.sum()"])
def test_values_that_do_not_fit_are_an_error_and_never_a_guess(text):
    with pytest.raises(WrongExpression):
        parse(text).of(RESPONSE)


def test_what_it_names_is_known_before_it_runs():
    found = parse("%resource.item.where(linkId in ('a' | 'b')).answer.value.sum() + %x + iif('c' = linkId, 'no', '')")
    assert (found.link_ids, found.variables) == ({"a", "b", "c"}, {"x"})


def test_following_what_does_not_change_ends():
    assert parse("(1 | 2).repeat($this)").of(RESPONSE) == [1, 2]


numbers = st.integers(0, 99).map(str) | st.decimals(0, 99, places=2).map(str)
divisions = st.builds("({} {} {})".format, numbers, st.sampled_from(["div", "mod"]), numbers)
expressions = st.recursive(
    numbers | divisions,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner),
    max_leaves=5,
)


@settings(deadline=None)
@given(expressions)
def test_arithmetic_is_that_of_another_evaluator(text):
    """fhirpathpy counts in decimals of 28 places, which hold all of these exactly."""
    ours = parse(text).of({})
    try:
        theirs = evaluate({}, text)
    except Exception:
        assume(False)  # it cannot go on after a division by zero
    assert ours == [Fraction(value) for value in theirs]


@given(st.integers(0, 999), st.integers(1, 999))
def test_one_division_of_whole_numbers_has_the_same_bits(a, b):
    (theirs,) = evaluate({}, f"{a} / {b}")
    assert float(parse(f"{a} / {b}").of({})[0]) == float(theirs)
