"""`kring evaluate run`: from a table and a protocol to a report. Everything is checked before anything is written."""

import argparse
import hashlib
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kring.evaluation import checks, describe, sensitivity
from kring.evaluation.analysis import analyse, results
from kring.evaluation.contract.protocol import Protocol, check_protocol, read_protocol
from kring.evaluation.contract.table import OutcomeTable, load
from kring.evaluation.disclosure import Ledger, Release
from kring.evaluation.jit import tell_if_cold
from kring.evaluation.record import evidence_sheets
from kring.evaluation.report.page import page
from kring.evaluation.report.settled import settled
from kring.evaluation.report.tables import csv_tables
from kring.evaluation.routine import change
from kring.evaluation.routine.counts import counts_over_time
from kring.evaluation.steps import Steps, as_json, write_whole
from kring.evaluation.threads import one_thread

Row = dict[str, Any]


@one_thread
def evaluate(table: OutcomeTable, protocol: Protocol, steps: Steps) -> Row:
    """Every number of the report, settled: nothing in it is about fewer persons than the threshold."""
    ledger, release = Ledger(protocol.threshold), Release(protocol.threshold)
    found: Row = {"flow": describe.flow(table, protocol, ledger)}
    found["baseline"] = describe.baseline(table, protocol, ledger, release)
    found["missing"] = {
        "patterns": describe.missing_patterns(table, protocol, ledger),
        "leavers": describe.missing_by_start(table, protocol, release),
    }
    found["measures"] = []
    for code in protocol.measures:
        model = steps.do(f"model {code}", partial(_model, table, protocol, code))
        observed = describe.trajectories(table, code, ledger, release)
        _enter_used(code, model["nobs"], ledger)
        found["measures"].append(model | {"trajectories": observed})
    found["checks"] = steps.do("checks", lambda: _checks(table, protocol, release))
    found["what_if"] = _what_if(table, protocol, steps)
    found["persons"] = (
        [change.reliable(table, code, protocol.change, ledger) for code in protocol.measures]
        if (protocol.change)
        else []
    )
    found["teams"] = change.compare_teams(table, protocol, ledger)
    found["charts"] = steps.do("charts", lambda: change.over_time(table, protocol) + counts_over_time(table, protocol))
    shown = steps.do("small numbers", lambda: [[list(name), n] for name, n in ledger.settle().items()])
    counts = {tuple(name): n for name, n in shown}
    return settled(found, counts, table, protocol)


def _model(table: OutcomeTable, protocol: Protocol, code: str) -> Row:
    return results(analyse(table, protocol, code), protocol)


def _enter_used(code: str, nobs: int, ledger: Ledger) -> None:
    """The scores that the model used are among those measured."""
    parts = {name: n for name, n in ledger.counts.items() if name[:2] == ("measured", code)}
    ledger.enter(("scores", code), sum(parts.values()))
    ledger.split(("scores", code), parts)
    ledger.split(("scores", code), {("used", code): nobs, ("left_out", code): sum(parts.values()) - nobs})


def _checks(table: OutcomeTable, protocol: Protocol, release: Release) -> Row:
    analysis = analyse(table, protocol, protocol.primary)
    return {
        "residuals": checks.residuals(analysis, release),
        "influence": checks.influence(analysis, protocol),
        "others": checks.other_models(analysis, protocol),
    }


def _what_if(table: OutcomeTable, protocol: Protocol, steps: Steps) -> Row | None:
    """Imputations one by one, each kept, then pooled."""
    count = protocol.missing.imputations
    if count < 2:
        return None
    done = [
        steps.do(f"imputation {i + 1}", partial(sensitivity.one_imputation, table, protocol, protocol.primary, i))
        for i in range(count)
    ]
    rows = sensitivity.pooled(done, protocol)
    return {"rows": rows, "tipping": sensitivity.tipping_point(rows, protocol.contrasts[0].name), "imputations": count}


def write_report(found: Row, protocol: Protocol, protocol_text: str, out: Path) -> list[Path]:
    """Write pages, figures and numbers; each file is there whole or not at all."""
    files = {"numbers.json": as_json(found)}
    files |= {f"evidence/{name}.csv": text for name, text in evidence_sheets(found).items()}
    files |= {f"tables/{name}.csv": text for name, text in csv_tables(found).items()}
    for language in protocol.languages:
        html, figures = page(found, protocol, protocol_text, language)
        files |= {f"figures/{name}.{language}.svg": svg for name, svg in figures.items()}
        files[f"report.{language}.html"] = html
    for name, text in files.items():
        write_whole(out / name, text)
    return [out / name for name in files]


def run(table_path: Path, protocol_path: Path, out: Path, dictionary: Path | None = None, quiet: bool = False) -> Row:
    """Analyse a table by a protocol and write the report into `out`; BadInput before anything is written."""
    table, protocol = load(table_path, dictionary), read_protocol(protocol_path)
    check_protocol(protocol, table)
    protocol_text = protocol_path.read_text(encoding="utf-8")
    inputs = f"{table.sha256} {table.dictionary!r} {hashlib.sha256(protocol_text.encode()).hexdigest()}"
    total = len(protocol.measures) + 3 + max(0, protocol.missing.imputations)
    steps = Steps(out / "steps", inputs, total, quiet)
    if not quiet:
        tell_if_cold()
    found = evaluate(table, protocol, steps)
    found["program"] = {"name": "kring", "version": version("kring")}
    write_report(found, protocol, protocol_text, out)
    return found


def main(argv: list[str]) -> int:
    """Analyse an outcome table and write the report. A run that was interrupted goes on where it was."""
    parser = argparse.ArgumentParser(prog="kring evaluate run", description=main.__doc__)
    parser.add_argument("table", type=Path, help="outcome table, .csv or .parquet")
    parser.add_argument("--protocol", type=Path, required=True, help="protocol.toml")
    parser.add_argument("--dictionary", type=Path, help="default: NAME.dictionary.json beside the table")
    parser.add_argument("--out", type=Path, help="folder of the report; default: NAME-report beside the table")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    words = parser.parse_args(argv)
    out = words.out or words.table.with_name(words.table.stem + "-report")
    run(words.table, words.protocol, out, words.dictionary, words.quiet)
    print(f"Report: {out}/report.*.html; every number: {out}/numbers.json")
    return 0
