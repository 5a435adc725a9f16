"""Does the model fit: residuals, influence of single teams, and how the answer moves under other models."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from kring.evaluation.analysis import Analysis, analyse_frame, estimate
from kring.evaluation.contract.protocol import Protocol
from kring.evaluation.disclosure import Release
from kring.evaluation.errors import BadInput

Array = NDArray[np.float64]
Row = dict[str, Any]
BINS = 20
MAX_LEFT_OUT = 100  # teams left out one by one; with more of them no single one can matter much


def random_effects(analysis: Analysis, rounds: int = 500) -> Array:
    """The predicted random part (n,) of every row: best linear unbiased prediction at the estimated variances.

    Henderson's mixed-model equations solved by Gauss-Seidel over the levels, so that it costs one pass
    over the rows a round and needs no matrix larger than 2 x 2 (Henderson 1963; Robinson 1991,
    Statistical Science 6:15).
    """
    design, fitted = analysis.design, analysis.fit
    y = design.M[:, design.p] + design.centre
    residual = y - design.M[:, : design.p] @ fitted.beta
    levels = [level for name, codes in design.groups if (level := _level(analysis, name, codes)) is not None]
    parts = [np.zeros(len(y)) for _ in levels]
    for _ in range(rounds):
        moved = 0.0
        for i, (codes, z, penalty) in enumerate(levels):
            partial = residual - sum(part for j, part in enumerate(parts) if j != i)
            new = _shrunk(partial, codes, z, penalty)
            moved = max(moved, float(np.abs(new - parts[i]).max()))
            parts[i] = new
        if moved < 1e-10 * np.sqrt(fitted.sigma2):
            break
    return np.asarray(sum(parts, np.zeros(len(y))))


def _level(analysis: Analysis, name: str, codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], Array, Array] | None:
    """Codes, z columns (n, q) and σ² Ψ⁻¹ (q, q) of a level with variance; None without."""
    parts = {part.name: part.estimate for part in analysis.fit.vc if part.group == name}
    columns = [np.ones(len(codes))]
    psi = np.array([[parts.pop("intercept", 0.0)]])
    covariance = parts.pop("covariance", 0.0)
    if parts:
        slope = parts.popitem()[1]
        psi = np.array([[psi[0, 0], covariance], [covariance, slope]])
        columns.append(analysis.frame["months"].to_numpy().astype(float))
    if psi[0, 0] <= 0:
        return None
    return codes, np.column_stack(columns), analysis.fit.sigma2 * np.asarray(np.linalg.pinv(psi))


def _shrunk(partial: Array, codes: NDArray[np.int64], z: Array, penalty: Array) -> Array:
    """Each group's ridge prediction from what the other levels leave."""
    q = z.shape[1]
    size = int(codes.max()) + 1
    gram = np.empty((size, q, q))
    right = np.empty((size, q))
    for a in range(q):
        right[:, a] = np.bincount(codes, weights=z[:, a] * partial, minlength=size)
        for b in range(q):
            gram[:, a, b] = np.bincount(codes, weights=z[:, a] * z[:, b], minlength=size)
    u = np.linalg.solve(gram + penalty, right[:, :, None])[:, :, 0]
    return np.asarray((z * u[codes]).sum(axis=1))


def residuals(analysis: Analysis, release: Release) -> Row:
    """Conditional residuals over sigma: moments, a binned normal plot, and their SD per arm and occasion.

    The normal plot shows the mean of each of 20 equal bins, so that no point is one person's residual; it
    is left out where a bin would hold fewer rows than the disclosure threshold.
    """
    design, fitted = analysis.design, analysis.fit
    y = design.M[:, design.p] + design.centre
    e = (y - design.M[:, : design.p] @ fitted.beta - random_effects(analysis)) / np.sqrt(fitted.sigma2)
    spread = []
    with_e = analysis.frame.with_columns(e=pl.Series(e))
    for (arm, occasion), group in sorted(
        with_e.group_by(pl.col("arm", "occasion").cast(pl.String)), key=lambda g: str(g[0])
    ):
        if release.allows(f"{(analysis.measure.code, occasion)}", frozenset(group["person"].to_list())):
            spread.append({"arm": arm, "occasion": occasion, "sd": float(np.std(group["e"].to_numpy(), ddof=1))})
    return {
        "skewness": float(stats.skew(e)),
        "kurtosis": float(stats.kurtosis(e)),
        "beyond_3": float(np.mean(np.abs(e) > 3)),
        "normal_plot": _normal_plot(e) if len(e) >= BINS * release.threshold else [],
        "spread": spread,
    }


def _normal_plot(e: Array) -> list[Row]:
    bins = np.array_split(np.sort(e), BINS)
    expected = np.array_split(stats.norm.ppf((np.arange(len(e)) + 0.5) / len(e)) * e.std(), BINS)
    return [{"expected": float(x.mean()), "found": float(y.mean())} for x, y in zip(expected, bins, strict=True)]


def influence(analysis: Analysis, protocol: Protocol) -> Row:
    """The primary contrast with each team left out in turn: the range only, never which team."""
    teams = analysis.frame["team"].unique().sort().to_list()
    if not 3 <= len(teams) <= MAX_LEFT_OUT:
        return {"teams": len(teams), "done": False}
    contrast = protocol.contrasts[0]
    whole = estimate(analysis, contrast, protocol)
    found = []
    for team in teams:
        kept = analysis.frame.filter(pl.col("team") != team)
        try:
            found.append(
                estimate(analyse_frame(kept, analysis.dictionary, protocol, analysis.measure.code), contrast, protocol)
            )
        except BadInput:
            continue  # without this team nothing is left to compare
    values = [row["estimate"] for row in found]
    verdicts = {row["favours"] for row in found} | {whole["favours"]}
    return {
        "teams": len(teams),
        "done": True,
        "low": min(values),
        "high": max(values),
        "largest_shift_in_se": max(abs(value - whole["estimate"]) for value in values) / whole["se"],
        "verdict_changes": len(verdicts) > 1,
    }


def other_models(analysis: Analysis, protocol: Protocol) -> list[Row]:
    """The primary contrast under models that were not chosen: does the answer hang on the choice?"""
    groups = protocol.model.groups
    changes: dict[str, dict[str, Any]] = {
        "maximum_likelihood": {"method": "ML"},
        "slope_person": {"time_slope": {"person": "months"}},
        "slope_team": {"time_slope": {"team": "months"}},
        "complete_cases": {},
    }
    rows = []
    for name, change in changes.items():
        slope = change.get("time_slope", {})
        if not set(slope) <= set(groups) or protocol.model.time_slope in slope:
            continue
        if "person" in slope and analysis.frame.group_by("person").len().filter(pl.col("len") > 2).is_empty():
            fault = "nobody has three scores, so a slope per person cannot be told from the residual"
            rows.append({"model": name, "fault": fault, "why": "needs_three"})
            continue
        frame = _complete(analysis) if name == "complete_cases" else analysis.frame
        try:
            found = analyse_frame(frame, analysis.dictionary, protocol, analysis.measure.code, **change)
            rows.append({"model": name, **estimate(found, protocol.contrasts[0], protocol)})
        except (BadInput, ValueError) as fault:
            rows.append({"model": name, "fault": str(fault), "why": "failed"})
    return rows


def _complete(analysis: Analysis) -> pl.DataFrame:
    """Rows of persons who have every occasion that occurs."""
    occasions = analysis.frame["occasion"].n_unique()
    return analysis.frame.filter(pl.len().over("person") == occasions)
