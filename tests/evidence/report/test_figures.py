"""Figures are well-formed, told in words, the same each time, and hold what they claim."""

from xml.etree import ElementTree

import pytest

from kring.evidence.extraction import rob2
from kring.evidence.report.figures import bias, directions, estimates
from kring.evidence.report.figures.svg import Figure, fmt, short, wrap
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


def every_figure():
    events = [rob2.assessed("r1", "rob2-cluster", "1a", {"1a.2": "N"}, by="ann")]
    assessed = list(rob2.assessments(events).values())
    pooled = pool(YI, VI)
    whole = multiverse([StudyResult(n, "o", y, v) for n, y, v in zip(LABELS, YI, VI, strict=True)])
    return [
        directions.effect_direction(MARKS, GROUPS, "Direction"),
        directions.harvest(MARKS, GROUPS, "Harvest"),
        directions.albatross([directions.Point("Slade", 0.58, True, 297)], "Albatross"),
        estimates.forest(LABELS, YI, VI, pooled, "Forest", "g"),
        estimates.funnel(LABELS, YI, VI, pooled.mu, "Funnel"),
        estimates.multiverse_plot(whole, "Multiverse"),
        bias.traffic_light(assessed, ["Slade"], "Traffic light"),
        bias.summary(assessed, "Summary"),
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


@pytest.mark.parametrize("i", range(8))
def test_nothing_is_drawn_outside_its_frame(i):
    figure = every_figure()[i]
    for node in ElementTree.fromstring(figure.svg()).iter():
        for name, most in (("x", figure.width), ("cx", figure.width), ("y", figure.height), ("cy", figure.height)):
            if name in node.attrib:
                assert -20 <= float(node.get(name)) <= most


def test_the_effect_direction_plot_says_each_direction_and_no_p():
    desc = directions.effect_direction(MARKS, GROUPS, "Direction").desc
    assert "1. Slade <2015>, Personal recovery: better" in desc
    assert "2. Bitter & others, Personal recovery: no sign" in desc
    assert "signific" not in directions.effect_direction(MARKS, GROUPS, "Direction").svg().lower()


def test_the_harvest_plot_counts_each_field():
    told = directions.harvest(MARKS, GROUPS, "Harvest").desc
    assert told == (
        "Personal recovery: 0 worse, 1 mixed or no sign, 1 better; "
        "Staff knowledge: 1 worse, 1 mixed or no sign, 0 better."
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
