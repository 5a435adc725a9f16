"""The worker of `care_pages`: builds one circle, asks every page as the client, prints CPU per page as JSON."""

import io
import json
import os
import statistics
import sys
import time
import zlib
from typing import Any
from urllib.parse import unquote

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kring.care.settings")

import django

django.setup()

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.client import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

import kring.care.urls
from bench._care_rows import fill
from tests.care import cast as cast_module
from tests.care import routes, test_routes

BUSY = ("home:circle", "meetings:meeting")
ROUNDS = 5
ready: dict[str, tuple[bytes, str]] = {}


def floor(request: HttpRequest, name: str) -> HttpResponse:
    """The same bytes, ready-made, for somebody whose session and account were looked up."""
    assert request.user.is_authenticated
    body, kind = ready[name]
    return HttpResponse(body, content_type=kind)


def main() -> None:
    call_command("migrate", verbosity=0, stdout=sys.stderr)
    kring.care.urls.urlpatterns.append(path("floor/<str:name>/", floor))
    settings.ALLOWED_HOSTS = ["*"]
    cast = cast_module.build()
    found = {}
    for size in (10, 1000):
        fill(cast, size)
        found[size] = measure(cast, BUSY if size > 10 else ())
    print(json.dumps(found))


def measure(cast: Any, only: tuple[str, ...] = ()) -> dict[str, dict[str, float]]:
    browser = Client()
    browser.force_login(cast.noor)
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    pages = {
        name: test_routes.address(name, cast)
        for name, row in routes.ROUTES.items()
        if _page(row) and (not only or name in only)
    }
    pages["home:circle"] = reverse("home:circle", args=[cast.circle.pk])
    application = WSGIHandler()
    answering = {name: address for name, address in pages.items() if _answers(browser, address)}
    return {name: _one(application, cookie, address, 40 if name in BUSY else 2) for name, address in answering.items()}


def _key(address: str) -> str:
    return f"{zlib.crc32(address.encode()):x}"


def _page(row: Any) -> bool:
    return row.method == "get" and row.answers["client"] == 200


def _answers(browser: Client, address: str) -> bool:
    response = browser.get(address)
    ready[_key(address)] = (b"".join(response) if response.streaming else response.content, "text/html")
    return response.status_code == 200 and browser.session.get("_auth_user_id") is not None


def _one(application: WSGIHandler, cookie: str, address: str, requests: int) -> dict[str, float]:
    there, here = address, f"/floor/{_key(address)}/"
    with CaptureQueriesContext(connection) as caught:
        _ask(application, cookie, there)
    queries = [query for query in caught if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    page, base = [], []
    for _round in range(ROUNDS):
        page.append(_cpu(application, cookie, there, requests))
        base.append(_cpu(application, cookie, here, requests))
    ratio = statistics.median(a / b for a, b in zip(page, base, strict=True))
    return {
        "ms": statistics.median(page) * 1000,
        "floor_ms": statistics.median(base) * 1000,
        "ratio": ratio,
        "queries": len(queries),
    }


def _cpu(application: WSGIHandler, cookie: str, address: str, requests: int) -> float:
    """CPU seconds of this process for one request, the mean of several."""
    began = time.process_time()
    for _request in range(requests):
        _ask(application, cookie, address)
    return (time.process_time() - began) / requests


def _ask(application: WSGIHandler, cookie: str, address: str) -> bytes:
    environ = RequestFactory()._base_environ(PATH_INFO=unquote(address), HTTP_COOKIE=cookie, HTTP_ACCEPT_LANGUAGE="nl")
    environ["wsgi.input"] = io.BytesIO()
    answered: list[str] = []
    response = application(environ, lambda status, headers: answered.append(status))
    body = b"".join(response)
    response.close()
    assert answered[0].startswith("200"), (address, answered)
    return body


if __name__ == "__main__":
    main()
