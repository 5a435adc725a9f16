"""A sign from a phone, a morning at the wall, and what the client reads afterwards."""

import re
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from kring.care.board.models import Category, Entry
from kring.care.board.views import board as pages
from tests.browser.look import look
from tests.browser.pages.board import full
from tests.care import routes  # noqa: F401 (the rows need it whole first)
from tests.care.rows import board as rows

WALL = {"width": 1920, "height": 1080}


def test_the_client_says_so_on_a_phone_and_the_team_decides_at_the_wall(sit_down, cast):
    rows.noors_link(cast)
    phone = sit_down("noor")
    phone.goto(f"/c/{cast.circle.pk}/board/")
    phone.get_by_role("link", name="Ik merk vroege signalen").click()
    phone.get_by_label("Oranje: het gaat minder goed").check()
    phone.get_by_label("Ik wil graag dat iemand belt").check()
    phone.get_by_role("button", name="Aan het team zeggen").click()
    phone.get_by_text("Een mens leest het daar.").wait_for()

    wall = sit_down("tom", viewport=WALL)
    wall.goto(f"/team/{cast.team.pk}/morning/")
    look(wall, "morning on a wall, names hidden")
    assert wall.get_by_text("Noor V.").count() == 0
    wall.get_by_role("link", name="Namen een minuut tonen").click()
    wall.get_by_text("Noor V.").first.wait_for()
    look(wall, "morning on a wall, names shown")
    wall.get_by_role("link", name=re.compile("Beslissen")).click()
    wall.get_by_label("Intensieve zorg").check()
    wall.get_by_label("Waarom?").fill("We bellen je vanmiddag.")
    wall.get_by_role("button", name="Bewaren").click()
    wall.get_by_role("heading", name="Het bord").wait_for()
    assert Entry.objects.get(label="Noor V.").category.key == "intensive"

    phone.goto(f"/c/{cast.circle.pk}/board/")
    phone.get_by_text("We bellen je vanmiddag.").first.wait_for()
    phone.get_by_text("Tom van je zorgteam keek naar het bord").first.wait_for()


@pytest.mark.parametrize("javascript", [True, False])
def test_names_go_away_by_themselves(sit_down, cast, monkeypatch, javascript):
    monkeypatch.setattr(pages, "NAMES_FOR", 1)
    full(cast)
    wall = sit_down("tom", viewport=WALL, java_script_enabled=javascript)
    wall.goto(f"/team/{cast.team.pk}/morning/?names=1")
    wall.wait_for_url(f"**/team/{cast.team.pk}/morning/")
    assert wall.get_by_text("Joop V.").count() == 0


def test_two_phones_and_one_client(sit_down, cast):
    """Two phones, one client: the second sees both, and saves knowingly."""
    found = full(cast)
    first, second = sit_down("ruth"), sit_down("tom")
    address = f"/team/{found['team']}/client/{found['entry']}/move/"
    for page, why in ((first, "Ruth: elke dag langs."), (second, "Tom: gaat beter.")):
        page.goto(address)
        page.get_by_label("Opgenomen" if page is first else "Afschalen").check()
        page.get_by_label("Waarom?").fill(why)
    first.get_by_role("button", name="Bewaren").click()
    first.get_by_role("heading", name="Het bord").wait_for()
    second.get_by_role("button", name="Bewaren").click()
    second.get_by_text("Een collega verplaatste deze cliënt terwijl je schreef").wait_for()
    assert second.get_by_label("Waarom?").input_value() == "Tom: gaat beter."
    assert second.get_by_text("Ruth: elke dag langs.").count() == 1
    second.get_by_role("button", name="Bewaren").click()
    second.get_by_role("heading", name="Het bord").wait_for()
    assert Entry.objects.get(pk=found["entry"]).moves.count() == 3


def test_a_full_board_on_paper_leaves_no_page_empty_and_parts_no_client(sit_down, cast):
    rows.a_board(cast)
    crisis = Category.objects.get(team=cast.team, key="crisis")
    said = {"category": crisis, "moved_by": cast.tom, "moved_at": timezone.now(), "reason": "Slaapt weinig."}
    Entry.objects.bulk_create(Entry(team=cast.team, number=100 + n, label=f"Cliënt {n:02}", **said) for n in range(60))
    page = sit_down("tom")
    page.goto(f"/team/{cast.team.pk}/morning/?names=1")
    sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(format="A4"))).pages]
    assert sheets[0].count("Cliënt") > 20
    assert sum(len(re.findall(r"Cliënt \d\d", sheet)) for sheet in sheets) == 60
    assert [sheet.count("Cliënt") - sheet.count("Slaapt weinig.") for sheet in sheets] == [0] * len(sheets)
    assert "Namen nu verbergen" not in sheets[0]
    assert "›" not in "".join(sheets)
