"""Background jobs: queued once, taken up again when a worker died."""

import datetime as dt

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from kring.care import jobs

pytestmark = pytest.mark.django_db
done = []


@task()
def tick():
    done.append(1)


@pytest.fixture(autouse=True)
def minutely(monkeypatch):
    done.clear()
    monkeypatch.setattr(jobs, "_every", [(dt.timedelta(minutes=1), tick)])


def test_a_periodic_job_is_queued_once_in_its_period():
    now = timezone.now().replace(second=10)
    for later in (0, 5, 20):  # two workers, or one that asks often
        jobs.queue_periodic(now + dt.timedelta(seconds=later))
    assert DBTaskResult.objects.count() == 1
    jobs.queue_periodic(now + dt.timedelta(seconds=60))
    assert DBTaskResult.objects.count() == 2
    DBTaskResult.objects.update(run_after=timezone.now())
    jobs.run_due()
    assert len(done) == 2


def test_what_a_killed_worker_left_is_taken_up_again():
    tick.enqueue()
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=timezone.now() - dt.timedelta(minutes=20))
    jobs.run_due()
    assert done == []
    assert jobs.take_up_lost() == 1
    jobs.run_due()
    assert done == [1]
