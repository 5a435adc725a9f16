"""The traps of published numbers, each looked for whenever values come in.

A finding names its row, what is odd and what to do. `bars` says what the row may not be used for until a
person has settled it: *pool* (its number is doubtful) or *vote* (its direction is).
"""

import math
import re
import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from scipy.stats import norm, t

from kring.evidence.extraction.schema import NOT_READ, TABLES, uses
from kring.evidence.extraction.values import Row, Tables, number

OFF_CENTRE = 0.1  # share of the half-width by which an estimate may miss the middle of its interval
VARIANCE_RATIO = 1e7  # metafor warns from here on: a standard error was probably keyed as an SD, or the reverse
RATIOS = ("odds_ratio", "risk_ratio", "hazard_ratio", "rate_ratio")


@dataclass(frozen=True)
class Finding:
    """One oddity. `bars` is empty where it is only worth knowing."""

    code: str
    table: str
    key: str
    column: str
    what: str
    remedy: str
    bars: tuple[str, ...] = ()


def _numbers(row: Row, *columns: str) -> list[float] | None:
    found = [number(row[column]) for column in columns]
    return None if None in found else [x for x in found if x is not None]


def _finding(code: str, row: Row, column: str, what: str, remedy: str, *bars: str) -> Finding:
    return Finding(code, "results", row["result_id"], column, what, remedy, bars)


def off_centre(row: Row, quote: str) -> Iterator[Finding]:
    """Trap 1: an estimate that is not the middle of its own interval."""
    cells = _numbers(row, "effect", "ci_low", "ci_high")
    if cells is None:
        return
    if row["effect_type"] in RATIOS and min(cells) > 0:
        cells = [math.log(x) for x in cells]
    estimate, low, high = cells
    if not low <= estimate <= high:
        return  # a lost minus or decimal point: told by its own check
    middle, half = (low + high) / 2, (high - low) / 2
    if half > 0 and abs(estimate - middle) > OFF_CENTRE * half:
        what = f"The estimate {estimate:g} is not the middle ({middle:g}) of its interval {low:g} to {high:g}."
        yield _finding(
            "off_centre", row, "effect", what, "Check all three in the full text; do not pool before.", "pool"
        )


def lost_point(row: Row, quote: str) -> Iterator[Finding]:
    """Trap 2: decimal points that a repository's text lost ("37 (0 to 5 - 6 to 8)" for 3.7 (0.5 to 6.8))."""
    if re.search(r"\(\s*-?\d+ to \d+\s*[-–]\s*-?\d+ to \d+\s*\)", quote):
        what = f"The source reads {quote!r}: its decimal points are lost, so {row['effect']} is a guess."
        yield _finding("lost_point", row, "effect", what, "Read the numbers in the journal's own text.", "pool")
        return
    cells = _numbers(row, "effect", "ci_low", "ci_high")
    if cells and not cells[1] <= cells[0] <= cells[2] and cells[1] <= cells[0] / 10 <= cells[2]:
        what = f"The estimate {cells[0]:g} lies outside {cells[1]:g} to {cells[2]:g}, a tenth of it inside."
        yield _finding(
            "lost_point", row, "effect", what, "A decimal point may be lost; read the journal's text.", "pool"
        )


def dropped_minus(row: Row, quote: str) -> Iterator[Finding]:
    """Trap 3: a minus that got lost ("95%CI: 1.7 to 3.1" for -1.7)."""
    cells = _numbers(row, "effect", "ci_low", "ci_high")
    if cells is None:
        return
    estimate, low, high = cells
    if not low <= estimate <= high and -abs(low) <= estimate <= high and low > 0:
        what = f"The estimate {estimate:g} lies outside {low:g} to {high:g}, and inside {-low:g} to {high:g}."
        yield _finding(
            "dropped_minus", row, "ci_low", what, "A minus may be lost; read the journal's own text.", "pool"
        )
    plain = quote.replace("·", ".").replace("−", "-").replace("–", "-")
    if low < 0 and re.search(rf"(?<![-\d.]){re.escape(f'{-low:g}')}\s*(to|,)\s*{re.escape(f'{high:g}')}", plain):
        what = f"A copy of the source reads {quote!r}, without the minus of {low:g}."
        yield _finding("dropped_minus", row, "ci_low", what, "Confirm the sign in the journal's own text.")


def outside(row: Row, quote: str) -> Iterator[Finding]:
    """An interval that is turned round, or an estimate outside it for no reason that we know."""
    cells = _numbers(row, "effect", "ci_low", "ci_high")
    if cells is None:
        return
    estimate, low, high = cells
    if low > high:
        yield _finding("interval", row, "ci_low", f"The interval {low:g} to {high:g} runs backwards.",
                       "Swap the limits, or check their signs.", "pool")  # fmt: skip
    elif not low <= estimate <= high:
        yield _finding("interval", row, "effect", f"{estimate:g} lies outside {low:g} to {high:g}.",
                       "Check all three in the full text.", "pool", "vote")  # fmt: skip


