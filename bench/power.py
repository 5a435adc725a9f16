"""Planning: simulate + REML + Satterthwaite per replicate, 158 people × 3 in 20 teams, against refit loops in R.

MCPower (PyPI) wants five scores a group at least, so it is met on 160 people × 5 in 20 teams. It is GPL and no part of
Kring: `pip install mcpower` where this runs. Ratios in brackets are of computing by all threads.
"""

import tempfile
from pathlib import Path

import polars as pl

from bench._trials import SIZES, r_seconds, ratio, times, trial
from kring.evaluation.power import TrialDesign
from kring.evaluation.power.plan import simulate

DESIGN = TrialDesign(arm_level="person", team_time_sd=0, persons_per_team=7.9, teams=20, loss=(0, 0.12, 0.25))
NESTED = TrialDesign(arm_level="person", team_time_sd=0, persons_per_team=8, teams=20, occasions=(0, 3, 6, 9, 12))
PEERS = {
    "refit": "lme4 refit loop without df",
    "lmertest": "lmerTest loop with Satterthwaite",
    "simr": "simr's powerSim with its z test (on CRAN only; R_LIBS says where R finds it)",
}
SLOPES = TrialDesign(arm_level="team", persons_per_team=7.9, teams=20, loss=(0, 0.12, 0.25))


def main():
    each = [took / 2000 for took in times(lambda: simulate(DESIGN, 2000), 3)]
    slopes = [took / 500 for took in times(lambda: simulate(SLOPES, 500), 1)]
    for name, took in (("random intercepts", each), ("team-by-time modelled", slopes)):
        print(f"{name}: {took[0] * 1e6:.0f} µs per replicate, computing {took[1] * 1e6:.0f} µs")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "trial.csv"
        pl.DataFrame(trial(*SIZES["S"])).write_csv(path)
        theirs, why = r_seconds("power.R", path, 20)
    for key, name in PEERS.items():
        peer = theirs and theirs.get(key)
        print(f"{name}: {ratio(peer, each[0])} ({ratio(peer and theirs[key + '_cpu'], each[1])}) {why}")
    print("MCPower: " + by_mcpower())


def by_mcpower(runs=1000):
    """Persons in teams, nobody lost, by maximum likelihood: the most that it can simulate of our design."""
    try:
        from mcpower import MCPower
    except ImportError as error:
        return f"missing ({error})"
    model = MCPower("y = treat + time + treat:time + (1|team/person)", family="lme")
    model.set_effects("treat=0.0, time=0.0, treat:time=0.2")
    model.set_variable_type("treat=binary")
    model.set_cluster("team", ICC=0.1, n_clusters=20)
    model.set_cluster("team:person", ICC=0.5, n_per_parent=8)
    words = {"target_test": "treat:time", "n_sims": runs, "verbose": False, "progress_callback": False}
    theirs = times(lambda: model.find_power(sample_size=800, **words), 3)
    ours = times(lambda: simulate(NESTED, runs), 3)
    each = ", ".join(f"{took / runs * 1e6:.0f} µs" for took in (theirs[1], ours[1]))
    return f"{ratio(theirs[0], ours[0])} ({ratio(theirs[1], ours[1])}); computing per replicate {each}"
