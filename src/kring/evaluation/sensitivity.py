"""What if the missing scores are not like the measured ones: multiple imputation and tipping point.

Imputation: scikit-learn's IterativeImputer drawing from its predictive distribution (chained Bayesian
ridge regressions), within each arm, from all occasions, the covariates and the mean of the person's team
at the start without the person. Pooling: Rubin (1987), with the degrees of freedom of Barnard & Rubin
(1999, Biometrika 86:948). Tipping point: each imputed score after the start is shifted by delta before
refitting (delta adjustment; Cro et al. 2020, Stat Med 39:2815 review it).
"""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 (makes the next import possible)
from sklearn.impute import IterativeImputer

from kring.evaluation.analysis import Analysis, analyse_frame, weights
from kring.evaluation.contract.protocol import Protocol
from kring.evaluation.contract.table import OutcomeTable
from kring.evaluation.mixed_model.design import Design
from kring.evaluation.mixed_model.estimate import fit_design

Array = NDArray[np.float64]
Row = dict[str, Any]
ROUNDS = 10  # of the chained regressions; with few occasions they settle in fewer


def wide_scores(table: OutcomeTable, measure: str) -> tuple[pl.DataFrame, list[str]]:
    """One row per person, one column per occasion that has scores; null where missing."""
    scores = table.scores(measure)
    occasions = [o.code for o in table.dictionary.occasions if o.code in set(scores["occasion"].to_list())]
    wide = scores.pivot("occasion", index="person", values="score")
    people = table.people()
    return people.join(wide.select("person", *occasions), on="person", how="left"), occasions


