"""A real server with two workers for one bench, on a free port of this machine, gone afterwards."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

WORKERS = 2


@contextlib.contextmanager
def serving(url: str = "") -> Iterator[dict[str, Any]]:
    """Build the town in this database (SQLite in a temporary folder without one) and serve it."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environment = os.environ | {
            "DATABASE_URL": url or f"sqlite:///{folder}/bench.sqlite3",
            "KRING_DEMO": "1",
            "KRING_STATE": folder,
            "KRING_BENCH_READY": folder,
        }
        town = subprocess.run(
            [sys.executable, "-m", "bench._care_town"], env=environment, capture_output=True, text=True, check=True
        )
        words = ["--interface", "wsgi", "--port", str(port), "--workers", str(WORKERS), "bench._care_app:application"]
        server = subprocess.Popen([sys.executable, "-m", "granian", *words], env=environment, stdout=subprocess.DEVNULL)
        try:
            _wait(port)
            yield json.loads(town.stdout.splitlines()[-1]) | {"base": f"http://127.0.0.1:{port}"}
        finally:
            server.terminate()
            server.wait(10)


def _wait(port: int) -> None:
    for _try in range(100):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start in ten seconds")
