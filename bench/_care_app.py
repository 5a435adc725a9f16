"""The care wing with a floor beside it: `/floor/NAME/` returns ready-made bytes to whoever is signed in.

`KRING_BENCH_READY` names the folder with those bytes, one file a page.
"""

import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kring.care.settings")

from django.core.wsgi import get_wsgi_application

from bench._care_static import as_in_production

as_in_production()
application = get_wsgi_application()

from django.http import HttpRequest, HttpResponse
from django.urls import path

import kring.care.urls

READY = Path(os.environ["KRING_BENCH_READY"])


def floor(request: HttpRequest, name: str) -> HttpResponse:
    """The same bytes, for somebody whose session and account were looked up."""
    assert request.user.is_authenticated
    return HttpResponse((READY / name).read_bytes())


kring.care.urls.urlpatterns.append(path("floor/<slug:name>/", floor))
