"""De-duplication: what is one article, what only looks like it, and every merge can be undone."""

import csv
import itertools
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kring.evidence import cli, log
from kring.evidence.folder import Folder, new
from kring.evidence.problem import Problem
from kring.evidence.records import canonical, import_files, read_records, run_dedup
from kring.evidence.records.dedup import deduplicate
from kring.evidence.records.features import features, keys, plain
from kring.evidence.records.judge import judge, reworded
from kring.evidence.records.merging import decide_pair, merged
from kring.evidence.records.pairs import candidates, columns
from kring.evidence.records.record import Record

SHELF = Path(__file__).parent / "shelf"
TITLE = "Recovery-oriented training for community teams: a cluster randomised trial"


def article(id_: str = "a-1", **changes: object) -> Record:
    known: dict = {
        "title": TITLE, "authors": ["Veldkamp, Anna", "Okafor, Chidi"], "year": 2019,
        "journal": "British Journal of Imagined Psychiatry", "volume": "12", "pages": "201-210",
    }  # fmt: skip
    return Record(id_, **{**known, **changes})


def verdict(a: Record, b: Record, **options: bool) -> str:
    one, other = features(a), features(b)
    there, back = judge(one, other, **options), judge(other, one, **options)
    assert (there.verdict, there.reason) == (back.verdict, back.reason)
    assert there.verdict == "different" or there.reason
    return there.verdict


SAME = {
    "case, accents, spelling": article("b", title=TITLE.upper().replace("RANDOMISED", "RANDOMIZED")),
    "initials": article("b", authors=["Veldkamp A", "Okafor C"]),
    "a journal's abbreviation": article("b", journal="Br J Imag Psychiatry"),
    "short last page": article("b", pages="201-10"),
    "database's additions": article("b", title=f"{TITLE}. [Review] [45 refs]"),
    "erratum noted, cut off": article("b", title=f"{TITLE}.[Erratum appears in Br J Imag Psych. 2020;1"),
    "bracketed translation": article("b", title=f"[{TITLE}]."),
    "no pages yet": article("b", pages="", volume=""),
    "online first": article("b", pages="1-10", volume=""),
    "subtitle lost": article("b", title="Recovery-oriented training for community teams"),
    "translated title, pages tell": article("b", title="Herstelgerichte scholing van teams"),
    "supplement in the volume": article("b", volume="12 Suppl 1"),
    "article number and page": article("b", pages="e1754"),
    "page range without a start": article("b", pages="Suppl-10"),
    "volume mistyped": article("b", volume="21"),
}
NOT_SAME = {
    "erratum": article("b", title=f"Erratum: {TITLE}", pages="300"),
    "reply": article("b", title=f"Authors' reply: {TITLE}", pages="300"),
    "congress abstract": article("b", volume="8", pages="S12", year=2018, journal="Congress of Care"),
    "later update": article("b", year=2023, volume="16", pages="1-40"),
    "part two": article("b", title=f"{TITLE}. Part 2", pages="211-220"),
    "other follow-up on the page": article("b", title=TITLE.replace("cluster", "12 month")),
    "other authors": article("b", authors=["Brandt, Lena"], volume="3", pages="7-9", journal="Elsewhere"),
    "other trial, alike": article("b", title=TITLE.replace("community teams", "inpatient wards"), pages="400-410"),
    "men and women": article("b", title=TITLE.replace("community", "inpatient"), pages=""),
    "sister abstract on one page": article("b", title=TITLE.replace("training", "stigma"), pages="201"),
    "abstract in a supplement of the volume": article("b", pages="S55", volume="12 Suppl 2"),
    "reprint in another journal": article("b", journal="Elsewhere", volume="3", pages="7-15"),
    "other identifiers": article("b", pmid="99900002", volume="13", pages="5-9"),
}


@pytest.mark.parametrize("case", SAME)
def test_one_article_written_two_ways_is_merged(case: str) -> None:
    assert verdict(article(), SAME[case]) == "same"


