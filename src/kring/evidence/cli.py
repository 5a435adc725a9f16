"""`kring evidence COMMAND`: each room brings its own commands.

A room's `commands.py` holds `register(commands)`, which adds parsers and sets `run=function` on each;
`function(args) -> int` does the step and returns the exit status. To join, a room adds one line to ROOMS.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence

from kring.evidence.problem import Problem

ROOMS = (
    "kring.evidence.commands",  # new
    "kring.evidence.records.commands",  # import, dedup, update
    "kring.evidence.screening.commands",  # screen
    "kring.evidence.extraction.commands",  # extract, rob
    "kring.evidence.report.commands",  # synthesise, grade, report, build, publish, check
)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="kring evidence", description="A living systematic review: from search export to published page."
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for room in ROOMS:
        importlib.import_module(room).register(commands)
    return top


def main(argv: Sequence[str]) -> int:
    """Run one command; 0 = done, 1 = done with something to look at, 2 = refused, 130 = stopped."""
    args = parser().parse_args(list(argv))
    try:
        return int(args.run(args) or 0)
    except Problem as problem:
        print(f"kring evidence {args.command}: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. What was decided is kept; run the command again to go on.", file=sys.stderr)
        return 130
