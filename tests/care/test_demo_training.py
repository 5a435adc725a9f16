"""The training in the demo: two teams half-way, and what a researcher can and cannot conclude from it."""

import io
import json
import zipfile

import pytest

from kring.care import demo
from kring.care.people.models import Person, Team
from kring.care.training import figures
from kring.care.training.models import Cohort, Enrolment, Rating, Release
from tests.care.test_training_table import kring

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_researchers_report_says_what_can_and_cannot_be_concluded(client, settings, tmp_path):
    """From the researcher's own page to the report, as a visitor of the demo would go."""
    settings.DEMO = True
    demo.build()
    _half_way()
    client.force_login(Person.objects.get(email="rik@demo.kring.example"))
    packed = client.post(f"/training/tables/{Cohort.objects.get().pk}/")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as files:
        files.extractall(tmp_path)
    dictionary = json.loads((tmp_path / "outcomes.dictionary.json").read_text())
    assert [one["code"] for one in dictionary["occasions"]] == ["0", "3"]
    kring("evaluate", "run", "outcomes.csv", "--protocol", "protocol.toml", "--out", "report", cwd=tmp_path)
    said = {language: (tmp_path / f"report/report.{language}.html").read_text() for language in ("nl", "en")}
    for words in (
        "We cannot tell whether there is a difference",
        "Nobody was allocated by chance.",
        "There are only 2 teams.",
        "The table is simulated. Nothing here is a finding.",
        "No instrument here is validated.",
    ):
        assert words in said["en"]
    assert "Niemand is door loting verdeeld" in said["nl"]


def _half_way() -> None:
    """Both teams are past their first moments; somebody came late; a client's answer went, and its figure with it."""
    both = [figures.of_team(team) for team in Team.objects.filter(name__in=("FACT Merenwijk", "FACT Waterkant"))]
    for team in both:
        assert team.dose is not None
        assert [share is not None for _month, share in team.fidelity] == [True, True, False, False]
    assert Enrolment.objects.filter(person__name="Yara Lam").get().progress.exists()
    assert Rating.objects.filter(rater__name="Joris Hendriks", withdrawn_at__isnull=False).exists()
    assert Release.objects.count() == 1
