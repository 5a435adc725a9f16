"""The pre-specified model of each measure: contrasts, effect sizes, estimated means, and checks of the model."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from formulaic import Formula
from numpy.typing import NDArray

from kring.evaluation.contract.dictionary import Dictionary, Measure
from kring.evaluation.contract.protocol import Contrast, Protocol
from kring.evaluation.contract.table import OutcomeTable
from kring.evaluation.errors import refuse
from kring.evaluation.mixed_model import Fit, ModelError, deviation_intervals
from kring.evaluation.mixed_model.design import Design, build
from kring.evaluation.mixed_model.estimate import fit_design

Array = NDArray[np.float64]
Row = dict[str, Any]
DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Analysis:
    """A fitted model with what is needed to ask it questions: its design and the rows it used."""

    fit: Fit
    design: Design
    frame: pl.DataFrame
    measure: Measure
    dictionary: Dictionary

    @cached_property
    def _people(self) -> pl.DataFrame:
        """A row per person to average over; one row is enough for a formula without covariates."""
        needed = {str(name) for name in Formula(self.fit.formula).required_variables}
        if needed <= {"score", "arm", "occasion", "months", "day"}:
            return self.frame.head(1)
        return self.frame.unique("person", keep="first", maintain_order=True)

    def rows(self, *cells: tuple[str, str]) -> Array:
        """Design rows (cells, p) of (arm, occasion), averaged over the covariates of the persons analysed."""
        wanted = []
        for arm, occasion in cells:
            months = float(self.dictionary.occasion(occasion).months)
            people = self._people.with_columns(arm=pl.lit(arm), occasion=pl.lit(occasion), months=pl.lit(months))
            if "day" in people.columns:
                people = people.with_columns(day=pl.lit(months * DAYS_PER_MONTH))
            wanted.append(people)
        table = categorised(pl.concat(wanted), self.dictionary).to_pandas()
        matrix = np.asarray(self.design.spec.get_model_matrix(table), float)
        return np.asarray(matrix.reshape(len(cells), -1, matrix.shape[1]).mean(axis=1))


def categorised(frame: pl.DataFrame, dictionary: Dictionary) -> pl.DataFrame:
    """Arm and occasion as categories with the reference first, so that coefficients are against it."""
    arms = sorted(dictionary.arms, key=lambda arm: not arm.reference)
    order = {"arm": [a.code for a in arms], "occasion": [o.code for o in dictionary.occasions]}
    there = {name: set(frame[name].unique().cast(pl.String)) for name in order}
    kinds = {name: [code for code in codes if code in there[name]] for name, codes in order.items()}
    return frame.with_columns(pl.col(name).cast(pl.String).cast(pl.Enum(codes)) for name, codes in kinds.items())


def analyse(table: OutcomeTable, protocol: Protocol, measure: str, **changes: Any) -> Analysis:
    """Fit the protocol's model to one measure; `changes` are to the arguments of `fit` (sensitivity analyses)."""
    return analyse_frame(table.scores(measure), table.dictionary, protocol, measure, **changes)


def analyse_frame(
    frame: pl.DataFrame, dictionary: Dictionary, protocol: Protocol, measure: str, **changes: Any
) -> Analysis:
    """As `analyse`, of any rows with a score."""
    model = protocol.model
    slope = {} if model.time_slope == "none" else {model.time_slope: "months"}
    asked: Row = {"groups": model.groups, "time_slope": slope or None, "method": model.method} | changes
    formula = f"score ~ {model.fixed}"
    used = categorised(frame, dictionary)
    names = {str(name) for name in Formula(formula).required_variables}
    used = used.drop_nulls(sorted(names & set(used.columns)))
    try:
        design = build(used, formula, asked["groups"], asked["time_slope"])
        fitted = fit_design(design, asked["method"])
    except ModelError as error:
        raise refuse(f"the model cannot be fitted to {measure}: {error}", "Mend the protocol.", protocol.file) from None
    return Analysis(fitted, design, used, dictionary.measure(measure), dictionary)