def not_randomised(row: Row, quote: str) -> Iterator[Finding]:
    """Trap 4: a contrast that was not randomised, inside a randomised trial."""
    if row["randomised_contrast"] == "no" and {"pool", "direction"} & set(uses(row["use"])):
        what = "This contrast was not randomised, yet it is marked as a trial's effect."
        yield _finding("not_randomised", row, "use", what, "Set its use to context.", "pool", "vote")
    elif row["randomised_contrast"] == "no":
        what = "This contrast was not randomised; it stays out of every synthesis of effects."
        yield _finding("not_randomised", row, "randomised_contrast", what, "Nothing to do.", "pool", "vote")


def _rounds_to(p: float, printed: str) -> bool:
    digits = len(printed.split(".")[1]) if "." in printed else 0
    return abs(p - float(printed)) <= 0.5 * 10.0**-digits + 1e-12


def one_sided_p(row: Row, quote: str) -> Iterator[Finding]:
    """Trap 5: a one-sided p printed as if it were two-sided."""
    cells = _numbers(row, "statistic", "df")
    if cells is None or number(row["p_reported"]) is None:
        return
    one = float(t.sf(abs(cells[0]), cells[1]))
    if _rounds_to(one, row["p_reported"]) and not _rounds_to(2 * one, row["p_reported"]):
        what = f"t({cells[1]:g}) = {cells[0]:g} has a two-sided p of {2 * one:.3f}; "
        what += f"the printed {row['p_reported']} is the one-sided value."
        yield _finding("one_sided_p", row, "p_reported", what, "Use the two-sided p.")


def contradiction(row: Row, quote: str) -> Iterator[Finding]:
    """Trap 6: a report that contradicts itself; `statements` is "results=1; conclusion=2"."""
    said = dict(part.split("=", 1) for part in row["statements"].split(";") if "=" in part)
    if len({value.strip() for value in said.values()}) > 1:
        told = ", ".join(f"{where.strip()} says {value.strip()}" for where, value in said.items())
        yield _finding("contradiction", row, "statements", f"The report contradicts itself: {told}.",
                       "Read the full text; until then it is no vote.", "pool", "vote")  # fmt: skip


def p_against_interval(row: Row, quote: str) -> Iterator[Finding]:
    """A printed p and a printed interval that cannot both be right (more than 15% apart in z)."""
    cells = _numbers(row, "effect", "ci_low", "ci_high")
    p = number(row["p_reported"])
    if cells is None or p is None or not 0 < p < 1 or row["effect_type"] in RATIOS or cells[2] <= cells[1]:
        return
    z_interval = abs(cells[0]) / ((cells[2] - cells[1]) / 3.92)
    z_p = float(norm.isf(p / 2))
    if abs(z_interval - z_p) > 0.15 * max(z_p, 0.5):
        p_interval = 2 * float(norm.sf(z_interval))
        what = f"The interval implies p = {p_interval:.2g}, the report prints {row['p_reported']}."
        yield _finding("p_against_interval", row, "p_reported", what, "Check both in the full text.")


def sign_against_direction(row: Row, quote: str, better: str = NOT_READ) -> Iterator[Finding]:
    """The sign of the estimate and the direction that the report claims do not go together."""
    estimate = number(row["effect"])
    if estimate is None or row["direction"] not in ("benefit", "harm") or better not in ("higher", "lower"):
        return
    null = 1.0 if row["effect_type"] in RATIOS else 0.0
    good = (estimate > null) == (better == "higher")
    if estimate != null and good != (row["direction"] == "benefit"):
        what = f"{row['effect']} on a scale where {better} is better does not go with {row['direction']!r}."
        yield _finding("sign", row, "direction", what,
                       "Find out which way the difference was taken.", "pool")  # fmt: skip


RESULT_CHECKS: tuple[Callable[[Row, str], Iterator[Finding]], ...] = (
    off_centre, lost_point, dropped_minus, outside, not_randomised, one_sided_p, contradiction,
    p_against_interval,
)  # fmt: skip


