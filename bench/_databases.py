"""Both databases, one after the other, and a worker for each: nothing that one warmed helps the other."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from tests import postgres


def on_both(measure: Callable[[str, str, str], None]) -> None:
    """Call measure(database, its address, a folder to throw away) for SQLite and PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/bench.sqlite3", folder)
    try:
        with postgres.server() as url, tempfile.TemporaryDirectory() as folder:
            measure("PostgreSQL", url, folder)
    except postgres.Missing as missing:
        print(f"PostgreSQL: not measured, {missing}")


def of_worker(module: str, url: str, folder: str, *words: str) -> Any:
    """What the worker prints on its last line, as JSON."""
    environment = os.environ | {"DATABASE_URL": url, "KRING_DEMO": "1", "KRING_STATE": folder}
    done = subprocess.run(
        [sys.executable, "-m", module, *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{module}: could not be measured\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def figures(page: dict[str, float]) -> str:
    """CPU ms, floor, ratio, queries."""
    return f"{page['ms']:7.2f} {page['floor_ms']:6.2f} {page['ratio']:6.2f}x {page['queries']:4.0f}"