def weights(analysis: Analysis, contrast: Contrast, protocol: Protocol) -> Array:
    """The contrast as weights on the coefficients."""
    if contrast.coefficient:
        if contrast.coefficient not in analysis.fit.names:
            known = ", ".join(analysis.fit.names)
            what = f"contrast {contrast.name!r} names the coefficient {contrast.coefficient!r}, which the model lacks."
            raise refuse(what, f"It has: {known}.", protocol.file)
        return np.array([float(name == contrast.coefficient) for name in analysis.fit.names])
    reference = analysis.dictionary.reference.code
    signs = {contrast.occasion: 1.0} | ({contrast.minus_occasion: -1.0} if contrast.minus_occasion else {})
    rows = analysis.rows(*((arm, occasion) for occasion in signs for arm in (contrast.arm, reference)))
    return np.asarray(np.kron(list(signs.values()), [1.0, -1.0]) @ rows)


def divisor(analysis: Analysis, contrast: Contrast, protocol: Protocol) -> tuple[float, float]:
    """The SD that the effect is divided by, and its degrees of freedom."""
    if protocol.divide_by == "model_sd":
        between = sum(part.estimate for part in analysis.fit.vc if part.name == "intercept")
        return float(np.sqrt(analysis.fit.sigma2 + between)), float(sum(analysis.fit.ngroups.values()))
    occasion = analysis.dictionary.occasions[0].code
    if protocol.divide_by == "occasion_sd" and contrast.occasion:
        occasion = contrast.occasion
    here = analysis.frame.filter(pl.col("occasion").cast(pl.String) == occasion)
    groups = [group["score"].to_numpy() for _, group in here.group_by("arm") if group.height > 1]
    df = float(sum(len(scores) - 1 for scores in groups))
    squares = float(sum(np.var(scores, ddof=1) * (len(scores) - 1) for scores in groups))
    if squares == 0:
        what = (
            f"scores of {analysis.measure.code} do not differ within arms at occasion {occasion!r}, so they have no SD."
        )
        raise refuse(what, 'Divide the effect by another one: effect_size.divide_by = "model_sd".', protocol.file)
    return float(np.sqrt(squares / df)), df


def estimate(analysis: Analysis, contrast: Contrast, protocol: Protocol) -> Row:
    """One contrast in score points with its interval, and as a standardised effect d with its interval.

    d = estimate / SD. Its standard error is by the delta method, with the SD's own uncertainty: se_d^2 =
    (se / SD)^2 + d^2 / (2 df_SD); the interval uses the t quantile of the contrast. A positive d favours
    the arm when a higher score is better; `favours` says so in words' terms.
    """
    found = analysis.fit.contrast(
        weights(analysis, contrast, protocol), label=contrast.name, level=protocol.confidence, df=protocol.model.df
    )
    sd, df_sd = divisor(analysis, contrast, protocol)
    if not (np.isfinite(found.df) and found.se > 1e-6 * sd):
        what = f"the model explains every difference in {analysis.measure.code}: nothing is left to judge chance by."
        raise refuse(what, "Take a simpler model, or more persons and teams.", protocol.file)
    d = found.estimate / sd
    se_d = float(np.sqrt((found.se / sd) ** 2 + d**2 / (2 * df_sd)))
    quantile = (found.high - found.estimate) / found.se
    favours = "none" if found.low <= 0 <= found.high else "arm"
    if favours == "arm" and np.sign(found.estimate) != analysis.measure.sign:
        favours = "reference"
    numbers = {name: getattr(found, name) for name in ("estimate", "se", "df", "low", "high", "p")}
    size = {"d": d, "d_se": se_d, "d_low": d - quantile * se_d, "d_high": d + quantile * se_d, "sd": sd}
    return {
        "contrast": contrast.name,
        "label": contrast.label,
        "arm": contrast.arm,
        **numbers,
        **size,
        "favours": favours,
    }


def marginal_means(analysis: Analysis, protocol: Protocol) -> list[Row]:
    """Estimated mean with its interval for each arm and occasion that has scores."""
    if "exposure" in Formula(protocol.model.fixed).required_variables:
        return []
    there = analysis.frame.select(pl.col("arm", "occasion").cast(pl.String)).unique().sort("arm", "occasion")
    rows = []
    for arm, occasion in there.iter_rows():
        found = analysis.fit.contrast(
            analysis.rows((arm, occasion))[0], level=protocol.confidence, df=protocol.model.df
        )
        rows.append({"arm": arm, "occasion": occasion, "mean": found.estimate, "low": found.low, "high": found.high})
    return rows


