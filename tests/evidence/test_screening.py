"""Screening: decisions are logged for good, what holds follows from the log, nobody loses work."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from kring.evidence import cli, log
from kring.evidence.files import write_jsonl
from kring.evidence.folder import Folder, new
from kring.evidence.problem import Problem
from kring.evidence.records import Record, import_files, read_records, run_dedup
from kring.evidence.records.importing import read_export
from kring.evidence.screening import state, terminal
from kring.evidence.screening.agreement import agreement, kappa
from kring.evidence.screening.language import WORDS
from kring.evidence.screening.session import Session
from kring.evidence.screening.standing import Standing
from kring.evidence.screening.state import STAGES, derive
from kring.evidence.screening.web import marked, percent
from tests.evidence.test_ranking import made_up_set

CRITERIA = """
include = ["Randomised trial of recovery training for staff"]
[[exclude]]
code = "design"
text = "Not a randomised trial"
[[exclude]]
code = "people"
text = "Not about mental-health staff"
[highlight]
include = ["recover*", "trial"]
exclude = ["rat"]
"""


def a_review(path: Path, titles: list[str], *, dual: bool = False) -> Folder:
    folder = new(path)
    rows = [Record(f"a-{n:05d}", source="a", title=title, members=[f"a-{n:05d}"]) for n, title in enumerate(titles, 1)]
    write_jsonl(folder.records, (record.row() for record in rows))
    write_jsonl(folder.deduplicated, (record.row() for record in rows))
    folder.criteria.write_text(CRITERIA)
    if dual:
        folder.review_toml.write_text(folder.review_toml.read_text().replace('"single"', '"dual"'))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return a_review(tmp_path / "r", ["Recovery training trial", "Rat liver", "Staff and recovery", "Enzymes"])


def test_the_first_record_is_the_one_most_like_the_criteria(folder: Folder) -> None:
    assert Session(folder, "ann").next().title == "Recovery training trial"


def test_a_decision_moves_on_and_undo_comes_back(folder: Folder) -> None:
    session = Session(folder, "ann")
    session.decide("a-00001", "include")
    assert session.next().id != "a-00001"
    assert session.progress() == (1, 4)
    assert session.undo()["record_id"] == "a-00001"
    assert session.verdict("a-00001").outcome == ""
    assert session.progress() == (0, 4)
    assert len(log.read(folder.decisions)) == 2


def test_a_second_thought_replaces_the_first(folder: Folder) -> None:
    session = Session(folder, "ann")
    session.decide("a-00002", "include")
    session.decide("a-00002", "exclude", reason="design")
    assert state(folder)["a-00002"].title_abstract.outcome == "exclude"
    assert state(folder)["a-00002"].title_abstract.reason == "design"


def test_an_interrupted_session_goes_on_where_it_was(folder: Folder) -> None:
    Session(folder, "ann").decide("a-00001", "include")
    with folder.decisions.open("a") as file:
        file.write('{"id": "cut off')
    session = Session(folder, "ann")
    assert session.progress() == (1, 4)
    session.decide("a-00002", "exclude")
    assert len(log.read(folder.decisions)) == 2


def test_what_another_writes_in_the_same_moment_is_not_missed(folder: Folder, monkeypatch) -> None:
    ann = Session(folder, "ann")
    real = log.Log.append

    def bo_is_first(held: log.Log, events: list) -> int:
        monkeypatch.setattr(log.Log, "append", real)
        Session(folder, "bo").decide("a-00002", "exclude")
        return real(held, events)

    monkeypatch.setattr(log.Log, "append", bo_is_first)
    ann.decide("a-00001", "include")
    assert set(ann.waiting()) == {"a-00003", "a-00004"}


OTHER = """
import sys
from pathlib import Path
from kring.evidence import log
held = log.Log(Path(sys.argv[1]))
for n in range(40):
    said = "exclude" if n % 3 else "include"
    event = log.event(stage="title_abstract", reviewer="bo", record_id=f"a-{n + 41:05d}", decision=said)
    held.append([event])
    print(n, flush=True)
