"""Import: a raw export into the review folder. The file is kept, its records are counted twice, a line says
so.

`count` (our own scan) and `read` (a library) must find the same number: a reader that loses a record in
silence is the one fault that a review cannot repair later.
"""

import hashlib
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kring.evidence import log
from kring.evidence.files import Row, read_jsonl, tell, write_jsonl
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem
from kring.evidence.records import asreview, bibtex, columns, dialect, tables, tagged
from kring.evidence.records.decode import Text, decode
from kring.evidence.records.record import Record, read_records
from kring.evidence.records.tagged import Count, Tags

READERS = {
    "ris": ("rispy", columns.RIS), "wos": ("rispy", columns.WOS), "medline": ("rispy", columns.MEDLINE),
    "ovid": ("rispy", columns.OVID), "ovid-labels": ("rispy", columns.OVID),
    "bibtex": ("bibtexparser", columns.BIBTEX), "csv": ("csv", columns.TABLE),
    "excel": ("openpyxl", columns.TABLE), "asreview": ("sqlite3", columns.TABLE),
}  # fmt: skip
DATABASES = (
    ("scopus", "Scopus"), ("embase", "Embase"), ("psycinfo", "APA PsycInfo"), ("cinahl", "CINAHL"),
    ("web of science", "Web of Science"), ("clarivate", "Web of Science"), ("central", "CENTRAL"),
    ("cochrane", "CENTRAL"), ("pubmed", "PubMed"), ("medline", "MEDLINE"), ("proquest", "ProQuest"),
)  # fmt: skip

NAMING = (
    "DB",
    "DP",
    "N1",
    "UT",
    "AN",
    "ut unique wos id",
    "source",
    "database",
)  # tags and columns that may name the database


@dataclass
class Export:
    """One file as read: its records, and what the ledger says about it."""

    file: str
    sha256: str
    bytes: int
    dialect: str
    encoding: str
    reader: str
    counted: int
    records: list[Record]
    database: str = ""
    warnings: list[str] = field(default_factory=list)


def read_export(path: Path, *, encoding: str | None = None, source: str = "") -> Export:
    """Read one export whole, or raise a `Problem` that names what is wrong and where."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Problem(f"The file cannot be read: {reason}.", "Check the name.", file=path) from None
    if not data.strip():
        raise Problem("The file is empty.", "Export again, and check that records were selected.", file=path)
    name = str(path)
    kind = dialect.recognise_binary(data, name)
    text_encoding = "binary"
    warnings: list[str] = []
    if kind is None:
        text = decode(data, name, encoding)
        kind = dialect.recognise(text.content, name)
        found, rows = _read_text(kind, text, name, warnings)
        text_encoding, warnings = text.encoding, [*text.warnings, *warnings]
    else:
        found, rows = asreview.read(data, name) if kind == "asreview" else _read_excel(data, name)
    reader, table = READERS[kind]
    _must_agree(found, rows, reader, name)
    slug = source or slug_of(path)
    tell(f"{name}: sorting fields of records", len(rows))
    records = [
        columns.as_record(tags, table, f"{slug}-{n:05d}", line)
        for n, (line, tags) in enumerate(zip(found.starts, rows, strict=True), 1)
    ]
    for record in records:
        record.source = slug
    warnings += found.warnings + _thin(records)
    database = _database(rows, name)
    digest = hashlib.sha256(data).hexdigest()
    return Export(
        path.name,
        digest,
        len(data),
        kind,
        text_encoding,
        reader,
        len(found.starts),
        records,
        database,
        warnings,
    )


def _read_text(kind: str, text: Text, name: str, warnings: list[str]) -> tuple[Count, list[Tags]]:
    if kind == "csv":
        return tables.count_csv(text, name), tables.read_csv(text, name)
    if kind == "bibtex":
        rows, odd = bibtex.read(text, name)
        warnings += odd
        return bibtex.count(text), rows
    found = tagged.count(text, kind, name)
    return found, tagged.read(text, kind, found.starts, name)


def _read_excel(data: bytes, name: str) -> tuple[Count, list[Tags]]:
    return tables.count_excel(data, name), tables.read_excel(data, name)


def _must_agree(found: Count, rows: list[Tags], reader: str, name: str) -> None:
    if len(found.starts) != len(rows):
        raise Problem(
            f"{len(found.starts)} records stand in the file, but {reader} read {len(rows)}.",
            "Nothing was imported. Export again, or in another format.",
            file=name,
        )
    if not rows:
        raise Problem("The file holds no record.", "Check that records were selected at export.", file=name)


def _thin(records: list[Record]) -> list[str]:
    """Records that cannot be screened well are imported, and named."""
    out = []
    for what, missing in (
        ("no title", [r for r in records if not r.title]),
        ("no abstract", [r for r in records if not r.abstract]),
    ):
        if missing:
            shown = ", ".join(r.id for r in missing[:3]) + (" …" if len(missing) > 3 else "")
            out.append(f"{len(missing)} of {len(records)} records have {what}: {shown}")
    return out


def _database(rows: Iterable[Tags], name: str) -> str:
    """The database by what most records name, else by the file's name, else unknown."""
    votes: dict[str, int] = {}
    for tags in rows:
        said = " ".join(value for tag in NAMING for value in tags.get(tag, []))
        for word, label in DATABASES:
            if word in said.lower() or (word == "web of science" and "WOS:" in said):
                votes[label] = votes.get(label, 0) + 1
                break
    if votes:
        return max(sorted(votes), key=lambda label: votes[label])
    return next((label for word, label in DATABASES if word in Path(name).name.lower()), "")


