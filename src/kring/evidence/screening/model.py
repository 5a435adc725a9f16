"""The ranking: which record is most likely relevant, learnt from the decisions so far.

The recipe is ELAS u4 of ASReview: a linear support vector machine with squared hinge loss, C 0.11, on TF-IDF
vectors; the weight of all irrelevant records together is 1/9.8 of that of all relevant ones. It is fitted
by dual coordinate descent (Hsieh and others 2008, algorithm 1, which liblinear uses too) that starts from
the last solution, so learning again after a few decisions costs little. The problem has one solution, so
that this is scikit-learn's, within its tolerance (a test compares).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numba
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Recipe:
    """The settings that a ranking depends on; kept in `3_screening/model.json`."""

    name: str = "elas_u4"
    c: float = 0.11
    ratio: float = 9.8
    growth: float = 0.05  # learn again when the decisions grew by this part
    tolerance: float = 1e-3
    seed: int = 1


class Ranker:
    """Learns from labels and scores every record. Keeps its last solution to start the next from."""

    def __init__(self, matrix: sp.csr_matrix, recipe: Recipe | None = None) -> None:
        self.matrix = matrix
        self.recipe = recipe or Recipe()
        self.alpha = np.zeros(matrix.shape[0])
        self.solution: tuple[Floats, float] = (np.zeros(matrix.shape[1]), 0.0)  # weights and intercept
        self.square = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel() + 1.0  # + 1: the intercept's column

    def learn(self, rows: Ints, labels: Ints) -> Floats:
        """Scores for all records, higher is more likely relevant. Both classes must be there."""
        relevant = int(labels.sum())
        if not 0 < relevant < len(labels):
            raise ValueError("learning needs a relevant and an irrelevant record")
        weights = np.where(labels == 1, 1.0, relevant / (self.recipe.ratio * (len(labels) - relevant)))
        bounds = self.recipe.c * weights * len(labels) / weights.sum()
        signs = np.where(labels == 1, 1.0, -1.0)
        rng = np.random.default_rng(self.recipe.seed)
        orders = np.array([rng.permutation(len(rows)) for _ in range(40)])
        m = self.matrix
        w, intercept = _descend(
            m.data, m.indices, m.indptr, rows.astype(np.int64), signs, 0.5 / bounds,
            self.square, self.alpha, orders, self.recipe.tolerance, m.shape[1],
        )  # fmt: skip
        self.solution = (w, float(intercept))
        scores: Floats = np.asarray(m @ w) + intercept
        return scores


@numba.njit(cache=True)
def _descend(  # type: ignore[no-untyped-def]
    data, indices, indptr, rows, signs, slack, square, alpha, orders, tolerance, width
):  # pragma: no cover - compiled
    """Sweep over the records until no step is worth taking. `w[width]` is the intercept."""
    w = np.zeros(width + 1)
    for i, row in enumerate(rows):
        _add(w, data, indices, indptr, row, alpha[row] * signs[i])
    for sweep in range(1000):
        worst = 0.0
        for i in orders[sweep % len(orders)]:
            row = rows[i]
            gradient = signs[i] * _dot(w, data, indices, indptr, row) - 1.0 + slack[i] * alpha[row]
            projected = gradient if alpha[row] > 0.0 else min(gradient, 0.0)
            worst = max(worst, abs(projected))
            if abs(projected) > 1e-12:
                new = max(alpha[row] - gradient / (square[row] + slack[i]), 0.0)
                _add(w, data, indices, indptr, row, (new - alpha[row]) * signs[i])
                alpha[row] = new
        if worst < tolerance:
            break
    return w[:width], w[width]


@numba.njit(cache=True)
def _dot(w, data, indices, indptr, row):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    value = w[-1]
    for at in range(indptr[row], indptr[row + 1]):
        value += w[indices[at]] * data[at]
    return value


@numba.njit(cache=True)
def _add(w, data, indices, indptr, row, step):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    if step != 0.0:
        for at in range(indptr[row], indptr[row + 1]):
            w[indices[at]] += step * data[at]
        w[-1] += step


def due(labelled: int, learnt_from: int, growth: float) -> bool:
    """Learn again? At each decision at first, then whenever the decisions grew by `growth`."""
    return labelled > learnt_from and labelled >= learnt_from * (1 + growth)


@dataclass
class Run:
    """A simulated screening: the records in the order in which they were shown, after the given ones."""

    order: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)


def simulate(
    matrix: sp.csr_matrix,
    truth: Ints,
    given: list[int],
    recipe: Recipe | None = None,
    until: Callable[[Run], bool] | None = None,
) -> Run:
    """Screen a labelled set as a reviewer would, from the records `given`, until `until` or all relevant are found."""
    recipe = recipe or Recipe()
    ranker, run = Ranker(matrix, recipe), Run()
    seen, labels = list(given), [int(truth[i]) for i in given]
    left = int(truth.sum()) - sum(labels)
    waiting = np.ones(len(truth), dtype=bool)
    waiting[given] = False
    learnt = 0
    queue: Iterator[int] = iter(())
    while waiting.any() and not (until(run) if until else left == 0):
        if due(len(seen), learnt, recipe.growth):
            scores = ranker.learn(np.array(seen), np.array(labels))
            pool = np.flatnonzero(waiting)
            queue = iter(pool[np.argsort(-scores[pool], kind="stable")].tolist())
            learnt = len(seen)
        chosen = next(queue)
        waiting[chosen] = False
        seen.append(chosen)
        labels.append(int(truth[chosen]))
        run.order.append(chosen)
        run.labels.append(int(truth[chosen]))
        left -= int(truth[chosen])
    return run
