"""How well planning and estimation do: false alarms, coverage and bias by simulation, printed as a Markdown table.

Run `python -m tests.evaluation.operating_characteristics [REPLICATES]`; the table is in docs/evaluation.md.
"""

import sys

import numpy as np
from scipy import stats

from kring.evaluation.power.design import TrialDesign
from kring.evaluation.power.plan import simulate

DESIGNS = {
    "arms within 20 teams": TrialDesign(arm_level="person", team_time_sd=0, effect=0.5),
    "the same, a quarter lost (MAR)": TrialDesign(
        arm_level="person", team_time_sd=0, effect=0.5, loss=(0, 0.12, 0.25), loss_depends=0.5
    ),
    **{
        f"{teams} teams, measured once": TrialDesign(teams=teams, occasions=(12.0,), effect=0.5)
        for teams in (6, 8, 12, 20, 40)
    },
    **{
        f"20 teams, team-by-time SD {sd}": TrialDesign(teams=20, effect=0.5, team_time_sd=sd)
        for sd in (0.0, 0.1, 0.2, 0.3)
    },
}


def line(name, design, replicates):
    fits, _ = simulate(design, replicates, seed=20)
    good = np.isfinite(fits.df[:, 0]) & fits.converged
    estimate, se, df = (a[good, 0] for a in (fits.estimate, fits.se, fits.df))
    error = estimate - design.effect  # the truth is 0.5, so tests against it have the size of tests of none
    missed = np.abs(error / se) > stats.t.ppf(0.975, df)
    wald = np.abs(error / se) > 1.96
    bias, mc = error.mean(), error.std() / np.sqrt(len(error))
    return (
        f"| {name} | {100 * missed.mean():.1f} | {100 * wald.mean():.1f} | {100 * (1 - missed.mean()):.1f} "
        f"| {bias:+.4f} ± {mc:.4f} | {100 * (1 - good.mean()):.2f} |"
    )


def main(replicates):
    print("| design | false alarms, Satterthwaite (%) | Wald z (%) | coverage of 95% (%) | bias | failed (%) |")
    print("|---|---|---|---|---|---|")
    for name, design in DESIGNS.items():
        print(line(name, design, replicates), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
