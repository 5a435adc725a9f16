"""What the three readers share: what was read, what was not, and words without markup."""

import dataclasses
import math
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from django.utils.text import slugify

Question = dict[str, Any]
TRUE_FALSE = {"nl": ["Waar", "Niet waar"], "en": ["True", "False"]}


class Unreadable(Exception):
    """The file as a whole cannot be read; the text says why."""


@dataclasses.dataclass(frozen=True)
class Unread:
    """One question that cannot be asked here: its name, its type as the file says it, and why."""

    name: str
    kind: str
    why: str = "we do not ask questions of this type"


@dataclasses.dataclass
class Read:
    questions: list[Question] = dataclasses.field(default_factory=list)
    unread: list[Unread] = dataclasses.field(default_factory=list)

    def add(self, found: Question | Unread) -> None:
        if isinstance(found, Unread):
            self.unread.append(found)
            return
        known = {each["key"] for each in self.questions}
        base = found["key"] or f"q{len(self.questions) + 1}"
        key, number = base, 2
        while key in known:
            key, number = f"{base}-{number}", number + 1
        self.questions.append({**found, "key": key})

    @classmethod
    def joined(cls, parts: Iterable["Read"]) -> "Read":
        whole = cls()
        for part in parts:
            for question in part.questions:
                whole.add(question)
            whole.unread += part.unread
        return whole


def question(
    name: str, kind: str, right: list[Any], language: str, text: str, *, choices: list[str] | None = None,
    explanation: str = "", **more: Any,
) -> Question:  # fmt: skip
    if kind == "numeric" and not all(map(math.isfinite, [*right, more.get("tolerance", 0)])):
        raise ValueError(f"{name}: no number that anybody can answer")
    said: dict[str, Any] = {"text": text} | ({"choices": choices} if choices else {})
    said |= {"explanation": explanation} if explanation else {}
    return {"key": slugify(name)[:60], "type": kind, "right": right, language: said, **more}


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("p", "br", "li", "div"):
            self.found.append(" ")
        if tag == "img":
            self.found.append(" [picture] ")


def without_markup(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.found).split())
