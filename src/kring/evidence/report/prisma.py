"""The PRISMA 2020 flow, derived from ledger and log, never typed. An impossible count is an error with a name.

Form for updated reviews (Page et al. 2021, BMJ 372:n71), with boxes for what is still open: a living review is
shown while it is under way. Records found outside databases pass the same steps and are counted apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kring.evidence import log
from kring.evidence.extraction.values import Tables
from kring.evidence.files import read_jsonl
from kring.evidence.folder import Folder
from kring.evidence.report.figures.svg import Figure, wrap

OTHER = "other:"  # a ledger's database that begins so was no database: "other methods" in PRISMA


@dataclass(frozen=True)
class Box:
    """One box: its count is the number of things that it lists, so the two cannot disagree."""

    id: str
    title: str
    members: tuple[str, ...]
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def count(self) -> int:
        return len(self.members)


@dataclass(frozen=True)
class Flow:
    """All boxes by id, what earlier versions found, and the counts that cannot be."""

    boxes: Mapping[str, Box]
    previous: Mapping[str, Any]
    titles: Mapping[str, str]
    impossible: tuple[str, ...]

    def __getitem__(self, box: str) -> int:
        return self.boxes[box].count


@dataclass
class _Record:
    """What the log says of one record."""

    title_abstract: str = ""
    full_text: str = ""
    reason: str = ""
    retrieval: str = ""
    verdicts: dict[str, dict[str, str]] = field(default_factory=dict)


def _settle(verdicts: Mapping[str, str]) -> str:
    """The decision on which all reviewers agree; nothing while they differ. *Maybe* goes on, as an include."""
    said = {"exclude" if v == "exclude" else "include" for v in verdicts.values()}
    return said.pop() if len(said) == 1 else ""


def _read_log(events: Iterable[Mapping[str, Any]], canonical: Mapping[str, str]) -> dict[str, _Record]:
    found: dict[str, _Record] = {}
    settled: set[tuple[str, str]] = set()
    for row in log.standing(events):
        if row["stage"] not in ("title_abstract", "full_text"):
            continue
        record = found.setdefault(canonical.get(row["record_id"], row["record_id"]), _Record())
        if "retrieval" in row:
            record.retrieval = row["retrieval"]
            continue
        key = (row["record_id"], row["stage"])
        if row.get("adjudicates"):
            record.verdicts[row["stage"]] = {row["reviewer"]: row["decision"]}
            settled.add(key)
        elif key not in settled:
            record.verdicts.setdefault(row["stage"], {})[row["reviewer"]] = row["decision"]
        if row["stage"] == "full_text" and row["decision"] == "exclude":
            record.reason = row.get("reason", "")
    for record in found.values():
        record.title_abstract = _settle(record.verdicts.get("title_abstract", {}))
        record.full_text = _settle(record.verdicts.get("full_text", {}))
    return found


def derive_flow(folder: Folder, events: Sequence[Mapping[str, Any]], tables: Tables) -> Flow:
    """Count every box from the records, the log and the table of reports."""
    databases = {line["source"]: line["database"] for _, line in read_jsonl(folder.ledger)}
    records = {row["id"]: row for _, row in read_jsonl(folder.records)}
    distinct = {row["id"]: row for _, row in read_jsonl(folder.deduplicated)}
    canonical = {member: key for key, row in distinct.items() for member in row["members"]}
    said = _read_log(events, canonical)
    stopped = any(row["stage"] == "stop" for row in log.standing(events))
    boxes = _search_boxes(records, distinct, canonical, databases)
    boxes |= _screening_boxes(list(distinct), said, stopped)
    boxes |= _report_boxes(list(boxes["sought"].members), said)
    boxes |= _study_boxes(boxes["included_reports"].members, tables, canonical)
    titles = {key: str(row.get("title", key)) for key, row in (records | distinct).items()}
    titles |= {key: row["label"] for key, row in tables["studies"].items()}
    flow = Flow(boxes, folder.settings().get("previous", {}), titles, ())
    return Flow(boxes, flow.previous, titles, tuple(_impossible(flow, said, distinct, canonical)))


def _parts(members: Iterable[str], label: Mapping[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    groups: dict[str, list[str]] = {}
    for member in members:
        groups.setdefault(label[member], []).append(member)
    return tuple((name, tuple(found)) for name, found in sorted(groups.items()))


def _search_boxes(
    records: Mapping[str, Mapping[str, Any]],
    distinct: Mapping[str, Any],
    canonical: Mapping[str, str],
    databases: Mapping[str, str],
) -> dict[str, Box]:
    source = {key: databases.get(row["source"], row["source"]) for key, row in records.items()}
    from_databases = [key for key in records if not source[key].startswith(OTHER)]
    from_others = [key for key in records if source[key].startswith(OTHER)]
    duplicates = tuple(key for key in records if key in canonical and key not in distinct)
    waiting = tuple(key for key in records if key not in canonical)
    return {
        "identified": Box("identified", "Records identified from databases and registers", tuple(from_databases),
                          _parts(from_databases, source)),
        "others": Box("others", "Records identified by other methods", tuple(from_others),
                      _parts(from_others, {k: v[len(OTHER):].strip() for k, v in source.items()})),
        "duplicates": Box("duplicates", "Duplicates removed before screening", duplicates),
        "not_deduplicated": Box("not_deduplicated", "Not yet de-duplicated", waiting),
    }  # fmt: skip


def _screening_boxes(distinct: list[str], said: Mapping[str, _Record], stopped: bool) -> dict[str, Box]:
    def verdict(key: str) -> str:
        record = said.get(key, _Record())
        return record.title_abstract or ("include" if record.full_text or record.retrieval else "")

    touched = {key for key in distinct if said.get(key, _Record()).verdicts.get("title_abstract")}
    open_ = [key for key in distinct if not verdict(key)]
    unscreened = tuple(key for key in open_ if stopped and key not in touched)
    awaiting = tuple(key for key in open_ if key not in unscreened)
    screened = tuple(key for key in distinct if verdict(key))
    return {
        "unscreened": Box("unscreened", "Marked as ineligible by the ranking (screening was stopped)", unscreened),
        "awaiting_screening": Box("awaiting_screening", "Awaiting screening or agreement", awaiting),
        "screened": Box("screened", "Records screened", screened),
        "excluded": Box("excluded", "Records excluded", tuple(k for k in screened if verdict(k) == "exclude")),
        "sought": Box("sought", "Reports sought for retrieval", tuple(k for k in screened if verdict(k) == "include")),
    }  # fmt: skip


def _report_boxes(sought: list[str], said: Mapping[str, _Record]) -> dict[str, Box]:
    record = {key: said.get(key, _Record()) for key in sought}
    missed = tuple(k for k in sought if record[k].retrieval == "not_retrieved")
    assessed = tuple(k for k in sought if k not in missed and record[k].full_text)
    waiting = tuple(k for k in sought if k not in missed and not record[k].full_text)
    excluded = tuple(k for k in assessed if record[k].full_text == "exclude")
    reasons = {k: record[k].reason or "no reason given" for k in excluded}
    included = tuple(k for k in assessed if record[k].full_text == "include")
    return {
        "not_retrieved": Box("not_retrieved", "Reports not retrieved", missed),
        "awaiting_report": Box("awaiting_report", "Reports awaiting full text or a decision", waiting),
        "assessed": Box("assessed", "Reports assessed for eligibility", assessed),
        "excluded_reports": Box("excluded_reports", "Reports excluded", excluded, _parts(excluded, reasons)),
        "included_reports": Box("included_reports", "Reports of new included studies", included),
    }


def _study_boxes(included: Sequence[str], tables: Tables, canonical: Mapping[str, str]) -> dict[str, Box]:
    study = {canonical.get(r["record_id"], r["record_id"]): r["study_id"] for r in tables["reports"].values()}
    studies = tuple(dict.fromkeys(study[key] for key in included if key in study))
    loose = tuple(key for key in included if key not in study)
    return {
        "included_studies": Box("included_studies", "New studies included", studies),
        "unlinked": Box("unlinked", "Included reports that no study claims yet", loose),
    }


IDENTITIES = (
    ("identified + others = duplicates + not_deduplicated + unscreened + awaiting_screening + screened"),
    ("screened = excluded + sought"),
    ("sought = not_retrieved + awaiting_report + assessed"),
    ("assessed = excluded_reports + included_reports"),
)


def _impossible(
    flow: Flow, said: Mapping[str, _Record], distinct: Mapping[str, Any], canonical: Mapping[str, str]
) -> Iterable[str]:
    """Each count that cannot be, in a sentence that names it."""
    for identity in IDENTITIES:
        left, right = (sum(flow[name.strip()] for name in side.split("+")) for side in identity.split("="))
        if left != right:
            yield f"{identity}: {left} is not {right}"
    if flow["included_studies"] > flow["included_reports"]:
        yield f"{flow['included_studies']} studies come from {flow['included_reports']} reports"
    for key, record in said.items():
        if key not in distinct:
            yield f"there is a decision on {key}, which is not among the records"
        elif record.title_abstract == "exclude" and record.full_text:
            yield f"{key} has a full-text decision although it was excluded on title and abstract"
        elif record.retrieval == "not_retrieved" and record.full_text:
            yield f"{key} has a full-text decision although its report was not retrieved"
        elif record.full_text == "exclude" and not record.reason:
            yield f"{key} was excluded on its full text without a reason"
    studies, reports = flow.previous.get("studies", 0), flow.previous.get("reports", 0)
    if "reports" in flow.previous and studies > reports:
        yield f"the previous version counts {studies} studies from {reports} reports"


# Left column of the drawing with what leaves to the right of each step.
STEPS = (
    (("identified", "others"), ("duplicates", "unscreened", "not_deduplicated")),
    (("screened",), ("excluded", "awaiting_screening")),
    (("sought",), ("not_retrieved", "awaiting_report")),
    (("assessed",), ("excluded_reports",)),
    (("included_studies", "included_reports"), ()),
)


ALWAYS = ("duplicates", "excluded", "excluded_reports")  # drawn even when empty
DRAWN = (*ALWAYS, *(name for main, _ in STEPS for name in main))


def draw(flow: Flow) -> Figure:
    """The flow with a link from each box to the list of its records (`#box-...` on the page)."""
    told = "; ".join(f"{box.title}: {box.count}" for box in flow.boxes.values())
    figure = Figure("prisma", "PRISMA 2020 flow, derived from the log", told + ".", 640, 10)
    y = _previous(figure, flow)
    for main, aside in STEPS:
        kept = [flow.boxes[name] for name in aside if flow[name] or name in ALWAYS]
        height = max(_height([flow.boxes[name] for name in main]), _height(kept) if kept else 0)
        _box(figure, 0, y, height, [flow.boxes[name] for name in main])
        if kept:
            _box(figure, 345, y, height, kept)
            figure.line(295, y + height / 2, 345, y + height / 2, "bar")
        y += height
        if main != STEPS[-1][0]:
            figure.line(147, y, 147, y + 22, "bar")
            figure.polygon([(142, y + 14), (152, y + 14), (147, y + 22)], "ink")
        y += 22
    figure.height = y
    return figure


def _previous(figure: Figure, flow: Flow) -> float:
    """The box of the earlier version, whose counts were published and not derived here."""
    if not flow.previous:
        return 6.0
    counts = [f"{flow.previous[name]} {name}" for name in ("studies", "reports") if name in flow.previous]
    words = wrap(f"{flow.previous.get('label', 'Previous version')}: {', '.join(counts)} (as published)", 84)
    figure.rect(1, 6, 638, 16 + 17 * len(words), "soft")
    figure.lines(12, 25, words, "small")
    return 6 + 16 + 17 * len(words) + 22


def _words(box: Box) -> list[str]:
    return _title(box) + [line for name, members in box.parts for line in wrap(f"– {name}: {len(members)}", 38)]


def _title(box: Box) -> list[str]:
    return wrap(f"{box.title} (n\u00a0=\u00a0{box.count})", 36)


def _height(boxes: Sequence[Box]) -> float:
    return 14 + sum(17.0 * len(_words(box)) + 6 for box in boxes)


def _box(figure: Figure, x: float, y: float, height: float, boxes: Sequence[Box]) -> None:
    figure.rect(x + 1, y, 293, height, "open")
    down = y + 21
    for box in boxes:
        title, lines = _title(box), _words(box)
        figure.link(f"#box-{box.id}", x + 12, down, title, "small strong")
        figure.lines(x + 12, down + 17 * len(title), lines[len(title) :], "small")
        down += 17 * len(lines) + 6
