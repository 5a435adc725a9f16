"""The living review's ledger: what each search round added, derived from the import ledger and the merges."""

from dataclasses import dataclass

from kring.evidence.files import write_csv
from kring.evidence.folder import Folder
from kring.evidence.records.importing import read_ledger
from kring.evidence.records.record import read_records

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
