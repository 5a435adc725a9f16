"""Meetings: finding a date, telling people, the agenda, holding it, and what each person sees of it."""

import datetime as dt
import re
import uuid

import icalendar
import pytest
from django.core import mail
from django.utils import timezone

from kring.care.audit.models import Event
from kring.care.circles import actions as circle_actions
from kring.care.circles import sharing
from kring.care.circles.topics import Topic
from kring.care.jobs import run_due as deliver_all
from kring.care.meetings import actions, feeds, holding, policy
from kring.care.meetings.models import AgendaItem, Attendance, DateAnswer, Meeting
from kring.care.meetings.tickets import ticket
from kring.care.plan import actions as plan_actions
from kring.care.plan.models import Action
from kring.care.stored import Denied

SOON = dt.timedelta(days=7)


@pytest.fixture
def noor(client, cast):
    client.force_login(cast.noor)
    return client


@pytest.fixture
def meeting(cast):
    return actions.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), starts_at=timezone.now() + SOON, place="Thuis")


@pytest.fixture
def poll(cast):
    days = [timezone.now() + SOON * n for n in (1, 2)]
    return actions.plan_meeting(by=cast.seat("noor"), id=uuid.uuid4(), options=days)


def typed(**more):
    day = timezone.localdate() + SOON
    return {"new_id": uuid.uuid4(), "day_0": day.isoformat(), "time_0": "14:30", "place": "Thuis", "minutes": 60,
            "chair": ""} | more  # fmt: skip


def calendar_of(message):
    part = next(part for part in message.message().walk() if part.get_content_type() == "text/calendar")
    return part, icalendar.Calendar.from_ical(part.get_payload(decode=True))


def test_a_meeting_is_planned_once_and_has_a_first_agenda(noor, cast):
    form = typed()
    for _click in range(2):
        assert noor.post(f"/c/{cast.circle.pk}/together/new/", form).status_code == 302
    meeting = Meeting.objects.get()
    assert [point.kind for point in meeting.agenda.all()] == ["welcome", "method", "roles", "actions", "look"]
    assert timezone.localtime(meeting.starts_at).strftime("%H:%M") == "14:30"
    assert noor.get(f"/c/{cast.circle.pk}/together/").content.decode().count('class="said"') == 1


def test_whoever_plans_hears_that_letters_go_and_beginning_is_no_main_act_before_the_day(noor, cast):
    page = noor.post(f"/c/{cast.circle.pk}/together/new/", typed(), follow=True).content.decode()
    assert "Gepland. Wie bijeenkomsten mag zien, krijgt een mail." in page
    assert re.search(r'class="button" href="\S+/now/1/">Begin de bijeenkomst', page)
    Meeting.objects.update(starts_at=timezone.now())
    page = noor.get(f"/c/{cast.circle.pk}/together/{Meeting.objects.get().pk}/").content.decode()
    assert re.search(r'class="button main" href="\S+/now/1/">Begin de bijeenkomst', page)


def test_a_date_that_has_been_is_refused_and_the_rest_stays(noor, cast):
    page = noor.post(f"/c/{cast.circle.pk}/together/new/", typed(day_0="2020-01-01", place="Bij de vijver"))
    assert "Vul een datum en tijd in na nu." in page.content.decode()
    assert "Bij de vijver" in page.content.decode()
    assert not Meeting.objects.exists()


def test_only_whoever_sees_meetings_is_told_and_the_mail_says_only_when(cast, meeting):
    deliver_all()
    assert {message.to[0].split("<")[1] for message in mail.outbox} == {
        f"{name}@example.org>" for name in ("sanne", "ruth", "ximena", "pieter")
    }
    for message in mail.outbox:
        everything = message.message().as_string()
        part, calendar = calendar_of(message)
        assert not re.search("Noor|Thuis|tuin", message.body + message.subject)
        assert "Thuis" not in everything
        assert part.get_param("method") == "REQUEST"
        assert calendar["METHOD"] == "REQUEST"
        event = calendar.walk("VEVENT")[0]
        assert (event["CLASS"], event["SEQUENCE"], event["SUMMARY"]) == ("PRIVATE", 0, "Bijeenkomst")
        assert calendar.walk("VTIMEZONE")[0]["TZID"] == "Europe/Amsterdam"


