"""Mixed models of registries: ours against lme4, mixedlm, statsmodels and pbkrtest, and against reading the columns.

Every engine gets columns in memory; only the fits are timed, except where it says end to end. Each ratio is printed
twice: of seconds, and in brackets of seconds of computing by all threads, which other work on the machine moves less.
Slow peers at the largest sizes run with KRING_BENCH_FULL=1 only.
"""

import multiprocessing
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from bench._reference import loglik
from bench._trials import SIZES, full, median_time, peak_memory, r_seconds, ratio, times, trial
from kring.evaluation.mixed_model import fit, fit_arrays

FORMULA = "y ~ treat * time"
MODELS = {"two": ("person", "team"), "three": ("person", "team", "institution"), "slope": ("person", "team")}


def ours(table, model):
    y, arm, t = table["y"], table["treat"], table["time"]
    return fit_arrays(
        y,
        {"Intercept": (), "treat": (arm,), "time": (t,), "treat:time": (arm, t)},
        {name: table[name] for name in MODELS[model]},
        slopes=("person",) if model == "slope" else (),
        time=t,
    )


def floor(table):
    """Reading the columns once from memory: what no method can beat."""
    return lambda: [column.sum() for column in table.values()]


def by_mixedlm(table, runs):
    try:
        from mixedlm import lmer
    except ImportError as error:
        return None, f"missing ({error})"
    frame = pl.DataFrame(table).to_pandas()
    return times(lambda: lmer(FORMULA + " + (1|team) + (1|person)", frame), runs), ""


def by_statsmodels(table):
    try:
        from statsmodels.regression.mixed_linear_model import MixedLM
    except ImportError as error:
        return None, f"missing ({error})"
    frame = pl.DataFrame(table).to_pandas()
    persons = {"person": "0 + C(person)"}
    work = lambda: MixedLM.from_formula(FORMULA, frame, groups="team", vc_formula=persons, re_formula="1").fit()  # noqa: E731
    return times(work, 1), ""


def by_lme4(path, model, runs):
    found, why = r_seconds("mixed_model.R", path, model, runs, timeout=1800)
    return found, found and (found["seconds"], found["cpu"]), why


def against(peer, ours, why=""):
    """Ratio of seconds and, in brackets, of computing."""
    return f"missing {why}" if peer is None else f"{ratio(peer[0], ours[0])} ({ratio(peer[1], ours[1])})"


def fits(folder):
    for size in ["S", "M", "L"] + (["XL"] if full() else []):
        table = trial(*SIZES[size])
        path = folder / f"{size}.csv"
        pl.DataFrame(table).write_csv(path)
        took = times(lambda table=table: ours(table, "two"), 15)
        found = ours(table, "two")
        theirs, lme4, why = by_lme4(path, "two", 1 if size in ("L", "XL") else 5)
        rust, why_rust = by_mixedlm(table, 1)
        stats, why_stats = by_statsmodels(table) if size == "S" else (None, "(not run)")
        reading = times(floor(table), 15)
        print(f"{size} two levels, {len(table['y']):,} rows, sorted arrays: {took[0] * 1e3:.2f} ms, "
              f"computing {took[1] * 1e3:.2f} ms; {reading[1] / took[1]:.0%} of the speed of reading")  # fmt: skip
        print(f"   lme4 {against(lme4, took, why)}, mixedlm {against(rust, took, why_rust)}, "
              f"statsmodels {against(stats, took, why_stats)}", flush=True)  # fmt: skip
        variance = {part.group: part.relative for part in found.vc}
        wide = found.loglik - loglik(table, variance["person"], variance["team"])
        bits = np.finfo(np.longdouble).nmant + 1
        print(f"   log-likelihood less that in long doubles ({bits} bits) at the same variances: {wide:.0e}"
              + (f"; less lme4's: {found.loglik - theirs['loglik']:.0e}" if theirs else ""))  # fmt: skip
        if size in ("L", "XL"):
            end_to_end(folder, size, table, theirs, lme4, rust)


def deeper(folder):
    table = trial(*SIZES["L"])
    path = folder / "L.csv"
    for model in ("three", "slope"):
        took = times(lambda model=model: ours(table, model), 3)
        _, lme4, why = by_lme4(path, model, 1)
        print(f"L {model}: {took[0] * 1e3:.1f} ms, lme4 {against(lme4, took, why)}", flush=True)


def kenward_roger(folder):
    table = trial(1000, 6, per_team=20)
    path = folder / "kr.csv"
    pl.DataFrame(table).write_csv(path)
    found = ours(table, "two")
    row = np.array([0.0, 0.0, 0.0, 1.0])

    def work():
        ours(table, "two").contrast(row, df="kenward-roger")

    seconds = median_time(work, 5)
    theirs, why = r_seconds("mixed_model.R", path, "kr", 1)
    df = found.contrast(row, df="kenward-roger").df
    print(f"Kenward-Roger with its fit, {len(table['y']):,} rows: {seconds * 1e3:.2f} ms, "
          f"pbkrtest {ratio(theirs and theirs['kr_seconds'], seconds)} {why}; df {df:.6f}"
          + (f" against {theirs['kr_df']:.6f}" if theirs else ""))  # fmt: skip


def from_file(path, answer):
    """In a process of its own, so that the peak of memory is its own: medians of three fits, and that peak."""
    answer.put((*times(lambda: fit(pl.scan_parquet(path), FORMULA, ("team", "person")), 3), peak_memory()))


def end_to_end(folder, size, table, theirs, lme4, rust):
    """From a shuffled Parquet file, reading and formula included, against the peers' fits alone."""
    path = folder / "rows.parquet"
    pl.DataFrame(table).sample(fraction=1.0, shuffle=True, seed=1).write_parquet(path)
    processes = multiprocessing.get_context("spawn")
    answer = processes.Queue()
    child = processes.Process(target=from_file, args=(path, answer))
    child.start()
    *took, peak = answer.get()
    child.join()
    print(f"{size} from a shuffled Parquet file, end to end with formula: {took[0]:.2f} s, computing {took[1]:.2f} s")
    print(f"   lme4's fit alone {against(lme4, took)}, mixedlm's {against(rust, took)}")
    there = f", lme4 {theirs['peak']:.2f} GB ({theirs['peak'] / peak:.1f} times as much)" if theirs else ""
    print(f"   peak memory: {peak:.2f} GB{there}", flush=True)


def first_use():
    start = time.perf_counter()
    ours(trial(*SIZES["S"]), "two")
    print(f"first fit in this process (compiled, or read from disk): {time.perf_counter() - start:.1f} s")


def main():
    first_use()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fits(folder)
        deeper(folder)
        kenward_roger(folder)
