"""Meta-regression as the plan asks for it: does the effect go with a trait of studies or trainings?

One estimate per study (the composites of the pool). A covariate is a numeric column of the studies table, or an
item of the characteristics table (reported 1, not reported 0). It is an observation across studies: no trial was
randomised to its year or its components. Refused below ten studies per covariate (Cochrane Handbook 6, 10.11.5.1).
Knapp–Hartung by default (Knapp & Hartung 2003), as the pool.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, t

from kring.evidence.synthesis import multilevel
from kring.evidence.synthesis.pool_group import GroupPool, Settings
from kring.evidence.synthesis.pooling import pool

Value = Callable[[str, str], float | None]  # study and covariate → its number, or None where it is not known


@dataclass(frozen=True)
class Coefficient:
    """One line of the answer: the change of the effect per unit of the covariate."""

    name: str
    b: float
    se: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Regression:
    """The fitted model, or `refused` with the reason. `without` are studies whose covariate nobody knows."""

    by: tuple[str, ...]
    refused: str = ""
    coefficients: tuple[Coefficient, ...] = ()
    studies: int = 0
    without: tuple[str, ...] = ()
    tau2: float = 0.0
    tau2_before: float = 0.0
    test: str = ""
    df: int = 0


def regress(found: GroupPool | None, by: Sequence[str], value: Value, settings: Settings) -> Regression:
    """Fit, or say why not: too few studies, a covariate that does not vary, or two that say the same."""
    asked = tuple(by)
    studies = found.studies if found else ()
    numbers = {study: [value(study, name) for name in asked] for study in studies}
    kept = [study for study in studies if None not in numbers[study]]
    without = tuple(study for study in studies if study not in kept)
    if found is None or len(kept) < multilevel.STUDIES_PER_COVARIATE * len(asked):
        return Regression(asked, _too_few(len(kept), len(asked), len(without)), without=without)
    rows = [studies.index(study) for study in kept]
    X = np.array([[1.0, *(x for x in numbers[study] if x is not None)] for study in kept])
    flat = [name for name, column in zip(asked, X[:, 1:].T, strict=True) if np.ptp(column) == 0]
    if flat:
        return Regression(asked, f"{flat[0]} is the same in every study that gives it", without=without)
    yi, vi = np.array(found.yi)[rows], np.array(found.vi)[rows]
    try:
        model = multilevel.meta_regression(yi, vi, X, covariates=len(asked))
    except ValueError as error:
        return Regression(asked, str(error), without=without)
    df = len(kept) - X.shape[1]
    return Regression(
        asked, "", _coefficients(model, ("intercept", *asked), settings.test, df), len(kept), without,
        float(model.sigma2[0]), pool(yi, vi).tau2, settings.test, df if settings.test != "z" else 0,
    )  # fmt: skip


def _too_few(known: int, asked: int, without: int) -> str:
    need = multilevel.STUDIES_PER_COVARIATE
    why = f"{known} studies give a pooled estimate and {'the covariate' if asked == 1 else f'all {asked} covariates'}"
    why += f"; {need * asked} are needed, {need} for each covariate"
    return why + (f" ({without} more are pooled without it)" if without else "")


def _coefficients(model: multilevel.Multilevel, names: Sequence[str], test: str, df: int) -> tuple[Coefficient, ...]:
    """With Knapp–Hartung the errors are scaled by the weighted residual spread and t takes the place of z."""
    residual = model.yi - model.X @ model.b
    scale = float(residual @ model.inverse @ residual) / df
    factor = {"z": 1.0, "hk": scale, "hk-adhoc": max(1.0, scale)}[test]
    law = norm if test == "z" else t(df)
    out = []
    for name, b, wald in zip(names, model.b, model.se, strict=True):
        se = float(wald) * factor**0.5
        reach = float(law.ppf(0.975)) * se
        out.append(Coefficient(name, float(b), se, b - reach, b + reach, float(2 * law.sf(abs(b) / se))))
    return tuple(out)


def in_words(found: Regression, labels: Mapping[str, str]) -> list[str]:
    """What the command and the page say."""
    name = " and ".join(labels.get(by, by) for by in found.by)
    if found.refused:
        return [f"Meta-regression on {name}: not done. {found.refused[0].upper()}{found.refused[1:]}."]
    lines = [
        f"Meta-regression on {name}, {found.studies} studies: "
        f"τ² {found.tau2_before:.3f} without, {found.tau2:.3f} with. An observation across studies, not a trial of it."
    ]
    for c in found.coefficients[1:]:
        lines.append(f"{labels.get(c.name, c.name)}: {c.b:+.3f} per unit ({c.low:.3f} to {c.high:.3f}), p {c.p:.3g}")
    if found.without:
        lines.append(f"Left out, covariate not known: {', '.join(labels.get(s, s) for s in found.without)}.")
    return lines
