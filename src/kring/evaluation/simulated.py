"""A simulated trial with the shape of the resource-group trial and a truth that is known, for the demo and the tests.

Taken from the published trial (Tjaden et al. 2021, JAMA Psychiatry, doi
10.1001/jamapsychiatry.2021.2880): 20 teams of 2 to 18 persons in 9 centres, 158 persons (80 and 78), 0, 9
and 18 months, a standardised effect of 0.54. Everything else (means, SDs, variances, loss to follow-up,
secondary measures) is assumed here and says nothing about the trial.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

TEAM_SIZES = (2, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 8, 9, 10, 10, 11, 12, 15, 18)
CENTRES = (0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8)
OCCASIONS = ("0", "9", "18")
ASSUMED = "aanname / assumption"


@dataclass(frozen=True)
class Truth:
    """What is put into one measure. `d` is the difference in change over 18 months in SDs of the start."""

    code: str
    title: dict[str, str]
    low: float
    high: float
    better: str
    mean: float
    sd: float
    d: float
    drift: float  # change of the reference arm over 18 months, in SDs, towards better
    steps: int  # a score is a multiple of the range over this

    @property
    def sign(self) -> int:
        return 1 if self.better == "higher" else -1

    @property
    def effect(self) -> float:
        """Difference in change at 18 months in score points."""
        return self.sign * self.d * self.sd


MEASURES = (
    Truth("EMP", {"nl": "Eigen kracht", "en": "Empowerment"}, 1, 5, "higher", 3.3, 0.55, 0.54, 0.10, 160),
    Truth("QOL", {"nl": "Kwaliteit van leven", "en": "Quality of life"}, 1, 7, "higher", 4.4, 0.9, 0.35, 0.10, 72),
    Truth("LIM", {"nl": "Beperkingen", "en": "Limitations"}, 0, 48, "lower", 18.0, 6.0, 0.30, 0.15, 48),
)
SHARES = {"institution": 0.02, "team": 0.04, "person": 0.54, "residual": 0.40}
REASONS = {
    "moved": {"nl": "verhuisd of andere zorg", "en": "moved or other care"},
    "declined": {"nl": "wilde niet meten", "en": "did not want to be measured"},
    "no_contact": {"nl": "niet bereikt", "en": "could not be reached"},
}


def simulate(seed: int = 1) -> pl.DataFrame:
    """The outcome table: 158 persons × 3 occasions × 3 measures, scores lost at random given what was seen."""
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(20), TEAM_SIZES)
    n = len(team)
    treated = _allocated(team, rng)
    age, gender = (
        np.clip(rng.normal(40, 12, n), 18, 65).round(),
        rng.choice(["man", "woman", "other"], n, p=[0.58, 0.40, 0.02]),
    )
    scores = {truth.code: _scores(truth, team, treated, rng) for truth in MEASURES}
    seen = _seen(scores["EMP"], treated, rng)
    reasons = rng.choice(list(REASONS), (n, 3), p=[0.25, 0.45, 0.30])
    frames = [
        pl.DataFrame(
            {
                "person": [f"P{i + 1:03}" for i in range(n)],
                "team": [f"T{j + 1:02}" for j in team],
                "institution": [f"C{CENTRES[j] + 1}" for j in team],
                "arm": np.where(treated, "RG", "FACT"),
                "occasion": [occasion] * n,
                "measure": [truth.code] * n,
                "score": np.where(seen[:, t], scores[truth.code][:, t], np.nan),
                "missing_reason": pl.Series(
                    [None if s else r for s, r in zip(seen[:, t], reasons[:, t], strict=True)], dtype=pl.String
                ),
                "age": age,
                "gender": gender,
            }
        )
        for truth in MEASURES
        for t, occasion in enumerate(OCCASIONS)
    ]
    table = pl.concat(frames).with_columns(pl.col("score").fill_nan(None), pl.col("age").cast(pl.Int64))
    order = {code: i for i, code in enumerate(OCCASIONS)}
    return table.sort("measure", "person", pl.col("occasion").replace_strict(order), maintain_order=True)


def _allocated(team: Integers, rng: np.random.Generator) -> Flags:
    """80 of 158 to the resource group, balanced within teams as far as their sizes allow."""
    order = np.lexsort((rng.random(len(team)), team))
    treated = np.zeros(len(team), dtype=bool)
    treated[order[::2]] = True
    extra = rng.choice(np.flatnonzero(~treated), 80 - int(treated.sum()), replace=False)
    treated[extra] = True
    return treated


def _scores(
    truth: Truth,
    team: Integers,
    treated: Flags,
    rng: np.random.Generator,
) -> Floats:
    """Scores (persons × occasions) from the nested model, rounded to the measure's own steps."""
    n = len(team)
    part = {name: np.sqrt(share) * truth.sd for name, share in SHARES.items()}
    centre = np.array(CENTRES)[team]
    base = truth.mean + part["institution"] * rng.normal(size=9)[centre] + part["team"] * rng.normal(size=20)[team]
    base = base + part["person"] * rng.normal(size=n)
    time = np.array([0.0, 0.5, 1.0])
    slope = truth.sign * truth.drift * truth.sd + truth.effect * treated
    latent = base[:, None] + slope[:, None] * time + part["residual"] * rng.normal(size=(n, 3))
    step = (truth.high - truth.low) / truth.steps
    grid = truth.low + step * np.round((latent - truth.low) / step)
    return np.asarray(np.clip(grid, truth.low, truth.high).round(4))


