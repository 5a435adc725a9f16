"""The files of a training table: for `kring evaluate` and, as a study record, for the evidence wing."""

import io
import json
import zipfile

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
    if can_compare(table):
        files["protocol.toml"] = protocol(table)
    else:
        files["READ-ME.txt"] = NOT_YET + READ_ME
    return files | {f"evidence/{name}.csv": text for name, text in sheets(table).items()}


def can_compare(table: TrainingTable) -> bool:
    """Some had more of the training than others at some time, and some measure differs; else nothing can be asked."""
    return len({row["exposure"] for row in table.rows()}) > 1 and any(_differs(table, code) for code in PRIMARY)


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def protocol(table: TrainingTable) -> str:
    """A beginning that fits the table. What is asked is the researcher's to decide, before the scores are seen."""
    used = [code for code in PRIMARY if _differs(table, code)]
    months = sorted({month for month, measure in table.cells if used and measure == used[0]})
    teams = len(set(table.teams.values()))
    lines = [
        "# Made with the table, as a beginning. Decide what you ask before you look at the scores.",
        'format = "kring-protocol"', "version = 1",
        f"title = {{ nl = {json.dumps(table.titles()['nl'], ensure_ascii=False)},"
        f" en = {json.dumps(table.titles()['en'], ensure_ascii=False)} }}",
        'registration = "none: routine use"', "",
        "[outcome]", f"primary = {json.dumps(used[0] if used else '')}", f"secondary = {json.dumps(used[1:])}", "",
        "[model]", f'fixed = "{"occasion + exposure" if len(months) > 1 else "exposure"}"',
        f"groups = {json.dumps(['team', 'person'] if teams > 1 else ['person'])}", "",
        "[[contrasts]]", 'name = "hours"',
        'label = { nl = "Verschil per uur training", en = "Difference per hour of training" }',
        'coefficient = "exposure"', "", "[missing]", "imputations = 0", "", "[disclosure]", "threshold = 10", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _differs(table: TrainingTable, code: str) -> bool:
    """Where everybody scores the same there is nothing to estimate."""
    return len({one.score for one in table.scored if one.measure == code} - {None}) > 1


NOT_YET = """\
There is no protocol yet: everybody had the same amount of training at every moment that was measured. What the table
holds can be described, and nothing about the training can be concluded from it. Come back after the next moment.

"""
READ_ME = """\
Training table, from routine use. It is not a trial: more training and better scores can both come from something else.

Check it:   kring evaluate check outcomes.csv --protocol protocol.toml
Analyse it: kring evaluate run outcomes.csv --protocol protocol.toml --out report
Plan a trial that could answer the question: kring evaluate plan --example staff-training > design.toml
Bring it into a review, as context: kring evidence extract REVIEW --from evidence/studies.csv --by "your name" \
--state "full text" (then reports, arms, characteristics; then outcomes and results from report/evidence)

Codes are drawn anew for each table and their key is not kept. Learners can take their yes back: use the newest table,
and delete older ones. Never use this to judge anybody at work. Do not try to find out who somebody is.
"""
