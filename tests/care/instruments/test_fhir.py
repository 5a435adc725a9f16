"""What we write and accept is R4: by HL7's definitions, by a second reader, and by the invariants of the standard."""

import json
from datetime import UTC, datetime
from functools import cache

import pytest
from fhirclient.models import questionnaire as client_questionnaire
from fhirclient.models import questionnaireresponse as client_response
from fhirpathpy import compile as compiled
from fhirpathpy.models import models
from hypothesis import given, settings
from hypothesis import strategies as st

from kring.care.measures.instruments import Refused, asked, codes, load, r4, score
from kring.care.measures.instruments.calculated import work_out
from kring.care.measures.instruments.questionnaire import read, read_text
from kring.care.measures.instruments.writing import answers_of, expression_of, questionnaire, response
from tests.care.instruments.test_batch import answers_to, bits
from tests.care.instruments.texts import made_up

AT = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
OURS = ("kring-checkin", "kring-life", "kring-naaste")
ASKED = [code for code in codes() if load(code).items]

# The invariants of StructureDefinition Questionnaire 4.0.1 (hl7.fhir.r4.core, CC0), by the element they stand on.
INVARIANTS = {
    "Questionnaire": {"que-2": "descendants().linkId.isDistinct()"},
    "item": {
        "que-1": "(type='group' implies item.empty().not()) and (type='display' implies item.empty())",
        "que-3": "type!='display' or code.empty()",
        "que-4": "answerOption.empty() or answerValueSet.empty()",
        "que-5": "(type ='choice' or type = 'open-choice' or type = 'decimal' or type = 'integer' or type = 'date' or"
        " type = 'dateTime' or type = 'time' or type = 'string' or type = 'quantity') or"
        " (answerValueSet.empty() and answerOption.empty())",
        "que-6": "type!='display' or (required.empty() and repeats.empty())",
        "que-8": "(type!='group' and type!='display') or initial.empty()",
        "que-9": "type!='display' or readOnly.empty()",
        "que-10": "(type in ('boolean' | 'decimal' | 'integer' | 'string' | 'text' | 'url' | 'open-choice'))"
        " or maxLength.empty()",
        "que-11": "answerOption.empty() or initial.empty()",
        "que-12": "enableWhen.count() > 2 implies enableBehavior.exists()",
        "que-13": "repeats=true or initial.count() <= 1",
    },
}


RULES = {kind: {key: compiled(rule) for key, rule in rules.items()} for kind, rules in INVARIANTS.items()}


def broken(document):
    """The invariants that a Questionnaire breaks, by an evaluator that is not ours."""
    found = {key for key, rule in RULES["Questionnaire"].items() if rule(document) != [True]}
    waiting = list(document["item"])
    while waiting:
        item = waiting.pop()
        waiting += item.get("item", [])
        found |= {key for key, rule in RULES["item"].items() if rule(item) != [True]}
    return found


def is_r4(document):
    """Valid by HL7's definitions, by fhirclient (generated from 4.0.1) and by the invariants."""
    text = json.loads(json.dumps(document))
    assert r4.faults_of(text, text["resourceType"]) == []
    if text["resourceType"] == "Questionnaire":
        client_questionnaire.Questionnaire(text, strict=True)
        assert broken(text) == set()
    else:
        client_response.QuestionnaireResponse(text, strict=True)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("code", OURS)
def test_what_we_write_is_r4_and_reads_back_the_same(code, language):
    definition = load(code)
    document = questionnaire(definition, language)
    is_r4(document)
    loaded = read_text(json.dumps(document))
    assert loaded.languages == (language, "en" if language == "nl" else "nl")
    for ours, theirs in zip(definition.items, loaded.definition.items, strict=True):
        assert (ours.link_id, ours.text, ours.choices) == (theirs.link_id, theirs.text, theirs.choices)
    assert [c.link_id for c in loaded.calculations] == [f"score-{scale.code}" for scale in definition.scales]


@pytest.mark.parametrize("code", ASKED)
def test_a_text_for_every_instrument_can_be_loaded_and_filled_in(code):
    document = made_up(code) if code not in OURS else questionnaire(load(code), "nl")
    is_r4(document)
    definition = read(document).definition
    assert definition.has_text
    is_r4(questionnaire(definition, "nl"))
    answers = {item.link_id: item.high for item in definition.items}
    kept = {item.link_id: answers[item.link_id] for item in asked(definition, answers)}
    filled = response(definition, answers, at=AT, language="nl")
    is_r4(filled)
    assert answers_of(definition, json.loads(json.dumps(filled))) == kept
    assert [s.value for s in score(definition, kept)] == [s.value for s in score(load(code), kept)]


def test_our_table_of_r4_is_that_of_a_second_source():
    """fhirclient was generated from the same version, on its own: 4.0.1-9346c8cc45."""
    models = {
        "Questionnaire": client_questionnaire.Questionnaire,
        "Questionnaire.item": client_questionnaire.QuestionnaireItem,
        "Questionnaire.item.answerOption": client_questionnaire.QuestionnaireItemAnswerOption,
        "Questionnaire.item.enableWhen": client_questionnaire.QuestionnaireItemEnableWhen,
        "QuestionnaireResponse": client_response.QuestionnaireResponse,
        "QuestionnaireResponse.item": client_response.QuestionnaireResponseItem,
        "QuestionnaireResponse.item.answer": client_response.QuestionnaireResponseItemAnswer,
    }
    for name, model in models.items():
        theirs = {json_name: (many, needed) for _, json_name, _, many, _, needed in model().elementProperties()}
        ours = {
            prop: (about["max"] != "1", about["min"] > 0)
            for element, about in r4.definitions()["types"][name].items()
            for prop, _ in r4._names({element: about})
        }
        assert ours == theirs, name


