"""The restore drill: a backup taken while people work goes into a new database, and everything is there."""

import sqlite3

import pytest

from tests import postgres
from tests.care.test_running import PRODUCTION, kring

FILL = """
import django; django.setup()
from kring.care.circles import actions
from kring.care.people.models import Person
for n in range({n}):
    person = Person.objects.create_user(f"p{{n}}@example.org", name=f"P {{n}}")
    actions.start_circle(by=person, client=person)
"""


def drill(tmp_path, first, second):
    """Fill, seal, back up, restore elsewhere, verify. Returns what the two databases say of themselves."""
    old, new = {**PRODUCTION, "DATABASE_URL": first}, {**PRODUCTION, "DATABASE_URL": second}
    assert kring("migrate", state=tmp_path, **old).returncode == 0
    assert kring("shell", "-c", FILL.format(n=3), state=tmp_path, **old).returncode == 0
    assert kring("audit", "seal", state=tmp_path, **old).stdout == "3 events sealed.\n"
    made = kring("backup", str(tmp_path / "copy"), state=tmp_path, **old)
    assert made.returncode == 0, made.stderr
    restored = kring("restore", str(tmp_path / "copy"), state=tmp_path, **new)
    assert restored.returncode == 0, restored.stderr
    assert "guards" not in kring("migrate", state=tmp_path, **new).stderr
    again = kring("restore", str(tmp_path / "copy"), state=tmp_path, **new)
    assert (again.returncode, "not empty" in again.stderr) == (2, True)
    verified = [kring("audit", "verify", state=tmp_path, **where) for where in (old, new)]
    assert [done.returncode for done in verified] == [0, 0], [done.stdout for done in verified]
    assert verified[0].stdout == verified[1].stdout
    ask = (
        "from kring.care.circles.models import Circle; print(sorted(Circle.objects.values_list('pk', 'client__name')))"
    )
    found = [kring("shell", "-v", "0", "-c", ask, state=tmp_path, **where).stdout for where in (old, new)]
    assert found[0] == found[1]
    assert found[0].count("P ") == 3


@pytest.mark.slow
def test_a_backup_of_sqlite_restores_whole(tmp_path):
    drill(tmp_path, f"sqlite:///{tmp_path}/old.sqlite3", f"sqlite:///{tmp_path}/new.sqlite3")
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0


@pytest.mark.slow
@pytest.mark.postgres
def test_a_backup_of_postgresql_restores_whole(tmp_path):
    try:
        postgres.programs()
    except postgres.Missing as missing:
        pytest.skip(str(missing))
    with postgres.server() as url:
        postgres.add_database(url, "second")
        drill(tmp_path, url, url.removesuffix("/kring") + "/second")


def test_a_file_that_is_no_backup_is_refused(tmp_path):
    (tmp_path / "copy").write_text("hello")
    done = kring("restore", str(tmp_path / "copy"), state=tmp_path, **PRODUCTION)
    assert (done.returncode, "not a sound backup" in done.stderr) == (2, True)
    sqlite3.connect(tmp_path / "other").executescript("CREATE TABLE t (x)")
    done = kring("restore", str(tmp_path / "other"), state=tmp_path, **PRODUCTION)
    assert (done.returncode, "not a sound backup" in done.stderr) == (2, True)
