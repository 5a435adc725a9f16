"""The checks of `look` find what they are for: each meets a page that is wrong in one way."""

import uuid

import pytest

from kring.care.circles import actions
from tests.browser.look import look

PAGE = """<!doctype html><html lang="nl"><head><title>t</title><meta name="viewport" content="width=device-width">
<style>body {{ margin: 0 }} button {{ min-height: 44px }}</style></head>
<body><main><h1>Kop</h1>{}</main></body></html>"""

WRONG = {
    "image-alt": '<img src="data:,">',
    "color-contrast": '<p style="color: #bbb; background: #fff">bijna niet te lezen</p>',
    "label": '<input type="text" style="height: 44px">',
    "h1 headings": "<h1>Nog een kop</h1>",
    "scrolls sideways": '<div style="width: 500px">breed</div>',
    "px high": '<button style="min-height: 20px; height: 20px">klein</button>',
    "cover more than half": '<div style="position: fixed; bottom: 0; height: 200px">balk</div>',
}


def test_a_good_page_passes(sit_down):
    page = sit_down()
    page.set_content(PAGE.format("<p>Goed.</p>"))
    look(page, "good")


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_page_is_found(sit_down, words):
    page = sit_down()
    page.set_content(PAGE.format(WRONG[words]))
    with pytest.raises(AssertionError, match=words):
        look(page, "wrong")


def test_in_high_contrast_one_still_sees_the_main_action_and_where_one_is(sit_down, cast):
    """There the reader's own colours replace ours, so a line has to say it."""
    kees = actions.nominate(by=cast.seat("noor"), id=uuid.uuid4(), name="Kees")
    page = sit_down("noor", forced_colors="active")
    page.goto(f"/c/{cast.circle.pk}/members/{kees.pk}/sees/")
    edge = "part => [getComputedStyle(part).borderTopColor, getComputedStyle(part).backgroundColor].join()"
    main, other = page.locator("button.main"), page.locator("button[name=look]")
    assert main.evaluate(edge) != other.evaluate(edge)
    here, elsewhere = page.locator(".doors a[aria-current]"), page.locator(".doors a:not([aria-current])").first
    assert here.evaluate(edge) != elsewhere.evaluate(edge)
