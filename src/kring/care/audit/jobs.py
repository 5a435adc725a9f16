"""What keeps the trail by itself: a seal each minute, and once a day what is past its term goes."""

import datetime as dt

from django.conf import settings
from django_tasks import task

from kring.care.audit import seals
from kring.care.jobs import every


@every(dt.timedelta(minutes=1))
@task()
def seal() -> int:
    return seals.seal_all()


@every(dt.timedelta(days=1))
@task()
def prune() -> int:
    return seals.prune(settings.LOG_YEARS)
