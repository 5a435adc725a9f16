"""What changes our conclusion? Each published version is kept, and the review is laid beside the last one.

`5_synthesis/versions/<version>.json` holds a version's synthesis and the ids of the log's events behind it, so that
every change can be led back to what was decided or read since.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kring.evidence import log
from kring.evidence.files import write_json
from kring.evidence.problem import Problem
from kring.evidence.report.sheet import cell
from kring.evidence.report.state import Review
from kring.evidence.report.tables import directions_in_words


@dataclass(frozen=True)
class Change:
    """One line of the comparison: estimate, interval, directions or certainty, before and now."""

    group: str
    what: str
    before: str
    now: str


@dataclass(frozen=True)
class Since:
    """All changes since a version, and the events that came since by what they are."""

    version: str
    as_of: str
    changes: tuple[Change, ...]
    events: tuple[tuple[str, int], ...]
    rows: tuple[str, ...]


def snapshot(review: Review, events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What a version keeps of itself."""
    groups = {s.group.id: {"title": s.group.title["en"], **_standing(review, s.group.id)} for s in review.syntheses}
    version = str(review.settings.get("version", ""))
    return {"version": version, "as_of": review.as_of, "groups": groups, "events": sorted(e["id"] for e in events)}


def _standing(review: Review, group: str) -> dict[str, str]:
    s = next(s for s in review.syntheses if s.group.id == group)
    pooled = s.pooled
    return {
        "directions": directions_in_words(s),
        "estimate": f"{pooled.mu:.2f}" if pooled else "not pooled",
        "interval": f"{pooled.ci[0]:.2f} to {pooled.ci[1]:.2f}" if pooled else "none",
        "certainty": review.level(group),
        "studies": cell(sum(x.design == "yes" for x in s.main)),
    }


def _folder(review: Review) -> Path:
    return review.folder.synthesis / "versions"


def publish(review: Review, events: Iterable[Mapping[str, Any]]) -> Path:
    """Keep this version; refuses to write over another state of the same version."""
    content = snapshot(review, events)
    path = _folder(review) / f"{content['version']}.json"
    if path.exists() and json.loads(path.read_text("utf-8")) != content:
        raise Problem(f"Version {content['version']} was published in another state.",
                      "Raise version in review.toml.", file=path)  # fmt: skip
    write_json(path, content)
    return path


def last_version(review: Review) -> dict[str, Any] | None:
    """The version published last, by its date and then its name."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(_folder(review).glob("*.json"))]
    return max(found, key=lambda v: (v["as_of"], v["version"]), default=None)


def since(review: Review, events: Iterable[Mapping[str, Any]]) -> Since | None:
    """The review beside its last version, or None when none was published."""
    before = last_version(review)
    if before is None:
        return None
    known = set(before["events"])
    fresh = [event for event in log.standing(events) if event["id"] not in known]
    counted = Counter(str(event["stage"]) for event in fresh)
    rows = {_about(event) for event in fresh} - {""}
    return Since(before["version"], before["as_of"], tuple(_changes(review, before["groups"])),
                 tuple(sorted(counted.items())), tuple(sorted(rows)))  # fmt: skip


def _about(event: Mapping[str, Any]) -> str:
    """What an event is about, as a reader would look it up."""
    if event["stage"] == "extract":
        return f"{event['table']} {event['key']}"
    return str(event.get("record_id") or event.get("result") or event.get("group") or event.get("cell") or "")


def _changes(review: Review, before: Mapping[str, Mapping[str, str]]) -> Iterable[Change]:
    now = {s.group.id: {"title": s.group.title["en"], **_standing(review, s.group.id)} for s in review.syntheses}
    for group in dict.fromkeys([*before, *now]):
        old, new = before.get(group, {}), now.get(group, {})
        for what in ("studies", "directions", "estimate", "interval", "certainty"):
            if old.get(what) != new.get(what):
                title = new.get("title") or old["title"]
                yield Change(title, what, old.get(what, "not in that version"), new.get(what, "no longer there"))
