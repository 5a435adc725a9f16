"""A small outcome table on disk for tests to spoil."""

import json
from pathlib import Path
from typing import Any

DICTIONARY: dict[str, Any] = {
    "format": "kring-outcome-table",
    "version": 1,
    "title": "A small table",
    "arms": [
        {"code": "RG", "label": {"nl": "Resourcegroep", "en": "Resource group"}},
        {"code": "FACT", "label": "FACT", "reference": True},
    ],
    "occasions": [
        {"code": "0", "months": 0, "label": {"nl": "start", "en": "start"}, "window_days": [-30, 60]},
        {"code": "9", "months": 9, "label": {"nl": "9 maanden", "en": "9 months"}, "window_days": [200, 360]},
    ],
    "measures": [{"code": "E", "title": "Empowerment", "range": [1, 5], "better": "higher"}],
    "covariates": [{"name": "age", "type": "number", "level": "person", "range": [18, 100]}],
    "missing_reasons": [{"code": "moved", "label": "moved"}],
}

ROWS = """\
person,team,institution,arm,occasion,measure,score,age
p1,t1,i1,RG,0,E,3.1,40
p1,t1,i1,RG,9,E,3.5,40
p2,t1,i1,FACT,0,E,2.9,51
p2,t1,i1,FACT,9,E,,51
p3,t2,i1,RG,0,E,3.3,33
p3,t2,i1,RG,9,E,3.9,33
p4,t2,i1,FACT,0,E,2.2,60
p4,t2,i1,FACT,9,E,2.4,60
"""


def write(folder: Path, text: str = ROWS, /, **changes: Any) -> Path:
    """Write table and dictionary into `folder`; `changes` replace entries of the dictionary."""
    table = folder / "outcomes.csv"
    table.write_text(text, encoding="utf-8")
    (folder / "outcomes.dictionary.json").write_text(json.dumps(DICTIONARY | changes), encoding="utf-8")
    return table


PROTOCOL = """\
format = "kring-protocol"
version = 1
title = "A small evaluation"
[outcome]
primary = "E"
[model]
fixed = "arm * occasion"
groups = ["team", "person"]
[[contrasts]]
name = "change"
label = "Difference in change"
arm = "RG"
occasion = "9"
minus_occasion = "0"
[teams]
adjust = ["age"]
"""
