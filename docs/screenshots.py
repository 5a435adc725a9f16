"""Takes the pictures of the documentation from a running demo, as people see it: a phone and a desk, in Dutch.

KRING_PORT=8104 ./run &            # the demo
uv run --all-groups python docs/screenshots.py http://127.0.0.1:8104 docs/pictures

With --look it takes every page it can reach, in both languages and in the dark, for the eyes of whoever designs;
those pictures are not committed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

PHONE, DESK, WALL = {"width": 390, "height": 844}, {"width": 1280, "height": 900}, {"width": 1920, "height": 1080}
CIRCLE = re.compile(r"^/c/[0-9a-f-]{36}/$")

# name: who, address, window. The address is below the circle, or begins with "/"; after each ">" stands what to press
# there, or "to" which heading to go.
PICTURES = {
    "home-phone": ("noor", "", PHONE),
    "home-desk": ("noor", "", DESK),
    "map-desk": ("noor", "map/", DESK),
    "plan-phone": ("noor", "plan/", PHONE),
    "actions-phone": ("noor", "plan/actions/", PHONE),
    "crisis-plan-desk": ("noor", "plan/crisis/", DESK),
    "crisis-card-phone": ("noor", "card/", PHONE),
    "meetings-phone": ("noor", "together/", PHONE),
    "who-sees-what-phone": ("noor", "sees/", PHONE),
    "member-phone": ("sanne", "", PHONE),
    "progress-phone": ("noor", "progress/", PHONE),
    "progress-line-phone": ("noor", "progress/ > Hoe gaat het met je herstel?", PHONE),
    "progress-line-desk": ("noor", "progress/ > Hoe gaat het met je herstel?", DESK),
    "progress-rated-phone": ("noor", "progress/ > HoNOS", PHONE),
    "progress-shared-phone": ("sanne", "progress/", PHONE),
    "progress-own-phone": ("sanne", "progress/own/", PHONE),
    "life-phone": ("noor", "progress/life/", PHONE),
    "question-phone": ("noor", "progress/ > Beginnen", PHONE),
    "board-desk": ("lea", "/team/", DESK),
    "morning-wall": ("lea", "/team/ > Ochtend", WALL),
    "figures-phone": ("lea", "/team/ > Cijfers > to Bijeenkomsten die de cliënt leidde", PHONE),
    "board-client-phone": ("noor", "board/", PHONE),
    "research-answer-phone": ("noor", "research/ > Helpt een kring bij herstel? > to Jouw antwoord", PHONE),
    "research-table-desk": ("rik", "/research/ > Helpt een kring bij herstel? > Maak een tabel", DESK),
}


def doors(state: Path) -> dict[str, str]:
    """A fresh sign-in address per first name, made by the demo's own command."""
    code = "from kring.care import demo\nfor d in demo.doors(): print(d.email.split('@')[0], d.path)"
    environment = {**os.environ, "KRING_DEMO": "1", "KRING_STATE": str(state)}
    kring = Path(sys.executable).with_name("kring")
    words = [str(kring), "shell", "-v", "0", "-c", code]
    said = subprocess.run(words, env=environment, capture_output=True, text=True)  # noqa: S603 (our own words)
    if said.returncode:
        sys.exit(f"The demo's state in {state} could not be read:\n{said.stderr}")
    return dict(line.split() for line in said.stdout.splitlines() if "@" not in line and "/enter/" in line)


class Town:
    """Browsers of the demo's people, each signed in once per look."""

    def __init__(self, browser: Browser, site: str, paths: dict[str, str]) -> None:
        self.browser, self.site, self.paths = browser, site, paths
        self.signed_in: dict[str, Any] = {}

    def page(self, who: str, **context: Any) -> Page:
        made = self.browser.new_context(base_url=self.site, storage_state=self._session(who), **context)
        return made.new_page()

    def _session(self, who: str) -> Any:
        if who not in self.signed_in:
            context = self.browser.new_context(base_url=self.site)
            page = context.new_page()
            page.goto(self.paths[who])
            page.locator("main button.main").click()
            page.wait_for_load_state()
            self.signed_in[who] = context.storage_state()
            context.close()
        return self.signed_in[who]


