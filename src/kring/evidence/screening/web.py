"""The screening page, served on this computer only (`kring.evidence.local_web`); it works without JavaScript.

Another reviewer runs it on their own copy of the folder; `screen --join` brings the two logs together.
"""

import re
import secrets
from collections.abc import Callable
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape

from kring.evidence.files import Row
from kring.evidence.local_web import LocalHandler
from kring.evidence.problem import Problem
from kring.evidence.records import Record
from kring.evidence.screening.agreement import agreement
from kring.evidence.screening.filters import Filter, trial_words
from kring.evidence.screening.language import WORDS
from kring.evidence.screening.session import Session
from kring.evidence.screening.stopping import Meter

PAGES = Path(__file__).parent / "page"
STATIC = {"/style.css": "text/css", "/keys.js": "text/javascript"}
SHOWN = 50
EARLY = 0.05  # below this lower limit, an estimate of recall says nothing


class Screen:
    """The pages, apart from the protocol: each method gives HTML."""

    def __init__(self, session: Session, filter_: Filter = trial_words) -> None:
        self.session, self.filter, self.token = session, filter_, secrets.token_urlsafe(16)
        loader = jinja2.FileSystemLoader(PAGES)
        self.pages = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
        )
        self.title = str(session.folder.settings().get("title", session.folder.root.name))

    def render(self, page: str, lang: str, here: str, heading: str, **more: Any) -> str:
        s = self.session
        known: dict[str, Any] = {"t": WORDS[lang], "lang": lang, "here": here, "heading": heading, "review": self.title}
        known |= {"stage": s.stage, "reviewer": s.reviewer, "token": self.token, "criteria": s.criteria}
        return self.pages.get_template(page).render(**known, **more)

    def record(self, lang: str, wanted: str = "", problem: str = "") -> str:
        s = self.session
        record = s.records[wanted] if wanted in s.records else s.next()
        done, all_ = s.progress()
        last = s.last()
        return self.render(
            "record.html", lang, "/", WORDS[lang]["record"], record=record, done=done, all=all_, problem=problem,
            mark=self.filter([record])[0] if record else "", told=filter_lines(self.filter, WORDS[lang]),
            marked=partial(marked, words=s.criteria.highlight),
            last=dict.fromkeys(("decision", "retrieval")) | last if last else None,
            last_title=s.records[s.names[last["record_id"]]].title if last else "",
            meter=meter_lines(s.meter(), WORDS[lang]),
        )  # fmt: skip

    def list(self, lang: str) -> str:
        done, all_ = self.session.progress()
        records = [self.session.records[id_] for id_ in self.session.waiting()[:SHOWN]]
        heading = WORDS[lang]["next"]
        return self.render("list.html", lang, "/list", heading, records=records, done=done, all=all_)

    def differences(self, lang: str) -> str:
        s, t = self.session, WORDS[lang]
        rows: list[tuple[Record, list[Row]]] = []
        for id_ in s.conflicts():
            by = s.verdict(id_).by
            if s.reviewer in by or len(by) > 1:
                rows.append((s.records[id_], [dict.fromkeys(("reason", "note")) | event for event in by.values()]))
        lines = [agreement_line(found, t) for found in agreement(s.states, s.stage)]
        return self.render("differences.html", lang, "/differences", t["differences"], records=rows, agreement=lines)

    def problem(self, lang: str, text: str) -> str:
        return self.render("problem.html", lang, "", WORDS[lang]["problem"], problem=text)

    def decide(self, form: dict[str, str]) -> None:
        id_ = form.get("record", "")
        if form.get("retrieval"):
            self.session.retrieval(id_, form["retrieval"] == "retrieved")
        else:
            reason = form.get("reason", "") if form.get("decision") == "exclude" else ""
            self.session.decide(id_, form.get("decision", ""), reason=reason, note=form.get("note", ""))

    def settle(self, form: dict[str, str]) -> None:
        decision = form.get("decision", "")
        reason = form.get("reason", "") if decision == "exclude" else ""
        self.session.decide(form.get("record", ""), decision, reason=reason, adjudicates=True)


