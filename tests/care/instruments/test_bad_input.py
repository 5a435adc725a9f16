"""Whatever stands in a file: it is taken whole or refused with faults. Nothing else may come out, and no traceback."""

import copy
import json
import subprocess
import sys
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from kring.care.measures.instruments import Refused, load
from kring.care.measures.instruments.calculated import CALCULATED, VARIABLE, work_out
from kring.care.measures.instruments.questionnaire import read, read_text
from kring.care.measures.instruments.writing import answers_of, questionnaire, response
from tests.care.instruments.texts import made_up

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
WORDS = st.sampled_from(
    ["", "1", "2", "99", "choice", "group", "display", "exists", "=", "any", "active", "nl", "qpr-15"]
)


def rich():
    """A file with everything in it that can go wrong."""
    document = made_up("raq-7")
    expression = {
        "language": "text/fhirpath",
        "expression": "%resource.item.where(linkId = '1').answer.value.ordinal()",
    }
    variable = {"url": VARIABLE, "valueExpression": expression | {"name": "one"}}
    document["extension"] = [variable]
    document["item"][3] |= {
        "enableWhen": [
            {"question": "1", "operator": "exists", "answerBoolean": True},
            {"question": "2", "operator": "=", "answerCoding": {"code": "c2"}},
        ],
        "enableBehavior": "any",
    }
    calculated = {"url": CALCULATED, "valueExpression": expression | {"expression": "%one * 2"}}
    document["item"].append({"linkId": "twice", "type": "decimal", "readOnly": True, "extension": [calculated]})
    return document


def places(value, path=()):
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


@st.composite
def spoiled(draw, document):
    """The document with up to three places changed, removed or moved."""
    found = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(places(found)[1:]))
        holder = found
        for step in way:
            holder = holder[step]
        what = draw(st.sampled_from(["remove", "json", "word", "copy"]))
        if what == "remove":
            del holder[last]
        elif what == "copy":
            holder[last] = copy.deepcopy(_at(document, draw(st.sampled_from(places(document)))))
        else:
            holder[last] = draw(JSON if what == "json" else WORDS)
        if not found:
            break
    return found


def _at(document, path):
    for step in path:
        document = document[step]
    return document


def taken(work, *given):
    """What comes out, or the faults; anything else that is raised fails the test."""
    try:
        return work(*given), []
    except Refused as refused:
        return None, refused.faults


@settings(deadline=None, max_examples=300)
@given(spoiled(rich()))
def test_a_spoiled_questionnaire_is_read_or_refused(document):
    loaded, faults = taken(read_text, json.dumps(document))
    assert (loaded is None) == bool(faults)
    assert all(fault.what and fault.where and fault.remedy for fault in faults)
    if loaded:
        assert loaded.definition.has_text
        read(json.loads(json.dumps(questionnaire(loaded.definition, loaded.languages[0]))))  # what we took we can write


LIFE = load("kring-life")
FILLED = response(LIFE, {"work": 2, "work-wish": 1, "stigma": 3}, at=datetime(2026, 3, 5, tzinfo=UTC), language="nl")


@settings(deadline=None, max_examples=300)
@given(spoiled(json.loads(json.dumps(FILLED))))
def test_a_spoiled_response_is_read_or_refused(document):
    answers, faults = taken(answers_of, LIFE, json.loads(json.dumps(document)))
    assert (answers is None) == bool(faults)
    assert set(answers or {}) <= set(LIFE.by_link_id)


@settings(deadline=None)
@given(spoiled(json.loads(json.dumps(FILLED))))
def test_calculated_items_give_a_value_or_a_named_fault_on_any_response(document):
    if isinstance(document.get("item", []), list):  # else it is no response, and `answers_of` refuses it
        found, faults = taken(work_out, read(rich()).calculations, document)
        assert faults[0].where == "twice" if faults else set(found) == {"twice"}


def test_the_engine_is_plain_python():
    """No Django, and no NumPy until a batch is asked for: pages and the command line stay light."""
    names = "kring.care.measures.instruments.writing, kring.care.measures.instruments.change"
    program = f"import sys, {names}; print([m for m in ('django', 'numpy', 'jsonschema') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
