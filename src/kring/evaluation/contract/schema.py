"""The JSON Schemas that ship with the wing, and checking a document against one with a readable message."""

import argparse
import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

from kring.evaluation.errors import BadInput, Fault

NAMES = ("dictionary", "protocol")


@cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a contract document: "dictionary" or "protocol"."""
    text = files(__package__).joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def check_document(document: object, name: str, file: str) -> None:
    """Raise BadInput with every place where `document` is not what schema `name` says."""
    found = sorted(Draft202012Validator(schema(name)).iter_errors(document), key=lambda error: error.json_path)
    if not found:
        return
    remedy = f"See `kring evaluate schema {name}` or docs/evaluation.md."
    raise BadInput(
        [Fault(f"at {error.json_path.lstrip('$.') or 'the top'}: {error.message}.", remedy, file) for error in found]
    )


def main(argv: list[str]) -> int:
    """`kring evaluate schema NAME`: print a schema."""
    parser = argparse.ArgumentParser(prog="kring evaluate schema", description=main.__doc__)
    parser.add_argument("name", choices=NAMES)
    print(json.dumps(schema(parser.parse_args(argv).name), indent=2, ensure_ascii=False))
    return 0
