"""Simulated routine measurements of one institution: persons at start and after six months, quarter by quarter.

For the demo of funnel plots and control charts. Three things are put in, and nothing else: team T02 changes
less than the others from the first quarter on, team T04 changes more from the ninth quarter on, and in team T03
crisis contacts double from the ninth quarter on. All figures are assumed.
"""

from typing import Any

import numpy as np
import polars as pl

from kring.evaluation.simulated import ASSUMED

QUARTERS = 16
PER_QUARTER = (16, 20, 14, 18, 17, 15, 3, 4, 2, 5, 3, 6)  # persons who end in a quarter, per team
WORSE, BETTER, FROM = 1, 3, 9  # T02; T04; the quarter from which T04 differs
CRISES, OFTEN = 0.9, 2  # crisis contacts a person in half a year; T03 has as many times that from the same quarter
SD, CHANGE, SHIFT = 0.55, 0.15, 0.30  # of the score; everybody's mean change; what is put in


def simulate(seed: int = 1) -> pl.DataFrame:
    """The outcome table: two rows per person, 12% of the second scores missing at random."""
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(len(PER_QUARTER)), [n * QUARTERS for n in PER_QUARTER])
    quarter = np.concatenate([np.repeat(np.arange(1, QUARTERS + 1), n) for n in PER_QUARTER])
    n = len(team)
    base = 3.2 + 0.1 * rng.normal(size=len(PER_QUARTER))[team] + 0.7 * SD * rng.normal(size=n)
    change = CHANGE - SHIFT * (team == WORSE) + SHIFT * ((team == BETTER) & (quarter >= FROM))
    noise = 0.55 * SD * rng.normal(size=(n, 2))
    scores = np.clip(base[:, None] + np.column_stack([np.zeros(n), change]) + noise, 1, 5).round(2)
    scores[rng.random(n) < 0.12, 1] = np.nan
    age = np.clip(rng.normal(42, 13, n), 18, 90).round().astype(np.int64)
    frames = [
        pl.DataFrame(
            {
                "person": [f"R{i + 1:04}" for i in range(n)],
                "team": [f"T{j + 1:02}" for j in team],
                "arm": ["care"] * n,
                "occasion": [code] * n,
                "period": quarter,
                "measure": ["EMP"] * n,
                "score": scores[:, t],
                "age": age,
            }
        )
        for t, code in enumerate(("0", "6"))
    ]
    contacts = rng.poisson(CRISES * np.where((team == OFTEN) & (quarter >= FROM), 2.0, 1.0))
    crises = frames[1].with_columns(measure=pl.lit("CRI"), score=pl.Series(contacts.astype(float)))
    whole = pl.concat([*frames, crises]).with_columns(pl.col("score").fill_nan(None))
    return whole.sort("person", "occasion", "measure")


def dictionary() -> dict[str, Any]:
    """The dictionary of the simulated table."""
    return {
        "format": "kring-outcome-table",
        "version": 1,
        "title": {"nl": "Nagebootste metingen van twaalf teams", "en": "Simulated measurements of twelve teams"},
        "source": "kring evaluate demo --routine",
        "simulated": True,
        "allocation": "none",
        "arms": [{"code": "care", "label": {"nl": "zorg zoals gegeven", "en": "care as given"}}],
        "occasions": [
            {"code": "0", "months": 0, "label": {"nl": "start", "en": "start"}},
            {"code": "6", "months": 6, "label": {"nl": "6 maanden", "en": "6 months"}},
        ],
        "measures": [
            {
                "code": "EMP",
                "title": {"nl": "Eigen kracht (nagebootst)", "en": "Empowerment (simulated)"},
                "range": [1, 5],
                "better": "higher",
                "rated_by": "client",
                "reliability": {"value": 0.9, "kind": "alpha", "source": ASSUMED},
            },
            {
                "code": "CRI",
                "title": {"nl": "Crisiscontacten (nagebootst)", "en": "Crisis contacts (simulated)"},
                "kind": "count",
                "range": [0, 50],
                "better": "lower",
            },
        ],
        "covariates": [
            {
                "name": "age",
                "type": "number",
                "level": "person",
                "range": [18, 110],
                "label": {"nl": "Leeftijd (jaar)", "en": "Age (years)"},
            }
        ],
    }


PROTOCOL = """\
format = "kring-protocol"
version = 1
title = { nl = "Demo: nagebootste metingen van twaalf teams", en = "Demo: simulated measurements of twelve teams" }

[outcome]
primary = "EMP"

[model]
fixed = "months"
groups = ["team", "person"]

[[contrasts]]
name = "per_month"
label = { nl = "Verandering per maand", en = "Change per month" }
coefficient = "months"

[missing]
imputations = 0

[change]
from = "0"
to = "6"

[teams]
adjust = ["age"]
"""
