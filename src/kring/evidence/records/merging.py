"""The step `dedup` on a review folder: reads records and people's decisions, writes what follows from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from kring.evidence import log
from kring.evidence.files import Row, write_csv, write_jsonl
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem
from kring.evidence.records.dedup import Deduplicated, Pair, deduplicate
from kring.evidence.records.judge import Judgement
from kring.evidence.records.pairs import Engine
from kring.evidence.records.record import Record, read_records
from kring.evidence.records.rounds import write_rounds

QUEUE = (
    "first", "second", "why", "first_title", "second_title", "first_authors", "second_authors",
    "first_where", "second_where",
)  # fmt: skip
VERDICTS = ("same", "different", "linked")


@dataclass
class Result:
    """What `dedup` found, in numbers."""

    records: int
    distinct: int
    queue: int
    links: int


def run_dedup(folder: Folder, engine: Engine = "duckdb") -> Result:
    """Write the derived files of `2_records`; the same bytes for the same input."""
    records = list(read_records(folder.records))
    if not records:
        what = "The review holds no records yet."
        raise Problem(what, f"First: kring evidence import {folder.root} EXPORT ...", file=folder.records)
    by_id = {record.id: record for record in records}
    link = bool(folder.settings().get("dedup", {}).get("link_versions", True))
    found = deduplicate(records, decided=decided_pairs(folder, by_id), link_versions=link, engine=engine)
    kept = [merged([by_id[id_] for id_ in members]) for members in found.clusters]
    write_jsonl(folder.merges, _judged(found.merges))
    write_jsonl(folder.links, _judged(found.links))
    write_csv(folder.queue, QUEUE, _queue_rows(found, by_id))
    write_jsonl(folder.deduplicated, (record.row() for record in kept))
    write_rounds(folder)
    return Result(len(records), len(kept), len(found.queue), len(found.links))


def _judged(pairs: Mapping[Pair, Judgement]) -> Iterable[Row]:
    for (first, second), judgement in sorted(pairs.items()):
        yield {
            "first": first,
            "second": second,
            "score": round(min(judgement.score, 1.0), 3),
            "reason": judgement.reason,
        }


def _queue_rows(found: Deduplicated, by_id: Mapping[str, Record]) -> Iterable[list[str]]:
    for (first, second), judgement in found.queue.items():
        a, b = by_id[first], by_id[second]
        titles, authors = [a.title, b.title], ["; ".join(r.authors[:3]) for r in (a, b)]
        yield [first, second, judgement.reason, *titles, *authors, _where(a), _where(b)]


def _where(record: Record) -> str:
    parts = (record.journal, str(record.year or ""), record.volume, record.pages, record.doi)
    return " | ".join(part for part in parts if part)


def merged(members: list[Record]) -> Record:
    """One record for a cluster: the first one's id, and of each field the first value, of abstracts the longest."""
    first = members[0]
    out = Record(first.id, source=first.source, line=first.line, round=min(m.round for m in members))
    for name in ("type", "title", "year", "journal", "volume", "number", "pages", "doi", "pmid", "language", "url"):
        setattr(out, name, next((value for m in members if (value := getattr(m, name))), getattr(first, name)))
    for name in ("publication_types", "keywords"):
        setattr(out, name, list(dict.fromkeys(value for m in members for value in getattr(m, name))))
    out.authors = max((m.authors for m in members), key=len)
    out.abstract = max((m.abstract for m in members), key=len)
    out.label = next((m.label for m in members if m.label is not None), None)
    out.members = [m.id for m in members]
    return out


def decided_pairs(folder: Folder, by_id: Mapping[str, Record]) -> dict[Pair, str]:
    """What people said of pairs; of several statements on one pair the latest stands."""
    out: dict[Pair, str] = {}
    for event in log.standing(log.read(folder.decisions)):
        if event["stage"] != "dedup":
            continue
        first, second = sorted(event["pair"])
        gone = [id_ for id_ in (first, second) if id_ not in by_id]
        if gone:
            what = f"Decision {event['id']} is about record {gone[0]}, which is not in the review."
            raise Problem(what, "Import its export again, or undo the decision.", file=folder.decisions)
        out[first, second] = event["decision"]
    return out


def decide_pair(folder: Folder, first: str, second: str, decision: str, reviewer: str, reason: str = "") -> Row:
    """Log what a person says about two records."""
    if decision not in VERDICTS:
        raise Problem(f"{decision!r} is no verdict on a pair.", f"Use one of: {', '.join(VERDICTS)}.")
    known = {record.id for record in read_records(folder.records)}
    for id_ in (first, second):
        if id_ not in known:
            raise Problem(f"The review has no record {id_}.", "Take the ids from queue.csv.", file=folder.records)
    if first == second:
        raise Problem("A pair needs two records.", "Take the ids from queue.csv.")
    pair = sorted((first, second))
    event = log.event(stage="dedup", reviewer=reviewer, pair=pair, decision=decision, reason=reason or None)
    log.append(folder.decisions, [event])
    return event


def canonical(folder: Folder) -> dict[str, str]:
    """Every record id → the id under which it is screened."""
    return {
        member: record.id for record in read_records(folder.deduplicated) for member in (record.members or [record.id])
    }


def all_pairs(clusters: Iterable[Iterable[str]]) -> set[Pair]:
    """The pairs inside clusters, for comparing two clusterings."""
    return {(min(a, b), max(a, b)) for members in clusters for a, b in combinations(members, 2)}
