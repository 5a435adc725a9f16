"""Import, de-duplicate and rank 10³, 10⁴ and 10⁵ made-up records: CPU, memory, and how the cost grows.

Each size runs in a process of its own, so that its peak memory is its own. A third of the records have a twin written
in another way; abstracts have about 150 words drawn with the frequencies of a natural text (Zipf). The ranking
learns from 1,000 decisions (100 for the smallest size).
"""

import json
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

SIZES = (1_000, 10_000, 100_000)
LIMIT = 4.0  # GB


def main() -> None:
    print(f"{'records':>9}{'import':>9}{'dedup':>9}{'rank':>9}{'all':>9}{'peak GB':>9}   seconds of CPU")
    rows = [measured(size) for size in SIZES]
    for row in rows:
        cells = "".join(f"{row[step]:9.1f}" for step in ("import", "dedup", "rank", "all"))
        print(f"{row['size']:9d}{cells}{row['gigabytes']:9.2f}   {row['articles']} articles, {row['queue']} doubtful")
    for small, large in pairwise(rows):
        allowed = (large["size"] * math.log(large["size"])) / (small["size"] * math.log(small["size"]))
        grew = large["all"] / small["all"]
        print(f"from {small['size']} to {large['size']}: cost × {grew:.1f}; n log n allows × {allowed:.1f}")
    print(f"memory at {rows[-1]['size']}: {rows[-1]['gigabytes']:.2f} GB of {LIMIT:.0f} GB")


def measured(size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.evidence_scale", str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def one_size(size: int) -> None:
    from kring.evidence import log
    from kring.evidence.folder import new
    from kring.evidence.records import import_files, read_records, run_dedup
    from kring.evidence.screening.session import Session

    with tempfile.TemporaryDirectory() as place:
        export = Path(place) / "made-up.ris"
        write_export(export, size)
        folder = new(Path(place) / "review")
        marks = [time.process_time()]
        import_files(folder, [export])
        marks.append(time.process_time())
        found = run_dedup(folder)
        marks.append(time.process_time())
        ids = [record.id for record in read_records(folder.deduplicated)]
        decided = ids[: 1_000 if size > 1_000 else 100]
        log.append(folder.decisions, [decision(id_, n) for n, id_ in enumerate(decided)])
        marks.append(time.process_time())
        assert len(Session(folder, "ann").waiting()) == len(ids) - len(decided)
        marks.append(time.process_time())
    steps = [after - before for before, after in pairwise(marks)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    out = {"size": size, "import": steps[0], "dedup": steps[1], "rank": steps[3], "gigabytes": peak}
    out |= {"all": steps[0] + steps[1] + steps[3], "articles": found.distinct, "queue": found.queue}
    print(json.dumps(out))


def decision(id_: str, number: int) -> dict[str, str]:
    from kring.evidence import log

    said = "include" if number % 10 == 0 else "exclude"
    return log.event(stage="title_abstract", reviewer="ann", record_id=id_, decision=said)


def write_export(path: Path, size: int) -> None:
    """A RIS file of made-up records; the words follow Zipf's law over 60,000 invented ones."""
    rng, np_rng = random.Random(1), np.random.default_rng(1)
    parts = ["re", "co", "ver", "men", "tal", "tri", "al", "sta", "ff", "so", "ci", "ty", "per", "lin", "ka", "no"]
    words = np.array(sorted({"".join(rng.choices(parts, k=rng.randint(1, 4))) + "aeiou"[n % 5] for n in range(90_000)}))
    rng.shuffle(words)
    below = np.cumsum(1 / np.arange(1, len(words) + 1))
    below /= below[-1]
    with path.open("w", encoding="utf-8") as file:
        made = 0
        while made < size:
            text = words[np.searchsorted(below, np_rng.random(165))]
            names = [f"{word.title()}, {word[0].upper()}." for word in words[np_rng.integers(0, len(words), 3)]]
            volume, page, year = rng.randint(1, 60), rng.randint(1, 900), rng.randint(1990, 2025)
            fields = (" ".join(text[:12]).capitalize(), names, volume, f"{page}", f"{page + 9}", year)
            file.write(entry(*fields, " ".join(text[12:])))
            made += 1
            if made % 3 == 0 and made < size:
                file.write(entry(fields[0].upper() + ".", [n.replace(",", "") for n in names], *fields[2:], ""))
                made += 1


def entry(title: str, names: list[str], volume: int, page: str, last: str, year: int, abstract: str) -> str:
    authors = "".join(f"AU  - {name}\n" for name in names)
    return (
        f"TY  - JOUR\nTI  - {title}\n{authors}T2  - Journal of Invented Care\nVL  - {volume}\nSP  - {page}\n"
        f"EP  - {last}\nPY  - {year}\nAB  - {abstract}\nER  - \n\n"
    )


if __name__ == "__main__":
    one_size(int(sys.argv[1])) if len(sys.argv) > 1 else main()
