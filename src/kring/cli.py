"""The one command line. It opens a wing and hands it the rest of the words; wings never import each other."""

import importlib
import sys

USAGE = """\
usage: kring COMMAND ...

  demo          serve the demo on http://127.0.0.1:8000, with sign-in links
  serve         serve the care wing for production (see docs/operate.md)
  work          do the background jobs: mail, reminders, sealing and keeping the log
  organisation  begin an organisation: a letter to its first administrator
  backup        copy the database to one file; restore puts it back
  audit         verify: was the log changed?
  evidence      the living review: import, dedup, screen, extract, rob, synthesise, report
  evaluate      did it help, and what must the next trial look like: run, plan, demo
  ...           any other word is a management command of the care wing (kring check, kring migrate)
"""

WINGS = {"evidence": "kring.evidence.cli", "evaluate": "kring.evaluation.cli"}
CARE = "kring.care.cli"


def main(argv: list[str] | None = None) -> int:
    """Open the wing that the first word names; return its exit status."""
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0
    wing = WINGS.get(words[0])
    rest = words[1:] if wing else words
    try:
        door = importlib.import_module(wing or CARE)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("kring"):
            raise
        extra = "evaluation" if words[0] == "evaluate" else words[0]
        print(f"kring {words[0]} needs the package {error.name}: pip install 'kring[{extra}]'", file=sys.stderr)
        return 2
    return int(door.main(rest) or 0)
