"""The command of this room: `screen`."""

import argparse
import datetime
from pathlib import Path
from typing import Any

from kring.evidence import log
from kring.evidence.files import write_bytes, write_csv
from kring.evidence.folder import Folder, open_folder
from kring.evidence.local_web import serve
from kring.evidence.problem import Problem
from kring.evidence.records import asreview, canonical, read_records
from kring.evidence.screening import terminal, web
from kring.evidence.screening.agreement import agreement
from kring.evidence.screening.filters import load_filter
from kring.evidence.screening.language import WORDS
from kring.evidence.screening.session import Session, write_state
from kring.evidence.screening.spread import Engine, spread_scores
from kring.evidence.screening.state import STAGES, RecordState, Stage, read_decisions, state


def register(commands: Any) -> None:
    screen = commands.add_parser("screen", help="decide which records are relevant, most likely first")
    screen.add_argument("review", type=Path, help="review folder")
    screen.add_argument("--reviewer", default="", help="who decides")
    screen.add_argument("--stage", choices=STAGES, default="title_abstract")
    screen.add_argument("--terminal", action="store_true", help="in the terminal instead of a web page")
    screen.add_argument("--port", type=int, default=0, help="of the page; any free one by default")
    screen.add_argument("--no-browser", action="store_true", help="do not open the browser")
    which = "which filter marks trials: words (ships), trained:FILE (from labelled records), or a package's"
    screen.add_argument("--filter", default="words", help=which)
    screen.add_argument("--status", action="store_true", help="only say how far it is, and write the tables")
    screen.add_argument("--join", type=Path, metavar="LOG", help="take in another reviewer's decisions.jsonl")
    screen.add_argument("--accept-labels", action="store_true", help="log the labels that came with the exports")
    screen.add_argument("--asreview", type=Path, metavar="FILE", help="write records and decisions as .asreview")
    screen.add_argument("--stop", metavar="REASON", help="end title and abstract early; logged with the meter")
    screen.add_argument("--rank", type=Path, metavar="FILE", help="write all records with their scores, as CSV")
    screen.add_argument("--engine", choices=("local", "dask"), default="local", help="of --rank: for millions, dask")
    screen.set_defaults(run=run_screen)


