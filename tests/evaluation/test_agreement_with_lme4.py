"""Estimates, standard errors and degrees of freedom agree with lme4, lmerTest and pbkrtest.

lme4's default tolerance leaves variance components off by about 3e-6, so it runs with tight tolerances; what
remains is its optimiser's. lmerTest differentiates numerically (Richardson), which costs it digits.
"""

import numpy as np
import pytest

from kring.evaluation.mixed_model import fit
from tests.evaluation.peers_in_r import lmer


def component(found, group, name="intercept"):
    return next(c.estimate for c in found.vc if c.group == group and c.name == name)


def agree(ours, theirs, groups, *, loglik=1e-6, beta=1e-6, vc=1e-5, satterthwaite=1e-4, kr=1e-5):
    above = ours.loglik - theirs["loglik"][0]
    assert -1e-9 * abs(ours.loglik) < above < loglik, "our optimum is lower, or suspiciously higher"
    scale = np.abs(theirs["beta"]).max()
    np.testing.assert_allclose(ours.beta, theirs["beta"], rtol=beta, atol=beta * scale)
    np.testing.assert_allclose(ours.se, theirs["se"], rtol=vc)
    np.testing.assert_allclose(ours.sigma2, theirs["sigma2"][0], rtol=vc)
    for group, key in groups.items():
        np.testing.assert_allclose(component(ours, group), theirs[f"vc:{key}"][0], rtol=vc, atol=vc * ours.sigma2)
    np.testing.assert_allclose(ours.df_satterthwaite, theirs["satterthwaite"], rtol=satterthwaite)
    if "kr_df" in theirs:
        np.testing.assert_allclose(ours.df_kenward_roger, theirs["kr_df"], rtol=kr)
        np.testing.assert_allclose(ours.se_kenward_roger, theirs["kr_se"], rtol=kr)
    if "kr_f" in theirs:
        p = len(ours.beta)
        kr_f = ours.f_test(np.eye(p)[1:], df="kenward-roger")
        np.testing.assert_allclose((kr_f.statistic, kr_f.df_num, kr_f.df_den), theirs["kr_f"][:3], rtol=kr)
        satt = ours.f_test(np.eye(p)[1:])
        np.testing.assert_allclose((satt.statistic, satt.df_den), theirs["satt_f"][[0, 2]], rtol=satterthwaite)


def test_sleepstudy_with_a_random_intercept(tmp_path):
    theirs = lmer(tmp_path, "Reaction ~ Days + (1|Subject)", dataset=("sleepstudy", "lme4"))
    ours = fit(theirs["table"], "Reaction ~ Days", ("Subject",))
    agree(ours, theirs, {"Subject": "Subject"})


@pytest.mark.parametrize("reml", [True, False])
def test_sleepstudy_with_a_random_slope(tmp_path, reml):
    theirs = lmer(tmp_path, "Reaction ~ Days + (Days|Subject)", dataset=("sleepstudy", "lme4"), reml=reml)
    ours = fit(theirs["table"], "Reaction ~ Days", ("Subject",), {"Subject": "Days"}, method="REML" if reml else "ML")
    agree(ours, theirs, {"Subject": "Subject"}, satterthwaite=1e-4)
    covariance = theirs["vc:Subject"]
    np.testing.assert_allclose(component(ours, "Subject", "covariance"), covariance[1], rtol=1e-4)
    np.testing.assert_allclose(component(ours, "Subject", "slope of Days"), covariance[3], rtol=1e-5)


def test_pastes_three_levels_of_nesting(tmp_path):
    theirs = lmer(tmp_path, "strength ~ 1 + (1|batch/sample)", dataset=("Pastes", "lme4"))
    ours = fit(theirs["table"], "strength ~ 1", ("batch", "sample"))
    # sample is labelled by batch:cask in this data set, so it nests as it stands
    agree(ours, theirs, {"batch": "batch", "sample": "sample:batch"})


def test_dyestuff2_variance_on_the_boundary(tmp_path):
    theirs = lmer(tmp_path, "Yield ~ 1 + (1|Batch)", dataset=("Dyestuff2", "lme4"))
    ours = fit(theirs["table"], "Yield ~ 1", ("Batch",))
    assert ours.boundary == {"Batch: intercept": True}
    assert component(ours, "Batch") == 0.0
    np.testing.assert_allclose(ours.loglik, theirs["loglik"][0], atol=1e-8)
    np.testing.assert_allclose(ours.beta, theirs["beta"], rtol=1e-9)
    np.testing.assert_allclose(ours.df_satterthwaite, theirs["satterthwaite"], rtol=1e-4)
    np.testing.assert_allclose(ours.df_kenward_roger, theirs["kr_df"], rtol=1e-5)


def test_penicillin_samples_alone(tmp_path):
    theirs = lmer(tmp_path, "diameter ~ plate + (1|sample)", dataset=("Penicillin", "lme4"))
    ours = fit(theirs["table"], "diameter ~ plate", ("sample",))
    agree(ours, theirs, {"sample": "sample"})
