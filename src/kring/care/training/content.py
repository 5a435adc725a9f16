"""What each kind of part holds, in which words, and whether it is whole.

Words stand under their language (`nl`, `en`); one of the two is enough, and is then shown to everybody. The rest is
the same in all languages: minutes, the implications that say why the part is there, the questions' keys.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils import translation

from kring.care.training.models import PartKind

Content = dict[str, Any]
LANGUAGES = ("nl", "en")
OWN = uuid.UUID("0b1a3a66-3d1e-4f0e-9f53-2c1f4f8f1d55")
"""Keys of statements that somebody wrote come from their words: sent twice, it is the same statement."""
QUESTION_TYPES = ("single", "multiple", "short", "numeric")
NEEDS = {
    PartKind.LESSON: ("title", "body"),
    PartKind.WORKSHOP: ("title", "body"),
    PartKind.BOOSTER: ("title", "body"),
    PartKind.OBSERVATION: ("title",),
    PartKind.PRACTICE: ("title", "task"),
    PartKind.COACHING: ("title",),
    PartKind.READINESS: ("title",),
    PartKind.QUIZ: ("title",),
}


def words(content: Content, language: str | None = None) -> dict[str, Any]:
    """The words in the reader's language, or else in the language that is there; what is not said is empty."""
    wanted = (language or translation.get_language() or "nl").split("-")[0]
    for each in (wanted, *LANGUAGES):
        if content.get(each):
            return defaultdict(str, content[each])
    return defaultdict(str)


def title(content: Content, language: str | None = None) -> str:
    return str(words(content, language).get("title", ""))


def in_words(item: dict[str, Any], language: str | None = None) -> str:
    """One item of a list (readiness, observation), in the reader's language."""
    wanted = (language or translation.get_language() or "nl").split("-")[0]
    return str(item.get(wanted) or item.get("nl") or item.get("en") or "")


def renewed(items: list[dict[str, Any]], lines: list[str], language: str) -> list[dict[str, Any]]:
    """The items with these words. Words that stay as they were stay the same item, in both languages; other words are
    another item, as marks of two different statements are not counted together.
    """
    known = {in_words(item, language): item for item in items}
    return [known.get(line) or {"key": f"own-{uuid.uuid5(OWN, line).hex[:10]}", language: line} for line in lines]


def questions(content: Content) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = content.get("questions", [])
    return found


def question(content: Content, key: str) -> dict[str, Any] | None:
    return next((each for each in questions(content) if each["key"] == key), None)


def problems(kind: str, content: Content) -> list[str]:
    """What is missing or wrong, in plain English; empty when the content is whole."""
    spoken = [language for language in LANGUAGES if content.get(language)]
    found = [] if spoken else ["words in Dutch or in English are missing"]
    for language in spoken:
        missing = [need for need in NEEDS[PartKind(kind)] if not content[language].get(need)]
        found += [f"{language}: {need} is missing" for need in missing]
    if kind == PartKind.QUIZ:
        found += _quiz_problems(content, spoken)
    if kind in (PartKind.OBSERVATION, PartKind.READINESS) and not content.get("items"):
        found.append("items are missing")
    return found


def _quiz_problems(content: Content, spoken: list[str]) -> Iterator[str]:
    asked = questions(content)
    if not asked:
        yield "questions are missing"
    keys = [each.get("key") for each in asked]
    if len(set(keys)) < len(keys):
        yield "two questions have the same key"
    for each in asked:
        yield from (f"question {each.get('key')}: {wrong}" for wrong in _question_problems(each, spoken))


def _question_problems(asked: dict[str, Any], spoken: list[str]) -> Iterator[str]:
    kind, right = asked.get("type"), asked.get("right")
    if kind not in QUESTION_TYPES:
        yield f"its type is not one of {', '.join(QUESTION_TYPES)}"
        return
    said = [asked[language] for language in spoken if asked.get(language)]
    if not said or not all(each.get("text") for each in said):
        yield "its text is missing"
        return
    if not right:
        yield "no right answer is named"
    elif kind in ("single", "multiple"):
        yield from _choice_problems(kind, right, [each.get("choices", []) for each in said])


def _choice_problems(kind: str, right: list[int], choices: list[list[str]]) -> Iterator[str]:
    if len({len(each) for each in choices}) > 1:
        yield "the languages have different numbers of choices"
    if any(len(each) < 2 for each in choices):
        yield "it needs at least two choices"
    if kind == "single" and len(right) != 1:
        yield "it must have one right choice"
    if any(not 0 <= number < len(each) for number in right for each in choices):
        yield "a right answer is not among the choices"
