"""The training table: who is in it, what it never tells, and that the other wings take it."""

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from kring.care.circles.models import Circle
from kring.care.measures.models import LifeFactor
from kring.care.people.models import Person
from kring.care.research import actions as research
from kring.care.research.models import Consent
from kring.care.training import answering, figures, moderators, practising, releasing
from kring.care.training.design import icc
from kring.care.training.files import of_table, zipped
from kring.care.training.models import Enrolment, LearnerChoice, Rating, Release
from kring.care.training.moderators import Agreed
from kring.care.training.study import COLUMNS
from kring.care.training.table import TooFew, TrainingTable, together
from kring.evaluation.power.design import read_plan
from tests.care.practising import build, lived
from tests.care.research import study

REVIEW = Path(__file__).parents[2] / "reviews" / "recovery-training"
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast):
    made = build(cast)
    lived(made)
    agree(made)
    return made


def agree(world):
    for one in Enrolment.objects.filter(cohort=world.cohort):
        practising.set_choice(by=one.person, enrolment=one, to="research", agree=True)


def rows(table):
    return list(csv.DictReader(io.StringIO(table.as_csv())))


def test_only_learners_who_let_research_use_it_and_five_at_least(world):
    assert len({row["person"] for row in rows(TrainingTable(world.cohort))}) == 7
    for choice in LearnerChoice.objects.filter(to="research")[:3]:
        practising.set_choice(by=choice.enrolment.person, enrolment=choice.enrolment, to="research", agree=False)
    with pytest.raises(TooFew):
        TrainingTable(world.cohort)


def test_two_tables_share_no_code(world):
    one, other = ({row["person"] for row in rows(TrainingTable(world.cohort))} for _time in range(2))
    assert not one & other


def test_no_occasion_is_told_of_fewer_than_five_learners(world):
    scored = Counter((row["measure"], row["occasion"]) for row in rows(TrainingTable(world.cohort)) if row["score"])
    assert scored
    assert min(scored.values()) >= 5


def test_exposure_grows_and_begins_at_nothing(world):
    told = rows(TrainingTable(world.cohort))
    assert {row["exposure"] for row in told if row["occasion"] == "0"} == {"0"}


def test_what_clients_felt_stands_in_it_only_as_released_and_goes_when_it_is_taken_back(world):
    for one in Enrolment.objects.filter(cohort=world.cohort).exclude(pk=world.enrolment.pk):
        Release.objects.create(
            enrolment=one, released_on=one.joined_on, connectedness="3.5", hope="3.0", identity=None, meaning="2.5",
            empowerment="4.0",
        )  # fmt: skip
    told = [row for row in rows(TrainingTable(world.cohort)) if row["measure"] == "support" and row["score"]]
    assert {row["score"] for row in told} == {"3.25"}
    answering.revoke(by=world.cast.seat("noor"))
    assert not Release.objects.filter(enrolment=world.enrolment).exists()
    assert releasing.release_all() == 0


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"a": 6, "b": 7}, {"a": "a", "b": "b"}),
        ({"a": 2, "b": 3, "c": 9}, {"a": None, "b": None, "c": "c"}),
        ({"a": 2, "b": 6, "c": 9}, {"a": None, "b": None, "c": "c"}),
    ],
)
def test_small_teams_are_put_together(sizes, expected):
    assert together(Counter(sizes)) == expected


def clients_of(team, number):
    """So many clients of a team, the first of whom named two things that make life hard, the others one."""
    people = Person.objects.bulk_create(Person(name=f"Cliënt {one}", password="!") for one in range(number))
    circles = Circle.objects.bulk_create(Circle(client=one, team=team) for one in people)
    hard = [(circle, "income") for circle in circles] + [(circles[0], "work")]
    LifeFactor.objects.bulk_create(LifeFactor(circle=c, kind=kind, written_by=c.client) for c, kind in hard)
    return [Agreed(circle.pk, team.pk, 10) for circle in circles]


def test_what_makes_life_hard_is_a_moderator_only_with_yes_and_as_a_mean_of_ten(world):
    agreed = clients_of(world.cast.team, 10)
    table = TrainingTable(world.cohort, agreed=agreed)
    assert {row["life_factors"] for row in rows(table)} == {"1.0"}
    assert table.dictionary()["covariates"][-1]["level"] == "team"
    assert "life_factors" not in TrainingTable(world.cohort, agreed=agreed[1:]).columns()
    stricter = [agreed[0]._replace(fewest=11), *agreed[1:]]
    assert "life_factors" not in TrainingTable(world.cohort, agreed=stricter).columns()
    assert "life_factors" not in TrainingTable(world.cohort).columns(), "nobody was asked"


def test_who_agreed_is_read_from_the_studies_that_ask_for_it_and_a_no_counts_at_once(world):
    cast = world.cast
    edition = study.opened(cast, columns=["life_factors"])
    seats = [cast.seat("noor")]
    for seat in seats:
        research.answer(by=seat, edition=edition, yes=True)
    assert moderators.who_agreed(cast.organisation.pk) == [Agreed(cast.circle.pk, cast.circle.team_id, 10)]
    research.take_back(by=seats[0], edition=edition)
    assert moderators.who_agreed(cast.organisation.pk) == []
    other = study.opened(cast, columns=["day"])
    research.answer(by=seats[0], edition=other, yes=True)
    assert moderators.who_agreed(cast.organisation.pk) == []


