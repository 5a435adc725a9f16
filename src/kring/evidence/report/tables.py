"""The tables of the report, each from the derived review alone."""

from collections.abc import Iterable

from kring.evidence.extraction import published
from kring.evidence.extraction.rob2 import DOMAINS as ROB_DOMAINS
from kring.evidence.extraction.schema import CHIME, COMPONENTS, ITEMS, NOT_READ, TIDIER
from kring.evidence.report.sheet import Sheet, cell, sheet
from kring.evidence.report.state import Review
from kring.evidence.synthesis.grade import DOMAINS
from kring.evidence.synthesis.regression import in_words
from kring.evidence.synthesis.synthesise import Synthesis


def all_sheets(review: Review) -> list[Sheet]:
    """Every table, in the order of the page."""
    return [
        summary_of_findings(review), flow(review), studies(review), results(review), votes(review), states(review),
        findings(review), risk_of_bias(review), certainty(review), trainings(review), components(review), cells(review),
        sources(review),
    ]  # fmt: skip


def _interval(pair: tuple[float, float] | None, digits: int = 2) -> str:
    return f"{pair[0]:.{digits}f} to {pair[1]:.{digits}f}" if pair else ""


def effect_in_words(synthesis: Synthesis) -> str:
    """What a summary of findings says: the pooled effect, or the directions."""
    if synthesis.pooled:
        pooled = synthesis.pooled
        return f"SMD {pooled.mu:.2f} ({_interval(pooled.ci)}), prediction {_interval(pooled.pi)}"
    return directions_in_words(synthesis)


def directions_in_words(synthesis: Synthesis) -> str:
    """The vote count by direction, with a p only from six votes."""
    count = synthesis.votes
    if count.n == 0:
        return "No study gives a sign that may be counted."
    if count.n == 1:
        return (
            f"The one study with a sign favours the {'training' if count.benefit else 'control'}; no p below six votes"
        )
    words = f"{count.benefit} of {count.n} with a sign favour the training"
    words += f" ({100 * count.benefit / count.n:.0f}%, 95% interval {_percent(count.interval)})"
    return words + (f"; sign test p = {count.p:.3g}" if count.p is not None else "; no p below six votes")


def _percent(pair: tuple[float, float] | None) -> str:
    return f"{100 * pair[0]:.0f}% to {100 * pair[1]:.0f}%" if pair else ""


def regressions_in_words(review: Review, synthesis: Synthesis) -> list[str]:
    """Each meta-regression that the plan asks for: its answer, or why it was not done."""
    labels = {key: row["label"] for key, row in review.tables["studies"].items()}
    names = {name: label.lower() for name, label in ITEMS.items()} | labels
    return [line for found in synthesis.regressions for line in in_words(found, names)]


def summary_of_findings(review: Review) -> Sheet:
    rows = []
    for s in review.syntheses:
        people = [x.people for x in s.main if x.design == "yes" and x.people and x.direction in ("benefit", "harm")]
        certainty = review.certainty.get(s.group.id)
        raters = f" (rated by {len(certainty.raters)})" if certainty and certainty.raters else ""
        rows.append({
            "outcome": s.group.title["en"],
            "randomised studies": sum(x.design == "yes" for x in s.main),
            "with a sign": s.votes.n,
            "people with usable numbers": sum(people) if people else "not known",
            "effect": effect_in_words(s),
            "certainty": review.level(s.group.id) + raters,
        })  # fmt: skip
    return sheet("summary_of_findings", "Summary of findings", rows)


def flow(review: Review) -> Sheet:
    rows = [{"box": b.id, "title": b.title, "count": b.count, "members": "; ".join(b.members)}
            for b in review.flow.boxes.values()]  # fmt: skip
    return sheet("prisma_flow", "PRISMA flow: each box with its records", rows)


def studies(review: Review) -> Sheet:
    columns = ("label", "year", "country", "design", "randomised", "setting", "clusters_total", "n_staff", "n_clients",
               "followup", "role", "note")  # fmt: skip
    rows = sorted(review.tables["studies"].values(), key=lambda row: row["label"])
    return sheet("studies", "Studies (NR: not read)", rows, columns)


