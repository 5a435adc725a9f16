"""`kring evidence extract` and `kring evidence rob`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kring.evidence import log
from kring.evidence.extraction import published, rob2, sheets
from kring.evidence.extraction.checks import check_all
from kring.evidence.extraction.keying import Keying
from kring.evidence.extraction.keying_web import make_server
from kring.evidence.extraction.schema import STATES
from kring.evidence.extraction.starting import write_first_rows
from kring.evidence.extraction.values import EXTRACT, check, derive
from kring.evidence.files import write_csv
from kring.evidence.folder import Folder, open_folder
from kring.evidence.local_web import serve
from kring.evidence.problem import Problem


def register(commands: Any) -> None:
    extract = commands.add_parser("extract", help="write the extraction tables, look for traps, bring sheets in")
    extract.add_argument("review", type=Path)
    extract.add_argument("--from", dest="sheet", type=Path, help="a table as CSV: its changed cells come in")
    extract.add_argument("--published", type=Path, help="the filled-in key-in form of the published review")
    extract.add_argument("--form", action="store_true", help="write 4_extraction/published_form.csv to fill in")
    extract.add_argument("--key", action="store_true", help="key cells of the published review in, one by one")
    extract.add_argument("--serve", action="store_true", help="key cells in, and check another's, in your browser")
    extract.add_argument("--port", type=int, default=0, help="of --serve; any free one by default")
    extract.add_argument("--no-browser", action="store_true", help="with --serve: do not open the browser")
    extract.add_argument("--check", metavar="EVENT", help="as second person: the values of this event are right")
    extract.add_argument("--disagree", metavar="NOTE", help="with --check: they are not, and why")
    extract.add_argument("--by", help="your name, as in other decisions")
    extract.add_argument("--state", choices=STATES[:-1], help="what was read")
    extract.add_argument("--report", default="", help="report_id of what was read")
    extract.add_argument("--page", default="", help="page or table where it stands")
    extract.set_defaults(run=run_extract)
    rob = commands.add_parser("rob", help="risk of bias: what is assessed, and answers to signalling questions")
    rob.add_argument("review", type=Path)
    rob.add_argument("--result", help="result_id")
    rob.add_argument("--tool", choices=rob2.TOOLS, default="rob2")
    rob.add_argument("--domain", help="1 to 5 (cluster version: 1a, 1b, 2 to 5), or overall")
    rob.add_argument("--answer", action="append", default=[], metavar="1.1=Y", help="one for each question")
    rob.add_argument("--quote", action="append", default=[], metavar="1.1=WORDS", help="where the answer stands")
    rob.add_argument("--judgement", choices=rob2.ORDER, default="", help="yours, where it differs or adds up")
    rob.add_argument("--reason", default="")
    rob.add_argument("--by", help="your name, as in other decisions")
    rob.set_defaults(run=run_rob)


def run_extract(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    if args.sheet or args.published or args.check:
        _take_in(folder, args)
    if args.key:
        print(f"{key_cells(folder, _named(args))} cells keyed")
    if args.serve:
        by = _named(args)
        serve(make_server(Keying(folder, by), args.port), f"Keying as {by}", browser=not args.no_browser)
    events = log.read(folder.decisions)
    tables = derive(events)
    for path in sheets.write_tables(folder, tables):
        print(f"wrote {path.relative_to(folder.root)}")
    if args.form:
        rows = published.form(published.compare(folder, tables, events))
        write_csv(folder.extraction / "published_form.csv", published.FORM_HEADER, rows)
        print("wrote 4_extraction/published_form.csv: fill in value, quote and page, then --published it")
    if first := write_first_rows(folder, tables):
        print("Some included reports have no study yet. First rows for them, to correct and bring in with --from:")
        print("\n".join(f"wrote {path.relative_to(folder.root)}" for path in first))
    findings = check_all(tables)
    for finding in findings:
        bars = f" Not used for: {', '.join(finding.bars)}." if finding.bars else ""
        print(f"{finding.table} {finding.key}, {finding.column}: {finding.what} {finding.remedy}{bars}")
    states = ", ".join(f"{count} {state}" for state, count in sorted(tables.states().items()))
    print(f"{len(tables.values)} values ({states or 'none'}); {len(findings)} findings")
    return 1 if findings else 0


def _named(args: argparse.Namespace) -> str:
    if not args.by:
        raise Problem("What is keyed needs the name of who keyed it.", "Give --by NAME.")
    return str(args.by)


def _take_in(folder: Folder, args: argparse.Namespace) -> None:
    by, events = _named(args), log.read(folder.decisions)
    tables = derive(events)
    if args.sheet:
        if not args.state:
            raise Problem("The log keeps in which state values were read.", "Give --state 'full text' (or other).")
        new = sheets.import_sheet(
            folder, args.sheet, tables, by=by, state=args.state, report=args.report, page=args.page
        )
        print(f"{len(new)} rows brought in from {args.sheet}")
    elif args.published:
        cells = published.compare(folder, tables, events)
        filled = published.read_form(args.published, cells, by=by)
        print(f"{log.append(folder.decisions, filled)} cells keyed from {args.published}")
    else:
        of = next((row for row in events if row["id"].startswith(args.check)), None)
        if of is None or of["stage"] not in (EXTRACT, published.PUBLISHED):
            raise Problem(f"No values were keyed under {args.check!r}.", "See the event column of values.csv.")
        verdict = check(of, by=by, agrees=args.disagree is None, note=args.disagree or "")
        log.append(folder.decisions, [verdict])


def key_cells(folder: Folder, by: str, ask: Callable[[str], str] = input) -> int:
    """Ask for each cell that nobody keyed yet; every answer is in the log before the next question."""
    events, count = log.read(folder.decisions), 0
    for cell in published.compare(folder, derive(events), events):
        if cell.event:
            continue
        print(f"\n{cell.cell}: {cell.what}" + (f" ({cell.note})" if cell.note else ""))
        value = ask("value (nothing: skip, q: stop): ").strip()
        if value == "q":
            break
        if value:
            quote, page = ask("quote: "), ask("page: ")
            log.append(folder.decisions, [published.key_in(cell.cell, value, by=by, quote=quote, page=page)])
            count += 1
    return count


def _pairs(words: list[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise Problem(f"{word!r} has no '='.", "Write it as 1.1=Y.")
        found[name.strip()] = value.strip()
    return found


def run_rob(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    if args.result:
        _assess(folder, args)
    found = rob2.assessments(log.read(folder.decisions))
    for assessment in found.values():
        print(f"{assessment.result} ({assessment.tool}): {assessment.overall}")
        for domain in assessment.domains:
            can = f" (can become {', '.join(domain.attainable)})" if domain.judgement == rob2.OPEN else ""
            print(f"  {domain.domain:3} {rob2.DOMAINS[domain.domain]}: {domain.judgement}{can}")
        if assessment.for_a_person:
            print("  several domains raise some concerns: decide whether they add up to high")
    print(f"{len(found)} results assessed in part or whole")
    return 0


def _assess(folder: Folder, args: argparse.Namespace) -> None:
    by = _named(args)
    if args.result not in derive(log.read(folder.decisions))["results"]:
        raise Problem(f"There is no result {args.result!r}.", "See 4_extraction/results.csv.")
    if args.domain == "overall":
        event = rob2.decided_overall(args.result, args.tool, args.judgement, args.reason, by=by)
    elif args.domain:
        event = rob2.assessed(
            args.result, args.tool, args.domain, _pairs(args.answer), by=by, quotes=_pairs(args.quote),
            judgement=args.judgement, reason=args.reason,
        )  # fmt: skip
    else:
        raise Problem("Which domain?", f"Give --domain {', '.join(rob2.domains(args.tool))} or overall.")
    log.append(folder.decisions, [event])
