"""`./run test` never passes silently where it did not look."""

import pytest

from tests import postgres, suite


@pytest.fixture
def no_postgresql(monkeypatch):
    def missing():
        raise postgres.Missing("no PostgreSQL here")

    monkeypatch.setattr(postgres, "programs", missing)


def test_a_machine_without_postgresql_says_that_its_run_was_skipped(no_postgresql, monkeypatch, capsys):
    monkeypatch.delenv("KRING_CI", raising=False)
    assert suite.main(["--postgres"]) == 0
    assert capsys.readouterr().out == "on PostgreSQL: skipped, no PostgreSQL here\n"


def test_in_ci_a_machine_without_postgresql_fails(no_postgresql, monkeypatch, capsys):
    monkeypatch.setenv("KRING_CI", "1")
    assert suite.main(["--postgres"]) == 1
    assert "FAILED" in capsys.readouterr().out


def test_both_databases_are_asked_and_each_says_how_it_went(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(suite, "_pytest", lambda words, **settings: asked.append((words, settings)) or 0)
    monkeypatch.setattr(postgres, "server", lambda: _open("postgresql://x"))
    monkeypatch.setattr(postgres, "programs", lambda: None)
    assert suite.main([]) == 0
    assert asked == [([], {}), (["--migrations", *suite.CARE], {"DATABASE_URL": "postgresql://x"})]
    assert capsys.readouterr().out == "on SQLite: passed\non PostgreSQL: passed\n"


class _open:  # noqa: N801 (stands for a function)
    def __init__(self, url):
        self.url = url

    def __enter__(self):
        return self.url

    def __exit__(self, *fault):
        pass
