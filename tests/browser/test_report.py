"""The review's report in a real browser: axe, a phone's width, both colour schemes, and no request to anywhere."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

REPORT = Path(__file__).parents[2] / "reviews" / "recovery-training" / "6_report" / "index.html"


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
    assert asked == [REPORT.as_uri()]
    assert complaints == []
    context.close()


@pytest.mark.browser
def test_a_box_of_the_flow_leads_to_its_records(browser):
    page = browser.new_page()
    page.goto(REPORT.as_uri())
    page.locator('svg a[href="#box-excluded"]').first.click()
    assert page.url.endswith("#box-excluded")
    assert page.locator("#box-excluded summary").inner_text() == "Records excluded: 2"
    page.close()
