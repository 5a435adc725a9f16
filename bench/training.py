"""What learning costs: the home of a learner as CPU against the floor of `care_pages`, with 10 and 1,000 parts; and the
nightly pass that puts questions into rounds, for 1,000 and 10,000 learners with twelve questions each.

Bars: the home at most 4 times the floor, whatever the number of parts; the pass for 10,000 learners at most 1.3 times
the memory of the pass for 1,000, and every learner has a round after one pass.
"""

import json
import os
import subprocess
import sys
import tempfile

from tests import postgres

BAR, MEMORY_BAR = 4.0, 1.3
LEARNERS = (1_000, 10_000)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _homes("SQLite", f"sqlite:///{folder}/homes.sqlite3", folder)
        _nights("SQLite", f"sqlite:///{folder}/night-{{}}.sqlite3", folder)
    try:
        with postgres.server() as url, tempfile.TemporaryDirectory() as folder:
            _homes("PostgreSQL", url, folder)
    except postgres.Missing as missing:
        print(f"PostgreSQL: not measured, {missing}")


def _homes(database: str, url: str, folder: str) -> None:
    print(f"{database}, home of a learner (CPU ms, floor, ratio, queries); bar {BAR:g}x")
    for size, page in _run(url, folder, "home").items():
        line = f"{page['ms']:7.2f} {page['floor_ms']:6.2f} {page['ratio']:6.2f}x {page['queries']:4.0f}"
        print(f"  {int(size):5,} parts {line}")


def _nights(database: str, url: str, folder: str) -> None:
    peaks = []
    for learners in LEARNERS:
        here = url.format(learners)
        _run(here, folder, "fill", str(learners))
        night = _run(here, folder, "night")
        peaks.append(night["peak_mb"])
        each = 1000 * night["seconds"] / learners
        words = f"{night['rounds']:,} rounds in {night['seconds']:.1f} s ({each:.2f} ms a learner)"
        print(f"{database}, one night, {learners:6,} learners: {words}, peak {night['peak_mb']:.1f} MB")
    print(f"  memory grows {peaks[-1] / peaks[0]:.2f} times for ten times the learners (bar {MEMORY_BAR:g})")


def _run(url: str, folder: str, *words: str) -> dict:
    environment = os.environ | {"DATABASE_URL": url, "KRING_DEMO": "1", "KRING_STATE": folder}
    done = subprocess.run(
        [sys.executable, "-m", "bench._training", *words],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"could not be measured\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
