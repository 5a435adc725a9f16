"""Are two records one article? A verdict, a score between 0 and 1, and the reason in words.

The rules weigh three kinds of evidence that are made independently of each other: what the article is called,
who wrote it, and where it stands (journal, volume, page, year; or an identifier). To merge, the title must agree
and the place must agree, and nobody may contradict. An article and its conference abstract share title and authors
but not the place: they stay apart and are linked. No threshold was fitted to data; 0.95, 0.85 and 0.75 stand
for *the same but for typing*, *close*, and *one word other in a title of usual length*.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rapidfuzz import fuzz

from kring.evidence.records.features import Features

Verdict = Literal["same", "doubtful", "linked", "different"]
BRIEF = 20  # letters: `Editorial`, `Letter to the editor` stand in every issue
OPPOSITES = (("hyper", "hypo"), ("in", "out"), ("pre", "post"), ("micro", "macro"), ("intra", "inter"), ("", "fe"))
MOST_AUTHORS = 12  # of a long list: enough to know, and a consortium of 800 costs no more
TYPED, CLOSE, NEAR = 0.95, 0.85, 0.75


@dataclass(slots=True)
class Judgement:
    """`score` orders the merges: the surest first."""

    verdict: Verdict
    score: float
    reason: str


DIFFERENT = Judgement("different", 0.0, "")


@dataclass(slots=True)
class Evidence:
    """Each comparison is True (agrees), False (contradicts) or None (unknown)."""

    title: float
    authors: bool | None
    year: int | None  # distance
    journal: bool | None
    volume: bool | None
    issue: bool | None
    page: bool | None
    early: bool  # one begins on page 1, the other elsewhere: perhaps published online first
    mistyped: bool  # the volume is another one, or one digit of the first page
    pages: bool | None  # first and last page of a range
    doi: bool | None
    pmid: bool | None
    abstract: bool | None

    @property
    def place(self) -> int:
        """How many of volume, page and journal agree."""
        return (self.volume is True) + (self.page is True) + (self.journal is True)

    @property
    def contradictions(self) -> int:
        """Another volume, another first page, or another issue where no page can tell (an editor's monthly column)."""
        return (self.volume is False) + (self.page is False) + (self.issue is False and self.page is None)


def judge(a: Features, b: Features, *, link_versions: bool = True) -> Judgement:
    """Compare two records. The order of the two does not matter."""
    title = title_likeness(a, b)
    if title < NEAR and not _shares_identifier(a, b) and not _shares_page(a, b):
        return DIFFERENT
    e = weigh(a, b, title)
    if a.notice != b.notice:
        return DIFFERENT if title < 0.99 or e.place < 3 else Judgement("doubtful", 0.5, "one may be a notice")
    if a.preprint != b.preprint:
        return _version(e, link_versions)
    if a.cochrane and b.cochrane and e.year and not (e.doi or e.pmid):
        return _elsewhere(e)
    found = _by_identifier(e) or _by_place(e) or _by_title(e)
    if found.verdict == "same" and not (e.doi or e.pmid):
        doubt = _doubt(a, b, e)
        return Judgement("doubtful", 0.5, f"{found.reason}, but {doubt}") if doubt else found
    return found


def _doubt(a: Features, b: Features, e: Evidence) -> str:
    """What two sister papers differ in: a number, or a word. Authors print them in one volume, even on one page."""
    if _other_numbers(a, b):
        return "other numbers in the titles"
    if not e.pages and not e.abstract and reworded(a.title, b.title):
        return "other words in the titles"
    if not (e.page or e.abstract) and min(len(a.squeezed), len(b.squeezed)) < BRIEF:
        return "the title is too short to tell"
    return ""


def objects(a: Features, b: Features, judgement: Judgement) -> bool:
    """Does this pair speak against joining the clusters that the two are in? Mere lack of likeness does not."""
    if judgement.verdict in ("same", "doubtful"):
        return False
    e = weigh(a, b, title_likeness(a, b))
    clash = e.contradictions or False in (e.doi, e.pmid, e.authors) or (e.year or 0) > 1
    return bool(clash) or a.notice != b.notice or (e.title < 0.5 and not _shares_pages(a, b))


def _other_numbers(a: Features, b: Features) -> bool:
    """`Part 1` and `Part 2`, 6 months and 12 months; but not `CO 2` and `CO2`."""
    return a.numbers != b.numbers and re.findall(r"\d+", a.squeezed) != re.findall(r"\d+", b.squeezed)


def _shares_identifier(a: Features, b: Features) -> bool:
    return bool((a.doi and a.doi == b.doi) or (a.pmid and a.pmid == b.pmid))


def _shares_page(a: Features, b: Features) -> bool:
    return bool(a.page and a.page == b.page and a.volume and a.volume == b.volume)


def _shares_pages(a: Features, b: Features) -> bool:
    return bool(a.last_page and a.last_page == b.last_page and a.page == b.page and a.volume == b.volume)


def title_likeness(a: Features, b: Features) -> float:
    """0 to 1; a title without its subtitle is close to the full one."""
    if a.squeezed == b.squeezed:
        return 1.0 if a.squeezed else 0.0
    likeness = fuzz.ratio(a.squeezed, b.squeezed, score_cutoff=40) / 100
    short, long = sorted((a, b), key=lambda f: len(f.squeezed))
    if len(short.squeezed) >= 25 and long.squeezed.startswith(short.squeezed):
        likeness = max(likeness, TYPED if short.squeezed == long.main else CLOSE)
    return likeness


def reworded(a: str, b: str) -> bool:
    """Does each title have a word that is missing from the other, not merely typed otherwise?"""
    ours, theirs = a.split(), b.split()
    only_a, only_b = _only(ours, theirs), _only(theirs, ours)
    return bool(_alone(only_a, only_b) and _alone(only_b, only_a))


def _only(ours: list[str], theirs: list[str]) -> list[str]:
    """Words that the other title lacks; `follow up` and `followup` are one."""
    known = set(theirs) | {x + y for x, y in pairwise(theirs)}
    joined = {word for x, y in pairwise(ours) if x + y in known for word in (x, y)}
    return [word for word in ours if word not in known and word not in joined]


def _alone(words: list[str], others: list[str]) -> list[str]:
    return [word for word in words if not any(_spelling(word, other) for other in others)]


def _spelling(x: str, y: str) -> bool:
    """One word typed in two ways; `hypertension` and `hypotension` are two words."""
    for one, other in OPPOSITES:
        for p, q in ((one, other), (other, one)):
            if x.startswith(p) and y.startswith(q) and len(x) > len(p) + 2 and x[len(p) :] == y[len(q) :]:
                return False
    return fuzz.ratio(x, y) >= 80


def weigh(a: Features, b: Features, title: float) -> Evidence:
    return Evidence(
        title=title,
        authors=_authors(a.surnames, b.surnames),
        year=abs(a.year - b.year) if a.year and b.year else None,
        journal=_journal(a.journal, b.journal),
        volume=a.volume == b.volume if a.volume and b.volume else None,
        issue=a.issue == b.issue if a.issue and b.issue else None,
        page=_page(a, b),
        early="1" in (a.page, b.page) and a.page != b.page,
        mistyped=_mistyped(a, b),
        pages=(a.page, a.last_page) == (b.page, b.last_page) if a.last_page and b.last_page else None,
        doi=a.doi == b.doi if a.doi and b.doi else None,
        pmid=a.pmid == b.pmid if a.pmid and b.pmid else None,
        abstract=_abstract(a.abstract, b.abstract),
    )


def _page(a: Features, b: Features) -> bool | None:
    """First pages agree or contradict. Page 1 against another contradicts nothing: articles online start at 1."""
    if not a.page or not b.page:
        return None
    return a.page == b.page or (None if "1" in (a.page, b.page) or a.locator != b.locator else False)


def _mistyped(a: Features, b: Features) -> bool:
    if not (a.page and b.page and a.volume and b.volume):
        return False
    if a.page == b.page:
        return a.volume != b.volume
    one_digit = len(a.page) == len(b.page) and sum(x != y for x, y in zip(a.page, b.page, strict=True)) == 1
    return a.volume == b.volume and (one_digit or (a.last_page != "" and a.last_page == b.last_page))


def _authors(a: tuple[str, ...], b: tuple[str, ...]) -> bool | None:
    """First authors alike, or most of the shorter list found in the longer one."""
    if not a or not b:
        return None
    if _name(a[0], b[0]):
        return True
    short, long = sorted((a, b), key=len)
    short = short[:MOST_AUTHORS]
    shared = sum(x in long or any(_name(x, y) for y in long[:MOST_AUTHORS]) for x in short)
    return shared / len(short) >= 0.5


def _name(x: str, y: str) -> bool:
    if x == y:
        return True
    short, long = sorted((x, y), key=len)
    # `garcia` of `garcialopez`; `mueller` and `muller`
    return (len(short) >= 4 and (long.startswith(short) or long.endswith(short))) or fuzz.ratio(x, y) >= 80


def _journal(a: tuple[str, ...], b: tuple[str, ...]) -> bool | None:
    """Same words, or one an abbreviation of the other word by word. Otherwise unknown: journals have many names."""
    if not a or not b:
        return None
    short, long = sorted((a, b), key=lambda words: len("".join(words)))
    if a == b or "".join(a) == "".join(b):
        return True
    if _abbreviates(short, long):
        return True
    if set(short) <= set(long) and len("".join(short)) >= 6:
        return True
    return True if fuzz.token_sort_ratio(" ".join(a), " ".join(b)) >= 85 else None


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """`br j psychiatry` of `british journal psychiatry`: every word begins its partner, in order."""
    if len(short) == 1 and len(long) > 1:
        return short[0] == "".join(word[0] for word in long)
    at = 0
    for word in short:
        while at < len(long) and not (long[at].startswith(word) or word.startswith(long[at])):
            at += 1
        if at == len(long):
            return False
        at += 1
    return len(short) * 2 > len(long)


def _abstract(a: str, b: str) -> bool | None:
    if len(a) < 150 or len(b) < 150:
        return None
    return fuzz.ratio(a, b, score_cutoff=80) > 0 or None


def _version(e: Evidence, link: bool) -> Judgement:
    """A preprint and its article: another version of one work."""
    if e.title >= CLOSE and e.authors:
        reason = "preprint and article: same title and authors"
        return Judgement("linked" if link else "same", 0.7, reason)
    return Judgement("doubtful", 0.4, "preprint, close title") if e.title >= TYPED else DIFFERENT


def _by_identifier(e: Evidence) -> Judgement | None:
    if e.pmid and (e.doi is False or e.authors is False) and e.title < CLOSE and e.place < 2:
        return Judgement("doubtful", 0.5, "same PMID, but another title and another DOI or other authors")
    if e.pmid and (e.title >= 0.6 or e.place >= 2):
        return Judgement("same", 1.0, "same PMID and title")
    if e.doi and e.pmid is not False and (e.title >= CLOSE or (e.title >= 0.5 and e.place >= 2)):
        return Judgement("same", 0.99, "same DOI and title")
    if e.doi and e.pmid is False:
        return Judgement("doubtful", 0.5, "same DOI, other PMID")
    if e.doi or e.pmid:
        return Judgement("doubtful", 0.5, "same identifier, other title")
    if e.pmid is False or e.doi is False:
        if e.title >= TYPED and e.place >= 2 and not e.contradictions and e.year in (0, 1) and e.authors:
            return Judgement("doubtful", 0.6, "same title and place, other identifier")
        return _elsewhere(e)
    return None


def _by_place(e: Evidence) -> Judgement | None:
    """Volume and first page agree: the same spot in print, if the rest fits."""
    if not (e.volume and e.page) or (e.year is not None and e.year > 1 and e.title < TYPED):
        return None
    if e.title >= (NEAR if e.authors else CLOSE) and e.authors is not False:
        return Judgement("same", 0.9 + e.title / 20, _said(e))
    if e.pages and e.authors and e.journal and e.year == 0 and e.issue is not False:
        # Several pages of one volume hold one article, whatever the language of its title.
        return Judgement("same", 0.7, "same journal, volume, pages, authors and year, title translated or reworded")
    if e.title >= CLOSE:
        return Judgement("same" if e.journal else "doubtful", 0.8, _said(e) + ", authors written otherwise")
    if e.authors and e.journal and e.year == 0:
        return Judgement("doubtful", 0.5, "same place and authors, other title: a translation, or one page")
    return DIFFERENT


def _by_title(e: Evidence) -> Judgement:
    """The place is known only in part: then the title must be the same but for typing, and nothing contradict."""
    if e.title >= TYPED and e.authors is not False:
        close = e.year is None or e.year <= (0 if e.early else 1)
        if close and not e.contradictions:
            return _agreeing(e)
        if close and e.mistyped and e.place == 2 and e.year == 0 and e.authors:
            return Judgement("same", 0.75, _said(e) + ", one number typed otherwise")
        if close and e.contradictions == 1 and e.place >= 1 and e.authors:
            return Judgement("doubtful", 0.55, _said(e) + ", but volume, issue or page differ")
        return _elsewhere(e)
    if e.title >= CLOSE and e.authors and not e.contradictions and e.place and e.year in (0, 1):
        return Judgement("doubtful", 0.5, "close title, same authors")
    return DIFFERENT


def _agreeing(e: Evidence) -> Judgement:
    if e.year == 1 and e.place < 2 and not e.abstract:
        return Judgement("doubtful", 0.6, _said(e))
    if e.authors and (e.place or e.abstract) and e.year is not None:
        return Judgement("same", 0.85, _said(e))
    if e.abstract and (e.authors or e.place):
        return Judgement("same", 0.8, _said(e))
    if e.place >= 2 and e.year is not None:
        return Judgement("same", 0.8, _said(e))
    return Judgement("doubtful", 0.6, _said(e) + ", too little else to be sure")


def _elsewhere(e: Evidence) -> Judgement:
    """Same words in another place: a congress abstract, a reprint, a second report. Not a duplicate."""
    if e.title >= TYPED and e.authors and (e.year is None or e.year <= 4):
        return Judgement("linked", 0.3, "same title and authors in another place")
    return DIFFERENT


def _said(e: Evidence) -> str:
    parts = ["same title" if e.title >= TYPED else "close title"]
    for name in ("authors", "journal", "volume", "page", "abstract"):
        if getattr(e, name):
            parts.append(f"same {name}")
    if e.year is not None:
        parts.append("same year" if e.year == 0 else "year one apart" if e.year == 1 else "other year")
    return ", ".join(parts)
