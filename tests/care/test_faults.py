"""A fault is in the log: its kind, its page and its lines of code, and nothing of whom it happened to."""

import logging

import pytest
from django.conf import settings

from kring.care.faults import WithoutContent

SECRETS = ("Noor slept badly", "noor@example.org", "visser")


@pytest.fixture
def log(caplog):
    caplog.handler.setFormatter(WithoutContent())
    return caplog


@pytest.mark.django_db
def test_a_fault_names_its_page_and_its_place_and_nobody(client, cast, monkeypatch, log):
    def fail(*words):
        try:
            raise KeyError("noor@example.org")
        except KeyError:
            raise ValueError("Noor slept badly") from None

    monkeypatch.setattr("kring.care.circles.views.mapping.render", fail)
    client.force_login(cast.noor)
    client.raise_request_exception = False
    assert client.get(f"/c/{cast.circle.pk}/map/?q=visser").status_code == 500
    assert "ERROR django.request: GET circles:map" in log.text
    assert "builtins.ValueError" in log.text
    assert "circles/views/mapping.py:" in log.text
    assert [secret for secret in (*SECRETS, str(cast.circle.pk)) if secret in log.text] == []


def test_the_cause_of_a_fault_stands_before_it(log):
    try:
        try:
            {}["Noor slept badly"]
        except KeyError as cause:
            raise RuntimeError("visser") from cause
    except RuntimeError:
        logging.getLogger("kring.jobs").exception("A job failed.")
    told = log.text
    assert told.index("builtins.KeyError") < told.index("builtins.RuntimeError")
    assert "kring.jobs: A job failed." in told
    assert [secret for secret in SECRETS if secret in told] == []


def test_a_servers_faults_are_written_somewhere():
    assert settings.LOGGING["root"]["handlers"] == ["stderr"]
    assert logging.getLogger("django.request").isEnabledFor(logging.ERROR)
    assert logging.getLogger("django").propagate