def _seen(
    scores: Floats,
    treated: Flags,
    rng: np.random.Generator,
) -> Flags:
    """Which scores were measured: losing a person depends on their last seen score and arm (missing at random)."""
    seen = np.ones(scores.shape, dtype=bool)
    z = (scores - scores.mean(axis=0)) / scores.std(axis=0)
    for t, rate in ((1, -1.7), (2, -1.5)):
        last = np.where(seen[:, t - 1], z[:, t - 1], z[:, 0])
        chance = 1 / (1 + np.exp(-(rate - 0.5 * last - 0.3 * treated + 1.8 * ~seen[:, t - 1])))
        seen[:, t] = rng.random(len(scores)) > chance
    return seen


def dictionary() -> dict[str, Any]:
    """The dictionary of a simulated table."""
    measures = [
        {
            "code": truth.code,
            "title": {
                lang: f"{text} ({'nagebootst' if lang == 'nl' else 'simulated'})" for lang, text in truth.title.items()
            },
            "range": [truth.low, truth.high],
            "better": truth.better,
            "rated_by": "client",
            "reliability": {"value": 0.9, "kind": "alpha", "source": ASSUMED},
            "norms": {
                "clinical": {"mean": truth.mean, "sd": truth.sd, "source": ASSUMED},
                "general": {"mean": truth.mean + truth.sign * 1.5 * truth.sd, "sd": truth.sd, "source": ASSUMED},
            },
        }
        for truth in MEASURES
    ]
    return {
        "format": "kring-outcome-table",
        "version": 1,
        "title": {
            "nl": "Nagebootste tabel, in de vorm van de resourcegroepentrial",
            "en": "Simulated table, shaped like the resource-group trial",
        },
        "source": "kring evaluate demo",
        "simulated": True,
        "allocation": "person",
        "arms": [
            {"code": "RG", "label": {"nl": "FACT met resourcegroep", "en": "FACT with resource group"}},
            {"code": "FACT", "label": {"nl": "FACT zoals gewoonlijk", "en": "FACT as usual"}, "reference": True},
        ],
        "occasions": [
            {"code": code, "months": int(code), "label": {"nl": "start", "en": "start"}}
            if code == "0"
            else {"code": code, "months": int(code), "label": {"nl": f"{code} maanden", "en": f"{code} months"}}
            for code in OCCASIONS
        ],
        "measures": measures,
        "covariates": [
            {"name": "age", "type": "number", "level": "person", "range": [18, 110],
             "label": {"nl": "Leeftijd (jaar)", "en": "Age (years)"}},
            {"name": "gender", "type": "category", "level": "person", "label": {"nl": "Geslacht", "en": "Gender"},
             "categories": [{"code": "man", "label": {"nl": "man", "en": "man"}},
                            {"code": "woman", "label": {"nl": "vrouw", "en": "woman"}},
                            {"code": "other", "label": {"nl": "anders", "en": "other"}}]},
        ],
        "missing_reasons": [{"code": code, "label": label} for code, label in REASONS.items()],
    }  # fmt: skip


PROTOCOL = """\
format = "kring-protocol"
version = 1
title = { nl = "Demo: een nagebootste trial van resourcegroepen", en = "Demo: a simulated trial of resource groups" }

[outcome]
primary = "EMP"
secondary = ["QOL", "LIM"]

[model]
fixed = "arm * months"                       # treatment x time, as in the trial
groups = ["institution", "team", "person"]   # person in team in centre
method = "REML"
df = "satterthwaite"

[[contrasts]]
name = "change_18"
label = { nl = "Verschil in verandering na 18 maanden", en = "Difference in change at 18 months" }
arm = "RG"
occasion = "18"
minus_occasion = "0"

[[contrasts]]
name = "at_18"
label = { nl = "Verschil op 18 maanden", en = "Difference at 18 months" }
arm = "RG"
occasion = "18"

[effect_size]
divide_by = "baseline_sd"

[missing]
imputations = 20
deltas = [-0.6, -0.5, -0.4, -0.3, -0.2, -0.1, 0.0]
seed = 2021

[change]
from = "0"
to = "18"

[teams]
adjust = ["age"]

[disclosure]
threshold = 10
"""
