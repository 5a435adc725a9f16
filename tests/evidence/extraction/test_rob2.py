"""The RoB 2 table: total, monotone where it must be, and never the last word."""

from itertools import product

import pytest

from kring.evidence.extraction import rob2
from kring.evidence.problem import Problem

ALL = [(tool, domain) for tool in rob2.TOOLS for domain in rob2.domains(tool)]


@pytest.mark.parametrize(("tool", "domain"), ALL)
def test_every_set_of_answers_has_a_judgement(tool, domain):
    asked = rob2.questions(tool, domain)
    for answers in product(("Y", "N", "NI"), repeat=len(asked)):
        assert rob2.judge(tool, domain, dict(zip(asked, answers, strict=True))) in rob2.ORDER


@pytest.mark.parametrize(("tool", "domain"), ALL)
def test_with_nothing_read_a_domain_can_still_become_anything(tool, domain):
    assert rob2.attainable(tool, domain, {}) == rob2.ORDER


# Answers that speak against the result, where yes does; where it does not, no does. `NI` never is better than the good
# answer nor worse than the bad one.
BAD_YES = {"1.3", "1b.2", "1b.3", "2.1", "2.2", "2.3", "2.4", "2.7", "3.3", "3.4", "4.1", "4.2", "4.3", "4.4", "4.5",
           "5.2", "5.3"}  # fmt: skip


def _from_good_to_bad(question):
    plain = question.rstrip("ab") if question[-1] in "ab" else question
    return ("N", "NI", "Y") if plain.replace("1a.", "1.") in BAD_YES else ("Y", "NI", "N")


def _every(tool, domain):
    asked = rob2.questions(tool, domain)
    for answers in product(("Y", "N", "NI"), repeat=len(asked)):
        yield dict(zip(asked, answers, strict=True))


@pytest.mark.parametrize(("tool", "domain"), ALL)
def test_a_worse_answer_never_gives_a_better_judgement(tool, domain):
    for answers in _every(tool, domain):
        before = rob2.ORDER.index(rob2.judge(tool, domain, answers))
        for question, answer in answers.items():
            ladder = _from_good_to_bad(question)
            for worse in ladder[ladder.index(answer) + 1 :]:
                after = rob2.ORDER.index(rob2.judge(tool, domain, {**answers, question: worse}))
                assert after >= before, (answers, question, worse)


@pytest.mark.parametrize(("tool", "domain"), ALL)
def test_probably_counts_as_the_answer_itself(tool, domain):
    for answers in _every(tool, domain):
        probably = {q: {"Y": "PY", "N": "PN"}.get(a, a) for q, a in answers.items()}
        assert rob2.judge(tool, domain, probably) == rob2.judge(tool, domain, answers)


@pytest.mark.parametrize(("tool", "domain"), ALL)
def test_every_row_of_the_table_decides_something(tool, domain):
    for part in rob2.rules(tool, domain).values():
        used = {next(i for i, rule in enumerate(part) if rule.fits(answers)) for answers in _every(tool, domain)}
        assert used == set(range(len(part)))


# The published flow charts a second time, as paths and from memory, so that a slip in one of the two shows.


def _randomisation(random, concealed, imbalance):
    if concealed == "N" or (concealed == "NI" and imbalance == "Y"):
        return "high"
    return "low" if concealed == "Y" and random != "N" and imbalance != "Y" else "some concerns"


def _recruitment(before, affected, imbalance):
    if before == "Y":
        return "low"
    level = {"N": 0, "NI": 1, "Y": 2}[affected] + (imbalance == "Y")
    return rob2.ORDER[min(level, 2)]


def _deviations(aware, carers, deviated, mattered, balanced, analysis, impact):
    if (aware == "N" and carers == "N") or deviated == "N":
        first = 0
    else:
        first = 1 if deviated == "NI" or mattered == "N" or balanced == "Y" else 2
    second = 0 if analysis == "Y" else 1 if impact == "N" else 2
    return rob2.ORDER[max(first, second)]


def _missing(complete, unbiased, could, likely):
    if complete == "Y" or unbiased == "Y" or could == "N":
        return "low"
    return "some concerns" if likely == "N" else "high"


def _measured(wrong, differed, aware, could, likely):
    if "Y" in (wrong, differed):
        return "high"
    if "N" in (aware, could):
        return "low" if differed == "N" else "some concerns"
    return "some concerns" if likely == "N" else "high"


def _selected(planned, outcomes, analyses):
    if "Y" in (outcomes, analyses):
        return "high"
    return "low" if planned == "Y" and "NI" not in (outcomes, analyses) else "some concerns"


def _either_no(first, second):
    """The cluster version asks twice: who did not know of the trial need not be asked about the intervention."""
    return "N" if "N" in (first, second) else "Y"


CHARTS = {
    ("rob2", "1"): _randomisation, ("rob2-cluster", "1a"): _randomisation, ("rob2-cluster", "1b"): _recruitment,
    ("rob2", "2"): _deviations, ("rob2", "3"): _missing, ("rob2", "4"): _measured, ("rob2", "5"): _selected,
    ("rob2-cluster", "2"): lambda a, b, *rest: _deviations(_either_no(a, b), *rest),
    ("rob2-cluster", "3"): lambda a, b, *rest: _missing("Y" if a == b == "Y" else "N", *rest),
    ("rob2-cluster", "4"): lambda a, b, c, d, *rest: _measured(a, b, _either_no(c, d), *rest),
    ("rob2-cluster", "5"): _selected,
}  # fmt: skip


