"""What accounts leave behind goes by itself, each day: nobody has to set up a cron for it (docs/operate.md)."""

import datetime as dt

from django_tasks import task

from kring.care.jobs import every
from kring.care.people import forgetting


@every(dt.timedelta(days=1))
@task()
def forget() -> int:
    return forgetting.forget()
