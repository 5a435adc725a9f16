"""Lessons on a phone without a network: the worker that keeps a lesson that was opened. Decision note 0331."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

WORKER = Path(__file__).resolve().parents[2] / "static" / "care" / "lessons-worker.js"


@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """It stands under /training/, so that it sees no other page."""
    answer = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer
