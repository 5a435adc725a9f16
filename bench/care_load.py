"""Requests per second of the circle home with two workers, audit and policies on, beside the floor.

The floor is the same server, session and user, returning the same bytes ready-made. SQLite writes to disk for every
view (the trail), PostgreSQL here without fsync. Needs `wrk`.
"""

import re
import shutil
import subprocess

from bench._care_server import WORKERS, serving
from tests import postgres

SECONDS, CONNECTIONS, ROUNDS = 4, 8, 3


def main() -> None:
    if not shutil.which("wrk"):
        print("wrk is missing (Debian: apt-get install wrk)")
        return
    with serving() as town:
        _print("SQLite", town)
    try:
        with postgres.server() as url, serving(url) as town:
            _print("PostgreSQL", town)
    except postgres.Missing as missing:
        print(f"PostgreSQL: not measured, {missing}")


def _print(database: str, town: dict[str, str]) -> None:
    pages = {name: sorted(_rate(town, name) for _round in range(ROUNDS))[ROUNDS // 2] for name in ("floor", "home")}
    share = pages["home"] / pages["floor"]
    print(
        f"{database}, {WORKERS} workers: circle home {pages['home']:.0f} requests/s, "
        f"floor {pages['floor']:.0f}, ratio {share:.2f}"
    )


def _rate(town: dict[str, str], name: str) -> float:
    words = ["-t", "1", "-c", str(CONNECTIONS), "-d", f"{SECONDS}s", "-H", f"Cookie: {town['cookie']}"]
    done = subprocess.run(["wrk", *words, town["base"] + town[name]], capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout:
        raise RuntimeError(f"{name} answered with errors:\n{done.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])