def results(review: Review) -> Sheet:
    outcomes, reports = review.tables["outcomes"], review.tables["reports"]
    labels = {key: row["label"] for key, row in review.tables["studies"].items()}
    rows = []
    for key, row in review.tables["results"].items():
        outcome = outcomes.get(row["outcome_id"], {})
        source = review.tables.source("results", key, "outcome_id")
        low, high = row["ci_low"], row["ci_high"]
        rows.append({
            "study": labels.get(outcome.get("study_id", ""), ""), "level": outcome.get("level", ""),
            "outcome": outcome.get("outcome", ""), "instrument": outcome.get("instrument", ""),
            "when": row["timepoint"], "effect": row["effect"],
            "95% interval": NOT_READ if NOT_READ in (low, high) else f"{low} to {high}",
            "p printed": row["p_reported"], "direction": row["direction"], "used for": row["use"],
            "state": source.state if source else "", "report": reports.get(row["report_id"], {}).get("label", ""),
            "note": row["note"], "result": key,
        })  # fmt: skip
    rows.sort(key=lambda r: (r["study"], r["result"]))
    return sheet("results", "Every result, in the synthesis or not (NR: not read)", rows)


def votes(review: Review) -> Sheet:
    rows = []
    for s in review.syntheses:
        for study in s.studies:
            for o in study.outcomes:
                counted = study.main and study.design == "yes"
                why = o.why or ("" if counted else "not randomised for certain, or a near miss: shown, no vote")
                rows.append({
                    "group": s.group.title["en"], "study": study.label, "randomised": study.design,
                    "outcome": o.outcome, "direction": o.direction, "study's direction": study.direction,
                    "votes": "yes" if counted and study.direction in ("benefit", "harm") else "no", "why not": why,
                    "not pooled because": o.not_pooled,
                })  # fmt: skip
    header = ("group", "study", "randomised", "outcome", "direction", "study's direction", "votes", "why not",
              "not pooled because")  # fmt: skip
    return sheet("votes", "Directions, and what kept a result out", rows, header)


def states(review: Review) -> Sheet:
    rows = [{"state": state, "values": count} for state, count in sorted(review.tables.states().items())]
    return sheet("states", "Values by state", rows, ("state", "values"))


def findings(review: Review) -> Sheet:
    rows = [{"where": _where(review, f.table, f.key), "what is odd": f.what, "what to do": f.remedy,
             "not used for": ", ".join(f.bars), "cell": f"{f.table} {f.key} {f.column}"}
            for f in review.findings]  # fmt: skip
    header = ("where", "what is odd", "what to do", "not used for", "cell")
    return sheet("traps", "Oddities found on import", rows, header)


def _where(review: Review, table: str, key: str) -> str:
    """A row in words, where it is a result: study and outcome."""
    result = review.tables["results"].get(key) if table == "results" else None
    outcome = review.tables["outcomes"].get(result["outcome_id"]) if result else None
    study = review.tables["studies"].get(outcome["study_id"]) if outcome else None
    return f"{study['label']}: {outcome['outcome']}" if study and outcome else f"{table} {key}"


def judged(review: Review) -> Iterable[tuple[str, str, str]]:
    """Result, study and label of what needs a judgement: everything a randomised study brings to the synthesis."""
    for s in review.syntheses:
        for study in s.main:
            if study.design == "yes":
                for o in study.outcomes:
                    yield o.result, study.study, f"{study.label}: {o.outcome}"


def risk_of_bias(review: Review) -> Sheet:
    rows = []
    for result, study, label in judged(review):
        assessment = review.assessment(result, study)
        for d in assessment.domains:
            rows.append({
                "result": label, "tool": assessment.tool, "domain": f"{d.domain} {ROB_DOMAINS[d.domain]}",
                "judgement": d.judgement, "can still become": "" if d.decided else ", ".join(d.attainable),
                "answers": "; ".join(f"{q} {a}" for q, a in d.answers.items()),
                "quotes": "; ".join(f"{q}: {w}" for q, w in d.quotes.items()),
                "reason": d.reason, "by": d.by,
            })  # fmt: skip
    header = ("result", "tool", "domain", "judgement", "can still become", "answers", "quotes", "reason", "by")
    return sheet("risk_of_bias", "Risk of bias (RoB 2), per result and domain", rows, header)


