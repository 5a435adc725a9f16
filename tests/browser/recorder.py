"""Remembers which templates made the page of an address, so that a test knows what it has really looked at."""

from pathlib import Path
from typing import Any

from django.template import engines
from django.template.backends import jinja2 as backend
from jinja2 import meta

import kring.care

CARE = Path(kring.care.__file__).parent
RENDERED: dict[str, set[str]] = {}


def record_templates(monkeypatch: Any) -> None:
    render = backend.Template.render

    def recording(self: Any, context: Any = None, request: Any = None) -> Any:
        if request is not None:
            RENDERED.setdefault(request.path, set()).update(with_parts(self.template.environment, self.template.name))
        return render(self, context, request)

    RENDERED.clear()
    monkeypatch.setattr(backend.Template, "render", recording)


def with_parts(environment: Any, name: str) -> set[str]:
    """A template with all that it extends, includes and imports."""
    source = environment.loader.get_source(environment, name)[0]
    found = {name}
    for part in meta.find_referenced_templates(environment.parse(source)):
        if part is not None:
            found |= with_parts(environment, part)
    return found


NO_PAGES = {
    "mail.html": "the HTML part of letters",
    "export/readable.html": "a file that is downloaded",
}
"""Templates that no address shows, with the reason."""


def templates_of_pages() -> set[str]:
    """Every HTML template of the care wing, by the name under which views call it. Mails are not pages."""
    folders = [CARE / "templates", *CARE.glob("*/templates")]
    names = {path.relative_to(folder).as_posix() for folder in folders for path in folder.rglob("*.html")}
    return {name for name in names if "/mail/" not in f"/{name}"} - set(NO_PAGES)


def reached_by(pages: set[str]) -> set[str]:
    """These templates with everything they are made of."""
    environment = engines["jinja2"].env
    return {part for page in pages for part in with_parts(environment, page)}
