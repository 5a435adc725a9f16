"""Draws the app icons (PNG) from the two ring drawings (SVG). Run after changing a drawing, and commit the result:

uv run --all-groups python docs/icons.py
"""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).resolve().parents[1] / "src" / "kring" / "care" / "static" / "care"
ICONS = {
    "ring-192.png": ("ring.svg", 192),
    "ring-512.png": ("ring.svg", 512),
    "ring-512-maskable.png": ("ring-maskable.svg", 512),
}


def main() -> None:
    program = os.environ.get("KRING_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        for name, (drawing, size) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            svg = (STATIC / drawing).read_text().replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)
            page.set_content(f"<style>* {{ margin: 0; display: block }}</style>{svg}")
            page.screenshot(path=STATIC / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
