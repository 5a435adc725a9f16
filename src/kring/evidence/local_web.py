"""A small web server of the standard library, for this computer only: what every page of a review shares.

It answers to 127.0.0.1 alone, refuses other host names (DNS rebinding) and forms without its token, and sends a strict
content security policy. A room says which pages and forms it has.
"""

import secrets
import webbrowser
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from kring.evidence.problem import Problem

POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; base-uri 'none'"
LANGUAGES = ("en", "nl")
LONGEST_FORM = 100_000  # bytes


class LocalHandler(BaseHTTPRequestHandler, ABC):
    """Translates between the protocol and the pages of a room."""

    server_version, sys_version = "Kring", ""
    static: ClassVar[Mapping[str, tuple[Path, str]]] = {}

    @abstractmethod
    def pages(self, lang: str, query: dict[str, str]) -> dict[str, Callable[[], str]]:
        """What makes each page, by its path."""

    @abstractmethod
    def forms(self) -> dict[str, Callable[[dict[str, str]], None]]:
        """What takes each form, by its path."""

    @property
    @abstractmethod
    def token(self) -> str:
        """What every form must carry: it shows that it came from a page of ours."""

    @abstractmethod
    def problem(self, lang: str, text: str) -> str:
        """The page that says what went wrong."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        pages = self.pages(self.language(), query)
        if not self.is_ours():
            self.answer(403, "This page answers on 127.0.0.1 only.", "text/plain")
        elif url.path in self.static:
            path, kind = self.static[url.path]
            self.answer(200, path.read_text("utf-8"), kind)
        elif url.path == "/language" and query.get("to") in LANGUAGES:
            self.redirect("/", f"lang={query['to']}; Path=/; SameSite=Strict; Max-Age=31536000")
        elif url.path in pages:
            self.guarded(lambda: self.answer(200, pages[url.path]()))
        else:
            self.answer(404, "There is no such page.", "text/plain")

    def do_POST(self) -> None:
        size = min(int(self.headers.get("Content-Length") or 0), LONGEST_FORM)
        raw = parse_qs(self.rfile.read(size).decode("utf-8", "replace"), keep_blank_values=True)
        form = {name: values[0] for name, values in raw.items()}
        forms = self.forms()
        if not self.is_ours() or not secrets.compare_digest(form.get("token", ""), self.token):
            self.answer(403, "Open the page again and repeat your choice.", "text/plain")
        elif self.path in forms:
            self.guarded(lambda: forms[self.path](form))
        else:
            self.answer(404, "There is no such page.", "text/plain")

    def guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Problem as problem:
            self.answer(409, self.problem(self.language(), str(problem)))

    def is_ours(self) -> bool:
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        return host in ("127.0.0.1", "localhost")

    def language(self) -> str:
        cookie = SimpleCookie(self.headers.get("Cookie", ""))
        if "lang" in cookie and cookie["lang"].value in LANGUAGES:
            return cookie["lang"].value
        return "nl" if self.headers.get("Accept-Language", "").lower().startswith("nl") else "en"

    def redirect(self, to: str, cookie: str = "") -> None:
        self.send_response(303)
        self.send_header("Location", to)
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self, status: int, text: str, kind: str = "text/html") -> None:
        body = text.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Titles of records do not belong in a log of requests."""


def serve(server: ThreadingHTTPServer, what: str, *, browser: bool) -> None:
    """Serve until Ctrl-C; say where, and open it."""
    address = f"http://127.0.0.1:{server.server_port}/"
    print(f"{what}: {address}  (Ctrl-C stops; everything you said is kept)", flush=True)
    if browser:
        webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
