"""Filters mark what looks like a trial, exclude nothing, and say how often they err."""

from pathlib import Path

import pytest

from kring.evidence import cli
from kring.evidence.problem import Problem
from kring.evidence.records import Record
from kring.evidence.screening import filters
from kring.evidence.screening.language import WORDS
from kring.evidence.screening.web import filter_lines
from tests.evidence.test_ranking import made_up_set
from tests.evidence.test_screening import a_review


def test_the_first_filter_marks_and_never_excludes() -> None:
    records = [
        Record("1", title="Training", publication_types=["Randomized Controlled Trial"]),
        Record("2", title="We randomised wards", abstract="x"),
        Record("3", title="A review", abstract="of randomised trials", publication_types=["Review"]),
        Record("4", title="Two groups of nurses", abstract="compared in a controlled design"),
        Record("5", title="A title without its abstract"),
        Record("6", title="Interviews with clients", abstract="about hope"),
    ]
    assert filters.trial_words(records) == ["trial", "trial", "no trial", "unclear", "unclear", "no trial"]


def test_another_packages_filter_can_be_chosen(monkeypatch) -> None:
    class Entry:
        def load(self) -> filters.Filter:
            return lambda records: ["trial"] * len(records)

    monkeypatch.setattr(filters, "entry_points", lambda **known: [Entry()] if known.get("name") == "mine" else [])
    assert filters.load_filter("mine")([Record("1")]) == ["trial"]


def a_labelled_file(path: Path, trials: int = 90, others: int = 150) -> Path:
    texts, truth = made_up_set(trials + others, trials)
    rows = [f'"Title {n}","{text}",{label}' for n, (text, label) in enumerate(zip(texts, truth, strict=True))]
    path.write_text("title,abstract,label_included\n" + "\n".join(rows) + "\n")
    return path


def test_a_filter_learns_from_labelled_records_and_tells_how_it_errs(tmp_path: Path) -> None:
    filter_ = filters.load_filter(f"trained:{a_labelled_file(tmp_path / 'known.csv')}")
    texts, truth = made_up_set(60, 20, seed=8)
    marks = filter_([Record(str(n), title=text) for n, text in enumerate(texts)])
    found = [mark for mark, label in zip(marks, truth, strict=True) if label]
    assert found.count("no trial") <= 1
    assert found.count("trial") >= 15
    lines = filter_lines(filter_, WORDS["en"])
    assert lines[0] == "The filter learnt from known.csv: 90 trials and 150 others."
    assert filter_([Record("1", title="x", publication_types=["Randomized Controlled Trial"])]) == ["trial"]
    assert filter_lines(filters.trial_words, WORDS["en"]) == []


def test_a_filters_errors_are_of_records_it_had_not_seen(tmp_path: Path) -> None:
    """Labels drawn by lot cannot be learnt: what it says of itself must show that."""
    path = a_labelled_file(tmp_path / "lot.csv", 0, 200)
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *(f"{row[:-1]}{n % 2}" for n, row in enumerate(rows))]) + "\n")
    filter_ = filters.load_filter(f"trained:{path}")
    assert filter_.told["missed"] + filter_.told["wrong"] > 0
    marks = filter_([Record("1", title=made_up_set(1, 0, seed=9)[0][0])])
    assert marks == ["unclear"]


def test_a_filter_learns_from_publication_types(tmp_path: Path) -> None:
    texts, truth = made_up_set(160, 70)
    types = ["Randomized Controlled Trial" if label else "Journal Article" for label in truth]
    entries = [
        f"PMID- {n + 1}\nTI  - {text}\nPT  - {type_}\n"
        for n, (text, type_) in enumerate(zip(texts, types, strict=True))
    ]
    path = tmp_path / "pubmed.nbib"
    path.write_text("\n".join(entries))
    assert filters.load_filter(f"trained:{path}").told["trials"] == 70


def test_a_filter_is_not_trained_on_too_little(tmp_path: Path, capsys) -> None:
    path = a_labelled_file(tmp_path / "few.csv", 20, 100)
    folder = a_review(tmp_path / "r", ["One", "Two"])
    command = ["screen", str(folder.root), "--reviewer", "ann", "--terminal", "--filter", f"trained:{path}"]
    assert cli.main(command) == 2
    assert "few.csv: A filter cannot be trained on 20 trials and 100 others. Give 50" in capsys.readouterr().err


def test_an_unknown_filter_is_refused() -> None:
    with pytest.raises(Problem, match="No filter is called 'dreams'; there are: words, trained:FILE"):
        filters.load_filter("dreams")
