"""Which dialect is this file in? Decided by its content; the file's name only serves the message."""

import re

from kring.evidence.problem import Problem

RIS = re.compile(r"^TY {1,2}- ?\w", re.M)
MEDLINE = re.compile(r"^PMID- ?\d", re.M)
WOS = re.compile(r"^(?:FN |VR |PT [A-Z]\s*$)", re.M)
OVID = re.compile(r"^(?:<\d+\.?\s*>\s*$|VN {2}- Ovid)", re.M)
OVID_LABELS = re.compile(r"^<\d+\.?\s*>\s*\n[A-Z][A-Za-z ]+\n {2}\S", re.M)
BIBTEX = re.compile(r"^\s*@\s*[A-Za-z]+\s*[{(]", re.M)
ZIP, OLD_EXCEL, GZIP = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b"

FOREIGN = (
    (re.compile(r"^%0 ", re.M), "EndNote's %-format"),
    (re.compile(r"^\s*<\?xml|^\s*<xml", re.I), "XML"),
    (re.compile(r"^Record #\d+ of \d+", re.M), "the Cochrane Library's text format"),
    (re.compile(r"^\s*(?:<!doctype html|<html)", re.I), "a web page"),
    (re.compile(r"^\s*[\[{]"), "JSON"),
    (re.compile(r"^%PDF"), "PDF"),
)


def recognise_binary(data: bytes, name: str) -> str | None:
    """`excel` or `asreview` for a zip archive; None for a text file."""
    if data.startswith(OLD_EXCEL):
        raise Problem("This is the Excel format of before 2007.", "Save it as .xlsx or CSV.", file=name)
    if data.startswith(GZIP):
        raise Problem("This file is compressed.", "Unpack it first.", file=name)
    if not data.startswith(ZIP):
        return None
    # The names of a zip's members stand in its directory as plain bytes.
    if b"xl/workbook.xml" in data:
        return "excel"
    if b"project.json" in data:
        return "asreview"
    raise Problem("This is a zip archive, not an export.", "Unpack it and import the files in it.", file=name)


def recognise(content: str, name: str) -> str:
    """The dialect of a text export: ris, medline, wos, ovid, ovid-labels, bibtex, csv.

    The tag that opens the first record decides, as abstracts may quote any other.
    """
    if not content.strip():
        raise Problem("The file is empty.", "Export again, and check that records were selected.", file=name)
    patterns = {"ris": RIS, "medline": MEDLINE, "wos": WOS, "ovid": OVID, "bibtex": BIBTEX}
    found = {kind: match.start() for kind, pattern in patterns.items() if (match := pattern.search(content))}
    if found:
        kind = min(found, key=lambda key: found[key])
        # Ovid opens records of its RIS export with a bare number, and those of its own format with <1. >.
        return "ovid-labels" if kind == "ovid" and OVID_LABELS.search(content) else kind
    for pattern, what in FOREIGN:
        if pattern.search(content[:4000]):
            raise Problem(f"This is {what}, which Kring does not read.", "Export as RIS instead.", file=name)
    header = content.lstrip().split("\n", 1)[0]
    if (re.search(r"title", header, re.I) and re.search(r"[,;\t]", header)) or re.search(r"\tTI\t", header):
        return "csv"
    raise Problem(
        "The format was not recognised: no record tags, and no header row with a title column.",
        "Export as RIS, nbib, BibTeX, CSV or Excel.",
        file=name,
        line=1,
    )
