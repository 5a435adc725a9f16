"""The table: it fits the public format, holds whoever says yes and nobody else, and tells no small group apart."""

import csv
import re
import subprocess
import sys
from collections import Counter, defaultdict

import pytest
from django.utils import timezone

from kring.care.audit.models import Event
from kring.care.circles.models import Circle
from kring.care.measures.models import Score
from kring.care.people.models import Person, Post, Team
from kring.care.research import actions, files, jobs, pseudonyms
from kring.care.research.making import Maker
from kring.care.research.models import Consent, Export, Included
from kring.care.training.models import Coached, CoachingContact, Enrolment
from tests.care import practising
from tests.care.research import study

pytestmark = pytest.mark.django_db
KEY = bytes(range(32))


@pytest.fixture
def same_key(monkeypatch):
    """Tables are made with one key, so that their bytes can be compared."""
    monkeypatch.setattr(pseudonyms, "new_key", lambda: KEY)


def rows(export):
    with (files.folder(export.pk) / "outcomes.csv").open() as file:
        return list(csv.DictReader(file))


def content(export):
    """Every byte that would leave, and what the page says of it."""
    return {path.name: path.read_bytes() for path in files.folder(export.pk).iterdir()} | {"told": export.told}


def evaluate(*words):
    code = "import sys; from kring.cli import main; sys.exit(main())"
    words = [sys.executable, "-c", code, "evaluate", *map(str, words)]
    return subprocess.run(words, capture_output=True, text=True)


def join(cast, edition):
    """Noor has scores, and says yes."""
    start = timezone.localdate() - timezone.timedelta(days=300)
    line = study.line(cast, starts_on=start, months=[0, 9])
    study.filled(line, 0, {"hope": 1.23, "connectedness": 3.21})
    return actions.answer(by=cast.seat("noor"), edition=edition, yes=True)


def test_a_table_fits_the_public_format_as_csv_and_as_parquet(cast):
    edition = study.opened(cast, columns=["day", "period", "language", "rule"])
    study.registry(cast, edition)
    export = study.table(cast, edition)
    assert export.failure == ""
    folder = files.folder(export.pk)
    for name in ("outcomes.csv", "outcomes.parquet"):
        found = evaluate("check", folder / name, "--protocol", folder / "protocol.toml")
        assert found.returncode == 0, found.stderr + found.stdout
        assert "It fits its dictionary." in found.stdout


@pytest.mark.slow
def test_from_the_page_to_the_report(cast, tmp_path):
    edition = study.opened(cast)
    study.registry(cast, edition, number=5, clients=30)
    folder = files.folder(study.table(cast, edition).pk)
    out = tmp_path / "report"
    found = evaluate("run", folder / "outcomes.csv", "--protocol", folder / "protocol.toml", "--out", out)
    assert found.returncode == 0, found.stderr + found.stdout
    assert (out / "report.nl.html").exists()


@pytest.mark.slow
def test_what_makes_life_hard_can_moderate_in_the_report(cast, tmp_path):
    """The protocol carries the question as comments: each line takes the place of the one of its name."""
    edition = study.opened(cast, columns=["life_factors"])
    study.registry(cast, edition, number=8, clients=30)
    folder = files.folder(study.table(cast, edition).pk)
    written = (folder / "protocol.toml").read_text()
    for key in ("fixed", "coefficient"):
        asked = re.search(rf"^# ({key} = .*life_factors.*)$", written, re.MULTILINE)[1]
        written = re.sub(rf"^{key} = .*$", asked, written, count=1, flags=re.MULTILINE)
    protocol = tmp_path / "moderated.toml"
    protocol.write_text(written)
    out = tmp_path / "report"
    found = evaluate("run", folder / "outcomes.csv", "--protocol", protocol, "--out", out)
    assert found.returncode == 0, found.stderr + found.stdout
    assert "exposure:life_factors" in (out / "report.en.html").read_text()


