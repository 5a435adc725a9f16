"""From a source's tags or columns to a record's fields: one table per dialect, one function for all."""

import re
from collections.abc import Mapping
from typing import Any

from kring.evidence.records.record import Record, as_label, clean, find_doi, find_year

Tags = dict[str, list[str]]
Table = Mapping[str, tuple[str, ...]]

# First tag with a value wins; tags that no field uses go to `extra`.
RIS = {
    "type": ("TY",), "title": ("TI", "T1", "CT", "BT"), "abstract": ("AB", "N2"), "authors": ("AU", "A1",
    "A2", "ED"), "year": ("PY", "Y1", "DA"), "journal": ("JF", "T2", "JO", "JA", "J2", "T3"), "volume":
    ("VL",), "number": ("IS", "CP"), "pages": ("SP", "AR", "C7"), "doi": ("DO", "DI", "M3", "UR", "L3",
    "N1", "AN", "ID"), "pmid": ("PM",), "publication_types": ("PT", "M3"), "keywords": ("KW", "DE"),
    "language": ("LA", "LG"), "url": ("UR", "L2"), "label": ("N1",),
}  # fmt: skip
MEDLINE = {
    "title": ("TI", "BTI", "TT"), "abstract": ("AB", "OAB"), "authors": ("FAU", "AU", "CN", "FED"),
    "year": ("DP", "DEP", "DA"), "journal": ("JT", "TA"), "volume": ("VI",), "number": ("IP",), "pages":
    ("PG",), "doi": ("LID", "AID", "SO"), "pmid": ("PMID",), "publication_types": ("PT",), "keywords":
    ("MH", "OT"), "language": ("LA",),
}  # fmt: skip
OVID = {
    "title": ("TI", "TT"), "abstract": ("AB",), "authors": ("AU", "FA"), "year": ("YR", "DP", "PY", "SO"),
    "journal": ("JN", "JT", "JA", "SO"), "volume": ("VO", "VL", "SO"), "number": ("IP", "SO"),
    "pages": ("PG", "SO"), "doi": ("DO", "DI", "LU"), "pmid": ("PM",), "publication_types": ("PT",),
    "keywords": ("SH", "MH", "KW", "KF", "HW", "MC"), "language": ("LG", "LA"), "url": ("XL", "UR"),
}  # fmt: skip
WOS = {
    "type": ("PT",), "title": ("TI",), "abstract": ("AB",), "authors": ("AF", "AU", "BA", "CA"), "year":
    ("PY", "EY"), "journal": ("SO", "J9"), "volume": ("VL",), "number": ("IS",), "pages": ("BP", "AR"),
    "doi": ("DI",), "pmid": ("PM",), "publication_types": ("DT",), "keywords": ("DE", "ID"), "language":
("LA",), }  # fmt: skip
BIBTEX = {
    "type": ("ENTRYTYPE",), "title": ("title",), "abstract": ("abstract",), "authors": ("author", "editor"),
    "year": ("year", "date"), "journal": ("journal", "journaltitle", "booktitle"), "volume": ("volume",),
    "number": ("number", "issue"), "pages": ("pages",), "doi": ("doi", "url", "note"),
    "pmid": ("pmid", "pubmed_id", "pubmedid"), "publication_types": ("document_type",),
    "keywords": ("keywords", "author_keywords", "keyword"), "language": ("language", "langid"), "url":
("url",), }  # fmt: skip
# Column names in lower case, without punctuation.
TABLE = {
    "type": ("document type", "publication type", "item type", "type", "entrytype"),
    "title": ("title", "article title", "primary title", "document title", "titles", "ti"),
    "abstract": ("abstract", "abstract note", "abstracts", "notes abstract", "ab"),
    "authors": (
        "authors", "author", "author full names", "authors full names", "first authors", "author names", "au",
    ),
    "year": ("year", "publication year", "pub year", "published year", "date", "publication date", "py"),
    "journal": (
        "journal", "source title", "journal book", "publication title", "journal title", "source", "so",
        "booktitle", "book title", "proceedings title", "conference name",
    ),
    "volume": ("volume", "vl"), "number": ("number", "issue", "is"),
    "pages": ("pages", "page start", "start page", "art no", "article number", "bp"),
    "doi": ("doi", "digital object identifier", "di", "doi link", "url"),
    "pmid": ("pmid", "pubmed id", "pubmed", "pm"),
    "publication_types": ("publication types", "document type", "dt"),
    "keywords": ("keywords", "author keywords", "index keywords", "manual tags", "mesh terms", "de"),
    "language": ("language", "language of original document", "la"), "url": ("url", "link", "urls"),
    "label": ("included", "label included", "asreview label", "label", "final included"),
}  # fmt: skip

