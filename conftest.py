"""Fixtures for the whole house: the network is closed, the standing cast is in its places (tests/care/standing.py)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.management import create_contenttypes
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed

from kring.care.catalogues import compile_catalogues

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps an event loop in the test's thread
pytest_plugins = ["tests.care.cast"]


@pytest.fixture(autouse=True)
def _the_default_language_again() -> Iterator[None]:
    """A page in English leaves the test's own thread speaking English, and with it the tests that follow."""
    yield
    translation.deactivate()


def pytest_configure() -> None:
    compile_catalogues(Path(__file__).parent / "src" / "kring" / "care")
    translation_file_changed(None, Path("django.mo"))  # Django was set up before this, and read what was there then
    _let_tests_empty_the_trail()
    _leave_out_permissions()
    _let_clients_share_the_middleware()
    _let_force_login_be_a_full_sign_in()


def _let_tests_empty_the_trail() -> None:
    """Tests with transactions of their own empty every table, which the guards of the trail would refuse."""
    from django.db.backends.postgresql.base import DatabaseOperations as PostgreSQL
    from django.db.backends.sqlite3.base import DatabaseOperations as SQLite

    from kring.care.audit import guards

    def emptying(original: Any, vendor: str) -> Any:
        def sql_flush(self: Any, style: Any, tables: Any, **words: Any) -> list[str]:
            return [*guards.taking_down(vendor), *original(self, style, tables, **words)]

        return sql_flush

    for kind, vendor in ((SQLite, "sqlite"), (PostgreSQL, "postgresql")):
        kind.sql_flush = emptying(kind.sql_flush, vendor)  # the guards go up again with `post_migrate`


def _leave_out_permissions() -> None:
    """Django writes its permissions anew whenever tables were emptied; Kring's policies use none of them."""
    from django.db.models.signals import post_migrate

    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


def _let_clients_share_the_middleware() -> None:
    """Each of thousands of clients would set up the same middleware, and look through the static files for it."""
    from django.conf import settings
    from django.test.client import ClientHandler

    load, kept = ClientHandler.load_middleware, {}

    def load_middleware(self: ClientHandler, is_async: bool = False) -> None:
        chosen = tuple(settings.MIDDLEWARE)
        if chosen not in kept:
            load(self, is_async)
            kept[chosen] = self._middleware_chain
        self._middleware_chain = kept[chosen]

    ClientHandler.load_middleware = load_middleware  # type: ignore[method-assign]


def _let_force_login_be_a_full_sign_in() -> None:
    """`client.force_login` stands for a complete sign-in, its second step included; the middleware stays on.

    A test of the second step itself signs in by the pages.
    """
    from django.test import Client

    first_step_only = Client.force_login

    def force_login(self: Client, user: Any, backend: str | None = None) -> None:
        first_step_only(self, user, backend)
        session = self.session
        session["account_authentication_methods_user"] = str(user.pk)
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
        session.save()

    Client.force_login = force_login  # type: ignore[method-assign]
