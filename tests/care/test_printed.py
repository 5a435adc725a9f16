"""The client's file as PDF: read back with another program."""

import datetime as dt
from io import BytesIO

from django.utils import translation
from pypdf import PdfReader

from kring.care.circles import log
from kring.care.export import printed, readable

ODD = r"""zei "hoi")) #panic("nee") \\ \" \u{41} \n"""
"""What would end the text in which the words come in, if it were not written with care."""


def words_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_the_pdf_holds_every_word_as_it_was_written_and_can_be_read_aloud():
    """Also what looks like a command to the typesetter, other scripts, and a text of pages long, to its end."""
    long = "Dit is een lange zin over hoe het gaat. " * 400 + "Slot."
    things = [
        [("Naam", "#let x = 1 *vet* $y$ @noor"), ("Notitie", "één\ntwee")],
        [("Notitie", long)],
        [("Naam", "Мила")],
        [("Naam", ODD)],
    ]
    short = [[("Wat", "Plan"), ("Met wie", name)] for name in ("Sanne", "Bram", "#[Ruth]")]
    day = log.Day(dt.date(2026, 5, 4), [log.Line(dt.datetime(2026, 5, 4, 9, 5), "Sanne keek", 1, False)])
    told = readable.Told(
        "Alles in je kring",
        dt.date(2026, 11, 22),
        [readable.Section("Mensen", things), readable.Section("Kort", short)],
        [day],
    )
    with translation.override("nl"):
        content = printed.pdf(told)
    text = words_of(content)
    assert all(
        words in text for words in (ODD, "#let x = 1 *vet* $y$ @noor", "één\ntwee", "Slot.", "Мила", "09:05 Sanne keek")
    )
    assert "4 mei 2026" in text
    assert "Wat Met wie\nPlan Sanne\nPlan Bram\nPlan #[Ruth]" in text  # short things as a table
    made = PdfReader(BytesIO(content))
    assert len(made.pages) > 4  # else the long text runs off its page
    root = made.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("nl", True)
    assert made.metadata.title == "Alles in je kring · Kring"
