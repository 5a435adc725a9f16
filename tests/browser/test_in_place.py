"""Small changes on a long page answer in place: the reader stays where they were, and it also works without."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from kring.care.meetings import actions, policy


@pytest.fixture
def meeting(cast):
    made = actions.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), starts_at=timezone.now() + dt.timedelta(days=7))
    actions.draft_agenda(by=cast.seat("noor"), meeting=made)
    return made


@pytest.mark.parametrize("javascript", [True, False])
def test_a_point_moves_up(sit_down, cast, meeting, javascript):
    page = sit_down("noor", java_script_enabled=javascript)
    page.goto(f"/c/{cast.circle.pk}/together/{meeting.pk}/")
    page.evaluate("window.here = true") if javascript else None
    page.locator("details:has(form[action*='/up/']) > summary").click()
    second = policy.agenda(cast.seat("noor"), meeting)[1]
    page.locator(f"form[action*='/{second.pk}/up/'] button").click()
    page.locator(f"ol.agenda li:first-child h3:has-text('{second.get_kind_display()}')").wait_for()
    assert policy.agenda(cast.seat("noor"), meeting)[0] == second
    if javascript:
        assert page.evaluate("window.here === true"), "the page was loaded anew"
        assert page.locator("details:has(form[action*='/up/'])").get_attribute("open") is not None


def test_an_answer_stays_pressed(sit_down, cast, meeting):
    page = sit_down("sanne")
    page.goto(f"/c/{cast.circle.pk}/together/{meeting.pk}/")
    page.locator("button[name=answer][value=maybe]").click()
    page.locator("button[value=maybe][aria-pressed=true]").wait_for()
    assert meeting.attendances.get(member=cast.members["sanne"]).reply == "maybe"
