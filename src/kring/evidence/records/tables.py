"""CSV, tab-separated and Excel exports. Every row must fit its header; rows are counted on their own."""

import csv
import io
import re
import zipfile
from typing import Literal

import openpyxl

from kring.evidence.problem import Problem
from kring.evidence.records.columns import TABLE
from kring.evidence.records.decode import Text
from kring.evidence.records.tagged import Count, Tags

csv.field_size_limit(50_000_000)  # an abstract with tags can pass Python's 131,072
ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)(?<!/)>(.*?)</(?:\w+:)?row>", re.S)
NUMBERED = re.compile(rb'\br="(\d+)"')
VALUE = re.compile(rb"<(?:\w+:)?[vt]\b[^>]*>[^<]*[^<\s][^<]*<")
BLANK = ' \t",;'
FORMAT = "Export again as CSV, or mend this row."


def plain(name: str) -> str:
    """A column name in lower case without punctuation: `DOI Link`, `doi_link` and `doi link` are one."""
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


def delimiter(text: Text) -> str:
    header = text.content.lstrip().split("\n", 1)[0]
    return max("\t,;", key=header.count)


def is_bare(text: Text) -> bool:
    """Web of Science's tab-delimited format: quotes in it are mere characters."""
    return text.content.lstrip().startswith("PT\tAU\t")


def count_csv(text: Text, name: str) -> Count:
    """Rows by their quotes alone: a line end outside quotes ends a row. Blank rows do not count."""
    starts, quoted, begin, content, bare = [], False, 1, False, is_bare(text)
    for number, line in enumerate(text.lines, 1):
        if not quoted:
            begin, content = number, False
        content = content or bool(line.strip(BLANK))
        quoted = quoted != (line.count('"') % 2 == 1) and not bare
        if not quoted and content:
            starts.append(begin)
    if quoted:
        raise Problem("A quote opens here and never closes.", FORMAT, file=name, line=begin)
    return Count(starts[1:], [])


def read_csv(text: Text, name: str) -> list[Tags]:
    """One dict per row, keyed by plain column name. A row that does not fit its header is refused."""
    quoting: Literal[0, 3] = csv.QUOTE_NONE if is_bare(text) else csv.QUOTE_MINIMAL
    source = io.StringIO(text.content, newline="")
    reader = csv.reader(source, delimiter=delimiter(text), strict=True, quoting=quoting)
    rows = []
    try:
        for row in reader:
            if any(cell.strip(BLANK) for cell in row):
                rows.append((reader.line_num, row))
    except csv.Error as error:
        raise Problem(f"The row cannot be read: {error}.", FORMAT, file=name, line=reader.line_num) from None
    return _fit(rows, name)


def _fit(rows: list[tuple[int, list[str]]], name: str) -> list[Tags]:
    if not rows:
        raise Problem("The table is empty.", "Export again, and check that records were selected.", file=name)
    (_, raw), *body = rows
    header = [plain(cell) for cell in raw]
    while header and not header[-1]:
        header.pop()
    _check_header(header, raw, name)
    out = []
    for line, row in body:
        if any(cell.strip() for cell in row[len(header) :]) or (len(row) < len(header) and len(row) == 1):
            what = f"This row has {len(row)} cells and the header has {len(header)}."
            raise Problem(what, FORMAT, file=name, line=line)
        cells = zip(header, row, strict=False)
        out.append({column: [cell] for column, cell in cells if column and cell.strip()})
    return out


def _check_header(header: list[str], raw: list[str], name: str) -> None:
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise Problem(f"Two columns are called {twice[0]!r}.", "Rename one of them.", file=name, line=1)
    if not set(header) & set(TABLE["title"]):
        what = f"No column holds titles; the columns are: {', '.join(raw[:12])}."
        raise Problem(what, "Name it `title`.", file=name, line=1)


def count_excel(data: bytes, name: str) -> Count:
    """Rows of the first sheet that hold a value, counted in the sheet's XML, without openpyxl."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = sorted(n for n in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n))
        content = archive.read(sheets[0]) if sheets else b""
    starts = [
        int(number[1]) if (number := NUMBERED.search(found[1])) else at
        for at, found in enumerate(ROW.finditer(content), 1)
        if VALUE.search(found[2])
    ]
    return Count(starts[1:], [])


def read_excel(data: bytes, name: str) -> list[Tags]:
    """The first sheet's rows. Numbers read as text without a `.0`; dates as ISO 8601."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (KeyError, ValueError, zipfile.BadZipFile, OSError) as error:
        what = f"The workbook cannot be read: {error}."
        raise Problem(what, "Save it again as .xlsx, or as CSV.", file=name) from None
    rows = []
    for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
        texts = [_cell(value) for value in cells]
        if any(text.strip() for text in texts):
            rows.append((number, texts))
    book.close()
    return _fit(rows, name)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
