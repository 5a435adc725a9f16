"""How it goes: filling in with every way back, what may be said of a change, when letters go, what is planned."""

import datetime as dt
import json
import re
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation

from kring.care import jobs
from kring.care.circles import actions as circle_actions
from kring.care.circles.models import Circle
from kring.care.circles.topics import Task
from kring.care.export.bringing import Faulty, bring
from kring.care.export.document import document
from kring.care.measures import actions, factors, filling, policy, reading, texts
from kring.care.measures.forms import AnswerOne
from kring.care.measures.jobs import remind_of_questions
from kring.care.measures.models import LifeFactor, LoadedInstrument, Measurement, Schedule, Score
from kring.care.measures.occasions import coming, months_later, occasions, waiting
from kring.care.measures.telling import told
from kring.care.stored import Denied, Stale
from tests.browser.pages.measures import asking, fill, line_of, loaded, own, totals, year
from tests.care.test_export import forget, without_import

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 1, 31)


def signed_in(person):
    browser = Client()
    browser.force_login(person)
    return browser


def page(cast, name, path):
    return signed_in(cast.people[name]).get(f"/c/{cast.circle.pk}/progress/{path}")


def said_on(cast, name, path):
    with translation.override("en"):
        return page(cast, name, path).content.decode()


@pytest.mark.parametrize(
    ("months", "day"), [(0, DAY), (1, dt.date(2026, 2, 28)), (9, dt.date(2026, 10, 31)), (11, dt.date(2026, 12, 31))]
)
def test_a_month_later_is_the_same_day_or_the_last(months, day):
    assert months_later(DAY, months) == day
    assert months_later(DAY, months + 12) == months_later(dt.date(2027, 1, 31), months)


def test_the_calendar_ends_and_nothing_breaks(cast):
    assert months_later(dt.date(9999, 12, 31), 18) == dt.date.max
    new_id = str(uuid.uuid4())
    path = f"/c/{cast.circle.pk}/progress/plan/new/kring-checkin/?id={new_id}"
    got = signed_in(cast.noor).post(path, {"new_id": new_id, "starts_on": "9999-12-31", "months": ["0", "18"]})
    assert "Kies een dag binnen tien jaar" in got.content.decode()


@pytest.mark.parametrize(
    ("label", "name", "value"),
    [
        ("Schedule", "months", [0, "x"]),
        ("Schedule", "months", [9, 0]),
        ("Schedule", "dates", ["gisteren"]),
        ("Measurement", "answers", [1]),
        ("Measurement", "answers", {"1": []}),
        ("Score", "value", "veel"),
    ],
)
def test_a_spoiled_file_is_refused_by_its_place(cast, label, name, value):
    fill(cast, line_of(cast), 2)
    taken = document(cast.circle.pk)
    taken["rows"][f"measures.{label}"][0][name] = value
    forget(cast.circle.pk)
    with pytest.raises(Faulty, match=f"measures.{label} 1, {name}"):
        bring(by=cast.olaf, content=json.dumps(taken).encode())
    assert not Schedule.objects.exists()


def test_what_waits_is_the_newest_occasion_for_twelve_weeks():
    planned = Schedule(starts_on=DAY, months=[0, 9, 18], dates=["2026-03-01", "2026-01-31"])
    assert [(each.on, each.month) for each in occasions(planned)][:2] == [(DAY, 0), (dt.date(2026, 3, 1), None)]
    assert waiting(planned, [], DAY - dt.timedelta(days=1)) is None
    assert waiting(planned, [], DAY).month == 0
    assert waiting(planned, [DAY], DAY) is None
    assert waiting(planned, [], dt.date(2026, 3, 2)).on == dt.date(2026, 3, 1), "a newer one takes its place"
    assert waiting(planned, [], dt.date(2026, 8, 1)) is None, "it passed, and nothing is said of it"
    assert coming(planned, dt.date(2026, 8, 1)).month == 9


