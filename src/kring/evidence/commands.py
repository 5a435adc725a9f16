"""The commands that belong to no room: `new`."""

import argparse
from pathlib import Path
from typing import Any

from kring.evidence.folder import new
from kring.evidence.report.scaffold import scaffold


def register(commands: Any) -> None:
    start = commands.add_parser("new", help="start a new review folder")
    start.add_argument("name", type=Path, help="folder to make, for example reviews/my-review")
    start.add_argument("--title", help="title of the review")
    start.set_defaults(run=run_new)


def run_new(args: argparse.Namespace) -> int:
    folder = new(args.name, args.title)
    scaffold(folder)
    print(f"Made {folder.root}. Next: write the question in {folder.review_toml.name} and the criteria in")
    print(f"{folder.criteria.relative_to(folder.root)}, then: kring evidence import {folder.root} EXPORT ...")
    return 0
