"""Risk of bias of a result (RoB 2, and its version for cluster trials): the table proposes, people decide.

Signalling questions are answered Y, PY, PN, N or NI (*no information*: somebody read the report and it
does not say). A question that nobody answered yet stays open, which is a different fact; `attainable`
tells what the judgement can still become. The rules are data (`rob2_rules.csv`, the first row that fits
counts), so that they can be laid beside the tool's cribsheet. They were written down from memory of the published
algorithms (Sterne et al. 2019, BMJ 366:l4898; cluster version of 18 March 2021). What was checked since
stands in docs/evidence.md; the cribsheet itself was not at hand.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product
from typing import Any

from kring.evidence import log
from kring.evidence.extraction.values import Event
from kring.evidence.problem import Problem

ROB = "rob"
LOW, SOME, HIGH = "low", "some concerns", "high"
ORDER = (LOW, SOME, HIGH)
OPEN = "not assessed"
TOOLS = ("rob2", "rob2-cluster")
CLASSES = {"Y": "Y", "PY": "Y", "PN": "N", "N": "N", "NI": "NI"}
DOMAINS = {
    "1": "Randomisation",
    "1a": "Randomisation of clusters",
    "1b": "Recruitment after randomisation",
    "2": "Deviations from the intended interventions",
    "3": "Missing outcome data",
    "4": "Measurement of the outcome",
    "5": "Selection of the reported result",
}


@dataclass(frozen=True)
class Rule:
    """When every named question has one of its answers, the judgement follows."""

    when: Mapping[str, tuple[str, ...]]
    judgement: str

    def fits(self, answers: Mapping[str, str]) -> bool:
        return all(answers[question] in allowed for question, allowed in self.when.items())


@dataclass(frozen=True)
class Domain:
    """One domain of one result: what the table proposes, what can still come, what a person decided."""

    domain: str
    answers: Mapping[str, str]
    proposed: str
    attainable: tuple[str, ...]
    decided: str
    reason: str
    by: str
    quotes: Mapping[str, str]

    @property
    def judgement(self) -> str:
        return self.decided or self.proposed

    @property
    def overruled(self) -> bool:
        return bool(self.decided) and self.decided != self.proposed


@dataclass(frozen=True)
class Assessment:
    """All domains of one result. `overall` is the least favourable domain, open while one of them is."""

    result: str
    tool: str
    domains: tuple[Domain, ...]
    decided: str = ""
    reason: str = ""

    @property
    def proposed(self) -> str:
        found = [d.judgement for d in self.domains]
        if HIGH in found:
            return HIGH
        return OPEN if OPEN in found else max(found, key=ORDER.index)

    @property
    def overall(self) -> str:
        return self.decided or self.proposed

    @property
    def for_a_person(self) -> bool:
        """Several "some concerns" may add up to high: a person decides that, no rule."""
        several = sum(d.judgement == SOME for d in self.domains) > 1
        return several and self.proposed == SOME and not self.decided


@cache
def rules(tool: str, domain: str) -> dict[str, list[Rule]]:
    """The rules of a domain by part (domain 2 has two parts; the worse counts)."""
    if tool not in TOOLS:
        raise Problem(f"There is no tool {tool!r}.", f"Use one of: {', '.join(TOOLS)}.")
    text = resources.files(__package__).joinpath("rob2_rules.csv").read_text("utf-8")
    found: dict[str, list[Rule]] = {}
    for row in csv.DictReader(text.splitlines()):
        if row["tool"] == tool and row["domain"] == domain:
            pairs = (pair.split("=") for pair in row["when"].split(";"))
            when = {question: tuple(answers.split("/")) for question, answers in pairs}
            found.setdefault(row["part"], []).append(Rule(when, row["judgement"]))
    if not found:
        raise Problem(f"{tool} has no domain {domain!r}.", f"It has: {', '.join(domains(tool))}.")
    return found


def domains(tool: str) -> list[str]:
    return ["1", "2", "3", "4", "5"] if tool == "rob2" else ["1a", "1b", "2", "3", "4", "5"]


def questions(tool: str, domain: str) -> list[str]:
    """The signalling questions of a domain, in order."""
    return sorted({q for part in rules(tool, domain).values() for rule in part for q in rule.when})


def judge(tool: str, domain: str, answers: Mapping[str, str]) -> str:
    """The judgement that follows from a full set of answers (Y, PY, PN, N, NI)."""
    classes = {question: CLASSES[answer] for question, answer in answers.items()}
    parts = (next(r for r in part if r.fits(classes)) for part in rules(tool, domain).values())
    return max((rule.judgement for rule in parts), key=ORDER.index)


def attainable(tool: str, domain: str, answers: Mapping[str, str]) -> tuple[str, ...]:
    """Every judgement that the open questions can still lead to, from the most to the least favourable."""
    open_questions = [q for q in questions(tool, domain) if q not in answers]
    found = {
        judge(tool, domain, {**answers, **dict(zip(open_questions, guess, strict=True))})
        for guess in product(("Y", "N", "NI"), repeat=len(open_questions))
    }
    return tuple(sorted(found, key=ORDER.index))


def assessed(
    result: str,
    tool: str,
    domain: str,
    answers: Mapping[str, str],
    *,
    by: str,
    quotes: Mapping[str, str] | None = None,
    judgement: str = "",
    reason: str = "",
    at: str | None = None,
) -> Event:
    """The event of one person's answers for one domain; a judgement that overrules needs a reason."""
    known = questions(tool, domain)
    for question, answer in answers.items():
        if question not in known or answer not in CLASSES:
            raise Problem(f"{question}={answer} is no answer in domain {domain} of {tool}.",
                          f"Questions: {', '.join(known)}; answers: {', '.join(CLASSES)}.")  # fmt: skip
    if judgement and judgement not in ORDER:
        raise Problem(f"{judgement!r} is no judgement.", f"Use one of: {', '.join(ORDER)}.")
    possible = attainable(tool, domain, answers)
    if judgement and possible != (judgement,) and not reason.strip():
        raise Problem(f"The answers lead to {' or '.join(possible)}, not to {judgement}.", "Give the reason.")
    return log.event(
        stage=ROB, reviewer=by, at=at, result=result, tool=tool, domain=domain, answers=dict(answers),
        quotes=dict(quotes or {}) or None, judgement=judgement or None, reason=reason or None,
    )  # fmt: skip


