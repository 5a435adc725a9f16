"""The table: it fits the public format, holds whoever said yes and nobody else, and tells no small group apart."""

import csv
import subprocess
import sys

import pytest

from kring.care.research import files
from tests.care.research import study

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(settings, tmp_path):
    settings.STATE = tmp_path


def rows(export):
    with (files.folder(export.pk) / "outcomes.csv").open() as file:
        return list(csv.DictReader(file))


def evaluate(*words):
    return subprocess.run(
        [sys.executable, "-m", "kring.cli", "evaluate", *map(str, words)], capture_output=True, text=True
    )


def test_a_table_fits_the_public_format(cast):
    edition = study.opened(cast, columns=["day", "period", "language", "rule"])
    study.registry(cast, edition)
    export = study.table(cast, edition)
    assert export.failure == ""
    folder = files.folder(export.pk)
    for name in ("outcomes.csv", "outcomes.parquet"):
        found = evaluate("check", folder / name, "--protocol", folder / "protocol.toml")
        assert found.returncode == 0, found.stderr + found.stdout
