"""Service workers: the scripts that keep pages on a phone. Each stands where it sees no more pages than it needs."""

from pathlib import Path

from django.http import HttpResponse

SCRIPTS = Path(__file__).parent / "static" / "care"


def worker(name: str) -> HttpResponse:
    """One worker, with what all of them share before it. A browser asks for it anew at each visit."""
    script = (SCRIPTS / "keeping.js").read_bytes() + (SCRIPTS / name).read_bytes()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})
