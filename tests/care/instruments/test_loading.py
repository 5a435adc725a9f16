"""Does a text fit the scoring? Every misfit is named with its place, all of them at once, and nothing is taken over."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kring.care.measures.instruments import Refused, asked, load, score
from kring.care.measures.instruments.calculated import CALCULATED, VARIABLE, work_out
from kring.care.measures.instruments.questionnaire import TRANSLATION, read
from kring.care.measures.instruments.writing import answers_of, response
from tests.care.instruments.texts import choice, made_up


def refused(document):
    with pytest.raises(Refused) as caught:
        read(document)
    return caught.value.faults


def codes_of(faults):
    return {fault.code for fault in faults}


def test_the_words_join_the_shipped_scoring():
    loaded = read(made_up("raq-7"))
    definition = loaded.definition
    assert (definition.code, definition.version, loaded.languages) == ("raq-7", "2000", ("nl",))
    assert definition.scales == load("raq-7").scales
    assert definition.items[2].text == {"nl": "Verzonnen vraag 3?"}
    assert [c.value for c in definition.items[2].choices] == [1, 2, 3, 4, 5]
    assert definition.title == {"nl": "Verzonnen tekst bij raq-7"}


def test_translations_come_along():
    document = made_up("raq-7")
    english = [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": "A made-up question?"}]
    document["item"][0]["_text"] = {"extension": [{"url": TRANSLATION, "extension": english}]}
    assert read(document).definition.items[0].text == {"nl": "Verzonnen vraag 1?", "en": "A made-up question?"}


def test_groups_and_headings_are_read_through():
    document = made_up("raq-7")
    head = {"linkId": "h", "type": "display", "text": "Kop"}
    group = {"linkId": "g", "type": "group", "item": document["item"][:4]}
    document["item"] = [head, group, *document["item"][4:]]
    assert [item.link_id for item in read(document).definition.items] == list("1234567")


def test_points_of_choices_may_turn_an_item_round():
    """The way for instruments whose reversed items were not verified (RKI): the file gives the points."""
    document = made_up("rki")
    document["item"][0]["answerOption"] = [choice(value) for value in (5, 4, 3, 2, 1)]
    assert [c.value for c in read(document).definition.items[0].choices] == [5, 4, 3, 2, 1]


def test_choices_may_count_tenths_where_the_scoring_does():
    document = made_up("facts-2017")
    document["item"][0] |= {"type": "choice", "answerOption": [choice(value) for value in (3, 3.5, 4.25)]}
    assert [(fault.code, fault.where) for fault in refused(document)] == [
        ("out_of_range", "Questionnaire.item[0].answerOption[2] (linkId 'A')")
    ]
    del document["item"][0]["answerOption"][2]
    definition = read(document).definition
    assert score(definition, {"A": 3.5, "B": 4.2})[0].value == 7.7
    filled_in = response(definition, {"A": 3.5, "B": 4.2}, at=datetime(2026, 3, 5, tzinfo=UTC), language="nl")
    assert answers_of(definition, json.loads(json.dumps(filled_in))) == {"A": Decimal("3.5"), "B": Decimal("4.2")}
    with pytest.raises(Refused):
        score(definition, {"A": 3.4, "B": 4.2})


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ([], "no_instrument"),
        ([{"code": "qpr-15"}], "no_instrument"),  # of no system
        ([{"system": "urn:kring:instrument", "code": "qpr-22"}], "no_instrument"),
        ([{"system": "urn:kring:instrument", "code": "qpr-15"}] * 2, "no_instrument"),
        ([{"system": "urn:kring:instrument", "code": "qpr-15", "version": "1999"}], "no_version"),
        ([{"system": "urn:kring:instrument", "code": "csi-r"}], "no_items"),
    ],
)
def test_a_file_says_which_instrument_and_version_it_is(code, named):
    document = made_up("qpr-15")
    document["code"] = code
    if not code:
        del document["code"]
    assert codes_of(refused(document)) == {named}


def test_all_misfits_are_told_at_once_with_their_places():
    document = made_up("qpr-15")
    items = document["item"]
    items[0]["linkId"] = "1a"  # so 1 is missing, and 1a is asked without being scored
    items[1]["type"] = "string"
    items[2]["text"] = " "
    del items[3]["answerOption"][1]["extension"]
    items[4]["answerOption"].append(choice(5))
    items[5]["answerOption"].append(choice(4))
    items[6]["repeats"] = True
    del items[7]["answerOption"]
    del document["language"]
    assert [fault.code for fault in refused(document)] == ["language"]
    document["language"] = "nl"
    faults = refused(document)
    assert [(fault.code, fault.where) for fault in faults] == [
        ("no_item", "Questionnaire.item"),
        ("type", "Questionnaire.item[1] (linkId '2')"),
        ("text", "Questionnaire.item[2] (linkId '3')"),
        ("ordinal", "Questionnaire.item[3].answerOption[1] (linkId '4')"),
        ("out_of_range", "Questionnaire.item[4].answerOption[5] (linkId '5')"),
        ("choices", "Questionnaire.item[5] (linkId '6')"),
        ("repeats", "Questionnaire.item[6] (linkId '7')"),
        ("choices", "Questionnaire.item[7] (linkId '8')"),
    ]
    assert all(fault.what and fault.remedy for fault in faults)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("status", "retired", "status"),
        ("language", "Dutch", "language"),
        ("contained", [{"resourceType": "ValueSet", "status": "active"}], "not_read"),
        ("modifierExtension", [{"url": "https://example.org/m", "valueBoolean": True}], "not_read"),
    ],
)
def test_what_could_change_the_meaning_is_refused(name, value, code):
    assert code in codes_of(refused(made_up("qpr-15") | {name: value}))


def when(document, number, *conditions, **more):
    document["item"][number] |= {"enableWhen": list(conditions)} | more
    return document


def test_conditions_are_followed_by_code_number_and_existence():
    document = made_up("raq-7")
    code = {"question": "1", "operator": "=", "answerCoding": {"code": "c2"}}
    exists = {"question": "2", "operator": "exists", "answerBoolean": False}
    number = {"question": "1", "operator": ">", "answerInteger": 3}
    when(document, 2, code)
    when(document, 3, exists, number, enableBehavior="any")
    when(document, 4, exists, number, enableBehavior="all")
    definition = read(document).definition

    def shown(**answers):
        found = {item.link_id for item in asked(definition, {name[1:]: value for name, value in answers.items()})}
        return [number for number in "345" if number in found]

    assert shown() == ["4"]
    assert shown(_1=2) == ["3", "4"]
    assert shown(_1=4) == ["4", "5"]
    assert shown(_1=4, _2=1) == ["4"]
    assert shown(_1=2, _2=1) == ["3"]


@pytest.mark.parametrize(
    "condition",
    [
        {"question": "9", "operator": "=", "answerInteger": 1},
        {"question": "3", "operator": "=", "answerInteger": 1},  # itself
        {"question": "4", "operator": "=", "answerInteger": 1},  # later
        {"question": "1", "operator": "=", "answerCoding": {"code": "other"}},
        {"question": "1", "operator": "=", "answerString": "yes"},
        {"question": "1", "operator": "=", "answerDecimal": 1.5},
    ],
)
def test_a_condition_that_cannot_be_followed_is_refused(condition):
    faults = refused(when(made_up("raq-7"), 2, condition))
    assert [(fault.code, fault.where) for fault in faults] == [("enableWhen", "Questionnaire.item[2] (linkId '3')")]


def calculating(**expressions):
    """A file with calculated items, by linkId; names that begin with % are variables."""
    document = made_up("raq-7")
    for name, text in expressions.items():
        value = {"language": "text/fhirpath", "expression": text}
        if name.startswith("v_"):
            value["name"] = name[2:]
            document.setdefault("extension", []).append({"url": VARIABLE, "valueExpression": value})
            continue
        extension = [{"url": CALCULATED, "valueExpression": value}]
        document["item"].append({"linkId": name, "type": "decimal", "readOnly": True, "extension": extension})
    return document


ONE = "%resource.item.where(linkId = '1').answer.value.ordinal()"
TWO = ONE.replace("'1'", "'2'")


def filled(**answers):
    item = []
    for name, value in answers.items():
        option = choice(value)
        coding = option["valueCoding"] | {"extension": option["extension"]}
        item.append({"linkId": name[1:], "answer": [{"valueCoding": coding}]})
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": item}


def test_calculated_items_are_worked_out_each_after_those_it_names():
    named = "%resource.item.where(linkId = 'half').answer.value * 3"
    calculations = read(calculating(last=named, half="%both / 2", v_both=f"{ONE} + {TWO}")).calculations
    assert [calculation.link_id for calculation in calculations] == ["half", "last"]
    assert work_out(calculations, filled(_1=4, _2=1)) == {"half": 2.5, "last": 7.5}
    assert work_out(calculations, filled(_1=4)) == {"half": None, "last": None}


@pytest.mark.parametrize(
    ("expressions", "code", "named"),
    [
        ({"a": "%resource.item.where(linkId = 'zz').answer.value"}, "no_item", "'zz'"),
        ({"a": "1 +"}, "expression", "item 'a'"),
        ({"a": "%unknown + 1"}, "expression", "%unknown"),
        ({"a": "today() - 1"}, "expression", "today()"),
        ({"a": "%resource.itm.count()"}, "expression", "'itm'"),
        ({"a": "%resource.item.where(linkId = 'a').answer.value"}, "cycle", "'a' needs 'a'"),
        ({"a": f"{ONE} + %b", "v_b": "%resource.item.where(linkId = 'a').count()"}, "cycle", "'a' needs 'a'"),
        ({"v_x": "%y", "v_y": "1", "a": "%x"}, "expression", "variable 'x'"),
    ],
)
def test_wrong_and_circular_expressions_are_refused_by_name(expressions, code, named):
    faults = refused(calculating(**expressions))
    assert code in codes_of(faults)
    assert any(named in str(fault) for fault in faults)


def test_a_circle_of_three_is_named_whole():
    names = {"a": "b", "b": "c", "c": "a"}
    document = calculating(**{n: f"%resource.item.where(linkId = '{m}').answer.value + 1" for n, m in names.items()})
    (fault,) = refused(document)
    assert all(f"'{name}' needs" in fault.what for name in names)


def test_a_scored_item_is_answered_and_never_calculated():
    document = made_up("raq-7")
    value = {"language": "text/fhirpath", "expression": "1"}
    document["item"][2]["extension"] = [{"url": CALCULATED, "valueExpression": value}]
    assert [(fault.code, fault.where) for fault in refused(document)] == [
        ("calculated", "Questionnaire.item[2] (linkId '3')")
    ]


def test_an_expression_in_another_language_is_refused():
    document = calculating(a="1")
    document["item"][-1]["extension"][0]["valueExpression"]["language"] = "text/cql"
    assert "expression" in codes_of(refused(document))


@pytest.mark.parametrize("text", ["%resource.item", f"({ONE} | {TWO})", f"{ONE} + 'a'", "%resource.item + 1"])
def test_an_expression_that_gives_no_single_value_is_refused_by_its_item(text):
    calculations = read(calculating(sum=text)).calculations
    with pytest.raises(Refused, match="sum: "):
        work_out(calculations, filled(_1=4, _2=1))


def test_the_scoring_stays_ours_whatever_a_file_calculates():
    definition = read(calculating(total="42")).definition
    assert score(definition, dict.fromkeys("1234567", 1))[0].value == 7.0
