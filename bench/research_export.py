"""Does a table for research take the same memory whatever its size? 10,000, 100,000 and 1,000,000 rows.

Bar: the peak memory of making a table of a million rows is at most 1.3 times that of ten thousand. Each size runs in a
process of its own; what it took before it began (Django, the database) stands beside it. KRING_BENCH_ROWS changes
the sizes.
"""

import json
import os
import subprocess
import sys
import tempfile

SIZES = "10000,100000,1000000"
BAR = 1.3


def main() -> None:
    peaks = []
    for size in os.environ.get("KRING_BENCH_ROWS", SIZES).split(","):
        one = _measured(int(size))
        peaks.append(one["peak"])
        print(
            f"{one['rows']:>10,} rows of {one['clients']:,} clients: peak {one['peak']:.0f} MB"
            f" (before it began {one['before']:.0f} MB), {one['rows'] / one['seconds']:,.0f} rows/s to publish,"
            f" {one['rows'] / one['writing']:,.0f} rows/s in the pass that writes; CSV {one['csv'] / 1e6:.1f} MB,"
            f" Parquet {one['parquet'] / 1e6:.1f} MB",
            flush=True,
        )
    print(f"peak grows {peaks[-1] / peaks[0]:.2f} times (bar {BAR})")


def _measured(rows: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"KRING_DEMO": "1", "KRING_STATE": folder, "DATABASE_URL": f"sqlite:///{folder}/db"}
        words = [sys.executable, "-m", "bench._research_export"]
        subprocess.run([*words, "fill", str(rows)], env=environment, check=True)
        done = subprocess.run([*words, "make"], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found
