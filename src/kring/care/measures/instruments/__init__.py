"""Instruments: what is asked, and how answers become scores. Plain Python: no database, no web.

An instrument is a scoring definition (a JSON file in `definitions/`) and a Questionnaire with the words. Our own
check-ins carry their words in the definition; of published instruments only the scoring is shipped, and an organisation
loads the words it is licensed for.
"""

from kring.care.measures.instruments.asking import asked
from kring.care.measures.instruments.definition import (
    Band,
    Choice,
    Condition,
    Definition,
    Item,
    Scale,
    codes,
    load,
)
from kring.care.measures.instruments.faults import Fault, Refused
from kring.care.measures.instruments.scoring import ScaleScore, band_of, entered, round_to_tenth, score

__all__ = [
    "Band",
    "Choice",
    "Condition",
    "Definition",
    "Fault",
    "Item",
    "Refused",
    "Scale",
    "ScaleScore",
    "asked",
    "band_of",
    "codes",
    "entered",
    "load",
    "round_to_tenth",
    "score",
]
