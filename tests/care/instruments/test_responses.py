"""A QuestionnaireResponse is read for the version that was filled in, or refused with the reason."""

import json
from datetime import UTC, datetime

import pytest

from kring.care.measures.instruments import Refused, load
from kring.care.measures.instruments.writing import answers_of, questionnaire, response

LIFE = load("kring-life")
AT = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
GIVEN = {"work": 2, "work-wish": 2, "money": 4, "stigma": 1}


def written(answers=None):
    found = response(LIFE, GIVEN if answers is None else answers, at=AT, language="nl")
    return json.loads(json.dumps(found))


def refused(document):
    with pytest.raises(Refused) as caught:
        answers_of(LIFE, document)
    return [fault.code for fault in caught.value.faults]


def test_answers_come_back():
    assert answers_of(LIFE, written()) == GIVEN
    assert answers_of(LIFE, written({})) == {}


def test_what_was_not_asked_is_not_written():
    document = written({"money": 4, "money-wish": 1, "home": None})
    assert [entry["linkId"] for entry in document["item"]] == ["money", "score-money"]


def test_choices_and_scores_are_written_in_words_and_numbers():
    entries = {entry["linkId"]: entry["answer"][0] for entry in written()["item"]}
    assert entries["work"]["valueCoding"]["display"] == "Gaat wel"
    assert entries["score-stigma"] == {"valueDecimal": 3.0}


def test_a_response_to_an_older_version_says_so():
    document = written() | {"questionnaire": "urn:kring:instrument:kring-life|0.9"}
    with pytest.raises(Refused, match=r"version '0\.9' of kring-life, and this is version '1\.0'"):
        answers_of(LIFE, document)


@pytest.mark.parametrize(
    ("canonical", "code"),
    [
        ("urn:kring:instrument:kring-life", "version"),
        ("urn:kring:instrument:kring-checkin|1.0", "other"),
        ("https://example.org|1.0", "other"),
    ],
)
def test_a_response_to_something_else_is_refused(canonical, code):
    assert refused(written() | {"questionnaire": canonical}) == [code]


def entry(link_id, *answers, **more):
    return {"linkId": link_id, "answer": list(answers)} | more


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (entry("play", {"valueInteger": 1}), "no_item"),
        (entry("home", {"valueInteger": 9}), "out_of_range"),
        (entry("home", {"valueString": "2"}), "out_of_range"),
        (entry("home", {"valueDecimal": 1.5}), "out_of_range"),
        (entry("home", {"valueCoding": {"code": "9"}}), "out_of_range"),
        (entry("home", {"valueInteger": 1}, {"valueInteger": 2}), "repeats"),
        (entry("work", {"valueInteger": 1}), "repeats"),  # it is there already
        (entry("home", {"valueInteger": 1}, item=[{"linkId": "x"}]), "qrs-1"),
        (entry("money-wish", {"valueInteger": 1}), "not_asked"),
        (entry("score-home", {"valueDecimal": 3.0}), "score"),
        ({"answer": [{"valueInteger": 1}]}, "not_r4"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_refused(item, code):
    document = written()
    document["item"].append(item)
    assert code in refused(document)


def test_a_score_that_the_answers_do_not_give_is_refused():
    document = written()
    document["item"][-1]["answer"][0]["valueDecimal"] = 4.0
    assert refused(document) == ["score"]


@pytest.mark.parametrize(("status", "code"), [("in-progress", "status"), ("stopped", "status"), ("done", "not_r4")])
def test_only_what_was_completed_is_read(status, code):
    assert refused(written() | {"status": status}) == [code]


def test_answers_may_lie_in_groups_and_name_only_a_code():
    document = written({})
    inner = entry("home", {"valueCoding": {"code": "3"}})
    document["item"] = [{"linkId": "g", "item": [inner]}]
    assert answers_of(LIFE, document) == {"home": 3}


def test_without_words_there_is_nothing_to_write():
    with pytest.raises(Refused, match="the words of qpr-15 are not here"):
        questionnaire(load("qpr-15"), "nl")
