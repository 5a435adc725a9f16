"""Where extraction begins: a first row for each included report that no study claims yet, to correct and bring in."""

import re
from pathlib import Path

from kring.evidence.extraction.schema import NOT_READ, REPORTS, STUDIES
from kring.evidence.extraction.sheets import read_sheet
from kring.evidence.extraction.values import Tables
from kring.evidence.files import write_csv
from kring.evidence.folder import Folder
from kring.evidence.records import Record, canonical, read_records
from kring.evidence.screening import state


def unclaimed(folder: Folder, tables: Tables) -> list[Record]:
    """Included full texts that are no report of a study yet."""
    if not folder.deduplicated.exists():
        return []
    names = canonical(folder)
    claimed = {names.get(row["record_id"], "") for row in tables["reports"].values()}
    included = {id_ for id_, found in state(folder).items() if found.full_text.outcome == "include"}
    return [record for record in read_records(folder.deduplicated) if record.id in included - claimed]


def write_first_rows(folder: Folder, tables: Tables) -> list[Path]:
    """`new_studies.csv` and `new_reports.csv`: each report a study of its own, until a person says otherwise.

    A sheet that is there stays as it is, as somebody may be at work in it; it goes once all of its rows came in.
    """
    for table in (STUDIES, REPORTS):
        path = folder.extraction / f"new_{table.name}.csv"
        if path.exists() and set(read_sheet(path, table)) <= set(tables[table.name]):
            path.unlink()
    records = unclaimed(folder, tables)
    paths = [folder.extraction / f"new_{table.name}.csv" for table in (STUDIES, REPORTS)]
    if not records or any(path.exists() for path in paths):
        return []
    for path, (header, rows) in zip(paths, _first_rows(records, set(tables["studies"])), strict=True):
        write_csv(path, header, rows)
    return paths


def _first_rows(records: list[Record], taken: set[str]) -> list[tuple[list[str], list[list[object]]]]:
    studies: list[list[object]] = []
    reports: list[list[object]] = []
    for record in records:
        key = _free(_short(record), taken)
        study = {"study_id": key, "label": f"{_first(record)} {record.year or ''}".strip(), "year": record.year}
        studies.append([study.get(name) or NOT_READ for name in STUDIES.header])
        source = record.journal + (f", doi:{record.doi}" if record.doi else "")
        report = {"report_id": key, "study_id": key, "record_id": record.id, "label": record.title, "source": source}
        reports.append([report.get(name) or NOT_READ for name in REPORTS.header])
    return [(STUDIES.header, studies), (REPORTS.header, reports)]


def _first(record: Record) -> str:
    return re.split(r"[, ]", record.authors[0])[0] if record.authors else record.id


def _short(record: Record) -> str:
    return re.sub(r"\W+", "", _first(record).lower()) + str(record.year or "")


def _free(key: str, taken: set[str]) -> str:
    """`smit2020`; the second one of that name is `smit2020_2`."""
    same = sum(name.split("_")[0] == key for name in taken)
    found = f"{key}_{same + 1}" if same else key
    taken.add(found)
    return found
