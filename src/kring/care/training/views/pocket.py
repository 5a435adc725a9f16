"""Lessons on a phone without a network: the worker that keeps a lesson that was opened. Decision note 0331."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from kring.care import keeping


@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """It stands under /training/, so that it sees no other page."""
    return keeping.worker("lessons-worker.js")
