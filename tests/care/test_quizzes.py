"""Quizzes from elsewhere, item statistics, and when questions come back."""

import datetime as dt
import io
import tracemalloc
import zipfile
from pathlib import Path

import numpy
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kring.care.training import content, item_response, item_statistics, marking, quizzes, scheduling
from kring.care.training.models import Part
from tests.care import course
from tests.care.test_learning import browser_of

HERE = Path(__file__).parent / "quizzes"
GIFT, MOODLE, QTI3, QTI2_ORDER = (
    (HERE / name).read_bytes() for name in ("gift.txt", "moodle.xml", "qti3.xml", "qti2_order.xml")
)
BOMB = b'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>'


def kinds(found: quizzes.Read) -> list[tuple[str, list]]:
    return [(each["type"], each["right"]) for each in found.questions]


def test_gift_is_read_and_what_we_do_not_ask_is_named():
    found = quizzes.read(GIFT, "nl")
    assert kinds(found) == [
        ("single", [0]), ("single", [0]), ("multiple", [0, 1]), ("numeric", [9.0]), ("numeric", [3.0]),
        ("short", ["Aarde", "de aarde"]), ("single", [0]),
    ]  # fmt: skip
    assert [(each.name, each.kind) for each in found.unread] == [
        ("Koppel", "matching"), ("Opstel", "essay"), ("Zomaar", "description"),
    ]  # fmt: skip
    assert content.words(found.questions[6], "nl")["text"] == "Vul in: een kring heeft een _____ in het midden."
    assert content.words(found.questions[0], "nl")["explanation"] == "Ja."


def test_moodle_is_read_and_what_we_do_not_ask_is_named():
    found = quizzes.read(MOODLE, "nl")
    assert kinds(found) == [("single", [1]), ("single", [1]), ("numeric", [3.0])]
    assert [(each.name, each.kind) for each in found.unread] == [("Vier", "cloze")]
    assert content.words(found.questions[0], "nl")["text"] == "Wie beslist?"
    assert marking.is_right(found.questions[2], "3,05")


def test_qti_of_both_versions_is_read_also_packed():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("imsmanifest.xml", "<manifest/>")
        package.writestr("a.xml", QTI3)
        package.writestr("b.xml", QTI2_ORDER)
    found = quizzes.read(packed.getvalue(), "nl")
    assert kinds(found) == [("single", [1])]
    assert found.unread == [quizzes.Unread("Volgorde", "orderinteraction")]
    assert content.words(found.questions[0], "nl")["text"] == "Wie beslist?"