def impute(wide: pl.DataFrame, occasions: list[str], table: OutcomeTable, seed: int) -> Array:
    """One completed set of scores, (persons, occasions)."""
    scores = wide.select(occasions).to_numpy().astype(float)
    helpers = _helpers(wide, scores[:, 0], table)
    filled = scores.copy()
    for i, arm in enumerate(sorted(wide["arm"].unique().to_list())):
        mine = (wide["arm"] == arm).to_numpy()
        columns = np.column_stack([scores[mine], helpers[mine]])
        columns = columns[:, np.append(np.ones(len(occasions), bool), np.ptp(helpers[mine], axis=0) > 0)]
        imputer = IterativeImputer(
            sample_posterior=True,
            max_iter=ROUNDS,
            random_state=seed * 1009 + i,
            skip_complete=True,
            keep_empty_features=True,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # draws do not converge to a point
            filled[mine] = imputer.fit_transform(columns)[:, : len(occasions)]
    return filled


def _helpers(wide: pl.DataFrame, start: Array, table: OutcomeTable) -> Array:
    """Covariates as numbers (missing ones at their mean), and the team's mean at the start without the person."""
    columns = []
    for covariate in table.dictionary.covariates:
        if covariate.level == "row":
            continue
        if covariate.type == "number":
            values = wide[covariate.name].cast(pl.Float64)
            columns.append(values.fill_null(values.mean()).fill_null(0.0).to_numpy())
        else:
            codes = list(covariate.categories)[1:]
            columns += [(wide[covariate.name] == code).fill_null(False).to_numpy().astype(float) for code in codes]
    team = np.unique(wide["team"].to_numpy(), return_inverse=True)[1]
    known = ~np.isnan(start)
    value = np.where(known, start, 0.0)
    total = np.bincount(team, weights=value)[team] - value
    count = np.bincount(team, weights=known.astype(float))[team] - known
    overall = float(start[known].mean())
    columns.append((total + overall) / (count + 1))  # drawn to the overall mean, so that singletons have one
    return np.column_stack(columns)


def completed_frame(wide: pl.DataFrame, occasions: list[str], filled: Array, table: OutcomeTable) -> pl.DataFrame:
    """Long rows of a completed set, persons in order, with `imputed` marking what was drawn."""
    missing = wide.select(occasions).to_numpy().astype(float)
    frames = [
        wide.drop(occasions).with_columns(
            occasion=pl.lit(code),
            months=pl.lit(float(table.dictionary.occasion(code).months)),
            score=pl.Series(filled[:, t]),
            imputed=pl.Series(np.isnan(missing[:, t])),
        )
        for t, code in enumerate(occasions)
    ]
    return _with_row_columns(pl.concat(frames), table)


def _with_row_columns(frame: pl.DataFrame, table: OutcomeTable) -> pl.DataFrame:
    """Add what belongs to a row (exposure, day, covariates of level row): from the person's own row of that
    occasion, else the mean of the team at that occasion, which in a stepped wedge is what the person had."""
    level_row = [c.name for c in table.dictionary.covariates if c.level == "row" and c.type == "number"]
    names = [name for name in ("exposure", "day", *level_row) if name in table.frame.columns]
    if not names:
        return frame
    own = table.frame.group_by("person", "occasion").agg(pl.col(names).drop_nulls().first())
    team = table.frame.group_by("team", "occasion").agg(pl.col(names).mean().name.suffix("_of_team"))
    frame = frame.join(own, on=["person", "occasion"], how="left").join(team, on=["team", "occasion"], how="left")
    return frame.with_columns(pl.coalesce(name, f"{name}_of_team").alias(name) for name in names)


def one_imputation(table: OutcomeTable, protocol: Protocol, measure: str, number: int) -> list[Row]:
    """Impute once, fit once for each delta (0 is plain imputation): estimate, se and df of every contrast."""
    wide, occasions = wide_scores(table, measure)
    filled = impute(wide, occasions, table, protocol.missing.seed + number)
    frame = completed_frame(wide, occasions, filled, table)
    analysis = analyse_frame(frame, table.dictionary, protocol, measure)
    deltas = sorted({0.0, *protocol.missing.deltas})
    outcomes = _outcomes(analysis, _shifted_rows(analysis, protocol), deltas)
    asked = {contrast.name: weights(analysis, contrast, protocol) for contrast in protocol.contrasts}
    rows = []
    for delta, outcome in zip(deltas, outcomes, strict=True):
        fitted = fit_design(_with_outcome(analysis, outcome), protocol.model.method)
        if not fitted.converged:
            raise RuntimeError("a fit to an imputed set did not converge")
        for name, row in asked.items():
            found = fitted.contrast(row, df=protocol.model.df)
            rows.append({"delta": delta, "contrast": name, "estimate": found.estimate, "se": found.se, "df": found.df})
    return rows


def _shifted_rows(analysis: Analysis, protocol: Protocol) -> NDArray[np.bool_]:
    """Which rows a delta moves: imputed, after the start, in the arms that the protocol names."""
    frame = analysis.frame
    first = analysis.dictionary.occasions[0].code
    moved = frame["imputed"] & (frame["occasion"].cast(pl.String) != first)
    if protocol.missing.delta_arms == "intervention":
        moved &= frame["arm"].cast(pl.String) != analysis.dictionary.reference.code
    return moved.to_numpy()


def _outcomes(analysis: Analysis, rows: NDArray[np.bool_], deltas: list[float]) -> Array:
    """The scores (deltas, n) with each delta (in the direction of better when positive) added to some."""
    y = analysis.design.M[:, analysis.design.p] + analysis.design.centre
    return y + np.outer(np.array(deltas) * analysis.measure.sign, rows)


def _with_outcome(analysis: Analysis, y: Array) -> Design:
    M = analysis.design.M.copy()
    M[:, analysis.design.p] = y - analysis.design.centre
    return replace(analysis.design, M=M)


def pool(rows: list[Row], confidence: float) -> Row:
    """Rubin's rules over imputations of one contrast; rows hold estimate, se, df of the complete data."""
    q = np.array([row["estimate"] for row in rows])
    within = float(np.mean([row["se"] ** 2 for row in rows]))
    m = len(q)
    between = float(q.var(ddof=1)) if m > 1 else 0.0
    total = within + (1 + 1 / m) * between
    complete = float(np.mean([row["df"] for row in rows]))
    share = (1 + 1 / m) * between / total
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    df = observed if share == 0 else 1 / (share**2 / (m - 1) + 1 / observed)
    half = float(stats.t.ppf(0.5 + confidence / 2, df)) * np.sqrt(total)
    centre = float(q.mean())
    p = float(2 * stats.t.sf(abs(centre) / np.sqrt(total), df))
    return {"estimate": centre, "se": float(np.sqrt(total)), "df": df, "low": centre - half, "high": centre + half,
            "p": p, "missing_information": share, "imputations": m}  # fmt: skip


def pooled(imputations: list[list[Row]], protocol: Protocol) -> list[Row]:
    """Every contrast at every delta, pooled."""
    rows = []
    for delta in sorted({row["delta"] for row in imputations[0]}, reverse=True):
        for contrast in protocol.contrasts:
            mine = [r for rows_ in imputations for r in rows_ if (r["delta"], r["contrast"]) == (delta, contrast.name)]
            rows.append({"delta": delta, "contrast": contrast.name, **pool(mine, protocol.confidence)})
    return rows


def tipping_point(rows: list[Row], contrast: str) -> Row:
    """The delta nearest to 0 at which the interval of a contrast reaches 0; None when none that was tried does."""
    mine = sorted((row for row in rows if row["contrast"] == contrast), key=lambda row: abs(row["delta"]))
    holds = not mine[0]["low"] <= 0 <= mine[0]["high"]
    tipped = [row["delta"] for row in mine if row["low"] <= 0 <= row["high"]]
    return {"contrast": contrast, "holds_at_0": holds, "delta": tipped[0] if holds and tipped else None,
            "tried_to": mine[-1]["delta"]}  # fmt: skip
