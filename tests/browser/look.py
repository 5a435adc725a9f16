"""`look(page, "plan, empty")`: what must hold for every page, in every state, however it is read."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TARGET = 44  # CSS pixels, of everything that one presses on purpose
PRESSED = "button, .button, .doors a, .row-link, summary, .choice, .top a, .back, select, main input:not([type=hidden])"

SMALL_TARGETS = """([wanted, least]) => [...document.querySelectorAll(wanted)]
  .filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter(e => !(e.tagName === 'INPUT' && e.closest('.choice, .hidden')))
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.width > 1 && box.height < least - 0.5)
  .map(([e, box]) => `${e.outerHTML.slice(0, 90)} is ${Math.round(box.height)}px high`)"""

TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > wide + 1)
    .slice(0, 4).map(e => `${e.outerHTML.slice(0, 90)} ends at ${Math.round(e.getBoundingClientRect().right)}`)
    .concat(['the page scrolls sideways'])
}"""

STUCK = """() => [...document.body.querySelectorAll('*')]
  .filter(e => ['sticky', 'fixed'].includes(getComputedStyle(e).position) && e.checkVisibility())
  .reduce((sum, e) => sum + e.getBoundingClientRect().height, 0)"""


def look(page: Page, name: str) -> None:
    """Check the page that is open now, at its own size and in the narrow window of a 400% zoom."""
    problems = [*axe_findings(page), *headings(page), *small_targets(page)]
    usual = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 x 1024 at 400%
    problems += page.evaluate(TOO_WIDE)
    if page.evaluate(STUCK) > 128:
        problems.append("bars that stay in place cover more than half of a zoomed window")
    if usual:
        page.set_viewport_size(usual)
    assert not problems, f"{name} ({page.url}):\n" + "\n".join(problems)


def axe_findings(page: Page) -> list[str]:
    found: Any = Axe().run(page, options={"resultTypes": ["violations"]}).response  # what passed is not gathered
    return [
        f"axe {rule['id']}: {rule['help']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def headings(page: Page) -> list[str]:
    first = page.locator("h1")
    return [] if first.count() == 1 else [f"{first.count()} h1 headings: {first.all_inner_texts()}"]


def small_targets(page: Page) -> list[str]:
    found: list[str] = page.evaluate(SMALL_TARGETS, [PRESSED, TARGET])
    return found
