"""The door of the evaluation wing: `kring evaluate WORD ...`. Each word opens one module."""

import importlib
import sys

from kring.evaluation.errors import BadInput

USAGE = """\
usage: kring evaluate COMMAND ...

  run TABLE --protocol protocol.toml   analyse an outcome table and write the report
  plan design.toml                     how many teams and people does the next trial need?
  check TABLE [--protocol ...]         say whether the table fits its dictionary and protocol; write nothing
  schema dictionary|protocol           print the JSON Schema of the data contract
  demo                                 simulate a trial, analyse it, and show what was found beside the truth

kring evaluate COMMAND --help says more; docs/evaluation.md goes from a table to a report.
"""

# word: the module whose `main(words) -> exit status` it opens
COMMANDS = {
    "run": "kring.evaluation.run",
    "check": "kring.evaluation.contract.check",
    "schema": "kring.evaluation.contract.schema",
    "demo": "kring.evaluation.demo",
    "plan": "kring.evaluation.power.command",
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
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("kring"):
            raise
        print(f"kring evaluate needs the package {error.name}: pip install 'kring[evaluation]'", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.", file=sys.stderr)
        return 130