def test_moving_a_meeting_keeps_the_uid_and_raises_the_sequence(cast, meeting):
    deliver_all()
    first = {m.to[0]: calendar_of(m)[1].walk("VEVENT")[0] for m in mail.outbox}
    mail.outbox.clear()
    actions.change_meeting(by=cast.seat("noor"), meeting=meeting, version=1, starts_at=meeting.starts_at + SOON)
    actions.cancel_meeting(by=cast.seat("noor"), meeting=meeting)
    deliver_all()
    moved, cancelled = mail.outbox[:4], mail.outbox[4:]
    for message in moved:
        event = calendar_of(message)[1].walk("VEVENT")[0]
        assert (event["UID"], event["SEQUENCE"]) == (first[message.to[0]]["UID"], 1)
        assert message.subject == "Kring: Nieuws over een bijeenkomst"
        assert "De bijeenkomst is nu op" in message.body
    assert {calendar_of(m)[1]["METHOD"] for m in cancelled} == {"CANCEL"}
    assert {calendar_of(m)[1].walk("VEVENT")[0]["STATUS"] for m in cancelled} == {"CANCELLED"}


def test_who_may_no_longer_see_a_meeting_is_not_told_its_new_day(cast, meeting):
    deliver_all()
    mail.outbox.clear()
    sharing.set_topics(by=cast.seat("noor"), member=cast.members["sanne"], topics=[])
    actions.change_meeting(by=cast.seat("noor"), meeting=meeting, version=1, starts_at=meeting.starts_at + SOON)
    deliver_all()
    letter = next(message for message in mail.outbox if "sanne" in message.to[0])
    calendar = calendar_of(letter)[1]
    event = calendar.walk("VEVENT")[0]
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert not {"DTSTART", "DTEND", "URL"} & set(event)
    assert "Een bijeenkomst staat niet meer in je agenda." in letter.body
    assert not re.search(r"14:30|20\d\d", letter.body + letter.subject)


def test_a_poll_becomes_a_date_and_a_yes_counts_as_coming(cast, poll):
    late = poll.options.latest("starts_at")
    actions.answer_date(by=cast.seat("sanne"), option=late, answer="yes")
    actions.answer_date(by=cast.seat("noor"), option=late, answer="yes")
    actions.answer_date(by=cast.seat("sanne"), option=late, answer="maybe")
    actions.answer_date(by=cast.seat("sanne"), option=late, answer="yes")
    assert DateAnswer.objects.count() == 2
    actions.pick_date(by=cast.seat("noor"), option=late)
    assert Meeting.objects.get().starts_at == late.starts_at
    assert Attendance.objects.get(member=cast.members["sanne"]).reply == "yes"


def test_a_member_answers_by_the_link_in_the_mail_without_signing_in(client, cast, meeting):
    link = f"/reply/{ticket(Attendance.objects.get(member=cast.members['sanne']))}/"
    assert "Kom je?" in client.get(link).content.decode()
    client.post(link, {"answer": "no"})
    assert Attendance.objects.get(member=cast.members["sanne"]).reply == "no"
    circle_actions.remove_member(by=cast.seat("noor"), member=cast.members["sanne"])
    assert client.get(link).status_code == 404


def test_a_forged_link_does_not_exist(client, cast, meeting):
    good = ticket(Attendance.objects.first())
    assert client.get(f"/reply/{good[:-1]}x/").status_code == 404


def test_who_sees_no_people_sees_only_their_own_answer(cast, poll):
    option = poll.options.first()
    actions.answer_date(by=cast.seat("sanne"), option=option, answer="yes")
    assert list(policy.answers(cast.seat("pieter"), poll.pk)) == []
    assert len(policy.answers(cast.seat("sanne"), poll.pk)) == 1
    assert len(policy.attendances(cast.seat("pieter"), poll)) == 1


def test_a_point_about_a_hidden_goal_leaves_no_trace(client, cast):
    noor = cast.seat("noor")
    goal = plan_actions.add_goal(by=noor, id=uuid.uuid4(), text="Weer zingen")
    meeting = actions.plan_meeting(by=noor, id=uuid.uuid4(), starts_at=timezone.now() + SOON)
    points = actions.draft_agenda(by=noor, meeting=meeting)
    point = next(point for point in points if point.goal_id == goal.pk)
    holding.decide(by=noor, meeting=meeting, point=point, id=uuid.uuid4(), text="Op maandag naar het koor.")
    for name, seen in [("sanne", True), ("pieter", False)]:
        client.force_login(cast.people[name])
        page = client.get(f"/c/{cast.circle.pk}/together/{meeting.pk}/").content.decode()
        assert ("Weer zingen" in page, "koor" in page) == (seen, seen)
        assert len(policy.agenda(cast.seat(name), meeting)) == len(points) - (not seen)


