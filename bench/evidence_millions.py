"""De-duplication and ranking past one sitting: DuckDB beside Dask, time and memory, 10⁵ records unless told otherwise.

`python -m bench.evidence_millions 1000000` runs a million (minutes). Each engine runs in a process of its own. Records
are made up: titles of twelve words drawn with the frequencies of a natural text, no abstracts, a third of the articles
with a twin written in another way. The ranking learns from 1,000 decisions.
"""

import hashlib
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SIZE = 100_000
ENGINES = (("dedup", "duckdb"), ("dedup", "dask"), ("rank", "local"), ("rank", "dask"))


def main(size: int = SIZE) -> None:
    print(f"{'step':8}{'engine':8}{'records':>10}{'CPU s':>9}{'clock s':>9}{'peak GB':>9}   result")
    results: dict[str, set[str]] = {}
    for step, engine in ENGINES:
        command = [sys.executable, "-m", "bench.evidence_millions", str(size), step, engine]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
        if done.returncode:
            print(f"{step:8}{engine:8} failed: {done.stderr.strip().splitlines()[-1]}")
            continue
        row = json.loads(done.stdout.splitlines()[-1])
        figures = f"{row['cpu']:9.1f}{row['clock']:9.1f}{row['gigabytes']:9.2f}"
        print(f"{step:8}{engine:8}{size:10d}{figures}   {row['result']}", flush=True)
        results.setdefault(step, set()).add(row["digest"])
    for step, digests in results.items():
        print(f"{step}: the engines give {'the same result' if len(digests) == 1 else 'DIFFERENT results'}")


def one(size: int, step: str, engine: str) -> None:
    records = list(made_up(size))
    cpu, clock = time.process_time(), time.perf_counter()
    said, content = (dedup if step == "dedup" else rank)(records, engine)
    out: dict[str, object] = {"cpu": time.process_time() - cpu, "clock": time.perf_counter() - clock}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(json.dumps(out | {"gigabytes": peak, "result": said, "digest": hashlib.sha256(content).hexdigest()}))


def dedup(records, engine):  # type: ignore[no-untyped-def]
    from kring.evidence.records.dedup import deduplicate

    found = deduplicate(records, engine=engine)
    said = f"{len(found.clusters)} clusters, {len(found.queue)} pairs doubtful"
    return said, json.dumps(sorted(map(sorted, found.clusters))).encode()


def rank(records, engine):  # type: ignore[no-untyped-def]
    from kring.evidence.screening.spread import spread_scores

    rows = np.arange(1_000)
    scores = spread_scores([record.title for record in records], rows, (rows % 10 == 0).astype(np.int64), engine=engine)
    return f"{len(scores)} scores", np.round(scores, 9).tobytes()


def made_up(size: int):  # type: ignore[no-untyped-def]
    from kring.evidence.records.record import Record

    rng, np_rng = random.Random(1), np.random.default_rng(1)
    words = np.array([f"{a}{b}{c}" for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES])
    rng.shuffle(words)
    below = np.cumsum(1 / np.arange(1, len(words) + 1))
    for n in range(0, size, 4):  # three articles, and a twin of the third
        for number in range(n, min(n + 3, size)):
            drawn = words[np.searchsorted(below, np_rng.random(14) * below[-1])]
            title, page = " ".join(drawn[:12]).capitalize(), rng.randint(1, 900)
            authors = [f"{word.title()}, {word[0].upper()}." for word in drawn[12:]]
            place = {"volume": str(rng.randint(1, 60)), "pages": f"{page}-{page + 9}", "year": rng.randint(1990, 2025)}
            place["journal"] = "Journal of Invented Care"
            yield Record(f"m-{number:07d}", title=title, authors=authors, **place)
        if n + 3 < size:
            authors = [name.replace(",", "") for name in authors]
            yield Record(f"m-{n + 3:07d}", title=title.upper() + ".", authors=authors, **place)


SYLLABLES = [a + b for a in "bdfgklmnprst" for b in "aeiou"][:40]

if __name__ == "__main__":
    given = sys.argv[1:]
    one(int(given[0]), given[1], given[2]) if len(given) == 3 else main(int(given[0]) if given else SIZE)
