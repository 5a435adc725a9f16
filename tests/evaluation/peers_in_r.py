"""Run lme4, lmerTest and pbkrtest beside us; tests that need them are skipped, with a reason, where R is absent."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import polars as pl
import pytest

SCRIPT = Path(__file__).with_name("lme4_fit.R")


def _r_reason():
    if not shutil.which("Rscript"):
        return "Rscript is not installed"
    try:
        found = subprocess.run(
            ["Rscript", "-e", "for (p in c('lme4','lmerTest','pbkrtest')) stopifnot(requireNamespace(p))"],
            capture_output=True,
            timeout=60,
        )
    except subprocess.TimeoutExpired:
        return "R did not answer within a minute"
    return "" if found.returncode == 0 else "R lacks lme4, lmerTest or pbkrtest"


_reason = None


def require_r():
    global _reason
    if _reason is None:
        _reason = _r_reason()
    if _reason:
        pytest.skip(_reason)


def lmer(tmp_path, formula, table=None, dataset=None, reml=True):
    """Reference figures by name; with dataset=(name, package) also the table itself under "table"."""
    require_r()
    path = tmp_path / "data.csv"
    words = ["Rscript", str(SCRIPT), str(path), formula, "reml" if reml else "ml"]
    if table is not None:
        pl.DataFrame(table).write_csv(path)
    else:
        words += list(dataset)
    run = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    found = {}
    for line in run.stdout.splitlines():
        name, *numbers = line.split()
        found[name] = np.array([float(x) for x in numbers])
    if dataset:
        found["table"] = pl.read_csv(path)
    return found
