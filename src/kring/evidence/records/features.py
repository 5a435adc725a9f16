"""What de-duplication compares: each record reduced, once, to plain words, surnames, first page, keys.

Databases write one article in many ways: accents, British and American spelling, Greek letters or their names,
translated titles in brackets, abbreviated pages. What is reduced away here never counts as a difference.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from kring.evidence.records.record import Record

LETTERS = {
    "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda",
    "μ": "mu", "µ": "mu", "σ": "sigma", "ω": "omega",
}  # fmt: skip
SPELLING = (
    (re.compile(r"ae|oe"), "e"),  # anaemia, oestrogen
    (re.compile(r"(?<=[a-z]{2})is(?=(?:e|ed|es|ing|ation|ations)\b)"), "iz"),
    (re.compile(r"(?<=[a-z]{3})our(?=s|ed|ing|al|\b)"), "or"),
    (re.compile(r"\bvs\b"), "versus"),
)
NOT_WORD = re.compile(r"[^a-z0-9]+")
# What databases add behind a title: `[Chinese]`, `[Review] [45 refs]`, `[Erratum appears in ...` (often cut off),
# `(Structured abstract)`. A part number in brackets belongs to the title.
TAIL = re.compile(
    r"(?:\W*\[(?!\s*(?:part|study|phase)\b)[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]?"
    r"|\W*\((?:[a-z]+ )?(?:abstract|record|review)\))\W*$",
    re.I,
)
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
NOTICE = re.compile(
    r"^\W*(?:erratum|errata|corrigend\w+|correction|retract\w+|reply|response|author'?s? (?:reply|response)|"
    r"comments?|commentary|editorial|expression of concern|re|letter|in response|withdrawn|protocol|invited "
    r"commentary)\b[\s:.\-(]",
    re.I,
)
NOTICE_INSIDE = re.compile(r"\b(?:erratum|corrigendum|retraction|author'?s? reply|study protocol)\b", re.I)
NOBODY = {"anonymous", "anon", "noauthorslisted", "notavailable", "none", "unknown", "etal", "nan", "listed"}
PREPRINT_NAME = re.compile(r"\b(?:\w*rxiv|ssrn|research square|preprints?(?:\.org)?|osf|psyarxiv|authorea)\b", re.I)
PREPRINT_DOI = re.compile(r"^10\.(?:1101/\d|21203/rs|31234/|31235/|2139/ssrn|20944/preprints|48550/|22541/au|31219/)")


@dataclass(slots=True)
class Features:
    """A record as it is compared. Empty means unknown, which neither speaks for nor against."""

    title: str  # plain words, one space between
    squeezed: str  # the title without spaces: hyphens and spacing do not count
    main: str  # the part before the first colon or question mark, squeezed
    numbers: frozenset[str]  # in the title: part 1 is not part 2
    notice: str  # erratum, reply, comment: another document under the same title
    surnames: tuple[str, ...]
    year: int | None
    journal: tuple[str, ...]
    volume: str
    issue: str  # only a plain number: `Suppl. 2` and `2` may be one
    page: str
    last_page: str  # only of a range of several pages
    doi: str
    pmid: str
    abstract: str
    preprint: bool
    locator: bool  # an article number such as BMJ's a1754: says nothing against a page in print
    cochrane: bool  # its reviews keep title, authors and "page" from version to version


def fold(text: str) -> str:
    """Lower case without accents, Greek letters by name."""
    text = text.lower()
    if text.isascii():
        return text
    text = "".join(LETTERS.get(c, c) for c in text)
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def plain(text: str) -> str:
    """Lower-case ASCII words, one spelling for each."""
    text = fold(text).replace("&", " and ").replace("'", "")
    for pattern, spelling in SPELLING:
        text = pattern.sub(spelling, text)
    return NOT_WORD.sub(" ", text).strip()


def features(record: Record) -> Features:
    raw = _bare(record.title)
    title = plain(raw)
    main = plain(re.split(r"[:?]| [-–—] ", raw, maxsplit=1)[0])
    found = NOTICE.match(raw) or NOTICE_INSIDE.search(raw)
    page, last_page = _page_range(record.pages)
    return Features(
        title=title,
        squeezed=title.replace(" ", ""),
        main=main.replace(" ", ""),
        numbers=_numbers(title),
        notice=found.group().strip(" :.-(").lower() if found else "",
        surnames=_surnames(record.authors),
        year=record.year,
        journal=_journal(record.journal),
        volume=_first_number(record.volume),
        issue=record.number.lstrip("0") if record.number.isdecimal() else "",
        page=page,
        last_page=last_page,
        doi=record.doi.lower(),
        pmid=record.pmid,
        abstract=plain(record.abstract[:400]).replace(" ", "")[:240],
        preprint=bool(PREPRINT_NAME.search(record.journal) or PREPRINT_DOI.match(record.doi)),
        locator=bool(re.match(r"[a-z]\d{4,}", record.pages)),  # A1754 is a congress abstract
        cochrane="cochrane" in record.journal.lower() or bool(re.match(r"CD\d{6}", record.pages)),
    )


def _bare(title: str) -> str:
    """The title without what databases add, and without the brackets around a translated one."""
    title = title.strip(' "')
    while (shorter := TAIL.sub("", title)) != title and len(shorter) >= 10:
        title = shorter
    if title.startswith("["):
        title = title[1:].rstrip(". ").removesuffix("]")
    return title


def _numbers(title: str) -> frozenset[str]:
    title = re.sub(r"(?<=\b\d) (?=\d{3}\b)|(?<=\b\d\d) (?=\d{3}\b)", "", title)  # 10 000
    words = title.split()
    digits = {word.lstrip("0") or "0" for word in words if word.isdigit()}
    # a Roman numeral counts at the end or after `part`, `phase`, `type`: elsewhere `i` and `v` are mere letters
    roman = {
        ROMAN[word]
        for before, word in zip(["", *words], words, strict=False)
        if word in ROMAN and (before in ("part", "phase", "type", "stage", "study", "grade") or word == words[-1])
    }
    return frozenset(digits | roman)


def _surnames(authors: list[str]) -> tuple[str, ...]:
    names = [_surname(author) for author in authors]
    return tuple(name for name in names if name and name not in NOBODY)


def _surname(author: str) -> str:
    """`Slade, Mike`, `Slade M`, `Mike Slade` and `SLADE M.` are all `slade`."""
    surname, comma, _ = author.partition(",")
    words = author.replace(".", " ").split()
    if not comma and len(words) > 1:
        if len(words[-1]) <= 3 and words[-1].isupper():
            surname = "".join(word for word in words[:-1] if len(word) > 1 or not word.isupper())
        else:
            surname = words[-1]
    return "".join(c for c in fold(surname) if c.isalnum())


STOP = {"the", "of", "and", "in", "for", "a", "an", "de", "et", "la", "der", "und", "fur", "on", "to", "online"}


def _journal(name: str) -> tuple[str, ...]:
    name = re.sub(r"\([^)]*\)", " ", name.split(" = ")[0])
    return tuple(word for word in plain(name).split() if word not in STOP)


def _first_number(text: str) -> str:
    found = re.search(r"\d+", text)
    return found.group().lstrip("0") if found else ""


EXCEL_DATE = re.compile(r"^(\d{1,2})-([A-Z][a-z]{2})$")  # `1-6` that a spreadsheet made `01-Jun`
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _page_range(pages: str) -> tuple[str, str]:
    """First page, and last page of a range, as digits: `e44` and `44` agree, `288-97` ends on 297.

    `Suppl-29` says nothing of its first page.
    """
    date = EXCEL_DATE.match(pages)
    if date and date[2] in MONTHS:
        pages = f"{date[1]}-{MONTHS.index(date[2]) + 1}"
    first, dash, last = pages.split(";")[0].partition("-")
    first, last = _first_number(first), _first_number(last) if dash else ""
    if first and len(last) < len(first):
        last = first[: len(first) - len(last)] + last if last else ""
    return first, last if first and last and int(last) > int(first) else ""


def keys(f: Features) -> list[int]:
    """Numbers that two records of one article are likely to share; only such pairs are compared.

    Each covers another way to differ: title typed otherwise, subtitle lost, title translated, year off by one.
    """
    author = f.surnames[0] if f.surnames else ""
    words = [
        f"t{f.squeezed[:30]}" if len(f.squeezed) >= 8 else "",
        f"e{f.squeezed[-30:]}" if len(f.squeezed) >= 30 else "",
        f"d{f.doi}" if f.doi else "",
        f"m{f.pmid}" if f.pmid else "",
        f"v{f.volume}/{f.page}/{f.year}" if f.volume and f.page and f.year else "",
        f"p{author}/{f.page}/{f.volume}" if author and f.page and f.volume else "",
        f"y{author}/{f.year}/{f.page}" if author and f.year and f.page else "",
        f"w{author}/{f.year}/{f.title[:12]}" if author and f.year and f.title else "",
    ]
    return [_key(word) for word in words if word]


def _key(text: str) -> int:
    """63 bits, the same in every run and process (Python's own hash is not)."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
