"""`extract` and `rob` from the command line, in a review that begins empty."""

import json

import pytest

from kring.evidence import log
from kring.evidence.cli import main
from kring.evidence.extraction.commands import key_cells
from kring.evidence.extraction.keying import Keying
from kring.evidence.extraction.keying_words import WORDS
from kring.evidence.files import write_jsonl
from kring.evidence.folder import new
from kring.evidence.problem import Problem
from kring.evidence.records import Record


@pytest.fixture
def review(tmp_path):
    return new(tmp_path / "review")


def bring_in(review, text):
    path = review.root / "sheet.csv"
    path.write_text(text, "utf-8")
    words = ["extract", str(review.root), "--from", str(path), "--by", "ann", "--state", "full text"]
    return main([*words, "--page", "4"])


def test_cells_are_keyed_one_by_one_and_stopping_keeps_what_was_said(review, capsys):
    text = "cell,what,ours,note\na,First,,\nb,Second,,\nc,Third,,\n"
    (review.extraction / "published_cells.csv").write_text(text)
    answers = iter(["", "7", "seven papers were included", "2", "q"])
    assert key_cells(review, "ann", lambda _question: next(answers)) == 1
    (event,) = log.read(review.decisions)
    assert (event["cell"], event["value"], event["page"]) == ("b", "7", "2")
    assert key_cells(review, "ann", lambda _question: "") == 0
    told = capsys.readouterr().out
    assert told.count("a: First") == 2
    assert told.count("b: Second") == 1, "a keyed cell is not asked again"


def test_an_empty_review_has_empty_tables(review, capsys):
    assert main(["extract", str(review.root)]) == 0
    assert "0 values (none); 0 findings" in capsys.readouterr().out
    assert (review.extraction / "results.csv").read_text().startswith("result_id,outcome_id,report_id")


def test_included_reports_without_a_study_get_first_rows_that_are_never_overwritten(review, capsys):
    rows = [
        Record(f"a-{n}", title=f"Trial {n}", authors=["Smit, Jan"], year=2020, members=[f"a-{n}"]).row()
        for n in (1, 2, 3)
    ]
    write_jsonl(review.records, rows)
    write_jsonl(review.deduplicated, rows)
    for n in (1, 2):
        known = {"reviewer": "ann", "record_id": f"a-{n}", "decision": "include"}
        log.append(review.decisions, [log.event(stage=stage, **known) for stage in ("title_abstract", "full_text")])
    words = ["extract", str(review.root)]
    assert main(words) == 0
    assert "wrote 4_extraction/new_studies.csv" in capsys.readouterr().out
    studies, reports = (review.extraction / f"new_{name}.csv" for name in ("studies", "reports"))
    assert [line.split(",")[0] for line in reports.read_text().splitlines()] == ["report_id", "smit2020", "smit2020_2"]
    studies.write_text(studies.read_text().replace("Smit 2020", "Smit 2020 (wards)", 1))
    assert main(words) == 0
    assert "(wards)" in studies.read_text()
    for path in (studies, reports):
        assert main([*words, "--from", str(path), "--by", "ann", "--state", "full text"]) == 0
    assert not studies.exists()
    assert not reports.exists()
    assert "(wards)" in (review.extraction / "studies.csv").read_text()


def test_a_sheet_comes_in_is_checked_and_confirmed(review, capsys):
    assert bring_in(review, "study_id,country\nslade2015,England\n") == 0
    (event,) = log.read(review.decisions)
    assert main(["extract", str(review.root), "--check", event["id"][:8], "--by", "bob"]) == 0
    assert "1 checked" in capsys.readouterr().out
    assert (
        (review.extraction / "values.csv").read_text().splitlines()[1].endswith(f"ann,{event['at']},bob,{event['id']}")
    )


def test_a_trap_in_a_sheet_is_told(review, capsys):
    sheet = "result_id,effect,ci_low,ci_high\nfunctioning,6.96,2.8,9.2\n"
    assert bring_in(review, sheet) == 1
    assert "results functioning, effect: The estimate 6.96 is not the middle" in capsys.readouterr().out


def test_nothing_is_keyed_without_a_name(review, capsys):
    assert main(["extract", str(review.root), "--check", "abc"]) == 2
    assert "Give --by NAME" in capsys.readouterr().err


def test_answers_on_risk_of_bias_are_kept_with_their_quotes(review, capsys):
    bring_in(review, "result_id,note\nx,\n")
    words = ["rob", str(review.root), "--result", "x", "--domain", "5", "--by", "ann"]
    assert main([*words, "--answer", "5.2=N", "--quote", "5.2=as registered"]) == 0
    assert "Selection of the reported result: not assessed (can become" in capsys.readouterr().out
    event = json.loads(review.decisions.read_text().splitlines()[-1])
    assert (event["answers"], event["quotes"]) == ({"5.2": "N"}, {"5.2": "as registered"})


def test_a_result_that_is_not_there_cannot_be_assessed(review, capsys):
    assert main(["rob", str(review.root), "--result", "gone", "--domain", "1", "--by", "ann"]) == 2
    assert "There is no result 'gone'" in capsys.readouterr().err


def test_the_key_in_page_needs_cells_and_a_name(review, capsys):
    assert main(["extract", str(review.root), "--serve"]) == 2
    assert "Give --by NAME" in capsys.readouterr().err
    assert main(["extract", str(review.root), "--serve", "--by", "ann"]) == 2
    assert "published_cells.csv: There are no cells to key" in capsys.readouterr().err


def test_the_key_in_page_has_every_word_in_both_languages():
    assert set(WORDS["en"]) == set(WORDS["nl"])
    for words in WORDS.values():
        for text in words.values():
            assert "!" not in text
            assert all(len(sentence.split()) <= 15 for sentence in text.split(". "))


def test_a_value_that_is_sent_twice_is_one_event_and_a_stale_check_is_refused(review):
    (review.extraction / "published_cells.csv").write_text("cell,what,ours,note\na,First,,\n")
    ann, bob = Keying(review, "ann"), Keying(review, "bob")
    for _ in range(2):
        ann.key("a", "7", quote="seven", page="1", before="")
    (event,) = log.read(review.decisions)
    ann.key("a", "8", quote="eight", page="1", before=event["id"])
    with pytest.raises(Problem, match="keyed anew"):
        bob.check("a", agrees=True, note="", event=event["id"])
    with pytest.raises(Problem, match="cannot be their second checker"):
        ann.check("a", agrees=True, note="", event=ann.cells()["a"].event)
    with pytest.raises(Problem, match="no cell 'b'"):
        ann.key("b", "1", quote="x", page="1", before="")
    assert bob.next().cell == "a"
    assert ann.next() is None
