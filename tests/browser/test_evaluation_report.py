"""The report of an evaluation in a real browser: axe, narrow screens, both colour schemes, and no request."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from kring.evaluation import simulated_routine
from kring.evaluation.demo import write_demo
from kring.evaluation.run import run


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The reports of both demos, trial (two imputations) and routine measurements."""
    folders = {}
    for name, kind in (("trial", None), ("routine", simulated_routine)):
        folder = tmp_path_factory.mktemp(name)
        table, protocol = write_demo(folder, 1, *([kind] if kind else []))
        protocol.write_text(protocol.read_text().replace("imputations = 20", "imputations = 2"))
        run(table, protocol, folder / "report", quiet=True)
        folders[name] = folder / "report"
    return folders


@pytest.mark.browser
@pytest.mark.parametrize("name", ["trial", "routine"])
@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("nl", "light", 320), ("en", "dark", 390), ("en", "light", 1100)]
)
def test_the_report_reads_well_and_asks_nobody(browser, reports, name, language, scheme, width):
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    address = (reports[name] / f"report.{language}.html").as_uri()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [address]
    assert complaints == []
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_words_of_a_figure_stand_outside_it(browser, reports, language):
    """Every text of every figure lies within its drawing, also with the fonts of this machine."""
    page = browser.new_page()
    page.goto((reports["trial"] / f"report.{language}.html").as_uri())
    outside = page.evaluate(
        """[...document.querySelectorAll('svg')].flatMap(svg => {
            const box = svg.viewBox.baseVal;
            return [...svg.querySelectorAll('text')].filter(text => {
                const b = text.getBBox();
                return b.x < -2 || b.x + b.width > box.width + 2 || b.y + b.height > box.height + 4;
            }).map(text => svg.querySelector('title').textContent + ': ' + text.textContent);
        })"""
    )
    assert outside == []
    page.close()
