"""A protocol that names what is not there, or asks what the table cannot answer, is refused."""

import tomllib

import pytest

from kring.evaluation.analysis import analyse, divisor
from kring.evaluation.checks import other_models
from kring.evaluation.contract.protocol import check_protocol, parse_protocol, read_protocol
from kring.evaluation.contract.table import load
from kring.evaluation.errors import BadInput
from tests.evaluation.trial import PROTOCOL, ROWS, write


def check(tmp_path, text=PROTOCOL, rows=ROWS, **changes):
    check_protocol(parse_protocol(tomllib.loads(text)), load(write(tmp_path, rows, **changes)))


def test_a_protocol_that_fits_the_table_passes(tmp_path):
    check(tmp_path)
    parsed = parse_protocol(tomllib.loads(PROTOCOL))
    assert parsed.primary == "E"
    assert parsed.threshold == 10
    assert parsed.contrasts[0].minus_occasion == "0"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'primary = "E"',
            'primary = "F"',
            "names the measure 'F', which the dictionary does not have. It has: E.",
        ),
        ('arm = "RG"', 'arm = "FACT"', "names the arm other than the reference 'FACT'"),
        ('occasion = "9"', 'occasion = "12"', "names the occasion '12'"),
        ("arm * occasion", "arm * time", "model.fixed names 'time', which is not there."),
        ("arm * occasion", "arm *", "model.fixed is not a formula"),
        ('adjust = ["age"]', 'adjust = ["sex"]', "names the covariate of level person 'sex'"),
        ('groups = ["team", "person"]', 'groups = ["ward"]', "at model.groups[0]: 'ward' is not one of"),
        (
            'groups = ["team", "person"]',
            'groups = ["institution", "person"]',
            "scores of one institution only",
        ),
        ("[teams]", "[disclosure]\nthreshold = 5\n[teams]", "'reason' is a required property"),
        ("format", "# format", "'format' is a required property"),
    ],
)
def test_what_is_not_there_is_named(tmp_path, old, new, message):
    assert old in PROTOCOL
    with pytest.raises(BadInput) as refusal:
        check(tmp_path, PROTOCOL.replace(old, new))
    assert message in str(refusal.value)


def without(*fragments: str) -> str:
    return "\n".join(line for line in ROWS.splitlines() if not any(f in line for f in fragments)) + "\n"


def scored(score: str) -> str:
    head, *lines = ROWS.splitlines()
    return "\n".join([head, *(",".join([*line.split(",")[:6], score, line.split(",")[7]]) for line in lines)]) + "\n"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (without(",FACT,"), "E has no score in arm 'FACT' at occasion '9', which contrast 'change' compares."),
        (without(",FACT,"), "E has scores in one arm only"),
        (without(",t2,"), "scores of one team only"),
        (without(",9,E,"), "E has no score in arm 'RG' at occasion '9'"),
        (scored(""), "every score of E is missing."),
        (scored("3"), "every score of E is 3; nothing can be estimated."),
    ],
)  # fmt: skip
def test_a_table_that_cannot_answer_is_refused(tmp_path, rows, message):
    with pytest.raises(BadInput) as refusal:
        check(tmp_path, rows=rows)
    assert message in str(refusal.value)


def test_a_broken_protocol_file_is_named(tmp_path):
    path = tmp_path / "protocol.toml"
    with pytest.raises(BadInput, match="there is no such file"):
        read_protocol(path)
    path.write_text("format = \n")
    with pytest.raises(BadInput, match="is not TOML"):
        read_protocol(path)


def test_one_score_a_person_is_refused_with_what_to_do(tmp_path):
    once = PROTOCOL.replace('minus_occasion = "0"\n', "").replace('\noccasion = "9"', '\noccasion = "0"')
    assert once != PROTOCOL
    with pytest.raises(BadInput) as refusal:
        check(tmp_path, once, rows=without(",9,E,"))
    assert "nobody has more than one score of E" in str(refusal.value)
    assert 'Take "person" out of model.groups.' in str(refusal.value)
    check(tmp_path, once.replace('groups = ["team", "person"]', 'groups = ["team"]'), rows=without(",9,E,"))


def test_a_model_with_nothing_left_to_judge_chance_by_is_a_fault_of_that_model_alone(tmp_path):
    """Four persons: with slopes of teams every difference is explained, and the standard error is rounding."""
    table, protocol = load(write(tmp_path)), parse_protocol(tomllib.loads(PROTOCOL))
    rows = {row["model"]: row for row in other_models(analyse(table, protocol, "E"), protocol)}
    assert "nothing is left to judge chance by" in rows["slope_team"]["fault"]
    assert rows["maximum_likelihood"]["se"] > 0


def test_a_slope_per_person_needs_three_scores_of_a_person(tmp_path):
    table, protocol = load(write(tmp_path)), parse_protocol(tomllib.loads(PROTOCOL))
    rows = {row["model"]: row for row in other_models(analyse(table, protocol, "E"), protocol)}
    assert rows["slope_person"]["why"] == "needs_three"
    with pytest.raises(BadInput, match="No person has three rows, so a slope per person cannot be told"):
        analyse(table, protocol, "E", time_slope={"person": "months"})


def test_scores_without_a_spread_cannot_be_what_the_effect_is_divided_by(tmp_path):
    head, *lines = ROWS.splitlines()
    same = [line.split(",") for line in lines]
    rows = [",".join([*row[:6], "3" if row[4] == "0" else row[6], row[7]]) for row in same]
    table, protocol = load(write(tmp_path, "\n".join([head, *rows]) + "\n")), parse_protocol(tomllib.loads(PROTOCOL))
    with pytest.raises(BadInput) as refusal:
        divisor(analyse(table, protocol, "E"), protocol.contrasts[0], protocol)
    assert "scores of E do not differ within arms at occasion '0'" in str(refusal.value)
    assert "model_sd" in str(refusal.value)