def check_cells(tables: Tables) -> Iterator[Finding]:
    """Cells that hold what their column cannot, and references to rows that are not there."""
    for name, definition in TABLES.items():
        for key, row in tables[name].items():
            for column in definition.columns:
                cell = row[column.name]
                if cell == NOT_READ or cell == "not reported":
                    continue
                if column.kind == "number" and number(cell) is None:
                    yield Finding("not_a_number", name, key, column.name, f"{cell!r} is not a number.",
                                  "Key a number with a point for decimals, or NR.", ("pool",))  # fmt: skip
                if column.kind == "choice" and cell not in column.choices:
                    yield Finding("not_a_choice", name, key, column.name, f"{cell!r} is no choice here.",
                                  f"Use {', '.join(column.choices)}.", ("pool", "vote"))  # fmt: skip
            for column_name, parent in definition.parents:
                if row[column_name] != NOT_READ and row[column_name] not in tables[parent]:
                    yield Finding("no_parent", name, key, column_name,
                                  f"No {row[column_name]!r} in {parent}.",
                                  f"Add it to {parent}, or mend the name.", ("pool", "vote"))  # fmt: skip


def se_as_sd(tables: Tables) -> Iterator[Finding]:
    """A standard error keyed as SD: far below the SDs of the same instrument, and right when times root n."""
    by_instrument: dict[str, list[tuple[Row, str, float, float]]] = {}
    for row in tables["results"].values():
        outcome = tables["outcomes"].get(row["outcome_id"])
        instrument = outcome["instrument"] if outcome else row["outcome_id"]
        for arm in ("int", "ctl"):
            sd, n = number(row[f"sd_{arm}"]), number(row[f"n_{arm}"])
            if sd and n and sd > 0:
                by_instrument.setdefault(instrument, []).append((row, f"sd_{arm}", sd, n))
    for instrument, cells in by_instrument.items():
        for row, column, sd, n in cells:
            others = [other for r, _, other, _ in cells if r["result_id"] != row["result_id"]]
            if not others:
                continue
            usual = statistics.median(others)
            if sd < usual / 3 and usual / 2 < sd * math.sqrt(n) < usual * 2:
                what = f"SD {sd:g} is far below the usual {usual:g} of {instrument}; as an SE it fits."
                yield _finding("se_as_sd", row, column, what, "Check whether it is an SE in the report.", "pool")


def variance_ratio(vi: Mapping[str, float]) -> Finding | None:
    """metafor's warning: sampling variances that differ by 1e7 or more cannot all be right."""
    if len(vi) < 2 or min(vi.values()) <= 0 or max(vi.values()) / min(vi.values()) < VARIANCE_RATIO:
        return None
    key = min(vi, key=lambda k: vi[k])
    return Finding("variance_ratio", "results", key, "sd_int",
                   f"The sampling variances differ by {max(vi.values()) / min(vi.values()):.0e} times.",
                   "Check for an SE keyed as an SD, or an SD as an SE.", ("pool",))  # fmt: skip


def double_counting(tables: Tables) -> Iterator[Finding]:
    """Two results of one outcome that would both be pooled: the same people twice."""
    seen: dict[str, str] = {}
    for key, row in tables["results"].items():
        if not {"pool", "pool after check"} & set(uses(row["use"])):
            continue
        if row["outcome_id"] in seen:
            what = f"{key} and {seen[row['outcome_id']]} are one outcome, both marked for pooling."
            yield _finding("double_counting", row, "use", what, "Set one of them to sensitivity.", "pool")
        seen[row["outcome_id"]] = key


def time_points(tables: Tables) -> Iterator[Finding]:
    """Several results of one outcome that would all vote: only the first does, and that must be somebody's choice."""
    first: dict[str, str] = {}
    for key, row in tables["results"].items():
        if "direction" not in uses(row["use"]):
            continue
        if row["outcome_id"] in first:
            what = f"{first[row['outcome_id']]} and {key} are one outcome at two moments; the first of them votes."
            yield _finding("time_points", row, "use", what, "Set the one that should not vote to sensitivity.")
        first.setdefault(row["outcome_id"], key)


def check_all(tables: Tables) -> list[Finding]:
    """Every finding, in the order of tables, rows and checks."""
    found = list(check_cells(tables))
    broken = {(f.table, f.key, f.column) for f in found if f.code == "not_a_number"}
    for key, row in tables["results"].items():
        if any(("results", key, column) in broken for column in row):
            continue
        source = tables.source("results", key, "effect") or tables.source("results", key, "direction")
        quote = source.quote if source else ""
        for look in RESULT_CHECKS:
            found += look(row, quote)
        outcome = tables["outcomes"].get(row["outcome_id"], {})
        found += sign_against_direction(row, quote, outcome.get("better", NOT_READ))
    found += se_as_sd(tables)
    found += double_counting(tables)
    found += time_points(tables)
    return found


def barred(findings: list[Finding], use: str) -> dict[str, list[Finding]]:
    """The results that may not be used for *pool* or *vote*, with the findings that bar them."""
    out: dict[str, list[Finding]] = {}
    for finding in findings:
        if use in finding.bars and finding.table == "results":
            out.setdefault(finding.key, []).append(finding)
    return out
