"""The client's file as PDF: the same words as the readable form, set by Typst, which needs no library of the system."""

import functools
import json
from pathlib import Path

import typst
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kring.care.export.readable import Told

HERE = Path(__file__).parent / "print"


def pdf(told: Told) -> bytes:
    """A tagged PDF (PDF/UA-1), so that it can be read aloud too."""
    words = {
        "language": get_language(),
        "title": told.title,
        "today": date_format(told.today),
        "sections": [{"title": section.title, "things": section.things} for section in told.sections],
        "looked": _("Who looked, and who changed something"),
        "days": [
            {"date": date_format(day.date), "lines": [f"{line.at:%H:%M} {line.words}" for line in day.lines]}
            for day in told.days
        ],
    }
    made = typst.compile(
        _template(),
        format="pdf",
        font_paths=_fonts(),
        pdf_standards=["ua-1"],
        sys_inputs={"told": json.dumps(words, ensure_ascii=False, default=str)},
    )
    assert isinstance(made, bytes)  # one document, not a list of pages
    return made


@functools.cache
def _template() -> bytes:
    return (HERE / "whole.typ").read_bytes()


@functools.cache
def _fonts() -> typst.Fonts:
    """Ours first; those of the machine write what ours cannot, such as Arabic."""
    return typst.Fonts(font_paths=[HERE / "fonts"])
