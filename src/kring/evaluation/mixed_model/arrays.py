"""Fit arrays as they lie in memory, without a table or a formula: for registries and for other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kring.evaluation.mixed_model.design import Design, ModelError
from kring.evaluation.mixed_model.estimate import fit_sums, rough_start, sums_of_columns
from kring.evaluation.mixed_model.fitted import Fit
from kring.evaluation.mixed_model.sums import Columns

Codes = NDArray[np.int64]
Array = NDArray[Any]


def fit_arrays(
    outcome: Array,
    terms: Mapping[str, Sequence[Array]],
    groups: Mapping[str, Codes],
    slopes: Sequence[str] = (),
    time: Array | None = None,
    method: str = "REML",
) -> Fit:
    """Fit y = Σ terms + nested random effects.

    terms: name to the arrays whose product is the column; () is the intercept, which must be called "Intercept".
    groups: name to codes 0.. per row, innermost first; rows sorted by team and person are fastest, any order works.
    slopes: the groups that get a random slope of `time`. Arrays may be of any numeric type; none may be missing.
    """
    m_terms: list[Sequence[Array]] = [*terms.values(), (outcome,)]
    centre = float(np.round(np.mean(outcome[:1000]))) if "Intercept" in terms else 0.0
    centres = [0.0] * len(terms) + [centre]
    z = []
    random: list[Sequence[Array]] = [()] if time is None or not slopes else [(), (time,)]
    for wanted in random:
        place = next((i for i, term in enumerate(m_terms) if _same(term, wanted)), None)
        if place is None:
            place = len(m_terms)
            m_terms.append(wanted)
            centres.append(0.0)
        z.append(place)
    unknown = [name for name in slopes if name not in groups]
    if unknown or (slopes and time is None):
        raise ModelError(f"Slopes need `time` and groups that are given; unknown: {unknown}.")
    kinds = [2 if name in slopes else 1 for name in groups] + [0] * (3 - len(groups))
    design = Design(
        M=np.zeros((0, len(m_terms))), names=tuple(terms), outcome="outcome", z=tuple(z), groups=tuple(groups.items()),
        labels={name: range(int(codes.max()) + 1) for name, codes in groups.items()},
        kinds=(kinds[0], kinds[1], kinds[2]), centre=centre, formula="arrays", slope="time" if slopes else None,
    )  # fmt: skip
    rows = len(outcome)
    if any(len(array) != rows for array in [*groups.values(), *(array for term in m_terms for array in term)]):
        raise ModelError(f"Terms and groups need one number for each of the {rows} outcomes.")
    columns = Columns(m_terms, tuple(centres))
    return fit_sums(sums_of_columns(columns, design), design, method, rough_start(columns, design, method))


def _same(term: Sequence[Any], wanted: Sequence[Any]) -> bool:
    return len(term) == len(wanted) and all(a is b for a, b in zip(term, wanted, strict=True))