@pytest.mark.parametrize("case", NOT_SAME)
def test_what_only_looks_like_it_is_not_merged(case: str) -> None:
    assert verdict(article(pmid="99900001"), NOT_SAME[case]) != "same"


def test_part_one_and_part_two_on_one_page_wait_for_a_person() -> None:
    assert verdict(article(title="Staff training. Part 1"), article("b", title="Staff training. Part 2")) == "doubtful"
    assert verdict(article(title="Results at 6 months"), article("b", title="Results at 12 months")) == "doubtful"


def test_every_issue_has_an_editorial() -> None:
    one, other = (article(id_, title="Editorial", pages="") for id_ in "ab")
    assert verdict(one, other) == "doubtful"


def test_an_editors_column_in_two_issues_of_a_volume_waits_for_a_person() -> None:
    column = {"title": "Remarks from the editor: comments of the season", "pages": ""}
    assert verdict(article(**column, number="1"), article("b", **column, number="2")) == "doubtful"
    assert verdict(article(**column, number="02"), article("b", **column, number="2")) == "same"
    assert verdict(article(**column, number="Suppl. 2"), article("b", **column, number="2")) == "same"


def test_other_articles_on_the_same_pages_of_two_issues_stay_apart() -> None:
    other = article("b", title="Something else altogether on hiring", number="2")
    assert verdict(article(number="1"), other) != "same"


def test_versions_of_a_cochrane_review_are_linked() -> None:
    place = {"journal": "Cochrane Database of Systematic Reviews", "volume": "", "pages": "CD999999"}
    assert verdict(article(**place), article("b", **{**place, "year": 2020})) == "linked"
    assert verdict(article(**place), article("b", **place)) == "same"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("risk in men", "risk in women", True),
        ("inpatient care", "outpatient care", True),
        ("hypertension and age", "hypotension and age", True),
        ("organisation of care", "organization of care", False),
        ("follow up of teams", "followup of teams", False),
        ("care of teams", "care of teams in rural places", False),
    ],
)
def test_another_word_is_not_another_spelling(one: str, other: str, expected: bool) -> None:
    assert reworded(one, other) is expected


def test_two_identifiers_for_one_place_wait_for_a_person() -> None:
    assert verdict(article(doi="10.5555/1"), article("b", doi="10.5555/2")) == "doubtful"


def test_a_pmid_that_was_given_to_another_article_does_not_merge() -> None:
    elsewhere = {"journal": "Pilot Studies", "volume": "7", "pages": "12", "year": 2021, "authors": ["Costa, Rui"]}
    one = article(title="Team coaching in recovery: randomised controlled trial", pmid="1", doi="10.5555/1")
    other = article("b", title="Training peer supporters: a randomised pilot trial", pmid="1", **elsewhere)
    assert verdict(one, other) == "doubtful"
    assert verdict(article(pmid="1"), article("b", pmid="1", authors=[])) == "same"


def test_a_preprint_is_linked_or_merged_by_choice() -> None:
    preprint = article("b", journal="medRxiv", volume="", pages="", doi="10.1101/2019.01.01.1")
    published = article(doi="10.5555/jip.1")
    assert verdict(published, preprint) == "linked"
    assert verdict(published, preprint, link_versions=False) == "same"


def test_a_congress_abstract_is_linked_to_its_article() -> None:
    assert verdict(article(), NOT_SAME["congress abstract"]) == "linked"


def test_the_same_abstract_counts_where_the_place_is_unknown() -> None:
    text = "We randomised forty teams to training or usual care and measured recovery after a year. " * 4
    bare = {"journal": "", "volume": "", "pages": ""}
    assert verdict(article(abstract=text), article("b", abstract=text, **bare)) == "same"
    assert verdict(article(), article("b", **bare)) == "doubtful"


