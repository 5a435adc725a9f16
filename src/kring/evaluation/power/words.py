"""The plan in words: Dutch and English, as text and as a piece of HTML that a report can take in."""

from __future__ import annotations

from html import escape

from kring.evaluation.power.plan import PlanResult, Power
from kring.evaluation.power.trials import Detectable

WORDS = {
    "en": {
        "title": "How many teams does the next trial need?",
        "varied": "design",
        "teams": "teams",
        "persons": "people",
        "power": "power",
        "range": "95% range of the simulation",
        "formula": "formula",
        "se": "simulation error",
        "failed": "failed fits",
        "boundary": "variance at zero",
        "as_planned": "as planned",
        "needed": "The fewest teams found with a power of {target:.0%}: {teams} teams, {persons} people.",
        "none": "No number of teams that was tried reaches a power of {target:.0%}.",
        "method": "Power is the share of simulated trials that find the effect. Each is analysed with the same mixed "
        "model as the real trial, with Satterthwaite's degrees of freedom: {replicates} trials per row, seed {seed}.",
        "formula_note": "The formula supposes known variances and that nobody is lost. It is a check, not the answer.",
        "warning": "ICC, correlation and loss are assumptions. Vary them before you decide.",
        "trials": "What would earlier trials have been able to see?",
        "smallest": "smallest effect d found with a power of {power:.0%}, at ICC (team drift grows along)",
        "missing": "cannot be told; not read: {what}",
        "best_case": "With known variances and nobody lost: real trials see less. ICC and correlation are assumed.",
    },
    "nl": {
        "title": "Hoeveel teams heeft het volgende onderzoek nodig?",
        "varied": "opzet",
        "teams": "teams",
        "persons": "mensen",
        "power": "kans op succes",
        "range": "95%-marge van de simulatie",
        "formula": "formule",
        "se": "simulatiefout",
        "failed": "mislukte schattingen",
        "boundary": "variantie op nul",
        "as_planned": "zoals gepland",
        "needed": "Het kleinste aantal met {target:.0%} kans: {teams} teams, {persons} mensen.",
        "none": "Geen aantal teams dat we probeerden geeft {target:.0%} kans.",
        "method": "De kans is het deel van de nagebootste onderzoeken dat het effect vindt. Elk wordt geanalyseerd met "
        "hetzelfde model als het echte onderzoek. Dat zijn {replicates} onderzoeken per regel (startgetal {seed}).",
        "formula_note": "De formule doet alsof de spreiding bekend is en niemand uitvalt. Zij is een controle.",
        "warning": "ICC, samenhang en uitval zijn aannames. Probeer er meer voordat je kiest.",
        "trials": "Wat hadden eerdere onderzoeken kunnen zien?",
        "smallest": "kleinste effect d met {power:.0%} kans, bij ICC (teams lopen dan ook meer uiteen)",
        "missing": "niet te zeggen; niet gelezen: {what}",
        "best_case": "De echte onderzoeken konden minder zien. Hier valt niemand uit en is de spreiding bekend.",
    },
}


def _rows(points: tuple[Power, ...], word: dict[str, str]) -> list[list[str]]:
    heads = ["varied", "teams", "persons", "power", "se", "range", "formula", "failed", "boundary"]
    table = [[word[h] for h in heads]]
    for point in points:
        varied = ", ".join(f"{k} = {v}" for k, v in point.varied.items()) or word["as_planned"]
        table.append(
            [varied, str(point.design.teams), str(point.persons), f"{point.power:.3f}", f"{point.mc_se:.3f}",
             f"{point.low:.3f}–{point.high:.3f}", f"{point.analytic:.3f}", f"{point.failed:.3f}",
             f"{point.boundary:.2f}"]
        )  # fmt: skip
    return table