def slug_of(path: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "export"


def read_ledger(folder: Folder) -> list[Row]:
    return [row for _, row in read_jsonl(folder.ledger)]


@dataclass
class Imported:
    """What an import did: the new ledger lines, and the files that were in the review already."""

    lines: list[Row]
    known: list[Path]


def import_files(
    folder: Folder,
    paths: Iterable[Path],
    *,
    database: str = "",
    searched_on: str = "",
    round_: int | None = None,
    encoding: str | None = None,
) -> Imported:
    """Bring exports into the review: all of them, or none. A file that is there already is left out."""
    ledger = read_ledger(folder)
    taken = {line["sha256"]: line["source"] for line in ledger}
    sources = {line["source"] for line in ledger}
    number = round_ if round_ is not None else max((line["round"] for line in ledger), default=1)
    done, known = Imported([], []), []
    fresh: list[tuple[Path, Export]] = []
    for path in paths:
        export = read_export(path, encoding=encoding, source=_free(slug_of(path), sources))
        if export.sha256 in taken:
            known.append(path)
            continue
        source = export.records[0].source
        taken[export.sha256] = source
        sources.add(source)
        fresh.append((path, export))
        done.lines.append(_line(export, source, path, database, searched_on, number))
    done.known = known
    _write(folder, ledger, fresh, done.lines)
    return done


def _free(slug: str, sources: set[str]) -> str:
    number, name = 1, slug
    while name in sources:
        number += 1
        name = f"{slug}-{number}"
    return name


def _line(export: Export, source: str, path: Path, database: str, searched_on: str, round_: int) -> Row:
    return {
        "source": source,
        "file": f"{source}{path.suffix.lower()}",
        "original": path.name,
        "sha256": export.sha256,
        "bytes": export.bytes,
        "dialect": export.dialect,
        "encoding": export.encoding,
        "reader": export.reader,
        "counted": export.counted,
        "read": len(export.records),
        "database": database or export.database or "unknown",
        "searched_on": searched_on,
        "round": round_,
        "imported_at": log.now(),
        "warnings": export.warnings,
    }


def _write(folder: Folder, ledger: list[Row], fresh: list[tuple[Path, Export]], lines: list[Row]) -> None:
    """Raw files first, the ledger last: what is in the ledger is complete."""
    if not fresh:
        return
    old = list(read_records(folder.records))
    known = {line["source"] for line in ledger}
    rows = [record.row() for record in old if record.source in known]  # not those of an interrupted import
    for (path, export), line in zip(fresh, lines, strict=True):
        folder.exports.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder.exports / line["file"])
        rows += [{**record.row(), "round": line["round"]} for record in export.records]
    write_jsonl(folder.records, rows)
    write_jsonl(folder.ledger, [*ledger, *lines])


def check_exports(folder: Folder) -> list[str]:
    """The raw files against the ledger; an empty list when all are there and unchanged."""
    out = []
    for line in read_ledger(folder):
        path = folder.exports / line["file"]
        if not path.exists():
            out.append(f"{path}: the raw export is missing. Put it back; the ledger names its sha256.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != line["sha256"]:
            out.append(f"{path}: the raw export was changed after import. Put the original back.")
    return out
