"""Writing an instrument as a FHIR Questionnaire (R4) and a filled-in one as a QuestionnaireResponse; reading one back.

The scores stand in both as calculated items, so that any other program that knows SDC works out the same.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from kring.care.measures.instruments import r4
from kring.care.measures.instruments.asking import RELATIONS, asked
from kring.care.measures.instruments.calculated import CALCULATED, FHIRPATH
from kring.care.measures.instruments.definition import Choice, Condition, Definition, Item, Scale, Words
from kring.care.measures.instruments.faults import Fault, Refused, refuse
from kring.care.measures.instruments.fhirpath_values import ORDINAL
from kring.care.measures.instruments.questionnaire import SYSTEM, TRANSLATION
from kring.care.measures.instruments.scoring import Answer, points_of, score, units_of

SCORE = "score-"  # linkIds of calculated items
SUM = ".select($this + 0).sum()"  # fhirpathpy 2.2 cannot sum answers, but it can sum sums
Json = dict[str, Any]


def canonical(definition: Definition) -> str:
    """How a response names the instrument and version it answers."""
    return f"{SYSTEM}:{definition.code}|{definition.version}"


def questionnaire(definition: Definition, language: str) -> Json:
    """The instrument as a Questionnaire in this language, with the others as translations."""
    if not definition.has_text:
        raise refuse("no_text", f"the words of {definition.code} are not here.", "item", "Load its text first.")
    url = canonical(definition).split("|")[0]
    return {
        "resourceType": "Questionnaire",
        "url": url,
        "version": definition.version,
        "name": "".join(part.capitalize() for part in definition.code.split("-")),
        **_said("title", definition.title, language),
        "status": "active",
        "language": language,
        **_said("description", definition.intro, language),
        "code": [{"system": SYSTEM, "code": definition.code, "version": definition.version}],
        "item": [
            *(_question(item, definition, language) for item in definition.items),
            *(_calculated(scale, definition, language) for scale in definition.scales if scale.items),
        ],
    }


def _said(name: str, words: Words | None, language: str) -> Json:
    """A text under its name, and its translations beside it."""
    if not words:
        return {}
    text = words.get(language) or next(iter(words.values()))
    others = [
        {
            "url": TRANSLATION,
            "extension": [{"url": "lang", "valueCode": code}, {"url": "content", "valueString": other}],
        }
        for code, other in words.items()
        if code != language
    ]
    return {name: text, **({f"_{name}": {"extension": others}} if others else {})}


def _question(item: Item, definition: Definition, language: str) -> Json:
    found: Json = {"linkId": item.link_id, **_said("text", item.text, language), "type": _type(item)}
    if item.enable_when:
        either = item.enable_any or len(item.enable_when) == 1
        found["enableWhen"] = [e for c in item.enable_when for e in _condition(c, definition, language, either)]
        found["enableBehavior"] = "any" if either else "all"
    if item.choices:
        found["answerOption"] = [
            {"valueCoding": _coding(choice, item, definition, language)} for choice in item.choices
        ]
    return found


def _type(item: Item) -> str:
    if item.choices:
        return "choice"
    return "decimal" if item.decimals else "integer"


def _coding(choice: Choice, item: Item, definition: Definition, language: str) -> Json:
    system = f"{canonical(definition).split('|')[0]}:choice"
    code = _code(choice, item)
    worth = [{"url": ORDINAL, "valueDecimal": float(code) if item.decimals else int(code)}]
    return {"extension": worth, "system": system, "code": code, **_said("display", choice.label, language)}


def _code(choice: Choice, item: Item) -> str:
    """The number that a choice counts, as it is written; it serves as its code too."""
    return str(choice.value / item.unit) if item.decimals else str(choice.value)


def _condition(condition: Condition, definition: Definition, language: str, either: bool) -> Iterator[Json]:
    """A condition as R4 has it. Choices have no order there: "at most 3" becomes one of these, or none of those."""
    item, entry = definition.item(condition.item), {"question": condition.item}
    if condition.operator == "exists":
        yield {**entry, "operator": "exists", "answerBoolean": bool(condition.value)}
    elif not item.choices:
        yield {**entry, "operator": condition.operator, "answerInteger": condition.value}
    else:
        holds = RELATIONS[condition.operator]
        if not either and condition.operator != "!=":
            yield {**entry, "operator": "exists", "answerBoolean": True}
        for choice in item.choices:
            if bool(holds(choice.value, condition.value * item.unit)) == either:
                coding = _coding(choice, item, definition, language)
                plain = {name: coding[name] for name in ("system", "code", "display")}
                yield {**entry, "operator": "=" if either else "!=", "answerCoding": plain}


def _calculated(scale: Scale, definition: Definition, language: str) -> Json:
    expression = {"language": FHIRPATH, "expression": expression_of(scale, definition)}
    return {
        "extension": [{"url": CALCULATED, "valueExpression": expression}],
        "linkId": SCORE + scale.code,
        **_said("text", scale.title, language),
        "type": "decimal",
        "readOnly": True,
    }


def expression_of(scale: Scale, definition: Definition) -> str:
    """The scoring rule of a scale in FHIRPath, in terms of the answers to its items."""
    items = [definition.item(link_id) for link_id in scale.items]
    weighed = [item for item in items if item.link_id in scale.recode]
    up = _answers([item for item in items if not item.reversed and item not in weighed])
    down = _answers([item for item in items if item.reversed])
    count = " + ".join(f"{part}.count()" for part in (up, down, _answers(weighed)) if part)
    total = f"{up}{SUM}" if up else "0"
    for ends, group in _by_ends([item for item in items if item.reversed]).items():
        total += f" + {ends} * {_answers(group)}.count() - {_answers(group)}{SUM}"
    total += "".join(_weighed(scale, weighed))
    return f"iif({count} >= {scale.at_least}, {_combined(scale, f'({total})', f'({count})', items)})"


def _weighed(scale: Scale, items: list[Item]) -> Iterator[str]:
    """What recoded items add: each worth as often as an answer has it."""
    for low, worths in dict.fromkeys((item.low, scale.recode[item.link_id]) for item in items):
        group = [item for item in items if (item.low, scale.recode[item.link_id]) == (low, worths)]
        for worth in dict.fromkeys(filter(None, worths)):
            having = " | ".join(str(low + n) for n, one in enumerate(worths) if one == worth)
            yield f" + {worth} * {_answers(group)}.where($this in ({having})).count()"


def _by_ends(items: list[Item]) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = {}
    for item in items:
        found.setdefault(item.low + item.high, []).append(item)
    return found


def _answers(items: list[Item]) -> str:
    """The path to the numbers that the answers to these items count; empty without items."""
    if not items:
        return ""
    names = " | ".join(f"'{item.link_id}'" for item in items)
    worth = f".extension('{ORDINAL}').value" if items[0].choices else ""
    return f"%resource.item.where(linkId in ({names})).answer.value{worth}"


def _combined(scale: Scale, total: str, count: str, items: list[Item]) -> str:
    """One division of whole numbers at most, so that evaluators with binary numbers find the same bits."""
    of, complete = len(items), scale.at_least == len(items)
    if scale.combine == "sum":
        return total if complete else f"{total} * {of} / {count}"
    if scale.combine == "mean":
        return f"{total} / {count}"
    least, most = map(sum, zip(*map(scale.ends, items), strict=True))
    if complete:
        return f"100 * ({total} - {least}) / {most - least}"
    return f"100 * ({total} * {of} - {least} * {count}) / ({most - least} * {count})"


def response(definition: Definition, answers: Mapping[str, Answer], *, at: datetime, language: str) -> Json:
    """A filled-in instrument as a QuestionnaireResponse. What was not asked or not answered is not in it."""
    points_of(definition, answers)
    given = [(item, answers.get(item.link_id)) for item in asked(definition, answers)]
    kept = {item.link_id: answer for item, answer in given if answer is not None}
    scored = [(found.scale, found.value) for found in score(definition, kept) if found.value is not None]
    entries: list[Json] = [
        *({"linkId": i.link_id, "answer": [_value(i, a, definition, language)]} for i, a in given if a is not None),
        *({"linkId": SCORE + scale, "answer": [{"valueDecimal": value}]} for scale, value in scored),
    ]
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": canonical(definition),
        "status": "completed",
        "language": language,
        "authored": at.isoformat(),
        **({"item": entries} if entries else {}),  # R4 knows no empty lists
    }


def _value(item: Item, answer: Any, definition: Definition, language: str) -> Json:
    if item.choices:
        choice = next(choice for choice in item.choices if choice.value == units_of(item, answer))
        coding = _coding(choice, item, definition, language)
        return {"valueCoding": {name: value for name, value in coding.items() if name != "_display"}}
    return {"valueDecimal": float(answer)} if item.decimals else {"valueInteger": int(answer)}


def answers_of(definition: Definition, document: Any) -> dict[str, Answer]:
    """The answers in a QuestionnaireResponse; Refused lists everything that keeps it from being scored."""
    faults = r4.faults_of(document, "QuestionnaireResponse") or _of_another(definition, document)
    if faults:
        raise Refused(faults)
    found: dict[str, Answer] = {}
    for entry, path in _entries(document.get("item", []), "QuestionnaireResponse.item"):
        faults += _taken(definition, entry, path, found)
    if faults:
        raise Refused(faults)
    points_of(definition, found)
    _check_asked(definition, found)
    _check_scores(definition, document, found)
    return found


def _of_another(definition: Definition, document: Mapping[str, Any]) -> list[Fault]:
    """It must answer this instrument in this version: another version may ask and score differently."""
    url, _, version = str(document.get("questionnaire", "")).partition("|")
    where, ours = "QuestionnaireResponse.questionnaire", canonical(definition).partition("|")[0]
    if url != ours:
        return [Fault("other", f"it answers {url!r}, and this is {ours!r}.", where, "Choose that instrument.")]
    if version != definition.version:
        what = f"it answers version {version!r} of {definition.code}, and this is version {definition.version!r}."
        return [Fault("version", what, where, "Score it with the version that was filled in.")]
    if document["status"] not in ("completed", "amended"):
        what = f"its status is {document['status']}."
        return [Fault("status", what, "QuestionnaireResponse.status", "Give it when it is completed.")]
    return []


def _entries(items: list[Mapping[str, Any]], path: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    for number, entry in enumerate(items):
        here = f"{path}[{number}]"
        yield entry, f"{here} (linkId {entry['linkId']!r})"
        yield from _entries(entry.get("item", []), f"{here}.item")


def _taken(definition: Definition, entry: Mapping[str, Any], path: str, found: dict[str, Answer]) -> list[Fault]:
    link_id, values = entry["linkId"], entry.get("answer", [])
    if values and entry.get("item"):
        return [Fault("qrs-1", "it has answers and items.", path, "An item has one or the other.")]
    if link_id.startswith(SCORE) or not values:
        return []
    item = definition.by_link_id.get(link_id)
    if item is None:
        return [Fault("no_item", "this instrument has no such item.", path, "Remove it, or choose the instrument.")]
    if len(values) > 1 or link_id in found:
        return [Fault("repeats", "it has several answers, and a score needs one.", path, "Keep one.")]
    answer = _number(item, values[0])
    if answer is None or units_of(item, answer) is None:
        what = "its answer is none of those that can be given."
        return [Fault("out_of_range", what, path, f"Give an answer from {item.low} to {item.high}.")]
    found[link_id] = answer
    return []


def _number(item: Item, value: Mapping[str, Any]) -> Decimal | None:
    """What an answer counts: its ordinalValue, else the choice with its code, else the number it is."""
    coding = value.get("valueCoding")
    if coding is None:
        number = value.get("valueInteger", value.get("valueDecimal"))
        return None if number is None else Decimal(str(number))
    for extension in coding.get("extension", []):
        if extension.get("url") == ORDINAL and "valueDecimal" in extension:
            return Decimal(str(extension["valueDecimal"]))
    known = {_code(choice, item) for choice in item.choices or ()}
    return Decimal(coding["code"]) if coding.get("code") in known else None


def _check_asked(definition: Definition, found: Mapping[str, Answer]) -> None:
    hidden = set(found) - {item.link_id for item in asked(definition, found)}
    if hidden:
        what = "it was answered, but with these answers it is not asked."
        raise Refused([Fault("not_asked", what, link_id, "Remove the answer.") for link_id in sorted(hidden)])


def _check_scores(definition: Definition, document: Mapping[str, Any], found: Mapping[str, Answer]) -> None:
    """A score that stands in the document must be ours."""
    ours = {SCORE + one.scale: one.value for one in score(definition, found)}
    faults = []
    for entry, path in _entries(document.get("item", []), "QuestionnaireResponse.item"):
        given = [value.get("valueDecimal") for value in entry.get("answer", [])]
        if entry["linkId"].startswith(SCORE) and given != [ours.get(entry["linkId"])]:
            what = f"it says {given}, and the answers give {ours.get(entry['linkId'])}."
            faults.append(Fault("score", what, path, "Remove the score, or mend the answers."))
    if faults:
        raise Refused(faults)
