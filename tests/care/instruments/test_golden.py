"""Golden vectors: one or more per instrument, worked by hand from the published rule that the comment names.

They repeat the rule, not our definition: if somebody changes a definition file, the numbers here stay.
"""

import pytest

from kring.care.measures.instruments import codes, load, score

# Williams 2015: QPR-15 is the sum of 15 items from 0 to 4.
QPR = dict(zip(map(str, range(1, 16)), [4, 3, 2, 1, 0, 4, 3, 2, 1, 0, 4, 3, 2, 1, 0], strict=True))
# Boevink 2017: NEL has 40 items from 1 to 5. Ten each of 1, 2, 4, 5: 120 of 40 items is 3.
NEL = {str(i): (1, 2, 4, 5)[i % 4] for i in range(1, 41)}
# Priebe 1999: MANSA is the mean of 12 satisfaction items from 1 to 7. 7·5 + 5·2 = 45; 45 / 12.
MANSA = {str(i): 5 if i <= 7 else 2 for i in range(1, 13)}
# Beckers 2022: I.ROC is the sum of 12 items from 1 to 6.
IROC = {str(i): 1 + i % 6 for i in range(1, 13)}
# WHO, simple scoring: none 1 to extreme 5, added up.
# Complex, of 36 (10/66 Dementia Research Group): 1, 3, 5, 6, 7, 9 count 0 to 4: here 1, 3, 0, 1, 2, 4; the other six
# count 0, 1, 1, 2, 2: items 2, 4, 8, 10, 11, 12, here 1, 2, 2, 0, 1, 1. That is 11 and 7.
WHODAS_12 = {str(i): 1 + i % 5 for i in range(1, 13)}
WHODAS_36 = {f"D{d}.{i}": d if d < 6 else 1 for d, n in enumerate((6, 5, 4, 5, 8, 8), 1) for i in range(1, n + 1)}
# WHO manual 2010, chapter 8: of the 36, nineteen items count 0, 1, 1, 2, 2 and seventeen 0 to 4; as a share of 106, of
# the 32 without work of 92. Answers of 2 count 1 everywhere; of 3 count 1 or 2; of 4 and 5 count 2, or 3 and 4. Above,
# so: five of 1; three of 1 and one of 2; four of 2 and one of 3; in domain 5 the highest, 10 for the household and 14.
WHODAS_ALL_MILD = {
    "total": 72, "total-32": 64, "d1": 12, "d2": 10, "d3": 8, "d4": 10, "d5": 16, "d6": 16,
    "complex": 100 * 36 / 106, "complex-32": 100 * 32 / 92,
}  # fmt: skip
# HoNOS (IJMHS 5:20, table 1): 12 ratings from 0 to 4; behaviour 1-3, impairment 4-5, symptoms 6-8, social 9-12.
HONOS = dict(zip(map(str, range(1, 13)), [1, 0, 2, 3, 4, 0, 2, 1, 4, 3, 0, 2], strict=True))
RAQ = {str(i): 4 for i in range(1, 8)}  # the published median total is 28 (Daguman & Taylor 2024)
RKI = {str(i): 1 + i % 5 for i in range(1, 21)}  # four each of 1 to 5
INSPIRE = {"1": 4, "2": 3, "3": 2, "4": 1, "5": 3}  # 13 of 20 points

