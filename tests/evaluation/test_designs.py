"""Other designs than two arms: a stepped wedge by exposure, whole teams allocated, three arms, staff."""

import json

import numpy as np
import polars as pl
import pytest

from kring.evaluation.run import run

TRUTH = 0.4


def dictionary(**changes):
    about = {
        "format": "kring-outcome-table",
        "version": 1,
        "title": "Simulated",
        "simulated": True,
        "allocation": "team",
        "occasions": [{"code": str(t), "months": 6 * t, "label": f"month {6 * t}"} for t in range(4)],
        "measures": [{"code": "E", "title": "E", "range": [-20, 20], "better": "higher"}],
    }
    return about | changes


def protocol(fixed, contrast, more=""):
    return f"""
format = "kring-protocol"
version = 1
title = "Simulated"
[outcome]
primary = "E"
[model]
fixed = "{fixed}"
groups = ["team", "person"]
[[contrasts]]
name = "effect"
label = "Effect"
{contrast}
[missing]
imputations = 2
deltas = [-0.2]
[change]
from = "0"
to = "3"
{more}
"""


def people(rng, teams=12, each=15):
    """Persons × occasions with team and person effects, a quarter of the later scores lost."""
    frame = pl.DataFrame({"team": np.repeat(np.arange(teams), each)}).with_row_index("person")
    person = rng.normal(size=frame.height) * 0.6 + (rng.normal(size=teams) * 0.2)[frame["team"].to_numpy()]
    frames = [
        frame.with_columns(occasion=pl.lit(t), score=pl.Series(person + 0.1 * t + rng.normal(size=frame.height) * 0.5),
                           lost=pl.Series(rng.random(frame.height) < 0.25 * (t > 0)))
        for t in range(4)
    ]  # fmt: skip
    return pl.concat(frames)


def report(folder, frame, about, text):
    """Write the three files and run; returns the numbers."""
    columns = [pl.format("p{}", "person").alias("person"), pl.format("t{}", "team").alias("team"), "occasion"]
    columns += [name for name in ("arm", "exposure") if name in frame.columns]
    score = pl.when("lost").then(None).otherwise(pl.col("score").round(3)).alias("score")
    frame.select(*columns, pl.lit("E").alias("measure"), score).write_csv(folder / "t.csv")
    (folder / "t.dictionary.json").write_text(json.dumps(about))
    (folder / "p.toml").write_text(text)
    return run(folder / "t.csv", folder / "p.toml", folder / "out", quiet=True)


def test_a_stepped_wedge_is_analysed_by_its_exposure(tmp_path):
    frame = people(np.random.default_rng(4))
    frame = frame.with_columns(exposure=(pl.col("occasion") > pl.col("team") % 3).cast(pl.Int8))
    frame = frame.with_columns(score=pl.col("score") + TRUTH * pl.col("exposure"))
    found = report(tmp_path, frame, dictionary(), protocol("occasion + exposure", 'coefficient = "exposure"'))
    row = found["measures"][0]["contrasts"][0]
    assert row["low"] <= TRUTH <= row["high"]
    assert row["favours"] == "arm"
    assert found["measures"][0]["means"] == []
    imputed = next(r for r in found["what_if"]["rows"] if r["delta"] == 0)
    assert imputed["estimate"] == pytest.approx(row["estimate"], abs=0.15)
    html = (tmp_path / "out" / "report.en.html").read_text()
    assert "The figures point to a better result (Effect)." in html
    assert "Whole teams were allocated." in html


def test_whole_teams_without_a_change_of_their_own_is_warned_of(tmp_path):
    frame = people(np.random.default_rng(5))
    frame = frame.with_columns(arm=pl.when(pl.col("team") % 2 == 0).then(pl.lit("A")).otherwise(pl.lit("B")))
    arms = [{"code": "A", "label": "A"}, {"code": "B", "label": "B", "reference": True}]
    asked = 'arm = "A"\noccasion = "3"\nminus_occasion = "0"'
    report(tmp_path, frame, dictionary(arms=arms), protocol("arm * months", asked))
    html = (tmp_path / "out" / "report.en.html").read_text()
    assert "The model gives teams no change of their own over time." in html
    assert "With a random slope of time per team" in html


def test_three_arms_and_staff_and_a_lower_better_score(tmp_path):
    frame = people(np.random.default_rng(6)).with_columns(
        arm=pl.col("team").replace_strict({t: "ABC"[t % 3] for t in range(12)}, return_dtype=pl.String)
    )
    gain = pl.when(pl.col("arm") == "A").then(-TRUTH * pl.col("occasion")).otherwise(0.0)
    arms = [{"code": code, "label": f"arm {code}", "reference": code == "C"} for code in "ABC"]
    measures = [dictionary()["measures"][0] | {"better": "lower"}]
    about = dictionary(arms=arms, measures=measures, unit="staff")
    asked = 'arm = "A"\noccasion = "3"\nminus_occasion = "0"'
    found = report(tmp_path, frame.with_columns(score=pl.col("score") + gain), about, protocol("arm * occasion", asked))
    row = found["measures"][0]["contrasts"][0]
    assert row["low"] <= -3 * TRUTH <= row["high"]
    assert row["favours"] == "arm"
    assert [arm["code"] for arm in found["arms"]] == ["A", "B", "C"]
    results = (tmp_path / "out" / "evidence" / "outcomes.csv").read_text()
    assert ",staff," in results
