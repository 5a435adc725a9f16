"""The whole way, from a folder to its page: the shipped review, and an empty one."""

import json
import re
import shutil
from pathlib import Path

import pytest

from kring.evidence import log
from kring.evidence.cli import main
from kring.evidence.extraction.values import keyed
from kring.evidence.folder import new, open_folder
from kring.evidence.problem import Problem
from kring.evidence.report.build import build
from kring.evidence.report.implications import DIRECTIONS, read_implications
from kring.evidence.report.page import write_report
from kring.evidence.report.state import read_review

SHIPPED = Path(__file__).parents[3] / "reviews" / "recovery-training"


@pytest.fixture
def review(tmp_path):
    """The shipped review without anything that a build makes."""
    for name in ("1_search", "2_records", "3_screening", "4_extraction", "5_synthesis", "review.toml"):
        source = SHIPPED / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / "review" / name)
        else:
            shutil.copy(source, tmp_path / "review")
    return open_folder(tmp_path / "review")


def files(folder):
    return {p.relative_to(folder.root): p.read_bytes() for p in sorted(folder.root.rglob("*")) if p.is_file()}


def quiet(_line):
    pass


def test_the_shipped_report_is_what_its_review_builds(review):
    build(review, quiet)
    shipped = {p.relative_to(SHIPPED): p.read_bytes() for p in sorted((SHIPPED / "6_report").rglob("*")) if p.is_file()}
    built = {p: content for p, content in files(review).items() if p.parts[0] == "6_report"}
    assert built.keys() == shipped.keys()
    assert [str(p) for p in built if built[p] != shipped[p]] == [], "build the shipped review again"


def test_a_second_build_does_nothing_and_changes_nothing(review):
    assert build(review, quiet) == ["dedup", "screen", "extract", "synthesise", "report"]
    before = files(review)
    assert build(review, quiet) == []
    assert files(review) == before


def test_a_changed_text_builds_the_report_alone(review):
    build(review, quiet)
    page = review.synthesis / "page.toml"
    page.write_text(page.read_text("utf-8").replace("What does it mean?", "What now?"), "utf-8")
    assert build(review, quiet) == ["report"]


def test_an_output_that_was_deleted_or_edited_comes_back(review):
    build(review, quiet)
    before = files(review)
    (review.report / "index.html").write_text("edited")
    (review.report / "figures" / "prisma.svg").unlink()
    assert build(review, quiet) == ["report"]
    assert files(review).keys() == before.keys()
    assert (review.report / "index.html").read_bytes() == before[Path("6_report/index.html")]


def test_an_impossible_count_stops_the_report_and_names_itself(review):
    excluded = "candidates-00017"
    log.append(review.decisions, [log.event(stage="full_text", reviewer="ann", record_id=excluded, decision="include")])
    with pytest.raises(Problem, match=f"{excluded} has a full-text decision although it was excluded"):
        build(review, quiet)


def test_every_figure_has_its_text_and_nothing_is_fetched(review):
    write_report(read_review(review))
    page = (review.report / "index.html").read_text("utf-8")
    assert page.count("<svg") == page.count("<desc") == 2 * page.count("The same in words")  # for desk and phone
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert "<script" not in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"', page):
        assert target in ids
    for target in re.findall(r'href="((?:tables|figures)/[^"]+)"', page):
        assert (review.report / target).exists()


def test_every_table_is_there_as_csv_and_json_with_the_same_rows(review):
    write_report(read_review(review))
    for path in (review.report / "tables").glob("*.json"):
        rows = json.loads(path.read_text("utf-8"))["rows"]
        lines = path.with_suffix(".csv").read_text("utf-8")
        assert all(str(value) in lines or '"' in str(value) for row in rows for value in row.values())


def test_a_number_in_a_text_is_never_typed_but_counted(review):
    page = review.synthesis / "page.toml"
    page.write_text('[conclusion]\ntext = ["{studies} and {nonsense}"]\nchanges = []\n')
    with pytest.raises(Problem, match="'nonsense', which nothing counts"):
        write_report(read_review(review))


def test_an_empty_review_has_a_page_that_says_so(tmp_path, capsys):
    folder = new(tmp_path / "empty")
    assert main(["build", str(folder.root)]) == 0
    page = (folder.report / "index.html").read_text("utf-8")
    assert "no decision yet" in page
    assert "Nothing yet." in page
    assert main(["check", str(folder.root)]) == 1
    assert "SWiM items are empty" in capsys.readouterr().out


def test_a_new_review_gets_documented_templates_and_builds(tmp_path):
    root = tmp_path / "reviews" / "mine"
    assert main(["new", str(root), "--title", "Mine"]) == 0
    written = {path.name for path in (root / "5_synthesis").iterdir()}
    assert written == {"plan.toml", "page.toml", "implications.toml"}
    assert main(["build", str(root)]) == 0


def test_check_tells_the_traps_and_what_is_open(review, capsys):
    assert main(["check", str(review.root)]) == 1
    told = capsys.readouterr().out
    for words in (
        "6.96 is not the middle (6)", "without the minus of -1.7", "37 (0 to 5 - 6 to 8)", "was not randomised",
        "two-sided p of 0.027", "contradicts itself", "rated by one person only", "29 cannot check",
    ):  # fmt: skip
        assert words in told


def test_check_tells_a_sheet_that_was_changed_and_not_brought_in(review, capsys):
    sheet = review.extraction / "studies.csv"
    sheet.write_text(sheet.read_text("utf-8").replace("England", "Wales"), "utf-8")
    main(["check", str(review.root)])
    assert f"changed by hand and not brought in: {sheet}" in capsys.readouterr().out


