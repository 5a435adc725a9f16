"""Worked examples whose output is printed: our fit rounds to the same digits.

Where the figures are from, honestly: those of sleepstudy were read on the pages named there; the books were not at
hand, so no page of theirs is named. Most of their figures stand in public transcripts of the same call; some standard
errors and fixed effects do not, and are from R alone. R 4's lme4 1.1-31 or nlme gave every one when this was written.
Dyestuff and Orthodont stand here as numbers; sleepstudy and Pastes are read from lme4 (skipped where R is absent).
Penicillin's plates and samples cross, so it is no example of what our estimator does.
"""

import json
import math
from pathlib import Path

import polars as pl
import pytest

from kring.evaluation.mixed_model import build, fit, profile_intervals
from tests.evaluation.peers_in_r import lmer

# Davies & Goldsmith 1972: yield of dyestuff, five preparations from each of six batches.
DYESTUFF = [1545, 1440, 1440, 1520, 1580, 1540, 1555, 1490, 1560, 1495, 1595, 1550, 1605, 1510, 1560, 1445, 1440, 1595,
            1465, 1545, 1595, 1630, 1515, 1635, 1625, 1520, 1455, 1450, 1480, 1445]  # fmt: skip
# Potthoff & Roy 1964: eleven girls at 8, 10, 12 and 14 years, distance from pituitary to the pterygomaxillary fissure.
GIRLS = [21, 20, 21.5, 23, 21, 21.5, 24, 25.5, 20.5, 24, 24.5, 26, 23.5, 24.5, 25, 26.5, 21.5, 23, 22.5, 23.5, 20, 21,
         21, 22.5, 21.5, 22.5, 23, 25, 23, 23, 23.5, 24, 20, 21, 22, 21.5, 16.5, 19, 19, 19.5, 24.5, 25, 28,
         28]  # fmt: skip


def sd(found, group, name="intercept"):
    return math.sqrt(next(c.estimate for c in found.vc if (c.group, c.name) == (group, name)))


def correlation(found, group, slope):
    covariance = next(c.estimate for c in found.vc if (c.group, c.name) == (group, "covariance"))
    return covariance / (sd(found, group) * sd(found, group, slope))


def prints(value, printed):
    """The value, rounded to as many digits as were printed, is what was printed."""
    digits = len(printed.partition(".")[2])
    assert f"{value:.{digits}f}" == printed


