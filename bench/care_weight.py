"""What a phone has to load: bytes of the first and of a later page, and the largest paint on a slow network.

Bars: 100 kB at the first load with the typeface, 20 kB later; the largest paint at 1.5 Mbit/s, 150 ms, a processor four
times slower, is printed; the aim is 0.8 s.
"""

import os
import statistics
from pathlib import Path
from typing import Any

from bench._care_server import serving

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.5e6 / 8, "uploadThroughput": 0.75e6 / 8}
LARGEST = """() => new Promise(done => new PerformanceObserver(list => {
    const found = list.getEntries(); done(found[found.length - 1].startTime)
}).observe({type: 'largest-contentful-paint', buffered: true}))"""
ROUNDS = 5


def main() -> None:
    from playwright.sync_api import sync_playwright

    browser_path = os.environ.get("KRING_CHROMIUM", "/usr/bin/chromium")
    if not Path(browser_path).exists():
        print(f"Chromium is missing at {browser_path}")
        return
    with serving() as town, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=FLAGS)
        first, later = _weigh(browser, town)
        print(f"first load {first / 1000:.1f} kB (bar 100), a later page {later / 1000:.1f} kB (bar 20)")
        for words, slow in (("as it is", False), ("slow phone", True)):
            paints = [_paint(browser, town, slow) for _round in range(ROUNDS)]
            print(f"largest paint, {words}: median {statistics.median(paints) / 1000:.2f} s (aim 0.8 on a slow phone)")
        browser.close()


def _context(browser: Any, town: dict[str, str]) -> Any:
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    name, _is, value = town["cookie"].partition("=")
    context.add_cookies([{"name": name, "value": value, "url": town["base"]}])
    return context


def _weigh(browser: Any, town: dict[str, str]) -> tuple[int, int]:
    context = _context(browser, town)
    page = context.new_page()
    line, weights = context.new_cdp_session(page), [0]
    line.send("Network.enable")

    def count(event: dict[str, Any]) -> None:
        weights[0] += event["encodedDataLength"]

    line.on("Network.loadingFinished", count)
    page.goto(town["base"] + town["home"], wait_until="networkidle")
    first = weights[0]
    page.goto(town["base"] + town["meeting"], wait_until="networkidle")
    context.close()
    return first, weights[0] - first


def _paint(browser: Any, town: dict[str, str], slow: bool) -> float:
    context = _context(browser, town)
    page = context.new_page()
    if slow:
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", SLOW)
        line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(town["base"] + town["home"], wait_until="load")
    paint = float(page.evaluate(LARGEST))
    context.close()
    return paint
