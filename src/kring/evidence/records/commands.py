"""The commands of this room: `import`."""

import argparse
import datetime
from pathlib import Path
from typing import Any

from kring.evidence.folder import open_folder
from kring.evidence.problem import Problem
from kring.evidence.records.importing import check_exports, import_files, read_ledger


def register(commands: Any) -> None:
    bring = commands.add_parser("import", help="bring search exports into the review")
    bring.add_argument("review", type=Path, help="review folder")
    bring.add_argument("exports", type=Path, nargs="+", help="RIS, nbib, Ovid, BibTeX, CSV, Excel, .asreview")
    bring.add_argument("--database", default="", help="name of the database, where the files do not say it")
    bring.add_argument("--searched-on", default="", metavar="YYYY-MM-DD", help="date of the search")
    bring.add_argument("--encoding", help="of the files, where the guess is wrong, for example cp1252")
    bring.set_defaults(run=run_import)


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


def _date(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise Problem(f"{text!r} is no date.", "Write it as 2021-05-31.") from None
