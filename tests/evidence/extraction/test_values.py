"""Values, their second check, and the sheets that bring them in and out."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kring.evidence import log
from kring.evidence.extraction import published, sheets, values
from kring.evidence.folder import new
from kring.evidence.problem import Problem


def slade(by="ann", at="2026-01-01", **cells):
    return values.keyed("studies", "slade2015", {"country": "England", **cells}, by=by, state="abstract only", at=at)


@pytest.fixture
def review(tmp_path):
    folder = new(tmp_path / "review")
    log.append(folder.decisions, [slade()])
    return folder


def fill(review, text, name="in.csv"):
    path = review.root / name
    path.write_text(text, "utf-8")
    return path


def test_a_cell_that_nobody_keyed_is_not_read(review):
    assert values.tables(review)["studies"]["slade2015"]["n_staff"] == "NR"


def test_the_latest_value_counts_and_keeps_its_source():
    given = values.derive([slade(), slade(at="2026-02-01", country="UK")])
    assert given["studies"]["slade2015"]["country"] == "UK"
    assert given.source("studies", "slade2015", "country").by == "ann"


def test_an_undone_value_is_gone():
    event = slade()
    assert values.derive([event, log.undo(event, reviewer="ann")])["studies"] == {}


def test_a_second_person_turns_a_value_into_a_checked_one():
    event = slade()
    given = values.derive([event, values.check(event, by="bob", agrees=True)])
    source = given.source("studies", "slade2015", "country")
    assert (source.state, source.checked_by) == ("checked", "bob")


def test_nobody_checks_their_own_values():
    with pytest.raises(Problem, match="cannot be their second checker"):
        values.check(slade(), by="ann", agrees=True)


def test_a_second_person_who_disagrees_leaves_the_value_disputed():
    event = slade()
    given = values.derive([event, values.check(event, by="bob", agrees=False)])
    assert given.disputed == (event["id"],)
    assert given.source("studies", "slade2015", "country").state == "abstract only"


@given(st.permutations(range(5)))
def test_any_order_of_the_same_events_gives_the_same_tables(order):
    first = slade()
    second = slade(by="bob", at="2026-02-01", country="UK", year="2015")
    events = [
        first,
        second,
        slade(at="2026-03-01", n_staff="9"),
        values.check(second, by="ann", agrees=True, at="4"),
    ]
    events.append(log.undo(events[2], reviewer="ann", at="5"))
    assert values.derive([events[i] for i in order]) == values.derive(events)


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(Problem, match="no column 'colour'"):
        slade(colour="red")


def test_a_sheet_that_went_out_unchanged_brings_nothing_in(review):
    sheets.write_tables(review, values.tables(review))
    path = review.extraction / "studies.csv"
    assert sheets.import_sheet(review, path, values.tables(review), by="ann", state="full text") == []


def test_only_changed_cells_come_in(review):
    path = fill(review, "study_id,country,n_staff\nslade2015,England,91\n")
    (event,) = sheets.import_sheet(review, path, values.tables(review), by="bob", state="full text", page="3")
    assert (event["values"], event["page"]) == ({"n_staff": "91"}, "3")
    assert values.tables(review)["studies"]["slade2015"]["n_staff"] == "91"


def test_a_sheet_changed_by_hand_is_not_overwritten(review):
    sheets.write_tables(review, values.tables(review))
    path = review.extraction / "studies.csv"
    path.write_text(path.read_text().replace("England", "Wales"))
    with pytest.raises(Problem, match="changed by hand"):
        sheets.write_tables(review, values.tables(review))
    sheets.import_sheet(review, path, values.tables(review), by="bob", state="full text")
    sheets.write_tables(review, values.tables(review))
    assert values.tables(review)["studies"]["slade2015"]["country"] == "Wales"


@pytest.mark.parametrize(
    ("cell", "found"), [("14 (18 sites)", 14), ("27", 27), ("about 26", None), ("NR", None), ("0.5", None)]
)
def test_a_cell_that_begins_with_a_whole_number(cell, found):
    assert values.leading_number(cell) == found


def test_writing_twice_gives_the_same_bytes(review):
    assert sheets.write_tables(review, values.tables(review))
    assert sheets.write_tables(review, values.tables(review)) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "none of the tables"),
        ("name\nx\n", "none of the tables"),
        ("study_id,colour\na,red\n", "line 1, column colour: This column does not belong here"),
        ("study_id,label\na,x\na,y\n", "line 3: study_id 'a' is there twice"),
        ("study_id,label\na,x,y\n", "line 2: The row has 3 cells, the header 2"),
        ("study_id,label\n,x\n", "line 2, column study_id: The row has no key"),
        ("result_id,effect\na,big\n", "line 2, column effect: 'big' is not a number"),
        ("result_id,direction\na,good\n", "line 2, column direction: 'good' is no choice"),
        ('study_id,label\na,"x\n', "cannot be read"),
    ],
)
def test_a_bad_sheet_is_refused_whole_with_its_place(review, text, says):
    before = review.decisions.read_bytes()
    with pytest.raises(Problem, match=says):
        sheets.import_sheet(review, fill(review, text), values.tables(review), by="bob", state="full text")
    assert review.decisions.read_bytes() == before


def test_a_sheet_in_another_encoding_is_refused(review):
    path = review.root / "in.csv"
    path.write_bytes("study_id,label\na,é\n".encode("latin-1"))
    with pytest.raises(Problem, match="not in UTF-8"):
        sheets.import_sheet(review, path, values.tables(review), by="bob", state="full text")


CELLS = """\
cell,what,ours,note
flow/included,Papers included,papers,
table1/slade/country,Country of REFOCUS,studies:slade2015:country,
dutch,Dutch studies,dutch_studies,
"""


def compared(review):
    events = log.read(review.decisions)
    return {c.cell: c for c in published.compare(review, values.derive(events), events)}


def test_a_cell_that_nobody_keyed_cannot_be_checked(review):
    fill(review, CELLS, "4_extraction/published_cells.csv")
    assert {c.verdict for c in compared(review).values()} == {"cannot check"}


def test_a_keyed_cell_matches_or_differs_once_we_have_a_value(review):
    fill(review, CELLS, "4_extraction/published_cells.csv")
    said = [("table1/slade/country", "england"), ("dutch", "3"), ("flow/included", "7")]
    keyed = [published.key_in(cell, value, by="ann", quote="q", page="4") for cell, value in said]
    log.append(review.decisions, keyed)
    found = compared(review)
    assert found["table1/slade/country"].verdict == "match"
    assert found["dutch"].verdict == "cannot check"
    assert "list of the papers" in found["dutch"].why
    log.append(review.decisions, [slade(at="2026-05-01", in_published_review="yes")])
    assert compared(review)["dutch"].verdict == "differ"


def test_a_keyed_cell_needs_quote_and_page():
    with pytest.raises(Problem, match="quote and a page"):
        published.key_in("x", "1", by="ann", quote="", page="3")


def test_the_form_goes_out_and_comes_back(review):
    fill(review, CELLS, "4_extraction/published_cells.csv")
    rows = published.form(compared(review).values())
    path = review.root / "form.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(published.FORM_HEADER)
        writer.writerow([*rows[0][:2], "7", "seven papers", "1"])
        writer.writerows(rows[1:])
    (event,) = published.read_form(path, compared(review).values(), by="ann")
    assert (event["cell"], event["value"], event["quote"]) == ("flow/included", "7", "seven papers")
