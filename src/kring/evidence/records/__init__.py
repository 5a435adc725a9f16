"""Records: from search exports to one clean list, with a ledger of what came from where."""

from kring.evidence.records.importing import import_files, read_ledger
from kring.evidence.records.merging import canonical, run_dedup
from kring.evidence.records.record import Record, read_records

__all__ = ["Record", "canonical", "import_files", "read_ledger", "read_records", "run_dedup"]
