"""A throwaway PostgreSQL server from the programs on this machine: started for one run, gone after it.

The role `kring` owns its databases and is what an installation should use: no superuser, row-level security binds it.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

OLDEST = 15
HERE = "-c listen_addresses= -c max_connections=200"
FAST = f"{HERE} -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class Missing(Exception):
    """Why there is no server here."""


def programs() -> Path:
    """The folder of the newest server programs, wherever this system keeps them."""
    homes = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")]
    if found := shutil.which("initdb"):
        homes.append(Path(found).resolve().parent)
    able = [(version, home) for home in homes if (version := _version(home)) >= OLDEST]
    if not able:
        raise Missing(f"no PostgreSQL {OLDEST} or newer found (Debian, Ubuntu: apt-get install postgresql)")
    return max(able)[1]


@contextlib.contextmanager
def server(durable: bool = False) -> Iterator[str]:
    """Run one; yields a DATABASE_URL whose role `kring` may create databases. `durable`: what it confirmed is kept."""
    home = programs()
    folder = Path(tempfile.mkdtemp(prefix="kring-pg-"))
    folder.chmod(0o755)
    user = _user()
    if user:
        shutil.chown(folder, user)
    data, options = folder / "data", HERE if durable else FAST
    try:
        _run(user, home / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        _start(folder, options)
        make = "CREATE ROLE kring LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS"
        _run(user, home / "psql", "-qX", "-h", folder, "-U", "postgres", "-d", "postgres", "-c", make)
        _run(user, home / "createdb", "-h", folder, "-U", "postgres", "-O", "kring", "kring")
        yield f"postgresql://kring@{quote(str(folder), safe='')}/kring"
    finally:
        if (data / "postmaster.pid").exists():
            _run(user, home / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def crash(url: str) -> None:
    """Kill the server as a fault of the machine would, and start it again on the same files. Only a durable one."""
    folder = _folder(url)
    os.kill(int((folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    for _attempt in range(20):  # its children notice, and only then it starts again
        time.sleep(0.5)
        with contextlib.suppress(RuntimeError):
            _start(folder, HERE)
            return
    raise RuntimeError("PostgreSQL did not start again after it was killed")


def _start(folder: Path, options: str) -> None:
    how = ("-D", folder / "data", "-w", "-l", folder / "log", "-o", f"{options} -k {folder}", "start")
    _run(_user(), programs() / "pg_ctl", *how)


def _folder(url: str) -> Path:
    return Path(unquote(url.split("@")[1].split("/")[0]))


def add_database(url: str, name: str) -> None:
    """One more empty database on a running server, owned by `kring`."""
    folder = _folder(url)
    _run(_user(), programs() / "createdb", "-h", folder, "-U", "postgres", "-O", "kring", name)


def _version(home: Path) -> int:
    initdb = home / "initdb"
    if not initdb.exists() or not (home / "pg_ctl").exists():
        return 0
    words = subprocess.run([initdb, "--version"], capture_output=True, text=True).stdout.split()
    return int(words[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")) if len(words) > 2 else 0


def _user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as somebody with fewer rights."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


def _run(user: str | None, *words: object) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, user=user, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed: {done.stderr or done.stdout}")
