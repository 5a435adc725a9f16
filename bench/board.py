"""What the pages of a team cost: the board and the morning meeting with 200 clients on it, all linked to a circle, and
the caseload of 1,000 circles (fifty a page), as CPU against a floor: the same server, middleware, session and user,
returning the same bytes ready-made. On SQLite and PostgreSQL.

Bars: at most 10 queries, at most 5 times the floor.
"""

import json
import os
import subprocess
import sys
import tempfile

from tests import postgres

PAGES = {"board": "board, 200 clients", "morning": "morning, names hidden", "circles": "caseload, 1,000 circles"}
BAR = 5.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _measure("SQLite", f"sqlite:///{folder}/bench.sqlite3", folder)
    try:
        with postgres.server() as url, tempfile.TemporaryDirectory() as folder:
            _measure("PostgreSQL", url, folder)
    except postgres.Missing as missing:
        print(f"PostgreSQL: not measured, {missing}")


def _measure(database: str, url: str, folder: str) -> None:
    environment = os.environ | {"DATABASE_URL": url, "KRING_DEMO": "1", "KRING_STATE": folder}
    done = subprocess.run(
        [sys.executable, "-m", "bench._board"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"{database}: could not be measured\n{done.stderr[-2000:]}")
        return
    print(f"{database} (CPU ms a page, floor, ratio, queries; bars {BAR:g} and 10 queries)")
    for name, page in json.loads(done.stdout.splitlines()[-1]).items():
        figures = f"{page['ms']:7.2f} {page['floor_ms']:6.2f} {page['ratio']:6.2f}x {page['queries']:4.0f}"
        print(f"  {PAGES[name]:24}{figures}")


if __name__ == "__main__":
    main()
