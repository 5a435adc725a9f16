"""The words of an instrument as they can be asked in one circle: ours, or those that an organisation loaded."""

import dataclasses
import functools
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kring.care.measures import policy
from kring.care.measures.instruments import Definition, Item, Refused, Scale, asked, codes, load
from kring.care.measures.instruments.calculated import work_out
from kring.care.measures.instruments.questionnaire import Loaded, answered_in, calculated_texts
from kring.care.measures.loading import whole
from kring.care.measures.models import FilledIn, LoadedInstrument

LANGUAGES = ("nl", "en")
ABOUT_STAFF = ("raq-7", "rki")
"""What care workers fill in about themselves: no line of a client's progress."""


@dataclasses.dataclass(frozen=True)
class Question:
    """One question in the words in which it is asked, with its answers: what each counts for, and its label.

    Without choices the answer is a number from `low` to `high`.
    """

    link_id: str
    text: str
    choices: tuple[tuple[float, str], ...]
    low: int
    high: int
    decimals: int = 0

    def label(self, answer: Any) -> str:
        """An answer in words."""
        return dict(self.choices).get(answer, "" if answer is None else str(answer))


@dataclasses.dataclass(frozen=True)
class Asking:
    """An instrument in one language and one version: how it is scored, and what is asked."""

    definition: Definition
    version: str
    language: str
    intro: str
    questions: tuple[Question, ...]
    loaded: Loaded | None = None  # the file of an organisation, which may calculate things itself

    def asked(self, answers: Mapping[str, Any]) -> list[Question]:
        """The questions that come, given the answers so far."""
        wanted = {item.link_id for item in asked(self.definition, answers)}
        return [question for question in self.questions if question.link_id in wanted]


def in_words(words: Mapping[str, str] | None, language: str = "") -> str:
    """One text of a definition, in this language or the one that is active."""
    if not words:
        return ""
    wanted = language or (translation.get_language() or "nl")[:2]
    return words.get(wanted) or next(iter(words.values()))


def definition_of(code: str, version: str = "") -> Definition | None:
    """How this version is scored; of a version that is not shipped any more, how the newest is."""
    for wanted in (version or None, None):
        try:
            return load(code, wanted)
        except Refused:
            continue
    return None


def title_of(code: str) -> str:
    found = definition_of(code)
    return in_words(found.title) if found else code


def scale_title(scale: Scale) -> str:
    return in_words(scale.title)


def for_respondent(respondent: str) -> list[Definition]:
    """The instruments that such a person fills in, those with words of our own first."""
    about_circle = (load(code) for code in codes() if code not in ABOUT_STAFF)
    found = [definition for definition in about_circle if respondent in definition.respondents]
    return sorted(found, key=lambda definition: (not definition.has_text, in_words(definition.title)))


def asking(circle_id: uuid.UUID, code: str, language: str, version: str = "") -> Asking | None:
    """What can be asked here; None where nobody loaded the words of this instrument, or of this version of it."""
    definition = definition_of(code)
    if definition is not None and definition.has_text:
        return _ours(code, language, version)
    loaded = policy.loaded_for(circle_id).filter(code=code).order_by("-loaded_at")
    wanted = [text for text in loaded if version in ("", text.version)]
    best = sorted(wanted, key=lambda text: text.language != language)
    return _loaded(best[0]) if best else None


def of_filled(circle_id: uuid.UUID, code: str, filled: FilledIn) -> Asking | None:
    """The very words that somebody began with: the same version, in the same language."""
    found = asking(circle_id, code, filled.language, filled.instrument_version)
    return found if found is not None and found.language == filled.language else None


@functools.cache
def _ours(code: str, language: str, version: str) -> Asking | None:
    try:
        return _asking(load(code, version or None), language)
    except Refused:
        return None


def _loaded(text: LoadedInstrument) -> Asking:
    loaded = whole(text)
    return dataclasses.replace(_asking(loaded.definition, text.language), loaded=loaded)


def worked_out(asking: Asking, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a loaded questionnaire calculates itself, in its own words; what cannot be worked out says so."""
    if asking.loaded is None or not asking.loaded.calculations:
        return []
    given = {q.link_id: answers.get(q.link_id) for q in asking.asked(answers)}
    titles = {name: in_words(words, asking.language) for name, words in calculated_texts(asking.loaded).items()}
    try:
        found = work_out(asking.loaded.calculations, answered_in(asking.loaded, given))
    except Refused:
        return [(title, _("cannot be worked out")) for title in titles.values()]
    return [(title, _result(found.get(name))) for name, title in titles.items()]


def _result(value: float | str | bool | None) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return str(number_format(round(value, 2), decimal_pos=None if value != int(value) else 0))
    return value or "–"


def _asking(definition: Definition, language: str) -> Asking:
    questions = tuple(_question(item, language) for item in definition.items)
    return Asking(definition, definition.version, language, in_words(definition.intro, language), questions)


def _question(item: Item, language: str) -> Question:
    choices = ((choice.value / item.unit, in_words(choice.label, language)) for choice in item.choices or ())
    numbers = tuple((int(value) if value == int(value) else value, label) for value, label in choices)
    return Question(item.link_id, in_words(item.text, language), numbers, item.low, item.high, item.decimals)
