"""Ranking past memory: records go by in parts, and no part needs the others.

Words are hashed instead of numbered (scikit-learn's HashingVectorizer, 2²⁰ columns), so that parts need no common
vocabulary; document frequencies are summed over the parts; the labelled records, which are few, are learnt from in
one place; then each part is scored on its own. Parts run one after the other here, or on Dask's workers; the scores are
the same. Beside `words.tfidf` two terms in a million may share a column: the order differs a little from it.
"""

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp

from kring.evidence.files import tell
from kring.evidence.problem import Problem
from kring.evidence.screening.model import Floats, Ints, Ranker, Recipe

COLUMNS = 2**20
PART = 5_000  # records held as vectors at one time
Engine = Literal["local", "dask"]


def spread_scores(
    texts: Sequence[str], rows: Ints, labels: Ints, *, engine: Engine = "local", recipe: Recipe | None = None
) -> Floats:
    """Scores of all `texts` as learnt from `rows` with `labels`; the same for both engines."""
    run = _engine(engine)
    parts = [texts[at : at + PART] for at in range(0, len(texts), PART)]
    tell("Counting words, then scoring, in parts", len(texts))
    df = np.sum(run(_document_frequency, [(part,) for part in parts]), axis=0)
    idf = np.where(df <= 0.95 * len(texts), np.log((1 + len(texts)) / (1 + df)) + 1, 0.0)
    known = _vectors([texts[row] for row in rows], idf)
    ranker = Ranker(known, recipe)
    ranker.learn(np.arange(len(rows)), labels)
    weights, intercept = ranker.solution
    scored = run(_score, [(part, idf, weights, intercept) for part in parts])
    return np.concatenate(scored) if scored else np.empty(0)


def _counts(texts: Sequence[str]) -> sp.csr_matrix:
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(ngram_range=(1, 2), n_features=COLUMNS, alternate_sign=False, norm=None)
    return hashing.transform(texts).tocsr()


def _document_frequency(texts: Sequence[str]) -> Floats:
    return np.bincount(_counts(texts).indices, minlength=COLUMNS).astype(np.float64)


def _vectors(texts: Sequence[str], idf: Floats) -> sp.csr_matrix:
    matrix = _counts(texts)
    matrix.data = (1 + np.log(matrix.data)) * idf[matrix.indices]
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    return sp.csr_matrix(sp.diags(1 / lengths) @ matrix)


def _score(texts: Sequence[str], idf: Floats, weights: Floats, intercept: float) -> Floats:
    scores: Floats = np.asarray(_vectors(texts, idf) @ weights).ravel() + intercept
    return scores


def _engine(name: Engine) -> Callable[[Callable[..., Any], Sequence[tuple[Any, ...]]], list[Any]]:
    """How a function is run over the parts: here, one after the other; or by Dask, in any number of places."""
    if name == "local":
        return lambda work, parts: [work(*part) for part in parts]
    try:
        dask = importlib.import_module("dask")
    except ModuleNotFoundError:
        raise Problem("The engine dask is not installed.", "pip install 'dask[dataframe]'") from None
    return lambda work, parts: list(dask.compute(*(dask.delayed(work)(*part) for part in parts)))
