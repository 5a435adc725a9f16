"""A living review: what each search round added. Only what is new reaches the screeners; nothing is decided twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kring.evidence.files import write_csv
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem
from kring.evidence.records.importing import Imported, import_files, read_ledger
from kring.evidence.records.merging import Result, run_dedup
from kring.evidence.records.pairs import Engine
from kring.evidence.records.record import Record, read_records

ROUNDS = ("round", "searched_on", "sources", "records", "known_before", "new")


@dataclass
class Round:
    """One search round: of `records` imported, how many articles were there before, and how many are `new`."""

    number: int
    searched_on: str
    sources: list[str]
    records: int
    new: int

    @property
    def known_before(self) -> int:
        """Records of articles that an earlier round, or another export of this one, held already."""
        return self.records - self.new


def rounds(folder: Folder) -> list[Round]:
    """The rounds in order, derived from the ledger and the deduplicated records."""
    new: dict[int, int] = {}
    for record in read_records(folder.deduplicated):
        new[record.round] = new.get(record.round, 0) + 1
    out: dict[int, Round] = {}
    for line in read_ledger(folder):
        found = out.setdefault(line["round"], Round(line["round"], "", [], 0, new.get(line["round"], 0)))
        found.sources.append(line["source"])
        found.records += line["read"]
        found.searched_on = max(found.searched_on, line["searched_on"])
    return [out[number] for number in sorted(out)]


def write_rounds(folder: Folder) -> None:
    """`2_records/rounds.csv`: the living review's ledger, one row for each round."""
    rows = [(r.number, r.searched_on, "; ".join(r.sources), r.records, r.known_before, r.new) for r in rounds(folder)]
    write_csv(folder.root / "2_records" / "rounds.csv", ROUNDS, rows)


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
    write_rounds(folder)
    after = list(read_records(folder.deduplicated))
    joined = [(r.id, member) for r in after for member in r.members if member in before and member != r.id]
    return Updated(imported, result, [r for r in after if r.id not in before], joined)