def test_each_answer_is_kept_and_the_scores_come_with_the_end(cast):
    line = line_of(cast)
    filled = fill(cast, line, 3, skip=("hope-1", "hope-2"))
    assert (filled.month, filled.instrument_version, filled.language) == (0, "1.0", "nl")
    scores = {score.scale: score for score in filled.scores.all()}
    assert (scores["identity"].value, scores["identity"].rule) == (3.0, "complete")
    assert (scores["hope"].value, scores["hope"].rule) == (None, "too_few")
    assert (scores["recovery"].answered, scores["recovery"].of, scores["recovery"].rule) == (8, 10, "filled")


def test_finishing_twice_changes_nothing_and_undo_takes_the_scores_away(cast):
    line = line_of(cast)
    filled, noor = fill(cast, line, 2), cast.seat("noor")
    filling.finish(by=noor, filled=Measurement.objects.get(pk=filled.pk), asking=asking(cast, line))
    filling.finish(by=noor, filled=filled, asking=asking(cast, line))
    assert Score.objects.filter(measurement=filled).count() == 7
    filled.refresh_from_db()
    filling.reopen(by=noor, filled=filled)
    assert not Score.objects.exists()
    assert Measurement.objects.get().answers["hope-1"] == 2, "the answers are still there"


def test_after_a_while_a_finished_one_stays_finished(cast):
    with time_machine.travel(timezone.now() - dt.timedelta(hours=2)):
        filled = fill(cast, line_of(cast), 2)
    filled.refresh_from_db()
    with pytest.raises(Denied):
        filling.reopen(by=cast.seat("noor"), filled=filled)


def test_begun_on_one_device_and_gone_on_with_on_another(cast):
    line = line_of(cast)
    filled = filling.begin(by=cast.seat("noor"), line=line, asking=asking(cast, line))
    filling.answer(by=cast.seat("noor"), filled=filled, version=1, link_id="hope-1", value=3)
    again = filling.begin(by=cast.seat("noor"), line=line, asking=asking(cast, line, "en"))
    assert (again.pk, again.language, again.answers) == (filled.pk, "nl", {"hope-1": 3})
    assert texts.of_filled(cast.circle.pk, line.instrument, again).language == "nl"


def test_two_devices_keep_both_answers_and_show_both_of_one_question(cast):
    line, noor = line_of(cast), cast.seat("noor")
    one = filling.begin(by=noor, line=line, asking=asking(cast, line))
    two = Measurement.objects.get(pk=one.pk)
    filling.answer(by=noor, filled=one, version=1, link_id="hope-1", value=3)
    filling.answer(by=noor, filled=two, version=1, link_id="hope-2", value=1)
    assert Measurement.objects.get().answers == {"hope-1": 3, "hope-2": 1}
    with pytest.raises(Stale):
        filling.answer(by=noor, filled=two, version=1, link_id="hope-1", value=0)
    assert Measurement.objects.get().answers["hope-1"] == 3


def test_the_page_shows_both_answers_and_keeps_what_was_chosen(cast):
    line, noor = line_of(cast), cast.seat("noor")
    filled = filling.begin(by=noor, line=line, asking=asking(cast, line))
    filling.answer(by=noor, filled=filled, version=1, link_id="connectedness-1", value=3)
    browser, path = signed_in(cast.noor), f"/c/{cast.circle.pk}/progress/answers/{filled.pk}/1/"
    got = browser.post(path, {"version": 1, "answer": 0})
    assert got.status_code == 200
    assert "Klopt grotendeels" in got.content.decode()
    again = browser.post(path, {"version": 2, "answer": 0})
    assert again.status_code == 302
    assert Measurement.objects.get().answers == {"connectedness-1": 0}


def test_a_closed_question_does_not_count(cast):
    line = line_of(cast, "kring-life")
    found = asking(cast, line)
    answers = {"work": 4, "work-wish": 2}
    assert "work-wish" not in filling.answered(answers, found)
    assert "work-wish" in filling.answered({**answers, "work": 1}, found)


