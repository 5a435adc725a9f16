"""FACTs 2017 and CSI-R as a team fills them in about itself: published bands, nothing made up, nothing half kept."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from kring.care.board import assessing
from kring.care.board.models import Assessment
from kring.care.measures.instruments import Refused
from kring.care.stored import Denied
from tests.care import routes  # noqa: F401 (the rows need it whole first)
from tests.care.rows import board as rows

pytestmark = pytest.mark.django_db


def kept(cast, a, b):
    answers = {"A": Decimal(a), "B": Decimal(b)}
    today = timezone.localdate()
    return assessing.assess(by=rows.desk(cast), id=uuid.uuid4(), code="facts-2017", held_on=today, answers=answers)


@pytest.mark.parametrize(
    ("a", "b", "total", "band"),
    [
        ("3.3", "3.3", 6.6, "none"),
        ("3.3", "3.4", 6.7, "provisional"),
        ("3.4", "4.0", 7.4, "provisional"),
        ("3.5", "4.0", 7.5, "certificate"),
        ("4.2", "4.5", 8.7, "certificate"),
        ("4.3", "4.5", 8.8, "optimal"),
        ("5", "8", 13, "optimal"),
    ],
)
def test_the_bands_are_those_that_ccaf_published(cast, a, b, total, band):
    found = kept(cast, a, b)
    assert (found.value, found.band, found.instrument_version) == (pytest.approx(total), band, "2017")


@pytest.mark.parametrize(("a", "b"), [("5.1", "3"), ("0.9", "3"), ("3.33", "3"), ("3", "9")])
def test_what_the_scale_does_not_take_is_refused(cast, a, b):
    with pytest.raises(Refused):
        kept(cast, a, b)
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"item_A": "5,5", "item_B": "4"}, "Vul een getal in van 1 tot en met 5."),
        ({"item_A": "drie", "item_B": "4"}, "Vul een getal in van 1 tot en met 5."),
        ({"item_A": "3,25", "item_B": "4"}, "Geef hooguit 1 cijfers achter de komma."),
        ({"item_A": "", "item_B": "4"}, "Vul een getal in van 1 tot en met 5."),
        ({"item_A": "3", "item_B": "4", "held_on": "2999-01-01"}, "Kies vandaag of een eerdere dag."),
    ],
)
def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(cast, client, typed, said):
    client.force_login(cast.tom)
    typed = {"new_id": uuid.uuid4(), "held_on": timezone.localdate().isoformat()} | typed
    found = client.post(f"/team/{cast.team.pk}/fidelity/facts-2017/new/?id={uuid.uuid4()}", typed).content.decode()
    assert said in found
    assert not Assessment.objects.exists()


def test_a_form_with_a_comma_is_kept_once_and_shown_with_its_band(cast, client):
    client.force_login(cast.tom)
    typed = {"new_id": uuid.uuid4(), "held_on": timezone.localdate(), "item_A": "3,5", "item_B": "4,2"}
    for _click in range(2):
        assert client.post(f"/team/{cast.team.pk}/fidelity/facts-2017/new/?id={uuid.uuid4()}", typed).status_code == 302
    assert Assessment.objects.count() == 1
    found = client.get(f"/team/{cast.team.pk}/fidelity/").content.decode()
    assert "<strong>7,7</strong> · Certificaat" in found
    assert "geen audit" in found


def test_csi_r_has_a_total_and_no_band(cast):
    found = assessing.assess(
        by=rows.desk(cast), id=uuid.uuid4(), code="csi-r", held_on=dt.date(2026, 1, 5), answers={"total": Decimal(31)}
    )
    assert (found.value, found.band) == (31, "")


def test_other_instruments_are_not_for_teams(cast):
    with pytest.raises(Denied):
        assessing.definition_of("qpr-15")
