"""What reviewers decide by: `3_screening/criteria.toml`."""

from dataclasses import dataclass, field

from kring.evidence.files import read_toml
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem


@dataclass(frozen=True)
class Criteria:
    """`exclude`: reason code → its text, the most important first."""

    include: list[str] = field(default_factory=list)
    exclude: dict[str, str] = field(default_factory=dict)
    highlight: dict[str, list[str]] = field(default_factory=dict)


def read_criteria(folder: Folder) -> Criteria:
    rows = read_toml(folder.criteria)
    reasons: dict[str, str] = {}
    for number, row in enumerate(rows.get("exclude", []), 1):
        code = str(row.get("code", "")).strip()
        if not code or code in reasons:
            what = f"Reason {number} has {'no code' if not code else f'the code {code!r} of another one'}."
            raise Problem(what, "Give each [[exclude]] a code of its own.", file=folder.criteria)
        reasons[code] = str(row.get("text", code))
    marks = rows.get("highlight", {})
    words = {name: [word for word in marks.get(name, []) if str(word).strip()] for name in ("include", "exclude")}
    include = [text for text in rows.get("include", []) if str(text).strip()]
    return Criteria(include, reasons, words)
