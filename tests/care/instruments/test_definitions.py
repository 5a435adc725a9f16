"""Every shipped scoring definition: its shape, and that what it says of its own ranges is true."""

import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest

from kring.care.measures.instruments import Condition, Item, Refused, asked, codes, load, score
from kring.care.measures.instruments.definition import FOLDER, parse, shelf

SCHEMA = json.loads((FOLDER.parent / "definition.schema.json").read_bytes())
OURS = ("kring-checkin", "kring-life", "kring-naaste")
FILES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_definition_has_the_declared_shape(path):
    document = json.loads(path.read_bytes())
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert path.stem == f"{document['code']}@{document['version']}"


@pytest.mark.parametrize("code", codes())
def test_every_scale_reaches_both_ends_of_its_range_and_no_further(code):
    definition = load(code)
    for end in ("low", "high"):
        answers = {item.link_id: _answer(item, end) for item in definition.items}
        for scale, found in zip(definition.scales, score(definition, answers), strict=True):
            assert found.rule == ("complete" if scale.items else "entered")
            assert found.value == (getattr(scale, end) if scale.items else None), (scale.code, end)


def _answer(item, end):
    units = [units for units in range(item.low * item.unit, item.high * item.unit + 1) if item.takes(units)]
    return (min if end == "low" else max)(units, key=item.points) / item.unit


@pytest.mark.parametrize("code", codes())
def test_every_item_is_in_a_scale_or_said_to_be_in_none(code):
    definition = load(code)
    in_scales = {link_id for scale in definition.scales for link_id in scale.items}
    assert {item.link_id for item in definition.items if not item.optional} == in_scales


@pytest.mark.parametrize("code", codes())
def test_only_our_own_instruments_carry_words_and_ours_are_not_called_validated(code):
    definition = load(code)
    assert definition.has_text == (code in OURS)
    assert code not in OURS or not definition.validated
    assert all(item.text is None and item.choices is None for item in definition.items) or code in OURS


@pytest.mark.parametrize("code", OURS)
def test_our_own_words_are_short_plain_and_there_in_both_languages(code):
    definition = load(code)
    words = [definition.title, definition.about, definition.intro, *(item.text for item in definition.items)]
    words += [scale.title for scale in definition.scales]
    words += [choice.label for item in definition.items for choice in item.choices]
    for text in words:
        assert set(text) == {"nl", "en"}
        for one in text.values():
            assert "!" not in one
            assert max(len(sentence.split()) for sentence in re.split("[.?]", one)) <= 15, one
        assert not {"u", "uw", "patiënt", "cliënt", "stoornis"} & set(re.findall(r"\w+", text["nl"].lower()))


@pytest.mark.parametrize("code", codes())
def test_a_scale_without_verified_figures_says_so_in_the_notes(code):
    definition = load(code)
    lacking = [scale.code for scale in definition.scales if scale.reliability is None or scale.sd is None]
    assert not lacking or not definition.validated or any("not verified" in note for note in definition.notes)


def test_a_figure_of_people_whom_the_file_does_not_describe_is_refused():
    document = json.loads((FOLDER / "nel@2017.json").read_bytes())
    del document["populations"]
    with pytest.raises(Refused, match="a figure is of 'smi-nl'"):
        parse(document)


def test_the_page_about_instruments_names_each_of_them():
    page = Path("docs/instruments.md").read_text()
    assert [code for code in codes() if f"`{code}`" not in page] == []


def test_the_newest_version_is_loaded_unless_another_is_named():
    assert load("kring-checkin").version == shelf()["kring-checkin"][-1]
    assert load("kring-checkin", "1.0").code == "kring-checkin"


@pytest.mark.parametrize(("code", "version", "named"), [("qpr", None, "qpr"), ("kring-life", "0.1", "0.1")])
def test_what_is_not_there_is_refused_by_name(code, version, named):
    with pytest.raises(Refused, match=named):
        load(code, version)


def test_a_definition_that_names_items_it_lacks_is_refused_with_all_of_them():
    document = json.loads((FOLDER / "kring-life@1.0.json").read_bytes())
    document["scales"][0]["items"] = ["play"]
    document["items"][1]["enableWhen"][0]["item"] = "rest"
    document["scales"][1]["atLeast"] = 2
    with pytest.raises(Refused) as refused:
        parse(document)
    assert [fault.where for fault in refused.value.faults] == ["scale work", "item work-wish", "scale money"]


@pytest.mark.parametrize(
    ("link_id", "worths"), [("D9.9", [0, 1, 1, 2, 2]), ("D1.5", [0, 1, 2]), ("D5.5", [0, 1, 1, 2, 2])]
)
def test_a_recoding_that_does_not_fit_its_item_is_refused_by_name(link_id, worths):
    document = json.loads((FOLDER / "whodas-36@2.0.json").read_bytes())
    document["recodes"]["other"] = worths
    document["scales"][-1]["recode"][link_id] = "other"
    with pytest.raises(Refused, match=re.escape(f"scale complex-32: its recoding of {link_id!r} does not fit")):
        parse(document)


def test_a_missing_item_is_never_filled_with_the_mean_of_items_of_another_range():
    document = json.loads((FOLDER / "facts-2017@2017.json").read_bytes())
    document["scales"][0]["atLeast"] = 1
    with pytest.raises(Refused, match="another range"):
        parse(document)


def test_a_wish_is_asked_only_where_there_is_something_to_wish():
    life = load("kring-life")
    assert [item.link_id for item in asked(life, {})] == ["work", "money", "home", "contact", "stigma"]
    shown = {item.link_id for item in asked(life, {"work": 3, "money": 4, "stigma": 1})}
    assert shown - {"work", "money", "home", "contact", "stigma"} == {"work-wish", "stigma-wish"}


def test_without_an_answer_only_not_equal_and_not_exists_hold():
    """R4, code system questionnaire-enable-operator. What is not asked itself counts as not answered."""
    relations = [("=", 1), ("!=", 1), ("<", 3), (">=", 0), ("exists", 1), ("exists", 0)]
    first = Item("a", 0, 4, enable_when=(Condition("start", "=", 1),))
    others = [Item(f"{r}{v}", 0, 4, enable_when=(Condition("a", r, v),)) for r, v in relations]
    definition = replace(load("kring-life"), items=(Item("start", 0, 1), first, *others), scales=())

    def shown(**answers):
        return [item.link_id for item in asked(definition, answers)][2 if answers.get("start") else 1 :]

    assert shown(start=1) == ["!=1", "exists0"]
    assert shown(start=1, a=1) == ["=1", "<3", ">=0", "exists1"]
    assert shown(start=1, a=4) == ["!=1", ">=0", "exists1"]
    assert shown(a=1) == ["!=1", "exists0"]


def test_a_score_is_the_float_nearest_to_the_exact_fraction():
    naaste = load("kring-naaste")
    found = score(naaste, {"rest": 1, "own-life": 2, "support": 2, "worry": 0, "alone": 4, "strain": 1})
    assert found[0].value == float(Fraction(1 + 2 + 2 + 4 + 0 + 3, 6))
