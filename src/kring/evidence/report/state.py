"""Everything that a review's files say, derived once: what the page, the tables and the checks read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kring.evidence import log
from kring.evidence.extraction import published, rob2
from kring.evidence.extraction.checks import Finding, check_all
from kring.evidence.extraction.schema import STATES
from kring.evidence.extraction.values import Tables, derive
from kring.evidence.folder import Folder
from kring.evidence.report.prisma import Flow, derive_flow
from kring.evidence.synthesis import grade
from kring.evidence.synthesis.direction import BENEFIT, HARM, MISSING, MIXED
from kring.evidence.synthesis.plan import Plan, read_plan
from kring.evidence.synthesis.synthesise import Matrix, Synthesis, component_matrix, synthesise


@dataclass(frozen=True)
class Review:
    """A review as derived from its folder."""

    folder: Folder
    settings: Mapping[str, Any]
    plan: Plan
    tables: Tables
    findings: tuple[Finding, ...]
    bias: Mapping[str, rob2.Assessment]
    syntheses: tuple[Synthesis, ...]
    matrix: Matrix
    certainty: Mapping[str, grade.Certainty]
    flow: Flow
    cells: tuple[published.Cell, ...]
    as_of: str

    @property
    def title(self) -> str:
        return str(self.settings.get("title", self.folder.root.name))

    @property
    def open(self) -> list[str]:
        """Why this is a draft: one sentence for each thing that is not finished."""
        return list(_open(self))

    def assessment(self, result: str, study: str) -> rob2.Assessment:
        """The assessment of a result; an empty one of the fitting tool where nobody began."""
        if result in self.bias:
            return self.bias[result]
        tool = "rob2-cluster" if "cluster" in self.tables["studies"][study]["design"] else "rob2"
        blank = tuple(rob2.Domain(d, {}, rob2.OPEN, rob2.ORDER, "", "", "", {}) for d in rob2.domains(tool))
        return rob2.Assessment(result, tool, blank)

    def facts(self, synthesis: Synthesis) -> dict[str, str]:
        """What the data say beside each GRADE domain of a group."""
        main = [s for s in synthesis.main if s.design == "yes"]
        judged = [self.assessment(o.result, s.study).overall for s in main for o in s.outcomes]
        people = [s.people for s in main if s.people and s.direction in (BENEFIT, HARM)]
        open_ = sum(s.direction in (MISSING, MIXED) for s in main)
        return grade.facts(
            studies=len(main), people=sum(people) if people else None, benefit=synthesis.votes.benefit,
            harm=synthesis.votes.harm, no_sign=open_, bias={j: judged.count(j) for j in (*rob2.ORDER, rob2.OPEN)},
        )  # fmt: skip

    def level(self, group: str) -> str:
        """Certainty of a group, as rated."""
        return self.certainty[group].level if group in self.certainty else grade.NOT_RATED


def read_review(folder: Folder) -> Review:
    """Derive everything. Raises `Problem` on a broken log, plan or table; judges nothing."""
    events = log.read(folder.decisions)
    tables = derive(events)
    plan, findings, bias = read_plan(folder), check_all(tables), rob2.assessments(events)
    found = synthesise(tables, findings, plan, bias)
    first = found[0] if found else None
    return Review(
        folder, folder.settings(), plan, tables, tuple(findings), bias, tuple(found),
        component_matrix(tables, plan, first), grade.certainties(events), derive_flow(folder, events, tables),
        tuple(published.compare(folder, tables, events)), max((row["at"] for row in events), default="")[:10],
    )  # fmt: skip


def _open(review: Review) -> Any:
    if not (review.plan.main and review.plan.groups):
        yield "5_synthesis/plan.toml names no studies (main) or no group of outcomes, so nothing is summarised."
    if review.plan.swim.missing:
        yield f"SWiM items are empty: {', '.join(review.plan.swim.missing)}."
    for synthesis in review.syntheses:
        certainty = review.certainty.get(synthesis.group.id)
        if certainty is None or certainty.missing:
            yield f"Nobody has rated the certainty of {synthesis.group.title['en'].lower()} in full."
        elif not certainty.agreed:
            yield f"The certainty of {synthesis.group.title['en'].lower()} was rated by one person only."
    for box in ("awaiting_screening", "awaiting_report", "not_deduplicated", "unlinked"):
        if review.flow[box]:
            yield f"{review.flow.boxes[box].title}: {review.flow[box]}."
    states = review.tables.states()
    unread = sum(states[state] for state in STATES[:2])
    if unread:
        yield f"{unread} of {sum(states.values())} values come from abstracts or registry records only."
    unsure = [c for c in review.cells if c.verdict == published.CANNOT]
    if unsure:
        yield f"{len(unsure)} of {len(review.cells)} cells of the published review cannot be checked yet."
