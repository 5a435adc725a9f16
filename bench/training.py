"""What learning costs: the home of a learner as CPU against the floor of `care_pages`, with 10 and 1,000 parts; and the
nightly pass that puts questions into rounds, for 1,000 and 10,000 learners with twelve questions each.

Bars: the home at most 4 times the floor, whatever the number of parts; the pass for 10,000 learners at most 1.3 times
the memory of the pass for 1,000, and every learner has a round after one pass.
"""

import tempfile

from bench._databases import figures, of_worker, on_both

BAR, MEMORY_BAR = 4.0, 1.3
LEARNERS = (1_000, 10_000)


def main() -> None:
    on_both(_homes)
    with tempfile.TemporaryDirectory() as folder:
        _nights("SQLite", f"sqlite:///{folder}/night-{{}}.sqlite3", folder)


def _homes(database: str, url: str, folder: str) -> None:
    print(f"{database}, home of a learner (CPU ms, floor, ratio, queries); bar {BAR:g}x")
    for size, page in of_worker("bench._training", url, folder, "home").items():
        print(f"  {int(size):5,} parts {figures(page)}")


def _nights(database: str, url: str, folder: str) -> None:
    peaks = []
    for learners in LEARNERS:
        here = url.format(learners)
        of_worker("bench._training", here, folder, "fill", str(learners))
        night = of_worker("bench._training", here, folder, "night")
        peaks.append(night["peak_mb"])
        each = 1000 * night["seconds"] / learners
        words = f"{night['rounds']:,} rounds in {night['seconds']:.1f} s ({each:.2f} ms a learner)"
        print(f"{database}, one night, {learners:6,} learners: {words}, peak {night['peak_mb']:.1f} MB")
    print(f"  memory grows {peaks[-1] / peaks[0]:.2f} times for ten times the learners (bar {MEMORY_BAR:g})")


if __name__ == "__main__":
    main()
