"""`kring evidence build`: every step in order, only what changed, and the same bytes for the same review.

A step is done again when one of its inputs, the code of the wing, or one of its own outputs differs from the last
time. What the last time was stands in `.cache/build.json`, which may be deleted at any moment. Each step writes whole
files only, so a build that was stopped goes on where it was.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import kring.evidence
from kring.evidence.extraction import sheets, tables
from kring.evidence.files import write_json
from kring.evidence.folder import Folder
from kring.evidence.records.merging import run_dedup
from kring.evidence.report.page import synthesis_json, write_report
from kring.evidence.report.state import read_review
from kring.evidence.screening import state
from kring.evidence.screening.session import write_state


@dataclass(frozen=True)
class Step:
    """`inputs` are files and folders below the review; `run` does the step and returns the files it wrote."""

    name: str
    inputs: tuple[str, ...]
    run: Callable[[Folder], list[Path]]


def _dedup(folder: Folder) -> list[Path]:
    if not folder.records.exists():
        return []
    run_dedup(folder)
    return [path for path in (folder.deduplicated, folder.merges, folder.links, folder.queue) if path.exists()]


def _screen(folder: Folder) -> list[Path]:
    return write_state(folder, state(folder))


def _extract(folder: Folder) -> list[Path]:
    sheets.write_tables(folder, tables(folder))
    names = [*json.loads((folder.extraction / "sheets.json").read_text("utf-8"))]
    return [folder.extraction / f"{name}.csv" for name in names] + [folder.extraction / "sheets.json"]


def _synthesise(folder: Folder) -> list[Path]:
    path = folder.synthesis / "synthesis.json"
    write_json(path, synthesis_json(read_review(folder)))
    return [path]


def _report(folder: Folder) -> list[Path]:
    """Write the report and take away what an earlier one left (a figure that these data no longer allow)."""
    written = write_report(read_review(folder))
    for path in sorted(folder.report.rglob("*")):
        if path.is_file() and path not in written and path.suffix in (".svg", ".csv", ".json"):
            path.unlink()
    return written


LOG = "3_screening/decisions.jsonl"
PLAN = ("5_synthesis/plan.toml", "4_extraction/published_cells.csv")
STEPS = (
    Step("dedup", ("2_records/records.jsonl", LOG, "review.toml"), _dedup),
    Step("screen", (LOG, "review.toml", "2_records", "3_screening/criteria.toml"), _screen),
    Step("extract", (LOG,), _extract),
    Step("synthesise", (LOG, "review.toml", "2_records", *PLAN), _synthesise),
    Step("report", (LOG, "review.toml", "1_search/ledger.jsonl", "2_records", "3_screening/criteria.toml", *PLAN,
                    "5_synthesis/page.toml", "5_synthesis/implications.toml", "5_synthesis/versions"), _report),
)  # fmt: skip


@cache
def code_digest() -> str:
    """A digest of the wing's own code, so that a new version builds again."""
    root = Path(kring.evidence.__file__).parent
    kinds = (".py", ".csv", ".html", ".css")
    return _digest(path for path in sorted(root.rglob("*")) if path.suffix in kinds)


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _files(folder: Folder, inputs: Iterable[str]) -> Iterator[Path]:
    for name in inputs:
        path = folder.root / name
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file())
        elif path.exists():
            yield path


def build(folder: Folder, say: Callable[[str], None], force: bool = False) -> list[str]:
    """Run the steps; returns the names of those that had something to do. `say` takes lines of progress."""
    memory = folder.root / ".cache" / "build.json"
    known = {} if force or not memory.exists() else json.loads(memory.read_text("utf-8"))
    done = []
    for number, step in enumerate(STEPS, 1):
        start, key = time.monotonic(), code_digest() + _digest(_files(folder, step.inputs))
        if _unchanged(folder, known.get(step.name), key):
            say(f"[{number}/{len(STEPS)}] {step.name}: nothing changed")
            continue
        say(f"[{number}/{len(STEPS)}] {step.name} …")
        written = sorted(path.relative_to(folder.root).as_posix() for path in step.run(folder))
        outputs = _digest(folder.root / name for name in written)
        known[step.name] = {"key": key, "outputs": outputs, "files": written}
        write_json(memory, known)
        say(f"[{number}/{len(STEPS)}] {step.name}: {len(written)} files, {time.monotonic() - start:.1f} s")
        done.append(step.name)
    return done


def _unchanged(folder: Folder, last: dict[str, object] | None, key: str) -> bool:
    if not last or last["key"] != key:
        return False
    paths = [folder.root / str(name) for name in last["files"]]  # type: ignore[attr-defined]
    return all(path.exists() for path in paths) and _digest(paths) == last["outputs"]