def decided_overall(result: str, tool: str, judgement: str, reason: str, *, by: str, at: str | None = None) -> Event:
    """A person's overall judgement, with its reason (for instance: several concerns that add up)."""
    if judgement not in ORDER or not reason.strip():
        raise Problem("An overall judgement is low, some concerns or high, with a reason.", "Give both.")
    return log.event(
        stage=ROB,
        reviewer=by,
        at=at,
        result=result,
        tool=tool,
        domain="overall",
        judgement=judgement,
        reason=reason,
    )


def assessments(events: Iterable[Mapping[str, Any]]) -> dict[str, Assessment]:
    """Per result its assessment; of one person's answers the latest count, of two people's the latest too."""
    latest: dict[tuple[str, str], Mapping[str, Any]] = {}
    tools: dict[str, str] = {}
    for row in log.standing(events):
        if row["stage"] == ROB:
            latest[row["result"], row["domain"]] = row
            tools[row["result"]] = row["tool"]
    found = {}
    for result, tool in sorted(tools.items()):
        overall = latest.get((result, "overall"), {})
        found[result] = Assessment(
            result, tool, tuple(_domain(tool, d, latest.get((result, d))) for d in domains(tool)),
            overall.get("judgement", ""), overall.get("reason", ""),
        )  # fmt: skip
    return found


def _domain(tool: str, domain: str, row: Mapping[str, Any] | None) -> Domain:
    if row is None:
        return Domain(domain, {}, OPEN, ORDER, "", "", "", {})
    answers = dict(row.get("answers", {}))
    possible = attainable(tool, domain, answers)
    proposed = possible[0] if len(possible) == 1 else OPEN
    return Domain(
        domain, answers, proposed, possible, row.get("judgement", ""), row.get("reason", ""), row["reviewer"],
        dict(row.get("quotes", {})),
    )  # fmt: skip