def test_words_that_changed_meanwhile_lose_no_answer(cast):
    line = line_of(cast)
    filled = filling.begin(by=cast.seat("noor"), line=line, asking=asking(cast, line))
    Measurement.objects.filter(pk=filled.pk).update(instrument_version="0.1", answers={"hope-1": 2})
    assert "Deze vragen zijn veranderd" in page(cast, "noor", f"answers/{filled.pk}/").content.decode()
    got = signed_in(cast.noor).post(f"/c/{cast.circle.pk}/progress/answers/{filled.pk}/anew/")
    new = Measurement.objects.get(removed_at=None)
    assert got.headers["Location"].endswith(f"/{new.pk}/")
    assert (new.instrument_version, new.answers) == ("1.0", {})
    assert Measurement.objects.get(pk=filled.pk).answers == {"hope-1": 2}
    assert str(filled.pk) in json.dumps(document(cast.circle.pk)), "it goes along with the client's data"


def test_declining_needs_no_reason_and_can_be_undone(cast):
    line, noor = line_of(cast), cast.seat("noor")
    declined = filling.decline(by=noor, line=line)
    assert filling.waits(line) is None
    assert reading.finished(noor, line) == []
    filling.remove(by=noor, filled=declined)
    assert filling.waits(line) is not None


def test_totals_stay_within_the_range_and_on_a_day_of_their_own(cast):
    line_id = totals(cast)["line"]
    browser, path = signed_in(cast.pieter), f"/c/{cast.circle.pk}/progress/{line_id}/totals/"
    day, new_id = timezone.localdate().isoformat(), str(uuid.uuid4())
    form = {"new_id": new_id, "due_on": day, "language": "nl"}
    assert (
        "Schrijf een getal van 0 tot 48"
        in browser.post(f"{path}?id={new_id}", form | {"scale_0": "49"}).content.decode()
    )
    assert "minstens één getal" in browser.post(f"{path}?id={new_id}", form).content.decode()
    taken = (timezone.localdate() - dt.timedelta(days=10)).isoformat()
    got = browser.post(f"{path}?id={new_id}", form | {"due_on": taken, "scale_0": "10"})
    assert "Op die dag staat al iets" in got.content.decode()
    for _twice in range(2):
        assert browser.post(f"{path}?id={new_id}", form | {"scale_0": "10"}).status_code == 302
    assert Measurement.objects.get(pk=new_id).scores.get().rule == "entered"
    assert Measurement.objects.count() == 3


def test_a_change_within_the_noise_is_never_called_better_or_worse():
    scale = texts.definition_of("honos").scale("total")
    days = (dt.date(2026, 1, 1), dt.date(2026, 9, 1))

    def said(first, last, one=scale):
        with translation.override("en"):
            return reading.sentence(one, [(days[0], first, "1"), (days[1], last, "1")])

    for last in range(9, 24):  # eight or more is a change (Parabiaghi 2005; see the definition)
        assert "do not call it better or worse" in said(16, last) or last == 16
    assert "goes better" in said(16, 8)
    assert "less well" in said(16, 24)
    unknown = texts.definition_of("kring-checkin").scale("hope")
    for last in (0, 4):
        assert "cannot say whether" in said(2, last, unknown)
    with translation.override("en"):
        changed = reading.sentence(scale, [(days[0], 40, "1"), (days[1], 2, "2")])
    assert "cannot be compared" in changed


@pytest.mark.parametrize(
    ("last", "said"),
    [("3.9", "niet beter of slechter"), ("2.7", "niet beter of slechter"), ("4.0", "beter dan aan het begin")],
)
def test_the_page_says_among_whom_it_was_found_how_much_can_be_chance(cast, last, said):
    """Of the NEL a difference of 0.65 can be chance, among people in Dutch FACT care (see the definition)."""
    noor, definition = cast.seat("noor"), texts.definition_of("nel")
    line = line_of(cast, "nel")
    for days, total in ((300, "3.3"), (10, last)):
        filling.enter_totals(
            by=noor, line=line, id=uuid.uuid4(), due_on=timezone.localdate() - dt.timedelta(days=days),
            definition=definition, totals={"total": Decimal(total)}, language="nl",
            instrument_version=definition.version,
        )  # fmt: skip
        text = page(cast, "noor", f"{line.pk}/").content.decode()
        assert ("Tjaden" in text) == (days == 10)  # one score is compared with nothing
    assert said in text
    assert "onderzocht bij mensen met een ernstige psychische aandoening in Nederland. Bij jou kan" in text


