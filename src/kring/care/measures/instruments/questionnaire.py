"""Reading a Questionnaire: the words of an instrument that an organisation is licensed for.

A file is checked as a whole: R4 first (`r4`), then the rules between elements (`rules`), then whether it fits the
shipped scoring. Every fault is named with its place, and nothing is taken over from a file with a fault.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kring.care.measures.instruments import calculated, r4, rules
from kring.care.measures.instruments.definition import Choice, Condition, Definition, Item, Words, codes, load, shelf
from kring.care.measures.instruments.faults import Fault, Refused, refuse
from kring.care.measures.instruments.fhirpath_values import ORDINAL
from kring.care.measures.instruments.rules import Found, flat

SYSTEM = "urn:kring:instrument"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"
SAY = "Say which instrument it is, as code with system urn:kring:instrument"
HEADINGS = ("group", "display")
ANSWERED = ("choice", "integer", "decimal")


@dataclass(frozen=True)
class Loaded:
    """A Questionnaire that can be asked: the scoring with the words in it, and what the file calculates itself.

    `languages` begins with that of the file; the others are those that nothing lacks in.
    """

    definition: Definition
    url: str
    languages: tuple[str, ...]
    calculations: tuple[calculated.Calculation, ...]
    document: Mapping[str, Any]


def read_text(text: str | bytes) -> Loaded:
    """A Questionnaire from the bytes of a file."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refuse("not_json", f"this is no JSON: {error}.", "file", "Save the Questionnaire as JSON.") from None
    return read(document)


def read(document: Any) -> Loaded:
    """A Questionnaire that fits a shipped scoring definition; Refused lists everything that does not."""
    _raise(r4.faults_of(document, "Questionnaire"))
    found = list(flat(document.get("item", []), "Questionnaire.item"))
    _raise(rules.faults_of(document, found))
    definition = _definition_of(document)
    language = str(document["language"])
    calculations, faults = calculated.read(document, {one.link_id: one.entry for one in found})
    reader = _Reader(definition, found, language, calculated.link_ids(found))
    items = reader.items()
    _raise([*faults, *reader.faults])
    title = _words(document["title"], document.get("_title"), language) if "title" in document else definition.title
    intro = (
        _words(document["description"], document.get("_description"), language) if "description" in document else None
    )
    worded = replace(definition, items=items, title=title, intro=intro)
    return Loaded(worded, str(document.get("url", "")), _languages(worded, language), calculations, document)


