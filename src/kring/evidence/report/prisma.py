"""The PRISMA 2020 flow, derived from ledger and log, never typed. An impossible count is an error with a name.

Form for updated reviews (Page et al. 2021, BMJ 372:n71), with boxes for what is still open: a living review is
shown while it is under way. Records found outside databases pass the same steps and are counted apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kring.evidence import log
from kring.evidence.extraction.values import Tables
from kring.evidence.files import read_jsonl
from kring.evidence.folder import Folder
from kring.evidence.records import canonical, read_ledger
from kring.evidence.report.figures.svg import WIDE, Figure, wrap
from kring.evidence.screening import RecordState, state

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


def derive_flow(folder: Folder, events: Sequence[Mapping[str, Any]], tables: Tables) -> Flow:
    """Count every box from the records, the log and the table of reports."""
    databases = {line["source"]: line["database"] for line in read_ledger(folder)}
    records = {row["id"]: row for _, row in read_jsonl(folder.records)}
    canonical_id = canonical(folder)
    distinct = list(dict.fromkeys(canonical_id.values()))
    states = state(folder)
    stopped = any(row["stage"] == "stop" for row in log.standing(events))
    boxes = _search_boxes(records, distinct, canonical_id, databases)
    boxes |= _screening_boxes(states, stopped)
    boxes |= _report_boxes([states[key] for key in boxes["sought"].members])
    boxes |= _study_boxes(boxes["included_reports"].members, tables, canonical_id)
    titles = {key: str(row.get("title", key)) for key, row in records.items()}
    titles |= {key: row["label"] for key, row in tables["studies"].items()}
    previous = folder.settings().get("previous", {})
    return Flow(boxes, previous, titles, tuple(_impossible(boxes, previous, states.values())))


def _parts(members: Iterable[str], label: Mapping[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    groups: dict[str, list[str]] = {}
    for member in members:
        groups.setdefault(label[member], []).append(member)
    return tuple((name, tuple(found)) for name, found in sorted(groups.items()))


def _search_boxes(
    records: Mapping[str, Mapping[str, Any]],
    distinct: Sequence[str],
    canonical: Mapping[str, str],
    databases: Mapping[str, str],
) -> dict[str, Box]:
    source = {key: databases.get(row["source"], row["source"]) for key, row in records.items()}
    from_databases = [key for key in records if not source[key].startswith(OTHER)]
    from_others = [key for key in records if source[key].startswith(OTHER)]
    kept = set(distinct)  # a list would cost the square of the records
    duplicates = tuple(key for key in records if key in canonical and key not in kept)
    waiting = tuple(key for key in records if key not in canonical)
    return {
        "identified": Box("identified", "Records identified from databases and registers", tuple(from_databases),
                          _parts(from_databases, source)),
        "others": Box("others", "Records identified by other methods", tuple(from_others),
                      _parts(from_others, {k: v[len(OTHER):].strip() for k, v in source.items()})),
        "duplicates": Box("duplicates", "Duplicates removed before screening", duplicates),
        "not_deduplicated": Box("not_deduplicated", "Not yet de-duplicated", waiting),
    }  # fmt: skip


def _screening_boxes(states: Mapping[str, RecordState], stopped: bool) -> dict[str, Box]:
    def verdict(record: RecordState) -> str:
        """Include, exclude, or empty; a record whose report was sought has passed this stage."""
        if record.title_abstract.outcome == "exclude":
            return "exclude"
        beyond = record.full_text.outcome or record.retrieval
        return "include" if record.title_abstract.onward or beyond else ""

    open_ = [record for record in states.values() if not verdict(record)]
    unscreened = tuple(record.id for record in open_ if stopped and not record.title_abstract.outcome)
    left = set(unscreened)
    awaiting = tuple(record.id for record in open_ if record.id not in left)
    said = {
        verdict_: tuple(r.id for r in states.values() if verdict(r) == verdict_) for verdict_ in ("include", "exclude")
    }
    screened = tuple(r.id for r in states.values() if verdict(r))
    return {
        "unscreened": Box("unscreened", "Marked as ineligible by the ranking (screening was stopped)", unscreened),
        "awaiting_screening": Box("awaiting_screening", "Awaiting screening or agreement", awaiting),
        "screened": Box("screened", "Records screened", screened),
        "excluded": Box("excluded", "Records excluded", said["exclude"]),
        "sought": Box("sought", "Reports sought for retrieval", said["include"]),
    }


def _report_boxes(sought: Sequence[RecordState]) -> dict[str, Box]:
    """A full text on which reviewers differ, or which one of them calls *maybe*, still awaits its decision."""
    missed = tuple(r.id for r in sought if r.retrieval == "not_retrieved")
    here = [r for r in sought if r.retrieval != "not_retrieved"]
    excluded = {r.id: r.full_text.reason for r in here if r.full_text.outcome == "exclude"}
    included = tuple(r.id for r in here if r.full_text.outcome == "include")
    assessed = tuple(r.id for r in here if r.id in excluded or r.id in included)
    waiting = tuple(r.id for r in here if r.id not in assessed)
    return {
        "not_retrieved": Box("not_retrieved", "Reports not retrieved", missed),
        "awaiting_report": Box("awaiting_report", "Reports awaiting full text or a decision", waiting),
        "assessed": Box("assessed", "Reports assessed for eligibility", assessed),
        "excluded_reports": Box("excluded_reports", "Reports excluded", tuple(excluded), _parts(excluded, excluded)),
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


def _impossible(boxes: Mapping[str, Box], previous: Mapping[str, Any], states: Iterable[RecordState]) -> Iterable[str]:
    """Each count that cannot be, in a sentence that names it.

    A decision on a record that is gone, or a full text excluded without a reason, is refused before, by screening.
    """
    for identity in IDENTITIES:
        left, right = (sum(boxes[name.strip()].count for name in side.split("+")) for side in identity.split("="))
        if left != right:
            yield f"{identity}: {left} is not {right}"
    studies, reports = boxes["included_studies"].count, boxes["included_reports"].count
    if studies > reports:
        yield f"{studies} studies come from {reports} reports"
    for record in states:
        if record.title_abstract.outcome == "exclude" and record.full_text.outcome:
            yield f"{record.id} has a full-text decision although it was excluded on title and abstract"
        elif record.retrieval == "not_retrieved" and record.full_text.outcome:
            yield f"{record.id} has a full-text decision although its report was not retrieved"
    if "reports" in previous and previous.get("studies", 0) > previous["reports"]:
        yield f"the previous version counts {previous['studies']} studies from {previous['reports']} reports"


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


def draw(flow: Flow, width: float = WIDE) -> Figure:
    """The flow with a link from each box to the list of its records (`#box-...` on the page).

    Wide: what leaves stands to the right of each step. Narrow: below it, moved in.
    """
    told = "; ".join(f"{box.title}: {box.count}" for box in flow.boxes.values())
    figure = Figure("prisma", "PRISMA 2020 flow, derived from the log", told + ".", width, 10)
    y, narrow = _previous(figure, flow), width < WIDE
    for main, aside in STEPS:
        kept = [flow.boxes[name] for name in aside if flow[name] or name in ALWAYS]
        boxes = [flow.boxes[name] for name in main]
        height, beside = _height(boxes), _height(kept) if kept else 0
        if not narrow:
            height = beside = max(height, beside)
        _box(figure, 0, y, height, boxes)
        if kept and narrow:
            figure.line(8, y + height, 8, y + height + 10 + beside, "bar")
            figure.line(8, y + height + 10 + beside / 2, 24, y + height + 10 + beside / 2, "bar")
            _box(figure, 24, y + height + 10, beside, kept)
            height += 10 + beside
        elif kept:
            _box(figure, 345, y, height, kept)
            figure.line(295, y + height / 2, 345, y + height / 2, "bar")
        y += height
        if main != STEPS[-1][0]:
            _arrow(figure, 8 if narrow and kept else 147, y)
        y += 22
    figure.height = y
    return figure


def _arrow(figure: Figure, x: float, y: float) -> None:
    figure.line(x, y, x, y + 22, "bar")
    figure.polygon([(x - 5, y + 14), (x + 5, y + 14), (x, y + 22)], "ink")


def _previous(figure: Figure, flow: Flow) -> float:
    """The box of the earlier version, whose counts were published and not derived here."""
    if not flow.previous:
        return 6.0
    counts = [f"{flow.previous[name]} {name}" for name in ("studies", "reports") if name in flow.previous]
    words = wrap(
        f"{flow.previous.get('label', 'Previous version')}: {', '.join(counts)} (as published)", int(figure.width / 7.6)
    )
    figure.rect(1, 6, figure.width - 2, 16 + 17 * len(words), "soft")
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
