"""`kring evaluate check`: is the table what its dictionary and protocol say? Writes nothing."""

import argparse
from pathlib import Path

from kring.evaluation.contract.protocol import check_protocol, read_protocol
from kring.evaluation.contract.table import OutcomeTable, load


def summary(table: OutcomeTable) -> str:
    """One line of counts."""
    frame = table.frame
    missing = frame["score"].null_count()
    counts = [f"{frame[name].n_unique()} {name}s" for name in ("person", "team", "occasion", "measure")]
    figures = f"{frame.height} rows, {', '.join(counts)}, {missing} scores missing"
    return f"{table.name}: {figures}. It fits its dictionary."


def main(argv: list[str]) -> int:
    """Check a table against its dictionary and, when given, a protocol."""
    parser = argparse.ArgumentParser(prog="kring evaluate check", description=main.__doc__)
    parser.add_argument("table", type=Path, help="outcome table, .csv or .parquet")
    parser.add_argument("--dictionary", type=Path, help="default: NAME.dictionary.json beside the table")
    parser.add_argument("--protocol", type=Path, help="also check that this protocol fits the table")
    words = parser.parse_args(argv)
    table = load(words.table, words.dictionary)
    if words.protocol:
        check_protocol(read_protocol(words.protocol), table)
    print(summary(table))
    return 0