@cache
def asked_and_compiled(code):
    definition = load(code) if code in OURS else read(made_up(code)).definition
    theirs = [compiled(expression_of(scale, definition), models["r4"]) for scale in definition.scales]
    return definition, read(questionnaire(definition, "nl")).calculations, theirs


@settings(deadline=None, max_examples=50)  # the other evaluator is slow
@given(st.sampled_from(ASKED), st.data())
def test_calculated_items_give_the_score_to_the_bit_here_and_in_fhirpathpy(code, data):
    definition, calculations, peers = asked_and_compiled(code)
    answers = data.draw(answers_to(definition))
    filled = json.loads(json.dumps(response(definition, answers, at=AT, language="nl")))
    filled["item"] = [entry for entry in filled.get("item", []) if not entry["linkId"].startswith("score-")]
    if not filled["item"]:
        del filled["item"]
    kept = answers_of(definition, filled)
    ours = work_out(calculations, filled)
    for peer, found in zip(peers, score(definition, kept), strict=True):
        theirs = peer(filled, {"resource": filled})
        assert bits(ours[f"score-{found.scale}"]) == bits(found.value)
        assert bits(float(theirs[0]) if theirs else None) == bits(found.value)


def changed(document, path, value):
    """A copy of the document with one element set, or taken away (None)."""
    copy = json.loads(json.dumps(document))
    *way, last = path
    place = copy
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return copy


QPR = made_up("qpr-15")
NO_R4 = [
    (("status",), None, "Questionnaire.status"),
    (("status",), "busy", "Questionnaire.status"),
    (("status",), 3, "Questionnaire.status"),
    (("title",), ["a"], "Questionnaire.title"),
    (("title",), "", "Questionnaire.title"),
    (("date",), "last week", "Questionnaire.date"),
    (("item", 0, "linkId"), None, "Questionnaire.item[0].linkId"),
    (("item", 2, "type"), "choise", "Questionnaire.item[2].type"),
    (("item", 2, "type"), "coding", "Questionnaire.item[2].type"),  # of R5
    (("item", 1, "answerConstraint"), "optionsOnly", "Questionnaire.item[1].answerConstraint"),  # of R5
    (("item", 1, "required"), "yes", "Questionnaire.item[1].required"),
    (("item", 1, "maxLength"), True, "Questionnaire.item[1].maxLength"),
    (("item", 1, "item"), [], "Questionnaire.item[1].item"),
    (("item", 1, "answerOption", 0, "valueCoding"), None, "Questionnaire.item[1].answerOption[0].value[x]"),
    (("item", 1, "answerOption", 0, "valueInteger"), 1, "Questionnaire.item[1].answerOption[0].value[x]"),
    (
        ("item", 1, "answerOption", 0, "extension", 0, "url"),
        None,
        "Questionnaire.item[1].answerOption[0].extension[0].url",
    ),
    (("item",), {"linkId": "1"}, "Questionnaire.item"),
    (("item", 0), "1", "Questionnaire.item[0]"),
    (("_item",), {}, "Questionnaire._item"),
]


@pytest.mark.parametrize(("path", "value", "where"), NO_R4)
def test_what_is_not_r4_is_refused_with_its_place(path, value, where):
    with pytest.raises(Refused) as refused:
        read(changed(QPR, path, value))
    assert where in {fault.where for fault in refused.value.faults}
    assert {fault.code for fault in refused.value.faults} == {"not_r4"}


OPTION = QPR["item"][0]["answerOption"]
BROKEN = [
    ("que-1", {"type": "group"}, ("answerOption",)),
    ("que-2", {"linkId": "2"}, ()),
    ("que-3", {"type": "display", "code": [{"code": "x"}]}, ("answerOption",)),
    ("que-4", {"answerValueSet": "https://example.org/vs"}, ()),
    ("que-5", {"type": "boolean"}, ()),
    ("que-6", {"type": "display", "required": True}, ("answerOption",)),
    (
        "que-8",
        {"type": "group", "item": [{"linkId": "g", "type": "display"}], "initial": [{"valueInteger": 1}]},
        ("answerOption",),
    ),
    ("que-9", {"type": "display", "readOnly": True}, ("answerOption",)),
    ("que-10", {"maxLength": 3}, ()),
    ("que-11", {"initial": [{"valueInteger": 1}]}, ()),
    ("que-12", {"enableWhen": [{"question": "2", "operator": "exists", "answerBoolean": True}] * 3}, ()),
    ("que-13", {"type": "integer", "initial": [{"valueInteger": 1}] * 2}, ("answerOption",)),
]
OUR_NAME = {"que-3": "que-1", "que-6": "que-1", "que-9": "que-1"}  # one rule of ours: what a display has not


@pytest.mark.parametrize(("rule", "changes", "without"), BROKEN, ids=[rule for rule, _, _ in BROKEN])
def test_a_broken_invariant_is_refused_by_its_name(rule, changes, without):
    entry = {name: value for name, value in (QPR["item"][0] | changes).items() if name not in without}
    document = changed(QPR, ("item", 0), entry)
    assert rule in broken(document)
    with pytest.raises(Refused) as refused:
        read(document)
    assert OUR_NAME.get(rule, rule) in {fault.code for fault in refused.value.faults}


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"[" * 100_000, "null", "[]", '"x"', '{"resourceType": "Patient"}']
)
def test_what_is_no_questionnaire_at_all_is_refused(text):
    with pytest.raises(Refused):
        read_text(text)
