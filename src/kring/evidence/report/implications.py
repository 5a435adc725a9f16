"""What follows for a training programme, in a file that other software reads: `6_report/implications.json`.

`5_synthesis/implications.toml` is written by people. Each implication names its sources, and either a group of
outcomes, whose certainty it then takes over, or its own certainty with the reason.

Format `kring-implications/1`: `implications` is a list of `id`, `component`, `direction` (one of DIRECTIONS),
`text` and `why` in nl and en, `certainty` (`level`, `why`), `sources` (`id`, `citation`, `read`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kring.evidence.files import read_toml
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem
from kring.evidence.synthesis.grade import LEVELS, NOT_RATED

FORMAT = "kring-implications/1"
DIRECTIONS = ("include", "avoid", "record apart", "uncertain")


def read_implications(folder: Folder, levels: Mapping[str, str]) -> list[dict[str, Any]]:
    """The implications, complete and with their sources; `levels` gives the certainty of each group."""
    path = folder.synthesis / "implications.toml"
    if not path.exists():
        return []
    content = read_toml(path)
    sources = content.get("source", {})
    found = [_implication(entry, i, sources, levels, path) for i, entry in enumerate(content.get("implication", []), 1)]
    ids = [entry["id"] for entry in found]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise Problem(f"Two implications have the id {twice[0]!r}.", "Give each its own.", file=path)
    return found


def _implication(
    entry: Mapping[str, Any], number: int, sources: Mapping[str, Any], levels: Mapping[str, str], path: Path
) -> dict[str, Any]:
    name = entry.get("id", f"number {number}")
    for key in ("id", "component", "direction", "text", "why", "sources"):
        if not entry.get(key):
            raise Problem(f"Implication {name} has no {key!r}.", "Add it.", file=path)
    for key in ("text", "why"):
        if set(entry[key]) != {"nl", "en"}:
            raise Problem(f"Implication {name}: {key!r} is not in Dutch and English.", "Give nl and en.", file=path)
    if entry["direction"] not in DIRECTIONS:
        raise Problem(f"Implication {name}: {entry['direction']!r} is no direction.",
                      f"Use one of: {', '.join(DIRECTIONS)}.", file=path)  # fmt: skip
    missing = [s for s in entry["sources"] if s not in sources]
    if missing:
        raise Problem(f"Implication {name} cites {missing[0]!r}, which is not listed.",
                      f"Add [source.{missing[0]}].", file=path)  # fmt: skip
    return {
        "id": entry["id"],
        "component": entry["component"],
        "direction": entry["direction"],
        "text": dict(entry["text"]),
        "why": dict(entry["why"]),
        "certainty": _certainty(entry, str(name), levels, path),
        "sources": [{"id": s, **sources[s]} for s in entry["sources"]],
    }


def _certainty(entry: Mapping[str, Any], name: str, levels: Mapping[str, str], path: Path) -> dict[str, str]:
    group = entry.get("group")
    if group is not None:
        if group not in levels:
            raise Problem(f"Implication {name}: there is no group {group!r}.", "See plan.toml.", file=path)
        return {"level": levels[group], "why": f"GRADE of the group {group} in this review"}
    level, why = entry.get("certainty", ""), entry.get("certainty_why", "")
    if level not in (*LEVELS, NOT_RATED) or not why:
        raise Problem(f"Implication {name} needs a certainty and its reason.",
                      f"Use {', '.join((*LEVELS, NOT_RATED))}, or name a group.", file=path)  # fmt: skip
    return {"level": level, "why": why}


def as_json(title: str, version: str, as_of: str, draft: bool, implications: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of implications.json."""
    return {"format": FORMAT, "review": title, "version": version, "as_of": as_of,
            "status": "draft" if draft else "final", "implications": implications}  # fmt: skip
