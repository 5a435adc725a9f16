"""`kring evaluate demo`: simulate a trial with a known truth, analyse it, and show what was found beside the truth.

The table has the shape of the resource-group trial and 0.54 as true effect; see `simulated` for what is
taken from the trial and what is assumed. One table shows one draw: its interval misses the truth one time
in twenty. So the demo also repeats the simulation and counts how often the interval holds the truth, with
the Monte Carlo error.
"""

import argparse
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl

from kring.evaluation import simulated, simulated_routine
from kring.evaluation.analysis import analyse, estimate
from kring.evaluation.contract.dictionary import parse_dictionary
from kring.evaluation.contract.protocol import parse_protocol
from kring.evaluation.contract.table import OutcomeTable
from kring.evaluation.run import run
from kring.evaluation.steps import as_json, write_whole

Row = dict[str, Any]


def write_demo(folder: Path, seed: int, kind: ModuleType = simulated) -> tuple[Path, Path]:
    """Write table, dictionary and protocol of one of the simulations; return the paths of table and protocol."""
    name = "trial" if kind is simulated else "routine"
    table, protocol = folder / f"{name}.csv", folder / "protocol.toml"
    write_whole(table, kind.simulate(seed).write_csv())
    write_whole(folder / f"{name}.dictionary.json", as_json(kind.dictionary()))
    write_whole(protocol, kind.PROTOCOL)
    return table, protocol


def compare(found: Row) -> list[Row]:
    """True and found difference in change at 18 months, per measure."""
    truths = {truth.code: truth for truth in simulated.MEASURES}
    rows = []
    for measure in found["measures"]:
        truth, row = truths[measure["measure"]], measure["contrasts"][0]
        rows.append({"measure": truth.code, "truth": truth.effect, "found": row["estimate"], "low": row["low"],
                     "high": row["high"], "true_d": truth.sign * truth.d, "d": row["d"],
                     "holds": row["low"] <= truth.effect <= row["high"]})  # fmt: skip
    return rows


def repeated(times: int, seed: int, quiet: bool = False) -> Row:
    """The primary contrast in `times` new simulations: mean estimate, coverage and power with Monte Carlo errors."""
    protocol = parse_protocol(tomllib.loads(simulated.PROTOCOL))
    about = parse_dictionary(simulated.dictionary())
    contrast, truth = protocol.contrasts[0], simulated.MEASURES[0].effect
    found = []
    months = {o.code: float(o.months) for o in about.occasions}
    for i in range(times):
        frame = simulated.simulate(seed + 1 + i).with_columns(months=pl.col("occasion").replace_strict(months))
        table = OutcomeTable(frame, about, "", "")
        row = estimate(analyse(table, replace(protocol, secondary=()), protocol.primary), contrast, protocol)
        found.append((row["estimate"], row["low"] <= truth <= row["high"], row["favours"] == "arm"))
        if not quiet and sys.stderr.isatty():
            print(f"\rrepeating {i + 1}/{times}", end="", file=sys.stderr, flush=True)
    estimates, covered, seen = (np.array(column, float) for column in zip(*found, strict=True))
    return {
        "times": times,
        "truth": truth,
        "mean": float(estimates.mean()),
        "mean_error": float(estimates.std(ddof=1) / np.sqrt(times)),
        "coverage": float(covered.mean()),
        "coverage_error": float(np.sqrt(covered.mean() * (1 - covered.mean()) / times)),
        "power": float(seen.mean()),
    }


def _routine(out: Path, seed: int, quiet: bool) -> int:
    """Simulated routine measurements: what was put into two teams, and where the charts show it."""
    table, protocol = write_demo(out, seed, simulated_routine)
    found = run(table, protocol, out / "report", quiet=quiet)
    print(
        "Everything here is simulated. Put in: T02 changes less; T04 changes more, and T03 has twice\n"
        "as many crisis contacts, from quarter 9 on.\n"
    )
    for team in found["teams"]["shown"] if found["teams"] else []:
        if abs(team["z"]) > 1.96:
            print(f"{team['team']}: mean change {team['mean']:.2f}, z {team['z']:.1f}, outside the 95% funnel limits")
    for chart in found["charts"]:
        signals = chart["cusum"]["signals"] if chart["cusum"] else []
        if signals:
            first = chart["periods"][signals[0]]
            print(f"{chart['team'] or 'all teams'}: the CUSUM passes its limit first in quarter {first}")
        high = [chart["periods"][i] for i in chart["u"]["outside"]] if chart["u"] else []
        if high:
            print(f"{chart['team'] or 'all teams'}: crisis contacts outside the limits in quarter {high}")
    print(f"\nReport: {out}/report/report.nl.html and report.en.html")
    return 0


def main(argv: list[str]) -> int:
    """Simulate a trial like the resource-group trial, analyse it, and compare with the truth."""
    parser = argparse.ArgumentParser(prog="kring evaluate demo", description=main.__doc__)
    parser.add_argument("--out", type=Path, default=Path("evaluation-demo"), help="folder (default: evaluation-demo)")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another draw (default: 1)")
    parser.add_argument("--repeat", type=int, default=100, help="simulations to count coverage in; 0 for none")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--routine", action="store_true", help="routine measurements of teams instead of a trial")
    words = parser.parse_args(argv)
    if words.routine:
        return _routine(words.out, words.seed, words.quiet)
    table, protocol = write_demo(words.out, words.seed)
    found = run(table, protocol, words.out / "report", quiet=words.quiet)
    print("Everything here is simulated; it says nothing about the real trial.\n")
    print("measure   truth   found   95% interval     holds the truth   true d   found d")
    for row in compare(found):
        interval = f"{row['low']:6.2f} to {row['high']:5.2f}"
        holds = "yes" if row["holds"] else "no"
        print(f"{row['measure']:<7}{row['truth']:8.2f}{row['found']:8.2f}   {interval}  {holds:^17}"
              f"{row['true_d']:9.2f}{row['d']:10.2f}")  # fmt: skip
    if words.repeat > 1:
        again = repeated(words.repeat, words.seed * 100_000, words.quiet)
        print(
            f"\nIn {again['times']} new simulations the mean estimate of the primary measure is "
            f"{again['mean']:.3f} ± {again['mean_error']:.3f} (truth {again['truth']:.3f});\n"
            f"the 95% interval holds the truth in {again['coverage']:.0%} ± {again['coverage_error']:.0%}, "
            f"and excludes zero in {again['power']:.0%}."
        )
    print(f"\nReport: {words.out}/report/report.nl.html and report.en.html")
    return 0
