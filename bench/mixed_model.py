"""Mixed models of registries: ours against lme4, mixedlm, statsmodels and pbkrtest, and against reading the columns.

Every engine gets columns in memory; only the fits are timed, except where it says end to end. Slow peers at the
largest sizes run with KRING_BENCH_FULL=1 only.
"""

import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from bench._trials import SIZES, full, median_time, r_seconds, ratio, trial
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
    return median_time(lambda: lmer(FORMULA + " + (1|team) + (1|person)", frame), runs), ""


def by_statsmodels(table):
    try:
        from statsmodels.regression.mixed_linear_model import MixedLM
    except ImportError as error:
        return None, f"missing ({error})"
    frame = pl.DataFrame(table).to_pandas()
    persons = {"person": "0 + C(person)"}
    work = lambda: MixedLM.from_formula(FORMULA, frame, groups="team", vc_formula=persons, re_formula="1").fit()  # noqa: E731
    return median_time(work, 1), ""


def fits(folder):
    sizes = ["S", "M", "L"] + (["XL"] if full() else [])
    for size in sizes:
        table = trial(*SIZES[size])
        path = folder / f"{size}.csv"
        pl.DataFrame(table).write_csv(path)
        seconds = median_time(lambda table=table: ours(table, "two"), 15)
        found = ours(table, "two")
        theirs, why = r_seconds("mixed_model.R", path, "two", 1 if size in ("L", "XL") else 5)
        lme4 = theirs and theirs["seconds"]
        rust, why_rust = by_mixedlm(table, 1) if size != "XL" or full() else (None, "not run")
        stats, why_stats = by_statsmodels(table) if size == "S" else (None, "not run")
        reached = median_time(floor(table), 5) / seconds
        print(f"{size} two levels, {len(table['y']):,} rows, sorted arrays: {seconds * 1e3:.2f} ms")
        print(f"   lme4 {ratio(lme4, seconds)} {why}, mixedlm {ratio(rust, seconds)} {why_rust}, "
              f"statsmodels {ratio(stats, seconds)} {why_stats}; {reached:.0%} of the speed of reading")  # fmt: skip
        if theirs:
            print(f"   log-likelihood less lme4's: {found.loglik - theirs['loglik']:.2e}")


def deeper(folder):
    table = trial(*SIZES["L"])
    path = folder / "L.csv"
    for model in ("three", "slope"):
        seconds = median_time(lambda model=model: ours(table, model), 3)
        theirs, why = r_seconds("mixed_model.R", path, model, 1)
        print(f"L {model}: {seconds * 1e3:.1f} ms, lme4 {ratio(theirs and theirs['seconds'], seconds)} {why}")


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


def end_to_end(folder):
    size = "XL" if full() else "L"
    table = trial(*SIZES[size])
    frame = pl.DataFrame(table).sample(fraction=1.0, shuffle=True, seed=1)
    path = folder / "rows.parquet"
    frame.write_parquet(path)
    seconds = median_time(lambda: fit(pl.read_parquet(path), FORMULA, ("team", "person")), 3)
    print(f"{size} from an unsorted Parquet file, end to end with formula: {seconds:.2f} s")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"   peak memory of this whole bench so far: {memory:.2f} GB")


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
        end_to_end(folder)