def answered_in(loaded: Loaded, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as a QuestionnaireResponse in the file's own codes: what its expressions are about."""
    entries = [
        {"linkId": one.link_id, "answer": [_in_own_codes(one.entry, answers[one.link_id])]}
        for one in flat(loaded.document.get("item", []), "Questionnaire.item")
        if answers.get(one.link_id) is not None
    ]
    whole = {"resourceType": "QuestionnaireResponse", "status": "completed"}
    return {**whole, "item": entries} if entries else whole


def _in_own_codes(entry: Mapping[str, Any], answer: Any) -> dict[str, Any]:
    for option in entry.get("answerOption", []):
        if _points(option) == Decimal(str(answer)):
            return {name: value for name, value in option.items() if name in ("valueCoding", "valueInteger")}
    return {"valueInteger": int(answer)} if entry["type"] == "integer" else {"valueDecimal": float(answer)}


def calculated_texts(loaded: Loaded) -> dict[str, Words]:
    """The words of the items that the file calculates, in its order; those that it hides are not for reading."""
    computed = {calculation.link_id for calculation in loaded.calculations}
    return {
        one.link_id: _words(
            one.entry.get("text", one.link_id), one.entry.get("_text"), str(loaded.document["language"])
        )
        for one in flat(loaded.document.get("item", []), "Questionnaire.item")
        if one.link_id in computed and not _is_hidden(one.entry)
    }


def _is_hidden(entry: Mapping[str, Any]) -> bool:
    return any(extra.get("url") == HIDDEN and extra.get("valueBoolean") for extra in entry.get("extension", []))


def _raise(faults: list[Fault]) -> None:
    if faults:
        raise Refused(faults)


def _definition_of(document: Mapping[str, Any]) -> Definition:
    """The shipped scoring that the file names by its code."""
    named = [coding for coding in document.get("code", []) if coding.get("system") == SYSTEM]
    code = named[0].get("code", "") if len(named) == 1 else ""
    if code not in codes():
        what = f"{code!r} is no instrument that is scored here." if code else "it does not name one instrument."
        raise refuse("no_instrument", what, "Questionnaire.code", f"{SAY}. There are: {', '.join(codes())}.")
    version = named[0].get("version")
    if version is not None and version not in shelf()[code]:
        what = f"version {version!r} of {code} is not scored here."
        raise refuse("no_version", what, "Questionnaire.code", f"There are: {', '.join(shelf()[code])}.")
    definition = load(code, version)
    if not definition.items:
        what = f"of {code} only totals can be entered: its items are not scored here."
        raise refuse("no_items", what, "Questionnaire.code", "Enter totals instead of loading a text.")
    return definition


def _words(text: str, neighbour: Any, language: str) -> Words:
    """The text in its own language and in those of the translation extension."""
    found = {language: text}
    for extension in (neighbour or {}).get("extension", []):
        parts = {part["url"]: part for part in extension.get("extension", [])}
        if extension.get("url") == TRANSLATION and {"lang", "content"} <= set(parts):
            content = parts["content"]
            found[str(parts["lang"].get("valueCode"))] = str(
                content.get("valueString", content.get("valueMarkdown", ""))
            )
    return found


def _languages(definition: Definition, first: str) -> tuple[str, ...]:
    """The language of the file, and those that every question and choice is translated into."""
    said = [item.text or {} for item in definition.items]
    said += [choice.label for item in definition.items for choice in item.choices or ()]
    whole = set.intersection(*(set(words) for words in said))
    return (first, *sorted(whole - {first}))


class _Reader:
    """Puts the words of a file into a scoring definition, and keeps the faults."""

    def __init__(self, definition: Definition, found: list[Found], language: str, computed: set[str]) -> None:
        self.definition = definition
        self.found = {one.link_id: one for one in found}
        self.language = language
        self.computed = computed
        self.faults: list[Fault] = []

    def items(self) -> tuple[Item, ...]:
        """The items in the order of the file: the scored ones, and others that only are asked."""
        for link_id in self.definition.by_link_id:
            if link_id not in self.found:
                what = f"the scoring of {self.definition.code} needs the item {link_id!r}, which is not there."
                self.faults.append(Fault("no_item", what, "Questionnaire.item", "Give every scored item its linkId."))
            elif link_id in self.computed:
                what = "it is scored, so somebody must answer it, but the file calculates it."
                self.faults.append(self.found[link_id].fault("calculated", what, "Remove the calculatedExpression."))
        asked = [one for one in self.found.values() if one.entry["type"] not in HEADINGS]
        worded = [item for one in asked if one.link_id not in self.computed and (item := self._item(one))]
        values = {item.link_id: item for item in worded}
        return tuple(replace(item, **self._conditions(item.link_id, values)) for item in worded)

    def _item(self, one: Found) -> Item | None:
        if one.entry["type"] not in ANSWERED:
            what = f"questions of type {one.entry['type']} cannot be asked here."
            self.faults.append(one.fault("type", what, f"Use one of: {', '.join(ANSWERED)}."))
            return None
        if one.entry.get("repeats"):
            self.faults.append(
                one.fault("repeats", "it may have several answers, and a score needs one.", "Remove repeats.")
            )
        if not one.entry.get("text", "").strip():
            self.faults.append(one.fault("text", "it has no text.", "Add the text."))
        scored = self.definition.by_link_id.get(one.link_id)
        choices = self._choices(one, scored)
        text = _words(one.entry.get("text", ""), one.entry.get("_text"), self.language)
        if scored is not None:
            return replace(scored, text=text, choices=choices or None)
        if not choices:
            self.faults.append(
                one.fault("type", "an item without choices is in no score.", "Remove it, or give choices.")
            )
            return None
        values = [choice.value for choice in choices]
        return Item(one.link_id, min(values), max(values), optional=True, text=text, choices=choices)

    def _choices(self, one: Found, scored: Item | None) -> tuple[Choice, ...]:
        options = one.entry.get("answerOption", [])
        if one.entry["type"] == "choice" and not options:
            self.faults.append(one.fault("choices", "its choices are not in the file.", "Give them as answerOption."))
        found = [
            choice for number, option in enumerate(options) if (choice := self._choice(one, number, option, scored))
        ]
        for _value, count in Counter(choice.value for choice in found).items():
            if count > 1:
                what = f"{count} choices count the same, so an answer could not be told from another."
                self.faults.append(one.fault("choices", what, "Give each choice its own value."))
        return tuple(found)

    def _choice(self, one: Found, number: int, option: Mapping[str, Any], scored: Item | None) -> Choice | None:
        where = replace(one, path=f"{one.path}.answerOption[{number}]")
        value = _points(option)
        if value is None:
            what = "this choice has no value to count with."
            self.faults.append(where.fault("ordinal", what, f"Add the extension {ORDINAL}, or use valueInteger."))
            return None
        units = value * (scored.unit if scored else 1)
        if units != int(units) or (scored is not None and not scored.low <= value <= scored.high):
            limits = f" from {scored.low} to {scored.high}" if scored else ""
            kind = f"numbers with {scored.decimals} decimals" if scored and scored.decimals else "whole numbers"
            what = f"it counts {value}, and the scoring takes {kind}{limits}."
            self.faults.append(where.fault("out_of_range", what, "Mend the value."))
            return None
        coding = option.get("valueCoding", {})
        label = coding.get("display") or coding.get("code") or str(value)
        return Choice(int(units), _words(str(label), coding.get("_display"), self.language))

    def _conditions(self, link_id: str, values: Mapping[str, Item]) -> dict[str, Any]:
        one = self.found[link_id]
        found = []
        for condition in one.entry.get("enableWhen", []):
            made = self._condition(one, condition, values)
            if made:
                found.append(made)
        return {"enable_when": tuple(found), "enable_any": one.entry.get("enableBehavior") == "any"}

    def _condition(self, one: Found, entry: Mapping[str, Any], values: Mapping[str, Item]) -> Condition | None:
        other = values.get(entry["question"])
        if other is None or list(values).index(other.link_id) >= list(values).index(one.link_id):
            what = f"its condition looks at {entry['question']!r}, which is not asked before it."
            self.faults.append(one.fault("enableWhen", what, "Look at an item that comes earlier."))
            return None
        value = self._compared(entry, other)
        if value is None:
            what = f"its condition compares {other.link_id!r} with an answer that cannot be given there."
            self.faults.append(one.fault("enableWhen", what, "Use answerInteger, or a code of one of its choices."))
            return None
        return Condition(other.link_id, entry["operator"], value)

    def _compared(self, entry: Mapping[str, Any], other: Item) -> int | None:
        """The number that a condition compares with; a code stands for what its choice counts."""
        if entry["operator"] == "exists":
            return int(entry["answerBoolean"])
        if "answerCoding" in entry:
            options = self.found[other.link_id].entry.get("answerOption", [])
            wanted = entry["answerCoding"].get("code")
            points = [_points(option) for option in options if option.get("valueCoding", {}).get("code") == wanted]
            return int(points[0]) if points and points[0] is not None else None
        number = entry.get("answerInteger", entry.get("answerDecimal"))
        return int(number) if number is not None and number == int(number) else None


def _points(option: Mapping[str, Any]) -> Decimal | None:
    """What a choice counts: its ordinalValue, on the choice or on its coding, or the number it is."""
    coding = option.get("valueCoding", {})
    for holder in (option, coding):
        for extension in holder.get("extension", []):
            if extension.get("url") == ORDINAL and "valueDecimal" in extension:
                return Decimal(str(extension["valueDecimal"]))
    return Decimal(option["valueInteger"]) if "valueInteger" in option else None
