"""Colours that can be told apart, red only where it is meant, and a stylesheet that stays small."""

import re

import pytest

from tests.care.messages import CARE

SHEET = (CARE / "static" / "care" / "kring.css").read_text()
TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6})\b")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")

# WCAG 2.2: 1.4.3 asks 4.5 for text; 1.4.11 asks 3 for what one must see to use a page.
TEXT = [(ink, ground) for ink in ("ink", "quiet", "primary", "care") for ground in ("paper", "raised")]
TEXT += [("on-primary", "primary"), ("ink", "soft"), ("quiet", "soft"), ("primary", "soft"), ("ink", "accent-soft"),
         ("primary", "accent-soft"), ("ink", "green-soft"), ("ink", "orange-soft"), ("ink", "care-soft"),
         ("primary", "green-soft"), ("primary", "orange-soft"), ("primary", "care-soft"), ("quiet", "green-soft"),
         ("quiet", "orange-soft"), ("quiet", "care-soft"), ("accent", "paper")]  # fmt: skip
SEEN = [("edge", "paper"), ("edge", "raised"), ("accent", "paper"), ("accent", "raised"), ("accent", "soft"),
        ("care", "paper"), ("green", "green-soft"), ("orange", "orange-soft"), ("care", "care-soft"),
        ("green", "paper"), ("orange", "paper"), ("primary", "raised")]  # fmt: skip


def tokens():
    """The colours in the light and in the dark."""
    light, rest = SHEET.split("@media (prefers-color-scheme: dark)", 1)
    light_tokens = dict(TOKEN.findall(light))
    return {"light": light_tokens, "dark": light_tokens | dict(TOKEN.findall(rest.split("@media", 1)[0]))}


def luminance(colour):
    """Relative luminance of sRGB, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_formula_gives_the_known_ends():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (SEEN, 3)], ids=["text", "parts"])
def test_colours_can_be_told_apart(light, pairs, least):
    found = {f"{a} on {b}": contrast(tokens()[light][a], tokens()[light][b]) for a, b in pairs}
    assert {name: round(ratio, 2) for name, ratio in found.items() if ratio < least} == {}


def test_red_is_only_for_the_red_phase_for_deleting_and_for_what_is_wrong():
    rules = [(selector.strip(), body) for selector, body in RULE.findall(SHEET) if "--care" in body]
    uses = {part.strip() for selector, body in rules if ":root" not in selector for part in selector.split(",")}
    assert {use for use in uses if not re.search(r"\.(red|care|wrong|error|errors)\b", use)} == set()


def test_the_dark_changes_every_colour():
    light, dark = tokens()["light"], tokens()["dark"]
    assert [name for name in light if light[name] == dark[name]] == []


def test_the_stylesheet_and_the_typeface_stay_small():
    static = CARE / "static" / "care"
    fonts = list(static.glob("fonts/*.woff2"))
    assert len(SHEET.encode()) < 20_000
    assert len(fonts) == 2
    assert sum(font.stat().st_size for font in fonts) < 40_000
    assert not re.search(r"https?://|@import", SHEET)


def test_motion_is_only_for_those_who_do_not_mind():
    calm = SHEET.split("@media (prefers-reduced-motion: no-preference)")[0]
    assert not re.search(r"\b(animation|transition)\s*:", calm)
