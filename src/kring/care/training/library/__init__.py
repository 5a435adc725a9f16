"""Our own starting programme as data files, and the findings of the evidence wing that say why each part is there.

`implications.json` is a copy of the file that the shipped review ends in: the wings share files, never code. A test
holds the copy to the review.
"""

import functools
import json
import tomllib
from pathlib import Path
from typing import Any

from kring.care.training.models import Part, PartVersion

HERE = Path(__file__).resolve().parent
OWN = "working-with-resource-groups"


@functools.cache
def implications() -> dict[str, Any]:
    """The findings, by id, with the review that they come from."""
    read = json.loads((HERE / "implications.json").read_text())
    source = {name: read[name] for name in ("review", "version", "as_of", "status")}
    return {each["id"]: {**each, "from": source} for each in read["implications"]}


@functools.cache
def programme() -> dict[str, Any]:
    return tomllib.loads((HERE / OWN / "programme.toml").read_text())


@functools.cache
def parts() -> dict[str, dict[str, Any]]:
    """Every part of the library, in the order of its files: key -> what stands in the file."""
    files = sorted(path for path in (HERE / OWN).glob("*.toml") if path.name != "programme.toml")
    found = {part["key"]: part for path in files for part in tomllib.loads(path.read_text())["part"]}
    for part in found.values():
        if "questions_from" in part:  # the same questions before and after
            part["questions"] = found[part["questions_from"]]["questions"]
    return found


def on_the_shelf() -> dict[str, PartVersion]:
    """The library in the database: a part whose file changed gets a new version, and keeps its old ones."""
    known = {part.key: part for part in Part.objects.filter(organisation__isnull=True)}
    return {key: _newest(known.get(key) or _new(key, file["kind"]), file) for key, file in parts().items()}


def _new(key: str, kind: str) -> Part:
    part, _made = Part.objects.get_or_create(organisation=None, key=key, defaults={"kind": kind})
    return part


def _newest(part: Part, file: dict[str, Any]) -> PartVersion:
    content = {name: value for name, value in file.items() if name not in ("key", "kind")}
    last = part.versions.order_by("-number").first()
    if last is not None and last.content == content:
        return last
    number = last.number + 1 if last else 1
    made, _new = PartVersion.objects.get_or_create(part=part, number=number, defaults={"content": content})
    return made