def test_whoever_chairs_finds_no_removed_point_about_a_hidden_goal(client, cast):
    noor = cast.seat("noor")
    plan_actions.add_goal(by=noor, id=uuid.uuid4(), text="Weer zingen")
    chair = cast.members["pieter"]
    meeting = actions.plan_meeting(by=noor, id=uuid.uuid4(), starts_at=timezone.now() + SOON, chair=chair)
    points = actions.draft_agenda(by=noor, meeting=meeting)
    client.force_login(cast.pieter)
    for point in points:
        actions.remove_point(by=noor, point=point)
        answer = client.post(f"/c/{cast.circle.pk}/together/{meeting.pk}/agenda/{point.pk}/back/")
        assert answer.status_code == (404 if point.goal_id else 302)


def test_the_member_whom_the_client_lets_chair_runs_the_meeting(client, cast):
    noor = cast.seat("noor")
    meeting = actions.plan_meeting(
        by=noor, id=uuid.uuid4(), starts_at=timezone.now() + SOON, chair=cast.members["sanne"]
    )
    actions.draft_agenda(by=noor, meeting=meeting)
    here = f"/c/{cast.circle.pk}/together/{meeting.pk}/"
    client.force_login(cast.pieter)
    assert client.get(f"{here}now/1/").status_code == 404
    client.force_login(cast.sanne)
    assert client.get(f"{here}now/1/").status_code == 200
    client.post(f"{here}now/1/decide/", {"new_id": uuid.uuid4(), "text": "We beginnen op tijd."})
    client.post(f"{here}now/1/agree/", {"new_id": uuid.uuid4(), "text": "Taart halen", "owner": "client"})
    client.post(f"{here}now/1/", {"version": 1, "notes": "Iedereen is er."})
    client.post(f"{here}finish/", {"came": [str(cast.members["sanne"].pk)]})
    meeting.refresh_from_db()
    assert meeting.held_at is not None
    assert meeting.decisions.get().text == "We beginnen op tijd."
    assert Action.objects.get(meeting_id=meeting.pk).approved_at is None, "only the client approves"
    assert set(meeting.attendances.filter(came=True).values_list("member__name", flat=True)) == {"Sanne"}


def test_notes_changed_by_two_people_show_both(noor, cast, meeting):
    actions.draft_agenda(by=cast.seat("noor"), meeting=meeting)
    here = f"/c/{cast.circle.pk}/together/{meeting.pk}/now/1/"
    noor.post(here, {"version": 1, "notes": "De eerste tekst"})
    page = noor.post(here, {"version": 1, "notes": "De tweede tekst"}).content.decode()
    assert "De eerste tekst" in page
    assert "De tweede tekst" in page
    assert AgendaItem.objects.get(notes__startswith="De").notes == "De eerste tekst"


def test_points_move_and_come_back(noor, cast, meeting):
    points = actions.draft_agenda(by=cast.seat("noor"), meeting=meeting)
    here = f"/c/{cast.circle.pk}/together/{meeting.pk}/agenda/{points[1].pk}/"
    noor.post(f"{here}up/")
    assert policy.agenda(cast.seat("noor"), meeting)[0] == points[1]
    noor.post(f"{here}remove/")
    assert points[1] not in policy.agenda(cast.seat("noor"), meeting)
    noor.post(f"{here}back/")
    assert points[1] in policy.agenda(cast.seat("noor"), meeting)


def test_the_log_says_once_a_day_that_a_calendar_asked(client, cast, meeting):
    address = f"/calendar/{feeds.new_feed(by=cast.seat('sanne'))}.ics"
    looked = Event.objects.filter(circle_id=cast.circle.pk, actor_id=cast.sanne.pk, verb="viewed", thing="calendar")
    for _time in range(2):
        client.get(address)
    assert looked.count() == 1


def test_a_feed_shows_what_its_owner_may_see_now_and_nothing_more(client, cast, meeting):
    address = f"/calendar/{feeds.new_feed(by=cast.seat('sanne'))}.ics"
    assert client.get(address).content.count(b"BEGIN:VEVENT") == 1
    grant = cast.members["sanne"].grants.get(topic=Topic.MEETINGS, revoked_at=None)
    sharing.revoke(by=cast.seat("noor"), grant=grant)
    assert b"VEVENT" not in client.get(address).content
    feeds.end_feeds(by=cast.seat("sanne"))
    assert client.get(address).status_code == 404


def test_a_member_plans_only_while_it_is_handed_over(cast):
    with pytest.raises(Denied):
        actions.plan_meeting(by=cast.seat("ruth"), id=uuid.uuid4())
    handover = circle_actions.hand_over(
        by=cast.seat("noor"), member=cast.members["ruth"], task="meetings", until=timezone.localdate()
    )
    actions.plan_meeting(by=cast.seat("ruth"), id=uuid.uuid4())
    circle_actions.take_back(by=cast.seat("noor"), handover=handover)
    with pytest.raises(Denied):
        actions.plan_meeting(by=cast.seat("ruth"), id=uuid.uuid4())
