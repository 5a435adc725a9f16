"""Both languages are complete, say the same and speak plainly. `python -m tests.care.messages` mends the first."""

import re

import pytest

from tests.care import messages

ROOMS = sorted(messages.rooms())
CLIENT_FACING = ("circles", "plan", "meetings", "home")
PLACES = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
NEVER = re.compile(
    r"\b(pati[eë]nt\w*|casus|cli[eë]ntsyste+m\w*|interventies?|compliance|mantelzorg\w*)\b", re.IGNORECASE
)
SENTENCE_END = re.compile(r"[.?!:](?:\s|$)|\n")


def dutch(room):
    """Every Dutch text of a room, with its English."""
    for entry in messages.read(room).values():
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            yield entry, text


def sentences(text):
    """The sentences of a text that are long enough to be one (labels and buttons are not)."""
    for part in SENTENCE_END.split(re.sub(r"<[^>]+>|https?://\S+", " ", text)):
        words = [word for word in part.split() if any(letter.isalnum() for letter in word)]
        if len(words) > 2:
            yield words


@pytest.mark.parametrize("room", ROOMS)
def test_every_string_has_its_dutch_and_no_other_is_kept(room):
    known = messages.read(room)
    assert [key for key in messages.strings(room) if key not in known or not known[key].translated()] == []
    assert [entry.msgid for entry in known.values() if entry.fuzzy] == []
    assert set(known) - set(messages.strings(room)) == set()


@pytest.mark.parametrize("room", ROOMS)
def test_the_dutch_has_the_same_places_for_names_and_numbers(room):
    def places(text):
        return {a or b for a, b in PLACES.findall(text)}

    wrong = [text for entry, text in dutch(room) if places(text) != places(entry.msgid_plural or entry.msgid)
             and places(text) != places(entry.msgid)]  # fmt: skip
    assert wrong == []


def test_one_english_text_has_one_dutch_text_in_the_whole_house():
    """Django keeps all catalogues in one heap: of two translations, one would silently win."""
    heap = {}
    for room in ROOMS:
        for key, entry in messages.read(room).items():
            heap.setdefault(key, set()).add(entry.msgstr or tuple(entry.msgstr_plural.values()))
    assert {key: texts for key, texts in heap.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_nobody_is_shouted_at_and_clinic_words_are_not_used(room):
    assert [text for _entry, text in dutch(room) if "!" in text or NEVER.search(text)] == []
    assert [english for _context, english in messages.strings(room) if "!" in english] == []


@pytest.mark.parametrize("room", CLIENT_FACING)
def test_dutch_sentences_have_fifteen_words_or_fewer_on_average(room):
    lengths = [len(words) for _entry, text in dutch(room) for words in sentences(text)]
    if lengths:
        assert sum(lengths) / len(lengths) <= 15
    longest = [" ".join(words) for _entry, text in dutch(room) for words in sentences(text) if len(words) > 22]
    assert longest == []
