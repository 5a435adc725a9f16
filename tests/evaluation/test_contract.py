"""The table is loaded whole and typed, or refused with row, column and remedy."""

import json

import polars as pl
import pytest

from kring.evaluation.cli import main
from kring.evaluation.contract.schema import NAMES, schema
from kring.evaluation.contract.table import load
from kring.evaluation.errors import BadInput
from tests.evaluation.trial import DICTIONARY, ROWS, write


def test_a_table_that_fits_its_dictionary_is_loaded(tmp_path):
    table = load(write(tmp_path))
    assert table.frame.height == 8
    assert table.frame["score"].null_count() == 1
    assert table.frame["months"].to_list()[:2] == [0.0, 9.0]
    assert table.people()["age"].to_list() == [40, 51, 33, 60]


def test_parquet_and_csv_give_the_same_table(tmp_path):
    path = write(tmp_path)
    frame = load(path).frame
    columns = ["person", "team", "institution", "arm", "occasion", "measure", "score", "age"]
    frame.select(columns).write_parquet(tmp_path / "outcomes.parquet")
    assert load(tmp_path / "outcomes.parquet").frame.equals(frame)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("p1,t1,i1,RG,9,E,3.5", "p1,t1,i1,RG,9,E,\"3,5\"", "row 3, column score: '3,5' is not a number."),
        ("p1,t1,i1,RG,9,E,3.5", "p1,t1,i1,RG,9,E,NA", "row 3, column score: 'NA' is not a number."),
        ("p1,t1,i1,RG,9,E,3.5", "p1,t1,i1,RG,9,E,inf", "row 3, column score: 'inf' is not a number."),
        ("p1,t1,i1,RG,9,E,3.5", "p1,t1,i1,RG,9,E,99", "row 3, column score: 99 is impossible. E goes from"),
        ("p1,t1,i1,RG,9,E,3.5,40", "p1,t1,i1,RG,9,E,3.5,7", "row 3, column age: 7 is impossible."),
        ("p1,t1,i1,RG,9", "p1,t2,i1,RG,9", "row 3, column team: person 'p1' is in team 't2', before in"),
        ("p1,t1,i1,RG,9", "p1,t1,i1,FACT,9", "row 3, column arm: person 'p1' is in arm 'FACT', bef"),
        ("p1,t1,i1,RG,9", "p1,t1,i2,RG,9", "row 3, column institution: team 't1' is in instit"),
        ("p1,t1,i1,RG,9,E,3.5,40", "p1,t1,i1,RG,9,E,3.5,41", "row 3, column age: person 'p1' is in age 41.0"),
        ("p1,t1,i1,RG,9", "p1,t1,i1,RG,0", "row 3, column occasion: person 'p1' has E at occasion '0'"),
        ("p1,t1,i1,RG,9", "p1,t1,i1,RG,12", "row 3, column occasion: the code '12' is not in"),
        ("p1,t1,i1,RG,9", "p1,t1,i1,rg,9", "row 3, column arm: the code 'rg' is not in the dictionary."),
        ("p1,t1,i1,RG,9,E", "p1,t1,i1,RG,9,F", "row 3, column measure: the code 'F' is not in"),
        ("p1,t1,i1,RG,9", ",t1,i1,RG,9", "row 3, column person: the cell is empty."),
        ("p1,t1,i1,RG,9,E,3.5,40", "p1,t1,i1,RG,9,E,3.5", "row 3: has 7 cells, the header 8."),
        ("p1,t1,i1,RG,9,E,3.5,40", "p1,t1,i1,RG,9,E,3.5,40,1", "row 3: has 9 cells, the header 8."),
        ("score,age", "score,years", "the dictionary lists the covariate 'age', the table has no such"),
        ("score,age", "score,name", "row 1, column name: the column 'name' is not in the contract"),
        ("measure,score", "measure,points", "there is no column 'score'."),
        ("team,institution", "team,team", "the column 'team' is there twice."),
        (ROWS, ROWS.replace(",", ";"), "the columns are not divided by commas."),
        ("p3,t2,i1,RG,0", "\np3,t2,i1,RG,0", "row 6, column person: the cell is empty."),
        (ROWS, "", "is empty. The first row holds the names of the columns."),
        (ROWS, ROWS.splitlines()[0] + "\n", "the table has no rows."),
    ],
)  # fmt: skip
def test_bad_cells_are_named_with_row_column_and_remedy(tmp_path, old, new, message):
    assert old in ROWS
    with pytest.raises(BadInput) as refusal:
        load(write(tmp_path, ROWS.replace(old, new)))
    assert message in str(refusal.value)
    assert "outcomes.csv" in str(refusal.value)


