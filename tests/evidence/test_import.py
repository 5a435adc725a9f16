"""Import: every record of every dialect, both counts, nothing dropped, and clear words where that fails."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kring.evidence import cli
from kring.evidence.folder import Folder, new
from kring.evidence.problem import Problem
from kring.evidence.records import asreview, importing
from kring.evidence.records.importing import import_files, read_export, read_ledger
from kring.evidence.records.record import Record, find_doi, read_records

SHELF = Path(__file__).parent / "shelf"
EXPECTED = dict(re.findall(r"^\| (\S+\.\S+) \|.*\| (\d+) \|$", (SHELF / "README.md").read_text(), re.M))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return new(tmp_path / "review")


def export(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def ris(*titles: str) -> str:
    return "".join(f"TY  - JOUR\nTI  - {title}\nER  - \n\n" for title in titles)


def test_the_shelf_and_its_table_name_the_same_files() -> None:
    assert set(EXPECTED) == {path.name for path in SHELF.iterdir()} - {"README.md"}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_record_on_the_shelf_is_read(name: str) -> None:
    found = read_export(SHELF / name)
    assert len(found.records) == found.counted == int(EXPECTED[name])
    assert all(record.title for record in found.records)


def test_one_article_reads_alike_from_five_databases() -> None:
    records = [
        read_export(SHELF / name).records[0]
        for name in ("pubmed.nbib", "scopus.ris", "ovid.ris", "scopus.csv", "pubmed.csv")
    ]
    assert {record.doi for record in records} == {"10.5555/bmcih-020-0101"}
    assert {record.year for record in records} == {2020}
    assert {record.title.lower().rstrip(".").replace('"', "") for record in records} == {
        "team readiness and recovery: a stepped-wedge trial"
    }


def test_a_folded_line_after_an_unknown_tag_stays_with_that_tag() -> None:
    record = read_export(SHELF / "endnote.ris").records[1]
    assert record.extra["XX"] == ["a tag that nobody knows", "folded below the unknown tag"]
    assert record.doi == "10.5555/jip.2020.0044"


def test_pubmed_publication_types_and_folded_headings_survive() -> None:
    record = read_export(SHELF / "pubmed.nbib").records[0]
    assert "Randomized Controlled Trial" in record.publication_types
    assert record.keywords == ["Mental Health Services/organization & administration", "recovery"]


def test_nothing_with_a_value_is_dropped() -> None:
    """Each word of the raw file that is not a tag is found again in a field or in `extra`."""
    for name in ("endnote.ris", "zotero.ris", "ovid.txt", "pubmed.nbib", "wos.txt"):
        held = json.dumps([r.row() for r in read_export(SHELF / name).records], ensure_ascii=False).lower()
        raw = re.sub(
            r"^FN.*|^[A-Z]{2}[A-Z0-9 ]{0,2}(?:- )?|&amp;|\[[^\]]*Author[^\]]*\]",
            " ",
            (SHELF / name).read_text(),
            flags=re.M,
        )
        words = set(re.findall(r"[a-zà-ÿ]{4,}", raw.lower())) - {
            "http",
            "https",
            "jour",
            "clarivate",
            "analytics",
        }
        missing = {word for word in words if word not in held}
        assert not missing, (name, missing)


def test_labels_come_along() -> None:
    assert [record.label for record in read_export(SHELF / "labelled.csv").records] == [1, 0, None]


def test_a_reader_that_loses_a_record_is_refused_with_both_numbers(tmp_path, folder, monkeypatch) -> None:
    lossy = importing.tagged.read
    monkeypatch.setattr(importing.tagged, "read", lambda *args: lossy(*args)[1:])
    path = export(tmp_path, "a.ris", ris("One", "Two", "Three"))
    with pytest.raises(Problem, match=r"a\.ris: 3 records stand in the file, but rispy read 2"):
        import_files(folder, [path])
    assert not folder.records.exists()
    assert not folder.ledger.exists()


def test_one_bad_file_among_good_ones_imports_nothing(tmp_path, folder) -> None:
    good, bad = export(tmp_path, "a.ris", ris("One")), export(tmp_path, "b.ris", "TY  - JOUR\nTI  - Two\n")
    with pytest.raises(Problem, match=r"b\.ris, line 1: The record that begins here never ends"):
        import_files(folder, [good, bad])
    assert not folder.records.exists()
    assert list(folder.exports.iterdir()) == []


BROKEN = {
    "no-end": ("TY  - JOUR\nTI  - A\n\nTY  - JOUR\nTI  - B\nER  - \n", "line 1.*never ends"),
    "no-start": ("TI  - A\nER  - \nTY  - JOUR\nTI  - B\nER  - \n", "line 2.*never began"),
    "loose-field": (
        "TY  - JOUR\nTI  - A\nER  - \nAU  - Lost, A\nTY  - JOUR\nER  - \n",
        "line 4.*outside any record",
    ),
    "empty": ("", "file is empty"),
    "blank": (" \n\n ", "file is empty"),
    "prose": ("Dear colleague,\nhere are the hits.\n", "line 1.*not recognised"),
    "xml": ("<?xml version='1.0'?><xml><records/></xml>", "XML.*Export as RIS"),
    "enw": ("%0 Journal Article\n%T A\n", "%-format.*Export as RIS"),
    "no-pmid": ("PMID- 1\nTI  - A\n\nOWN - NLM\nTI  - B\n", "line 4.*without a PMID"),
    "no-title-column": (
        "subtitle_x,title_y\na,b\n",
        "No column holds titles; the columns are: subtitle_x, title_y",
    ),
    "twice": ("title,doi,title\na,b,c\n", "Two columns are called 'title'"),
    "too-wide": ("title,doi\na,b\nc,d,e\n", "line 3.*3 cells and the header has 2"),
    "open-quote": ('title,doi\n"a,b\nc,d\n', "line 2.*never closes"),
    "header-only": ("title,doi\n", "holds no record"),
    "brace": ("@article{a, title={A}, year={2020}\n\n@article{b, title={B}}\n", r"line \d.*cannot be read"),
    "binary": (b"\x89PNG\x00\x01\x02", "not a text file"),
    "old-excel": (b"\xd0\xcf\x11\xe0" + b"\0" * 50, "before 2007"),
    "zip": (b"PK\x03\x04" + b"\0" * 50, "zip archive"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_a_malformed_export_is_named_with_place_and_remedy(case: str, tmp_path, folder, capsys) -> None:
    content, message = BROKEN[case]
    path = export(tmp_path, f"{case}.txt", content)
    assert cli.main(["import", str(folder.root), str(path)]) == 2
    said = capsys.readouterr().err
    assert case in said
    assert re.search(message, said, re.S), said
    assert not folder.ledger.exists()


def test_a_file_that_is_not_there_is_named(folder, capsys) -> None:
    assert cli.main(["import", str(folder.root), "nowhere.ris"]) == 2
    assert "nowhere.ris: The file cannot be read" in capsys.readouterr().err


def test_wrong_encodings_are_read_and_named_by_line(tmp_path) -> None:
    found = read_export(SHELF / "latin1.ris")
    assert found.records[0].title == "Rétablissement et équipe"
    assert found.warnings[0] == "not UTF-8 but Windows-1252, first on line 2"
    mixed = export(tmp_path, "mixed.ris", ris("Ägypten").encode() + ris("Équipe").encode("cp1252"))
    found = read_export(mixed)
    assert [record.title for record in found.records] == ["Ägypten", "Équipe"]
    assert "mixed encodings: line 6" in found.warnings[0]


def test_utf16_and_a_byte_order_mark_are_read(tmp_path) -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-8-sig"):
        found = read_export(export(tmp_path, "a.ris", ris("Équipe").encode(encoding)))
        assert found.records[0].title == "Équipe"


def test_text_decoded_twice_is_named(tmp_path) -> None:
    found = read_export(export(tmp_path, "a.ris", ris("RÃ©tablissement")))
    assert "decoded twice" in found.warnings[0]
    assert "line 2" in found.warnings[0]


def test_a_forced_encoding_that_does_not_fit_names_the_line() -> None:
    with pytest.raises(Problem, match=r"line 2: Byte 0xe9"):
        read_export(SHELF / "latin1.ris", encoding="utf-8")


def test_line_ends_inside_values_do_not_break_records(tmp_path) -> None:
    found = read_export(export(tmp_path, "a.ris", "TY  - JOUR\r\nTI  - One\u2028two\x0bthree\r\nER  - \r\n"))
    assert found.records[0].title == "One two three"


def test_old_mac_line_ends_are_read(tmp_path) -> None:
    assert len(read_export(export(tmp_path, "a.ris", ris("A", "B").replace("\n", "\r"))).records) == 2


def test_ris_with_one_space_before_the_dash_is_read(tmp_path) -> None:
    found = read_export(export(tmp_path, "a.ris", ris("A", "B").replace("  - ", " - ")))
    assert [record.title for record in found.records] == ["A", "B"]


def test_the_same_file_twice_adds_nothing(folder, capsys) -> None:
    for _ in range(2):
        assert cli.main(["import", str(folder.root), str(SHELF / "zotero.ris")]) == 0
    assert "already in the review" in capsys.readouterr().out
    assert len(read_ledger(folder)) == 1
    assert len(list(read_records(folder.records))) == 2


def test_two_files_of_one_name_get_ids_of_their_own(tmp_path, folder) -> None:
    first = export(tmp_path, "pubmed.ris", ris("A"))
    second = export(tmp_path, "pubmed.csv", "title,year\nB,2020\n")
    import_files(folder, [first, second])
    assert [record.id for record in read_records(folder.records)] == ["pubmed-00001", "pubmed-2-00001"]


def test_the_raw_file_is_kept_byte_for_byte_and_watched(folder, capsys) -> None:
    cli.main(["import", str(folder.root), str(SHELF / "latin1.ris")])
    kept = folder.exports / "latin1.ris"
    assert kept.read_bytes() == (SHELF / "latin1.ris").read_bytes()
    kept.write_text("changed")
    cli.main(["import", str(folder.root), str(SHELF / "zotero.ris")])
    assert "latin1.ris: the raw export was changed after import" in capsys.readouterr().out


def test_an_import_cut_short_between_records_and_ledger_is_repaired_by_running_it_again(folder) -> None:
    import_files(folder, [SHELF / "zotero.ris"])
    folder.ledger.unlink()  # the moment before the last write
    import_files(folder, [SHELF / "zotero.ris"])
    assert len(list(read_records(folder.records))) == 2


def test_asreview_files_go_out_and_in_with_their_labels(tmp_path) -> None:
    records = [
        Record("a-1", title="One", authors=["A, B"], year=2020),
        Record("a-2", title="Two", doi="10.5555/2"),
    ]
    path = export(tmp_path, "p.asreview", asreview.write(records, {"a-2": (1, 1.5)}, "Mine"))
    back = read_export(path)
    assert [(r.title, r.label, r.year, r.authors) for r in back.records] == [
        ("One", None, 2020, ["A, B"]),
        ("Two", 1, None, []),
    ]


def test_asreview_opens_what_we_write(tmp_path) -> None:
    project = pytest.importorskip("asreview").Project
    path = export(
        tmp_path,
        "p.asreview",
        asreview.write([Record("a-1", title="One"), Record("a-2", title="Two")], {"a-1": (0, 2.0)}, "Mine"),
    )
    with project.load(path, tmp_path / "projects") as opened:
        assert list(opened.db.input["title"]) == ["One", "Two"]
        assert opened.db.get_results_table()["label"].tolist() == [0]


def test_a_project_of_asreview_2_is_read(tmp_path) -> None:
    """Made with the classes by which ASReview 3 itself reads version 2."""
    store = pytest.importorskip("asreview.project.migration.legacy_v2.store")
    from asreview.project.migration.legacy_v2.record import Record as Row
    from asreview.project.migration.legacy_v2.sqlstate import SQLiteState

    data = store.DataStore(tmp_path / "data_store.db")
    data.create_tables()
    data.add_records([Row(dataset_row=n, dataset_id="x", title=title) for n, title in enumerate(("One", "Two"))])
    state = SQLiteState(tmp_path / "results.db")
    state.create_tables()
    state._conn.execute("INSERT INTO results (record_id, label) VALUES (1, 1)")
    state._conn.commit()
    path = tmp_path / "old.asreview"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.json", json.dumps({"project_file_version": 2, "reviews": [{"id": "r"}]}))
        archive.write(tmp_path / "data_store.db", "data_store.db")
        archive.write(tmp_path / "results.db", "reviews/r/results.db")
    assert [(r.title, r.label) for r in read_export(path).records] == [("One", None), ("Two", 1)]


def test_an_older_or_broken_project_of_asreview_is_refused(tmp_path) -> None:
    path = tmp_path / "p.asreview"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.json", json.dumps({"version": "0.19"}))
    with pytest.raises(Problem, match=r"project format 1; 2 and 3 are read\. Export the project again"):
        read_export(path)


def test_nbib_finds_the_same_records() -> None:
    nbib = pytest.importorskip("nbib")
    ours = [int(record.pmid) for record in read_export(SHELF / "pubmed.nbib").records]
    assert [entry["pubmed_id"] for entry in nbib.read((SHELF / "pubmed.nbib").read_text())] == ours


def test_a_doi_is_found_in_its_disguises() -> None:
    for text in ("https://doi.org/10.5555/AbC", "doi: 10.5555/abc.", "10.5555/abc [doi]", "(10.5555/abc)"):
        assert find_doi(text) == "10.5555/abc"
    assert find_doi("10.1016/s0140-6736(05)1(2)") == "10.1016/s0140-6736(05)1(2)"
    assert find_doi("version 10.2 of it") == ""


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029"), max_size=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6))
def test_whatever_the_values_say_no_ris_record_is_lost(values: list[tuple[str, str]]) -> None:
    text = "".join(f"TY  - JOUR\nTI  - {title}\nZZ  - {odd}\nER  - \n" for title, odd in values)
    found = importing.tagged.count(importing.Text(text, "utf-8"), "ris", "x.ris")
    rows = importing.tagged.read(importing.Text(text, "utf-8"), "ris", found.starts, "x.ris")
    assert len(rows) == len(found.starts) == len(values)
    assert [" ".join(row.get("TI", [])) for row in rows] == [title.strip() for title, _ in values]