def _sentences(result: PlanResult, word: dict[str, str]) -> list[str]:
    plan = result.plan
    if result.needed is None:
        answer = word["none"].format(target=plan.target)
    else:
        answer = word["needed"].format(
            target=plan.target, teams=result.needed.design.teams, persons=result.needed.persons
        )
    method = word["method"].format(replicates=plan.replicates, seed=plan.seed)
    return [answer, method, word["formula_note"], word["warning"]]


def _text_table(table: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table)


def _html_table(table: list[list[str]], caption: str) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table[1:])
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def all_points(result: PlanResult) -> tuple[Power, ...]:
    """What was asked for, then what the search tried besides."""
    asked = [point.design for point in result.points]
    return (*result.points, *(point for point in result.searched if point.design not in asked))


def plan_text(result: PlanResult, language: str = "nl") -> str:
    word = WORDS[language]
    answer, *rest = _sentences(result, word)
    return "\n\n".join([word["title"], _text_table(_rows(all_points(result), word)), answer, *rest])


def plan_html(result: PlanResult, language: str = "nl") -> str:
    """A <section> with the curve as SVG, its table and the sentences."""
    word = WORDS[language]
    answer, *rest = _sentences(result, word)
    table = _html_table(_rows(all_points(result), word), word["title"])
    text = "".join(f"<p>{escape(s)}</p>" for s in rest)
    return (
        f"<section><h2>{escape(word['title'])}</h2><p><strong>{escape(answer)}</strong></p>"
        f"{_curve(result, word)}{table}{text}</section>"
    )


def _curve(result: PlanResult, word: dict[str, str]) -> str:
    """Power by number of teams with its simulation range; a picture only where two or more numbers were simulated."""
    design = result.plan.design
    same = [p for p in all_points(result) if set(p.varied) <= {"teams"} and p.design.effect == design.effect]
    points = sorted({p.design.teams: p for p in same}.values(), key=lambda p: p.design.teams)
    if len(points) < 2:
        return ""
    least, most = points[0].design.teams, points[-1].design.teams

    def x(teams: int) -> float:
        return 50 + 430 * (teams - least) / (most - least)

    def y(power: float) -> float:
        return 220 - 200 * power

    marks = "".join(
        f'<line x1="{x(p.design.teams):.1f}" x2="{x(p.design.teams):.1f}" y1="{y(p.low):.1f}" y2="{y(p.high):.1f}"'
        f' stroke="currentColor"/><circle cx="{x(p.design.teams):.1f}" cy="{y(p.power):.1f}" r="4"/>'
        f'<text x="{x(p.design.teams):.1f}" y="240" text-anchor="middle">{p.design.teams}</text>'
        for p in points
    )
    target = y(result.plan.target)
    ticks = "".join(f'<text x="44" y="{y(v) + 4:.1f}" text-anchor="end">{v:.0%}</text>' for v in (0.0, 0.5, 1.0))
    said = "; ".join(f"{p.design.teams} {word['teams']}: {p.power:.0%}" for p in points)
    return (
        f'<svg viewBox="0 0 520 260" role="img" font-size="12" width="520"><title>{escape(word["title"])}</title>'
        f'<desc>{escape(said)}</desc><line x1="50" x2="480" y1="{target:.1f}" y2="{target:.1f}" stroke="currentColor"'
        f' stroke-dasharray="4 4"/>{ticks}{marks}'
        f'<text x="265" y="256" text-anchor="middle">{word["teams"]}</text></svg>'
    )


def trials_text(found: list[Detectable], language: str = "nl") -> str:
    word = WORDS[language]
    lines = [word["trials"]]
    for trial in found:
        lines.append(f"\n{trial.label} ({trial.source})")
        if trial.missing:
            lines.append("  " + word["missing"].format(what=trial.missing))
        else:
            values = ", ".join(f"{icc:g}: {d:.2f}" for icc, d in trial.by_icc.items())
            lines.append(f"  {word['smallest'].format(power=trial.power)} {values}")
    return "\n".join([*lines, "", word["best_case"]])
