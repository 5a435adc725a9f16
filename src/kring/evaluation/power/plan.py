"""Power by simulation with the model that will analyse the trial, and the number of teams it needs."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kring.evaluation.mixed_model.batch import BatchFits, fit_layout
from kring.evaluation.power.analytic import exact_variance, power_t, units_df
from kring.evaluation.power.design import Plan, Rows, TrialDesign, lay_out
from kring.evaluation.power.kernels.draw import draw

Floats = NDArray[np.float64]
PART = 250  # replicates drawn and fitted at a time: a part's outcomes stay in the cache
Progress = Callable[[int, int], None]
Said = Callable[[str], None]


@dataclass(frozen=True)
class Power:
    """What one design would find. `power` counts fits that failed as not finding anything.

    low, high: Wilson interval of the simulation (95%); mean_estimate and sd_estimate over the fits that succeeded;
    variance_reported: mean of the squared standard errors; boundary: share of fits with a variance of exactly zero.
    """

    design: TrialDesign
    varied: dict[str, Any]
    persons: int
    rows: float
    replicates: int
    power: float
    mc_se: float
    low: float
    high: float
    mean_estimate: float
    sd_estimate: float
    variance_reported: float
    mean_df: float
    failed: float
    boundary: float
    analytic: float


@dataclass(frozen=True)
class PlanResult:
    """All points of a plan, and the fewest teams that reach the target (None if none up to the limit does)."""

    plan: Plan
    points: tuple[Power, ...]
    needed: Power | None
    searched: tuple[Power, ...]


def simulate(
    design: TrialDesign,
    replicates: int,
    seed: int = 1,
    threads: int = 2,
    first: int = 0,
    progress: Progress | None = None,
) -> tuple[BatchFits, float]:
    """Draw and fit `replicates` trials; returns the fits of the tested contrast and the mean number of rows.

    Replicate r of a seed is the same whatever the number of threads, and however the work is cut.
    """
    rows = lay_out(design)
    starts = range(first, first + replicates, PART)
    done, kept = [], 0

    def work(start: int) -> tuple[BatchFits, int]:
        outcomes = draw_outcomes(rows, design, start, min(PART, first + replicates - start), seed)
        return fit_layout(rows.layout, outcomes, rows.contrast[None]), int(np.isfinite(outcomes).sum())

    with ThreadPoolExecutor(threads) as pool:
        for fits, count in pool.map(work, starts):
            done.append(fits)
            kept += count
            if progress:
                progress(sum(len(f.sigma2) for f in done), replicates)
    return BatchFits.concatenate(done), kept / replicates


def draw_outcomes(rows: Rows, design: TrialDesign, first: int, count: int, seed: int) -> Floats:
    """Outcomes (count, n) of the replicates first, first+1, ...; nan where a person has left."""
    outcomes = np.empty((count, len(rows.mean)))
    draw(
        first, seed, rows.mean, rows.time, rows.occasion, rows.layout.person_start, rows.team, rows.institution,
        rows.sd, rows.stay, float(design.loss_depends), outcomes,
    )  # fmt: skip
    return outcomes


def power_of(
    design: TrialDesign,
    replicates: int = 2000,
    seed: int = 1,
    threads: int = 2,
    varied: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> Power:
    """Power of one design with its Monte Carlo error; Satterthwaite's t, never Wald's z."""
    rows_of = lay_out(design)
    fits, rows = simulate(design, replicates, seed, threads, progress=progress)
    p, good = fits.p[:, 0], np.isfinite(fits.se[:, 0]) & fits.converged
    found = int((good & (p < design.alpha)).sum())
    low, high = wilson(found, replicates)
    share = found / replicates
    estimates = fits.estimate[good, 0]
    return Power(
        design=design, varied=varied or {}, persons=rows_of.n_persons, rows=rows, replicates=replicates,
        power=share, mc_se=float(np.sqrt(share * (1 - share) / replicates)), low=low, high=high,
        mean_estimate=float(estimates.mean()) if len(estimates) else float("nan"),
        sd_estimate=float(estimates.std(ddof=1)) if len(estimates) > 1 else float("nan"),
        variance_reported=float((fits.se[good, 0] ** 2).mean()) if good.any() else float("nan"),
        mean_df=float(np.median(fits.df[good, 0])) if good.any() else float("nan"),
        failed=1 - float(good.mean()), boundary=float(_on_boundary(fits, rows_of.layout.kinds).mean()),
        analytic=approximate_power(design),
    )  # fmt: skip


def _on_boundary(fits: BatchFits, kinds: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which fits have a variance of zero, or perfectly correlated intercepts and slopes."""
    used = fits.psi[:, : sum(kind > 0 for kind in kinds)]
    flat = np.linalg.det(used) <= 1e-12 * np.prod(np.diagonal(used, axis1=2, axis2=3), axis=-1)
    if used.shape[-1] == 2:  # levels without a slope have a zero there by design
        flat[:, [kind < 2 for kind in kinds if kind]] = False
    return np.asarray(flat.any(axis=1) | (used[:, :, 0, 0] == 0).any(axis=1), np.bool_)


