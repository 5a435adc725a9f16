"""A first filter for randomised trials. It marks records for the reviewer; it never excludes one.

Publication types as PubMed, Embase and Web of Science give them, and words after the idea of the Cochrane
Highly Sensitive Search Strategy (Lefebvre and others, Cochrane Handbook, technical supplement to chapter
4). How often it errs was not measured here. Two other ways, both only when asked for: `trained:FILE` learns from
records that the reviewer labelled (`kring.evidence.screening.trained`), and another package may bring a filter as an
entry point of the group `kring.evidence.filters`: a function from a list of records to a list of marks.
"""

import re
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal

from kring.evidence.problem import Problem
from kring.evidence.records import Record

Mark = Literal["trial", "unclear", "no trial"]
Filter = Callable[[Sequence[Record]], Sequence[Mark]]
GROUP = "kring.evidence.filters"

RANDOMISED = re.compile(r"randomi[sz]ed controlled trial", re.I)
TYPES = re.compile(r"random|controlled clinical trial|clinical trial protocol", re.I)
OTHER_TYPES = re.compile(
    r"\b(?:review|meta-analysis|editorial|letter|comment|case reports?|news|biography|erratum)\b", re.I
)
STRONG = re.compile(r"\brandomi[sz]ed\b|\brandomi[sz]ation\b|\brandomly\b|\bgerandomiseerd\w*|\bplacebo\b", re.I)
WEAK = re.compile(r"\btrial\b|\bRCTs?\b|\bcontrol(?:led)? group\b|\bgroups\b|\bstepped.wedge\b|\bcluster", re.I)


def trial_words(records: Sequence[Record]) -> list[Mark]:
    """The filter that ships: publication type first, then words."""
    return [_mark(record) for record in records]


def _mark(record: Record) -> Mark:
    types = "; ".join(record.publication_types)
    if TYPES.search(types):
        return "trial"
    text = f"{record.title} {record.abstract}"
    if OTHER_TYPES.search(types):
        return "no trial" if not STRONG.search(record.title) else "unclear"
    if STRONG.search(text):
        return "trial"
    if WEAK.search(text) or not record.abstract:
        return "unclear"
    return "no trial"


def load_filter(name: str) -> Filter:
    """The filter called `name`: `words`, `trained:FILE`, or one that another package brought."""
    if name == "words":
        return trial_words
    if name.startswith("trained:"):
        from kring.evidence.screening.trained import train

        return train(Path(name.removeprefix("trained:")))
    found = entry_points(group=GROUP, name=name)
    if not found:
        there = ", ".join(["words", "trained:FILE", *sorted(entry_points(group=GROUP).names)])
        raise Problem(f"No filter is called {name!r}; there are: {there}.", "Install the package that brings it.")
    loaded: Filter = next(iter(found)).load()
    return loaded
