"""The door of the evaluation wing: `kring evaluate WORD ...`. Each word opens one module."""

import importlib
import sys

from kring.evaluation.errors import BadInput

USAGE = """\
usage: kring evaluate COMMAND ...

  check TABLE          say whether the table is what its dictionary says; write nothing
  schema NAME          print the JSON Schema of the data contract

kring evaluate COMMAND --help says more; docs/evaluation.md goes from a table to a report.
"""

# word: the module whose `main(words) -> exit status` it opens
COMMANDS = {
    "check": "kring.evaluation.contract.check",
    "schema": "kring.evaluation.contract.schema",
}


def main(argv: list[str] | None = None) -> int:
    """Open the command that the first word names. 0 done, 2 input that cannot be used, 130 interrupted."""
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0
    if words[0] not in COMMANDS:
        print(f"kring evaluate has no command {words[0]!r}.\n\n{USAGE}", end="", file=sys.stderr)
        return 2
    try:
        return int(importlib.import_module(COMMANDS[words[0]]).main(words[1:]))
    except BadInput as fault:
        print(fault, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.", file=sys.stderr)
        return 130
