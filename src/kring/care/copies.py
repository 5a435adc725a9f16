"""`kring backup FILE` and `kring restore FILE`: the whole installation is its database, so a copy of that is enough.

A backup is taken while people work, and is consistent. It holds everything in the clear: keep it encrypted and
apart (docs/operate.md). A restore goes into an empty database only, in one piece or not at all.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections


class CannotCopy(Exception):
    """Why there is no copy, and what to do."""


def backup(words: list[str]) -> int:
    target = _file(words, "backup")
    if target.exists():
        raise CannotCopy(f"{target} exists already; a backup overwrites nothing.")
    half = target.with_name(target.name + ".half")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    try:
        _copy_sqlite(_path(), half) if _is_sqlite() else _dump(half)
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    print(f"{target}: {target.stat().st_size:,} bytes. It holds everything in the clear: keep it encrypted.")
    return 0


def restore(words: list[str]) -> int:
    source = _file(words, "restore")
    if not source.exists():
        raise CannotCopy(f"There is no file {source}.")
    if connection.introspection.table_names():
        raise CannotCopy("The database is not empty. Restore into a new one, look at it, then change DATABASE_URL.")
    connections.close_all()
    _restore_sqlite(source) if _is_sqlite() else _load(source)
    print("Restored. Run `kring migrate` and `kring audit verify`.")
    return 0


def _file(words: list[str], word: str) -> Path:
    if len(words) != 1:
        raise CannotCopy(f"Say which file: kring {word} FILE")
    return Path(words[0])


def _is_sqlite() -> bool:
    return bool(connection.vendor == "sqlite")


def _path() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


def _copy_sqlite(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as there, contextlib.closing(sqlite3.connect(target)) as here:
        there.backup(here)
        here.execute("PRAGMA journal_mode=DELETE")


def _restore_sqlite(source: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as found:
            sound = found.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            known = found.execute("SELECT count(*) FROM sqlite_master WHERE name = 'audit_event'").fetchone()[0]
    except sqlite3.DatabaseError:
        sound = known = False
    if not sound or not known:
        raise CannotCopy(f"{source} is not a sound backup of Kring on SQLite.")
    half = _path().with_name(_path().name + ".half")
    _copy_sqlite(source, half)
    for old in (_path(), *(_path().with_name(_path().name + end) for end in ("-wal", "-shm"))):
        old.unlink(missing_ok=True)  # an empty database, as was checked
    half.replace(_path())


def _dump(target: Path) -> None:
    """Row-level security binds this role too: it asks for the installation, and says that it wants the rules on."""
    _run("pg_dump", "--format=custom", "--enable-row-security", f"--file={target}")


def _load(source: Path) -> None:
    words = ("--single-transaction", "--exit-on-error", "--no-owner", "--enable-row-security")
    _run("pg_restore", *words, f"--dbname={settings.DATABASES['default']['NAME']}", str(source))


def _run(program: str, *words: str) -> None:
    role = settings.DATABASES["default"]["OPTIONS"].get("assume_role")
    more = [f"--role={role}"] if role else []
    command = [_program(program), *more, *words]
    done = subprocess.run(command, env=os.environ | _where(), capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise CannotCopy(f"{program} failed: {done.stderr.strip()}")


def _where() -> dict[str, str]:
    """How PostgreSQL's own programs find the database; the password stands in no command line."""
    found: dict[str, Any] = settings.DATABASES["default"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {name: str(found[key]) for name, key in names.items() if found.get(key)}
    return given | {"PGOPTIONS": "-c kring.person_id=system"}


def _program(name: str) -> str:
    """The newest on this machine: an older pg_dump refuses a newer server."""
    homes = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(homes[-1]) if homes else shutil.which(name)
    if not found:
        raise CannotCopy(f"{name} is not on this machine (Debian, Ubuntu: apt-get install postgresql-client).")
    return found


WORDS = {"backup": backup, "restore": restore}


def main(words: list[str]) -> int:
    try:
        return WORDS[words[0]](words[1:])
    except CannotCopy as why:
        print(f"kring {words[0]}: {why}", file=sys.stderr)
        return 2
