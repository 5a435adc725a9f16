"""From a table to a report: whole, the same each time, resumable, silent about few, and in both languages."""

import csv
import io
import json
import re
import string
import tomllib
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest

from kring.evaluation import run as running
from kring.evaluation import simulated
from kring.evaluation.cli import main
from kring.evaluation.contract.protocol import check_protocol, parse_protocol
from kring.evaluation.contract.table import load
from kring.evaluation.demo import compare, write_demo
from kring.evaluation.errors import BadInput
from kring.evaluation.record import OUTCOMES, REPORTS, RESULTS, STUDIES, evidence_sheets
from kring.evaluation.report.tables import as_csv
from kring.evaluation.report.words import LANGUAGES, Words, catalogue
from kring.evaluation.steps import Steps

FEWER = ("imputations = 20", "imputations = 3")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo table, its protocol (with three imputations, for speed), and its report."""
    folder = tmp_path_factory.mktemp("demo")
    table, protocol = write_demo(folder, seed=1)
    protocol.write_text(protocol.read_text().replace(*FEWER))
    found = running.run(table, protocol, folder / "report", quiet=True)
    return folder, found


def files_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_demo_finds_what_was_put_in(demo):
    """Seed 1: every 95% interval of the differences in change holds its truth (other seeds may miss, 1 in 20)."""
    rows = compare(demo[1])
    assert [row["measure"] for row in rows] == ["EMP", "QOL", "LIM"]
    assert all(row["holds"] for row in rows)
    assert rows[0]["d"] == pytest.approx(0.54, abs=0.3)


def test_variances_have_profile_intervals(demo):
    """The estimates are REML's, the intervals ML's (as lme4's `confint` of a REML fit); EMP's hold what was put in."""
    for measure in demo[1]["measures"]:
        assert measure["without_intervals"] == ""
        for part in measure["variances"]:
            assert part["low"] <= part["variance"] <= part["high"]
            assert not part["on_boundary"] or part["low"] == 0
    page = (demo[0] / "report" / "report.en.html").read_text("utf-8")
    assert "profile-likelihood intervals" in page
    assert "these data cannot exclude that there is no difference at all" in page


def test_slopes_of_teams_have_profile_intervals_too(demo, tmp_path):
    table, protocol = demo[0] / "trial.csv", tmp_path / "protocol.toml"
    text = (demo[0] / "protocol.toml").read_text().replace(FEWER[1], "imputations = 0")
    protocol.write_text(text.replace("[model]", '[model]\ntime_slope = "team"'))
    found = running.run(table, protocol, tmp_path / "report", quiet=True)
    rows = {(part["group"], part["name"]): part for part in found["measures"][0]["variances"]}
    assert ("team", "slope of months") in rows
    assert -1 <= rows["team", "correlation"]["low"] <= rows["team", "correlation"]["high"] <= 1
    for (_, name), part in rows.items():
        if name != "correlation":
            assert 0 <= part["low"] <= part["variance"] <= part["high"]
    assert "correlation of level and slope" in (tmp_path / "report/report.en.html").read_text()


def test_the_demo_gives_the_numbers_of_lmertest(demo):
    """lmerTest 3.1-3 on lme4 1.1-31: lmer(score ~ arm*months + (1|institution/team/person)), bobyqa rhoend 1e-10."""
    expected = {
        "change_18": (0.2963981209, 0.08852634151, 262.7132771, 0.0009326911889),
        "at_18": (0.3590940747, 0.09215756907, 254.9106772, 0.0001247718469),
    }
    measure = demo[1]["measures"][0]
    assert measure["loglik"] == pytest.approx(-293.0029907, abs=1e-6)
    for row in measure["contrasts"]:
        found = (row["estimate"], row["se"], row["df"], row["p"])
        assert found == pytest.approx(expected[row["contrast"]], rel=1e-6)


def test_the_simulated_table_has_the_shape_of_the_trial():
    frame = simulated.simulate(3)
    people = frame.unique("person")
    assert people.height == 158
    assert people["team"].n_unique() == 20
    assert people["institution"].n_unique() == 9
    assert sorted(people.group_by("team").len()["len"])[::19] == [2, 18]
    assert (people["arm"] == "RG").sum() == 80
    assert 0 < frame["score"].null_count() / frame.height < 0.3


def test_a_rerun_gives_the_same_bytes_and_computes_nothing(demo, tmp_path, monkeypatch):
    folder, _ = demo
    before = files_of(folder / "report")

    def never(*_):
        raise AssertionError("computed again")

    monkeypatch.setattr(running.sensitivity, "one_imputation", never)
    monkeypatch.setattr(running, "results", never)
    running.run(folder / "trial.csv", folder / "protocol.toml", folder / "report", quiet=True)
    assert files_of(folder / "report") == before


def test_a_fresh_run_elsewhere_gives_the_same_report(demo, tmp_path):
    folder, _ = demo
    running.run(folder / "trial.csv", folder / "protocol.toml", tmp_path / "again", quiet=True)
    assert files_of(tmp_path / "again") == files_of(folder / "report")


def test_an_interrupted_run_goes_on_where_it_was(demo, tmp_path, monkeypatch):
    folder, _ = demo
    done = []
    real = running.sensitivity.one_imputation

    def interrupted(table, protocol, measure, number):
        if number == 2 and "cut" not in done:
            done.append("cut")
            raise KeyboardInterrupt
        done.append(number)
        return real(table, protocol, measure, number)

    monkeypatch.setattr(running.sensitivity, "one_imputation", interrupted)
    words = ["run", str(folder / "trial.csv"), "--protocol", str(folder / "protocol.toml"), "--quiet"]
    words += ["--out", str(tmp_path / "cut")]
    assert main(words) == 130
    assert not list((tmp_path / "cut").glob("report*"))
    assert main(words) == 0
    assert done == [0, 1, "cut", 2]
    assert files_of(tmp_path / "cut") == files_of(folder / "report")


def test_a_changed_protocol_is_not_answered_from_what_was_kept(tmp_path):
    one, other = Steps(tmp_path, "table protocol-1", quiet=True), Steps(tmp_path, "table protocol-2", quiet=True)
    assert one.do("model", lambda: 1) == 1
    assert one.do("model", lambda: 2) == 1
    assert other.do("model", lambda: 3) == 3


def test_a_broken_step_file_is_computed_again(tmp_path):
    steps = Steps(tmp_path, "inputs", quiet=True)
    steps.do("model", lambda: 1)
    (tmp_path / "model.json").write_text('{"key":')
    assert steps.do("model", lambda: 2) == 2


def test_bad_input_leaves_nothing_behind(demo, tmp_path, capsys):
    folder, _ = demo
    spoiled = tmp_path / "trial.csv"
    spoiled.write_text((folder / "trial.csv").read_text().replace("EMP,", "EMP,9", 1))
    (tmp_path / "trial.dictionary.json").write_bytes((folder / "trial.dictionary.json").read_bytes())
    assert main(["run", str(spoiled), "--protocol", str(folder / "protocol.toml")]) == 2
    assert "row 2, column score" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trial.csv", "trial.dictionary.json"]


def numbers_in(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers_in(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from numbers_in(inner, path)
    else:
        yield path, value


PERSONS = {"n", "measured", "missing", "allocated", "analysed", "never", "assessed"}


def test_no_count_of_persons_below_ten_is_in_any_file(demo):
    folder, found = demo
    for path, value in numbers_in(json.loads((folder / "report" / "numbers.json").read_text())):
        if path[-1] in PERSONS or (len(path) > 1 and path[-2] in PERSONS):
            assert value is None or value == 0 or value >= 10, path
    for name, column in (("flow", "persons"), ("baseline", "n"), ("reliable_change", "n"), ("teams", "n")):
        for row in csv.DictReader((folder / "report" / "tables" / f"{name}.csv").open()):
            assert row[column] == "" or int(row[column]) == 0 or int(row[column]) >= 10, (name, row)
    assert found["threshold"] == 10


def test_no_pseudonym_of_a_person_leaves_in_the_report(demo):
    folder, _ = demo
    for path, content in files_of(folder / "report").items():
        assert not re.search(rb"\bP\d{3}\b", content), path


class Page(HTMLParser):
    """Collects what tests ask of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.ids, self.links, self.text = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
        self.links += [found[key] for key in ("href", "src") if key in found]

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_and_needs_no_network(demo, language):
    html = (demo[0] / "report" / f"report.{language}.html").read_text()
    page = Page(html)
    assert ("html", {"lang": language}) in page.tags
    assert len(page.ids) == len(set(page.ids))
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert not [tag for tag, _ in page.tags if tag == "script"]
    assert "http" not in re.sub(r'xmlns="[^"]+"', "", html)
    assert Words(language)("page.simulated") in html
    figures = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert len(figures) >= 6
    for figure in figures:
        assert figure["role"] == "img"
        assert set(figure["aria-labelledby"].split()) <= set(page.ids)


def test_saved_figures_are_svg_with_a_title_and_a_description(demo):
    found = list((demo[0] / "report" / "figures").glob("*.svg"))
    assert len(found) >= 12
    for path in found:
        root = ElementTree.fromstring(path.read_text())
        kinds = {child.tag.split("}")[1]: child.text for child in root}
        assert kinds["title"]
        assert kinds["desc"]


def test_both_languages_have_the_same_keys_and_fields():
    def fields(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert set(catalogue("nl")) == set(catalogue("en"))
    for key, text in catalogue("nl").items():
        assert fields(text) == fields(catalogue("en")[key]), key


def test_dutch_sentences_are_short_and_calm():
    counts = []
    for key, text in catalogue("nl").items():
        assert "!" not in text, key
        for sentence in re.split(r"(?<=[.:?]) ", re.sub(r"\{\w+\}", "X", text)):
            if not key.startswith("how."):  # references are not sentences
                assert len(sentence.split()) <= 15, (key, sentence)
            counts.append(len(sentence.split()))
    assert sum(counts) / len(counts) < 8


def test_numbers_are_written_as_each_language_writes_them():
    nl, en = Words("nl"), Words("en")
    assert nl.number(-1.234) == "−1,23"
    assert en.number(-1.234) == "−1.23"
    assert en.number(-0.001) == "0.00"
    assert nl.number(None) == "–"
    assert en.p(0.0004) == "< 0.001"
    assert nl.percent(0.125, 1) == "12,5%"
    assert en.interval(-1, 2) == "−1.00 to 2.00"


def test_the_sheets_have_the_columns_of_the_evidence_wing(demo):
    from kring.evidence.extraction.schema import TABLES

    for name, columns in (("studies", STUDIES), ("reports", REPORTS), ("outcomes", OUTCOMES), ("results", RESULTS)):
        assert TABLES[name].header == columns
        path = demo[0] / "report" / "evidence" / f"{name}.csv"
        rows = list(csv.DictReader(path.open()))
        assert rows
        for column in TABLES[name].columns:
            if column.choices:
                assert {row[column.name] for row in rows} <= {*column.choices, "NR"}, column.name
    assert {row["use"] for row in rows} == {"context"}  # simulated: never pooled


def test_the_evidence_wing_takes_the_sheets_in(demo, tmp_path, capsys):
    from kring.evidence.cli import main as evidence

    review = str(tmp_path / "review")
    assert evidence(["new", review]) == 0
    for name in ("studies", "reports", "outcomes", "results"):
        sheet = str(demo[0] / "report" / "evidence" / f"{name}.csv")
        assert evidence(["extract", review, "--from", sheet, "--by", "me", "--state", "full text"]) == 0
        assert "0 findings" in capsys.readouterr().out


def test_evaluations_are_pooled_by_the_evidence_wing(demo, tmp_path, capsys):
    """Two trials with the demo's figures, as if they were not simulated: the pool is the figure that both have."""
    from kring.evidence.cli import main as evidence

    review = tmp_path / "review"
    assert evidence(["new", str(review)]) == 0
    for title in ("First", "Second"):
        real = {**demo[1], "title": {"en": title, "nl": title}, "table": {**demo[1]["table"], "simulated": False}}
        sheets = evidence_sheets(real)
        for name, column, by in (("studies", "role", "design"), ("outcomes", "domain", "instrument")):
            rows = [{**row, column: row[by]} for row in csv.DictReader(io.StringIO(sheets[name]))]
            sheets[name] = as_csv(list(rows[0]), rows)
        for name in ("studies", "reports", "outcomes", "results"):
            sheet = tmp_path / f"{name}.csv"
            sheet.write_text(sheets[name])
            assert evidence(["extract", str(review), "--from", str(sheet), "--by", "me", "--state", "full text"]) == 0
    (review / "5_synthesis" / "plan.toml").write_text(
        '[studies]\nmain = ["individually randomised"]\n[[group]]\nid = "e"\ntitle = {en = "E", nl = "E"}\n'
        'level = "client"\ndomains = ["EMP"]\n'
    )
    assert evidence(["synthesise", str(review)]) == 0
    group = json.loads((review / "5_synthesis" / "synthesis.json").read_text())["groups"][0]
    assert group["votes"]["benefit"] == 2
    assert group["pooled"]["mu"] == pytest.approx(demo[1]["measures"][0]["contrasts"][0]["d"], abs=1e-9)


def test_the_demo_protocol_fits_its_table(tmp_path):
    table, _ = write_demo(tmp_path, seed=5)
    check_protocol(parse_protocol(tomllib.loads(simulated.PROTOCOL)), load(table))


def test_a_flow_that_does_not_add_up_is_refused(tmp_path):
    table, protocol = write_demo(tmp_path, seed=1)
    path = tmp_path / "trial.dictionary.json"
    about = json.loads(path.read_text())
    about["flow"] = {"persons_assessed": 150}
    path.write_text(json.dumps(about))
    with pytest.raises(BadInput, match="150 persons were assessed, and 158 are in the table"):
        running.run(table, protocol, tmp_path / "out", quiet=True)
    assert not (tmp_path / "out").exists()