@pytest.mark.parametrize(("tool", "domain"), ALL)
def test_the_table_is_the_flow_chart(tool, domain):
    for answers in _every(tool, domain):
        assert rob2.judge(tool, domain, answers) == CHARTS[tool, domain](*answers.values()), answers


# Domain, answers in the order of the questions, judgement: lines of the published algorithms.
LINES = """
1 | Y Y N | low
1 | NI PY NI | low
1 | Y Y Y | some concerns
1 | N Y N | some concerns
1 | Y NI N | some concerns
1 | Y NI PY | high
1 | Y N N | high
2 | N N N N N Y N | low
2 | Y Y N N N Y N | low
2 | Y Y NI N N Y N | some concerns
2 | Y Y Y N N Y N | some concerns
2 | Y Y Y Y Y Y N | some concerns
2 | Y Y Y Y N Y N | high
2 | N N N N N N N | some concerns
2 | N N N N N N Y | high
3 | Y N Y Y | low
3 | N Y Y Y | low
3 | N N N Y | low
3 | N N Y N | some concerns
3 | N N Y Y | high
3 | N N NI NI | high
4 | Y N N N N | high
4 | N Y N N N | high
4 | N N N Y Y | low
4 | N NI N Y Y | some concerns
4 | N N Y N Y | low
4 | N N Y Y N | some concerns
4 | N N Y Y Y | high
4 | N N Y NI NI | high
5 | Y N N | low
5 | NI N N | some concerns
5 | Y NI N | some concerns
5 | Y Y N | high
5 | Y NI Y | high
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_a_line_of_the_algorithm(line):
    domain, answers, judgement = line.split(" | ")
    asked = rob2.questions("rob2", domain)
    assert rob2.judge("rob2", domain, dict(zip(asked, answers.split(), strict=True))) == judgement


def test_recruitment_after_randomisation_counts_in_a_cluster_trial():
    judge = lambda a, b, c: rob2.judge("rob2-cluster", "1b", {"1b.1": a, "1b.2": b, "1b.3": c})  # noqa: E731
    assert [judge("Y", "N", "N"), judge("N", "Y", "N"), judge("N", "NI", "N")] == [
        "low",
        "high",
        "some concerns",
    ]


def test_an_open_question_is_not_the_same_as_no_information():
    answered = {"3.1a": "NI", "3.1b": "N"}
    (assessment,) = rob2.assessments([rob2.assessed("r", "rob2-cluster", "3", answered, by="ann")]).values()
    domain = next(d for d in assessment.domains if d.domain == "3")
    assert (domain.proposed, domain.attainable) == ("not assessed", ("low", "some concerns", "high"))
    full = {**answered, "3.2": "NI", "3.3": "NI", "3.4": "NI"}
    assert rob2.attainable("rob2-cluster", "3", full) == ("high",)


def test_the_overall_judgement_is_the_least_favourable_domain():
    low = {"1": "Y Y N", "2": "N N N N N Y N", "3": "Y N N N", "4": "N N N N N", "5": "Y N N"}

    def events(**change):
        for domain, line in {**low, **change}.items():
            answers = dict(zip(rob2.questions("rob2", domain), line.split(), strict=True))
            yield rob2.assessed("r", "rob2", domain, answers, by="ann")

    assert rob2.assessments(events())["r"].overall == "low"
    one = rob2.assessments([*events(), rob2.assessed("r", "rob2", "5", {"5.1": "NI", "5.2": "N", "5.3": "N"},
                                                     by="ann", at="9")])["r"]  # fmt: skip
    assert (one.overall, one.for_a_person) == ("some concerns", False)


def test_several_concerns_are_left_to_a_person():
    concerns = [
        rob2.assessed("r", "rob2", domain, dict(zip(rob2.questions("rob2", domain), line.split(), strict=True)), by="a")
        for domain, line in {
            "1": "N Y N",
            "2": "N N N N N Y N",
            "3": "Y N N N",
            "4": "N N N N N",
            "5": "N N N",
        }.items()
    ]
    found = rob2.assessments(concerns)["r"]
    assert (found.overall, found.for_a_person) == ("some concerns", True)
    decided = rob2.decided_overall("r", "rob2", "high", "both touch the same result", by="ann")
    assert rob2.assessments([*concerns, decided])["r"].overall == "high"


def test_overruling_the_table_needs_a_reason():
    answers = {"5.1": "Y", "5.2": "N", "5.3": "N"}
    with pytest.raises(Problem, match="Give the reason"):
        rob2.assessed("r", "rob2", "5", answers, by="ann", judgement="high")
    event = rob2.assessed("r", "rob2", "5", answers, by="ann", judgement="high", reason="outcome switched")
    domain = rob2.assessments([event])["r"].domains[4]
    assert (domain.judgement, domain.overruled, domain.proposed) == ("high", True, "low")


def test_an_unknown_question_is_refused():
    with pytest.raises(Problem, match="no answer in domain 1"):
        rob2.assessed("r", "rob2", "1", {"1.9": "Y"}, by="ann")
