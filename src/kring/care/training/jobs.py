"""The nightly work of the training room."""

import datetime as dt

from django_tasks import task

from kring.care.jobs import every
from kring.care.training.actions import boosters, expiring


@every(dt.timedelta(days=1))
@task()
def schedule_boosters() -> int:
    made = boosters.schedule()
    boosters.remind()
    return made


@every(dt.timedelta(days=1))
@task()
def tell_of_expiry() -> int:
    return expiring.remind()
