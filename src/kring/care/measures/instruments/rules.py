"""The rules of R4 between elements of a Questionnaire (its invariants que-1 to que-13), and what is not read here."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kring.care.measures.instruments.faults import Fault

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """An item of the file, with its place in it."""

    entry: Mapping[str, Any]
    path: str

    @property
    def link_id(self) -> str:
        return str(self.entry["linkId"])

    @property
    def where(self) -> str:
        return f"{self.path} (linkId {self.link_id!r})"

    def fault(self, code: str, what: str, remedy: str) -> Fault:
        return Fault(code, what, self.where, remedy)


def flat(items: Iterable[Entry], path: str) -> Iterator[Found]:
    """The items of a Questionnaire in reading order, those inside groups too."""
    for number, entry in enumerate(items):
        here = f"{path}[{number}]"
        yield Found(entry, here)
        yield from flat(entry.get("item", []), f"{here}.item")


LANGUAGE = re.compile("[a-z]{2}(-[A-Z]{2})?")
CHOSEN = {"choice", "open-choice", "decimal", "integer", "date", "dateTime", "time", "string", "quantity"}
LIMITED = {"boolean", "decimal", "integer", "string", "text", "url", "open-choice"}
NOT_ON_DISPLAY = ("item", "code", "required", "repeats", "readOnly")

Rule = tuple[str, Callable[[str, Entry], bool], str, str]
RULES: tuple[Rule, ...] = (
    ("que-1", lambda kind, e: kind == "group" and not e.get("item"), "a group has no items.", "Give it items."),
    (
        "que-1",
        lambda kind, e: kind == "display" and any(name in e for name in NOT_ON_DISPLAY),
        f"a display has one of {', '.join(NOT_ON_DISPLAY)}.",
        "Remove it.",
    ),
    (
        "que-4",
        lambda kind, e: "answerOption" in e and "answerValueSet" in e,
        "it has answerOption and answerValueSet.",
        "Keep answerOption.",
    ),
    (
        "que-5",
        lambda kind, e: kind not in CHOSEN and ("answerOption" in e or "answerValueSet" in e),
        "an item of this type has choices.",
        "Make it a choice.",
    ),
    (
        "que-8",
        lambda kind, e: kind in ("group", "display") and "initial" in e,
        "it has a first answer.",
        "Remove initial.",
    ),
    (
        "que-10",
        lambda kind, e: "maxLength" in e and kind not in LIMITED,
        "it has a longest answer.",
        "Remove maxLength.",
    ),
    (
        "que-11",
        lambda kind, e: "answerOption" in e and "initial" in e,
        "it has choices and a first answer.",
        "Mark a choice as initialSelected.",
    ),
    # que-12 says this for more than two conditions; with two it is just as unclear which is meant.
    (
        "que-12",
        lambda kind, e: len(e.get("enableWhen", [])) > 1 and "enableBehavior" not in e,
        "it has several conditions and does not say all or any.",
        "Add enableBehavior.",
    ),
    (
        "que-7",
        lambda kind, e: any(c["operator"] == "exists" and "answerBoolean" not in c for c in e.get("enableWhen", [])),
        "a condition 'exists' has no answerBoolean.",
        "Give true or false.",
    ),
    (
        "que-13",
        lambda kind, e: not e.get("repeats") and len(e.get("initial", [])) > 1,
        "it has several first answers.",
        "Keep one.",
    ),
    ("not_read", lambda kind, e: "modifierExtension" in e, "modifierExtension may change what it means.", "Remove it."),
)


def faults_of(document: Entry, found: list[Found]) -> list[Fault]:
    """Every broken rule, with its place."""
    counts = Counter(one.link_id for one in found)
    broken = [
        one.fault(code, what, remedy)
        for one in found
        for code, breaks, what, remedy in RULES
        if breaks(one.entry["type"], one.entry)
    ]
    doubles = [
        one.fault("que-2", "this linkId is there more than once.", "Give each item its own.")
        for one in found
        if counts[one.link_id] > 1
    ]
    return [*_of_document(document), *broken, *doubles]


def _of_document(document: Entry) -> Iterator[Fault]:
    language = document.get("language", "")
    if not LANGUAGE.fullmatch(language):
        what = f"its language is {language!r}." if language else "it does not say its language."
        yield Fault("language", what, "Questionnaire.language", "Write it as nl, en or nl-NL.")
    if document["status"] not in ("active", "draft"):
        what = f"the status is {document['status']}."
        yield Fault("status", what, "Questionnaire.status", "Load a version that is active.")
    for name in ("modifierExtension", "contained"):
        if name in document:
            what = f"{name} may change what it means, and is not read here."
            yield Fault("not_read", what, f"Questionnaire.{name}", "Remove it, or put its content in the items.")