def test_whoever_did_not_say_yes_changes_no_byte(cast, same_key):
    edition = study.opened(cast, columns=["day", "period", "language", "rule"])
    study.registry(cast, edition)
    before = content(study.table(cast, edition))
    study.registry(cast, edition, number=1, clients=25, seed=9, say_yes=0)
    Person.objects.filter(circles__consents=None).update(name="Geheim")
    start = timezone.localdate() - timezone.timedelta(days=300)
    study.filled(study.line(cast, starts_on=start, months=[0, 9]), 0, {"hope": 1.23})
    actions.answer(by=cast.seat("noor"), edition=edition, yes=False)
    assert content(study.table(cast, edition)) == before


def test_the_comparison_would_notice_somebody_who_did(cast, same_key):
    edition = study.opened(cast)
    study.registry(cast, edition)
    before = content(study.table(cast, edition))
    join(cast, edition)
    assert content(study.table(cast, edition)) != before


def test_a_yes_that_was_taken_back_leaves_nothing(cast, same_key):
    edition = study.opened(cast)
    study.registry(cast, edition)
    without = content(study.table(cast, edition))
    join(cast, edition)
    first = study.table(cast, edition)
    assert "1.23" in str(content(first))
    assert actions.take(by=cast.rik, export=first)
    first.refresh_from_db()
    actions.take_back(by=cast.seat("noor"), edition=edition)
    assert content(study.table(cast, edition)) == without
    assert actions.to_delete(by=cast.rik, export=first) == [
        pseudonyms.Pseudonyms(KEY).of("person", cast.circle.pk)
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_table_that_waits_is_thrown_away_when_somebody_in_it_takes_their_yes_back(cast):
    edition = study.opened(cast)
    study.registry(cast, edition)
    join(cast, edition)
    export = study.table(cast, edition)
    assert files.folder(export.pk).exists()
    actions.take_back(by=cast.seat("noor"), edition=edition)
    assert not files.folder(export.pk).exists()
    assert not actions.take(by=cast.rik, export=export)


def test_whoever_takes_their_yes_back_while_it_is_made_is_not_in_it(cast, monkeypatch):
    edition, write = study.opened(cast), Maker.write
    study.registry(cast, edition)
    join(cast, edition)

    def and_then_noor_takes_it_back(self, *words):
        made = write(self, *words)
        actions.take_back(by=cast.seat("noor"), edition=edition)
        return made

    monkeypatch.setattr(Maker, "write", and_then_noor_takes_it_back)
    export = study.table(cast, edition)
    assert export.finished_at is not None
    assert "1.23" not in str(content(export))
    assert not Included.objects.filter(circle_id=cast.circle.pk).exists()
    assert not Event.objects.filter(circle_id=cast.circle.pk, verb="took for research").exists()


def test_a_table_that_keeps_changing_is_not_made_at_all(cast, monkeypatch):
    edition, plan = study.opened(cast), Maker.plan
    study.registry(cast, edition)

    def and_then_a_team_loses_somebody(self, *words):
        made = plan(self, *words)
        gone = Consent.objects.filter(edition=edition, revoked_at=None).exclude(team=None).first()
        Score.objects.filter(measurement__schedule__circle=gone.circle_id).delete()
        Included.objects.filter(export=self.export, circle_id__in=few(gone.team, edition)).delete()
        return made

    def few(team, edition):
        return Consent.objects.filter(edition=edition, team=team).values_list("circle_id", flat=True)[:10]

    monkeypatch.setattr(Maker, "plan", and_then_a_team_loses_somebody)
    export = study.table(cast, edition)
    assert export.failure == "moved"
    assert not files.root().exists() or not list(files.root().iterdir())


def test_too_few_clients_make_no_table_and_leave_no_trace(cast):
    edition = study.opened(cast)
    study.registry(cast, edition, number=1, clients=9)
    export = study.table(cast, edition)
    assert (export.failure, export.clients, export.sealed_key) == ("too few", 0, "")
    assert not Included.objects.exists()
    assert not Event.objects.filter(verb="took for research").exists()
    assert not files.folder(export.pk).exists()


def test_no_group_that_is_told_apart_is_small(cast):
    edition = study.opened(cast, columns=["day", "language", "period", "rule"])
    study.registry(cast, edition, number=4, clients=13)
    small = Team.objects.filter(name="FACT Zuid").last()
    few = Circle.objects.filter(team=small).values_list("pk", flat=True)[:6]
    Consent.objects.filter(circle__in=list(few)).update(revoked_at=timezone.now())
    found = rows(study.table(cast, edition))
    clients = defaultdict(set)
    for row in found:
        for name in ("team", "occasion", "measure", "exposure", "missing_reason", "period", "rule"):
            clients[name, row[name]].add(row["person"])
        clients["cell", row["measure"], row["occasion"]].add(row["person"])
        clients["class", row["team"], row["language"]].add(row["person"])
    empty = {("missing_reason", ""), ("rule", ""), ("period", "")}
    assert {name: len(group) for name, group in clients.items() if len(group) < 10 and name not in empty} == {}


def test_what_makes_life_hard_leaves_as_a_mean_of_a_team_and_can_moderate(cast, tmp_path):
    """Also with what a client keeps for themselves: the words of the study say so. Never anybody's own number."""
    edition = study.opened(cast, columns=["day", "life_factors"])
    study.registry(cast, edition, number=4, clients=14)
    join(cast, edition)
    export = study.table(cast, edition)
    by_team = defaultdict(set)
    for row in rows(export):
        by_team[row["team"]].add(row["life_factors"])
    assert all(len(means) == 1 and float(mean) * 2 % 1 == 0 for means in by_team.values() for mean in means)
    assert len({mean for means in by_team.values() for mean in means}) > 1
    folder = files.folder(export.pk)
    made = (folder / "protocol.toml").read_text()
    asked = made.replace('fixed = "occasion + exposure"', 'fixed = "occasion + exposure * life_factors"')
    asked = asked.replace('coefficient = "exposure"', 'coefficient = "exposure:life_factors"')
    (tmp_path / "moderated.toml").write_text(asked)
    found = evaluate("check", folder / "outcomes.csv", "--protocol", tmp_path / "moderated.toml")
    assert found.returncode == 0, found.stderr


def test_clients_can_be_compared_by_the_training_of_their_team(cast, tmp_path):
    """Level 4: hours for each colleague, by quarter. No table links a client and a learner."""
    edition = study.opened(cast, columns=["training"])
    study.registry(cast, edition, number=2, clients=16)
    trained = Team.objects.filter(name="FACT Oost").last()
    staff = [Person.objects.create_user(f"staff{n}@example.org", name=f"Staf {n}") for n in range(5)]
    cohort, _form = practising.a_cohort(cast)
    began = timezone.now() - timezone.timedelta(days=560)
    for one in staff:
        post = Post.objects.create(person=one, organisation=cast.organisation, team=trained, role="professional")
        Post.objects.filter(pk=post.pk).update(started_at=began)
        learner = Enrolment.objects.create(person=one, team=trained, cohort=cohort, joined_on=began.date())
        contact = CoachingContact.objects.create(
            cohort=cohort, coach=cast.tess, source="trainer", held_on=began.date(), minutes=120
        )
        Coached.objects.create(contact=contact, enrolment=learner)
    export = study.table(cast, edition)
    hours = defaultdict(set)
    for row in rows(export):
        hours[row["team"]].add(row["training"])
    told = [found - {""} for found in hours.values()]  # a quarter that few share is not told
    assert sorted(told, key=len) == [{"0"}, {"0", "2"}]
    asked = (files.folder(export.pk) / "protocol.toml").read_text()
    asked = asked.replace('fixed = "occasion + exposure"', 'fixed = "occasion + training"')
    (tmp_path / "trained.toml").write_text(asked.replace('coefficient = "exposure"', 'coefficient = "training"'))
    outcomes = files.folder(export.pk) / "outcomes.csv"
    found = evaluate("check", outcomes, "--protocol", tmp_path / "trained.toml")
    assert found.returncode == 0, found.stderr


def test_two_tables_share_no_name_and_their_difference_is_no_small_team(cast):
    edition = study.opened(cast)
    study.registry(cast, edition, number=3, clients=10)
    one = rows(study.table(cast, edition))
    left = Consent.objects.filter(edition=edition, answer="yes").first()
    Consent.objects.filter(pk=left.pk).update(revoked_at=timezone.now())
    other = rows(study.table(cast, edition))
    for name in ("person", "team", "institution"):
        assert not {row[name] for row in one} & {row[name] for row in other}
    for found in (one, other):
        sizes = Counter(team for team, _person in {(row["team"], row["person"]) for row in found})
        assert min(sizes.values()) >= 10
    assert len({row["team"] for row in other}) < len({row["team"] for row in one})


def test_a_lower_threshold_is_printed_with_its_reason_wherever_the_table_goes(cast):
    edition = study.opened(cast, threshold=4, threshold_reason="Een zeldzame groep, in overleg met de commissie")
    study.registry(cast, edition, number=1, clients=5)
    found = content(study.table(cast, edition))
    for name in ("outcomes.dictionary.json", "protocol.toml"):
        assert b"Een zeldzame groep" in found[name]


def test_nothing_that_names_anybody_is_in_any_file(cast):
    """No name, no address, no id of the database, no date, whatever it is."""
    edition = study.opened(cast, columns=["day", "period", "language", "rule"])
    study.registry(cast, edition)
    join(cast, edition)
    found = content(study.table(cast, edition))
    text = b"\n".join(found[name] for name in ("outcomes.csv", "outcomes.parquet", "protocol.toml")).decode("latin-1")
    names = set(Person.objects.values_list("name", flat=True)) | {"Noor", "FACT", "De tuin", "Linde"}
    ids = [str(key) for model in (Circle, Person, Team, Consent) for key in model.objects.values_list("pk", flat=True)]
    for word in [*names, *ids, *(each.replace("-", "") for each in ids), str(timezone.localdate().year - 1)]:
        assert word not in text, word


def test_every_client_in_a_table_reads_it_in_their_log_and_nobody_else(cast):
    edition = study.opened(cast)
    study.registry(cast, edition)
    consent = join(cast, edition)
    export = study.table(cast, edition)
    lines = Event.objects.filter(verb="took for research")
    circles = set(Included.objects.filter(export=export).values_list("circle_id", flat=True))
    assert set(lines.values_list("circle_id", flat=True)) == circles
    assert lines.count() == len(circles) == export.told["clients"]
    line = lines.get(circle_id=cast.circle.pk)
    assert (line.actor_name, line.actor_role, line.rule) == ("Rik", "researcher", f"study consent {consent.pk}")
    assert line.fields == export.told["columns"]


def test_while_one_is_being_made_there_is_no_second(cast):
    edition = study.opened(cast)
    first = actions.start_export(by=cast.rik, edition=edition, id=study.uuid.uuid4())
    assert actions.start_export(by=cast.rik, edition=edition, id=study.uuid.uuid4()) == first
    assert Export.objects.count() == 1


def test_tables_and_keys_do_not_stay_for_ever(cast):
    edition = study.opened(cast)
    study.registry(cast, edition)
    taken, waiting = study.table(cast, edition), study.table(cast, edition)
    actions.take(by=cast.rik, export=taken)
    long_ago = timezone.now() - timezone.timedelta(days=8)
    Export.objects.update(finished_at=long_ago)
    files.workshop(study.uuid.uuid4()).mkdir()
    jobs.tidy.call()
    assert not list(files.root().iterdir())
    taken.refresh_from_db(), waiting.refresh_from_db()
    assert (bool(taken.sealed_key), bool(waiting.sealed_key)) == (True, False)
    assert actions.to_delete(by=cast.rik, export=taken) == []
    type(edition.study).objects.update(ended_at=timezone.now() - timezone.timedelta(days=366))
    jobs.tidy.call()
    taken.refresh_from_db()
    assert actions.to_delete(by=cast.rik, export=taken) is None
