"""What people and proxies see when the database is away, and how each database is opened."""

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from kring.care import settings


def away(monkeypatch):
    def refuse(self):
        raise OperationalError("connection refused")

    monkeypatch.setattr(BaseDatabaseWrapper, "connect", refuse)
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)
    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", lambda self, *words: refuse(self))


@pytest.mark.django_db
def test_the_health_page_says_whether_the_database_is_there(client, monkeypatch):
    assert client.get("/healthz/").status_code == 200
    away(monkeypatch)
    assert client.get("/healthz/").status_code == 503


@pytest.mark.django_db
def test_a_page_without_database_says_that_it_passes(cast, client, monkeypatch):
    client.force_login(cast.noor)
    client.raise_request_exception = False
    away(monkeypatch)
    answer = client.get(f"/c/{cast.circle.pk}/map/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "Even niet bereikbaar" in answer.content.decode()


@pytest.mark.django_db
def test_our_own_mistakes_are_called_so(cast, client, monkeypatch):
    client.force_login(cast.noor)
    client.raise_request_exception = False
    monkeypatch.setattr("kring.care.circles.views.mapping.sit", lambda *words: 1 / 0)
    answer = client.get(f"/c/{cast.circle.pk}/map/")
    assert answer.status_code == 500
    assert "onze fout" in answer.content.decode()


def test_a_page_waits_five_seconds_for_postgresql_and_no_longer():
    found = settings.database("postgresql://kring:pa%40ss@db.example.org:5433/kring")
    assert (found["HOST"], found["PORT"], found["USER"], found["PASSWORD"]) == (
        "db.example.org", "5433", "kring", "pa@ss",
    )  # fmt: skip
    options = found["OPTIONS"]
    assert options["pool"]["timeout"] == options["connect_timeout"] == 5
    assert options["server_side_binding"] is True
    assert options["prepare_threshold"] == 2
    assert found["CONN_HEALTH_CHECKS"] is True


def test_postgresql_over_a_unix_socket():
    assert settings.database("postgresql://kring@%2Frun%2Fpostgresql/kring")["HOST"] == "/run/postgresql"


def test_a_database_of_another_kind_is_refused_by_name():
    with pytest.raises(settings.ImproperlyConfigured, match="not mysql"):
        settings.database("mysql://x/y")


def test_sqlite_writes_ahead_and_waits_its_turn(tmp_path):
    import sqlite3

    found = settings.database(f"sqlite:///{tmp_path}/k.sqlite3")["OPTIONS"]
    assert found["transaction_mode"] == "IMMEDIATE"
    assert found["timeout"] == 10
    opened = sqlite3.connect(tmp_path / "k.sqlite3")
    opened.executescript(found["init_command"])
    read = {name: opened.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert read == {"journal_mode": "wal", "synchronous": 2}


@pytest.mark.django_db
def test_a_proxy_that_asks_the_server_by_its_own_address_is_answered(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz/", headers={"host": "10.0.0.5:8000"}).status_code == 200
    assert client.get("/me/", headers={"host": "10.0.0.5:8000"}).status_code == 400
