"""What the pages that join rooms keep by themselves: a circle past the term of the law goes."""

import datetime as dt

from django_tasks import task

from kring.care.home import leaving
from kring.care.jobs import every


@every(dt.timedelta(days=1))
@task()
def destroy_past_term() -> int:
    return leaving.destroy_past_term()