@pytest.mark.parametrize(
    ("method", "criterion", "between", "se"),
    [("REML", "319.6543", "42.00", "19.38"), ("ML", "327.3271", "37.26", "17.69")],
)
def test_dyestuff(method, criterion, between, se):
    """Bates, lme4: Mixed-effects modeling with R (draft), chapter 1, models fm01 and fm01ML."""
    table = pl.DataFrame({"Yield": DYESTUFF, "Batch": [i // 5 for i in range(30)]})
    found = fit(table, "Yield ~ 1", ("Batch",), method=method)
    prints(-2 * found.loglik, criterion)
    prints(sd(found, "Batch"), between)
    prints(math.sqrt(found.sigma2), "49.51")
    prints(found.beta[0], "1527.5")
    prints(found.se[0], se)


def girls():
    rows = {"distance": [float(d) for d in GIRLS], "age": [8, 10, 12, 14] * 11, "Subject": [i // 4 for i in range(44)]}
    return pl.DataFrame(rows)


def test_orthodont_girls_with_an_intercept_each():
    """Pinheiro & Bates 2000, fm1OrthF: lme(distance ~ age, data = OrthoFem, random = ~1 | Subject)."""
    found = fit(girls(), "distance ~ age", ("Subject",))
    prints(found.loglik, "-70.60916")
    prints(-2 * found.loglik + 2 * 4, "149.2183")  # AIC: two coefficients, two variances
    prints(sd(found, "Subject"), "2.06847")
    prints(math.sqrt(found.sigma2), "0.7800331")
    for i, (b, se) in enumerate([("17.372727", "0.8587419"), ("0.479545", "0.0525898")]):
        prints(found.beta[i], b)
        prints(found.se[i], se)


def test_orthodont_girls_with_a_line_each():
    """Pinheiro & Bates 2000, fm2OrthF: the same with random = ~ age | Subject."""
    found = fit(girls(), "distance ~ age", ("Subject",), {"Subject": "age"})
    prints(found.loglik, "-68.71435")
    assert (sd(found, "Subject"), sd(found, "Subject", "slope of age"), math.sqrt(found.sigma2)) == pytest.approx(
        (1.8841866, 0.1609278, 0.6682746), rel=5e-5
    )  # nlme's optimiser stops early: its fifth digit is its own
    prints(correlation(found, "Subject", "slope of age"), "-0.354")
    for i, (b, se) in enumerate([("17.372727", "0.7606"), ("0.479545", "0.0662")]):
        prints(found.beta[i], b)
        prints(found.se[i], se)


@pytest.mark.parametrize(
    ("printed", "terms", "group", "slope"),
    [
        ("Yield ~ 1 + (1|Batch)", "Yield ~ 1", "Batch", {}),
        ("distance ~ years + (1|Subject)", "distance ~ years", "Subject", {}),
        ("distance ~ years + (years|Subject)", "distance ~ years", "Subject", {"Subject": "years"}),
    ],
)
def test_profile_intervals_are_those_that_lme4_gave(printed, terms, group, slope):
    """As kept in lme4_profiles.json, so that they are held where R is absent; age is centred at 11 years."""
    if group == "Batch":
        table = pl.DataFrame({"Yield": DYESTUFF, "Batch": [i // 5 for i in range(30)]})
    else:
        table = girls().with_columns(years=pl.col("age") - 11)
    wanted = json.loads(Path(__file__).with_name("lme4_profiles.json").read_text())["intervals"][printed]
    found = {i.name: (i.low, i.high) for i in profile_intervals(build(table, terms, (group,), slope))}
    for name, ends in wanted.items():
        assert found[name] == pytest.approx(ends, rel=5e-4, abs=1e-6), name


def test_sleepstudy(tmp_path):
    """Bates et al. 2015, J Stat Softw 67(1), model fm1: lmer(Reaction ~ Days + (Days | Subject), sleepstudy).

    Read in the article as lme4 1.1-31 carries it (its vignette `lmer`): page 31 the criterion and the standard
    deviations, page 32 the coefficients. lme4 stops a little early by default and prints 24.740658 where tight
    tolerances give 24.740448, as in R's own output of 2015, which was not at hand.
    """
    table = lmer(tmp_path, "Reaction ~ Days + (Days|Subject)", dataset=("sleepstudy", "lme4"))["table"]
    found = fit(table, "Reaction ~ Days", ("Subject",), {"Subject": "Days"})
    prints(-2 * found.loglik, "1743.6")
    deviations = (sd(found, "Subject"), sd(found, "Subject", "slope of Days"), math.sqrt(found.sigma2))
    for value, printed in zip(deviations, ("24.74", "5.92", "25.59"), strict=True):
        prints(value, printed)
    assert deviations == pytest.approx((24.740448, 5.922133, 25.59182), rel=1e-6)
    prints(correlation(found, "Subject", "slope of Days"), "0.07")
    for i, (b, se) in enumerate([("251.41", "6.82"), ("10.47", "1.55")]):
        prints(found.beta[i], b)
        prints(found.se[i], se)


def test_pastes(tmp_path):
    """Bates, lme4 draft, chapter 2: casks within batches, lmer(strength ~ 1 + (1 | batch/cask), Pastes)."""
    table = lmer(tmp_path, "strength ~ 1 + (1|batch/sample)", dataset=("Pastes", "lme4"))["table"]
    found = fit(table, "strength ~ 1", ("batch", "sample"))
    prints(-2 * found.loglik, "247.0")
    for value, printed in ((sd(found, "sample") ** 2, "8.434"), (sd(found, "batch") ** 2, "1.657"),
                           (found.sigma2, "0.678"), (sd(found, "sample"), "2.9041"), (sd(found, "batch"), "1.2874"),
                           (math.sqrt(found.sigma2), "0.8234")):  # fmt: skip
        prints(value, printed)
    prints(found.beta[0], "60.0533")
    prints(found.se[0], "0.6769")