@pytest.mark.parametrize(
    ("raw", "why"),
    [(BOMB, "DTD"), (b"<quiz><q></quiz>", "broken"), (b"\xff\xfe\x00", "UTF-8"), (b"<html/>", "neither"),
     (b"PK\x03\x04zz", "zip"), (b'<?xml version="1.0" encoding="idna"?><quiz/>', "encoding"),
     (b"q {#" + b"9" * 400 + b"}", "number"),
     (b'<quiz><question type="multichoice"><answer fraction="half"/></question></quiz>', "number")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(raw, why):
    with pytest.raises(quizzes.Unreadable, match=why):
        quizzes.read(raw, "nl")


def test_a_package_that_lies_about_its_size_is_not_unpacked_whole():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a.xml", b" " * 30_000_000)
    lying, small = bytearray(packed.getvalue()), (1_000).to_bytes(4, "little")
    told = lying.rfind(b"PK\x01\x02") + 24
    lying[told : told + 4] = lying[22:26] = small
    tracemalloc.start()
    with pytest.raises(quizzes.Unreadable, match="zip"):
        quizzes.read(bytes(lying), "nl")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000


@given(st.text(max_size=300))
def test_no_text_makes_the_gift_reader_fall_over(words):
    found = quizzes.gift.read(words, "nl")
    assert all(each["right"] for each in found.questions)


def send(cast, raw: bytes, **more):
    page = {"new_id": "0f7e3a52-1111-4222-8333-966666666666", "title": "Van elders", "language": "nl", **more}
    page["file"] = SimpleUploadedFile("q.txt", raw)
    return browser_of(cast.tess).post(reverse("training:import"), page)


def test_the_rest_is_imported_only_when_told_to(cast):
    asked = send(cast, GIFT)
    assert asked.status_code == 422
    assert b"Koppel" in asked.content
    assert not Part.objects.filter(kind="quiz").exists()
    for _time in range(2):  # a double click
        assert send(cast, GIFT, rest="on").status_code == 302
    (part,) = Part.objects.filter(kind="quiz")
    assert len(part.versions.get().content["questions"]) == 7


def test_a_quiz_that_is_not_whole_is_refused_with_the_reason(cast):
    answer = send(cast, b"::A::Welke? {=een ~een ~}")
    assert answer.status_code in (302, 422)
    assert send(cast, b"").status_code == 422


# item statistics

LSAT6 = {
    "00000": 3, "00001": 6, "00010": 2, "00011": 11, "00100": 1, "00101": 1, "00110": 3, "00111": 4, "01000": 1,
    "01001": 8, "01011": 16, "01101": 3, "01110": 2, "01111": 15, "10000": 10, "10001": 29, "10010": 14, "10011": 81,
    "10100": 3, "10101": 28, "10110": 15, "10111": 80, "11000": 16, "11001": 56, "11010": 21, "11011": 173,
    "11100": 11, "11101": 61, "11110": 28, "11111": 298,
}  # fmt: skip
"""Section 6 of the Law School Admission Test (Bock and Lieberman 1970): response pattern -> people, as the R package
ltm prints it for its data set LSAT (seen in the public R output rstudio-pubs 1049111)."""


def test_item_statistics_of_a_published_example():
    """The data are as printed. What is expected was worked out in base R (cov, cor), not read in print; numpy works it
    out a third time below.
    """
    rows = [[int(mark) for mark in pattern] for pattern, count in LSAT6.items() for _person in range(count)]
    found = item_statistics.of_answers(rows)
    assert found.people == 1000
    assert round(found.alpha, 4) == 0.2950
    assert [each.difficulty for each in found.items] == [0.924, 0.709, 0.553, 0.763, 0.870]
    assert [round(each.discrimination, 4) for each in found.items] == [0.1128, 0.1532, 0.1728, 0.1444, 0.1216]
    assert [round(each.alpha_without, 4) for each in found.items] == [0.2754, 0.2376, 0.2168, 0.2459, 0.2663]
    marks = numpy.array(rows)
    for number, each in enumerate(found.items):
        rest = numpy.delete(marks, number, axis=1)
        assert each.discrimination == pytest.approx(numpy.corrcoef(marks[:, number], rest.sum(1))[0, 1], abs=1e-12)
        spread = rest.var(0, ddof=1).sum() / rest.sum(1).var(ddof=1)
        assert each.alpha_without == pytest.approx(4 / 3 * (1 - spread), abs=1e-12)


LTM = {  # as printed with ltm(LSAT ~ z1), log-likelihood -2466.653 (rstudio-pubs 1049111; kdavis91, 2PL-and-3PL)
    "location": [-3.3597341, -1.3696497, -0.2798983, -1.8659189, -3.1235725],
    "slope": [0.8253715, 0.7229499, 0.8904748, 0.6885502, 0.6574516],
}


def test_item_response_theory_of_a_published_example():
    rows = [[int(mark) for mark in pattern] for pattern, count in LSAT6.items() for _person in range(count)]
    found = item_response.curves(rows)
    assert [each.location for each in found] == pytest.approx(LTM["location"], abs=0.015)
    assert [each.slope for each in found] == pytest.approx(LTM["slope"], abs=0.01)


def test_item_response_theory_is_silent_of_few_people_and_where_nobody_differs():
    rows = [[number % 2, number % 3 > 0, number % 5 > 0, 1] for number in range(200)]
    assert item_response.curves(rows[:199]) is None
    assert item_response.curves([[1, 1, 1]] * 300) is None
    found = item_response.curves([list(map(int, row)) for row in rows])
    assert found is None or found[3] is None, "everybody was right"


def test_where_everybody_is_right_there_is_no_correlation_and_no_alpha():
    found = item_statistics.of_answers([[1, 1]] * 6)
    assert (found.alpha, found.items[0].discrimination, found.items[0].difficulty) == (None, None, 1.0)


def test_fewer_than_five_people_are_not_shown_and_a_sixth_changes_nothing(cast, django_assert_max_num_queries):
    from kring.care.people.models import Person, Post
    from kring.care.training.actions import leading

    made = course.build(cast)
    part, version = made.part("chime-quiz"), made.part("chime-quiz").versions.get()
    keys = [each["key"] for each in content.questions(version.content)]
    shown = []
    for number in range(6):
        person = Person.objects.create_user(f"l{number}@example.org", name=f"L{number}")
        Post.objects.create(person=person, organisation=cast.organisation, team=cast.team, role="professional")
        learner = leading.enrol(
            by=cast.tess, cohort=made.cohort, person=person, team=cast.team, joined_on=made.cohort.starts_on
        )
        course.take_quiz(person, learner, part, right=number < 5)
        with django_assert_max_num_queries(2):
            shown.append(item_statistics.of_version(version, keys))
    assert shown[:4] == [None] * 4
    assert shown[4] is not None
    assert shown[4] == shown[5]


# when questions come back

MOMENT = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def test_a_question_that_was_known_comes_back_later_than_one_that_was_not():
    start = scheduling.Memory(due_at=MOMENT)
    wrong, guessed, right = (scheduling.after(start, each, MOMENT) for each in (1, 2, 3))
    assert MOMENT < wrong.due_at <= guessed.due_at <= right.due_at


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.integers(1, 400)), min_size=1, max_size=12))
def test_the_next_time_is_always_ahead_and_at_most_a_year_away(answers):
    memory, moment = scheduling.Memory(due_at=MOMENT), MOMENT
    reviews = []
    for rated, days in answers:
        moment += dt.timedelta(days=days)
        memory = scheduling.after(memory, rated, moment)
        reviews.append((rated, moment))
        assert dt.timedelta(0) < memory.due_at - moment <= dt.timedelta(days=scheduling.LONGEST)
        assert 1 <= memory.difficulty <= 10
    assert scheduling.replayed(reviews) == memory


@given(st.integers(1, 300))
def test_remembering_longer_makes_the_next_interval_longer(days):
    first = scheduling.after(scheduling.Memory(due_at=MOMENT), 3, MOMENT)
    sooner = scheduling.after(first, 3, MOMENT + dt.timedelta(days=days))
    later = scheduling.after(first, 3, MOMENT + dt.timedelta(days=days + 30))
    assert later.stability >= sooner.stability
