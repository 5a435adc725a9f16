"""Is a document valid FHIR R4 (4.0.1)? Elements, how often each, types, formats and required codes.

The definitions are HL7's own (`r4.json`, from hl7.fhir.r4.core 4.0.1, CC0). Rules between elements (que-1 and on) are
checked where the document is read. Contained resources are not looked into, and profiles are not known here.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kring.care.measures.instruments.faults import Fault

FILE = Path(__file__).with_name("r4.json")
JSON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "integer": int,
    "positiveInt": int,
    "unsignedInt": int,
    "decimal": (int, float),
}


@cache
def definitions() -> Any:
    """Types by name, each with its elements."""
    return json.loads(FILE.read_bytes())


def faults_of(document: Any, kind: str) -> list[Fault]:
    """Everything that keeps a document from being a valid R4 resource of this kind."""
    if not isinstance(document, Mapping):
        return [Fault("not_r4", "this is not a JSON object.", kind, f"Give a {kind} of FHIR R4.")]
    if document.get("resourceType") != kind:
        what = f"it says resourceType {document.get('resourceType')!r}."
        return [Fault("not_r4", what, kind, f"Give a {kind} of FHIR R4.")]
    try:
        return list(_complex({k: v for k, v in document.items() if k != "resourceType"}, kind, kind))
    except RecursionError:
        return [Fault("not_r4", "it is nested too deeply.", kind, "Give a flatter document.")]


def _fault(path: str, what: str, remedy: str) -> Fault:
    return Fault("not_r4", what, path, remedy)


def _complex(value: Any, kind: str, path: str) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield _fault(path, f"{_short(value)} is not an object.", f"R4 wants a {kind} here.")
        return
    elements = definitions()["types"][kind]
    names = dict(_names(elements))
    for name, inner in value.items():
        element, type_name = names.get(name.removeprefix("_"), (None, ""))
        if element is None:
            yield _fault(f"{path}.{name}", "R4 has no such element.", "Remove it, or look whether it is of R5.")
        elif name.startswith("_"):
            yield from _extended(inner, type_name, f"{path}.{name}")
        else:
            yield from _element(inner, elements[element], type_name, f"{path}.{name}")
    yield from _counted(value, elements, path)


def _names(elements: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The property names of a type: each element, and value[x] once per type."""
    for element, about in elements.items():
        for kind in about["types"] or ["Resource"]:
            name = element.replace("[x]", kind[0].upper() + kind[1:])
            yield name, (element, kind)


def _counted(value: Mapping[str, Any], elements: Mapping[str, Any], path: str) -> Iterator[Fault]:
    """Elements that must be there, and choices of type that are there twice."""
    for element, about in elements.items():
        names = [name for name, (of, _) in _names({element: about}) if of == element]
        given = [name for name in names if name in value or f"_{name}" in value]
        if about["min"] and not given:
            yield _fault(f"{path}.{element}", "it is missing, and R4 wants it.", "Add it.")
        if len(given) > 1:
            yield _fault(f"{path}.{element}", f"it is there as {' and '.join(given)}.", "Keep one.")


def _element(value: Any, about: Mapping[str, Any], kind: str, path: str) -> Iterator[Fault]:
    many = about["max"] != "1"
    if many != isinstance(value, list):
        yield _fault(path, "R4 wants a list here." if many else "R4 wants one value, no list.", "Mend the brackets.")
        return
    if many and not value:
        yield _fault(path, "the list is empty.", "Leave it out.")
    for number, one in enumerate(value if many else [value]):
        where = f"{path}[{number}]" if many else path
        yield from _one(one, about, kind, where)


def _one(value: Any, about: Mapping[str, Any], kind: str, path: str) -> Iterator[Fault]:
    if kind == "Resource":
        return
    if kind in definitions()["types"]:
        yield from _complex(value, kind, path)
        return
    fault = _primitive(value, kind, path)
    if fault:
        yield fault
    elif about.get("codes") and value not in about["codes"]:
        yield _fault(path, f"{_short(value)} is no code of R4.", f"Use one of: {', '.join(about['codes'])}.")


def _primitive(value: Any, kind: str, path: str) -> Fault | None:
    wanted = JSON_TYPES.get(kind, str)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        return _fault(path, f"{_short(value)} is no {kind}.", f"Give a {kind}.")
    regex = definitions()["primitives"].get(kind, "")
    text = value if isinstance(value, str) else json.dumps(value)
    if not text or (regex and not re.fullmatch(regex, text)):
        return _fault(path, f"{_short(value)} is not written as a {kind}.", "See hl7.org/fhir/R4/datatypes.html.")
    return None


def _extended(value: Any, kind: str, path: str) -> Iterator[Fault]:
    """The id and extensions of a primitive stand beside it, under its name with an underscore."""
    if kind in definitions()["types"]:
        yield _fault(path, "only simple values have such a neighbour.", "Remove the underscore.")
        return
    for number, one in enumerate(value if isinstance(value, list) else [value]):
        if one is not None:
            yield from _complex(one, "Element", f"{path}[{number}]" if isinstance(value, list) else path)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
