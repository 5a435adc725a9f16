"""ASReview project files (.asreview), in and out. They are zip archives around SQLite databases.

Written files follow project file version 3 (ASReview 3); versions 2 and 3 are read.
"""

import csv
import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kring.evidence.problem import Problem
from kring.evidence.records.record import Record
from kring.evidence.records.tagged import Count, Tags

REMEDY = "Export the project again from ASReview 3 (Dashboard, menu of the project, Export)."
FIELDS = ("title", "abstract", "authors", "keywords", "year", "doi", "url")

TABLES = """
CREATE TABLE record (dataset_row INTEGER NOT NULL, dataset_id VARCHAR NOT NULL, title VARCHAR NOT NULL,
  abstract VARCHAR NOT NULL, authors JSON NOT NULL, keywords JSON NOT NULL, year INTEGER, doi VARCHAR,
  url VARCHAR, included INTEGER, record_id INTEGER NOT NULL, duplicate_of INTEGER,
  group_id INTEGER NOT NULL GENERATED ALWAYS AS (COALESCE(duplicate_of, record_id)) VIRTUAL,
  PRIMARY KEY (record_id), UNIQUE (dataset_row, dataset_id),
  CONSTRAINT no_self_duplicate CHECK (duplicate_of IS NULL OR duplicate_of != record_id),
  FOREIGN KEY(duplicate_of) REFERENCES record (record_id) ON DELETE SET NULL);
CREATE INDEX idx_record_group_id ON record (group_id);
CREATE TABLE results (record_id INTEGER UNIQUE, label INTEGER, classifier TEXT, querier TEXT, balancer TEXT,
  feature_extractor TEXT, training_set INTEGER, time FLOAT, note TEXT, tags JSON, user_id INTEGER);
CREATE TABLE last_ranking (record_id INTEGER UNIQUE, ranking INT, classifier TEXT, querier TEXT,
  balancer TEXT, feature_extractor TEXT, training_set INTEGER, time FLOAT);
CREATE TABLE decision_changes (record_id INTEGER, label INTEGER, time FLOAT, user_id INTEGER);
PRAGMA user_version = 3;
"""


def read(data: bytes, name: str) -> tuple[Count, list[Tags]]:
    """Records with the labels given in ASReview; the count is the database's own."""
    with tempfile.TemporaryDirectory() as folder:
        records, results = _databases(data, name, Path(folder))
        try:
            number = _query(records, "SELECT COUNT(*) AS n FROM record")[0]["n"]
            rows = _query(records, "SELECT * FROM record ORDER BY record_id")
            decided = _query(results, "SELECT record_id, label FROM results WHERE label IS NOT NULL")
        except sqlite3.DatabaseError as error:
            raise Problem(f"The project's database cannot be read: {error}.", REMEDY, file=name) from None
    labels = {row["record_id"]: row["label"] for row in decided}
    return Count(list(range(1, number + 1)), []), [_tags(row, labels) for row in rows]


def _databases(data: bytes, name: str, folder: Path) -> tuple[Path, Path]:
    """The two databases (one file in version 3), unpacked into `folder` under names of our own."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        config = json.loads(archive.read("project.json"))
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError) as error:
        raise Problem(f"This is not an ASReview project: {error}.", REMEDY, file=name) from None
    version = config.get("project_file_version", 1)
    if version == 3:
        members = ["results.db", "results.db"]
    elif version == 2 and config.get("reviews"):
        members = ["data_store.db", f"reviews/{config['reviews'][0]['id']}/results.db"]
    else:
        raise Problem(f"This is ASReview project format {version}; 2 and 3 are read.", REMEDY, file=name)
    paths = []
    for number, member in enumerate(members):
        path = folder / f"{number}.db"
        try:
            path.write_bytes(archive.read(member))
        except (KeyError, zipfile.BadZipFile) as error:
            raise Problem(f"The project is incomplete: {error}.", REMEDY, file=name) from None
        paths.append(path)
    return paths[0], paths[1]


def _query(path: Path, sql: str) -> list[dict[str, Any]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]
    finally:
        connection.close()


def _tags(row: Mapping[str, Any], labels: Mapping[int, int]) -> Tags:
    tags: Tags = {}
    for field in FIELDS:
        value = row.get(field)
        if field in ("authors", "keywords"):
            found = json.loads(value or "[]")
            value = "; ".join(found) if isinstance(found, list) else str(found)
        if value not in (None, ""):
            tags[field] = [str(value)]
    label = labels.get(row["record_id"], row.get("included"))
    if label is not None:
        tags["included"] = [str(int(label))]
    return tags


def write(records: Iterable[Record], labels: Mapping[str, tuple[int, float]], title: str) -> bytes:
    """An .asreview file that ASReview 3 opens. `labels`: record id → (1 or 0, moment in Unix seconds)."""
    rows = list(records)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.db"
        connection = sqlite3.connect(path)
        connection.executescript(TABLES)
        connection.executemany(
            "INSERT INTO record (dataset_row, dataset_id, title, abstract, authors, keywords, year, doi, url,"
            " record_id) VALUES (?,?,?,?,?,?,?,?,?,?)",
            [_row(number, record) for number, record in enumerate(rows)],
        )
        decided = [(n, *labels[record.id]) for n, record in enumerate(rows) if record.id in labels]
        connection.executemany("INSERT INTO results (record_id, label, time) VALUES (?,?,?)", decided)
        connection.commit()
        connection.close()
        return _archive(path.read_bytes(), rows, title)


def _row(number: int, record: Record) -> tuple[object, ...]:
    authors, keywords = json.dumps(record.authors), json.dumps(record.keywords)
    texts = (record.title, record.abstract, authors, keywords)
    return (number, "kring", *texts, record.year, record.doi or None, record.url or None, number)


def _archive(database: bytes, rows: list[Record], title: str) -> bytes:
    config = {
        "version": "3.0.8", "id": "kring", "mode": "oracle", "name": title or "review", "created_at_unix": 0,
        "feature_matrices": [], "tags": None, "project_file_version": 3,
        "datasets": [{"id": "kring", "name": "records.csv"}],
    }  # fmt: skip
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["record_id", "title", "abstract", "authors", "year", "doi", "url"])
    for r in rows:
        writer.writerow([r.id, r.title, r.abstract, "; ".join(r.authors), r.year or "", r.doi, r.url])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("project.json", json.dumps(config).encode()),
            ("results.db", database),
            ("data/records.csv", table.getvalue().encode()),
        ):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()
