"""From the log of decisions to what holds now. The order of the lines in the log makes no difference."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kring.evidence import log
from kring.evidence.files import Row
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem
from kring.evidence.records import canonical
from kring.evidence.screening.criteria import read_criteria

Stage = Literal["title_abstract", "full_text"]
STAGES: tuple[Stage, ...] = ("title_abstract", "full_text")
DECISIONS = ("include", "exclude", "maybe")
Outcome = Literal["include", "exclude", "maybe", "conflict", "waiting", ""]


@dataclass
class Verdict:
    """What holds for a record at one stage.

    `outcome`: include, exclude, maybe (goes on to the next stage, as include does), conflict (reviewers
    differ and nobody settled it), waiting (the second reviewer must still decide), or empty (nobody decided).
    """

    outcome: Outcome = ""
    reason: str = ""
    by: dict[str, Row] = field(default_factory=dict)  # reviewer → the decision that counts
    settled: Row | None = None  # the event that settled a disagreement

    @property
    def onward(self) -> bool:
        """The record goes on to the next stage."""
        return self.outcome in ("include", "maybe")


@dataclass
class RecordState:
    """Everything decided about one record; `retrieval` of its report: retrieved, not_retrieved or empty."""

    id: str
    title_abstract: Verdict = field(default_factory=Verdict)
    full_text: Verdict = field(default_factory=Verdict)
    retrieval: str = ""


def state(folder: Folder) -> dict[str, RecordState]:
    """The state of every deduplicated record, in order of import."""
    names = canonical(folder)
    events = read_decisions(folder, names)
    return derive(events, names, dual=is_dual(folder))


def is_dual(folder: Folder) -> bool:
    mode = folder.settings().get("people", {}).get("screening", "single")
    if mode not in ("single", "dual"):
        what = f"[people] screening is {mode!r}."
        raise Problem(what, 'Write "single" or "dual".', file=folder.review_toml)
    return bool(mode == "dual")


def read_decisions(folder: Folder, names: Mapping[str, str]) -> list[Row]:
    """The events of the log, those of screening checked line by line against the records and the criteria."""
    return checked(folder, names, log.read_numbered(folder.decisions))


def checked(folder: Folder, names: Mapping[str, str], lines: Iterable[tuple[int, Row]]) -> list[Row]:
    """The events of `lines`, (number, event) of the log; one that cannot be is a `Problem` that names its line."""
    reasons: dict[str, str] | None = None
    out = []
    for number, event in lines:
        out.append(event)
        if event["stage"] not in STAGES or "undoes" in event:
            continue
        fault = _fault(event, names)
        if not fault and event.get("decision") == "exclude" and event.get("reason"):
            reasons = read_criteria(folder).exclude if reasons is None else reasons
            if event["reason"] not in reasons:
                fault = (
                    f"The reason {event['reason']!r} is not in criteria.toml.",
                    "Put the reason back there, or decide again with another one.",
                )
        if fault:
            raise Problem(fault[0], fault[1], file=folder.decisions, line=number)
    return out


def _fault(event: Row, names: Mapping[str, str]) -> tuple[str, str] | None:
    record = event.get("record_id")
    if record not in names:
        remedy = "Import its export again and run dedup, or undo the decision."
        return f"This decision is about record {record}, which is not in the review.", remedy
    if "retrieval" in event:
        if event["retrieval"] not in ("retrieved", "not_retrieved"):
            return f"{event['retrieval']!r} is no retrieval.", "Use retrieved or not_retrieved."
        return None
    if event.get("decision") not in DECISIONS:
        return f"{event.get('decision')!r} is no decision.", f"Use one of: {', '.join(DECISIONS)}."
    if event["stage"] == "full_text" and event["decision"] == "exclude" and not event.get("reason"):
        return "A full text was excluded without a reason.", "Decide again with a reason of criteria.toml."
    return None


def derive(events: Iterable[Row], names: Mapping[str, str], *, dual: bool = False) -> dict[str, RecordState]:
    """The state that follows from `events`; `names` maps each record id to the id that is screened."""
    out = {id_: RecordState(id_) for id_ in dict.fromkeys(names.values())}
    for event in log.standing(events):  # by moment: a later event replaces an earlier one
        if event["stage"] not in STAGES:
            continue
        record = out[names[event["record_id"]]]
        verdict: Verdict = getattr(record, event["stage"])
        if "retrieval" in event:
            record.retrieval = event["retrieval"]
        elif event.get("adjudicates"):
            verdict.settled = event
        else:
            verdict.by[event["reviewer"]] = event
    for record in out.values():
        for stage in STAGES:
            _settle(getattr(record, stage), dual)
    return out


def _settle(verdict: Verdict, dual: bool) -> None:
    """Fill `outcome` and `reason` from what each reviewer said."""
    said = sorted(verdict.by.values(), key=lambda event: (event["at"], event["id"]))
    if verdict.settled:
        verdict.outcome, verdict.reason = verdict.settled["decision"], verdict.settled.get("reason", "")
        return
    if not said:
        return
    words = {event["decision"] for event in said}
    if "exclude" in words and len(words) > 1:
        verdict.outcome = "conflict"
    elif dual and len(said) < 2:
        verdict.outcome = "waiting"
    else:
        verdict.outcome = "include" if "include" in words else said[0]["decision"]
        verdict.reason = next((event["reason"] for event in said if event.get("reason")), "")