def own_circle(page: Page) -> str:
    """The address of the first circle on the start page, which may be where one arrives."""
    page.goto("/")
    hrefs = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))")
    arrived = [page.url.removeprefix(str(page.evaluate("location.origin")))]
    return next(href for href in [*hrefs, *arrived] if CIRCLE.match(href))


def take(town: Town, folder: Path) -> None:
    circles: dict[str, str] = {}
    for name, (who, path, window) in PICTURES.items():
        page = town.page(
            who, viewport=window, device_scale_factor=1 if window is WALL else 1.5, locale="nl", reduced_motion="reduce"
        )
        address, *steps = path.split(" > ")
        if not address.startswith("/"):
            circles[who] = circles.get(who) or own_circle(page)
            address = circles[who] + address
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            print(f"{name}: {address} answers {answer and answer.status}; no picture")
            continue
        for step in steps:
            _step(page, step)
        save(page, folder / f"{name}.webp", full=False)
        page.context.close()


def _step(page: Page, words: str) -> None:
    """Go to a heading; or press the link of a list or of the doors, or the button, that says this."""
    if words.startswith("to "):
        page.get_by_role("heading", name=words.removeprefix("to ")).evaluate("e => e.scrollIntoView()")
        return
    links = page.locator("main ul.rows a, nav.doors a", has_text=words)
    with page.expect_navigation():
        links.or_(page.get_by_role("button", name=words)).first.click()
    while page.locator("main progress").count():  # a table that is being made
        page.wait_for_timeout(500)
        page.reload()


def save(page: Page, path: Path, *, full: bool) -> None:
    """A picture as WebP (through PNG: the browser's own JPEG blurs letters)."""
    png = page.screenshot(full_page=full)
    if path.suffix == ".png":
        path.write_bytes(png)
        return
    import io

    from PIL import Image

    Image.open(io.BytesIO(png)).convert("RGB").save(path, "WEBP", quality=80, method=6)
    print(path, f"{path.stat().st_size // 1024} kB")


def look(town: Town, folder: Path, who: list[str]) -> None:
    """Every page that links reach, for each person: phone in Dutch, and the desk in the dark."""
    for name in who:
        seen: set[str] = set()
        page = town.page(name, viewport=PHONE, locale="nl")
        dark = town.page(name, viewport=DESK, locale="nl", color_scheme="dark")
        todo = ["/", own_circle(page)]
        while todo:
            path = todo.pop(0)
            shape = re.sub(r"[0-9a-f-]{36}", "ID", path)
            if shape in seen or shape.endswith((".ics", ".json", ".zip", ".pdf")):
                continue
            seen.add(shape)
            answer = page.goto(path)
            if answer is None or "html" not in answer.headers.get("content-type", ""):
                continue
            file = re.sub(r"\W+", "_", shape).strip("_") or "start"
            save(page, folder / f"{name}-{file}.png", full=True)
            dark.goto(path)
            save(dark, folder / f"{name}-{file}-dark.png", full=True)
            hrefs = page.eval_on_selector_all("a[href^='/']", "links => links.map(l => l.getAttribute('href'))")
            todo += [href.partition("#")[0] for href in hrefs]
        print(f"{name}: {len(seen)} pages")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("site")
    words.add_argument("folder", type=Path)
    words.add_argument("--state", type=Path, default=Path(os.environ.get("KRING_STATE", "var")))
    words.add_argument("--look", nargs="*", metavar="NAME")
    chosen = words.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    program = os.environ.get("KRING_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        args = ["--no-sandbox", "--disable-gpu"] if os.geteuid() == 0 else []
        browser = play.chromium.launch(executable_path=program, args=args)
        town = Town(browser, chosen.site, doors(chosen.state))
        if chosen.look is not None:
            look(town, chosen.folder, chosen.look or ["noor", "sanne"])
        else:
            take(town, chosen.folder)
        browser.close()


if __name__ == "__main__":
    main()
