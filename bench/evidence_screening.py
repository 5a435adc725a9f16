"""Screening against ASReview 3 (ELAS u4) on labelled reviews: work saved at 95% recall, NDCG, CPU. And stopping.

Both start from the same relevant and the same irrelevant record, drawn by seed, and stop at the last relevant one.
"""

import csv
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import mean

import numpy as np

from kring.evidence.screening.model import Recipe, simulate
from kring.evidence.screening.stopping import meter, missed_at_least, p_value
from kring.evidence.screening.words import tfidf

DATA = Path(__file__).parents[2] / "shared" / "data" / "screening"
SEEDS = (1, 2, 3)
LOOK = 5  # the meter is read after every so many records


def main() -> None:
    files = sorted(DATA.glob("*.csv"))
    if not files:
        print("labelled reviews missing (../shared/data/screening): nothing measured")
        return
    warm_up()
    rows = [one_run(path, seed) for path in files for seed in SEEDS]
    print(f"{'review':14}{'seed':>5}   {'WSS@95':>14}{'NDCG':>16}{'CPU s':>16}   (kring, ASReview)")
    for name, seed, ours, theirs in rows:
        cells = [f"{a:.3f} {b:.3f}" for a, b in zip(ours, theirs or (float("nan"),) * 3, strict=True)]
        print(f"{name:14}{seed:5d}   {cells[0]:>14}{cells[1]:>16}{cells[2]:>16}")
    if all(theirs for *_, theirs in rows):
        compare(rows)
    else:
        print("ASReview missing")
    stopping(files)


def warm_up() -> None:
    """Compile before the clock runs; a first start on a machine takes about two seconds longer."""
    texts = ["a recovery trial", "rat liver cell", "recovery of staff", "cell of a rat"]
    simulate(tfidf(texts).matrix, np.array([1, 0, 1, 0]), [0, 1])
    meter(np.array([1, 0, 0]), 10)


def load(path: Path) -> tuple[list[str], np.ndarray]:
    csv.field_size_limit(10**8)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [f"{row['title']} {row['abstract']}" for row in rows], np.array([int(r["label_included"]) for r in rows])


def priors(truth: np.ndarray, seed: int) -> list[int]:
    rng = np.random.RandomState(seed)
    return [int(rng.choice(np.flatnonzero(truth == label))) for label in (1, 0)]


def one_run(path: Path, seed: int) -> tuple[str, int, tuple[float, ...], tuple[float, ...] | None]:
    texts, truth = load(path)
    given = priors(truth, seed)
    start = time.process_time()
    run = simulate(tfidf(texts).matrix, truth, given, Recipe(seed=seed))
    ours = (*quality(run.labels, len(texts) - 2), time.process_time() - start)
    return path.stem, seed, ours, asreview(path, truth, given, seed)


def quality(labels: list[int], total: int) -> tuple[float, float]:
    """Work saved over sampling at 95% recall, and normalised discounted cumulative gain (ASReview's definitions)."""
    found = np.array([*labels, *[0] * (total - len(labels))])
    screened = int(np.argmax(found.cumsum() >= np.ceil(0.95 * found.sum()))) + 1
    weights = 1 / np.log2(np.arange(2, total + 2))
    return (total - screened) / total - 0.05, float((found * weights).sum() / weights[: found.sum()].sum())


def asreview(path: Path, truth: np.ndarray, given: list[int], seed: int) -> tuple[float, ...] | None:
    try:
        import pandas as pd
        from asreview.learner import ActiveLearningCycle
        from asreview.models import get_ai_config
        from asreview.simulation.simulate import Simulate
    except ModuleNotFoundError:
        return None
    warnings.filterwarnings("ignore")
    table = pd.read_csv(path)[["title", "abstract"]].fillna("")
    np.random.seed(seed)
    start = time.process_time()
    cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
    run = Simulate(table, truth, cycle, print_progress=False)
    run.label(given)
    run.review()
    seconds = time.process_time() - start
    labels = list(run._results.dropna(subset="training_set")["label"])
    return (*quality(labels, len(truth) - 2), seconds)


def compare(rows: list[tuple[str, int, tuple[float, ...], tuple[float, ...] | None]]) -> None:
    ours = [mean(row[2][i] for row in rows) for i in range(3)]
    theirs = [mean(row[3][i] for row in rows if row[3]) for i in range(3)]
    print(f"mean: WSS@95 {ours[0]:.3f} against {theirs[0]:.3f}, NDCG {ours[1]:.3f} against {theirs[1]:.3f},")
    print(f"      CPU {ours[2]:.2f} s against {theirs[2]:.2f} s: {theirs[2] / ours[2]:.1f} times less")


def buscar() -> Callable[[np.ndarray, int], bool]:
    """buscarpy's own test with its defaults; ours without odds (the same test) where it is missing."""
    try:
        from buscarpy import calculate_h0
    except ModuleNotFoundError:
        print("\nbuscarpy missing: its test as we write it")
        return lambda labels, total: p_value(labels, total, missed_at_least(int(labels.sum()))) < 0.05
    return lambda labels, total: calculate_h0(labels, total) < 0.05


def stopping(files: list[Path]) -> None:
    """Each rule is read every LOOK records over whole runs; a run fails when it stops below 95% recall."""
    rules = {
        "kring": lambda labels, total: meter(labels, total).stop,
        "buscar": buscar(),
        "50 in a row": lambda labels, _: len(labels) >= 50 and not labels[-50:].any(),
    }
    out: dict[str, list[tuple[float, float]]] = {name: [] for name in rules}
    for path in files:
        texts, truth = load(path)
        matrix = tfidf(texts).matrix
        for seed in SEEDS:
            run = simulate(matrix, truth, priors(truth, seed), Recipe(seed=seed), until=lambda run: False)
            labels = np.array([1, 0, *run.labels])
            for name, rule in rules.items():
                looks = range(10, len(labels), LOOK)
                stop = next((n for n in looks if rule(labels[:n], len(labels))), len(labels))
                out[name].append((stop / len(labels), labels[:stop].sum() / labels.sum()))
    print("\nstopping at 95% recall, 95% certain:")
    for name, runs in out.items():
        below = sum(recall < 0.95 for _, recall in runs)
        share = mean(stop for stop, _ in runs)
        print(f"  {name:12} {below:2d} of {len(runs)} runs below 95% recall, {share:.1%} of the records screened")


if __name__ == "__main__":
    main()
