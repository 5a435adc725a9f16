"""Screening beside a log of 10³, 10⁴ and 10⁵ decisions: what one decision costs, alone and while another screens too.

The floor is the write that nobody can do without: one line added and forced to the disk. Times are wall-clock medians
in milliseconds; the review has twice as many records as decisions.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

SIZES = (1_000, 10_000, 100_000)
RUNS = 15
STEPS = ("floor", "decide", "next", "undo", "meter", "after other")
OTHER = """
import sys
from pathlib import Path
from kring.evidence import log
held = log.Log(Path(sys.argv[1]))
for line in sys.stdin:
    event = dict(stage="title_abstract", reviewer="bo", record_id=line.strip(), decision="exclude")
    held.append([log.event(**event)])
    print("done", flush=True)
"""


def main() -> None:
    print(f"{'events':>9}{'open s':>9}" + "".join(f"{step:>13}" for step in STEPS) + "   ms")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as place:
            opened, cells = measured(Path(place), size)
        ratio = (cells["decide"] + cells["next"]) / cells["floor"]
        row = "".join(f"{cells[step]:13.2f}" for step in STEPS)
        print(f"{size:9d}{opened:9.2f}{row}   decide and next: {ratio:.1f} × the floor")


def measured(place: Path, size: int) -> tuple[float, dict[str, float]]:
    from kring.evidence.screening.session import Session

    folder, ids = made_up(place / "review", size)
    start = time.perf_counter()
    session = Session(folder, "ann")
    opened = time.perf_counter() - start
    session.next(), session.meter()  # compile, count words, learn: before the clock
    waiting = iter(ids[size:])
    cells = {"floor": ms(lambda: force(place / "floor"))}
    cells["decide"] = ms(lambda: session.decide(next(waiting), "exclude"))
    cells["next"], cells["meter"] = ms(session.next), ms(session.meter)
    cells["undo"] = ms(session.undo)
    command = [sys.executable, "-c", OTHER, str(folder.decisions)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as other:

        def decide_elsewhere() -> None:
            other.stdin.write(next(waiting) + "\n")
            other.stdout.readline()

        cells["after other"] = ms(session.refresh, before=decide_elsewhere)
        other.stdin.close()
    return opened, cells


def made_up(root: Path, size: int):  # type: ignore[no-untyped-def]
    from kring.evidence import log
    from kring.evidence.files import write_jsonl
    from kring.evidence.folder import new
    from kring.evidence.records import Record

    rng, folder = random.Random(1), new(root)
    words = [f"word{n}" for n in range(3_000)]
    ids = [f"a-{n:06d}" for n in range(2 * size)]
    rows = [Record(id_, source="a", title=" ".join(rng.choices(words, k=10)), members=[id_]).row() for id_ in ids]
    write_jsonl(folder.records, rows)
    write_jsonl(folder.deduplicated, rows)
    said = ["include" if rng.random() < 0.3 * (1 - n / size) ** 4 else "exclude" for n in range(size)]
    fixed = {"stage": "title_abstract", "reviewer": "ann"}
    events = [log.event(**fixed, record_id=id_, decision=d) for id_, d in zip(ids, said, strict=False)]
    log.append(folder.decisions, events)
    return folder, ids


def force(path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        file.write(b"x" * 200 + b"\n")
        os.fsync(file.fileno())


def ms(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    times = []
    for _ in range(RUNS):
        before()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times) * 1000


if __name__ == "__main__":
    main()
