"""What would earlier trials have been able to see? The smallest detectable effect over a stated range of ICCs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from kring.evaluation.power.analytic import smallest_detectable
from kring.evaluation.power.design import TrialDesign

TRIALS = Path(__file__).with_name("designs") / "trials.toml"


@dataclass(frozen=True)
class Detectable:
    """One trial: the smallest d found with the wanted power for each ICC and drift, or what is missing to tell."""

    label: str
    source: str
    by_icc: dict[float, float]
    missing: str
    power: float


def detectable(path: Path = TRIALS) -> list[Detectable]:
    """For each trial of the file; known variances, nobody lost, so real trials saw less than this."""
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    assumed = words["assumed"]
    found = []
    for trial in words["trial"]:
        missing = trial.get("missing", "")
        pairs = [] if missing else zip(assumed["icc_team"], assumed["team_time_sd"], strict=True)
        by_icc = {icc: _smallest(trial, icc, drift, assumed) for icc, drift in pairs}
        found.append(Detectable(trial["label"], trial["source"], by_icc, missing, assumed["power"]))
    return found


def _smallest(trial: dict[str, object], icc: float, drift: float, assumed: dict[str, float]) -> float:
    wedge = trial["kind"] == "stepped-wedge"
    teams, persons = int(str(trial["teams"])), float(str(trial["persons"]))
    design = TrialDesign(
        kind=str(trial["kind"]),
        teams=teams,
        persons_per_team=persons / teams,
        occasions=tuple(trial["occasions"]),  # type: ignore[arg-type]
        new_persons=bool(trial.get("new_persons", False)),
        steps=int(str(trial.get("steps", 0))),
        course="step" if wedge else "linear",
        icc_team=icc,
        correlation=assumed["correlation"],
        team_time_sd=0.0 if wedge else drift,
    )
    return smallest_detectable(design, assumed["power"])