LISTS = ("authors", "publication_types", "keywords")
LAST_PAGE = ("EP", "page end", "end page", "ep")
# Ovid: `Journal of X. 201(2-3):327-334, November 15, 2004.`
SOURCE = re.compile(
    r"^(?P<journal>[^.]+)\. ?(?P<volume>[\w.]*) ?(?:\((?P<number>[^)]*)\))?:? ?(?P<pages>[A-Za-z]?\d[\w-]*)?"
)
NO_ABSTRACT = re.compile(r"^\W*(?:no abstract(?: is)?(?: available)?|abstract not available)\W*$", re.I)
ROLE = re.compile(r" \[[^\]]*(?:Author|Inventor|Editor|E-mail)[^\]]*\]")
TYPES_IN_M3 = re.compile(r"article|review|trial|letter|editorial|paper|chapter|thesis|abstract|report", re.I)


def as_record(tags: Mapping[str, list[str]], table: Table, id_: str, line: int) -> Record:
    """The record that these tags describe. Tags without a field of their own are kept in `extra`."""
    record, used = Record(id_, line=line), set()
    for name, choices in table.items():
        for tag in choices:
            value = _value(name, tag, tags)
            if value not in ("", [], None):
                if _carried(name, value, tags[tag]):
                    used.add(tag)
                if name != "keywords":
                    setattr(record, name, value)
                    break
                record.keywords += [word for word in value if word not in record.keywords]
    _pages(record, tags, used)
    _pubmed_ids(record, tags)
    kept = {tag: [clean(value) for value in values] for tag, values in tags.items() if tag not in used}
    record.extra = {tag: values for tag, values in sorted(kept.items()) if any(values)}
    return record


def _carried(name: str, value: object, raw: list[str]) -> bool:
    """Does the field hold all that the tag said? If not (`2020 Feb 3`), it stays in `extra` too."""
    if name in LISTS or name in ("title", "abstract"):
        return True
    return len(raw) == 1 and clean(raw[0]).lower() == str(value).lower()


def _value(name: str, tag: str, tags: Mapping[str, list[str]]) -> Any:
    values = tags.get(tag)
    if not values:
        return ""
    if name in LISTS:
        return _list(name, tag, values)
    text = " ".join(values) if name in ("title", "abstract") else values[0]
    if name == "doi":
        return next((doi for value in values if (doi := find_doi(value))), "")
    if name == "year":
        return find_year(text)
    if name == "label":
        return _label(values)
    if name == "pmid":
        return (re.findall(r"(?<!\d)\d{4,8}(?!\d)", text) or [""])[0]
    if name == "pages":
        text = re.sub(r"[\u2010-\u2015]+|--+", "-", text)
    if name == "abstract" and NO_ABSTRACT.match(text):
        return ""
    if tag == "SO" and name in SOURCE.groupindex:
        found = SOURCE.match(text) if re.search(r"\d", text) else None
        return clean(found.group(name) or "") if found else (clean(text) if name == "journal" else "")
    return clean(text)


def _list(name: str, tag: str, values: list[str]) -> list[str]:
    if name == "publication_types" and tag == "M3" and not TYPES_IN_M3.search(values[0]):
        return []
    if name == "authors":
        parts = [part for value in values for part in _names(ROLE.sub("", value))]
    else:
        parts = re.split(r";|\n", "; ".join(values))
    return [part for part in map(clean, parts) if part]


def _names(value: str) -> list[str]:
    """Names in one value: parted by `;` or ` and `, else by commas when these cannot part a name in two."""
    if ";" in value:
        return value.split(";")
    if " and " in value:
        return value.split(" and ")
    parts = value.split(",")
    # `Slade M, Bird V, Clarke E` (PubMed's table) but not `Slade, Mike` or `Slade, M., PhD`
    whole = all(re.match(r"^\s*\S+.* [A-Z]{1,4}\.?$", part) for part in parts if part.strip())
    return parts if len(parts) > 1 and whole else [value]


def _label(values: list[str]) -> int | None:
    for value in values:
        if "ASReview_relevant" in value:
            return 1
        if "ASReview_irrelevant" in value:
            return 0
    return as_label(values[0])


def _pages(record: Record, tags: Mapping[str, list[str]], used: set[str]) -> None:
    last = next((tag for tag in LAST_PAGE if tags.get(tag)), None)
    if last and record.pages and "-" not in record.pages:
        used.add(last)
        end = clean(tags[last][0])
        record.pages = record.pages if end == record.pages else f"{record.pages}-{end}"


def _pubmed_ids(record: Record, tags: Mapping[str, list[str]]) -> None:
    """PubMed's number elsewhere: UI (Ovid) or AN (RIS) where the database is MEDLINE, C2 (Scopus)."""
    if record.pmid:
        return
    database = " ".join(tags.get("DB", []) + tags.get("DP", [])).lower()
    places = ["UI", "AN", "ID"] if "medline" in database or "pubmed" in database else []
    places += ["C2"] if "scopus" in database else []
    for tag in places:
        value = (tags.get(tag) or [""])[0].strip()
        if re.fullmatch(r"\d{6,8}", value):
            record.pmid = value
            return