def test_a_bridge_never_joins_two_that_contradict() -> None:
    """A (2017, p 5) and C (2019, p 90) are two reports; B has no place and fits both."""
    a = article("a", year=2018, volume="11", pages="5-9")
    b = article("b", year=2018, volume="", pages="")
    c = article("c", year=2019, volume="12", pages="90-99")
    for order in itertools.permutations((a, b, c)):
        clusters = deduplicate(order).clusters
        assert not any({"a", "c"} <= set(members) for members in clusters)


def test_consortium_and_nobody_are_no_contradiction() -> None:
    assert verdict(article(), article("b", authors=["Anonymous"])) == "same"
    assert verdict(article(), article("b", authors=["[No authors listed]"])) == "same"


def test_plain_words() -> None:
    assert plain("Randomised behavioural trial of β-blockers in anæmia & tumours") == plain(
        "randomized behavioral trial of beta blockers in anemia and tumors"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = new(tmp_path / "review")
    import_files(folder, [SHELF / name for name in ("pubmed.nbib", "scopus.ris", "ovid.ris", "wos.txt", "wos.ris")])
    return folder


def test_five_databases_become_one_list(folder: Folder) -> None:
    found = run_dedup(folder)
    kept = {record.id: record for record in read_records(folder.deduplicated)}
    assert found.records == 11
    assert kept["pubmed-00001"].members == ["pubmed-00001", "scopus-00001", "ovid-00001"]
    assert kept["wos-00001"].members == ["wos-00001", "wos-2-00001"]
    assert found.distinct == len(kept) == 8
    assert sum(len(record.members) for record in kept.values()) == 11
    for line in folder.merges.read_text().splitlines():
        assert json.loads(line)["reason"]


def test_a_merge_is_undone_and_redone_by_decision(folder: Folder, capsys) -> None:
    run_dedup(folder)
    assert canonical(folder)["scopus-00001"] == "pubmed-00001"
    apart = ["dedup", str(folder.root), "--different", "scopus-00001", "pubmed-00001", "--reviewer", "ann"]
    cli.main([*apart, "--different", "scopus-00001", "ovid-00001"])
    assert canonical(folder)["scopus-00001"] == "scopus-00001"
    cli.main(["dedup", str(folder.root), "--same", "scopus-00001", "pubmed-00001", "--reviewer", "ann"])
    assert canonical(folder)["scopus-00001"] == "pubmed-00001"
    assert len(list(read_records(folder.records))) == 11


def test_a_merge_that_people_order_happens_whatever_the_rules_say(folder: Folder) -> None:
    decide_pair(folder, "pubmed-00002", "pubmed-00003", "same", "ann", "told by the author")
    run_dedup(folder)
    assert canonical(folder)["pubmed-00003"] == "pubmed-00002"


def test_a_rerun_gives_the_same_bytes(folder: Folder) -> None:
    run_dedup(folder)
    outputs = (folder.deduplicated, folder.merges, folder.links, folder.queue)
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in outputs]
    run_dedup(folder)
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in outputs] == before


def test_an_empty_review_says_what_comes_first(tmp_path: Path, capsys) -> None:
    folder = new(tmp_path / "r")
    assert cli.main(["dedup", str(folder.root)]) == 2
    assert "holds no records yet. First: kring evidence import" in capsys.readouterr().err


def test_a_decision_on_a_record_that_is_gone_is_named(folder: Folder) -> None:
    log.append(folder.decisions, [log.event(stage="dedup", reviewer="ann", pair=["x-1", "x-2"], decision="same")])
    with pytest.raises(Problem, match=r"decisions\.jsonl.*about record x-1, which is not in the review"):
        run_dedup(folder)


def test_a_pair_with_an_unknown_id_or_no_name_is_refused(folder: Folder) -> None:
    with pytest.raises(Problem, match="no record nobody-1"):
        decide_pair(folder, "nobody-1", "pubmed-00001", "same", "ann")
    with pytest.raises(Problem, match="name of who made it"):
        decide_pair(folder, "pubmed-00002", "pubmed-00001", "same", "")