def marked(text: str, words: dict[str, list[str]]) -> Markup:
    """The text with the reviewers' words marked; `train*` marks every word that begins so."""
    kinds = {"in": words.get("include", []), "out": words.get("exclude", [])}
    parts = []
    for kind, found in kinds.items():
        ends = "|".join(re.escape(w.rstrip("*")) + (r"\w*" if w.endswith("*") else r"\b") for w in found)
        parts += [f"(?P<k{kind}>\\b(?:{ends}))"] if ends else []
    if not parts:
        return escape(text)
    out, at = Markup(""), 0
    for match in re.finditer("|".join(parts), text, re.I):
        kind = "in" if match.lastgroup == "kin" else "out"
        out += escape(text[at : match.start()]) + Markup('<mark class="{}">{}</mark>').format(kind, match.group())
        at = match.end()
    return out + escape(text[at:])


def percent(part: float | None) -> str:
    """`97%`; never 100% for less than all."""
    return "–" if part is None else f"{int(part * 100 + 1e-9)}%"


def meter_lines(m: Meter, t: dict[str, str]) -> list[str]:
    """What the stopping meter says, in sentences."""
    if not m.found:
        return [t["recall_none"]]
    if m.recall_low < EARLY:
        return [t["recall_early"].format(found=m.found)]
    said = {"found": m.found, "low": percent(m.recall_low), "earliest": m.earliest, "total": m.total}
    said |= {"recall": percent(m.recall), "saved": percent(m.saved)}
    verdict = "stop_yes" if m.stop else "stop_never" if m.hopeless else "stop_no"
    return [t["recall"].format(**said), t[verdict].format(**said)]


def filter_lines(filter_: Filter, t: dict[str, str]) -> list[str]:
    """Where a trained filter's marks come from, and how often it errs."""
    told = getattr(filter_, "told", None)
    return [t["filter_from"].format(**told), t["filter_errs"].format(**told)] if told else []


def agreement_line(found: Any, t: dict[str, str]) -> str:
    said = {"first": found.first, "second": found.second, "agreed": percent(found.agreed)}
    if found.kappa is None:
        return t["kappa_none"].format(**said)
    numbers = {name: f"{getattr(found, name):.2f}" for name in ("kappa", "low", "high")}
    return t["kappa"].format(**said, **numbers)


class Handler(LocalHandler):
    """Translates between the protocol and `Screen`."""

    screen: Screen
    static = {name: (PAGES / name[1:], kind) for name, kind in STATIC.items()}

    def pages(self, lang: str, query: dict[str, str]) -> dict[str, Callable[[], str]]:
        return {
            "/": lambda: self.screen.record(lang, query.get("record", "")),
            "/list": lambda: self.screen.list(lang),
            "/differences": lambda: self.screen.differences(lang),
        }

    def forms(self) -> dict[str, Callable[[dict[str, str]], None]]:
        return {"/decide": self.decide, "/settle": self.settle, "/undo": self.undo}

    @property
    def token(self) -> str:
        return self.screen.token

    def problem(self, lang: str, text: str) -> str:
        return self.screen.problem(lang, text)

    def decide(self, form: dict[str, str]) -> None:
        try:
            self.screen.decide(form)
        except Problem as problem:  # a missing reason is shown beside the record, nothing is lost
            text = WORDS[self.language()]["reason_first"] if "reason" in problem.what else str(problem)
            self.answer(422, self.screen.record(self.language(), form.get("record", ""), text))
        else:
            again = "/?record=" + quote(form["record"]) if form.get("retrieval") == "retrieved" else "/"
            self.redirect(again)

    def settle(self, form: dict[str, str]) -> None:
        self.screen.settle(form)
        self.redirect("/differences")

    def undo(self, _form: dict[str, str]) -> None:
        back = self.screen.session.undo()
        self.redirect(f"/?record={self.screen.session.names[back['record_id']]}" if back else "/")


def make_server(session: Session, port: int = 0, filter_: Filter = trial_words) -> ThreadingHTTPServer:
    """A server on 127.0.0.1; `server_port` tells where. The caller runs `serve_forever`."""
    handler = type("BoundHandler", (Handler,), {"screen": Screen(session, filter_)})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)
