"""A new review folder, and what happens when it is not one."""

from pathlib import Path

import pytest

from kring.evidence import cli
from kring.evidence.folder import STEPS, new, open_folder
from kring.evidence.problem import Problem


def test_new_makes_a_folder_that_opens_again(tmp_path: Path) -> None:
    assert cli.main(["new", str(tmp_path / "my-review")]) == 0
    folder = open_folder(tmp_path / "my-review")
    assert folder.settings()["title"] == "My review"
    assert all((folder.root / step).is_dir() for step in STEPS[:-1])


def test_new_never_writes_into_a_folder_with_something_in_it(tmp_path: Path, capsys) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    assert cli.main(["new", str(tmp_path)]) == 2
    assert "Choose another name" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_title_with_quotes_survives(tmp_path: Path) -> None:
    assert new(tmp_path / "r", 'The "new" \\ review').settings()["title"] == 'The "new" \\ review'


def test_a_folder_that_is_no_review_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"not a review folder.*kring evidence new"):
        open_folder(tmp_path)


def test_a_folder_of_a_newer_layout_is_refused(tmp_path: Path) -> None:
    folder = new(tmp_path / "r")
    folder.review_toml.write_text(folder.review_toml.read_text().replace("format = 1", "format = 99"))
    with pytest.raises(Problem, match="format 99"):
        open_folder(folder.root)


def test_broken_toml_names_the_file_and_the_line(tmp_path: Path) -> None:
    folder = new(tmp_path / "r")
    folder.review_toml.write_text('format = 1\ntitle = "open\n')
    with pytest.raises(Problem, match=r"review\.toml.*line 2"):
        open_folder(folder.root)