VECTORS = [
    ("qpr-15", QPR, {"total": 30.0}),
    ("nel", NEL, {"total": 3.0}),
    ("mansa", MANSA, {"satisfaction": 3.75}),
    ("iroc", IROC, {"total": 42.0}),
    ("whodas-12", WHODAS_12, {"total": 12 + 2 * (0 + 1 + 2 + 3 + 4) + 1 + 2, "complex": 100 * (11 + 7) / 36}),
    ("whodas-12", dict.fromkeys(WHODAS_12, 3), {"total": 36, "complex": 100 * (6 * 2 + 6 * 1) / 36}),
    (
        "whodas-36",
        WHODAS_36,
        {
            "total": 6 + 10 + 12 + 20 + 40 + 8,
            "total-32": 6 + 10 + 12 + 20 + 20 + 8,
            "d1": 6,
            "d2": 10,
            "d3": 12,
            "d4": 20,
            "d5": 40,
            "d6": 8,
            "complex": 100 * (0 + 5 + 5 + 11 + 24 + 0) / 106,
            "complex-32": 100 * (0 + 5 + 5 + 11 + 10 + 0) / 92,
        },
    ),
    ("whodas-36", dict.fromkeys(WHODAS_36, 2), WHODAS_ALL_MILD),
    ("honos", HONOS, {"total": 22, "behaviour": 3, "impairment": 7, "symptoms": 3, "social": 9}),
    ("raq-7", RAQ, {"total": 28.0}),
    ("rki", RKI, {"total": 3.0}),
    ("brief-inspire", INSPIRE, {"support": 65.0}),
    # CCAF 2017: the mean of part A plus the mean of part B.
    ("facts-2017", {"A": 3.4, "B": 5.3}, {"total": 8.7}),
    # Ours: reversed items count 4 minus the answer; a scale is the mean of its items.
    (
        "kring-naaste",
        {"rest": 3, "own-life": 1, "support": 4, "worry": 3, "alone": 0, "strain": 2},
        {"room": (3 + 1 + 4 + 1 + 4 + 2) / 6},
    ),
    ("kring-naaste", {"rest": 3, "worry": 3, "alone": 0, "strain": None, "support": 4}, {"room": 12 / 4}),
    ("kring-naaste", {"rest": 3, "worry": 3, "alone": 0}, {"room": None}),
    ("kring-life", {"work": 2, "stigma": 4}, {"work": 2, "money": None, "home": None, "contact": None, "stigma": 0}),
    (
        "kring-checkin",
        {
            "connectedness-1": 4,
            "connectedness-2": 1,
            "hope-1": 2,
            "hope-2": 3,
            "identity-1": 0,
            "meaning-1": 1,
            "meaning-2": 1,
            "empowerment-1": 3,
            "difficulties-1": 2,
        },
        {
            "connectedness": 2.5,
            "hope": 2.5,
            "identity": 0,
            "meaning": 1,
            "empowerment": 3,
            "difficulties": None,
            "recovery": 15 / 8,
        },
    ),
]


@pytest.mark.parametrize(("code", "answers", "expected"), VECTORS)
def test_scores_are_what_the_published_rule_gives(code, answers, expected):
    assert {found.scale: found.value for found in score(load(code), answers)} == expected


@pytest.mark.parametrize(
    ("code", "answers"),
    [(code, answers) for code, answers, _ in VECTORS if load(code).scales[0].at_least == len(answers) > 1],
)
def test_without_a_verified_rule_for_missing_items_one_missing_item_means_no_total(code, answers):
    first, *rest = answers
    found = score(load(code), {link_id: answers[link_id] for link_id in rest} | {first: None})[0]
    assert (found.value, found.rule, found.answered) == (None, "too_few", len(answers) - 1)


def test_every_instrument_that_can_be_scored_has_a_golden_vector():
    assert {code for code, _, _ in VECTORS} == {code for code in codes() if load(code).items}


def test_whodas_without_work_has_the_score_of_32():
    answers = {link_id: v for link_id, v in WHODAS_36.items() if link_id not in ("D5.5", "D5.6", "D5.7", "D5.8")}
    found = {s.scale: s.value for s in score(load("whodas-36"), answers)}
    assert (found["total"], found["total-32"], found["d5"]) == (None, 76, None)
    assert (found["complex"], found["complex-32"]) == (None, 100 * 31 / 92)


def test_the_twelve_items_of_whodas_are_recoded_as_the_same_questions_are_among_the_36():
    # Which question is which: the openEHR archetype whodas_2_0.v1, where both forms take them from.
    same = ["D2.1", "D5.1", "D1.4", "D6.1", "D6.5", "D1.1", "D2.5", "D3.1", "D3.2", "D4.1", "D4.2", "D5.5"]
    short, long = load("whodas-12").scale("complex").recode, load("whodas-36").scale("complex").recode
    assert [short.get(str(i)) for i in range(1, 13)] == [long.get(link_id) for link_id in same]


@pytest.mark.parametrize(("domain", "most"), [("1", 20), ("2", 16), ("3", 10), ("4", 12), ("5", 24), ("6", 24)])
def test_the_recoded_items_of_whodas_reach_the_highest_sum_that_the_manual_prints_for_a_domain(domain, most):
    answers = {link_id: 5 if link_id.startswith(f"D{domain}") else 1 for link_id in WHODAS_36}
    assert {s.scale: s.value for s in score(load("whodas-36"), answers)}["complex"] == 100 * most / 106
