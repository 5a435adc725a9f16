"""The client's file as PDF: the same words as the readable form, set by Typst, which needs no library of the system."""

import functools
import json
from pathlib import Path

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kring.care.days import LONG, written
from kring.care.export.readable import Section, Told

HERE = Path(__file__).parent / "print"
COLUMNS, CELL = 4, 45
"""So many columns, and so many characters in a cell, read well across a page."""


def pdf(told: Told) -> bytes:
    """A tagged PDF (PDF/UA-1), so that it can be read aloud too."""
    words = {
        "language": get_language(),
        "title": told.title,
        "today": written(told.today, LONG),
        "sections": [
            {"title": section.title, "things": section.things, "table": _table(section)} for section in told.sections
        ],
        "looked": _("Who looked, and who changed something"),
        "days": [
            {"date": written(day.date, LONG), "lines": [f"{line.at:%H:%M} {line.words}" for line in day.lines]}
            for day in told.days
        ],
    }
    source = _source(json.dumps(words, ensure_ascii=False, default=str))
    made = typst.Compiler(source, root=HERE, font_paths=_fonts()).compile(format="pdf", pdf_standards=["ua-1"])
    assert isinstance(made, bytes)  # one document, not a list of pages
    return made


def _table(section: Section) -> list[list[str]] | None:
    """The rows, labels first, of several short things with few labels: as a table they take a third of the paper."""
    labels = list(dict.fromkeys(label for thing in section.things for label, _words in thing))
    longest = max(len(words) for thing in section.things for _label, words in thing)
    twice = any(len(dict(thing)) < len(thing) for thing in section.things)
    if twice or len(section.things) < 3 or len(labels) > COLUMNS or longest > CELL:
        return None
    return [labels, *([dict(thing).get(label, "") for label in labels] for thing in section.things)]


def _source(told: str) -> bytes:
    """JSON as a text in a few lines of Typst. It has no control characters left, so two signs could end the text.

    As an input beside the source, new words would make Typst forget all that it set before.
    """
    text = told.replace("\\", "\\\\").replace('"', '\\"')
    return f'#import "/whole.typ": file\n#file(json(bytes("{text}")))'.encode()


@functools.cache
def _fonts() -> typst.Fonts:
    """Ours first; those of the machine write what ours cannot, such as Arabic."""
    return typst.Fonts(font_paths=[HERE / "fonts"])
