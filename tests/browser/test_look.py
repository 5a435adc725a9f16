"""The checks of `look` find what they are for: each meets a page that is wrong in one way."""

import pytest

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
