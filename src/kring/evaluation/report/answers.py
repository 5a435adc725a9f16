"""What the results say in plain words: the short answer first, and what they cannot say."""

from typing import Any

from kring.evaluation.contract.protocol import Protocol
from kring.evaluation.report.words import Words

Row = dict[str, Any]
FEW_TEAMS = 30  # below this the literature on cluster trials asks for small-sample degrees of freedom


def short_answer(found: Row, protocol: Protocol, w: Words) -> list[str]:
    """Sentences for people who read nothing else; the first is the answer."""
    measure = found["measures"][0]
    row = measure["contrasts"][0]
    sentences = [_verdict(found, protocol, row, w)]
    sentences.append(w("short.question", label=w.label(row["label"]), measure=w.label(measure["title"])))
    digits = w.digits(row["se"])
    sentences.append(w(
        "short.points", estimate=w.number(row["estimate"], digits), confidence=w.percent(protocol.confidence),
        interval=w.interval(row["low"], row["high"], digits), d=w.number(row["d"]),
        d_interval=w.interval(row["d_low"], row["d_high"]),
    ))  # fmt: skip
    if row["favours"] != "none":
        sentences.append(w(f"short.size_{_size(abs(row['d']))}"))
    sentences.append(w("short.interval"))
    persons = found["flow"]["allocated"]
    teams = found["flow"]["teams"]
    sentences.append(
        w("short.people_hidden", teams=teams) if persons is None else w("short.people", persons=persons, teams=teams)
    )
    return sentences + _how_firm(found, w)


def _verdict(found: Row, protocol: Protocol, row: Row, w: Words) -> str:
    """Better, worse or unclear, in the words of the kind of question."""
    contrast = protocol.contrasts[0]
    ends = {"arm": "better", "reference": "worse", "none": "unclear"}[row["favours"]]
    if contrast.coefficient:
        return w(f"short.coefficient_{ends}", label=w.label(contrast.label))
    labels = {arm["code"]: w.label(arm["label"]) for arm in found["arms"]}
    reference = next(arm["code"] for arm in found["arms"] if arm["reference"])
    key = ends if contrast.minus_occasion or ends == "unclear" else f"at_{ends}"
    return w(f"short.{key}", arm=labels[contrast.arm], reference=labels[reference])


def _size(d: float) -> str:
    """Cohen's (1988) rule of thumb: 0.2, 0.5, 0.8; each word covers what is nearest to it."""
    return "tiny" if d < 0.2 else "small" if d < 0.5 else "medium" if d < 0.8 else "large"


def _how_firm(found: Row, w: Words) -> list[str]:
    """Whether the answer hangs on single teams or on what is assumed of missing scores."""
    sentences = []
    influence = found["checks"]["influence"]
    if influence["done"]:
        sentences.append(w("short.influence_changes" if influence["verdict_changes"] else "short.influence_same"))
    if found["what_if"] and len(found["what_if"]["rows"]) > 1:
        about = found["what_if"]["tipping"]
        if not about["holds_at_0"]:
            sentences.append(w("short.tip_none"))
        elif about["delta"] is None:
            sentences.append(w("short.tip_holds", delta=w.number(abs(about["tried_to"]))))
        else:
            sentences.append(w("short.tip_tips", delta=w.number(abs(about["delta"]))))
    return sentences


def limits(found: Row, protocol: Protocol, w: Words) -> list[str]:
    """What the figures cannot tell; each sentence is there because something in the table or protocol asks for it."""
    asked = [
        (found["table"]["simulated"], w("limits.simulated")),
        (True, w("limits.groups")),
        (found["table"]["allocation"] == "none", w("limits.observational")),
        (found["table"]["allocation"] == "team", w("limits.by_team")),
        (found["table"]["allocation"] == "team" and protocol.model.time_slope != "team", w("limits.team_slope")),
        (found["flow"]["teams"] < FEW_TEAMS, w("limits.few_teams", n=found["flow"]["teams"])),
        (True, _missing(found, w)),
        ("months" in protocol.model.fixed and len(found["occasions"]) > 2, w("limits.linear")),
        (_questions(found) > 1, w("limits.many", n=_questions(found))),
        (found["measures"][0]["rated_by"] == "client", w("limits.rater")),
        (found["threshold"] > 1, w("limits.hidden", k=found["threshold"])),
        (bool(protocol.threshold_reason), w("limits.reason", reason=protocol.threshold_reason)),
    ]
    return [sentence for wanted, sentence in asked if wanted and sentence]


def _questions(found: Row) -> int:
    return sum(len(measure["contrasts"]) for measure in found["measures"])


def _missing(found: Row, w: Words) -> str:
    """The share of planned scores that is missing, where it may be told."""
    measure = w.label(found["measures"][0]["title"])
    stages = [stage for arm in found["flow"]["arms"] for stage in arm["stages"]]
    measured = [stage["measured"] for stage in stages]
    missing = [stage["missing"] for stage in stages]
    if None in measured or None in missing:
        return w("limits.missing_hidden", measure=measure)
    share = sum(missing) / (sum(measured) + sum(missing))
    return w("limits.missing", measure=measure, share=w.percent(share)) if share else ""
