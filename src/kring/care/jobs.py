"""Work that no page waits for: letters, reminders, sealing, retention. Kept in the database, done by a worker.

`kring work` runs a worker process; the demo runs one inside its server. Several may run: a job is claimed under a
lock and runs once. A job of a worker that died is taken up again, so a job must bear being run twice.
"""

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, close_old_connections, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from kring.care import second_guard

LOST_AFTER = dt.timedelta(minutes=15)
_every: list[tuple[dt.timedelta, Any]] = []


def every(period: dt.timedelta) -> Callable[[Any], Any]:
    """Put above `@task()`: queue the task once in each period, whatever the number of workers."""

    def register(found: Any) -> Any:
        _every.append((period, found))
        return found

    return register


MORNING = 9  # in the installation's time zone: nobody is woken


def is_morning(now: dt.datetime) -> bool:
    """For reminders, which a job looks for once an hour."""
    return timezone.localtime(now).hour == MORNING


def queue_periodic(now: dt.datetime | None = None) -> None:
    """Queue what is due. The id of such a job is made of its name and its period, so it can be queued only once."""
    now = now or timezone.now()
    for period, found in _every:
        number = int(now.timestamp() // period.total_seconds())
        job_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{found.module_path} {number}")
        if DBTaskResult.objects.filter(pk=job_id).exists():
            continue
        try:
            with transaction.atomic():
                DBTaskResult.objects.create(
                    id=job_id, task_path=found.module_path, args_kwargs={"args": [], "kwargs": {}},
                    queue_name=found.queue_name, priority=found.priority, backend_name=found.backend, run_after=now,
                )  # fmt: skip
        except IntegrityError:
            continue  # another worker was first


def take_up_lost(now: dt.datetime | None = None) -> int:
    """Queue again what a worker began and did not finish: it was killed, or its machine was."""
    long_ago = (now or timezone.now()) - LOST_AFTER
    lost = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=long_ago)
    return lost.update(status=TaskResultStatus.READY)


def run_due(worker_id: str = "") -> None:
    """Do every job that is due, here and now. Tests and `kring work --once` call it too."""
    worker = _worker(worker_id or uuid.uuid4().hex)
    while (job := _claimed(worker.worker_id)) is not None:
        worker.run_task(job)


def _claimed(worker_id: str) -> Any | None:
    """The next job, now this worker's alone: PostgreSQL skips locked rows, SQLite has one writer at a time."""
    ready = DBTaskResult.objects.ready()
    if not ready.exists():  # an idle worker takes no lock
        return None
    with transaction.atomic():
        job = ready.get_locked()
        if job is not None:
            job.claim(worker_id)
    return job


def work(stop: threading.Event, pause: float = 1.0) -> None:
    """Do jobs until told to stop."""
    worker_id = uuid.uuid4().hex
    second_guard.begin_as(second_guard.SYSTEM)  # a thread in a server would else ask for nobody
    while not stop.is_set():
        try:
            close_old_connections()
            take_up_lost()
            queue_periodic()
            run_due(worker_id)
        except Exception:
            _say("The worker could not reach its jobs; it tries again.")
        finally:
            close_old_connections()
        stop.wait(pause)


def _worker(worker_id: str) -> Worker:
    return Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id=worker_id, excluded_queue_names=[],
    )  # fmt: skip


def _say(words: str) -> None:
    import logging

    logging.getLogger("kring.jobs").exception(words)
