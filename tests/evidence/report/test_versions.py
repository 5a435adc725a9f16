"""A published version, and what a later state changes of it."""

import pytest

from kring.evidence import log
from kring.evidence.cli import main
from kring.evidence.extraction.values import keyed
from kring.evidence.folder import new
from kring.evidence.problem import Problem
from kring.evidence.report.state import read_review
from kring.evidence.report.versions import publish, since
from kring.evidence.synthesis import grade

PLAN = '[studies]\nmain = ["in"]\n[[group]]\nid = "g"\ntitle = "Recovery"\nlevel = "client"\ndomains = ["recovery"]\n'
USABLE = {"effect": 2, "ci_low": -1, "ci_high": 5, "sd_int": 10, "sd_ctl": 10, "use": "pool; direction",
          "direction": "benefit", "cluster_adjusted": "yes"}  # fmt: skip


@pytest.fixture
def review(tmp_path):
    folder = new(tmp_path / "review")
    (folder.synthesis / "plan.toml").write_text(PLAN)
    add(folder, "a")
    return folder


def add(folder, study):
    row = {"label": study, "role": "in", "randomised": "yes"}
    outcome = {"study_id": study, "level": "client", "domain": "recovery", "better": "higher"}
    log.append(folder.decisions, [
        keyed("studies", study, row, by="ann", state="full text"),
        keyed("reports", study, {"study_id": study}, by="ann", state="full text"),
        keyed("outcomes", study, outcome, by="ann", state="full text"),
        keyed("results", study, {"outcome_id": study, "report_id": study, **USABLE}, by="ann", state="full text"),
    ])  # fmt: skip


def compared(folder):
    return since(read_review(folder), log.read(folder.decisions))


def test_without_a_published_version_there_is_nothing_to_compare(review):
    assert compared(review) is None


def test_nothing_new_changes_nothing(review, capsys):
    assert main(["publish", str(review.root)]) == 0
    found = compared(review)
    assert (found.version, found.changes, found.events) == ("0.1", (), ())


def test_a_new_trial_changes_estimate_interval_and_directions_with_its_provenance(review):
    publish(read_review(review), log.read(review.decisions))
    add(review, "b")
    found = compared(review)
    changes = {change.what: (change.before, change.now) for change in found.changes}
    assert changes["studies"] == ("1", "2")
    assert changes["estimate"] == ("not pooled", "0.20")
    assert changes["interval"][0] == "none"
    assert "2 of 2 with a sign" in changes["directions"][1]
    assert found.events == (("extract", 4),)
    assert "results b" in found.rows


def test_a_rating_changes_certainty(review):
    publish(read_review(review), log.read(review.decisions))
    log.append(review.decisions, [grade.rated("g", domain, 0, "why", by="ann") for domain in grade.DOMAINS])
    (change,) = compared(review).changes
    assert (change.what, change.before, change.now) == ("certainty", "not rated", "high")


def test_a_published_version_is_not_written_over(review):
    publish(read_review(review), log.read(review.decisions))
    add(review, "b")
    with pytest.raises(Problem, match=r"Version 0\.1 was published in another state"):
        publish(read_review(review), log.read(review.decisions))


def test_the_page_tells_what_changed(review):
    publish(read_review(review), log.read(review.decisions))
    add(review, "b")
    assert main(["build", str(review.root)]) == 0
    page = (review.report / "index.html").read_text("utf-8")
    assert "What changed since version 0.1" in page
    assert "not pooled" in page