def test_the_line_says_who_which_version_which_language_and_what_was_missing(cast):
    found = year(cast)
    text = page(cast, "noor", f"{found['line']}/").content.decode()
    for words in (
        "Ingevuld door jezelf",
        "versie 1.0",
        "in het Nederlands",
        "te weinig antwoorden",
        "Niet gevalideerd",
    ):
        assert words in text
    assert "Geen alarm" in text
    assert 'class="meeting"' in text
    assert 'class="goal"' in text
    months = re.findall(r"<text[^>]*>(\w{3}) 20\d\d</text>", text)
    assert months
    assert all(month.islower() for month in months), "in Dutch, months begin with a small letter"


def test_one_score_is_a_sentence_without_a_drawing_and_what_holds_for_all_is_said_once(cast):
    line = line_of(cast, "kring-life")
    fill(cast, line, 2)
    text = page(cast, "noor", f"{line.pk}/").content.decode()
    assert text.count("was de score") > 1
    assert text.count("Er is nog niets om het mee te vergelijken.") == 1
    assert "<figure" not in text


def test_whoever_chooses_who_sees_a_line_reads_its_name(cast, client):
    line = line_of(cast, "kring-life")
    client.force_login(cast.noor)
    asked = client.get(f"/c/{cast.circle.pk}/sees/progress/{line.pk}/", follow=True).content.decode()
    assert "Hoe gaat het in je leven?" in asked
    assert "kring-life" not in asked


def test_a_proposal_asks_nothing_until_the_client_agrees(cast):
    line = actions.plan(by=cast.seat("ruth"), id=uuid.uuid4(), instrument="kring-checkin", respondent="client")
    assert line.agreed_at is None
    assert reading.turns(cast.seat("noor")) == []
    assert "kring-checkin" not in str(policy.lines_visible_to(cast.seat("sanne")))
    with pytest.raises(Denied):
        actions.agree(by=cast.seat("ruth"), line=line)
    actions.agree(by=cast.seat("noor"), line=line)
    assert [turn.line.pk for turn in reading.turns(cast.seat("noor"))] == [line.pk]


def test_only_the_client_plans_and_only_a_regieondersteuner_proposes(cast):
    for name in ("sanne", "pieter", "ximena"):
        with pytest.raises(Denied):
            actions.plan(by=cast.seat(name), id=uuid.uuid4(), instrument="kring-checkin", respondent="client")


def test_planning_the_same_twice_gives_the_line_that_runs(cast):
    assert line_of(cast).pk == line_of(cast).pk


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_circle_that_rests_asks_nothing(cast, state):
    line = line_of(cast)
    circle_actions.set_circle_state(by=cast.seat("noor"), state=state)
    noor = cast.seat("noor")
    assert reading.turns(noor) == []
    assert remind_of_questions(timezone.localdate()) == 0
    with pytest.raises(Denied):
        filling.begin(by=noor, line=line, asking=asking(cast, line))
    with pytest.raises(Denied):
        line_of(cast, "kring-life")
    assert page(cast, "noor", f"{line.pk}/").status_code == 200, "what is there can still be read"


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_whoever_plans_or_answers_while_the_circle_comes_to_rest_reads_so_and_loses_nothing(cast, client, state):
    filled = filling.begin(by=cast.seat("noor"), line=line_of(cast), asking=asking(cast, line_of(cast)))
    circle, new = f"/c/{cast.circle.pk}/progress/", str(uuid.uuid4())
    circle_actions.set_circle_state(by=cast.seat("noor"), state=state)
    client.force_login(cast.noor)
    sent = {"new_id": new, "starts_on": "2026-03-01", "months": ["0", "9"]}
    planning, answering = f"{circle}plan/new/kring-life/?id={new}", f"{circle}answers/{filled.pk}/1/"
    for address, given in [(planning, sent), (answering, {"version": filled.version, "answer": "3"})]:
        told = client.post(address, given).content.decode()
        assert "Je kring heeft een pauze of is gesloten" in told
        for value in ("2026-03-01", "9") if given is sent else ("3",):
            assert f'value="{value}"' in told
    assert Schedule.objects.count() == 1
    filled.refresh_from_db()
    assert filled.answers == {}
    client.force_login(cast.sanne)
    assert client.post(planning, sent).status_code == 404
    circle_actions.set_circle_state(by=cast.seat("noor"), state="open")
    client.force_login(cast.noor)
    client.post(planning, sent)
    assert Schedule.objects.get(instrument="kring-life").months == [0, 9]


