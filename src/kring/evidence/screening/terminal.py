"""Screening in a terminal: one record at a time, one letter a decision."""

import re
import shutil
import textwrap
from collections.abc import Callable

from kring.evidence.problem import Problem
from kring.evidence.records import Record
from kring.evidence.screening.filters import Filter, trial_words
from kring.evidence.screening.language import WORDS
from kring.evidence.screening.session import Session
from kring.evidence.screening.web import meter_lines

LETTERS = {"i": "include", "m": "maybe", "e": "exclude"}
BOLD, PLAIN = "\033[1m", "\033[0m"


def run(
    session: Session,
    ask: Callable[[str], str] = input,
    say: Callable[[str], None] = print,
    filter_: Filter = trial_words,
) -> int:
    """Show records until none is left or the reviewer quits; return how many were decided."""
    decided = 0
    while record := session.next():
        _show(session, record, filter_, say)
        answer = ask("i include, m maybe, e exclude, u undo, ? meter, q quit: ").strip().lower()
        if answer == "q":
            break
        if answer == "?":
            for line in meter_lines(session.meter(), WORDS["en"]):
                say(line)
        elif answer == "u":
            back = session.undo()
            say(f"Took back: {back.get('decision', back.get('retrieval'))}" if back else "Nothing to undo.")
        elif answer[:1] in LETTERS:
            decided += _decide(session, record, LETTERS[answer[0]], ask, say)
    else:
        say(WORDS["en"]["done"])
    return decided


def _decide(
    session: Session, record: Record, decision: str, ask: Callable[[str], str], say: Callable[[str], None]
) -> int:
    reason = ""
    if decision == "exclude" and session.criteria.exclude:
        codes = list(session.criteria.exclude)
        for number, code in enumerate(codes, 1):
            say(f"  {number} {session.criteria.exclude[code]}")
        chosen = ask("Reason (number; empty for none): ").strip()
        reason = codes[int(chosen) - 1] if chosen.isdigit() and 0 < int(chosen) <= len(codes) else ""
    try:
        session.decide(record.id, decision, reason=reason)
    except Problem as problem:
        say(str(problem))
        return 0
    return 1


def _show(session: Session, record: Record, filter_: Filter, say: Callable[[str], None]) -> None:
    width = min(shutil.get_terminal_size().columns, 90)
    done, all_ = session.progress()
    words = [word for kind in session.criteria.highlight.values() for word in kind]
    say(f"\n{done} of {all_} decided. {WORDS['en'][filter_([record])[0]]}.")
    say(BOLD + textwrap.fill(record.title or record.id, width) + PLAIN)
    say(textwrap.fill("; ".join(record.authors[:6]), width))
    say(f"{record.journal} {record.year or ''}\n")
    say(_bold(textwrap.fill(record.abstract or WORDS["en"]["no_abstract"], width), words))
    for text in session.criteria.include:
        say(textwrap.fill(f"- {text}", width, subsequent_indent="  "))


def _bold(text: str, words: list[str]) -> str:
    if not words:
        return text
    ends = "|".join(re.escape(w.rstrip("*")) + (r"\w*" if w.endswith("*") else r"\b") for w in words)
    return re.sub(rf"\b(?:{ends})", lambda found: f"{BOLD}{found.group()}{PLAIN}", text, flags=re.I)
