"""The key-in page of a published review, served on this computer only; it works without JavaScript.

It shares server, look and keys with the screening page. What another person keyed can be agreed with or disputed, never
by who keyed it. Our own value shows only after the cell was keyed, so that nobody reads what they expect to read.
"""

import secrets
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from kring.evidence.extraction.keying import Keying
from kring.evidence.extraction.keying_words import WORDS
from kring.evidence.extraction.published import CANNOT, DIFFER, MATCH
from kring.evidence.local_web import LocalHandler
from kring.evidence.problem import Problem
from kring.evidence.screening.web import PAGES as SHARED
from kring.evidence.screening.web import STATIC

PAGES = Path(__file__).parent / "page"
FIELDS = ("value", "quote", "page")


class Form:
    """The pages, apart from the protocol: each method gives HTML."""

    def __init__(self, keying: Keying) -> None:
        self.keying, self.token = keying, secrets.token_urlsafe(16)
        loader = jinja2.FileSystemLoader([PAGES, SHARED])
        self.pages = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
        )
        settings = keying.folder.settings()
        self.title = str(settings.get("title", keying.folder.root.name))

    def render(self, page: str, lang: str, here: str, heading: str, **more: Any) -> str:
        t = WORDS[lang]
        nav = (("/", t["cell"]), ("/list", t["list"]))
        return self.pages.get_template(page).render(
            t=t, lang=lang, here=here, heading=heading, review=self.title, reviewer=self.keying.by, nav=nav,
            token=self.token, **more,
        )  # fmt: skip

    def cell(self, lang: str, query: dict[str, str], problem: str = "", typed: dict[str, str] | None = None) -> str:
        k = self.keying
        cells = k.cells()
        cell = cells.get(query.get("cell", "")) or k.next(query.get("after", ""))
        last = k.last()
        return self.render(
            "cell.html", lang, "/", WORDS[lang]["cell"], cell=cell, problem=problem,
            typed=typed or _typed(cell), todo=sum(map(k.waiting, cells.values())), all=len(cells),
            last=cells.get(k.cell_of(last)) if last else None, checking=cell and cell.event and cell.by != k.by,
        )  # fmt: skip

    def list(self, lang: str) -> str:
        cells = list(self.keying.cells().values())
        counts = [
            (WORDS[lang][verdict], sum(c.verdict == verdict for c in cells)) for verdict in (MATCH, DIFFER, CANNOT)
        ]
        return self.render("cells.html", lang, "/list", WORDS[lang]["list"], cells=cells, counts=counts)

    def problem(self, lang: str, text: str) -> str:
        return self.render("problem.html", lang, "", WORDS[lang]["problem"], problem=text)


def _typed(cell: Any) -> dict[str, str]:
    if not cell or not cell.event:
        return dict.fromkeys(FIELDS, "")
    return {"value": cell.published, "quote": cell.quote, "page": cell.page}


class Handler(LocalHandler):
    """Translates between the protocol and `Form`."""

    form: Form
    static = {name: (SHARED / name[1:], kind) for name, kind in STATIC.items()}

    def pages(self, lang: str, query: dict[str, str]) -> dict[str, Callable[[], str]]:
        return {"/": lambda: self.form.cell(lang, query), "/list": lambda: self.form.list(lang)}

    def forms(self) -> dict[str, Callable[[dict[str, str]], None]]:
        return {"/key": self.key, "/check": self.check, "/undo": self.undo}

    @property
    def token(self) -> str:
        return self.form.token

    def problem(self, lang: str, text: str) -> str:
        return self.form.problem(lang, text)

    def key(self, form: dict[str, str]) -> None:
        typed = {name: form.get(name, "").strip() for name in FIELDS}
        name, before = form.get("cell", ""), form.get("before", "")
        self._try(form, typed, lambda: self.form.keying.key(
            name, typed["value"], quote=typed["quote"], page=typed["page"], before=before
        ))  # fmt: skip

    def check(self, form: dict[str, str]) -> None:
        agrees, note = form.get("verdict") == "agree", form.get("note", "").strip()
        name, event = form.get("cell", ""), form.get("event", "")
        self._try(form, None, lambda: self.form.keying.check(name, agrees=agrees, note=note, event=event))

    def _try(self, form: dict[str, str], typed: dict[str, str] | None, work: Callable[[], None]) -> None:
        """Do it and go to the next cell; where that cannot be, the page says why and keeps what was typed."""
        try:
            work()
        except Problem as problem:
            said = WORDS[self.language()].get(problem.what, str(problem))
            self.answer(422, self.form.cell(self.language(), {"cell": form.get("cell", "")}, said, typed))
        else:
            self.redirect("/?after=" + quote(form["cell"]))

    def undo(self, _form: dict[str, str]) -> None:
        name = self.form.keying.undo()
        self.redirect("/?cell=" + quote(name) if name else "/")


def make_server(keying: Keying, port: int = 0) -> ThreadingHTTPServer:
    """A server on 127.0.0.1; `server_port` tells where. The caller runs `serve_forever`."""
    handler = type("BoundHandler", (Handler,), {"form": Form(keying)})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)
