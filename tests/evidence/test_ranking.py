"""The ranking: the same numbers as scikit-learn's, the same order of finds as ASReview's."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kring.evidence.screening.model import Ranker, Recipe, due, simulate
from kring.evidence.screening.spread import spread_scores
from kring.evidence.screening.words import tfidf

TOPIC = [
    "recovery",
    "training",
    "staff",
    "randomised",
    "coaching",
    "feedback",
    "hope",
    "empowerment",
    "teams",
    "clients",
]
OTHER = [
    "cell",
    "membrane",
    "protein",
    "rat",
    "liver",
    "enzyme",
    "assay",
    "binding",
    "kinase",
    "gene",
    "expression",
    "mouse",
    "tissue",
]
SHARED = [
    "we",
    "the",
    "of",
    "and",
    "in",
    "was",
    "were",
    "results",
    "study",
    "methods",
    "background",
    "effect",
    "group",
    "between",
    "after",
    "patients",
]


def made_up_set(size: int = 240, relevant: int = 24, seed: int = 3) -> tuple[list[str], np.ndarray]:
    """Abstracts of random words: relevant ones draw more from TOPIC, some irrelevant ones a little."""
    rng = random.Random(seed)
    truth = np.zeros(size, dtype=np.int64)
    truth[rng.sample(range(size), relevant)] = 1
    texts = []
    for label in truth:
        share = rng.uniform(0.15, 0.5) if label else rng.choice([0, 0, 0.1, 0.2])
        words = [
            rng.choice(TOPIC if rng.random() < share else OTHER if rng.random() < 0.5 else SHARED) for _ in range(60)
        ]
        texts.append(" ".join(words))
    return texts, truth


def test_tfidf_is_scikit_learns() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [*made_up_set()[0], "", "One word", "Ünïcode ß words, 2 of them; a b c", "word word WORD word"]
    ours = tfidf(texts)
    theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95).fit_transform(texts)
    assert ours.matrix.shape == theirs.shape
    assert abs(ours.matrix @ ours.matrix.T - theirs @ theirs.T).max() < 1e-12


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="ab cdé.-1", max_size=40), min_size=1, max_size=8))
def test_tfidf_is_scikit_learns_whatever_the_texts(texts: list[str]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    ours = tfidf(texts, max_df=1.0)
    try:
        theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform(texts)
    except ValueError:  # scikit-learn refuses an empty vocabulary; we give a matrix without columns
        assert ours.matrix.shape[1] == 0
        return
    assert ours.matrix.shape == theirs.shape
    assert abs(ours.matrix @ ours.matrix.T - theirs @ theirs.T).max() < 1e-12


def test_a_text_of_our_own_gets_the_same_columns() -> None:
    texts = made_up_set()[0]
    words = tfidf(texts)
    assert abs(words.row(texts[5]) - words.matrix[5]).max() < 1e-12
    assert words.row("zebra quagga").nnz == 0


def test_the_machine_finds_scikit_learns_solution() -> None:
    from sklearn.svm import LinearSVC

    texts, truth = made_up_set()
    matrix = tfidf(texts).matrix
    rows = np.arange(0, 240, 2)
    labels = truth[rows]
    scores = Ranker(matrix, Recipe(tolerance=1e-8)).learn(rows, labels)
    weights = np.where(labels == 1, 1.0, labels.sum() / (9.8 * (labels == 0).sum()))
    weights *= len(labels) / weights.sum()
    machine = LinearSVC(C=0.11, loss="squared_hinge", tol=1e-8, max_iter=100_000)
    theirs = machine.fit(matrix[rows], labels, sample_weight=weights).decision_function(matrix)
    assert np.abs(scores - theirs).max() < 1e-4


def test_learning_on_from_the_last_solution_ends_where_learning_afresh_does() -> None:
    texts, truth = made_up_set()
    matrix, rows = tfidf(texts).matrix, np.arange(200)
    warm = Ranker(matrix, Recipe(tolerance=1e-8))
    for size in (50, 90, 150):
        warm.learn(rows[:size], truth[:size])
    fresh = Ranker(matrix, Recipe(tolerance=1e-8)).learn(rows, truth[:200])
    assert np.abs(warm.learn(rows, truth[:200]) - fresh).max() < 1e-5


def test_learning_needs_both_kinds() -> None:
    with pytest.raises(ValueError, match="relevant and an irrelevant"):
        Ranker(tfidf(["a b", "c d"]).matrix).learn(np.array([0]), np.array([1]))


def test_it_learns_at_every_decision_first_and_every_twentieth_part_later() -> None:
    assert [n for n in range(2, 60) if due(n, n - 1, 0.05)] == list(range(2, 22))
    assert not due(104, 100, 0.05)
    assert due(105, 100, 0.05)


def gain(labels: list[int], total: int) -> float:
    found = np.array([*labels, *[0] * (total - len(labels))])
    weights = 1 / np.log2(np.arange(2, total + 2))
    return float((found * weights).sum() / weights[: found.sum()].sum())


def test_the_finds_come_as_early_as_asreviews() -> None:
    pytest.importorskip("asreview")
    import pandas as pd
    from asreview.learner import ActiveLearningCycle
    from asreview.models import get_ai_config
    from asreview.simulation.simulate import Simulate

    texts, truth = made_up_set()
    given = [int(np.flatnonzero(truth)[0]), int(np.flatnonzero(truth == 0)[0])]
    ours = simulate(tfidf(texts).matrix, truth, given, Recipe(growth=0.0))
    cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
    table = pd.DataFrame({"title": texts, "abstract": ""})
    theirs = Simulate(table, truth, cycle, print_progress=False)
    theirs.label(given)
    theirs.review()
    order = theirs._results.dropna(subset="training_set")
    assert gain(ours.labels, 238) == pytest.approx(gain(list(order["label"]), 238), abs=0.01)
    assert ours.order[:10] == list(order["record_id"])[:10]


def ten_thousand() -> tuple[list[str], np.ndarray]:
    texts, truth = made_up_set(500, 50)
    return [f"{texts[n % 500]} w{n % 97}x" for n in range(10_000)], np.tile(truth, 20)


def test_local_and_dask_rank_ten_thousand_records_alike() -> None:
    pytest.importorskip("dask")
    texts, truth = ten_thousand()
    rows = np.arange(0, 10_000, 7)
    here = spread_scores(texts, rows, truth[rows])
    there = spread_scores(texts, rows, truth[rows], engine="dask")
    assert (here == there).all()
    assert truth[np.argsort(-here)[:1000]].mean() > 0.8


def test_ranking_in_parts_ranks_as_the_whole_does() -> None:
    texts, truth = made_up_set()
    rows = np.arange(0, 240, 2)
    whole = Ranker(tfidf(texts).matrix, Recipe(tolerance=1e-8)).learn(rows, truth[rows])
    parts = spread_scores(texts, rows, truth[rows], recipe=Recipe(tolerance=1e-8))
    assert np.corrcoef(whole, parts)[0, 1] > 0.999


def test_a_simulation_is_repeatable() -> None:
    texts, truth = made_up_set()
    matrix, given = tfidf(texts).matrix, [int(np.flatnonzero(truth)[0]), 0 if truth[0] == 0 else 1]
    assert simulate(matrix, truth, given).order == simulate(matrix, truth, given).order
