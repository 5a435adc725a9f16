"""Pooling agrees with metafor on datasets of metadat.

The figures of metafor are kept in `metafor.json` with the versions that gave them, so that the comparison runs
everywhere. Where R, metafor and metadat are installed (in CI they are) they are made anew by `metafor.R`, and must be
the kept ones: `Rscript metafor.R > metafor.json` renews them.
"""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from kring.evidence.synthesis import multilevel
from kring.evidence.synthesis.multiverse import StudyResult
from kring.evidence.synthesis.pool_group import Settings, pool_group
from kring.evidence.synthesis.pooling import pool
from kring.evidence.synthesis.regression import regress

HERE = Path(__file__).parent
SETS = ("bcg", "normand1999", "hine1989", "raudenbush1985", "hackshaw1998", "bangertdrowns2004")
TESTS = {"z": "z", "knha": "hk"}


@pytest.fixture(scope="module")
def metafor():
    return json.loads((HERE / "metafor.json").read_text("utf-8"))


def numbers(found) -> list[float]:
    """Every number in it, in order; None, a missing one, as not-a-number."""
    if isinstance(found, dict):
        return [x for name in sorted(found) if name != "made_with" for x in numbers(found[name])]
    if isinstance(found, list):
        return [x for item in found for x in numbers(item)]
    return [float("nan") if found is None else float(found)]


def test_the_kept_figures_are_those_of_metafor_here(metafor):
    if not shutil.which("Rscript"):
        pytest.skip("Rscript is not installed: the kept figures of metafor are used unrenewed")
    run = subprocess.run(["Rscript", str(HERE / "metafor.R")], capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip(f"metafor or metadat is not installed: {run.stderr.strip().splitlines()[-1]}")
    here = json.loads(run.stdout)
    if here["konstantopoulos2011"]["robust"][0] is None:  # clubSandwich is not installed
        here["konstantopoulos2011"]["robust"] = metafor["konstantopoulos2011"]["robust"]
    assert set(here) == set(metafor)
    assert numbers(here) == pytest.approx(numbers(metafor), rel=1e-6, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("method", ["DL", "HE", "PM", "ML", "REML"])
@pytest.mark.parametrize("test", ["z", "knha"])
def test_a_pooled_estimate_agrees_with_metafor_to_nine_digits(metafor, name, method, test):
    data = metafor[name]
    ours = pool(data["yi"], data["vi"], method, TESTS[test])
    tau2, b, se, low, high, p, pi_low, pi_high, i2, q, q_p, *_ = data[f"{method} {test}"]
    # metafor stops ML and REML when tau2 moves less than 1e-13; a flat top leaves about 1e-9 of tau2 open.
    assert ours.tau2 == pytest.approx(tau2, rel=1e-8, abs=1e-12)
    assert [ours.mu, ours.se, *ours.ci, ours.p] == pytest.approx([b, se, low, high, p], rel=1e-9, abs=1e-12)
    assert [*ours.pi, ours.q, ours.q_p] == pytest.approx([pi_low, pi_high, q, q_p], rel=1e-9, abs=1e-12)
    assert ours.i2 == pytest.approx(i2, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_the_q_profile_interval_agrees_with_metafor(metafor, name):
    data = metafor[name]
    *_, low, high = data["REML z"]
    assert pool(data["yi"], data["vi"]).tau2_ci == pytest.approx((low, high), rel=1e-9, abs=1e-11)


def test_the_three_level_model_and_its_robust_errors_agree_with_metafor(metafor):
    data = metafor["konstantopoulos2011"]
    school = list(zip(data["district"], data["school"], strict=True))
    ours = multilevel.fit(data["yi"], data["vi"], [data["district"], school])
    b, se, s1, s2, height, q = data["fit"]
    # rma.mv's optimiser stops early: its components are good to about 1e-7, what depends on them to 1e-8.
    assert [ours.b[0], ours.se[0]] == pytest.approx([b, se], rel=1e-7)
    assert list(ours.sigma2) == pytest.approx([s1, s2], rel=1e-6)
    assert ours.log_likelihood >= height - 1e-10
    assert [ours.log_likelihood, ours.q] == pytest.approx([height, q], rel=1e-9)
    cr2 = multilevel.robust(ours, data["district"])
    assert [cr2.se[0], cr2.df[0], cr2.p[0]] == pytest.approx(data["robust"], rel=1e-6)


def test_meta_regression_agrees_with_metafor(metafor):
    data = metafor["regression"]
    X = np.column_stack([np.ones(13), data["ablat"]])
    ours = multilevel.meta_regression(data["yi"], data["vi"], X, covariates=1)
    found = [ours.sigma2[0], *ours.b, *ours.se]
    assert found == pytest.approx(data["fit"], rel=1e-8)


def _bcg_pool(data):
    results = [
        StudyResult(str(i), "o", y, v, "yes") for i, (y, v) in enumerate(zip(data["yi"], data["vi"], strict=True))
    ]
    return pool_group(results, Settings())


def test_meta_regression_as_the_plan_asks_for_it_agrees_with_metafors_knapp_hartung(metafor):
    data, peer = metafor["regression"], metafor["regression_knha"]
    found = regress(_bcg_pool(data), ["latitude"], lambda study, _: data["ablat"][int(study)], Settings())
    assert (found.refused, found.studies, found.df) == ("", 13, 11)
    for i, line in enumerate(found.coefficients):
        assert [line.b, line.se, line.low, line.high, line.p] == pytest.approx(
            [peer[name][i] for name in ("b", "se", "low", "high", "p")], rel=1e-7
        )