def approximate_power(design: TrialDesign) -> float:
    """Without simulation: known variances, nobody lost, a t test with the degrees of freedom of `units_df`."""
    rows = lay_out(design)
    beta = np.linalg.lstsq(rows.layout.M[:, : rows.layout.p], rows.mean, rcond=None)[0]
    return power_t(float(rows.contrast @ beta), exact_variance(design), units_df(design), design.alpha)


def wilson(found: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a proportion (1927)."""
    z = stats.norm.ppf(0.5 + level / 2)
    share = found / n
    centre, half = share + z * z / (2 * n), z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return float((centre - half) / (1 + z * z / n)), float((centre + half) / (1 + z * z / n))


def points_of(plan: Plan) -> Iterator[tuple[dict[str, Any], TrialDesign]]:
    """Every combination of what is varied."""
    for values in itertools.product(*plan.vary.values()):
        varied = dict(zip(plan.vary, values, strict=True))
        yield varied, replace(plan.design, **varied)


class Kept:
    """Finished points, one JSON line each, so that interrupted work goes on where it stopped."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.found: dict[str, dict[str, Any]] = {}
        if path and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                with contextlib.suppress(json.JSONDecodeError):  # the line that an interruption cut off
                    entry = json.loads(line)
                    self.found[entry["key"]] = entry["power"]

    def power_of(
        self, design: TrialDesign, plan: Plan, threads: int, varied: dict[str, Any], progress: Said | None
    ) -> Power:
        key = json.dumps([asdict(design), plan.replicates, plan.seed])
        if key not in self.found:
            if progress:
                progress(", ".join(f"{k} {v}" for k, v in varied.items()) or design.name)
            point = power_of(design, plan.replicates, plan.seed, threads, varied)
            self.found[key] = {k: v for k, v in asdict(point).items() if k not in ("design", "varied")}
            if self.path:
                with self.path.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps({"key": key, "power": self.found[key]}) + "\n")
        return Power(design=design, varied=varied, **self.found[key])


def run(plan: Plan, threads: int = 2, progress: Said | None = None, kept: Kept | None = None) -> PlanResult:
    """Simulate every point of the plan, then search for the fewest teams that reach the target power."""
    kept = kept or Kept()
    points = [kept.power_of(design, plan, threads, varied, progress) for varied, design in points_of(plan)]
    needed, searched = teams_needed(plan, threads, progress, kept)
    return PlanResult(plan, tuple(points), needed, searched)


def teams_needed(
    plan: Plan, threads: int = 2, progress: Said | None = None, kept: Kept | None = None, limit: int = 1000
) -> tuple[Power | None, tuple[Power, ...]]:
    """The fewest teams (an even number) whose simulated power reaches the target; institutions grow in proportion.

    The formula gives a first number, its simulated power a better one; simulation steps from there until one number
    fails and the next succeeds.
    """
    if plan.design.effect == 0:
        return None, ()
    kept = kept or Kept()
    known: dict[int, Power] = {}

    def reaches(teams: int) -> bool:
        known[teams] = kept.power_of(resized(plan.design, teams), plan, threads, {"teams": teams}, progress)
        return known[teams].power >= plan.target

    least = 4 if plan.design.kind == "parallel" else 2 * ((max(2, plan.design.steps) + 1) // 2)
    teams = _first_guess(plan, least, limit)
    if not reaches(teams):
        teams = max(least, _rescaled(known[teams], plan.target, limit))
    while teams > least and reaches(teams):
        teams -= 2
    while teams < limit and not reaches(teams):
        teams += 2
    found = known.get(teams)
    return (found if found and found.power >= plan.target else None), tuple(known[k] for k in sorted(known))


def resized(design: TrialDesign, teams: int) -> TrialDesign:
    """The design with another number of teams, and institutions in proportion."""
    if design.institutions == 1:
        return replace(design, teams=teams)
    houses = round(design.institutions * teams / design.teams)
    return replace(design, teams=teams, institutions=min(teams, max(2, houses)))


def _rescaled(point: Power, target: float, limit: int) -> int:
    """The even number of teams that would reach the target if the squared distance from zero, in standard errors, grew
    with their number: from what the simulation found, which knows of those who are lost."""
    critical = float(stats.norm.ppf(1 - point.design.alpha / 2))
    here = max(0.5, critical + float(stats.norm.ppf(min(max(point.power, 0.001), 0.999))))
    factor = ((critical + float(stats.norm.ppf(target))) / here) ** 2
    return min(limit, 2 * round(point.design.teams * factor / 2))


def _first_guess(plan: Plan, least: int, limit: int) -> int:
    low, high = least, limit
    while low < high:
        middle = (low + high) // 4 * 2
        if approximate_power(resized(plan.design, middle)) >= plan.target:
            high = middle
        else:
            low = middle + 2
    return low