def test_a_paused_or_stopped_line_asks_nothing_and_goes_on(cast):
    line, noor = line_of(cast), cast.seat("noor")
    for state in ("pause", "stop"):
        actions.set_state(by=noor, line=line, state=state)
        line.refresh_from_db()
        assert not policy.may_fill(noor, line)
        actions.set_state(by=noor, line=line, state="resume")
        line.refresh_from_db()
        assert policy.may_fill(noor, line)


def test_letters_go_once_and_once_more_a_week_later_without_content(cast, mailoutbox):
    line_of(cast)
    jobs.run_due()
    mailoutbox.clear()
    today = timezone.localdate()
    counts = []
    for days in (0, 0, 3, 7, 8, 30):
        with time_machine.travel(timezone.now() + dt.timedelta(days=days)):
            counts.append(remind_of_questions(today + dt.timedelta(days=days)))
    assert counts == [1, 0, 0, 1, 0, 0]
    jobs.run_due()
    assert [letter.to for letter in mailoutbox] == [["Noor <noor@example.org>"]] * 2
    for letter in mailoutbox:
        words = (letter.subject + letter.body).lower()
        assert not any(word in words for word in ("herstel", "score", "vragenlijst", "check-in", "hoe gaat het"))


def test_whoever_began_or_declined_is_not_reminded(cast):
    line = line_of(cast)
    filling.begin(by=cast.seat("noor"), line=line, asking=asking(cast, line))
    filling.decline(by=cast.seat("noor"), line=line_of(cast, "kring-life"))
    assert remind_of_questions(timezone.localdate()) == 0


def test_a_professional_fills_in_what_the_client_asked_and_sees_no_more(cast):
    found = totals(cast)
    assert page(cast, "pieter", f"{found['line']}/").status_code == 200
    assert page(cast, "noor", f"{found['line']}/").status_code == 200
    assert page(cast, "ruth", f"{found['line']}/").status_code == 404
    check_in = line_of(cast)
    assert page(cast, "pieter", f"{check_in.pk}/").status_code == 404


def test_handed_over_it_is_typed_for_the_client_and_the_score_says_by_whom(cast):
    line = line_of(cast)
    until = timezone.localdate() + dt.timedelta(days=3)
    circle_actions.hand_over(by=cast.seat("noor"), member=cast.members["ximena"], task=Task.PROGRESS, until=until)
    filled = fill(cast, line, 1, who="ximena")
    assert filled.filled_by_id == cast.ximena.pk
    assert "Ingevuld door Ximena" in page(cast, "noor", f"{line.pk}/").content.decode()


def test_words_come_from_the_organisation_that_has_the_licence(cast):
    loaded(cast)
    assert texts.asking(cast.circle.pk, "qpr-15", "nl") is not None
    cast.circle.team = cast.other_team
    other = Circle.objects.create(client=cast.olaf)
    assert texts.asking(other.pk, "qpr-15", "nl") is None


