"""`kring evaluate plan design.toml`: how many teams and people does the next trial need?"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from kring.evaluation.errors import refuse
from kring.evaluation.jit import tell_if_cold
from kring.evaluation.power import plan as planning
from kring.evaluation.power.design import read_plan
from kring.evaluation.power.trials import detectable
from kring.evaluation.power.words import all_points, plan_html, plan_text, trials_text

DESIGNS = Path(__file__).with_name("designs")


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="kring evaluate plan", description=__doc__)
    parser.add_argument("design", nargs="?", help="the design file; see docs/evaluation.md")
    parser.add_argument("--example", metavar="NAME", help="print a design to start from: " + ", ".join(_examples()))
    parser.add_argument("--trials", action="store_true", help="what earlier trials could have seen, as far as known")
    parser.add_argument("--out", type=Path, help="folder for plan.html and plan.json; also keeps finished points")
    parser.add_argument("--language", choices=("nl", "en"), default="nl")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args(words)
    if given.example:
        if given.example not in _examples():
            raise refuse(f"There is no example {given.example!r}.", f"Take one of {', '.join(_examples())}.")
        print((DESIGNS / f"{given.example}.toml").read_text(encoding="utf-8"), end="")
        return 0
    if given.trials:
        print(trials_text(detectable(), given.language))
        return 0
    if not given.design:
        raise refuse("No design was named.", "Write kring evaluate plan design.toml, or --example resource-group.")
    _plan(given.design, given.out, given.language, max(1, given.threads))
    return 0


def _examples() -> list[str]:
    return sorted(path.stem for path in DESIGNS.glob("*.toml") if path.stem != "trials")


def _plan(path: str, out: Path | None, language: str, threads: int) -> None:
    plan = read_plan(path)
    tell_if_cold()
    if out:
        out.mkdir(parents=True, exist_ok=True)
    kept = planning.Kept(out / "points.jsonl" if out else None)
    result = planning.run(plan, threads, lambda said: print(f"  {said}", file=sys.stderr, flush=True), kept)
    print(plan_text(result, language))
    if out:
        page = (
            f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>kring evaluate plan</title>'
            "<style>body{font:1rem/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}"
            "td,th{padding:.2rem .6rem;text-align:left}</style>" + plan_html(result, language)
        )
        (out / "plan.html").write_text(page, encoding="utf-8")
        numbers = {"needed": asdict(result.needed) if result.needed else None,
                   "points": [asdict(point) for point in all_points(result)]}  # fmt: skip
        (out / "plan.json").write_text(json.dumps(numbers, indent=1), encoding="utf-8")
