"""The commands of this room: `import`, `dedup` and `update`."""

import argparse
import datetime
from pathlib import Path
from typing import Any

from kring.evidence.folder import open_folder
from kring.evidence.problem import Problem
from kring.evidence.records.importing import check_exports, import_files, read_ledger
from kring.evidence.records.merging import VERDICTS, decide_pair, run_dedup
from kring.evidence.records.updating import update


def register(commands: Any) -> None:
    bring = commands.add_parser("import", help="bring search exports into the review")
    bring.add_argument("review", type=Path, help="review folder")
    bring.add_argument("exports", type=Path, nargs="+", help="RIS, nbib, Ovid, BibTeX, CSV, Excel, .asreview")
    bring.add_argument("--database", default="", help="name of the database, where the files do not say it")
    bring.add_argument("--searched-on", default="", metavar="YYYY-MM-DD", help="date of the search")
    bring.add_argument("--encoding", help="of the files, where the guess is wrong, for example cp1252")
    bring.set_defaults(run=run_import)

    dedup = commands.add_parser("dedup", help="find records that are one article; reversible")
    dedup.add_argument("review", type=Path, help="review folder")
    for verdict, text in (("same", "are one article"), ("different", "are not"), ("linked", "belong together")):
        dedup.add_argument(f"--{verdict}", nargs=2, metavar="ID", action="append", help=f"say that two records {text}")
    dedup.add_argument("--reviewer", default="", help="who says so")
    dedup.add_argument("--reason", default="", help="why")
    dedup.add_argument("--engine", choices=("duckdb", "dask"), default="duckdb", help="for millions: dask")
    dedup.set_defaults(run=run_dedup_command)

    renew = commands.add_parser("update", help="add a later search: only what is new is screened")
    renew.add_argument("review", type=Path, help="review folder")
    renew.add_argument("exports", type=Path, nargs="+", help="exports of the new search")
    renew.add_argument("--searched-on", required=True, metavar="YYYY-MM-DD", help="date of the new search")
    renew.add_argument("--database", default="", help="name of the database, where the files do not say it")
    renew.add_argument("--engine", choices=("duckdb", "dask"), default="duckdb", help="for millions: dask")
    renew.set_defaults(run=run_update)


def run_import(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    done = import_files(
        folder,
        args.exports,
        database=args.database,
        searched_on=_date(args.searched_on),
        encoding=args.encoding,
    )
    for line in done.lines:
        print(f"{line['original']}: {line['read']} records ({line['dialect']}, {line['database']})")
        for warning in line["warnings"]:
            print(f"    look at this: {warning}")
    for path in done.known:
        print(f"{path}: already in the review, nothing added")
    for fault in check_exports(folder):
        print(f"look at this: {fault}")
    print(f"The review holds {sum(line['read'] for line in read_ledger(folder))} records.")
    return 0


def run_dedup_command(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    for verdict in VERDICTS:
        for first, second in getattr(args, verdict) or []:
            decide_pair(folder, first, second, verdict, args.reviewer, args.reason)
    found = run_dedup(folder, args.engine)
    print(f"{found.records} records are {found.distinct} articles: {found.records - found.distinct} duplicates.")
    if found.links:
        print(f"{found.links} pairs belong together but stay apart (other version or place): {folder.links}")
    if found.queue:
        print(f"{found.queue} doubtful pairs wait for a person: {folder.queue}")
        print(f"Say it with: kring evidence dedup {folder.root} --same ID ID --reviewer NAME (or --different)")
    return 1 if found.queue else 0


def run_update(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    done = update(folder, args.exports, searched_on=_date(args.searched_on), database=args.database, engine=args.engine)
    for path in done.imported.known:
        print(f"{path}: already in the review, nothing added")
    for line in done.imported.lines:
        print(f"{line['original']}: {line['read']} records ({line['dialect']}, {line['database']})")
        for warning in line["warnings"]:
            print(f"    look at this: {warning}")
    for kept, gone in done.joined:
        print(f"look at this: {gone} turns out to be the same article as {kept}; decisions on both now count as one")
    read = sum(line["read"] for line in done.imported.lines)
    print(f"{read} records read, {len(done.new)} articles are new. {done.dedup.queue} doubtful pairs wait.")
    print(f"Next: kring evidence screen {folder.root} --reviewer NAME  (ranked by all decisions so far)")
    return 1 if done.dedup.queue else 0


def _date(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise Problem(f"{text!r} is no date.", "Write it as 2021-05-31.") from None
