"""The flow is counted from ledger and log; what cannot be is named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kring.evidence import log
from kring.evidence.extraction.values import derive, keyed
from kring.evidence.files import write_jsonl
from kring.evidence.folder import new
from kring.evidence.problem import Problem
from kring.evidence.report.prisma import derive_flow, draw


@pytest.fixture
def review(tmp_path):
    """Eight records: six from PubMed, of which two are one article, and two found by hand."""
    folder = new(tmp_path / "review")
    folder.criteria.write_text('include = ["a"]\n[[exclude]]\ncode = "design"\ntext = "Not randomised"\n')
    write_jsonl(
        folder.ledger, [{"source": "pm", "database": "PubMed"}, {"source": "hand", "database": "other: letters"}]
    )
    ids = [f"pm-{i}" for i in range(6)] + ["hand-1", "hand-2"]
    write_jsonl(folder.records, [{"id": i, "source": i.split("-")[0], "title": f"Title {i}"} for i in ids])
    distinct = [{"id": i, "members": [i], "title": f"Title {i}"} for i in ids if i not in ("pm-0", "pm-1")]
    write_jsonl(folder.deduplicated, [{"id": "pm-0", "members": ["pm-0", "pm-1"]}, *distinct])
    return folder


def say(record, decision, stage="title_abstract", by="ann", at="1", **more):
    return log.event(stage=stage, reviewer=by, at=at, record_id=record, decision=decision, **more)


def retrieved(record, how="retrieved"):
    return log.event(stage="full_text", reviewer="ann", at="1", record_id=record, retrieval=how)


def flow_of(review, *events):
    """The flow of exactly these events: the log is written anew."""
    write_jsonl(review.decisions, events)
    return derive_flow(review, events, derive([e for e in events if e["stage"] == "extract"]))


WHOLE = [
    say("pm-0", "include"), say("pm-2", "exclude"), say("pm-3", "maybe"), say("pm-4", "include"),
    say("pm-5", "include"), say("hand-1", "include"), say("hand-2", "exclude"),
    retrieved("pm-0"), say("pm-1", "include", "full_text"),
    retrieved("pm-3", "not_retrieved"),
    retrieved("pm-4"), say("pm-4", "exclude", "full_text", reason="design"),
    retrieved("hand-1"), say("hand-1", "include", "full_text"),
    keyed("reports", "a", {"study_id": "one", "record_id": "pm-1"}, by="ann", state="full text", at="1"),
    keyed("reports", "b", {"study_id": "one", "record_id": "hand-1"}, by="ann", state="full text", at="1"),
]  # fmt: skip


def test_every_box_is_counted_from_the_log(review):
    flow = flow_of(review, *WHOLE)
    counts = {name: box.count for name, box in flow.boxes.items() if box.count}
    assert counts == {
        "identified": 6, "others": 2, "duplicates": 1, "screened": 7, "excluded": 2, "sought": 5,
        "not_retrieved": 1, "awaiting_report": 1, "assessed": 3, "excluded_reports": 1, "included_reports": 2,
        "included_studies": 1,
    }  # fmt: skip
    assert flow.impossible == ()


def test_a_decision_on_a_duplicate_counts_for_its_article(review):
    assert "pm-0" in flow_of(review, *WHOLE).boxes["included_reports"].members


def test_two_reports_of_one_study_are_one_study(review):
    assert flow_of(review, *WHOLE).boxes["included_studies"].members == ("one",)


def test_each_excluded_report_stands_under_its_reason(review):
    assert flow_of(review, *WHOLE).boxes["excluded_reports"].parts == (("design", ("pm-4",)),)


def test_reviewers_who_differ_leave_a_record_awaiting(review):
    flow = flow_of(review, say("pm-2", "include"), say("pm-2", "exclude", by="bob"))
    assert "pm-2" in flow.boxes["awaiting_screening"].members
    settled = flow_of(review, say("pm-2", "include"), say("pm-2", "exclude", by="bob"),
                      say("pm-2", "exclude", by="cas", at="2", adjudicates=True))  # fmt: skip
    assert "pm-2" in settled.boxes["excluded"].members


def test_what_a_stop_left_unscreened_is_told_apart(review):
    stop = log.event(stage="stop", reviewer="ann", at="3", rule="buscar")
    flow = flow_of(review, say("pm-0", "include"), stop)
    assert (flow["unscreened"], flow["awaiting_screening"], flow["screened"]) == (6, 0, 1)
    assert flow.impossible == ()


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ([say("pm-2", "exclude"), say("pm-2", "include", "full_text")], "pm-2 has a full-text decision although"),
        ([say("pm-2", "include"), retrieved("pm-2", "not_retrieved"), say("pm-2", "include", "full_text")],
         "although its report was not retrieved"),
    ],
)  # fmt: skip
def test_an_impossible_count_names_itself(review, events, says):
    assert any(says in told for told in flow_of(review, *events).impossible)


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (say("gone-9", "include"), "line 1: This decision is about record gone-9, which is not in the review"),
        (say("pm-2", "exclude", "full_text"), "line 1: A full text was excluded without a reason"),
    ],
)
def test_a_decision_that_cannot_be_counted_is_refused_with_its_line(review, event, says):
    with pytest.raises(Problem, match=says):
        flow_of(review, event)


def test_a_full_text_that_is_only_maybe_still_awaits_its_decision(review):
    flow = flow_of(review, say("pm-2", "include"), say("pm-2", "maybe", "full_text"))
    assert (flow.boxes["awaiting_report"].members, flow["assessed"]) == (("pm-2",), 0)


def test_a_previous_version_with_more_studies_than_reports_is_impossible(review):
    review.review_toml.write_text(review.review_toml.read_text() + "\n[previous]\nstudies = 8\nreports = 7\n")
    assert "the previous version counts 8 studies from 7 reports" in flow_of(review).impossible


DECISIONS = st.lists(
    st.tuples(
        st.sampled_from([f"pm-{i}" for i in range(6)] + ["hand-1", "hand-2"]),
        st.sampled_from(["include", "exclude", "maybe"]),
        st.sampled_from(["title_abstract", "full_text"]),
        st.sampled_from(["ann", "bob"]),
    ),
    max_size=30,
)


def test_the_identities_hold_whatever_people_decide(review):
    @settings(max_examples=60, deadline=None)
    @given(DECISIONS, st.booleans())
    def holds(decisions, stopped):
        events = [say(r, d, s, by, at=str(i), reason="design") for i, (r, d, s, by) in enumerate(decisions)]
        if stopped:
            events.append(log.event(stage="stop", reviewer="ann", at="9", rule="x"))
        flow = flow_of(review, *events)
        assert not any(" is not " in told and "=" in told for told in flow.impossible)
        assert flow_of(review, *events[::-1]).boxes == flow.boxes

    holds()


def test_the_drawing_links_each_box_to_its_records(review):
    svg = draw(flow_of(review, *WHOLE)).svg()
    for box in ("identified", "others", "duplicates", "screened", "excluded", "sought", "assessed", "included_studies"):
        assert f'href="#box-{box}"' in svg
    assert "Reports excluded (n\u00a0=\u00a01)" in svg
