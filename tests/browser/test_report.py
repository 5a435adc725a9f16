"""The review's report in a real browser: axe, a phone's width, both colour schemes, and no request to anywhere."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

REPORT = Path(__file__).parents[2] / "reviews" / "recovery-training" / "6_report" / "index.html"

DRAWN_TOO_WIDE = """[...document.querySelectorAll('figure svg')].filter(svg => svg.checkVisibility() &&
  svg.getBoundingClientRect().right > innerWidth).map(svg => svg.textContent.slice(0, 60))"""
FOLDED_ON_PAPER = """[...document.querySelectorAll('details')].filter(fold => ![...fold.children].every(
  part => part.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}) &&
  part.getBoundingClientRect().height > 0)).map(fold => fold.innerText)"""


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100])
def test_the_report_reads_well_and_asks_nobody(browser, scheme, width):
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(REPORT.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(DRAWN_TOO_WIDE) == []
    assert asked == [REPORT.as_uri()]
    assert complaints == []
    context.close()


@pytest.mark.browser
def test_a_phone_gets_figures_of_its_own_and_paper_the_wide_ones(browser):
    for width, media, shown in ((390, "screen", ".narrow"), (1100, "screen", ".wide"), (390, "print", ".wide")):
        page = browser.new_page(viewport={"width": width, "height": 844})
        page.emulate_media(media=media)
        page.goto(REPORT.as_uri())
        visible = page.locator("figure svg:visible").count()
        assert visible == page.locator("figure").count()
        assert page.locator(f"figure {shown} svg:visible").count() == visible
        page.close()


@pytest.mark.browser
def test_paper_shows_what_is_folded_without_javascript(browser):
    context = browser.new_context(viewport={"width": 700, "height": 1000})
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(REPORT.as_uri())
    assert page.locator("details[open]").count() == 0
    assert page.evaluate(FOLDED_ON_PAPER) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
    context.close()


@pytest.mark.browser
def test_a_box_of_the_flow_leads_to_its_records(browser):
    page = browser.new_page()
    page.goto(REPORT.as_uri())
    page.locator('svg a[href="#box-excluded"]:visible').first.click()
    assert page.url.endswith("#box-excluded")
    assert page.locator("#box-excluded summary").inner_text() == "Records excluded: 2"
    page.close()
