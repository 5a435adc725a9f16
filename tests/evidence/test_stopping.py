"""The stopping meter: buscar's test where the ranking is no better than chance, and honest about small sets."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from kring.evidence import log
from kring.evidence.screening.session import Session
from kring.evidence.screening.stopping import meter, missed_at_least, p_value, ranking_odds
from tests.evidence.test_screening import a_review


def screened(total: int, finds: list[int]) -> np.ndarray:
    labels = np.zeros(total, dtype=np.int64)
    labels[finds] = 1
    return labels


def test_one_missed_record_puts_recall_below_the_target_up_to_18_finds() -> None:
    assert [missed_at_least(found) for found in (1, 18, 19, 37, 38, 74)] == [1, 1, 2, 2, 3, 4]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_without_better_than_chance_the_p_is_buscars(data: st.DataObject) -> None:
    """Formula of Callaghan & Müller-Hansen 2020 with the hypergeometric distribution."""
    total = data.draw(st.integers(20, 200))
    labels = np.array(data.draw(st.lists(st.sampled_from([0, 0, 0, 1]), min_size=5, max_size=total)))
    found, late = int(labels.sum()), labels[::-1].cumsum()
    if not 0 < found <= 30:
        return
    sizes = np.arange(1, len(labels) + 1)
    hidden = np.floor(found / 0.95 + 1 - (found - late))
    ps = hypergeom.cdf(late, total - (len(labels) - sizes), hidden, sizes)
    if np.isnan(ps).any():  # more hidden than there is room for
        return
    assert p_value(labels, total, missed_at_least(found)) == pytest.approx(ps.min(), abs=1e-9)


def test_buscarpy_says_the_same() -> None:
    buscar = pytest.importorskip("buscarpy")
    labels = screened(800, [3, 4, 9, 15, 22, 40, 41, 60, 88, 130])
    assert p_value(labels, 952, 1) == pytest.approx(buscar.calculate_h0(labels, 952), abs=1e-12)


def test_eleven_in_twelve_by_hand() -> None:
    """One of 20 hidden, 19 of them seen without a find: the chance to have missed it is 1 in 20."""
    assert p_value(screened(20, [0]), 21, 1) == pytest.approx(1 / 20)


def test_odds_of_two_make_a_late_find_likelier() -> None:
    labels = screened(100, [0, 1, 2])
    assert p_value(labels, 200, 1, 2.0) < p_value(labels, 200, 1, 1.0)


def test_the_odds_stay_between_one_and_two() -> None:
    early = screened(400, list(range(0, 60, 2)))
    late = screened(400, list(range(340, 400, 2)))
    assert ranking_odds(early, 1000, 2) == 2.0
    assert ranking_odds(late, 1000, 2) >= 1.0
    assert ranking_odds(screened(10, [3]), 1000, 1) == 1.0


def test_at_489_records_with_7_included_no_stop_is_worth_having() -> None:
    labels = screened(300, [0, 2, 5, 9, 20, 50, 90])
    now = meter(labels, 489)
    assert not now.stop
    assert now.hopeless
    assert 0.02 < now.saved < 0.05


def test_with_many_found_early_a_stop_is_safe_long_before_the_end() -> None:
    labels = screened(1500, list(range(0, 400, 3)))
    now = meter(labels, 4000)
    assert now.stop
    assert now.recall_low >= 0.95
    assert now.earliest == 1500


def test_the_interval_narrows_as_nothing_more_is_found() -> None:
    finds = [0, 1, 4, 6, 9, 14, 22, 30, 41, 77]
    lows = [meter(screened(n, finds), 600).recall_low for n in (100, 200, 300, 400, 500, 590)]
    assert lows == sorted(lows)
    assert lows[0] < 0.6 < lows[-1]


def test_before_the_first_find_nothing_is_claimed() -> None:
    now = meter(screened(50, []), 500)
    assert (now.recall, now.recall_low, now.stop) == (None, 0.0, False)


def test_at_the_end_recall_is_all() -> None:
    now = meter(screened(50, [4]), 50)
    assert (now.recall, now.recall_low, now.stop, now.p) == (1.0, 1.0, True, 0.0)


def test_random_order_stops_too_early_in_no_more_than_one_run_in_twenty() -> None:
    """The assumption at its limit: a ranking no better than chance, looked at after each 20 records."""
    rng = np.random.default_rng(7)
    early = 0
    for _ in range(100):
        labels = rng.permutation(screened(400, list(range(30))))
        stopped = next((n for n in range(40, 401, 20) if meter(labels[:n], 400).stop), 400)
        early += labels[:stopped].sum() < 0.95 * 30
    assert early <= 5


def test_a_reading_of_the_meter_holds_for_one_more_in_two_hundred(tmp_path: Path) -> None:
    folder = a_review(tmp_path / "r", [f"Title {n}" for n in range(500)])
    known = {"stage": "title_abstract", "reviewer": "ann"}
    said = ["include", *["exclude"] * 399]
    log.append(
        folder.decisions, [log.event(**known, record_id=f"a-{n:05d}", decision=d) for n, d in enumerate(said, 1)]
    )
    session, seen = Session(folder, "ann"), []
    for n in range(401, 405):
        session.decide(f"a-{n:05d}", "exclude")
        seen.append(session.meter().screened)
    session.decide("a-00405", "include")
    assert (seen, session.meter().screened) == ([401, 401, 401, 404], 405)
