"""De-duplication: candidate pairs, a verdict on each, clusters that hold no contradiction, one record per cluster.

Nothing is thrown away: `records.jsonl` keeps every record, merges are derived, and a decision in the log
(`same`, `different`, `linked`) overrules the rules, so every merge can be undone.
"""

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kring.evidence.files import tell
from kring.evidence.records.features import Features, features, keys
from kring.evidence.records.judge import Judgement, judge, objects
from kring.evidence.records.pairs import Engine, candidates, columns
from kring.evidence.records.record import Record

Pair = tuple[str, str]
PART = 20_000  # pairs that travel to one worker at a time


@dataclass
class Deduplicated:
    """`clusters`: lists of ids, each in order of import; `judged`: what was said of each pair."""

    clusters: list[list[str]]
    merges: dict[Pair, Judgement] = field(default_factory=dict)
    links: dict[Pair, Judgement] = field(default_factory=dict)
    queue: dict[Pair, Judgement] = field(default_factory=dict)


def deduplicate(
    records: Sequence[Record],
    *,
    decided: Mapping[Pair, str] | None = None,
    link_versions: bool = True,
    engine: Engine = "duckdb",
) -> Deduplicated:
    """Find the records that are one article. `decided` holds people's verdicts by sorted pair of ids."""
    tell("Reading records", len(records))
    found = [features(record) for record in records]
    tell("Looking for records that share a key", len(records))
    pairs = candidates(*columns(keys(f) for f in found), engine=engine)
    tell("Comparing pairs", len(pairs))
    order = {record.id: number for number, record in enumerate(records)}
    judged = _judge_all(pairs.tolist(), found, link_versions, engine)
    for (a, b), verdict in (decided or {}).items():
        pair = tuple(sorted((order[a], order[b])))
        judged[pair[0], pair[1]] = _said_by_people(verdict)
    return _collect(records, found, judged, link_versions)


def _judge_all(
    pairs: list[list[int]], found: Sequence[Features], link: bool, engine: Engine
) -> dict[tuple[int, int], Judgement]:
    """A verdict on each pair; with Dask each part travels with the records that it needs."""
    if engine == "duckdb":
        return _judge_part(pairs, found, link)
    dask = importlib.import_module("dask")  # `candidates` has said so where it is missing
    parts = [pairs[at : at + PART] for at in range(0, len(pairs), PART)]
    tasks = [dask.delayed(_judge_part)(part, {n: found[n] for p in part for n in p}, link) for part in parts]
    return {pair: said for part in dask.compute(*tasks) for pair, said in part.items()}


def _judge_part(
    pairs: list[list[int]], found: Mapping[int, Features] | Sequence[Features], link: bool
) -> dict[tuple[int, int], Judgement]:
    return {(a, b): judge(found[a], found[b], link_versions=link) for a, b in pairs}


def _said_by_people(verdict: str) -> Judgement:
    if verdict == "same":
        return Judgement("same", 2.0, "decided by a reviewer")
    return Judgement("linked" if verdict == "linked" else "different", 2.0, "decided by a reviewer")


def _collect(
    records: Sequence[Record], found: Sequence[Features], judged: dict[tuple[int, int], Judgement], link: bool
) -> Deduplicated:
    same = sorted(((p, j) for p, j in judged.items() if j.verdict == "same"), key=lambda pj: (-pj[1].score, pj[0]))
    clusters = _Clusters(len(records), found, judged, link)
    out = Deduplicated([])
    for (a, b), judgement in same:
        pair = (records[a].id, records[b].id)
        if clusters.join(a, b, sure=judgement.score > 1):
            out.merges[pair] = judgement
        else:
            out.queue[pair] = replace(judgement, verdict="doubtful", reason=judgement.reason + "; others object")
    for (a, b), judgement in judged.items():
        apart = clusters.root(a) != clusters.root(b)
        if judgement.verdict in ("linked", "doubtful") and apart:
            target = out.links if judgement.verdict == "linked" else out.queue
            target[records[a].id, records[b].id] = judgement
    out.queue = _one_per_clusters(out.queue, {r.id: clusters.root(n) for n, r in enumerate(records)})
    out.clusters = [[records[n].id for n in members] for members in clusters.lists()]
    return out


def _one_per_clusters(queue: Mapping[Pair, Judgement], root: Mapping[str, int]) -> dict[Pair, Judgement]:
    """A person answers once for two clusters, not once for each pair between them."""
    seen: set[tuple[int, ...]] = set()
    out: dict[Pair, Judgement] = {}
    for pair, judgement in sorted(queue.items(), key=lambda item: (-item[1].score, item[0])):
        between = tuple(sorted((root[pair[0]], root[pair[1]])))
        if between not in seen:
            seen.add(between)
            out[pair] = judgement
    return out


class _Clusters:
    """Joins records unless two members contradict: A = B and B = C must not make A = C when these differ."""

    def __init__(
        self, size: int, found: Sequence[Features], judged: dict[tuple[int, int], Judgement], link: bool
    ) -> None:
        self.parent = list(range(size))
        self.members: dict[int, list[int]] = {n: [n] for n in range(size)}
        self.found, self.judged, self.link = found, judged, link

    def root(self, n: int) -> int:
        while self.parent[n] != n:
            self.parent[n] = self.parent[self.parent[n]]
            n = self.parent[n]
        return n

    def join(self, a: int, b: int, *, sure: bool) -> bool:
        a, b = sorted((self.root(a), self.root(b)))
        if a == b:
            return True
        if any(self._apart(x, y, sure) for x in self.members[a] for y in self.members[b]):
            return False
        self.parent[b] = a
        self.members[a] = sorted(self.members[a] + self.members.pop(b))
        return True

    def _apart(self, x: int, y: int, sure: bool) -> bool:
        pair = (min(x, y), max(x, y))
        said = self.judged.get(pair)
        if said is None:
            said = self.judged[pair] = judge(self.found[pair[0]], self.found[pair[1]], link_versions=self.link)
        if sure:  # a person joined them: only another person's word stands against it
            return said.score > 1 and said.verdict != "same"
        return objects(self.found[pair[0]], self.found[pair[1]], said)

    def lists(self) -> Iterable[list[int]]:
        return (self.members[root] for root in sorted(self.members))
