"""The figures of the report, each from results and words alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from kring.evaluation.report.drawing import WIDTH, Figure, Scale, padded, ticks
from kring.evaluation.report.words import Words
from kring.evaluation.routine.reliable_change import CLASSES

Row = dict[str, Any]
LEFT, RIGHT = 52, WIDTH - 14


def trajectory(measure: Row, arms: Sequence[Row], w: Words, confidence: str) -> Figure:
    """Observed means as points, the model's means as lines with their band; labels at the line's end."""
    means, seen = measure["means"], [row for row in measure["trajectories"] if row["observed"]]
    values = [row[key] for row in means for key in ("low", "high")] + [row["observed"]["mean"] for row in seen]
    lines = " ".join(_spoken(arm, measure, w) for arm in arms)
    figure = Figure(
        f"course-{measure['measure']}",
        w("course.title", measure=measure["title"]),
        w("course.description", lines=lines, confidence=confidence),
        330,
        w.short,
    )
    months = sorted({row["months"] for row in measure["trajectories"]})
    x = Scale(months[0], months[-1], LEFT + 8, RIGHT - 8)
    y = Scale(*padded(values, 0.1), 262, 46)
    figure.y_axis(y, LEFT, RIGHT)
    figure.x_axis(x, 270, w("course.months"), months)
    at = {row["occasion"]: row["months"] for row in measure["trajectories"]}
    for i, arm in enumerate(arms):
        _course_of(figure, [r for r in means if r["arm"] == arm["code"]], at, x, y, i)
        for row in seen:
            if row["arm"] == arm["code"]:
                figure.mark(x(row["months"]), y(row["observed"]["mean"]), f"f{i % 3}", i % 3)
        figure.mark(LEFT + 8, 14 + 18 * i, f"f{i % 3}", i % 3)
        figure.text(LEFT + 20, 19 + 18 * i, arm["label"])
    return figure


def _course_of(figure: Figure, rows: list[Row], at: dict[str, float], x: Scale, y: Scale, i: int) -> None:
    rows = sorted(rows, key=lambda row: at[row["occasion"]])
    places = [x(at[row["occasion"]]) for row in rows]
    high = [(p, y(row["high"])) for p, row in zip(places, rows, strict=True)]
    low = [(p, y(row["low"])) for p, row in zip(places, rows, strict=True)]
    figure.area(high, low, f"band f{i % 3}")
    dash = " dash" if i % 2 else ""
    figure.line([(p, y(row["mean"])) for p, row in zip(places, rows, strict=True)], f"line s{i % 3}{dash}")


def _spoken(arm: Row, measure: Row, w: Words) -> str:
    values = ", ".join(
        f"{row['label']} {w.number(row['observed']['mean'])}"
        if row["observed"]
        else f"{row['label']} {w('number.hidden')}"
        for row in measure["trajectories"]
        if row["arm"] == arm["code"]
    )
    return w("course.line", arm=arm["label"], values=values)


def forest(rows: list[Row], w: Words) -> Figure:
    """Effect sizes with intervals; right is better."""
    spoken = " ".join(
        w("result.forest_line", measure=r["measure"], question=r["question"], d=w.number(r["d"]),
          interval=w.interval(r["low"], r["high"])) for r in rows
    )  # fmt: skip
    step = 62
    figure = Figure(
        "forest", w("result.forest_title"), w("result.forest_description", lines=spoken), step * len(rows) + 70, w.short
    )
    low, high = padded([0.0, *(r["low"] for r in rows), *(r["high"] for r in rows)])
    x = Scale(low, high, 12, RIGHT - 2)
    bottom = step * len(rows) + 16
    for value in ticks(low, high):
        figure.line([(x(value), 8), (x(value), bottom)], "grid")
    figure.line([(x(0), 8), (x(0), bottom)], "zero")
    for i, row in enumerate(rows):
        y = 46 + step * i
        figure.text(12, y - 29, row["measure"], "small bold halo" if row["primary"] else "small halo")
        figure.text(12, y - 13, row["question"], "small soft halo")
        figure.line([(x(row["low"]), y), (x(row["high"]), y)], "line s0" if row["primary"] else "thin s0")
        figure.mark(x(row["d"]), y, "f0", 1 if row["primary"] else 0)
    figure.x_axis(x, bottom, w("result.forest_axis"))
    return figure


def normal_plot(checks: Row, w: Words) -> Figure:
    """Binned residuals against the normal distribution."""
    points = checks["normal_plot"]
    description = w("checks.residual_description", skew=w.number(checks["skewness"]), kurt=w.number(checks["kurtosis"]))
    figure = Figure("residuals", w("checks.residual_title"), description, 330, w.short)
    low, high = padded([value for point in points for value in point.values()])
    x, y = Scale(low, high, LEFT, RIGHT), Scale(low, high, 270, 28)
    figure.y_axis(y, LEFT, RIGHT)
    figure.x_axis(x, 276, w("checks.expected"))
    figure.y_label(w("checks.found"))
    figure.line([(x(low), y(low)), (x(high), y(high))], "zero")
    for point in points:
        figure.mark(x(point["expected"]), y(point["found"]), "f0", 0, 4)
    return figure


def reliable_bars(persons: Row, arms: Sequence[Row], w: Words) -> Figure | None:
    """Stacked shares of reliable change per group, in the finest classes that may be shown for every group."""
    classes = _finest(persons, arms)
    if not classes:
        return None
    spoken = " ".join(_share_words(persons, arm, classes, w) for arm in arms)
    figure = Figure(
        f"reliable-{persons['measure']}",
        w("persons.title", measure=persons["title"]),
        w("persons.description", lines=spoken),
        62 * len(arms) + 62,
        w.short,
    )
    for i, arm in enumerate(arms):
        counts = [persons["classes"][arm["code"]][kind] for kind in classes]
        figure.text(4, 18 + 62 * i, arm["label"])
        start = 4.0
        for kind, n in zip(classes, counts, strict=True):
            width = (WIDTH - 8) * n / sum(counts)
            figure.rect(start, 26 + 62 * i, width, 26, FILLS[kind])
            start += width
    for j, kind in enumerate(classes):
        column, row = j % 2, j // 2
        figure.rect(4 + 190 * column, 62 * len(arms) + 6 + 24 * row, 14, 14, FILLS[kind])
        figure.text(24 + 190 * column, 62 * len(arms) + 18 + 24 * row, w(f"persons.{kind}"), "small")
    return figure


FILLS = {
    "recovered": "k0",
    "improved": "k1",
    "unchanged": "k2",
    "deteriorated": "k3",
    "better": "k0",
    "not_better": "k2",
}


def _finest(persons: Row, arms: Sequence[Row]) -> tuple[str, ...]:
    """The classes apart, or some joined, or none; nobody is called recovered without a cut-off."""
    choices = [CLASSES, ("recovered", "improved", "not_better"), ("better", "not_better")]
    if persons["yardstick"]["cutoff"] is None:
        choices[:2] = [("improved", "unchanged", "deteriorated")]
    for classes in choices:
        if all(persons["classes"][arm["code"]].get(kind) is not None for arm in arms for kind in classes):
            return classes
    return ()


def _share_words(persons: Row, arm: Row, classes: Sequence[str], w: Words) -> str:
    counts = {kind: persons["classes"][arm["code"]][kind] for kind in classes}
    shares = ", ".join(f"{w(f'persons.{kind}')} {w.percent(n / sum(counts.values()))}" for kind, n in counts.items())
    return f"{arm['label']}: {shares}."


def funnel_plot(teams: Row, w: Words, k: int) -> Figure:
    """Team means against team size with 95% and 99.8% limits; teams carry their code only in the table."""
    shown = teams["shown"]
    outside, outside3 = (sum(abs(team["z"]) > z for team in shown) for z in (1.96, 3.09))
    description = w(
        "teams.description", shown=len(shown), total=teams["total"], k=k, outside=outside, outside3=outside3
    )
    figure = Figure("funnel", w("teams.title"), description, 350, w.short)
    sizes = [team["n"] for team in shown]
    grid = np.linspace(max(1.0, min(sizes) * 0.8), max(sizes) * 1.1 + 1, 60)
    bands = []
    for z in (stats.norm.ppf(0.975), stats.norm.ppf(0.999)):
        width = z * np.sqrt(teams["within_sd"] ** 2 / grid + teams["tau2"])
        bands.append((teams["target"] - width, teams["target"] + width))
    x = Scale(float(grid[0]), float(grid[-1]), LEFT, RIGHT)
    y = Scale(*padded([*(t["mean"] for t in shown), float(bands[1][0][0]), float(bands[1][1][0])]), 280, 28)
    figure.y_axis(y, LEFT, RIGHT)
    figure.x_axis(x, 290, w("teams.size"), whole=True)
    figure.y_label(w("teams.change"))
    for (lower, upper), style in zip(bands, ("thin s1 dash", "thin s1"), strict=True):
        for edge in (lower, upper):
            figure.line([(x(a), y(b)) for a, b in zip(grid.tolist(), edge.tolist(), strict=True)], style)
    figure.line([(x(x.low), y(teams["target"])), (x(x.high), y(teams["target"]))], "zero")
    for team in shown:
        figure.mark(x(team["n"]), y(team["mean"]), "f0")
    figure.text(RIGHT - 2, y(float(bands[0][1][-1])) + 14, "95%", "small", "end")
    figure.text(RIGHT - 2, y(float(bands[1][1][-1])) - 5, "99,8%" if w.language == "nl" else "99.8%", "small", "end")
    return figure


def tipping(rows: list[Row], about: Row, w: Words) -> Figure:
    """The pooled estimate with its interval as the imputed scores are made worse."""
    if not about["holds_at_0"]:
        line = w("what_if.line_none")
    elif about["delta"] is None:
        line = w("what_if.line_holds", delta=w.number(about["tried_to"]))
    else:
        line = w("what_if.line_tips", delta=w.number(about["delta"]))
    figure = Figure("tipping", w("what_if.title"), w("what_if.description", line=line), 310, w.short)
    rows = sorted(rows, key=lambda row: row["delta"])
    x = Scale(*padded([row["delta"] for row in rows], 0.04), LEFT, RIGHT)
    y = Scale(*padded([0.0, *(r["low"] for r in rows), *(r["high"] for r in rows)]), 250, 28)
    figure.y_axis(y, LEFT, RIGHT)
    figure.y_label(w("result.difference"))
    figure.x_axis(x, 256, w("what_if.axis"), [row["delta"] for row in rows] if len(rows) < 9 else None)
    figure.area([(x(r["delta"]), y(r["high"])) for r in rows], [(x(r["delta"]), y(r["low"])) for r in rows], "band f0")
    figure.line([(LEFT, y(0)), (RIGHT, y(0))], "zero")
    figure.line([(x(r["delta"]), y(r["estimate"])) for r in rows], "line s0")
    for row in rows:
        figure.mark(x(row["delta"]), y(row["estimate"]), "f0", 0, 4)
    return figure


def run_chart(name: str, periods: list[int], chart: Row, words: tuple[str, str, str], w: Words) -> Figure:
    """Points over periods with centre and limits; points outside are drawn as triangles. words: title, text, axis."""
    title, description, axis = words
    figure = Figure(name, title, description, 250, w.short)
    figure.y_label(axis)
    lower, upper = (
        chart[key] if isinstance(chart[key], list) else [chart[key]] * len(periods) for key in ("lower", "upper")
    )
    x = Scale(periods[0], periods[-1], LEFT + 6, RIGHT - 6)
    y = Scale(*padded([*chart["values"], *lower, *upper]), 190, 28)
    figure.y_axis(y, LEFT, RIGHT)
    figure.x_axis(x, 198, w("teams.period"), whole=True)
    for edge in (lower, upper):
        figure.line([(x(p), y(v)) for p, v in zip(periods, edge, strict=True)], "thin s1 dash")
    figure.line([(x(periods[0]), y(chart["centre"])), (x(periods[-1]), y(chart["centre"]))], "zero")
    figure.line([(x(p), y(v)) for p, v in zip(periods, chart["values"], strict=True)], "thin s0")
    for i, (p, v) in enumerate(zip(periods, chart["values"], strict=True)):
        out = i in chart["outside"]
        figure.mark(x(p), y(v), "f1" if out else "f0", 2 if out else 0, 6 if out else 4)
    return figure


def cusum_chart(name: str, periods: list[int], chart: Row, words: tuple[str, str, str], w: Words) -> Figure:
    """Both sums against the limit."""
    title, description, _ = words
    figure = Figure(name, title, description, 250, w.short)
    x = Scale(periods[0], periods[-1], LEFT + 6, RIGHT - 6)
    top = max(*chart["better"], *chart["worse"], chart["limit"]) * 1.08
    y = Scale(0, top, 190, 22)
    figure.y_axis(y, LEFT, RIGHT)
    figure.x_axis(x, 198, w("teams.period"), whole=True)
    figure.line([(LEFT, y(chart["limit"])), (RIGHT, y(chart["limit"]))], "thin s1 dash")
    for i, key in enumerate(("better", "worse")):
        figure.line(
            [(x(p), y(v)) for p, v in zip(periods, chart[key], strict=True)], f"line s{i}" + (" dash" if i else "")
        )
        figure.mark(LEFT + 10 + 110 * i, 9, f"f{i}", i)
        figure.text(LEFT + 20 + 110 * i, 14, w(f"teams.{key}"), "small")
    return figure