def certainty(review: Review) -> Sheet:
    rows = []
    for s in review.syntheses:
        told, rated = review.facts(s), review.certainty.get(s.group.id)
        for domain, name in DOMAINS.items():
            found = rated.ratings.get(domain, ()) if rated else ()
            rows.append({
                "outcome": s.group.title["en"], "domain": name, "the data say": told[domain],
                "levels off": ", ".join(str(r.off) for r in found) or "not rated",
                "reason": " / ".join(r.reason for r in found), "by": ", ".join(r.by for r in found),
            })  # fmt: skip
    header = ("outcome", "domain", "the data say", "levels off", "reason", "by")
    return sheet("certainty", "Certainty (GRADE): what the data say, what people rated", rows, header)


def level_in_words(review: Review, group: str) -> str:
    """The level with what was taken off and by how many: "low: risk of bias -1, imprecision -1 (one rater)"."""
    rated = review.certainty.get(group)
    if rated is None:
        return "not rated"
    off = [f"{DOMAINS[d].lower()} −{max(r.off for r in found)}" for d, found in rated.ratings.items() if
           max(r.off for r in found)]  # fmt: skip
    raters = "one rater" if len(rated.raters) == 1 else f"{len(rated.raters)} raters"
    return f"{rated.level}: {', '.join(off) or 'nothing taken off'} ({raters})"


def trainings(review: Review) -> Sheet:
    found = {(r["study_id"], r["item"]): r for r in review.tables["characteristics"].values()}
    rows = []
    for study in sorted(review.tables["studies"].values(), key=lambda row: row["label"]):
        row = {"study": study["label"]}
        for item, name in {**TIDIER, **CHIME}.items():
            known = found.get((study["study_id"], item))
            row[name] = f"{known['presence']}: {known['value']}" if known else "not read"
        rows.append(row)
    return sheet(
        "trainings", "Trainings by TIDieR item and CHIME domain", rows, ("study", *TIDIER.values(), *CHIME.values())
    )


def components(review: Review) -> Sheet:
    directions = {s.study: s.direction for s in review.syntheses[0].studies} if review.syntheses else {}
    rows = []
    for key, label in sorted(review.matrix.studies, key=lambda pair: pair[1]):
        row = {"study": label, "direction": directions.get(key, "not measured")}
        rows.append(row | {ITEMS[c]: review.matrix.cells[key, c] for c in COMPONENTS})
    header = ("study", "direction", *(ITEMS[c] for c in COMPONENTS))
    return sheet("components", "Components by study, beside the direction of the first group of outcomes", rows, header)


def cells(review: Review) -> Sheet:
    rows = [{"cell": c.cell, "what": c.what, "published": c.published, "ours": c.ours, "verdict": c.verdict,
             "why": c.why, "quote": c.quote, "page": c.page, "by": c.by, "when": c.at, "second checker": c.checked_by,
             "disputed": c.disputed, "note": c.note, "event": c.event}
            for c in review.cells]  # fmt: skip
    header = ("cell", "what", "published", "ours", "verdict", "why", "quote", "page", "by", "when",
              "second checker", "disputed", "note", "event")  # fmt: skip
    return sheet("published_cells", "The published review, cell by cell", rows, header)


def sources(review: Review) -> Sheet:
    rows = [{"report": row["label"], "study": row["study_id"], "read": row["read"], "source": row["source"]}
            for row in sorted(review.tables["reports"].values(), key=lambda row: row["label"])]  # fmt: skip
    return sheet("sources", "Reports and what was read of them", rows, ("report", "study", "read", "source"))


def verdicts(review: Review) -> dict[str, int]:
    """How many cells of the published review match, differ or cannot be checked."""
    found = [c.verdict for c in review.cells]
    return {verdict: found.count(verdict) for verdict in (published.MATCH, published.DIFFER, published.CANNOT)}


def names(review: Review) -> dict[str, str]:
    """The numbers that texts may name in braces; every one is counted here."""
    tables = review.tables
    found: dict[str, object] = {
        "studies": len(tables["studies"]), "reports": len(tables["reports"]), "results": len(tables["results"]),
        "included": review.flow["included_reports"], "awaiting": review.flow["awaiting_report"],
    }  # fmt: skip
    for s in review.syntheses:
        found[f"{s.group.id}_benefit"] = s.votes.benefit
        found[f"{s.group.id}_harm"] = s.votes.harm
        found[f"{s.group.id}_signed"] = s.votes.n
        found[f"{s.group.id}_studies"] = s.votes.n + s.votes.missing
        found[f"{s.group.id}_certainty"] = review.level(s.group.id)
        found[f"{s.group.id}_pool_why"] = s.pooled_why
    return {name: cell(value) for name, value in found.items()}
