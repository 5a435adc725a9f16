"""A million responses of 40 items: rows per second beside a NumPy dot product of the same shape, and beside FHIRPath.

Bars: at most 3 times the dot product (40 doubles a row by a column of 40 weights per scale, one thread each), and at
least 100 times the rows per second of fhirpathpy, and of fhirpath.js where Node finds it, on the same expressions,
parsed once, with the same bits. The peers get the expressions that we write, and for one scale the shortest there is.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = (
    "1"  # one thread for both: a race of threads would measure the machine's other work
)

import importlib.util
import json
import shutil
import statistics
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kring.care.measures.instruments import load, score
from kring.care.measures.instruments.batch import missing, score_many
from kring.care.measures.instruments.definition import Definition, Scale
from kring.care.measures.instruments.writing import expression_of

ROWS, ITEMS, ROUNDS = 1_000_000, 40, 7
SHORTEST = "%resource.item.answer.value.select($this + 0).sum() / 40"  # of all items, without asking which
SCRIPT = """
const fs = require('fs'), fhirpath = require('fhirpath'), r4 = require('fhirpath/fhir-context/r4');
const {responses, expressions} = JSON.parse(fs.readFileSync(process.argv[2]));
const compiled = expressions.map(text => fhirpath.compile(text, r4));
const run = () => responses.map(one => compiled.map(f => f(one, {resource: one})[0] ?? null));
run();
const start = process.hrtime.bigint();
const scores = run();
console.log(JSON.stringify({seconds: Number(process.hrtime.bigint() - start) / 1e9, scores}));
"""


def main() -> None:
    plain, rich = load("nel"), _rich(load("nel"))
    rng = np.random.default_rng(1)
    answers = rng.integers(1, 6, (ROWS, ITEMS), dtype=np.int8)
    gaps = answers.copy()
    gaps[rng.random(gaps.shape) < 0.02] = missing(rich)
    doubles, speeds = answers.astype(float), {}
    cases: dict[str, tuple[Definition, Any]] = {
        "one scale, complete": (plain, answers),
        "one scale, 2% missing": (_lenient(plain), gaps),
        "seven scales, ten items reversed, 2% missing": (rich, gaps),
    }
    for name, (definition, rows) in cases.items():
        weights = np.ones((ITEMS, len(definition.scales)))
        ours, ratio = _beside(lambda: score_many(definition, rows), lambda: doubles @ weights)  # noqa: B023
        speeds[name] = ROWS / ours
        print(f"{name}: {ROWS / ours:,.0f} rows/s, {ratio:.2f} times the dot product (bar 3)")
    _peers("one scale, the shortest expression", plain, answers[:100], [SHORTEST], speeds["one scale, complete"])
    ours_written = [expression_of(scale, rich) for scale in rich.scales]
    _peers("seven scales, as we write them", rich, gaps[:5], ours_written, speeds[name])


def _rich(definition: Definition) -> Definition:
    """The same 40 items with every fourth reversed, in six scales and a total that allow missing items."""
    items = tuple(replace(item, reversed=n % 4 == 3) for n, item in enumerate(definition.items))
    names = [item.link_id for item in items]
    parts = [names[n::6] for n in range(6)]
    scales = [_scale(f"part-{n}", part, "mean") for n, part in enumerate(parts)] + [_scale("total", names, "sum")]
    return replace(definition, items=items, scales=tuple(scales))


def _scale(code: str, names: list[str], combine: str) -> Scale:
    return Scale(code, {"en": code}, tuple(names), combine, len(names) // 2, None, None, "higher")


def _lenient(definition: Definition) -> Definition:
    return replace(definition, scales=(replace(definition.scales[0], at_least=30),))


def _beside(ours: Callable[[], Any], floor: Callable[[], Any]) -> tuple[float, float]:
    """Median seconds of ours, and the median ratio to the floor, in turns."""
    times = [(_seconds(ours), _seconds(floor)) for _round in range(ROUNDS)]
    return statistics.median(a for a, _ in times), statistics.median(a / b for a, b in times)


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _peers(case: str, definition: Definition, rows: Any, expressions: list[str], speed: float) -> None:
    responses = [_response(definition, row) for row in rows]
    wanted = _bits([[found.value for found in score(definition, _answers(definition, row))] for row in rows])
    columns = zip(*(column.value.tolist() for column in score_many(definition, rows)), strict=True)
    assert _bits([[None if np.isnan(value) else value for value in row] for row in columns]) == wanted
    for name, peer in (("fhirpathpy", _fhirpathpy), ("fhirpath.js", _fhirpath_js)):
        found = peer(responses, expressions)
        if isinstance(found, str):
            print(f"{case}: {name} missing ({found})")
            continue
        rate, same = len(rows) / found[0], sum(map(bytes.__eq__, _bits(found[1]), wanted))
        beside = f"ours {speed / rate:,.0f} times (bar 100)"
        print(f"{case}: {name} {rate:,.1f} rows/s, {beside}; {same} of {len(rows)} rows with the same bits")


def _answers(definition: Definition, row: Any) -> dict[str, int]:
    given = zip(definition.items, row.tolist(), strict=True)
    return {item.link_id: value for item, value in given if value != missing(definition)}


def _response(definition: Definition, row: Any) -> dict[str, Any]:
    given = _answers(definition, row).items()
    items = [{"linkId": link_id, "answer": [{"valueInteger": value}]} for link_id, value in given]
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": items}


def _bits(scores: Sequence[Sequence[float | None]]) -> list[bytes]:
    return [b"".join(struct.pack("<d", float("nan") if v is None else float(v)) for v in row) for row in scores]


def _fhirpathpy(responses: list[Any], expressions: list[str]) -> tuple[float, list[list[Any]]] | str:
    if importlib.util.find_spec("fhirpathpy") is None:
        return "it is in the group peers"
    from fhirpathpy import compile as compiled
    from fhirpathpy.models import models

    ready = [compiled(text, models["r4"]) for text in expressions]
    scores: list[list[Any]] = []
    seconds = _seconds(lambda: scores.extend([[_first(f(one, {"resource": one})) for f in ready] for one in responses]))
    return seconds, scores


def _first(values: list[Any]) -> Any:
    return values[0] if values else None


def _fhirpath_js(responses: list[Any], expressions: list[str]) -> tuple[float, list[list[Any]]] | str:
    node = shutil.which("node")
    if node is None:
        return "no Node here"
    with tempfile.TemporaryDirectory() as name:
        script, data = Path(name) / "run.cjs", Path(name) / "data.json"
        script.write_text(SCRIPT)
        data.write_text(json.dumps({"responses": responses, "expressions": expressions}))
        done = subprocess.run([node, str(script), str(data)], capture_output=True, text=True, check=False)
    if done.returncode:
        return "Node does not find it: npm install fhirpath somewhere, and set NODE_PATH to its node_modules"
    found = json.loads(done.stdout)
    return found["seconds"], found["scores"]


if __name__ == "__main__":
    main()
