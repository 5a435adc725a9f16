"""Every column of the database is kept, scrubbed or exported; and a table reads no column that is not declared."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kring.care import second_guard
from kring.care.export.declared import EXPORTED, KEPT_BACK, LOG
from kring.care.people.models import Team
from kring.care.research.columns import COLUMNS, USED, leaves
from kring.care.research.making import Maker
from kring.care.research.models import Export
from kring.care.research.reading import Reading
from kring.care.training.models import Enrolment
from tests.care import practising
from tests.care.research import study

COLUMN = re.compile(r'"(\w+)"\."(\w+)"')


def declared_for_clients(label, name):
    """`export.declared` names every column of the house; what research does not name besides is kept."""
    log = label in ("audit.Event", "audit.Brought") and name in LOG
    return name in EXPORTED.get(label, "").split() or {label, f"{label}.{name}"} & set(KEPT_BACK) or log


def test_every_column_is_kept_scrubbed_or_exported():
    fields = [(model._meta.label, field.name) for model in second_guard.ours() for field in model._meta.concrete_fields]
    assert [f"{label}.{name}" for label, name in fields if not declared_for_clients(label, name)] == []
    told = {f"{label}.{name}": leaves(f"{label}.{name}") for label, name in fields}
    assert set(told.values()) == {"kept", "scrubbed", "exported"}
    assert told["measures.Score.value"] == "exported"
    assert told["measures.Measurement.completed_at"] == "scrubbed"
    assert {how for field, how in told.items() if field.endswith((".name", ".text", ".note", ".answers"))} == {"kept"}


def test_what_is_declared_exists():
    for source in {source for column in COLUMNS for source in column.sources}:
        label, _dot, name = source.rpartition(".")
        assert apps.get_model(label)._meta.get_field(name)
    for label, names in USED.items():
        assert [apps.get_model(label)._meta.get_field(name) for name in names.split()]


@pytest.mark.django_db
def test_a_table_reads_nothing_that_is_not_declared(cast, tmp_path):
    edition = study.opened(cast, columns=["day", "period", "language", "rule", "life_factors", "training"])
    study.registry(cast, edition, number=2)
    joined = timezone.localdate() - timezone.timedelta(days=600)
    enrolled = {"cohort": practising.a_cohort(cast)[0], "joined_on": joined, "person": cast.tom}
    for team in Team.objects.filter(name__startswith="FACT"):
        Enrolment.objects.create(team=team, **enrolled | {"left_at": timezone.now()})
    export = Export.objects.create(edition=edition, made_by=cast.rik)
    maker = Maker(export, b"k" * 32)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        maker.include()
        maker.write(maker.plan(lambda _: None), tmp_path, lambda _: None)
        list(Reading(edition).of([cast.circle.pk]))
    read = {pair for query in asked.captured_queries for pair in COLUMN.findall(query["sql"])}
    assert len(read) > 25
    assert read - allowed() == set(), "declare it in research.columns, with what happens to it"


def allowed():
    """Table and column of every declared source, and of what decides which rows leave."""
    named = [source.rsplit(".", 1) for column in COLUMNS for source in column.sources]
    named += [(label, name) for label, names in USED.items() for name in names.split()]
    fields = [apps.get_model(label)._meta.get_field(name) for label, name in named]
    return {(field.model._meta.db_table, field.column) for field in fields}
