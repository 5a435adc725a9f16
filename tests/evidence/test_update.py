"""A later search adds only what is new; what was decided stays decided."""

import csv
from pathlib import Path

import pytest

from kring.evidence import cli, log
from kring.evidence.folder import Folder, new
from kring.evidence.records import import_files, read_records, run_dedup
from kring.evidence.records.importing import read_ledger
from kring.evidence.screening import state
from kring.evidence.screening.session import Session

SHELF = Path(__file__).parent / "shelf"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = new(tmp_path / "review")
    import_files(folder, [SHELF / "pubmed.nbib", SHELF / "scopus.ris"], searched_on="2021-05-03")
    run_dedup(folder)
    return folder


def later(folder: Folder, *names: str) -> int:
    exports = [str(SHELF / name) for name in names]
    return cli.main(["update", str(folder.root), *exports, "--searched-on", "2025-11-01"])


def test_only_what_is_new_is_left_to_screen(folder: Folder, capsys) -> None:
    first = Session(folder, "ann")
    while record := first.next():
        first.decide(record.id, "exclude")
    assert later(folder, "ovid.ris", "zotero.ris") == 0
    assert "4 records read, 3 articles are new" in capsys.readouterr().out
    assert set(Session(folder, "ann").waiting()) == {"ovid-00002", "zotero-00001", "zotero-00002"}
    assert state(folder)["pubmed-00001"].title_abstract.outcome == "exclude"


def test_the_rounds_are_written_down(folder: Folder) -> None:
    later(folder, "ovid.ris", "zotero.ris")
    rows = list(csv.DictReader((folder.root / "2_records" / "rounds.csv").open()))
    assert [(r["round"], r["searched_on"], r["records"], r["known_before"], r["new"]) for r in rows] == [
        ("1", "2021-05-03", "5", "1", "4"),
        ("2", "2025-11-01", "4", "1", "3"),
    ]
    assert [line["round"] for line in read_ledger(folder)] == [1, 1, 2, 2]


def test_the_same_export_again_changes_nothing(folder: Folder, capsys) -> None:
    before = {path: path.read_bytes() for path in (folder.records, folder.deduplicated, folder.ledger)}
    assert later(folder, "pubmed.nbib") == 0
    said = capsys.readouterr().out
    assert "already in the review, nothing added" in said
    assert "0 articles are new" in said
    assert {path: path.read_bytes() for path in before} == before


def test_the_new_ones_are_ranked_by_all_that_was_learnt(folder: Folder) -> None:
    first = Session(folder, "ann")
    first.decide("pubmed-00002", "exclude")
    first.decide("pubmed-00003", "exclude")
    first.decide("pubmed-00001", "include")
    first.decide("scopus-00002", "exclude")
    later(folder, "wos.txt", "zotero.ris", "ovid.txt")
    session = Session(folder, "ann")
    assert session.scores()[session._row["zotero-00001"]] > session.scores()[session._row["zotero-00002"]]


def test_two_articles_of_before_that_prove_to_be_one_are_named(folder: Folder, capsys) -> None:
    pair = ["pubmed-00002", "pubmed-00003"]
    log.append(folder.decisions, [log.event(stage="dedup", reviewer="ann", pair=pair, decision="same")])
    later(folder, "zotero.ris")
    assert "pubmed-00003 turns out to be the same article as pubmed-00002" in capsys.readouterr().out
    assert "pubmed-00003" not in {record.id for record in read_records(folder.deduplicated)}


def test_an_update_of_nothing_is_refused(tmp_path: Path, capsys) -> None:
    folder = new(tmp_path / "empty")
    assert later(folder, "zotero.ris") == 2
    assert "no first search to update" in capsys.readouterr().err


def test_a_date_that_is_none_is_refused(folder: Folder, capsys) -> None:
    assert cli.main(["update", str(folder.root), str(SHELF / "zotero.ris"), "--searched-on", "3 May"]) == 2
    assert "'3 May' is no date. Write it as 2021-05-31" in capsys.readouterr().err
