"""Moodle XML: https://docs.moodle.org/en/Moodle_XML_format (read 2026)."""

from typing import Any

from kring.care.training.quizzes.common import TRUE_FALSE, Question, Read, Unread, question, without_markup


def read(root: Any, language: str) -> Read:
    found = Read()
    for number, each in enumerate(root.findall("question"), start=1):
        kind = each.get("type", "")
        if kind == "category":  # a folder, no question
            continue
        found.add(_one(each, kind, _text(each, "name") or f"question {number}", language))
    return found


def _one(each: Any, kind: str, name: str, language: str) -> Question | Unread:
    reader = {"multichoice": _choice, "truefalse": _truth, "shortanswer": _short, "numerical": _numeric}.get(kind)
    return reader(each, name, language) if reader else Unread(name, kind)


def _text(each: Any, path: str) -> str:
    found = each.find(f"{path}/text")
    return without_markup(found.text or "") if found is not None else ""


def _answers(each: Any) -> list[tuple[str, float, str]]:
    """Words, points of a hundred, and what is said afterwards."""
    return [
        (without_markup(answer.findtext("text") or ""), float(answer.get("fraction", "0")), _text(answer, "feedback"))
        for answer in each.findall("answer")
    ]


def _told(each: Any, answers: list[tuple[str, float, str]]) -> str:
    general = _text(each, "generalfeedback")
    return general or " ".join(said for _words, points, said in answers if points > 0 and said)


def _choice(each: Any, name: str, language: str) -> Question | Unread:
    answers = _answers(each)
    one = (each.findtext("single") or "true").strip() in ("true", "1")
    best = max((points for _words, points, _said in answers), default=0)
    right = [at for at, (_words, points, _said) in enumerate(answers) if points > 0 and (not one or points == best)]
    if not right or (one and len(right) > 1):
        return Unread(name, "multichoice", "it does not say which one answer is right")
    choices = [words for words, _points, _said in answers]
    return question(
        name, "single" if one else "multiple", right, language, _text(each, "questiontext"), choices=choices,
        explanation=_told(each, answers),
    )  # fmt: skip


def _truth(each: Any, name: str, language: str) -> Question | Unread:
    answers = _answers(each)
    right = [words.strip().lower() for words, points, _said in answers if points == 100]
    if right not in (["true"], ["false"]):
        return Unread(name, "truefalse", "it does not say which answer is right")
    return question(
        name, "single", [0 if right == ["true"] else 1], language, _text(each, "questiontext"),
        choices=list(TRUE_FALSE[language]), explanation=_told(each, answers),
    )  # fmt: skip


def _short(each: Any, name: str, language: str) -> Question | Unread:
    answers = _answers(each)
    right = [words for words, points, _said in answers if points == 100]
    if not right or any("*" in words for words in right):
        return Unread(name, "shortanswer", "its answers have wildcards, or none is wholly right")
    said = _told(each, answers)
    return question(name, "short", right, language, _text(each, "questiontext"), explanation=said)


def _numeric(each: Any, name: str, language: str) -> Question | Unread:
    found = [answer for answer in each.findall("answer") if float(answer.get("fraction", "0")) == 100]
    try:
        right = [float(answer.findtext("text") or "") for answer in found]
        tolerances = {float(answer.findtext("tolerance") or 0) for answer in found}
    except ValueError:
        return Unread(name, "numerical", "its answer is no number")
    if not right or len(tolerances) > 1:
        return Unread(name, "numerical", "its answers have different tolerances, or none is wholly right")
    said = _told(each, _answers(each))
    text = _text(each, "questiontext")
    return question(name, "numeric", right, language, text, explanation=said, tolerance=tolerances.pop())