def test_how_important_something_is_only_the_client_says(cast):
    until = timezone.localdate() + dt.timedelta(days=3)
    circle_actions.hand_over(by=cast.seat("noor"), member=cast.members["ximena"], task=Task.PROGRESS, until=until)
    ximena = cast.seat("ximena")
    with pytest.raises(Denied):
        factors.add(by=ximena, id=uuid.uuid4(), kind="work", priority="first")
    made = factors.add(by=ximena, id=uuid.uuid4(), kind="work", zone="circle")
    with pytest.raises(Denied):
        factors.change(by=ximena, factor=made, version=1, priority="not")
    factors.change(by=cast.seat("noor"), factor=made, version=1, priority="first")


def test_what_stands_in_the_way_is_the_clients_alone_and_no_score(cast):
    factors.add(by=cast.seat("noor"), id=uuid.uuid4(), kind="income", note="Geheime schuld")
    assert LifeFactor.objects.get().zone == "mine"
    assert page(cast, "sanne", "life/").status_code == 404
    found = year(cast)
    assert "schuld" not in page(cast, "noor", f"{found['line']}/").content.decode()


def test_the_clients_file_holds_all_of_it_and_nothing_of_members_themselves(cast):
    year(cast)
    totals(cast)
    factors.add(by=cast.seat("noor"), id=uuid.uuid4(), kind="home", note="Het lekt")
    own_id = own(cast)["own"]
    taken = document(cast.circle.pk)
    assert str(own_id) not in json.dumps(taken)
    assert "kring-naaste" not in json.dumps(taken)
    from kring.care.measures.models import OwnMeasurement, OwnSchedule, OwnScore

    for table in (OwnScore, OwnMeasurement, OwnSchedule):
        table.objects.all().delete()
    forget(cast.circle.pk)
    bring(by=cast.noor, content=json.dumps(taken).encode())
    again = without_import(document(cast.circle.pk))
    assert again["rows"] == taken["rows"]
    assert len(again["rows"]["measures.Score"]) == 5 * 7 + 2


def test_a_loaded_text_is_asked_scored_and_ended_without_losing_an_answer(cast):
    found = loaded(cast)
    filled = Measurement.objects.get(pk=found["filled"])
    words = asking(cast, filled.schedule)
    path = f"/c/{cast.circle.pk}/progress/answers/{filled.pk}/"
    assert "Antwoord 4" in signed_in(cast.noor).get(f"{path}1/").content.decode()
    for question in words.questions:
        filling.answer(by=cast.seat("noor"), filled=filled, version=filled.version, link_id=question.link_id, value=3)
    LoadedInstrument.objects.update(ended_at=timezone.now())
    assert "Deze vragen zijn veranderd" in signed_in(cast.noor).get(path).content.decode()
    LoadedInstrument.objects.update(ended_at=None)
    check = signed_in(cast.noor).get(f"{path}check/").content.decode()
    filling.finish(by=cast.seat("noor"), filled=filled, asking=words)
    assert filled.scores.get().value == 45.0
    line = signed_in(cast.noor).get(f"/c/{cast.circle.pk}/progress/{filled.schedule_id}/").content.decode()
    for where in (check, line):  # what the file works out itself is shown as it says it
        assert "De helft van alles" in where
        assert "22,5" in where
    filled.refresh_from_db()
    assert ("De helft van alles", "22,5") in told(filled, cast.circle.pk)


def test_what_a_file_cannot_work_out_says_so(cast):
    found = loaded(cast)
    words = asking(cast, Measurement.objects.get(pk=found["filled"]).schedule)
    assert texts.worked_out(words, {}) == [("De helft van alles", "0")]
    assert texts.worked_out(words, {"1": 2, "2": 4}) == [("De helft van alles", "3")]


def test_a_question_that_wants_a_number_says_what_is_wrong():
    question = texts.Question("1", "Hoeveel dagen?", (), 0, 30, 0)
    assert AnswerOne({"version": 1, "answer": "12"}, question=question).is_valid()
    assert not AnswerOne({"version": 1, "answer": "31"}, question=question).is_valid()
    assert not AnswerOne({"version": 1, "answer": "veel"}, question=question).is_valid()
    one_decimal = texts.Question("1", "Hoeveel?", (), 0, 10, 1)
    assert AnswerOne({"version": 1, "answer": "2.5"}, question=one_decimal).is_valid()
