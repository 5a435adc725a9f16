"""10,000 random-effects pools (REML, Hartung-Knapp, k = 20) against metafor's rma(): CPU and agreement.

Bar: at least 100 times less CPU, relative error at most 1e-6, no failure. CPU is timed with metafor's default
settings; agreement is measured with its tolerance tightened: its default leaves tau2 open to about 1e-5.
Every peer fit that fails is counted, not hidden. Our compilation is outside the time and printed apart.
"""

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from kring.evidence.synthesis.pooling import METHODS, fit_many, standard_errors

FITS, K, RUNS = 10_000, 20, 5


def data(fits: int) -> tuple[np.ndarray, np.ndarray]:
    """Studies with true tau2 from 0 to 0.3 and sampling variances from 0.01 to 0.2."""
    rng = np.random.default_rng(20240521)
    vi = rng.uniform(0.01, 0.2, (fits, K))
    tau2 = rng.uniform(0, 0.3, (fits, 1)) * (rng.random((fits, 1)) > 0.2)
    return rng.normal(0.2, np.sqrt(vi + tau2)), vi


def ours(yi: np.ndarray, vi: np.ndarray) -> tuple[np.ndarray, float]:
    sizes, methods = np.full(len(yi), K), np.full(len(yi), METHODS.index("REML"))
    cpu = []
    for _ in range(RUNS):
        start = time.process_time()
        fits = fit_many(yi, vi, sizes, methods)
        se = standard_errors(fits[:, 2], fits[:, 3], "hk")
        cpu.append(time.process_time() - start)
    return np.column_stack([fits[:, 0], fits[:, 1], se]), statistics.median(cpu)


def metafor(yi: np.ndarray, vi: np.ndarray, settings: str) -> tuple[np.ndarray, float]:
    with tempfile.TemporaryDirectory() as folder:
        rows, found = Path(folder, "rows.csv"), Path(folder, "found.csv")
        np.savetxt(rows, np.hstack([yi, vi]), delimiter=",", fmt="%.17g")
        script = str(Path(__file__).with_suffix(".R"))
        run = subprocess.run(
            ["Rscript", script, str(rows), str(found), settings], capture_output=True, text=True, check=True
        )
        table = np.genfromtxt(found, delimiter=",", missing_values="NA")
    return table, float(run.stdout)


def main() -> None:
    yi, vi = data(FITS)
    start = time.process_time()
    fit_many(yi[:2], vi[:2], np.full(2, K), np.full(2, 5))
    print(f"compilation (once, then cached): {time.process_time() - start:.2f} s")
    table, cpu = ours(yi, vi)
    failures = int((~np.isfinite(table)).any(axis=1).sum())
    print(f"kring    {FITS:,} fits: {cpu:.3f} s CPU (median of {RUNS}), {failures} failures")
    if not shutil.which("Rscript"):
        print("metafor: missing (no Rscript)")
        return
    _, default_cpu = metafor(yi, vi, "default")
    peer, tight_cpu = metafor(yi, vi, "tight")
    kept = peer[:, 3] == 1
    print(f"metafor  {FITS:,} fits: {default_cpu:.1f} s CPU; tolerance tightened {tight_cpu:.1f} s,", end=" ")
    print(f"{int((~kept).sum())} failures")
    print(f"ratio: {default_cpu / cpu:,.0f} times less CPU (bar 100)")
    for column, name in enumerate(("tau2", "mean", "SE")):
        theirs = peer[kept, column]
        error = np.abs(table[kept, column] - theirs) / np.maximum(np.abs(theirs), 1e-6)
        print(f"largest relative error of {name}: {error.max():.1e} (bar 1e-6)")


if __name__ == "__main__":
    main()
