"""Each night the figures of teams for months that are over."""

import datetime as dt

from django_tasks import task

from kring.care.board import release
from kring.care.jobs import every
from kring.care.people.models import Team


@every(dt.timedelta(days=1))
@task()
def keep_figures() -> str:
    made = sum(release.keep_up(team) for team in Team.objects.filter(ended_at=None))
    return f"{made} months"
