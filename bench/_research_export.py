"""The worker of `research_export`: `fill ROWS` fills a database, `make` makes a table of it and prints its peak."""

import json
import os
import sys
import threading
import time
import uuid
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kring.care.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone

from kring.care import jobs
from kring.care.circles.models import Circle
from kring.care.demo.registry import Registry, teams
from kring.care.measures.models import Measurement, Schedule, Score
from kring.care.meetings.models import Meeting
from kring.care.people.models import Organisation, Person, Post, Role
from kring.care.research import actions, files
from kring.care.research.making import Maker
from kring.care.research.models import Consent, Edition, Export

MEASURES = ["kring-checkin.hope", "kring-checkin.recovery", "kring-checkin.difficulties"]
PER_CLIENT = 9  # three scores at three moments
TEMPLATE = 500  # clients that are made; the others are copies of them
EMAIL = "people_person.email IS NULL"


def fill(rows: int) -> None:
    call_command("migrate", verbosity=0)
    organisation = Organisation.objects.create(name="Bench")
    rik, ada = (Person.objects.create_user(f"{name}@bench.example", name=name) for name in ("rik", "ada"))
    Post.objects.create(person=rik, organisation=organisation, role=Role.RESEARCHER)
    Post.objects.create(person=ada, organisation=organisation, role=Role.ADMINISTRATOR)
    today = timezone.localdate()
    edition = actions.make_study(
        by=rik, organisation=organisation, id=uuid.uuid4(), title_nl="T", title_en="T", purpose_nl="P", purpose_en="P",
        responsible="R", contact="C", reference="-", measures=MEASURES, columns=["day", "language", "rule"],
        from_on=today - timezone.timedelta(days=900), until_on=today,
    )  # fmt: skip
    actions.offer(by=rik, edition=edition)
    actions.open_edition(by=ada, edition=Edition.objects.get(), version=1)
    registry = Registry(Edition.objects.get())
    for team in teams(organisation, 5):
        registry.fill(team, TEMPLATE // 5)
    copies = rows // PER_CLIENT // TEMPLATE
    with connection.cursor() as cursor:
        for model in (Person, Circle, Consent, Meeting, Schedule, Measurement, Score):
            cursor.execute(_copying(model), [copies])


def _copying(model: type[models.Model]) -> str:
    """Each row of the template some times more. A copy has its number in the first eight places of its ids, so that
    rows which point to one another still do.
    """
    copied = (Person, Circle, Consent, Meeting, Schedule, Measurement, Score)
    fields = model._meta.concrete_fields
    moved = [field.primary_key or (field.is_relation and field.related_model in copied) for field in fields]
    values = [
        f"printf('%08x', n.n) || substr({field.column}, 9)" if of_copy else field.column
        for field, of_copy in zip(fields, moved, strict=True)
    ]
    table, columns = model._meta.db_table, ", ".join(field.column for field in fields)
    return (
        f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < %s - 1)"
        f" INSERT INTO {table} ({columns}) SELECT {', '.join(values)} FROM {table}, n"
        f" WHERE {table}.id > '0010' AND ({EMAIL if model is Person else '1'})"
    )


def make() -> None:
    took: list[float] = []
    write = Maker.write

    def timed(self: Maker, *words: Any) -> Any:
        began = time.perf_counter()
        made = write(self, *words)
        took.append(time.perf_counter() - began)
        return made

    Maker.write = timed  # type: ignore[method-assign]
    rik, edition = Person.objects.get(email="rik@bench.example"), Edition.objects.get()
    actions.start_export(by=rik, edition=edition, id=uuid.uuid4())
    before, watch = own_memory(), Watch()
    began = time.perf_counter()
    jobs.run_due()
    seconds = time.perf_counter() - began
    export = Export.objects.get()
    assert export.finished_at is not None, export.failure
    sizes = {name: (files.folder(export.pk) / f"outcomes.{name}").stat().st_size for name in ("csv", "parquet")}
    told = {"rows": export.rows, "clients": export.clients, "seconds": seconds, "writing": took[-1]}
    print(json.dumps(told | sizes | {"before": before, "peak": watch.stop()}))


def own_memory() -> float:
    """MB that this process holds for itself: pages of the database file that SQLite maps are not counted."""
    with open("/proc/self/status") as status:
        found = next(line for line in status if line.startswith("RssAnon:"))
    return int(found.split()[1]) / 1000


class Watch:
    """Looks a hundred times a second how much memory the process holds."""

    def __init__(self) -> None:
        self.most, self.done = own_memory(), threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self) -> None:
        while not self.done.wait(0.01):
            self.most = max(self.most, own_memory())

    def stop(self) -> float:
        self.done.set()
        self.thread.join()
        return self.most


if __name__ == "__main__":
    fill(int(sys.argv[2])) if sys.argv[1] == "fill" else make()
