"""Groups that do not nest (a person who changes team, crossed effects): statsmodels, slower, and said so."""

from __future__ import annotations

import warnings as python_warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from kring.evaluation.mixed_model.design import Design, ModelError
from kring.evaluation.mixed_model.fitted import Fit, VarianceComponent

MOST_ROWS = 20_000  # its matrices grow with rows times groups
MOST_LABELS = 2_000


def fit_crossed(design: Design, method: str, reason: str) -> Fit:
    """Independent random intercepts of every group, crossed or not, by statsmodels' MixedLM."""
    from scipy import sparse
    from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec

    labels = sum(len(values) for values in design.labels.values())
    if len(design.M) > MOST_ROWS or labels > MOST_LABELS:
        raise ModelError(
            f"{reason} For {len(design.M)} rows and {labels} groups this is beyond the general method: give each "
            "person the team of the start of care, or make every stay in a team a person of its own."
        )
    if max(design.kinds) > 1:
        raise ModelError(f"{reason} Random slopes need groups that nest; leave the slope out.")
    p = design.p
    names = [name for name, _ in design.groups]
    dummies = [sparse.csr_matrix((np.ones(len(c)), (np.arange(len(c)), c))) for _, c in design.groups]
    spec = VCSpec(names, [[[str(x) for x in design.labels[n]]] for n in names], [[d.toarray()] for d in dummies])
    one_group = np.zeros(len(design.M))
    model = MixedLM(design.M[:, p] + design.centre, design.M[:, :p], one_group, exog_re=None, exog_vc=spec)
    with python_warnings.catch_warnings(record=True) as caught:
        python_warnings.simplefilter("always")
        result = model.fit(reml=method == "REML", method=["lbfgs", "bfgs"])
    said = [reason, "Fitted by statsmodels: degrees of freedom are rows less coefficients, which is too many."]
    said += sorted({str(w.message) for w in caught if "boundary" in str(w.message)})
    return _as_fit(result, design, method, said, names)


def _as_fit(result: Any, design: Design, method: str, said: Sequence[str], names: Sequence[str]) -> Fit:
    p, sigma2 = design.p, float(result.scale)
    vc = tuple(
        VarianceComponent(name, "intercept", float(v), float(v) / sigma2, bool(v < 1e-6 * sigma2))
        for name, v in zip(names, result.vcomp, strict=True)
    )
    return Fit(
        formula=design.formula, outcome=design.outcome, method=method, names=design.names,
        beta=np.asarray(result.fe_params), cov=np.asarray(result.cov_params())[:p, :p], vc=vc, sigma2=sigma2,
        loglik=float(result.llf), nobs=len(design.M), dropped=design.dropped,
        ngroups={name: len(design.labels[name]) for name in reversed(names)}, converged=bool(result.converged),
        evaluations=0, warnings=tuple(said), engine="statsmodels",
    )  # fmt: skip