def coefficients(analysis: Analysis, protocol: Protocol) -> list[Row]:
    """Every fixed effect, for the journal's appendix."""
    rows = []
    for i, name in enumerate(analysis.fit.names):
        found = analysis.fit.contrast(
            np.eye(len(analysis.fit.names))[i], level=protocol.confidence, df=protocol.model.df
        )
        numbers = {key: getattr(found, key) for key in ("estimate", "se", "df", "low", "high", "p")}
        rows.append({"name": name, **numbers})
    return rows


def variances(analysis: Analysis, level: float) -> list[Row]:
    """Variance components with interval, share of the total (ICC), and whether one is on its boundary.

    Where intercept and slope are linked, a row "correlation" has their correlation in the place of a variance.
    """
    fitted = analysis.fit
    total = fitted.sigma2 + sum(part.estimate for part in fitted.vc if part.name == "intercept")
    ends = variance_intervals(analysis, level)
    rows: list[Row] = [
        {
            "group": part.group,
            "name": "correlation" if part.name == "covariance" else part.name,
            "variance": correlation(fitted, i) if part.name == "covariance" else part.estimate,
            **ends.get((part.group, part.name), NO_INTERVAL),
            "share": part.estimate / total if part.name == "intercept" else None,
            "on_boundary": part.on_boundary,
        }
        for i, part in enumerate(fitted.vc)
    ]
    return [
        *rows,
        {
            "group": "residual",
            "name": "",
            "variance": fitted.sigma2,
            **ends.get(("residual", ""), NO_INTERVAL),
            "share": fitted.sigma2 / total,
            "on_boundary": False,
        },
    ]


def correlation(fitted: Fit, at: int) -> float | None:
    """Of intercept and slope, from the covariance at this place of the components; None where one does not vary."""
    product = fitted.vc[at - 1].estimate * fitted.vc[at + 1].estimate
    return fitted.vc[at].estimate / float(np.sqrt(product)) if product > 0 else None


NO_INTERVAL: Row = {"low": None, "high": None}
MOST_ROWS = 50_000  # above this profiling takes longer than the rest of the report


def without_intervals(analysis: Analysis) -> str:
    """Why the variances have no intervals; empty when they have."""
    if analysis.fit.engine != "kring":
        return "engine"
    return "size" if analysis.fit.nobs > MOST_ROWS else ""


def variance_intervals(analysis: Analysis, level: float) -> dict[tuple[str, str], Row]:
    """Per group and name the ends of its variance by profile likelihood (ML, whatever the fit's method).

    A profile interval does not depend on whether the SD or its square is profiled, so its ends are squared; those of
    a covariance are the correlation's. `high` is None where the data set no bound.
    """
    if without_intervals(analysis):
        return {}
    keys = [("residual", ""), *((part.group, part.name) for part in analysis.fit.vc)]
    power = [1 if name == "covariance" else 2 for _, name in keys]
    found = deviation_intervals(analysis.design, level)
    return {
        key: {"low": part.low**k, "high": part.high**k if np.isfinite(part.high) else None}
        for key, k, part in zip(keys, power, found, strict=True)
    }


def results(analysis: Analysis, protocol: Protocol) -> Row:
    """Everything the report says about one measure's model."""
    fitted = analysis.fit
    return {
        "measure": analysis.measure.code,
        "formula": fitted.formula,
        "groups": {name: fitted.ngroups[name] for name in fitted.ngroups if name != "person"},
        "method": fitted.method,
        "df_method": protocol.model.df,
        "engine": fitted.engine,
        "converged": fitted.converged,
        "loglik": fitted.loglik,
        "nobs": fitted.nobs,
        "warnings": list(fitted.warnings),
        "contrasts": [estimate(analysis, contrast, protocol) for contrast in protocol.contrasts],
        "means": marginal_means(analysis, protocol),
        "coefficients": coefficients(analysis, protocol),
        "variances": variances(analysis, protocol.confidence),
        "without_intervals": without_intervals(analysis),
    }
