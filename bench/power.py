"""Planning: simulate + REML + Satterthwaite per replicate, 158 people × 3 in 20 teams, against refit loops in R.

simr and MCPower are printed as missing where they cannot be imported or loaded.
"""

import importlib.util
import tempfile
from pathlib import Path

import polars as pl

from bench._trials import SIZES, median_time, r_seconds, ratio, trial
from kring.evaluation.power import TrialDesign
from kring.evaluation.power.plan import simulate

DESIGN = TrialDesign(arm_level="person", team_time_sd=0, persons_per_team=7.9, teams=20, loss=(0, 0.12, 0.25))
SLOPES = TrialDesign(arm_level="team", persons_per_team=7.9, teams=20, loss=(0, 0.12, 0.25))


def main():
    each = median_time(lambda: simulate(DESIGN, 2000), 3) / 2000
    slopes = median_time(lambda: simulate(SLOPES, 500), 1) / 500
    print(f"per replicate: {each * 1e6:.0f} µs (random intercepts), {slopes * 1e6:.0f} µs (team-by-time modelled)")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "trial.csv"
        pl.DataFrame(trial(*SIZES["S"])).write_csv(path)
        theirs, why = r_seconds("power.R", path, 20)
    print(f"lme4 refit loop without df: {ratio(theirs and theirs['refit'], each)} {why}")
    print(f"lmerTest loop with Satterthwaite: {ratio(theirs and theirs['lmertest'], each)} {why}")
    print("simr: missing (not in Debian)")
    found = importlib.util.find_spec("mcpower")
    print("MCPower: " + ("installed; not compared (no loss, no visit schedule)" if found else "missing"))
