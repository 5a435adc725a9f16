"""docs/evidence.md is followed as written: from four exports in different dialects to a published page."""

import re
from pathlib import Path

from kring.evidence import cli
from kring.evidence.folder import open_folder
from kring.evidence.screening.session import Session

ROOT = Path(__file__).parents[2]
SHELF = Path(__file__).parent / "shelf"
GUIDE = (ROOT / "docs" / "evidence.md").read_text("utf-8")


def test_every_command_in_the_guide_exists() -> None:
    named = set(re.findall(r"kring evidence ([a-z]+) reviews", GUIDE))
    assert {"new", "import", "dedup", "screen", "update"} <= named
    assert named <= set(_commands())


def _commands() -> list[str]:
    actions = cli.parser()._subparsers._group_actions
    return list(actions[0].choices)


def test_every_option_in_the_guide_exists() -> None:
    actions = cli.parser()._subparsers._group_actions[0].choices
    for command, rest in re.findall(r"kring evidence ([a-z]+) reviews/my-review((?:[^\n#`]|\\\n)*)", GUIDE):
        known = {option for action in actions[command]._actions for option in action.option_strings}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known, (command, rest)


def test_from_four_exports_to_a_page(tmp_path: Path, capsys) -> None:
    review = str(tmp_path / "my-review")
    exports = [str(SHELF / name) for name in ("pubmed.nbib", "scopus.ris", "ovid.txt", "wos.xlsx")]
    assert cli.main(["new", review]) == 0
    assert cli.main(["import", review, *exports, "--searched-on", "2025-11-01"]) == 0
    assert cli.main(["dedup", review]) in (0, 1)
    folder = open_folder(Path(review))
    session = Session(folder, "ann")
    while record := session.next():
        session.decide(record.id, "exclude" if "Coaching" in record.title else "include")
    assert cli.main(["screen", review, "--status"]) == 0
    assert cli.main(["build", review]) == 0, capsys.readouterr().err
    page = (folder.report / "index.html").read_text("utf-8")
    assert "Records identified" in page
