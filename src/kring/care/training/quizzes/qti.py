"""QTI 2.x and 3 items (1EdTech): choices, and one text entry with named right answers. Other interactions are named."""

from collections.abc import Iterator
from typing import Any

from kring.care.training.quizzes.common import Question, Read, Unread, question, without_markup


def plain(tag: Any) -> str:
    """The name of an element without namespace; QTI 3's `qti-simple-choice` is QTI 2's `simpleChoice`."""
    name = str(tag).rpartition("}")[2].lower()
    return name.removeprefix("qti-").replace("-", "")


def read(root: Any, language: str) -> Read:
    found = Read()
    items = [root] if plain(root.tag) == "assessmentitem" else [*_all(root, "assessmentitem")]
    for number, item in enumerate(items, start=1):
        name = item.get("title") or item.get("identifier") or f"question {number}"
        found.add(_one(item, name, language))
    return found


def _all(element: Any, name: str) -> Iterator[Any]:
    return (each for each in element.iter() if plain(each.tag) == name)


def _first(element: Any, name: str) -> Any | None:
    return next(_all(element, name), None)


def _one(item: Any, name: str, language: str) -> Question | Unread:
    body = _first(item, "itembody")
    if body is None:
        return Unread(name, "item without a body")
    interactions = [each for each in body.iter() if plain(each.tag).endswith("interaction")]
    kinds = [plain(each.tag) for each in interactions]
    right = [(value.text or "").strip() for part in _all(item, "correctresponse") for value in _all(part, "value")]
    if kinds == ["choiceinteraction"]:
        return _choice(item, body, interactions[0], right, name, language)
    if kinds == ["textentryinteraction"]:
        return _entry(item, body, right, name, language)
    return Unread(name, " + ".join(kinds) or "item without an interaction")


def _choice(item: Any, body: Any, asked: Any, right: list[str], name: str, language: str) -> Question | Unread:
    choices = list(_all(asked, "simplechoice"))
    names = [each.get("identifier") for each in choices]
    if not right or not set(right) <= set(names):
        return Unread(name, "choiceinteraction", "it does not say which answer is right")
    declared = _first(item, "responsedeclaration")
    several = declared is not None and declared.get("cardinality") == "multiple"
    texts = [_words(each, leave=("feedbackinline",)) for each in choices]
    return question(
        name, "multiple" if several else "single", [names.index(each) for each in right], language,
        _words(body, leave=("simplechoice",)), choices=texts, explanation=_told(item),
    )  # fmt: skip


def _entry(item: Any, body: Any, right: list[str], name: str, language: str) -> Question | Unread:
    declared = _first(item, "responsedeclaration")
    base = declared.get("base-type") or declared.get("baseType") if declared is not None else None
    if not right:
        return Unread(name, "textentryinteraction", "it does not say which answer is right")
    text = _words(body, blank="textentryinteraction")
    if base in ("float", "integer"):
        return question(name, "numeric", [float(each) for each in right], language, text, tolerance=0)
    return question(name, "short", right, language, text, explanation=_told(item))


def _told(item: Any) -> str:
    feedback = _first(item, "modalfeedback")
    return _words(feedback) if feedback is not None else ""


def _words(element: Any, leave: tuple[str, ...] = (), blank: str = "") -> str:
    """The words in an element, without those in some of its parts; a place to fill in is a line."""
    return without_markup(" ".join(_run(element, leave, blank)))


def _run(element: Any, leave: tuple[str, ...], blank: str) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if plain(child.tag) == blank:
            yield "_____"
        elif plain(child.tag) not in leave:
            yield from _run(child, leave, blank)
        yield child.tail or ""
