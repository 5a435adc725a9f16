"""Figures are well-formed, told in words, the same each time, and hold what they claim."""

from xml.etree import ElementTree

import pytest

from kring.evidence.extraction import rob2
from kring.evidence.report.figures import bias, directions, estimates
from kring.evidence.report.figures.svg import NARROW, WIDE, Figure, fmt, short, wrap
from kring.evidence.synthesis.multiverse import StudyResult, multiverse
from kring.evidence.synthesis.pooling import pool

SVG = "{http://www.w3.org/2000/svg}"
GROUPS = ["Personal recovery", "Staff knowledge"]
MARKS = [
    directions.Mark("1. Slade <2015>", GROUPS[0], "benefit", "not assessed", "yes", 297, True),
    directions.Mark("2. Bitter & others", GROUPS[0], "missing", "high", "yes", 263, True),
    directions.Mark("2. Bitter & others", GROUPS[1], "harm", "low", "unclear", None, False),
    directions.Mark("3. Wilrycx", GROUPS[1], "mixed", "some concerns", "no", 20, False),
]
LABELS, YI, VI = ["A", "B", "C", "D"], [0.1, 0.3, -0.2, 0.4], [0.02, 0.05, 0.04, 0.03]


def every_figure(width=WIDE):
    events = [rob2.assessed("r1", "rob2-cluster", "1a", {"1a.2": "N"}, by="ann")]
    assessed = list(rob2.assessments(events).values())
    pooled = pool(YI, VI)
    whole = multiverse([StudyResult(n, "o", y, v) for n, y, v in zip(LABELS, YI, VI, strict=True)])
    return [
        directions.effect_direction(MARKS, GROUPS, "Direction", width),
        directions.harvest(MARKS, GROUPS, "Harvest", width),
        directions.albatross([directions.Point("Slade", 0.58, True, 297)], "Albatross", width=width),
        estimates.forest(LABELS, YI, VI, pooled, "Forest", "g", width),
        estimates.funnel(LABELS, YI, VI, pooled.mu, "Funnel", width),
        estimates.multiverse_plot(whole, "Multiverse", width),
        bias.traffic_light(assessed, ["Slade"], "Traffic light", width),
        bias.summary(assessed, "Summary", width),
    ]


@pytest.mark.parametrize("i", range(8))
def test_a_figure_is_drawn_alike_each_time_and_tells_itself_in_words(i):
    figure = every_figure()[i]
    assert figure.svg() == every_figure()[i].svg()
    root = ElementTree.fromstring(figure.svg())
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text == figure.title
    assert len(desc.text) > 20
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("i", range(8))
def test_nothing_is_drawn_outside_its_frame(i, width):
    figure = every_figure(width)[i]
    assert figure.width <= width + 10
    for node in ElementTree.fromstring(figure.svg()).iter():
        for name, most in (("x", figure.width), ("cx", figure.width), ("y", figure.height), ("cy", figure.height)):
            if name in node.attrib:
                assert -20 <= float(node.get(name)) <= most
        if node.tag == f"{SVG}text":
            assert _ends(node) <= figure.width + 4, node.text


def _ends(node) -> float:
    """Where a line of text ends, by the mean width of a letter (6 of 12 pixels, 7 of 14)."""
    long = len(node.text) * (5.6 if "small" in node.get("class", "") else 6.6)
    return float(node.get("x")) + {"middle": long / 2, "end": 0}.get(node.get("text-anchor"), long)


def test_the_harvest_plot_shows_quality_by_height():
    """Design and execution, as Ogilvie 2008 weighs studies: each step of quality stands taller than the one below."""

    def tall(design, bias):
        return directions.height(directions.Mark("1. A", GROUPS[0], "benefit", bias, design, 100, True))

    ladder = [("no", "low"), ("unclear", "low"), ("yes", "high"), ("yes", "some concerns"), ("yes", "low")]
    heights = [tall(*step) for step in ladder]
    assert heights == sorted(set(heights))
    assert tall("yes", "not assessed") == tall("yes", "high")
    told = directions.harvest(MARKS, GROUPS, "Harvest").desc
    assert "1. Slade <2015>, randomised: yes, risk of bias not assessed" in told


def test_the_effect_direction_plot_says_each_direction_and_no_p():
    desc = directions.effect_direction(MARKS, GROUPS, "Direction").desc
    assert "1. Slade <2015>, Personal recovery: better" in desc
    assert "2. Bitter & others, Personal recovery: no sign" in desc
    assert "signific" not in directions.effect_direction(MARKS, GROUPS, "Direction").svg().lower()


def test_the_harvest_plot_counts_each_field():
    told = directions.harvest(MARKS, GROUPS, "Harvest").desc
    assert told == (
        "Personal recovery: 0 worse; "
        "Personal recovery: 1 mixed or no sign (2. Bitter & others, randomised: yes, risk of bias high); "
        "Personal recovery: 1 better (1. Slade <2015>, randomised: yes, risk of bias not assessed); "
        "Staff knowledge: 1 worse (2. Bitter & others, randomised: unclear, risk of bias low); "
        "Staff knowledge: 1 mixed or no sign (3. Wilrycx, randomised: no, risk of bias some concerns); "
        "Staff knowledge: 0 better."
    )


def test_risk_of_bias_is_told_by_letter_and_not_by_colour_alone():
    svg = every_figure()[6].svg()
    assert ">−</text>" in svg
    assert ">?</text>" in svg
    assert "1a high" in every_figure()[6].desc


def test_a_forest_without_a_pool_has_no_diamond():
    assert "<polygon" not in estimates.forest(LABELS, YI, VI, None, "Forest", "g").svg()
    assert "pooled" in every_figure()[3].desc


def test_text_is_escaped():
    figure = Figure("x", "a < b", "c & d", 10, 10)
    figure.text(0, 0, "<script>")
    assert "<script>" not in figure.svg()


def test_small_pens():
    assert (fmt(3.0), fmt(2.25)) == ("3", "2.2")
    assert wrap("one two three", 7) == ["one two", "three"]
    assert short("a long label here", 8) == "a long…"