def test_a_rating_from_the_command_line_reaches_the_page(review, capsys):
    words = ["grade", str(review.root), "--group", "practice", "--by", "ann", "--off", "2", "--reason", "one trial"]
    assert main([*words, "--domain", "imprecision"]) == 0
    assert "Imprecision: -2 (ann), -1 (kring-draft)" in capsys.readouterr().out
    assert read_review(review).level("practice") == "very low"


def test_a_review_with_many_trials_shows_forest_funnel_and_multiverse(tmp_path):
    folder = new(tmp_path / "many")
    (folder.synthesis / "plan.toml").write_text(
        '[studies]\nmain = ["in"]\n[[group]]\nid = "g"\ntitle = "Recovery"\nlevel = "client"\ndomains = ["recovery"]\n'
    )
    events = []
    for i in range(6):
        cells = {"effect": 0.2 * i, "ci_low": 0.2 * i - 3, "ci_high": 0.2 * i + 3, "sd_int": 10, "sd_ctl": 10}
        for table, key, row in (
            ("studies", f"s{i}", {"label": f"Study {i}", "role": "in", "randomised": "yes", "design": "cluster trial"}),
            ("reports", f"r{i}", {"study_id": f"s{i}", "label": f"Report {i}"}),
            ("outcomes", f"o{i}", {"study_id": f"s{i}", "level": "client", "domain": "recovery", "better": "higher"}),
            ("results", f"x{i}", {"outcome_id": f"o{i}", "report_id": f"r{i}", "use": "pool; direction",
                                  "direction": "benefit", "cluster_adjusted": "yes", **cells}),
        ):  # fmt: skip
            events.append(keyed(table, key, row, by="ann", state="full text"))
    log.append(folder.decisions, events)
    assert main(["build", str(folder.root)]) == 0
    made = {path.stem for path in (folder.report / "figures").glob("*.svg")}
    assert {"forest-g", "funnel-g", "multiverse-g", "directions", "harvest", "traffic"} <= made
    page = (folder.report / "index.html").read_text("utf-8")
    assert "REML, Hartung–Knapp, 6 studies" in page
    assert "sign test p = 0.0312" in page


# What the shipped review says.


@pytest.fixture(scope="module")
def shipped():
    return read_review(open_folder(SHIPPED))


def test_the_shipped_review_holds_eighteen_reports_of_seventeen_studies(shipped):
    assert (len(shipped.tables["reports"]), len(shipped.tables["studies"])) == (18, 17)
    assert len(shipped.tables.where("reports", study_id="bitter2017")) == 2


def test_the_shipped_review_claims_no_more_than_its_abstracts_carry(shipped):
    assert set(shipped.tables.states()) == {"abstract only", "registry record"}
    recovery = shipped.syntheses[0]
    assert (recovery.votes.benefit, recovery.votes.harm, recovery.votes.p) == (2, 0, None)
    assert recovery.pooled is None
    assert {c.verdict for c in shipped.cells} == {"cannot check"}
    assert shipped.open


def test_the_high_participation_contrast_is_nowhere_in_the_synthesis(shipped):
    used = {o.result for s in shipped.syntheses for study in s.studies for o in study.outcomes}
    assert not {r for r in used if r.startswith(("slade2015.pro_recovery", "slade2015.recovery_inter", "enticott"))}


def test_the_implications_are_in_two_languages_with_sources_and_certainty(shipped):
    found = read_implications(shipped.folder, {g.id: shipped.level(g.id) for g in shipped.plan.groups})
    assert len(found) > 10
    for item in found:
        assert item["direction"] in DIRECTIONS
        assert item["certainty"]["level"]
        assert item["sources"]
        assert item["text"]["nl"] != item["text"]["en"]


def dutch_sentences(shipped):
    from kring.evidence.report.page import _texts

    for part in _texts(shipped)["summary"]["nl"]:
        yield from part["text"]
    for item in read_implications(shipped.folder, {g.id: "low" for g in shipped.plan.groups}):
        for text in (item["text"]["nl"], item["why"]["nl"]):
            yield from re.split(r"(?<=[.?])\s", text)


def test_the_dutch_is_short_and_calm(shipped):
    for sentence in dutch_sentences(shipped):
        assert len(sentence.split()) <= 15, sentence
        assert "!" not in sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[implication]]\nid = "a"\n', "Implication a has no 'component'"),
        ('[[implication]]\nid="a"\ncomponent="c"\ndirection="maybe"\nsources=["x"]\ntext={nl="a",en="b"}\n'
         'why={nl="a",en="b"}\n', "'maybe' is no direction"),
        ('[[implication]]\nid="a"\ncomponent="c"\ndirection="include"\nsources=["x"]\ntext={nl="a",en="b"}\n'
         'why={nl="a",en="b"}\n', "cites 'x', which is not listed"),
        ('[source.x]\ncitation="c"\nread="r"\n[[implication]]\nid="a"\ncomponent="c"\ndirection="include"\n'
         'sources=["x"]\ntext={nl="a",en="b"}\nwhy={nl="a",en="b"}\n', "needs a certainty and its reason"),
    ],
)  # fmt: skip
def test_an_implication_without_its_ground_is_refused(tmp_path, text, says):
    folder = new(tmp_path / "r")
    (folder.synthesis / "implications.toml").write_text(text)
    with pytest.raises(Problem, match=says):
        read_implications(folder, {})
