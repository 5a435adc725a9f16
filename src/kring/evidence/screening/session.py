"""One reviewer at work on one stage: what comes next, a decision, an undo, the meter. Every screen uses this."""

import threading
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kring.evidence import log
from kring.evidence.files import Row, tell, write_csv, write_json
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem
from kring.evidence.records import Record, canonical, read_records
from kring.evidence.screening.agreement import agreement
from kring.evidence.screening.criteria import read_criteria
from kring.evidence.screening.model import Floats, Ranker, Recipe, due
from kring.evidence.screening.standing import Standing
from kring.evidence.screening.state import (
    DECISIONS,
    STAGES,
    RecordState,
    Stage,
    Verdict,
    checked,
    is_dual,
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
        self._read: Meter | None = None
        self.refresh()

    def refresh(self) -> None:
        """Take in what was written to the log since the last look, by us or by others."""
        with self.lock:
            anew, lines = self._log_file.look()
            if anew:
                self._begin()
            try:
                touched = self._standing.take_in(checked(self.folder, self.names, lines))
            except Problem:
                self._log_file = log.Log(self.folder.decisions)  # the next look must meet this line again
                raise
            for id_ in touched:
                self._note(id_)

    def _begin(self) -> None:
        """Nothing decided: what the screens ask is kept as a column, one place for each record."""
        size, first = len(self._ids), self.stage == "title_abstract"
        self._standing = Standing(self.names, dual=self.dual)
        self._here = np.full(size, first)  # belongs to this stage
        self._open = np.full(size, first)  # this reviewer must still decide
        self._label = np.full(size, -1, dtype=np.int8)  # relevant 1, irrelevant 0, unknown -1
        self._found = np.full(size, -1, dtype=np.int8)  # the same, of records that are settled or in conflict

    def _note(self, id_: str) -> None:
        row, record = self._row[id_], self.states[id_]
        self._here[row] = self.stage == "title_abstract" or record.title_abstract.onward
        self._open[row] = self._here[row] and self._is_open(id_)
        self._label[row] = _label(record.title_abstract)
        outcome = record.title_abstract.outcome
        self._found[row] = -1 if outcome in ("", "waiting") else outcome != "exclude"

    @property
    def states(self) -> dict[str, RecordState]:
        return self._standing.states

    def verdict(self, id_: str) -> Verdict:
        found: Verdict = getattr(self.states[id_], self.stage)
        return found

    # ── what comes next ────────────────────────────────────────────────────────────────────────────────────

    def waiting(self) -> list[str]:
        """Records that this reviewer must still decide, most likely relevant first."""
        return [self._ids[row] for row in self._queue()]

    def _queue(self) -> NDArray[np.int64]:
        self.refresh()
        self.scores()
        queue: NDArray[np.int64] = self._ranked[self._open[self._ranked]]
        return queue

    def _is_open(self, id_: str) -> bool:
        verdict = self.verdict(id_)
        if self.stage == "full_text" and self.states[id_].retrieval == "not_retrieved":
            return False
        enough = len(verdict.by) >= (2 if self.dual else 1)
        return self.reviewer not in verdict.by and not enough and verdict.settled is None

    def next(self) -> Record | None:
        queue = self._queue()
        return self.records[self._ids[queue[0]]] if len(queue) else None

    def scores(self) -> Floats:
        """How likely each record is relevant: learnt from all reviewers; before that, likeness to the criteria."""
        with self.lock:
            rows, labels = self.labelled()
            known = bool(0 < labels.sum() < len(labels))
            if self._scores is None or (known and due(len(rows), self._learnt, self.recipe.growth)):
                self._scores = self._ranking[1].learn(rows, labels) if known else self._cold()
                self._learnt = len(rows) if known else 0
                self._ranked = np.argsort(-self._scores, kind="stable")
            return self._scores

    @cached_property
    def _ranking(self) -> tuple[Words, Ranker]:
        """The records' vectors, made when they are first needed."""
        texts = [f"{record.title} {record.abstract}" for record in self.records.values()]
        tell("Counting the words of records", len(texts))
        words = tfidf(texts, min_df=2 if len(texts) > MANY else 1)
        return words, Ranker(words.matrix, self.recipe)

    def labelled(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """What the ranking learns from: a record is relevant when any reviewer let it pass the first stage."""
        rows = np.flatnonzero(self._label >= 0)
        return rows, self._label[rows].astype(np.int64)

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
            self._log_file.append([event])
            self.refresh()

    def last(self) -> Row | None:
        """This reviewer's last decision at this stage, which `undo` takes back."""
        return self._standing.last(self.stage, self.reviewer)

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
        return int((self._here & ~self._open).sum()), int(self._here.sum())

    def meter(self) -> Meter:
        """The stopping meter for title and abstract, from the records that are settled or in conflict.

        In long logs a reading holds until something is found or the decisions grow by 1 in 200: it takes a while.
        """
        rows = np.array([self._row[id_] for id_ in self._standing.order()], dtype=np.int64)
        labels = self._found[rows].astype(np.int64)
        labels = labels[labels >= 0]
        read = self._read
        later = 0 <= len(labels) - read.screened <= read.screened // 200 if read else False
        if not (read and later and labels.sum() == read.found and len(labels) < len(self.records)):
            read = self._read = meter(labels, len(self.records))
        return read

    def conflicts(self) -> list[str]:
        self.refresh()
        return [id_ for id_ in self._ids if self.verdict(id_).outcome == "conflict"]


def _label(verdict: Verdict) -> int:
    said = [verdict.settled] if verdict.settled else list(verdict.by.values())
    return int(any(event["decision"] != "exclude" for event in said)) if said else -1


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
