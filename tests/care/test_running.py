"""The processes of an installation start, or say plainly why not."""

import os
import socket
import subprocess
import sys

import pytest

PRODUCTION = {
    "KRING_SECRET_KEY": "a long secret of many different signs 0123456789-_!",
    "KRING_HOSTS": "kring.example.org",
    "KRING_URL": "https://kring.example.org",
    "KRING_MAIL_FROM": "Kring <kring@example.org>",
}


def kring(*words, state, **settings):
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KRING_", "DATABASE_", "PYTEST", "DJANGO_"))
    }
    clean |= {"KRING_STATE": str(state), "DATABASE_URL": f"sqlite:///{state}/k.sqlite3"} | settings
    return subprocess.run(
        [sys.executable, "-m", "kring.care.cli", *words], env=clean, capture_output=True, text=True, timeout=120
    )


def test_production_without_its_settings_names_what_is_missing(tmp_path):
    done = kring("serve", state=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "kring serve: Set KRING_SECRET_KEY (see docs/operate.md).\n"


def test_a_server_refuses_to_start_before_its_migrations(tmp_path):
    done = kring("serve", state=tmp_path, KRING_PORT="0", **PRODUCTION)
    assert done.returncode == 2
    assert "Run `kring migrate` first" in done.stderr


def test_a_port_that_is_taken_is_said_with_another_one(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = kring("demo", state=tmp_path, KRING_PORT=str(port))
    assert done.returncode == 2
    assert f"Port {port} on 127.0.0.1 is taken" in done.stderr
    assert f"KRING_PORT={port + 1}" in done.stderr


@pytest.mark.slow
def test_the_check_for_production_is_clean(tmp_path):
    assert kring("migrate", state=tmp_path, **PRODUCTION).returncode == 0
    done = kring("check", "--deploy", "--fail-level", "INFO", "--database", "default", state=tmp_path, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert kring("work", "--once", state=tmp_path, **PRODUCTION).returncode == 0
    verified = kring("audit", "verify", state=tmp_path, **PRODUCTION)
    assert (verified.returncode, verified.stdout) == (0, "as it was sealed; nothing sealed yet\n")
