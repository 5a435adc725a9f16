"""The page: one HTML file that opens offline, prints, and holds every figure with its text equivalent."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jinja2

from kring.evidence import log
from kring.evidence.extraction.values import leading_number
from kring.evidence.files import read_toml, write_json, write_text
from kring.evidence.problem import Problem
from kring.evidence.report import tables
from kring.evidence.report.figures import bias, directions, estimates
from kring.evidence.report.figures.svg import NARROW, WIDE, Figure
from kring.evidence.report.implications import as_json, read_implications
from kring.evidence.report.prisma import DRAWN, draw
from kring.evidence.report.sheet import write_sheets
from kring.evidence.report.state import Review
from kring.evidence.report.versions import since
from kring.evidence.synthesis.effects import design_effect, effective_n
from kring.evidence.synthesis.pool_group import by_study, composites
from kring.evidence.synthesis.swim import ITEMS
from kring.evidence.synthesis.synthesise import Synthesis

TEMPLATES = Path(__file__).parent / "templates"


def write_report(review: Review) -> list[Path]:
    """Write 6_report whole; refuses while the flow holds an impossible count. Returns every file of it."""
    if review.flow.impossible:
        remedy = "Mend the decision that it names (undo it and decide again)."
        raise Problem(f"The flow cannot be: {review.flow.impossible[0]}.", remedy, file=review.folder.decisions)
    out = review.folder.report
    sheets = tables.all_sheets(review)
    implications = read_implications(review.folder, {g.id: review.level(g.id) for g in review.plan.groups})
    version = str(review.settings.get("version", ""))
    content = as_json(review.title, version, review.as_of, bool(review.open), implications)
    write_json(out / "implications.json", content)
    figures = all_figures(review)
    for figure in figures.values():
        write_text(out / "figures" / f"{figure.name}.svg", figure.svg())
    texts = _texts(review)
    page = _environment().get_template("page.html").render(
        review=review, version=version, sheets={s.id: s for s in sheets}, figures=figures,
        narrow=_on_a_phone(review), implications=implications,
        texts=texts, swim=ITEMS, directions=tables.directions_in_words,
        level_in_words=lambda group: tables.level_in_words(review, group), verdicts=tables.verdicts(review),
        regressions=lambda synthesis: tables.regressions_in_words(review, synthesis),
        since=since(review, log.read(review.folder.decisions)),
        style=(TEMPLATES / "style.css").read_text("utf-8"), members=_members(review), drawn=DRAWN,
    )  # fmt: skip
    write_text(out / "index.html", page)
    written = [out / "figures" / f"{figure.name}.svg" for figure in figures.values()]
    return [out / "index.html", out / "implications.json", *written, *write_sheets(review.folder, sheets)]


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True,
    )  # fmt: skip


def _texts(review: Review) -> dict[str, Any]:
    """page.toml with its names filled in; a name that nothing counts is a `Problem`."""
    path = review.folder.synthesis / "page.toml"
    blank: dict[str, Any] = {"summary": None, "conclusion": None, "living": None}
    if not path.exists():
        return blank
    counted = tables.names(review)

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            try:
                return value.format_map(counted)
            except (KeyError, ValueError, IndexError) as error:
                known = ", ".join(sorted(counted))
                raise Problem(f"The text names {error}, which nothing counts.", f"Names: {known}.", file=path) from None
        if isinstance(value, list):
            return [fill(item) for item in value]
        return {key: fill(item) for key, item in value.items()} if isinstance(value, dict) else value

    return {**blank, **fill(read_toml(path))}


def _members(review: Review) -> dict[str, list[tuple[str, str]]]:
    """Per box of the flow the records in it, with their titles."""
    titles = review.flow.titles
    return {name: [(key, titles.get(key, key)) for key in box.members] for name, box in review.flow.boxes.items()}


def all_figures(review: Review, width: float = WIDE) -> dict[str, Figure]:
    """Every figure that these data allow, by name."""
    found = [draw(review.flow, width), *_direction_figures(review, width), *_bias_figures(review, width)]
    for synthesis in review.syntheses:
        found += _pool_figures(review, synthesis, width)
    return {figure.name: figure for figure in found}


def _on_a_phone(review: Review) -> dict[str, Figure]:
    """The same figures, drawn for a phone, under ids of their own."""
    found = all_figures(review, NARROW)
    for figure in found.values():
        figure.name += "-phone"
    return found


def _numbers(review: Review) -> dict[str, str]:
    labels = sorted({s.label for x in review.syntheses for s in x.studies})
    return {label: f"{i}. {label}" for i, label in enumerate(labels, 1)}


def marks(review: Review) -> list[directions.Mark]:
    """One mark per study and group, studies numbered in the order of their label."""
    number = _numbers(review)
    found = [
        directions.Mark(
            number[s.label] + ("" if s.main else " *"), x.group.title["en"], s.direction, s.bias, s.design, s.people,
            x.group.hard,
        )
        for x in review.syntheses
        for s in x.studies
    ]  # fmt: skip
    return sorted(found, key=lambda m: int(m.study.split(".")[0]))


def _direction_figures(review: Review, width: float) -> list[Figure]:
    found, groups = marks(review), [s.group.title["en"] for s in review.syntheses]
    if not found:
        return []
    out = [
        directions.effect_direction(found, groups, "Direction of effect, by study and group of outcomes", width),
        directions.harvest(found, groups, "Harvest plot: worse, mixed or no sign, better", width),
    ]
    number = _numbers(review)
    points = [
        directions.Point(f"{number[s.label]}: {o.outcome}", o.p_two_sided, o.direction == "benefit", n, s.main)
        for x in review.syntheses
        for s in x.studies
        for o in s.outcomes
        if o.p_two_sided and o.direction in ("benefit", "harm") and (n := _effective_people(review, s.study, o.people))
    ]
    return (
        [*out, directions.albatross(points, "Albatross plot: p against number of people", width=width)]
        if points
        else out
    )


def _effective_people(review: Review, study: str, people: int | None) -> float | None:
    """People analysed over the design effect of the main borrowed ICC, where the trial's clusters are known.

    Where a result names no arms, the last part of the study's cell counts ("403 baseline; 297 at 1 year" is 297).
    """
    row = review.tables["studies"][study]
    n = people or leading_number(row["n_clients"].split(";")[-1])
    clusters = leading_number(row["clusters_total"])
    if n is None or not clusters or clusters >= n:
        return n
    return effective_n(n, design_effect(n / clusters, review.plan.pooling.icc))


def _bias_figures(review: Review, width: float) -> list[Figure]:
    judged = list(dict.fromkeys(tables.judged(review)))
    assessments = [review.assessment(result, study) for result, study, _ in judged]
    if not assessments:
        return []
    labels = [label for *_, label in judged]
    return [
        bias.traffic_light(assessments, labels, "Risk of bias, per result", width),
        bias.summary(assessments, "Risk of bias, per domain", width),
    ]


def _pool_figures(review: Review, synthesis: Synthesis, width: float) -> list[Figure]:
    """A forest of what may enter a pool, one line per study; funnel and multiverse where something was pooled."""
    if not synthesis.entered:
        return []
    title, settings, studies = synthesis.group.title["en"], review.plan.pooling, by_study(synthesis.entered)
    labels = [review.tables["studies"][study]["label"] for study in studies]
    yi, vi = composites(synthesis.entered, settings.rho, settings.icc)
    found = [estimates.forest(labels, yi, vi, synthesis.pooled, f"{title}: standardised differences", "SMD", width)]
    if synthesis.pooled:
        found.append(estimates.funnel(labels, yi, vi, synthesis.pooled.mu, f"{title}: funnel plot", width))
    if synthesis.pool and synthesis.pool.paths:
        found.append(estimates.multiverse_plot(synthesis.pool.paths, f"{title}: every way to pool", width))
    for figure in found:
        figure.name = f"{figure.name}-{synthesis.group.id.replace('_', '-')}"
    return found


def synthesis_json(review: Review) -> Mapping[str, Any]:
    """What 5_synthesis/synthesis.json keeps: the derived synthesis of each group, for other software."""
    out = []
    for s in review.syntheses:
        pooled = s.pooled and {k: v for k, v in vars(s.pooled).items() if k != "weights"}
        out.append({
            "group": s.group.id, "certainty": review.level(s.group.id), "effect": tables.effect_in_words(s),
            "votes": vars(s.votes), "fisher": vars(s.fisher) if s.fisher else None, "fisher_why": s.fisher_why,
            "pooled": pooled, "pooled_why": s.pooled_why, "regressions": [asdict(r) for r in s.regressions],
            "studies": [{"study": x.study, "direction": x.direction, "randomised": x.design, "main": x.main,
                         "risk_of_bias": x.bias} for x in s.studies],
        })  # fmt: skip
    return dict(json.loads(json.dumps({"as_of": review.as_of, "groups": out})))
