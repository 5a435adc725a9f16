"""The trials that the evaluation benches analyse: persons in teams in institutions, some visits lost."""

import os
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np

SIZES = {"S": (158, 3), "M": (10_000, 6), "L": (100_000, 6), "XL": (1_000_000, 6)}


def trial(persons, visits, seed=1, per_team=50):
    """Columns of a trial sorted by institution, team and person; scores are real numbers."""
    rng = np.random.default_rng(seed)
    teams = 20 if persons < 1000 else persons // per_team
    houses = max(2, teams // 10)
    house_of = np.sort(np.arange(teams) % houses)
    team_of = np.sort(np.arange(persons) % teams)
    arm_of = rng.integers(0, 2, persons)
    level = rng.normal(0, 0.3, houses)[house_of][team_of] + rng.normal(0, 0.5, teams)[team_of]
    level += rng.normal(0, 1, persons)
    person = np.repeat(np.arange(persons), visits)
    visit = np.tile(np.arange(visits, dtype=float), persons)
    arm = arm_of[person].astype(float)
    score = 3 + 0.1 * arm * visit + level[person] + rng.normal(0, 1, len(person))
    chance = np.clip(0.95 - 0.02 * (score - 3), 0.05, 1.0)  # who scores high is missed more often at the next visit
    keep = (visit == 0) | (rng.random(len(person)) < np.r_[1.0, chance[:-1]])
    names = ("person", "team", "institution", "treat", "time", "y")
    columns = (person, team_of[person], house_of[team_of[person]], arm, visit, score)
    return {name: np.ascontiguousarray(column[keep]) for name, column in zip(names, columns, strict=True)}


def median_time(work, runs=5):
    """Median seconds of several runs after one that warms up."""
    return times(work, runs)[0]


def times(work, runs=5):
    """Medians after one run that warms up: (seconds, seconds of computing by all threads).

    On a machine that does other work too the first says little, the second nearly the same as on an idle one.
    """
    work()
    found = []
    for _ in range(runs):
        start, cpu = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - start, time.process_time() - cpu))
    return tuple(statistics.median(column) for column in zip(*found, strict=True))


def peak_memory():
    """The most memory that this process has had, in GB (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 2**20


def r_seconds(script, *words, timeout=900):
    """Numbers that an R script prints, one name and value a line; None with the reason where it cannot run."""
    try:
        run = subprocess.run(
            ["Rscript", str(Path(__file__).with_name(script)), *map(str, words)],
            capture_output=True, text=True, timeout=timeout,
        )  # fmt: skip
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        return None, f"missing ({type(error).__name__})"
    if run.returncode:
        return None, "missing (" + (run.stderr.strip().splitlines() or ["R failed"])[-1] + ")"
    return {line.split()[0]: float(line.split()[1]) for line in run.stdout.splitlines() if line.strip()}, ""


def full():
    """True where the long runs of slow peers were asked for: KRING_BENCH_FULL=1."""
    return os.environ.get("KRING_BENCH_FULL") == "1"


def ratio(peer, ours):
    return "missing" if peer is None else f"{peer / ours:,.0f}×"