def test_a_count_is_a_whole_number(tmp_path):
    counts = [measure | {"kind": "count"} for measure in DICTIONARY["measures"]]
    with pytest.raises(BadInput, match=r"row 3, column score: 3\.5 is no count\. Counts are whole numbers from zero"):
        load(write(tmp_path, measures=counts))


def test_every_fault_of_a_kind_is_counted(tmp_path):
    rows = ROWS + "".join(f"q{i},t2,i1,RG,0,E,7,30\n" for i in range(12))
    with pytest.raises(BadInput, match="and 7 more rows like this") as refusal:
        load(write(tmp_path, rows))
    assert len(refusal.value.faults) == 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": 9}, "the dictionary says 9 rows, the table has 8."),
        ({"sha256": "0" * 64}, "not the file that the dictionary was made for"),
        ({"version": 2}, "at version: 1 was expected."),
        ({"colour": "red"}, "Additional properties are not allowed"),
        ({"allocation": "team"}, "team 't1' is in arm 'FACT', before in 'RG'."),
        ({"arms": [{"code": "RG", "label": "x"}, {"code": "FACT", "label": "y"}]}, "one reference arm"),
        ({"occasions": DICTIONARY["occasions"][::-1]}, "not in time order"),
        ({"measures": DICTIONARY["measures"] * 2}, "measures lists the code 'E' more than once."),
        ({"covariates": [{"name": "score", "type": "number", "level": "row"}]}, "cannot be called 'score'"),
    ],
)
def test_a_dictionary_that_does_not_fit_is_refused(tmp_path, changes, message):
    with pytest.raises(BadInput) as refusal:
        load(write(tmp_path, **changes))
    assert message in str(refusal.value)


def test_a_missing_or_broken_dictionary_is_named(tmp_path):
    path = write(tmp_path)
    beside = tmp_path / "outcomes.dictionary.json"
    beside.write_text('{"format":\n oops}')
    with pytest.raises(BadInput, match=r"is not JSON: .* at line 2"):
        load(path)
    beside.unlink()
    with pytest.raises(BadInput, match="there is no data dictionary"):
        load(path)


def test_bytes_that_are_not_utf8_are_named_by_row(tmp_path):
    path = write(tmp_path)
    path.write_bytes(ROWS.replace("p3,t2", "pé,t2").encode("latin-1"))
    with pytest.raises(BadInput, match="row 6: is not UTF-8 text"):
        load(path)


def test_days_get_their_occasion_by_the_dictionarys_windows(tmp_path):
    rows = ROWS.replace("occasion", "day").replace(",9,E", ",270,E").replace(",0,E", ",3,E")
    assert load(write(tmp_path, rows)).frame["occasion"].to_list()[:2] == ["0", "9"]
    with pytest.raises(BadInput, match="row 3, column day: day 100 lies in no occasion's window"):
        load(write(tmp_path, rows.replace("p1,t1,i1,RG,270", "p1,t1,i1,RG,100")))


def test_numbers_in_parquet_are_never_read_from_text(tmp_path):
    frame = pl.read_csv(write(tmp_path)).with_columns(pl.col("score").cast(pl.String))
    frame.write_parquet(tmp_path / "outcomes.parquet")
    with pytest.raises(BadInput, match="column score: holds String, not numbers"):
        load(tmp_path / "outcomes.parquet")


def test_a_file_that_is_not_parquet_is_refused(tmp_path):
    write(tmp_path).rename(tmp_path / "outcomes.parquet")
    with pytest.raises(BadInput, match="is not a Parquet file"):
        load(tmp_path / "outcomes.parquet")


def test_a_reason_beside_a_score_is_refused(tmp_path):
    rows = ROWS.replace("score,age", "score,missing_reason,age").replace(",51", ",moved,51")
    rows = "\n".join(
        line if line.count(",") == 8 else line[::-1].replace(",", ",,", 1)[::-1] for line in rows.split("\n")
    )
    with pytest.raises(BadInput, match="row 4, column missing_reason: there is a reason"):
        load(write(tmp_path, rows.strip() + "\n"))


def test_check_prints_counts_and_refuses_with_status_two(tmp_path, capsys):
    assert main(["check", str(write(tmp_path))]) == 0
    assert "8 rows, 4 persons, 2 teams, 2 occasions, 1 measures, 1 scores missing" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "absent.csv")]) == 2
    assert main(["nothing"]) == 2


@pytest.mark.parametrize("name", NAMES)
def test_schemas_ship_and_are_themselves_valid(name, capsys):
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema(name))
    assert main(["schema", name]) == 0
    assert json.loads(capsys.readouterr().out)["$id"] == f"urn:kring:evaluation:{name}:1"
