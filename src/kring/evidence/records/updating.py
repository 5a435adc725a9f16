"""A living review: what each search round added. Only what is new reaches the screeners; nothing is decided twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kring.evidence.folder import Folder
from kring.evidence.problem import Problem
from kring.evidence.records.importing import Imported, import_files, read_ledger
from kring.evidence.records.merging import Result, run_dedup
from kring.evidence.records.pairs import Engine
from kring.evidence.records.record import Record, read_records


@dataclass
class Updated:
    """What an update did. `joined`: articles of before that turn out to be one (kept id, id that went)."""

    imported: Imported
    dedup: Result
    new: list[Record]
    joined: list[tuple[str, str]]


def update(
    folder: Folder, paths: Iterable[Path], *, searched_on: str, database: str = "", engine: Engine = "duckdb"
) -> Updated:
    """Import `paths` as the next round and find what is new in them."""
    ledger = read_ledger(folder)
    if not ledger:
        remedy = f"Begin with: kring evidence import {folder.root} EXPORT ..."
        raise Problem("The review has no first search to update.", remedy, file=folder.ledger)
    before = {record.id for record in read_records(folder.deduplicated)}
    if not before:
        raise Problem(
            "The first search was not de-duplicated yet.",
            f"First: kring evidence dedup {folder.root}",
            file=folder.root,
        )
    number = max(line["round"] for line in ledger) + 1
    imported = import_files(folder, paths, database=database, searched_on=searched_on, round_=number)
    result = run_dedup(folder, engine)
    after = list(read_records(folder.deduplicated))
    joined = [(r.id, member) for r in after for member in r.members if member in before and member != r.id]
    return Updated(imported, result, [r for r in after if r.id not in before], joined)
