"""Quizzes from elsewhere: GIFT, Moodle XML and QTI (2.x and 3), read strictly.

Our own small readers: pygiftparser was last released in 2017, and no kept library reads Moodle's XML or QTI 3. XML
goes through defusedxml. A question that we cannot ask or mark is named with its type, never bent into another kind;
the rest comes in only when the reader of the list asked for that.
"""

import io
import zipfile
import zlib
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from kring.care.training.quizzes import gift, moodle, qti
from kring.care.training.quizzes.common import Read, Unread, Unreadable

__all__ = ["Read", "Unread", "Unreadable", "content_of", "read"]
LARGEST = 10_000_000
MOST_FILES = 500


def read(raw: bytes, language: str) -> Read:
    """Every question of a file, in the form in which we ask it."""
    try:
        return _read(raw, language)
    except ValueError:
        raise Unreadable("a number in it cannot be read") from None


def _read(raw: bytes, language: str) -> Read:
    if raw[:2] == b"PK":
        return Read.joined(_xml(each, language) for each in _unzipped(raw))
    try:
        words = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("the file is not UTF-8 text") from None
    return _xml(raw, language) if words.lstrip().startswith("<") else gift.read(words, language)


def _xml(raw: bytes, language: str) -> Read:
    try:
        root = fromstring(raw, forbid_dtd=True)
    except ParseError as error:
        raise Unreadable(f"the XML is broken at line {error.position[0]}") from None
    except DefusedXmlException:
        raise Unreadable("the XML has a DTD or entities, which we never read") from None
    except (LookupError, ValueError):
        raise Unreadable("the XML names an encoding that we do not read") from None
    if root.tag == "quiz":
        return moodle.read(root, language)
    if qti.plain(root.tag).startswith(("assessment", "manifest")):
        return qti.read(root, language)
    raise Unreadable("the XML is neither Moodle's nor QTI")


def _unzipped(raw: bytes) -> list[bytes]:
    """The XML files of a QTI package, in the order of their names."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(raw))
    except zipfile.BadZipFile:
        raise Unreadable("the zip file is broken") from None
    inside = sorted((each for each in packed.infolist() if each.filename.endswith(".xml")), key=lambda e: e.filename)
    if len(inside) > MOST_FILES or sum(each.file_size for each in inside) > LARGEST:
        raise Unreadable("the package is too large")
    return [_bounded(packed, each) for each in inside if "manifest" not in each.filename]


def _bounded(packed: zipfile.ZipFile, each: zipfile.ZipInfo) -> bytes:
    """One file, and no more of it than it says it is: what it says may be a lie."""
    try:
        with packed.open(each) as file:
            return file.read(each.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):  # RuntimeError: locked, or packed in a rare way
        raise Unreadable("the zip file is broken, or locked") from None


def content_of(title: str, language: str, found: Read) -> dict[str, Any]:
    """A quiz of what was read."""
    return {"moment": "during", language: {"title": title}, "questions": found.questions}
