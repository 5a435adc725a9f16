"""`./run test`: the whole suite on SQLite, then the care wing again on PostgreSQL; one closing line for each.

`./run test WORDS` hands the words to pytest, on SQLite. `./run test --postgres WORDS` runs them on PostgreSQL.
Without PostgreSQL on the machine its run is reported as skipped; with KRING_CI=1 that is a failure.
"""

import os
import signal
import subprocess
import sys

from tests import postgres

CARE = ["tests/care", "-m", "not slow and not browser"]  # pages look the same on both databases


def main(words: list[str]) -> int:
    wants = [word for word in words if word != "--postgres"]
    if "--postgres" in words:
        return _on_postgres(wants or CARE)
    if wants:
        return _pytest(wants)
    first = _said("SQLite", _pytest([]))
    return first or _on_postgres(CARE)


def _on_postgres(words: list[str]) -> int:
    try:
        postgres.programs()
    except postgres.Missing as missing:
        demanded = os.environ.get("KRING_CI") == "1"
        print(f"on PostgreSQL: {'FAILED' if demanded else 'skipped'}, {missing}", flush=True)
        return int(demanded)
    with postgres.server() as url:
        return _said("PostgreSQL", _pytest(["--migrations", *words], DATABASE_URL=url))


def _pytest(words: list[str], **settings: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *words], env=os.environ | settings).returncode


def _said(database: str, status: int) -> int:
    print(f"on {database}: {'passed' if status == 0 else 'FAILED'}", flush=True)
    return status


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_frame: sys.exit(143))  # so that the throwaway server is stopped too
    sys.exit(main(sys.argv[1:]))
