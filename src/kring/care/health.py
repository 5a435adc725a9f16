"""What the outside sees when something is wrong: a health page for the proxy, and honest pages for people."""

import sys
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

AGAIN_AFTER = "10"  # seconds


class Probe:
    """Answers the proxy before anything asks under which name or by https: a probe comes straight to the server."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return healthz(request) if request.path == "/healthz/" else self.get_response(request)


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this server reaches its database; a proxy may take it out of the rota otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError):
        return HttpResponse("no database\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


def server_error(request: HttpRequest) -> HttpResponse:
    """The database cannot be reached or is busy: say that it passes. Anything else is ours to mend."""
    fault = sys.exc_info()[1]
    passing = isinstance(fault, OperationalError | InterfaceError)
    page = render(request, "fault.html", {"passing": passing}, status=503 if passing else 500)
    if passing:
        page.headers["Retry-After"] = AGAIN_AFTER
    return page
