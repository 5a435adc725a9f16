"""A filter for randomised trials, trained on records that the reviewer labelled. It marks; it never excludes.

`--filter trained:FILE`, and only then. FILE is any export that the import reads: a table with a column `label_included`
(1 = randomised trial), or a PubMed export, where the publication type says so. The model is a logistic regression on
TF-IDF of words and pairs of words (scikit-learn), made anew at each start from the file, so nothing is kept that could
not be checked. How often it errs is measured on the same file, each fifth of it by a model and cut-offs of the other
four, and told. On records of another kind (another field, another language) it may err more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kring.evidence.problem import Problem
from kring.evidence.records.importing import read_export
from kring.evidence.records.record import Record
from kring.evidence.screening.filters import RANDOMISED, TYPES, Mark

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

LEAST = 50  # of trials, and of others: with fewer, 1% missed could not be told from 5%
MISSED = 0.01  # part of the trials that may lie below the lower cut-off
SURE = 0.9  # part of the records above the upper cut-off that are trials
FOLDS = 5
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Trained:
    """A filter, with what was learnt from and how it did on records that it had not seen."""

    name: str
    trials: int
    others: int
    missed: int  # trials marked `no trial`
    wrong: int  # others marked `trial`
    model: "Pipeline"
    low: float
    high: float

    def __call__(self, records: Sequence[Record]) -> list[Mark]:
        scores = self.model.decision_function([_text(record) for record in records])
        said = [TYPES.search("; ".join(record.publication_types)) for record in records]
        marks = _marks(np.asarray(scores), self.low, self.high)
        return ["trial" if type_ else mark for type_, mark in zip(said, marks, strict=True)]

    @property
    def told(self) -> dict[str, str | int]:
        """For the sentence that stands beside the marks."""
        names = ("name", "trials", "others", "missed", "wrong")
        return {name: getattr(self, name) for name in names}


def train(path: Path) -> Trained:
    """The filter that follows from a labelled file."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    texts, truth = _labelled(path)
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(texts, truth))
    unseen = cross_val_predict(_model(), texts, truth, cv=folds, method="decision_function")
    missed = wrong = 0
    for others, fold in folds:
        marks = np.array(_marks(unseen[fold], *_cuts(unseen[others], truth[others])))
        missed += int((truth[fold] & (marks == "no trial")).sum())
        wrong += int((~truth[fold] & (marks == "trial")).sum())
    low, high = _cuts(unseen, truth)
    trials = int(truth.sum())
    return Trained(path.name, trials, len(truth) - trials, missed, wrong, _model().fit(texts, truth), low, high)


def _model() -> "Pipeline":
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, max_df=0.95)
    return make_pipeline(words, LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000))


def _labelled(path: Path) -> tuple[list[str], Bools]:
    """Texts, and whether each is a trial: by its label, or else by its publication type."""
    records = [record for record in read_export(path).records if record.title]
    labels = [record.label for record in records]
    if all(label is None for label in labels):
        labels = [_by_type(record) for record in records]
    known = [(_text(r), label == 1) for r, label in zip(records, labels, strict=True) if label is not None]
    truth = np.array([is_trial for _, is_trial in known], dtype=bool)
    trials, others = int(truth.sum()), int((~truth).sum())
    if min(trials, others) < LEAST:
        what = f"A filter cannot be trained on {trials} trials and {others} others."
        remedy = f"Give {LEAST} of each at least: a column label_included with 1 and 0, or a PubMed export."
        raise Problem(what, remedy, file=path)
    return [text for text, _ in known], truth


def _by_type(record: Record) -> int | None:
    """What the database's indexing says; None where it says nothing."""
    return int(bool(RANDOMISED.search("; ".join(record.publication_types)))) if record.publication_types else None


def _text(record: Record) -> str:
    return f"{record.title} {record.abstract}"


def _cuts(scores: Floats, truth: Bools) -> tuple[float, float]:
    """Below the first nearly no trial lies; from the second on nearly all are trials."""
    low = float(np.quantile(scores[truth], MISSED, method="lower"))
    order = np.argsort(-scores, kind="stable")
    part = np.cumsum(truth[order]) / np.arange(1, len(order) + 1)
    sure = np.flatnonzero(part >= SURE)
    high = float(scores[order[sure[-1]]]) if len(sure) else float("inf")
    return min(low, high), high


def _marks(scores: Floats, low: float, high: float) -> list[Mark]:
    return ["trial" if score >= high else "no trial" if score < low else "unclear" for score in scores]