"""


def test_two_processes_screen_at_once_and_each_reads_only_the_new_lines(tmp_path: Path, monkeypatch) -> None:
    folder = a_review(tmp_path / "r", [f"Title {n}" for n in range(100)])
    session, read = Session(folder, "ann"), []
    parse = log.parse_line
    monkeypatch.setattr(log, "parse_line", lambda *args: read.append(args[1]) or parse(*args))
    other = subprocess.Popen([sys.executable, "-c", OTHER, str(folder.decisions)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    for n, _ in enumerate(other.stdout, 1):
        session.decide(f"a-{n:05d}", "include" if n % 4 else "exclude")
    other.wait()
    assert session.progress() == (80, 100)
    assert len(read) == len(set(read)) == 40  # bo's lines, each once; ours were known
    assert session.states == state(folder)
    assert session.last()["record_id"] == "a-00040"
    assert Session(folder, "ann").meter() == session.meter()


def test_a_log_that_was_put_back_is_read_anew(folder: Folder) -> None:
    session = Session(folder, "ann")
    session.decide("a-00001", "include")
    kept = folder.decisions.read_bytes()
    session.decide("a-00002", "exclude")
    folder.decisions.write_bytes(kept)  # as version control would
    assert session.progress() == (1, 4)
    assert session.last()["record_id"] == "a-00001"
    folder.decisions.unlink()
    assert session.progress() == (0, 4)
    assert session.last() is None


def test_an_edit_in_a_line_long_read_is_named_at_each_look(folder: Folder) -> None:
    session = Session(folder, "ann")
    for n in (1, 2, 3):
        session.decide(f"a-{n:05d}", "include")
    text = folder.decisions.read_text()
    folder.decisions.write_text(text.replace("include", "exclude", 1))  # of the same length, far from the end
    for _ in range(2):
        with pytest.raises(Problem, match="line 1: This line was changed by hand"):
            session.next()
    folder.decisions.write_text(text)
    assert session.progress() == (3, 4)


def test_a_line_about_a_record_that_is_gone_is_named_at_each_look(folder: Folder) -> None:
    session = Session(folder, "ann")
    log_line(folder, record_id="gone-1", decision="include")
    for _ in range(2):
        with pytest.raises(Problem, match="line 1: This decision is about record gone-1"):
            session.progress()


def test_the_ranking_learns_from_the_decisions(tmp_path: Path) -> None:
    texts, truth = made_up_set(120, 20)
    folder = a_review(tmp_path / "r", texts)
    session = Session(folder, "ann")
    found = 0
    for _ in range(40):
        record = session.next()
        relevant = truth[int(record.id[2:]) - 1]
        found += relevant
        session.decide(record.id, "include" if relevant else "exclude")
    assert found >= 15  # by chance 7


def test_another_members_id_counts_for_the_article(tmp_path: Path) -> None:
    folder = new(tmp_path / "r")
    shelf = Path(__file__).parent / "shelf"
    import_files(folder, [shelf / "pubmed.nbib", shelf / "scopus.ris"])
    run_dedup(folder)
    event = log.event(stage="title_abstract", reviewer="ann", record_id="scopus-00001", decision="include")
    log.append(folder.decisions, [event])
    assert state(folder)["pubmed-00001"].title_abstract.outcome == "include"


# ── two reviewers ──────────────────────────────────────────────────────────────────────────────────────────────


def test_with_two_reviewers_a_record_waits_for_the_second(tmp_path: Path) -> None:
    folder = a_review(tmp_path / "r", ["One", "Two"], dual=True)
    Session(folder, "ann").decide("a-00001", "include")
    assert state(folder)["a-00001"].title_abstract.outcome == "waiting"
    bo = Session(folder, "bo")
    assert {record.id for record in map(bo.records.get, bo.waiting())} == {"a-00001", "a-00002"}
    bo.decide("a-00001", "maybe")
    assert state(folder)["a-00001"].title_abstract.outcome == "include"


def test_the_meter_waits_for_the_second_reviewer_too(tmp_path: Path) -> None:
    folder = a_review(tmp_path / "r", ["One", "Two", "Three"], dual=True)
    ann, bo = Session(folder, "ann"), Session(folder, "bo")
    ann.decide("a-00001", "exclude")
    assert (ann.meter().screened, ann.meter().found) == (0, 0)
    bo.decide("a-00001", "exclude")
    ann.refresh()
    assert (ann.meter().screened, ann.meter().found) == (1, 0)


def test_a_difference_is_a_conflict_until_somebody_settles_it(tmp_path: Path) -> None:
    folder = a_review(tmp_path / "r", ["One", "Two"], dual=True)
    Session(folder, "ann").decide("a-00001", "include")
    bo = Session(folder, "bo")
    bo.decide("a-00001", "exclude", reason="design")
    assert bo.conflicts() == ["a-00001"]
    bo.decide("a-00001", "exclude", reason="people", adjudicates=True)
    verdict = state(folder)["a-00001"].title_abstract
    assert (verdict.outcome, verdict.reason) == ("exclude", "people")
    assert set(verdict.by) == {"ann", "bo"}


def test_the_logs_of_two_reviewers_join_without_loss(tmp_path: Path, capsys) -> None:
    here, there = (a_review(tmp_path / name, ["One", "Two"], dual=True) for name in ("here", "there"))
    Session(here, "ann").decide("a-00001", "include")
    Session(there, "bo").decide("a-00001", "exclude", reason="design")
    Session(there, "bo").decide("a-00002", "exclude")
    assert cli.main(["screen", str(here.root), "--join", str(there.decisions)]) == 1
    said = capsys.readouterr().out
    assert "2 new decisions taken in" in said
    assert "differ on a-00001: One" in said
    assert cli.main(["screen", str(here.root), "--join", str(there.decisions)]) == 1
    assert "0 new decisions taken in" in capsys.readouterr().out


def test_a_log_about_other_records_is_refused_with_its_line(tmp_path: Path, capsys) -> None:
    here, there = a_review(tmp_path / "here", ["One"]), a_review(tmp_path / "there", ["One", "Two"])
    Session(there, "bo").decide("a-00001", "include")
    Session(there, "bo").decide("a-00002", "include")
    assert cli.main(["screen", str(here.root), "--join", str(there.decisions)]) == 2
    assert "line 2: This decision is about record a-00002" in capsys.readouterr().err
    assert not here.decisions.exists()


def test_kappa_by_hand() -> None:
    """20 both yes, 5 and 10 apart, 15 both no: agreed 0.7, by chance 0.5, kappa 0.4."""
    agreed, value, error = kappa(((20, 5), (10, 15)))
    assert (agreed, value) == (0.7, pytest.approx(0.4))
    assert 0.1 < error < 0.15


def test_kappas_error_is_that_of_fleiss_cohen_and_everitt() -> None:
    """Their formula written out cell by cell for another table."""
    (a, b), (c, d) = table = ((40, 9), (6, 45))
    n = a + b + c + d
    p = [[a / n, b / n], [c / n, d / n]]
    r, k = [sum(p[0]), sum(p[1])], [p[0][0] + p[1][0], p[0][1] + p[1][1]]
    po, pe = p[0][0] + p[1][1], r[0] * k[0] + r[1] * k[1]
    first = sum(p[i][i] * ((1 - pe) - (r[i] + k[i]) * (1 - po)) ** 2 for i in (0, 1))
    second = (1 - po) ** 2 * sum(p[i][j] * (k[i] + r[j]) ** 2 for i in (0, 1) for j in (0, 1) if i != j)
    variance = (first + second - (po * pe - 2 * pe + po) ** 2) / (n * (1 - pe) ** 4)
    assert kappa(table)[2] == pytest.approx(variance**0.5)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=40))
def test_kappa_is_scikit_learns(pairs: list[tuple[bool, bool]]) -> None:
    cells = [[sum(pair == (x, y) for pair in pairs) for y in (False, True)] for x in (False, True)]
    value = kappa(((cells[0][0], cells[0][1]), (cells[1][0], cells[1][1])))[1]
    if value is not None:
        assert value == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)))


def test_agreement_names_where_they_differ(tmp_path: Path) -> None:
    folder = a_review(tmp_path / "r", ["One", "Two", "Three"], dual=True)
    for name, said in (("ann", ("include", "exclude", "exclude")), ("bo", ("maybe", "include", "exclude"))):
        for n, decision in enumerate(said, 1):
            Session(folder, name).decide(f"a-{n:05d}", decision)
    (found,) = agreement(state(folder), "title_abstract")
    assert (found.first, found.second, found.table) == ("ann", "bo", ((1, 0), (1, 1)))
    assert found.differ == ("a-00002",)


# ── full text ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_what_passed_goes_to_full_text(folder: Folder) -> None:
    first = Session(folder, "ann")
    for id_, decision in (("a-00001", "include"), ("a-00003", "maybe"), ("a-00002", "exclude")):
        first.decide(id_, decision)
    assert set(Session(folder, "ann", "full_text").waiting()) == {"a-00001", "a-00003"}


def test_only_what_passed_is_open_at_full_text(folder: Folder, capsys) -> None:
    session = Session(folder, "ann")
    for n, decision in enumerate(("include", "maybe", "exclude", "exclude"), 1):
        session.decide(f"a-{n:05d}", decision)
    Session(folder, "ann", "full_text").retrieval("a-00001", retrieved=False)
    cli.main(["screen", str(folder.root), "--status"])
    assert "Full text: nothing decided; 1 open" in capsys.readouterr().out


def test_a_full_text_is_excluded_with_a_reason_of_the_criteria(folder: Folder) -> None:
    Session(folder, "ann").decide("a-00001", "include")
    session = Session(folder, "ann", "full_text")
    with pytest.raises(Problem, match="excluded with a reason"):
        session.decide("a-00001", "exclude")
    with pytest.raises(Problem, match="not in criteria"):
        session.decide("a-00001", "exclude", reason="mood")
    session.decide("a-00001", "exclude", reason="people")
    assert state(folder)["a-00001"].full_text.reason == "people"


def test_a_report_that_could_not_be_had_is_logged_and_leaves_the_list(folder: Folder) -> None:
    Session(folder, "ann").decide("a-00001", "include")
    session = Session(folder, "ann", "full_text")
    session.retrieval("a-00001", retrieved=False)
    assert session.next() is None
    assert state(folder)["a-00001"].retrieval == "not_retrieved"
    session.undo()
    assert session.next().id == "a-00001"


# ── what holds does not depend on the order of the lines ───────────────────────────────────────────────────────

EVENTS = st.tuples(
    st.sampled_from(STAGES), st.sampled_from(["ann", "bo"]), st.integers(1, 3),
    st.sampled_from(["include", "exclude", "maybe", "retrieved", "not_retrieved", "settle"]), st.integers(0, 59),
)  # fmt: skip


def an_event(drawn: tuple) -> dict:
    stage, reviewer, number, word, minute = drawn
    known = {"record_id": f"a-{number:05d}", "at": f"2026-01-01T10:{minute:02d}:00Z"}
    if word in ("retrieved", "not_retrieved"):
        return log.event(stage="full_text", reviewer=reviewer, retrieval=word, **known)
    if word == "settle":
        return log.event(stage=stage, reviewer=reviewer, decision="include", adjudicates=True, **known)
    return log.event(stage=stage, reviewer=reviewer, decision=word, **known)


@settings(max_examples=150)
@given(st.data())
def test_any_order_of_the_same_decisions_gives_the_same_state(data: st.DataObject) -> None:
    events = [an_event(drawn) for drawn in data.draw(st.lists(EVENTS, min_size=1, max_size=12))]
    for chosen in data.draw(st.lists(st.sampled_from(events), max_size=3)):
        events.append(log.undo(chosen, reviewer="bo", at="2026-01-02T00:00:00Z"))
    names = {f"a-{n:05d}": f"a-{n:05d}" for n in (1, 2, 3)}
    dual = data.draw(st.booleans())
    shuffled = data.draw(st.permutations(events))
    states = derive(events, names, dual=dual)
    assert derive(shuffled, names, dual=dual) == states
    assert derive(shuffled * 2, names, dual=dual) == states
    followed, at_once = Standing(names, dual=dual), Standing(names, dual=dual)
    at_once.take_in(events)
    for event in shuffled:
        followed.take_in([event])
    assert followed.states == at_once.states == states
    assert followed.order() == at_once.order()
    for stage, reviewer in (("title_abstract", "ann"), ("full_text", "bo")):
        mine = [e for e in log.standing(events) if (e["stage"], e["reviewer"]) == (stage, reviewer)]
        assert followed.last(stage, reviewer) == at_once.last(stage, reviewer) == (mine[-1] if mine else None)


# ── bad input ──────────────────────────────────────────────────────────────────────────────────────────────────


def log_line(folder: Folder, **content: object) -> None:
    log.append(folder.decisions, [log.event(**{"stage": "title_abstract", "reviewer": "ann", **content})])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"record_id": "gone-1", "decision": "include"}, "about record gone-1, which is not in the review"),
        ({"record_id": "a-00001", "decision": "perhaps"}, "'perhaps' is no decision"),
        ({"record_id": "a-00001", "decision": "exclude", "reason": "mood"}, "reason 'mood' is not in criteria"),
        ({"stage": "full_text", "record_id": "a-00001", "decision": "exclude"}, "excluded without a reason"),
        ({"stage": "full_text", "record_id": "a-00001", "retrieval": "lost"}, "'lost' is no retrieval"),
    ],
)
def test_a_line_that_cannot_be_is_named(folder: Folder, content: dict, message: str, capsys) -> None:
    log_line(folder, record_id="a-00002", decision="include")
    log_line(folder, **content)
    assert cli.main(["screen", str(folder.root), "--status"]) == 2
    said = capsys.readouterr().err
    assert "decisions.jsonl, line 2: " in said
    assert message in said


def test_a_hand_edited_log_is_named_by_its_line(folder: Folder, capsys) -> None:
    log_line(folder, record_id="a-00001", decision="include")
    folder.decisions.write_text(folder.decisions.read_text().replace("include", "exclude"))
    assert cli.main(["screen", str(folder.root), "--status"]) == 2
    assert "line 1: This line was changed by hand" in capsys.readouterr().err


def test_two_reasons_of_one_code_are_refused(folder: Folder, capsys) -> None:
    folder.criteria.write_text('[[exclude]]\ncode = "a"\n[[exclude]]\ncode = "a"\n')
    assert cli.main(["screen", str(folder.root), "--status"]) == 2
    assert "Reason 2 has the code 'a' of another one" in capsys.readouterr().err


def test_screening_without_records_or_name_says_what_to_do(tmp_path: Path, folder: Folder, capsys) -> None:
    empty = new(tmp_path / "empty")
    assert cli.main(["screen", str(empty.root), "--reviewer", "ann"]) == 2
    assert "First: kring evidence dedup" in capsys.readouterr().err
    assert cli.main(["screen", str(folder.root)]) == 2
    assert "Give --reviewer NAME" in capsys.readouterr().err


# ── in and out ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_decisions_go_out_to_asreview_and_come_back(folder: Folder, tmp_path: Path) -> None:
    session = Session(folder, "ann")
    session.decide("a-00001", "include")
    session.decide("a-00002", "exclude")
    path = tmp_path / "out.asreview"
    assert cli.main(["screen", str(folder.root), "--asreview", str(path)]) == 0
    assert [record.label for record in read_export(path).records] == [1, 0, None, None]
    other = new(tmp_path / "other")
    import_files(other, [path])
    run_dedup(other)
    assert cli.main(["screen", str(other.root), "--accept-labels", "--reviewer", "ann"]) == 0
    outcomes = [found.title_abstract.outcome for found in state(other).values()]
    assert outcomes == ["include", "exclude", "", ""]


def test_the_tables_are_the_same_bytes_each_time(folder: Folder) -> None:
    Session(folder, "ann").decide("a-00001", "include")
    outputs = [folder.screening / name for name in ("state.csv", "agreement.json", "model.json")]
    cli.main(["screen", str(folder.root), "--status"])
    before = [path.read_bytes() for path in outputs]
    cli.main(["screen", str(folder.root), "--status"])
    assert [path.read_bytes() for path in outputs] == before
    assert json.loads(outputs[2].read_text())["name"] == "elas_u4"


def test_the_whole_order_can_be_written(folder: Folder, tmp_path: Path, capsys) -> None:
    path = tmp_path / "order.csv"
    assert cli.main(["screen", str(folder.root), "--rank", str(path)]) == 2
    assert "nothing to learn from yet" in capsys.readouterr().err
    session = Session(folder, "ann")
    session.decide("a-00001", "include")
    session.decide("a-00002", "exclude")
    assert cli.main(["screen", str(folder.root), "--rank", str(path)]) == 0
    lines = path.read_text().splitlines()
    assert lines[0] == "record_id,score,title"
    assert [line.split(",")[0] for line in lines[1:3]] == ["a-00001", "a-00003"]


def test_stopping_early_is_logged_with_what_the_meter_said(folder: Folder, capsys) -> None:
    Session(folder, "ann").decide("a-00001", "include")
    assert cli.main(["screen", str(folder.root), "--reviewer", "ann", "--stop", "out of time"]) == 0
    assert "You stop before the test passes" in capsys.readouterr().out
    event = log.read(folder.decisions)[-1]
    assert (event["stage"], event["passed"], event["screened"], event["total"]) == ("stop", False, 1, 4)


# ── terminal, words ────────────────────────────────────────────────────────────────────────────────────


def test_the_terminal_decides_undoes_and_stops(folder: Folder) -> None:
    answers, said = iter(["i", "e", "1", "u", "?", "x", "q"]), []
    assert terminal.run(Session(folder, "ann"), lambda _: next(answers), said.append) == 2
    assert "Took back: exclude" in said
    assert [found.title_abstract.outcome for found in state(folder).values()].count("include") == 1


def test_words_are_marked_and_everything_else_is_escaped() -> None:
    html = marked("Recovering <b>rats</b> & a rat", {"include": ["recover*"], "exclude": ["rat"]})
    assert html == ('<mark class="in">Recovering</mark> &lt;b&gt;rats&lt;/b&gt; &amp; a <mark class="out">rat</mark>')


def test_a_recall_below_all_is_never_printed_as_all() -> None:
    assert (percent(0.9999), percent(1.0), percent(None)) == ("99%", "100%", "–")


def test_both_languages_have_every_word_and_short_sentences() -> None:
    assert set(WORDS["en"]) == set(WORDS["nl"])
    for words in WORDS.values():
        for text in words.values():
            assert "!" not in text
            assert all(len(sentence.split()) <= 17 for sentence in text.split(". "))
    assert list(read_records(Path("nowhere"))) == []