def test_the_researchers_own_download_holds_the_mean_and_no_client(world, client):
    """Through the page: on PostgreSQL the second guard then stands behind it."""
    cast = world.cast
    edition = study.opened(cast, columns=["life_factors"])
    words = {"title": "x", "responsible": "x", "contact": "x", "edition_number": 1, "answer": "yes", "edition": edition}
    yes = clients_of(cast.team, 10)
    Consent.objects.bulk_create(Consent(circle_id=one.circle_id, team=cast.team, **words) for one in yes)
    client.force_login(cast.rik)
    packed = client.post(f"/training/tables/{world.cohort.pk}/")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as files:
        told = files.read("outcomes.csv").decode()
        everything = b"".join(map(files.read, files.namelist())).decode()
    assert {row["life_factors"] for row in csv.DictReader(io.StringIO(told))} == {"1.0"}
    assert "Cliënt" not in everything
    assert not any(str(one.circle_id) in everything for one in yes)


def test_the_table_names_nobody(world):
    text = "".join(of_table(TrainingTable(world.cohort)).values())
    names = [one.person.name for one in Enrolment.objects.select_related("person")] + ["Noor", "Sanne", "De tuin"]
    assert [name for name in names if name in text] == []


def test_the_same_table_gives_the_same_files(world):
    table = TrainingTable(world.cohort, names=lambda kind, thing: f"{kind[0]}{str(thing)[:8]}")
    assert zipped(of_table(table)) == zipped(of_table(table))


def kring(*words, cwd, fine=(0,)):
    command = [Path(sys.executable).with_name("kring"), *map(str, words)]
    found = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)
    assert found.returncode in fine, found.stdout + found.stderr
    return found.stdout


@pytest.fixture
def written(world, tmp_path):
    for name, text in of_table(TrainingTable(world.cohort)).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_evaluation_accepts_it(written):
    kring("evaluate", "check", "outcomes.csv", "--protocol", "protocol.toml", cwd=written)


def test_the_plan_of_a_trial_says_of_each_line_whether_the_table_knows_it(written):
    plan = read_plan(written / "design.toml")
    assert (plan.design.persons_per_team, plan.design.occasions) == (7, (0, 3, 6, 12))
    assert plan.design.icc_team == 0.05
    lines = [line for line in (written / "design.toml").read_text().splitlines() if "=" in line and "  # " in line]
    assert all(line.split("  # ")[1].startswith(("known", "assumed")) for line in lines)
    assert len([line for line in lines if "cannot be estimated" in line]) >= 1


def test_the_share_between_groups_is_that_of_a_worked_example():
    """Two groups of two: between mean square 8, within 2, so (8 - 2) / (8 + 2)."""
    assert icc([[1, 3], [3, 5], [2, 4]]) == pytest.approx((2 - 2) / (2 + 2))
    assert icc([[0, 2], [2.0 + 2 * 2**0.5 - 2, 4.0 + 2 * 2**0.5 - 2]]) == pytest.approx((8 - 2) / (8 + 2))


def test_the_evidence_wing_takes_the_study_record(written):
    review = written / "review"
    shutil.copytree(REVIEW, review, ignore=shutil.ignore_patterns("6_report", "5_synthesis"))
    for sheet in ("studies", "reports", "arms", "characteristics"):
        columns = (REVIEW / "4_extraction" / f"{sheet}.csv").read_text().splitlines()[0]
        assert columns == ",".join(COLUMNS[sheet])
        sheet_file = written / "evidence" / f"{sheet}.csv"
        words = ("evidence", "extract", review, "--from", sheet_file, "--by", "ann", "--state", "full text")
        said = kring(*words, cwd=written, fine=(0, 1))  # 1: the review has findings of its own to settle
        assert "brought in" in said
    studies = (review / "4_extraction" / "studies.csv").read_text()
    assert "routine use; before and after" in studies


@pytest.mark.slow
def test_from_programme_to_report(cast, tmp_path, client):
    """The whole story: a cohort practises, clients answer, coaches coach, fidelity rises, a table leaves, a report
    says what can and cannot be concluded.
    """
    world = build(cast)
    lived(world, learners=12)
    agree(world)
    client.force_login(world.learner)
    assert "Wat cliënten en naasten samen zeggen" in client.get("/training/practice/").content.decode()
    assert Release.objects.filter(enrolment=world.enrolment).exists()
    answering.take_back(by=cast.sanne, rating_id=Rating.objects.get(rater=cast.sanne).pk)
    assert not Release.objects.filter(enrolment=world.enrolment).exists()
    fidelity = dict(figures.of_team(cast.team).fidelity)
    assert fidelity[0] < fidelity[6]
    for name, text in of_table(TrainingTable(world.cohort)).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    kring("evaluate", "run", "outcomes.csv", "--protocol", "protocol.toml", "--out", "report", cwd=tmp_path)
    kring("evaluate", "plan", "design.toml", "--out", "plan", cwd=tmp_path)
    numbers = json.loads((tmp_path / "report" / "numbers.json").read_text())
    study = next(csv.DictReader(io.StringIO((tmp_path / "evidence" / "studies.csv").read_text())))["study_id"]
    reported = next(csv.DictReader(io.StringIO((tmp_path / "report" / "evidence" / "studies.csv").read_text())))
    assert (reported["study_id"], reported["randomised"]) == (study, "no")
    results = list(csv.DictReader(io.StringIO((tmp_path / "report" / "evidence" / "results.csv").read_text())))
    assert {row["use"] for row in results} == {"context"}
    assert numbers["table"]["unit"] == "staff"
