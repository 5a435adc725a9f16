"""Does the circle home stay as fast when an installation grows? 100, 10,000 and 100,000 circles in PostgreSQL.

Bar: its p95 grows at most 1.3 times from the smallest to the largest. KRING_BENCH_CIRCLES changes the sizes.
"""

import json
import os
import subprocess
import sys
import tempfile

from tests import postgres

SIZES = "100,10000,100000"
BAR = 1.3


def main() -> None:
    sizes = os.environ.get("KRING_BENCH_CIRCLES", SIZES)
    try:
        with postgres.server() as url, tempfile.TemporaryDirectory() as folder:
            environment = os.environ | {"DATABASE_URL": url, "KRING_DEMO": "1", "KRING_STATE": folder}
            words = [sys.executable, "-m", "bench._care_scale", *sizes.split(",")]
            done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    except postgres.Missing as missing:
        print(f"PostgreSQL: not measured, {missing}")
        return
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for one in found:
        print(f"{one['circles']:>8,} circles: circle home p50 {one['p50']:.2f} ms, p95 {one['p95']:.2f} ms")
    print(f"p95 grows {found[-1]['p95'] / found[0]['p95']:.2f} times (bar {BAR})")