def run_screen(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    if args.join:
        return join(folder, args.join)
    if args.accept_labels:
        return accept_labels(folder, args.reviewer)
    if args.asreview:
        return export_asreview(folder, args.asreview)
    if args.rank:
        return rank(folder, args.rank, args.engine)
    if args.status:
        return status(folder)
    if args.stop:
        return stop(folder, args.reviewer, args.stop)
    session, filter_ = Session(folder, args.reviewer, args.stage), load_filter(args.filter)
    for line in web.filter_lines(filter_, WORDS["en"]):
        print(line)
    if args.terminal:
        print(f"{terminal.run(session, filter_=filter_)} decisions logged.")
    else:
        server = web.make_server(session, args.port, filter_)
        serve(server, f"Screening as {session.reviewer}", browser=not args.no_browser)
    return status(folder)


def status(folder: Folder) -> int:
    """Say how far each stage is and write the derived tables; 1 when reviewers differ."""
    session = Session(folder, "status")
    states = session.states
    for stage in STAGES:
        outcomes = [getattr(record, stage).outcome for record in states.values()]
        counts = {name: outcomes.count(name) for name in ("include", "maybe", "exclude", "conflict", "waiting")}
        said = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing decided"
        print(f"{WORDS['en'][stage]}: {said}; {_open(states, stage)} open")
        for found in agreement(states, stage):
            print(f"  {web.agreement_line(found, WORDS['en'])}")
            for id_ in found.differ:
                print(f"    differ on {id_}: {session.records[id_].title[:70]}")
    for line in web.meter_lines(session.meter(), WORDS["en"]):
        print(line)
    write_state(folder, states)
    return int(any(getattr(record, stage).outcome == "conflict" for record in states.values() for stage in STAGES))


def _open(states: dict[str, RecordState], stage: Stage) -> int:
    """Records that nobody decided; at full text, of those that came so far and whose text may still be had."""
    if stage == "title_abstract":
        return sum(not record.title_abstract.outcome for record in states.values())
    here = [r for r in states.values() if r.title_abstract.onward and r.retrieval != "not_retrieved"]
    return sum(not record.full_text.outcome for record in here)


def join(folder: Folder, other: Path) -> int:
    """Take in another log: both are checked first, every event is kept once, nothing is lost from either."""
    if not other.is_file():
        raise Problem("The file cannot be read.", "Name the other reviewer's decisions.jsonl.", file=other)
    mine, theirs = log.read(folder.decisions), log.read(other)
    names = canonical(folder)
    for number, event in log.read_numbered(other):
        if event.get("record_id") and event["record_id"] not in names:
            what = f"This decision is about record {event['record_id']}, which is not in this review."
            raise Problem(what, "Both reviewers start from the same imported records.", file=other, line=number)
    log.append(folder.decisions, theirs)
    known = {event["id"] for event in mine}
    print(f"{sum(event['id'] not in known for event in theirs)} new decisions taken in.")
    return status(folder)


def accept_labels(folder: Folder, reviewer: str) -> int:
    """Turn labels that came with an export (ASReview) into decisions of `reviewer`."""
    states = state(folder)
    events = [
        log.event(
            stage="title_abstract",
            reviewer=reviewer,
            record_id=record.id,
            decision="include" if record.label else "exclude",
            note="label in the export",
        )
        for record in read_records(folder.deduplicated)
        if record.label is not None and reviewer not in states[record.id].title_abstract.by
    ]
    log.append(folder.decisions, events)
    print(f"{len(events)} labels logged as decisions of {reviewer}.")
    return 0


def export_asreview(folder: Folder, path: Path) -> int:
    """Write what is settled at title and abstract for ASReview."""
    states, labels = state(folder), {}
    for id_, record in states.items():
        verdict = record.title_abstract
        if verdict.outcome in ("include", "maybe", "exclude"):
            said = verdict.settled or max(verdict.by.values(), key=lambda event: (event["at"], event["id"]))
            moment = datetime.datetime.fromisoformat(said["at"]).timestamp()
            labels[id_] = (int(verdict.outcome != "exclude"), moment)
    title = str(folder.settings().get("title", "review"))
    write_bytes(path, asreview.write(read_records(folder.deduplicated), labels, title))
    print(f"Wrote {path}: {len(states)} records, {len(labels)} labels.")
    return 0


def rank(folder: Folder, path: Path, engine: Engine) -> int:
    """Write every record with the score that the decisions so far give it, the most likely first."""
    session = Session(folder, "rank")
    rows, labels = session.labelled()
    if not 0 < labels.sum() < len(labels):
        what = "There is nothing to learn from yet."
        raise Problem(what, "Decide on a relevant and an irrelevant record first.", file=folder.decisions)
    records = list(session.records.values())
    texts = [f"{record.title} {record.abstract}" for record in records]
    scores = spread_scores(texts, rows, labels, engine=engine)
    order = sorted(range(len(records)), key=lambda at: (-scores[at], at))
    table = ([records[at].id, f"{scores[at]:.6f}", records[at].title] for at in order)
    write_csv(path, ("record_id", "score", "title"), table)
    print(f"Wrote {path}: {len(records)} records.")
    return 0


def stop(folder: Folder, reviewer: str, reason: str) -> int:
    """Log that people end the first stage early, with what the meter said. The meter advises; people decide."""
    session = Session(folder, reviewer)
    m = session.meter()
    for line in web.meter_lines(m, WORDS["en"]):
        print(line)
    if not m.stop:
        print("You stop before the test passes. The report will say so.")
    log.append(
        folder.decisions,
        [
            log.event(
                stage="stop", reviewer=reviewer, rule="urn test, 95% recall, 95% certain", passed=m.stop,
                screened=m.screened, total=m.total, included=m.found, recall_low=round(m.recall_low, 4),
                reason=reason,
            )
        ],
    )  # fmt: skip
    read_decisions(folder, session.names)
    return 0
