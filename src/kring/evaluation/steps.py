"""Long work in steps that are kept: an interrupted run goes on where it was, a rerun does only what changed."""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8", newline="\n")
    os.replace(partial, path)


def as_json(value: Any) -> str:
    """JSON with the same bytes for the same value; not-a-number is an error, never a word that JSON lacks."""
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


@cache
def code_digest() -> str:
    """Of the wing's own source, so that results of an older version are not taken for today's."""
    digest = hashlib.sha256()

    def feed(folder: Traversable) -> None:
        for entry in sorted(folder.iterdir(), key=lambda item: item.name):
            if entry.is_dir() and entry.name != "__pycache__":
                feed(entry)
            elif entry.name.endswith(".py"):
                digest.update(entry.read_bytes())

    feed(files("kring.evaluation"))
    return digest.hexdigest()


class Steps:
    """Results by name in a folder, each with the key of what it was made from."""

    def __init__(self, folder: Path, inputs: str, total: int = 0, quiet: bool = False) -> None:
        self.folder, self.total, self.done, self.quiet = folder, total, 0, quiet
        self.key = hashlib.sha256(f"{inputs} {code_digest()}".encode()).hexdigest()
        self.computed = 0

    def do(self, name: str, work: Callable[[], Any]) -> Any:
        """The kept result of this name, or that of `work`, which is then kept."""
        self.done += 1
        path = self.folder / f"{name}.json"
        kept = self._kept(path)
        if kept is not None:
            return kept
        self._say(name)
        result = json.loads(as_json(work()))  # what a rerun will read, also in the first run
        write_whole(path, as_json({"key": self.key, "result": result}))
        self.computed += 1
        return result

    def _kept(self, path: Path) -> Any:
        try:
            entry = json.loads(path.read_text(encoding="utf-8"))
            return entry["result"] if entry["key"] == self.key else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _say(self, name: str) -> None:
        if not self.quiet:
            end = "\r" if sys.stderr.isatty() else "\n"
            print(f"[{self.done}/{self.total}] {name:<40}", end=end, file=sys.stderr, flush=True)
