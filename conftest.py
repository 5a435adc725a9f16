"""Fixtures for the whole house: the network is closed, and the standing cast is built once per test through actions."""

import os

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps an event loop in the test's thread
pytest_plugins = ["tests.care.cast"]


def pytest_configure() -> None:
    from pathlib import Path

    from kring.care.catalogues import compile_catalogues

    compile_catalogues(Path(__file__).parent / "src" / "kring" / "care")
