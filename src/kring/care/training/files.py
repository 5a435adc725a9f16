"""The files of a training table: for `kring evaluate` and, as a study record, for the evidence wing."""

import io
import json
import zipfile
from collections import defaultdict

from kring.care.training.design import design
from kring.care.training.study import sheets, tidier
from kring.care.training.table import TrainingTable

PRIMARY = ("observed", "support", "quiz", "own_view")
"""What the beginning of a protocol asks about: behaviour before knowledge before reaction."""


def of_table(table: TrainingTable) -> dict[str, str]:
    """Name -> text. The same table under the same names gives the same files."""
    files = {
        "outcomes.csv": table.as_csv(),
        "outcomes.dictionary.json": json.dumps(table.dictionary(), ensure_ascii=False, indent=1) + "\n",
        "tidier.json": json.dumps(tidier(table), ensure_ascii=False, indent=1) + "\n",
        "READ-ME.txt": READ_ME,
    }
    if asked := can_ask(table):
        files["protocol.toml"] = protocol(table, asked)
        files["design.toml"] = design(table, asked[0])
    else:
        files["READ-ME.txt"] = NOT_YET + READ_ME
    return files | {f"evidence/{name}.csv": text for name, text in sheets(table).items()}


def can_ask(table: TrainingTable) -> list[str]:
    """The measures of which something can be asked: scores differ, and at one moment at least some had more of the
    training than others. Where everybody had the same at each moment, time and training cannot be told apart. With one
    score a person there must be teams to compare.
    """
    exposures: dict[tuple[str, str], set[float]] = defaultdict(set)
    scores: dict[str, set[float]] = defaultdict(set)
    for row in table.rows():
        if row["score"] is not None:
            exposures[row["measure"], row["occasion"]].add(row["exposure"])
            scores[row["measure"]].add(row["score"])
    told_apart = {measure for (measure, _occasion), found in exposures.items() if len(found) > 1}
    grouped = {code for code in PRIMARY if _more_than_once(table, code) or len(set(table.teams.values())) > 1}
    return [code for code in PRIMARY if code in told_apart & grouped and len(scores[code]) > 1]


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def protocol(table: TrainingTable, asked: list[str]) -> str:
    """A beginning that fits the table. What is asked is the researcher's to decide, before the scores are seen."""
    primary, *others = asked
    again = _more_than_once(table, primary)
    secondary = [code for code in others if _more_than_once(table, code) == again]
    groups = [*(["team"] if len(set(table.teams.values())) > 1 else []), *(["person"] if again else [])]
    lines = [
        "# Made with the table, as a beginning. Decide what you ask before you look at the scores.",
        'format = "kring-protocol"', "version = 1",
        f"title = {{ nl = {json.dumps(table.titles()['nl'], ensure_ascii=False)},"
        f" en = {json.dumps(table.titles()['en'], ensure_ascii=False)} }}",
        'registration = "none: routine use"', "",
        "[outcome]", f"primary = {json.dumps(primary)}", f"secondary = {json.dumps(secondary)}", "",
        "[model]", f'fixed = "{"occasion + exposure" if again else "exposure"}"',
        f"groups = {json.dumps(groups)}", "",
        "[[contrasts]]", 'name = "hours"',
        'label = { nl = "Verschil per uur training", en = "Difference per hour of training" }',
        'coefficient = "exposure"', "", "[missing]", "imputations = 0", "", "[disclosure]", "threshold = 10", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _more_than_once(table: TrainingTable, code: str) -> bool:
    """Measured at several moments. One model cannot take this measure and one that was measured once: with one score
    a person, what persons add cannot be told from the rest."""
    return len({month for month, measure in table.cells if measure == code}) > 1


NOT_YET = """\
There is no protocol yet: everybody had the same amount of training at every moment that was measured. What the table
holds can be described, and nothing about the training can be concluded from it. Come back after the next moment.

"""
READ_ME = """\
Training table, from routine use. It is not a trial: more training and better scores can both come from something else.

Check it:   kring evaluate check outcomes.csv --protocol protocol.toml
Analyse it: kring evaluate run outcomes.csv --protocol protocol.toml --out report
Plan a trial that could answer the question: kring evaluate plan design.toml --out plan
Bring it into a review, as context: kring evidence extract REVIEW --from evidence/studies.csv --by "your name" \
--state "full text" (then reports, arms, characteristics; then outcomes and results from report/evidence)

Codes are drawn anew for each table and their key is not kept. Learners can take their yes back: use the newest table,
and delete older ones. Never use this to judge anybody at work. Do not try to find out who somebody is.
"""
