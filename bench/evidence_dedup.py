"""De-duplication against bib-dedupe on labelled sets: false merges, missed pairs, queue, CPU.

The rules were written with the three sets of ../shared/data in view. `KRING_DEDUP_SETS=FOLDER` measures others, each a
folder with `records_pre_merged.csv` and `merged_record_ids.csv` (docs/evidence.md says which were measured so).
"""

import csv
import os
import time
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import TypeVar

from kring.evidence.records.columns import TABLE, as_record
from kring.evidence.records.dedup import deduplicate
from kring.evidence.records.record import Record

DATA = Path(__file__).parents[2] / "shared" / "data" / "dedup"
RUNS = 3
T = TypeVar("T")
Pairs = set[tuple[str, str]]


def main() -> None:
    folders = sorted(path.parent for place in places() for path in place.glob("*/merged_record_ids.csv"))
    if not folders:
        print(f"labelled sets missing ({DATA.name} beside the project): nothing measured")
        return
    print(f"{'set':22}{'':12}{'records':>8}{'false':>7}{'missed':>7}{'queue':>7}{'CPU s':>8}")
    for folder in folders:
        records, clusters = load(folder)
        true, duplicates = pairs(clusters), sum(len(ids) - 1 for ids in clusters)
        ours_seconds, found = timed(lambda records=records: deduplicate(records))
        row(folder.name, "kring", len(records), pairs(found.clusters), true, len(found.queue), ours_seconds)
        theirs = bib_dedupe(folder)
        if theirs is None:
            print(f"{'':22}bib-dedupe missing")
            continue
        seconds, (merged, maybe) = theirs
        row("", "bib-dedupe", len(records), merged, true, maybe, seconds)
        ratio = seconds / ours_seconds
        print(f"{'':22}{ratio:.0f} times less CPU; queue {len(found.queue) / duplicates:.3f} per true duplicate")


def places() -> list[Path]:
    more = os.environ.get("KRING_DEDUP_SETS")
    return [DATA, Path(more)] if more else [DATA]


def load(folder: Path) -> tuple[list[Record], list[list[str]]]:
    with (folder / "records_pre_merged.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    records = [
        as_record({k.lower(): [v] for k, v in row.items() if v and k != "ID"}, TABLE, row["ID"], line)
        for line, row in enumerate(rows, 2)
    ]
    with (folder / "merged_record_ids.csv").open(encoding="utf-8", newline="") as file:
        return records, [row["merged_ids"].split(";") for row in csv.DictReader(file)]


def pairs(clusters: Iterable[Iterable[str]]) -> Pairs:
    return {(min(p), max(p)) for ids in clusters for p in combinations(ids, 2)}


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Median CPU seconds of this process over RUNS runs, and the last result."""
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        result = work()
        seconds.append(time.process_time() - start)
    return median(seconds), result


def bib_dedupe(folder: Path) -> tuple[float, tuple[Pairs, int]] | None:
    try:
        import pandas as pd
        from bib_dedupe.bib_dedupe import block, cluster, match, prep
    except ModuleNotFoundError:
        return None
    table = pd.read_csv(folder / "records_pre_merged.csv", dtype=str)

    def work() -> tuple[Pairs, int]:
        prepared = prep(table.copy(), verbosity_level=0, cpu=1)
        matched = match(block(prepared, verbosity_level=0, cpu=1), verbosity_level=0, cpu=1)
        maybe = int((matched["duplicate_label"] == "maybe").sum())
        return pairs(cluster(matched, verbosity_level=0)), maybe

    return timed(work)


def row(name: str, who: str, records: int, found: Pairs, true: Pairs, queue: int, seconds: float) -> None:
    false, missed = len(found - true), len(true - found)
    print(f"{name:22}{who:12}{records:8d}{false:7d}{missed:7d}{queue:7d}{seconds:8.2f}")


if __name__ == "__main__":
    main()
