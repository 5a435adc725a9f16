"""One reviewer at work on one stage: what comes next, a decision, an undo, the meter. Every screen uses this."""

import threading
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

import numpy as np

from kring.evidence import log
from kring.evidence.files import Row, line_of, tell, write_csv, write_json
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem
from kring.evidence.records import Record, canonical, read_records
from kring.evidence.screening.agreement import agreement
from kring.evidence.screening.criteria import read_criteria
from kring.evidence.screening.model import Floats, Ranker, Recipe, due
from kring.evidence.screening.state import (
    DECISIONS,
    STAGES,
    RecordState,
    Stage,
    Verdict,
    derive,
    in_order,
    is_dual,
    read_decisions,
)
from kring.evidence.screening.stopping import Meter, meter
from kring.evidence.screening.words import Words, tfidf

MANY = 20_000  # from here on, terms that stand in one record only are left out: they fill memory and rank nothing


class Session:
    """Reads the folder once and follows the log as it grows, also when another reviewer writes it."""

    def __init__(self, folder: Folder, reviewer: str, stage: Stage = "title_abstract", seed: int = 1) -> None:
        if not reviewer.strip():
            raise Problem("A decision needs the name of who makes it.", "Give --reviewer NAME.")
        self.folder, self.reviewer, self.stage = folder, reviewer, stage
        self.records = {record.id: record for record in read_records(folder.deduplicated)}
        if not self.records:
            what = "The review has no deduplicated records yet."
            raise Problem(what, f"First: kring evidence dedup {folder.root}", file=folder.deduplicated)
        self.criteria, self.dual, self.names = read_criteria(folder), is_dual(folder), canonical(folder)
        self.recipe = Recipe(seed=seed)
        self.lock = threading.RLock()
        self._log_file = log.Log(folder.decisions)
        self._ids = list(self.records)
        self._row = {id_: row for row, id_ in enumerate(self._ids)}
        self._scores: Floats | None = None
        self._learnt = 0
        self._size = -1
        self.refresh()

    def refresh(self) -> None:
        """Take in what others wrote to the log since the last look."""
        size = self.folder.decisions.stat().st_size if self.folder.decisions.exists() else 0
        if size == self._size:
            return
        with self.lock:
            self.events = read_decisions(self.folder, self.names)
            self.states = derive(self.events, self.names, dual=self.dual)
            self._by_record: dict[str, list[Row]] = {}
            for event in self.events:
                self._file(event)
            self._size = size

    def _file(self, event: Row) -> None:
        if "record_id" in event:
            self._by_record.setdefault(self.names[event["record_id"]], []).append(event)

    def verdict(self, id_: str) -> Verdict:
        found: Verdict = getattr(self.states[id_], self.stage)
        return found

    # ── what comes next ────────────────────────────────────────────────────────────────────────────────────

    def waiting(self) -> list[str]:
        """Records that this reviewer must still decide, most likely relevant first."""
        self.refresh()
        open_ = [id_ for id_ in self._ids if self._is_open(id_)]
        scores = self.scores()
        return sorted(open_, key=lambda id_: (-scores[self._row[id_]], self._row[id_]))

    def _is_open(self, id_: str) -> bool:
        if self.stage == "full_text" and not self.states[id_].title_abstract.onward:
            return False
        verdict = self.verdict(id_)
        mine = self.reviewer in verdict.by
        if self.stage == "full_text" and self.states[id_].retrieval == "not_retrieved":
            return False
        enough = len(verdict.by) >= (2 if self.dual else 1)
        return not mine and not enough and verdict.settled is None

    def next(self) -> Record | None:
        found = self.waiting()
        return self.records[found[0]] if found else None

    def scores(self) -> Floats:
        """How likely each record is relevant: learnt from all reviewers; before that, likeness to the criteria."""
        with self.lock:
            rows, labels = self.labelled()
            known = bool(0 < labels.sum() < len(labels))
            if self._scores is None or (known and due(len(rows), self._learnt, self.recipe.growth)):
                self._scores = self._ranking[1].learn(rows, labels) if known else self._cold()
                self._learnt = len(rows) if known else 0
            return self._scores

    @cached_property
    def _ranking(self) -> tuple[Words, Ranker]:
        """The records' vectors, made when they are first needed."""
        texts = [f"{record.title} {record.abstract}" for record in self.records.values()]
        tell("Counting the words of records", len(texts))
        words = tfidf(texts, min_df=2 if len(texts) > MANY else 1)
        return words, Ranker(words.matrix, self.recipe)

    def labelled(self) -> tuple[np.ndarray, np.ndarray]:
        """What the ranking learns from: a record is relevant when any reviewer let it pass the first stage."""
        rows, labels = [], []
        for id_, record in self.states.items():
            verdict = record.title_abstract
            said = [verdict.settled] if verdict.settled else list(verdict.by.values())
            if said:
                rows.append(self._row[id_])
                labels.append(int(any(event["decision"] != "exclude" for event in said)))
        return np.array(rows, dtype=np.int64), np.array(labels, dtype=np.int64)

    def _cold(self) -> Floats:
        """Before anything is learnt: likeness to the question and criteria, else in an order drawn by the seed."""
        settings = self.folder.settings()
        wanted = [settings.get("question", ""), *self.criteria.include, *self.criteria.highlight.get("include", [])]
        words = self._ranking[0]
        row = words.row(" ".join(str(text) for text in wanted))
        if row.nnz:
            likeness: Floats = np.asarray((words.matrix @ row.T).todense()).ravel()
            return likeness
        return np.random.default_rng(self.recipe.seed).random(len(self._ids))

    # ── deciding ───────────────────────────────────────────────────────────────────────────────────────────

    def decide(self, id_: str, decision: str, *, reason: str = "", note: str = "", adjudicates: bool = False) -> Row:
        """Log a decision; it counts as soon as this returns."""
        self._check(id_, decision, reason)
        settles = True if adjudicates else None
        return self._log(
            record_id=id_, decision=decision, reason=reason or None, note=note or None, adjudicates=settles
        )

    def _check(self, id_: str, decision: str, reason: str) -> None:
        if id_ not in self.records:
            raise Problem(f"The review has no record {id_}.", "Reload the page.")
        if decision not in DECISIONS:
            raise Problem(f"{decision!r} is no decision.", f"Use one of: {', '.join(DECISIONS)}.")
        if reason and reason not in self.criteria.exclude:
            raise Problem(f"The reason {reason!r} is not in criteria.toml.", "Choose one that is.")
        if self.stage == "full_text" and decision == "exclude" and not reason:
            raise Problem("A full text is excluded with a reason.", "Choose the first reason that applies.")

    def retrieval(self, id_: str, retrieved: bool) -> Row:
        """Log whether the full text could be had."""
        if id_ not in self.records:
            raise Problem(f"The review has no record {id_}.", "Reload the page.")
        return self._log(record_id=id_, retrieval="retrieved" if retrieved else "not_retrieved")

    def _log(self, **content: str | bool | None) -> Row:
        event = log.event(stage=self.stage, reviewer=self.reviewer, at=None, **content)
        self._append(event)
        return event

    def _append(self, event: Row) -> None:
        with self.lock:
            self.refresh()
            expected = self._size + len(line_of(event).encode("utf-8"))
            self._log_file.append([event])
            # Another size means that somebody else wrote in between: then the next look reads the whole log.
            self._size = expected if self.folder.decisions.stat().st_size == expected else -1
            self.events.append(event)
            self._file(event)
            id_ = self.names[event["record_id"]]
            self.states[id_] = derive(self._by_record[id_], self._names_of(id_), dual=self.dual)[id_]

    def _names_of(self, id_: str) -> dict[str, str]:
        return dict.fromkeys([id_, *self.records[id_].members], id_)

    def last(self) -> Row | None:
        """This reviewer's last decision at this stage, which `undo` takes back."""
        mine = [e for e in log.standing(self.events) if e["stage"] == self.stage and e["reviewer"] == self.reviewer]
        return mine[-1] if mine else None

    def undo(self) -> Row | None:
        """Take the last decision back; return it."""
        found = self.last()
        if found:
            self._append(log.undo(found, reviewer=self.reviewer))
        return found

    # ── how far ────────────────────────────────────────────────────────────────────────────────────────────

    def progress(self) -> tuple[int, int]:
        """Records that this reviewer need not look at any more, and all of this stage."""
        self.refresh()
        ids = [id_ for id_ in self._ids if self.stage == "title_abstract" or self.states[id_].title_abstract.onward]
        return sum(not self._is_open(id_) for id_ in ids), len(ids)

    def meter(self) -> Meter:
        """The stopping meter for title and abstract, from the records that are settled or in conflict."""
        order = in_order(self.events, self.names, self.states)
        labels = [int(self.states[id_].title_abstract.outcome != "exclude") for id_ in order]
        return meter(np.array(labels, dtype=np.int64), len(self.records))

    def conflicts(self) -> list[str]:
        self.refresh()
        return [id_ for id_ in self._ids if self.verdict(id_).outcome == "conflict"]


def write_state(folder: Folder, states: dict[str, RecordState], recipe: Recipe | None = None) -> list[Path]:
    """Write the derived tables of `3_screening`; the same bytes for the same log."""
    rows = []
    for id_, record in states.items():
        row: list[object] = [id_]
        for stage in STAGES:
            verdict: Verdict = getattr(record, stage)
            row += [verdict.outcome, verdict.reason, "; ".join(sorted(verdict.by))]
        rows.append([*row, record.retrieval])
    header = ["record_id"]
    for name in STAGES:
        header += [name, f"{name}_reason", f"{name}_by"]
    paths = [folder.screening / name for name in ("state.csv", "agreement.json", "model.json")]
    write_csv(paths[0], [*header, "retrieval"], rows)
    write_json(paths[1], [found.row() for stage in STAGES for found in agreement(states, stage)])
    write_json(paths[2], asdict(recipe or Recipe()))
    return paths
