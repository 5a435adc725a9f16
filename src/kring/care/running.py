"""`kring demo`, `kring serve` and `kring work`: the processes of an installation. docs/operate.md says how they fit."""

import os
import signal
import socket
import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from kring.care import jobs


class CannotStart(Exception):
    """Why a process does not start, and what to do."""


def demo(words: list[str]) -> int:
    """Serve the demo town with SQLite; it is built at the first start. Jobs run inside the server."""
    os.environ.setdefault("KRING_EMBEDDED_WORKER", "1")
    port = int(os.environ.get("KRING_PORT", "8000"))
    _want_free("127.0.0.1", port)
    if not connection.introspection.table_names():
        print("Building the demo town. Once, about fifteen seconds; longer on a busy computer ...", flush=True)
    call_command("migrate", verbosity=0)
    for line in _doors():
        print(line, flush=True)
    _granian("127.0.0.1", port, workers=1)
    return 0


def serve(words: list[str]) -> int:
    """Serve for people, behind a proxy that speaks https. Refuses to start half-ready."""
    host, port = os.environ.get("KRING_BIND", "127.0.0.1"), int(os.environ.get("KRING_PORT", "8000"))
    _want_free(host, port)
    _want_migrated()
    call_command("collectstatic", interactive=False, verbosity=0)
    _granian(host, port, workers=int(os.environ.get("KRING_WORKERS", str(os.cpu_count() or 1))))
    return 0


def work(words: list[str]) -> int:
    """Do background jobs until stopped; `--once` does what is due and ends."""
    if words == ["--once"]:
        jobs.queue_periodic()
        jobs.run_due()
        return 0
    if words:
        raise CannotStart(f"kring work knows only --once, not {' '.join(words)}.")
    _want_migrated()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_frame: stop.set())
    print("Kring is doing its background jobs.", flush=True)
    jobs.work(stop)
    return 0


def embed_worker() -> None:
    """Do background jobs in a thread of this server, where the installation asked for it."""
    if os.environ.get("KRING_EMBEDDED_WORKER") == "1":
        threading.Thread(target=jobs.work, args=[threading.Event()], name="kring work", daemon=True).start()


def _doors() -> list[str]:
    """Build the town if nobody lives there yet; say who one can be."""
    from kring.care import demo
    from kring.care.people.models import Person

    if not Person.objects.exists():
        demo.build()
    found = demo.doors()
    width = max(len(door.role) for door in found)
    lines = [f"  {door.role:<{width}}  {door.name:<20} {settings.SITE_URL}{door.path}" for door in found]
    return [
        f"Kring runs on {settings.SITE_URL} (stop with Ctrl+C). Nobody in this town exists. Come in as:",
        *lines,
        f"  {'the mail that was sent':<{width}}  {'':<20} {settings.SITE_URL}/demo/outbox/",
    ]


def _want_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise CannotStart(
                f"Port {port} on {host} is taken ({fault.strerror}). Stop the other program, or choose another port: "
                f"KRING_PORT={port + 1}."
            ) from None


def _want_migrated() -> None:
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as fault:
        raise CannotStart(f"The database cannot be reached: {str(fault).strip()}. Look at DATABASE_URL.") from None
    if waiting:
        raise CannotStart(f"{len(waiting)} migrations wait. Run `kring migrate` first (docs/operate.md, upgrade).")
    connection.close()


def _granian(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    connections.close_all()
    _close_pools()  # a pool does not survive the fork of a worker
    Granian(
        "kring.care.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=int(os.environ.get("KRING_THREADS", "4")),
        respawn_failed_workers=True,
        log_access=False,  # addresses of circles and links are nobody's business
        log_level="warning",  # type: ignore[arg-type]
    ).serve()


def _close_pools() -> None:
    for opened in connections.all(initialized_only=True):
        closing: Any = getattr(opened, "close_pool", None)
        if closing is not None:
            closing()


WORDS = {"demo": demo, "serve": serve, "work": work}


def main(words: list[str]) -> int:
    try:
        return WORDS[words[0]](words[1:])
    except CannotStart as why:
        print(f"kring {words[0]}: {why}", file=sys.stderr)
        return 2