def test_duplicate_ids_in_the_derived_file_are_named_by_line(folder: Folder) -> None:
    folder.records.write_text(folder.records.read_text() + folder.records.read_text().splitlines()[0] + "\n")
    with pytest.raises(Problem, match=r"records\.jsonl, line 12: Record pubmed-00001 is here twice"):
        run_dedup(folder)


def test_the_queue_is_a_table_that_a_person_can_read(folder: Folder) -> None:
    run_dedup(folder)
    rows = list(csv.DictReader(folder.queue.open()))
    assert all(row["why"] and row["first_title"] for row in rows)


def test_a_merged_record_has_the_best_of_its_members() -> None:
    out = merged([article("a", abstract="short", doi=""), article("b", abstract="a longer one", doi="10.5555/1")])
    assert (out.id, out.abstract, out.doi, out.members) == ("a", "a longer one", "10.5555/1", ["a", "b"])


@settings(max_examples=30, deadline=None)
@given(st.permutations(sorted(SAME)))
def test_the_order_of_import_does_not_change_what_is_merged(order: list[str]) -> None:
    records = [Record(**{**SAME[case].row(), "id": case}) for case in order]
    clusters = {frozenset(members) for members in deduplicate(records).clusters}
    straight = [Record(**{**SAME[case].row(), "id": case}) for case in sorted(SAME)]
    assert clusters == {frozenset(members) for members in deduplicate(straight).clusters}


def made_up(number: int, seed: int = 1) -> list[Record]:
    """Records with known duplicates: every third one is written again in another way."""
    rng = random.Random(seed)
    words = [
        f"{a}{b}"
        for a in ("ment", "recov", "train", "clin", "soci", "peer", "psych", "commun", "support", "care")
        for b in ("al", "ery", "ing", "ic", "ity", "ative", "ology", "ers", "ment", "ion")
    ]
    out: list[Record] = []
    while len(out) < number:
        record = article(
            f"r{len(out):06d}", title=" ".join(rng.choices(words, k=9)).capitalize(), year=rng.randint(1990, 2020),
            authors=[f"{rng.choice(words).capitalize()}, {rng.choice('ABCDEFG')}" for _ in range(3)],
            volume=str(rng.randint(1, 60)), pages=f"{(p := rng.randint(1, 900))}-{p + 9}",
            journal=f"Journal of {rng.choice(words)} {rng.choice(words)}",
        )  # fmt: skip
        out.append(record)
        if len(out) % 3 == 0 and len(out) < number:
            twin = Record(**{**record.row(), "id": f"r{len(out):06d}"})
            twin.title, twin.pages = twin.title.upper() + ".", twin.pages.split("-")[0]
            twin.authors = [author.replace(",", "") for author in twin.authors]
            out.append(twin)
    return out


def test_duckdb_and_dask_find_the_same_pairs_among_ten_thousand_records() -> None:
    pytest.importorskip("dask.dataframe")
    table = columns(keys(features(record)) for record in made_up(10_000))
    one, other = candidates(*table, engine="duckdb"), candidates(*table, engine="dask")
    assert len(one) > 3_000
    assert (one == other).all()


def test_long_work_says_what_it_is_doing(monkeypatch, capsys) -> None:
    monkeypatch.setattr("kring.evidence.files.LONG", 2)
    deduplicate([article("a"), article("b", pages="201-10")])
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == ["Reading records (2) ...", "Looking for records that share a key (2) ..."]


def test_duckdb_and_dask_give_the_same_articles() -> None:
    pytest.importorskip("dask.dataframe")
    records = made_up(10_000)
    one, other = deduplicate(records), deduplicate(records, engine="dask")
    assert one.clusters == other.clusters
    assert one.merges == other.merges
    assert len(one.clusters) < 7_600
