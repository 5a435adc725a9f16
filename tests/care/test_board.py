"""The board of a team: who sees it, moving clients, what a client agreed to, early signs, and the letters of that."""

import datetime as dt
import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kring.care import jobs
from kring.care.audit.reading import events
from kring.care.board import actions, agreeing, policy
from kring.care.board.desk import desk_of
from kring.care.board.models import DEFAULTS, Agreement, Category, Entry, Move, Sign, Told, Visit
from kring.care.circles import actions as circles
from kring.care.export.document import document
from kring.care.people.models import Post, Role
from kring.care.stored import Denied, Stale
from tests.care import routes  # noqa: F401 (the rows need it whole first)
from tests.care.rows import board as rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast):
    actions.open_board(by=rows.desk(cast))
    return rows.desk(cast)


@pytest.fixture
def joop(cast, desk):
    return rows.a_board(cast)


def category(cast, key):
    return Category.objects.get(team=cast.team, key=key)


def move(desk, entry, version, where, why="Het gaat anders.", id=None):
    actions.move(by=desk, entry=entry, version=version, id=id or uuid.uuid4(), category=where, reason=why)


def test_a_team_begins_with_seven_categories_once(cast, desk):
    actions.open_board(by=rows.desk(cast, "ruth"))
    assert list(policy.categories(desk).values_list("key", flat=True)) == list(DEFAULTS)


@pytest.mark.parametrize("name", ["zoe", "ada", "rik", "eva", "olaf", "pieter", "noor"])
def test_only_a_post_in_the_team_opens_its_board(cast, name):
    with pytest.raises(Denied):
        desk_of(cast.people[name], cast.team.pk)


def test_an_ended_post_opens_nothing_from_the_next_request_on(cast, client, joop):
    client.force_login(cast.tom)
    assert client.get(f"/team/{cast.team.pk}/").status_code == 200
    Post.objects.filter(person=cast.tom).update(ended_at=timezone.now())
    assert client.get(f"/team/{cast.team.pk}/").status_code == 404


def test_two_who_move_the_same_client_at_once_both_see_it_and_nothing_is_lost(cast, client, joop):
    ruth, tom = rows.desk(cast, "ruth"), rows.desk(cast)
    stale = Entry.objects.get(pk=joop.pk)
    move(ruth, joop, joop.version, category(cast, "intensive"), "Ruth: elke dag langs.")
    with pytest.raises(Stale):
        move(tom, stale, stale.version, category(cast, "down"), "Tom: gaat beter.")
    client.force_login(cast.tom)
    address = f"/team/{cast.team.pk}/client/{joop.pk}/move/"
    typed = {"new_id": uuid.uuid4(), "version": stale.version, "reason": "Tom: gaat beter.",
             "category": category(cast, "down").pk}  # fmt: skip
    found = client.post(address, typed).content.decode()
    assert "Een collega verplaatste deze cliënt terwijl je schreef" in found
    assert "Ruth: elke dag langs." in found
    assert "Tom: gaat beter." in found
    assert Entry.objects.get(pk=joop.pk).category.key == "intensive"
    again = typed | {"version": Entry.objects.get(pk=joop.pk).version}
    assert client.post(address, again).status_code == 302
    assert [one.reason for one in joop.moves.order_by("created_at")] == [
        "Slaapt niet.", "Ruth: elke dag langs.", "Tom: gaat beter.",
    ]  # fmt: skip


def test_a_double_click_moves_once(cast, joop):
    same = uuid.uuid4()
    for _click in range(2):
        move(rows.desk(cast), Entry.objects.get(pk=joop.pk), joop.version, category(cast, "down"), id=same)
    assert joop.moves.count() == 2  # onto the board, and this


@pytest.mark.parametrize("label", ["Joop 12-03-1961", "Joop 123456782", "joop@example.org", "Joop 0612345678"])
def test_a_label_holds_nothing_that_tells_who_somebody_is_outside_the_team(cast, client, joop, label):
    client.force_login(cast.tom)
    typed = {"new_id": uuid.uuid4(), "label": label, "category": "none", "reason": "Nieuw."}
    found = client.post(f"/team/{cast.team.pk}/new/?id={uuid.uuid4()}", typed).content.decode()
    assert "Laat geboortedatums, nummers en adressen weg." in found
    assert Entry.objects.count() == 1


def test_a_category_goes_only_when_nobody_stands_under_it(cast, desk, joop):
    crisis = category(cast, "crisis")
    assert not actions.end_category(by=desk, category=crisis)
    move(desk, joop, joop.version, None)
    assert actions.end_category(by=desk, category=crisis)
    with pytest.raises(Denied):
        move(desk, joop, joop.version, Category.objects.get(pk=crisis.pk))


def test_a_category_of_another_team_cannot_be_used(cast, joop):
    zoe = desk_of(cast.zoe, cast.other_team.pk)
    actions.open_board(by=zoe)
    theirs = Category.objects.get(team=cast.other_team, key="crisis")
    with pytest.raises(Denied):
        move(rows.desk(cast), joop, joop.version, theirs)
    with pytest.raises(Denied):
        actions.move(by=zoe, entry=joop, version=joop.version, id=uuid.uuid4(), category=theirs, reason="x")


def test_only_colleagues_are_put_down_for_a_visit(cast, joop):
    with pytest.raises(Denied):
        actions.plan_visit(by=rows.desk(cast), entry=joop, person=cast.zoe, day=timezone.localdate())


@pytest.mark.parametrize("day", ["2001-01-01", "2999-01-01", "morgen", ""])
def test_a_visit_needs_a_day_that_can_be(cast, client, joop, day):
    client.force_login(cast.tom)
    answer = client.post(f"/team/{cast.team.pk}/client/{joop.pk}/", {"person": cast.tom.pk, "day": day})
    assert answer.status_code == 200
    assert not Visit.objects.exists()


# the morning meeting


def test_hidden_names_are_not_even_sent_and_shown_ones_go_after_a_minute(cast, client, joop):
    client.force_login(cast.tom)
    address = f"/team/{cast.team.pk}/morning/"
    hidden = client.get(address)
    assert "Joop" not in hidden.content.decode()
    assert "Slaapt niet" not in hidden.content.decode()
    assert "Refresh" not in hidden.headers
    shown = client.get(f"{address}?names=1")
    assert "Joop V." in shown.content.decode()
    assert shown.headers["Refresh"] == f"60; url={address}"
    assert shown.headers["Cache-Control"] == "no-store"


# what the client agreed to


def test_the_client_reads_all_that_the_board_says_also_from_before(cast, client):
    desk = rows.desk(cast)
    rows.a_board(cast)
    entry = actions.add_entry(
        by=desk, id=uuid.uuid4(), label="Noor V.", category=category(cast, "new"), reason="Kennismaken."
    )
    agreement = agreeing.agree(by=cast.seat("noor"))
    agreeing.put_together(by=desk, agreement=agreement, entry=entry)
    move(desk, entry, entry.version, category(cast, "intensive"), "Elke dag even bellen.")
    actions.plan_visit(by=desk, entry=entry, person=cast.ruth, day=timezone.localdate())
    client.force_login(cast.tom)
    client.get(f"/team/{cast.team.pk}/")
    client.force_login(cast.noor)
    found = client.get(f"/c/{cast.circle.pk}/board/").content.decode()
    for said in ("Kennismaken.", "Elke dag even bellen.", "Intensieve zorg", "Noor V.", "Ruth"):
        assert said in found
    assert "Tom van je zorgteam keek naar het bord van je team, omdat jij het bord aan je kring koppelde." in found
    assert "112" in found


def test_after_the_link_ended_the_board_and_the_circle_know_nothing_of_each_other(cast, client):
    link = rows.noors_link(cast)
    agreeing.end(by=cast.seat("noor"))
    before = Told.objects.count()
    entry = Entry.objects.get(pk=link.entry_id)
    move(rows.desk(cast), entry, entry.version, category(cast, "crisis"), "Geheim voor de kring.")
    assert Told.objects.count() == before
    client.force_login(cast.noor)
    assert "Geheim voor de kring." not in client.get(f"/c/{cast.circle.pk}/board/").content.decode()
    lines = events().filter(circle_id=cast.circle.pk).count()
    client.force_login(cast.tom)
    client.get(f"/team/{cast.team.pk}/client/{entry.pk}/")
    assert events().filter(circle_id=cast.circle.pk).count() == lines


@pytest.mark.parametrize("how", ["another team", "closed"])
def test_leaving_the_team_or_closing_the_circle_ends_the_link(cast, how):
    rows.a_sign(cast)
    if how == "closed":
        circles.set_circle_state(by=cast.seat("noor"), state="closed")
    else:
        circles.link_team(by=cast.seat("noor"), team=None)
    assert Agreement.objects.get().ended_at is not None
    assert Sign.objects.get().withdrawn_at is not None
    assert not policy.signs(rows.desk(cast)).exists()


def test_in_a_pause_the_link_rests_and_afterwards_goes_on(client, cast):
    link = rows.noors_link(cast)
    rows.a_sign(cast)
    circles.set_circle_state(by=cast.seat("noor"), state="paused")
    assert not policy.signs(rows.desk(cast)).exists()
    assert Sign.objects.get().withdrawn_at is not None
    with pytest.raises(Denied):
        agreeing.notice(by=cast.seat("noor"), id=uuid.uuid4(), colour="red")
    client.force_login(cast.noor)
    assert "Je kring heeft een pauze" in client.get(f"/c/{cast.circle.pk}/signs/").content.decode()
    told = Told.objects.count()
    crisis = category(cast, "crisis")
    entry = Entry.objects.get(pk=link.entry_id)
    actions.move(by=rows.desk(cast), entry=entry, version=entry.version, id=uuid.uuid4(), category=crisis, reason="x")
    assert Told.objects.count() == told + 1  # the client goes on reading what is said about them
    circles.set_circle_state(by=cast.seat("noor"), state="open")
    assert agreeing.notice(by=cast.seat("noor"), id=uuid.uuid4(), colour="red").agreement_id == link.pk


def test_the_clients_file_holds_what_the_board_said(cast):
    rows.a_sign(cast)
    found = document(cast.circle.pk)["rows"]
    assert [row["kind"] for row in found["board.Told"]] == ["moved", "linked"]
    assert found["board.Agreement"][0]["team_name"] == "FACT Noord"
    assert found["board.Sign"][0]["colour"] == "orange"
    assert len(found["board.Chosen"]) == 1


@pytest.mark.parametrize("name", ["sanne", "ruth", "ximena"])
def test_nobody_but_the_client_agrees(cast, name):
    with pytest.raises(Denied):
        agreeing.agree(by=cast.seat(name))


# early signs: a proposal, never an alarm


def test_a_sign_moves_nobody_and_tells_the_chosen_without_content(cast):
    link = rows.noors_link(cast)
    jobs.run_due()
    mail.outbox.clear()
    before = Entry.objects.get(pk=link.entry_id)
    agreeing.notice(by=cast.seat("noor"), id=uuid.uuid4(), colour="red", wish="call")
    jobs.run_due()
    after = Entry.objects.get(pk=link.entry_id)
    assert (after.category_id, after.version) == (before.category_id, before.version)
    assert [one.to for one in mail.outbox] == [["Sanne <sanne@example.org>"]]
    said = mail.outbox[0].subject + mail.outbox[0].body
    for word in ("Noor", "rood", "red", "signal", "bord", "FACT"):
        assert word not in said


def test_only_whom_the_client_chose_notices_signs(cast):
    link = rows.noors_link(cast)
    assert not policy.may_notice(cast.seat("ruth"), link)
    with pytest.raises(Denied):
        agreeing.notice(by=cast.seat("ximena"), id=uuid.uuid4(), colour="red")
    agreeing.choose(by=cast.seat("noor"), wanted={})
    with pytest.raises(Denied):
        agreeing.notice(by=cast.seat("sanne"), id=uuid.uuid4(), colour="red")


def test_without_the_switch_no_sign_reaches_the_board(cast):
    rows.a_sign(cast)
    agreeing.let_signs(by=cast.seat("noor"), on=False)
    assert not policy.signs(rows.desk(cast)).exists()
    with pytest.raises(Denied):
        agreeing.notice(by=cast.seat("noor"), id=uuid.uuid4(), colour="red")


def test_a_person_answers_by_scaling_up_and_the_second_hears_of_the_first(cast, client):
    sign = Sign.objects.select_related("agreement__entry__category", "noticed_by").get(pk=rows.a_sign(cast))
    entry = sign.agreement.entry
    how = {"sign": sign, "version": entry.version, "category": category(cast, "intensive")}
    assert agreeing.scale_up(by=rows.desk(cast), id=uuid.uuid4(), reason="We bellen.", **how)
    assert not agreeing.scale_up(by=rows.desk(cast, "ruth"), id=uuid.uuid4(), reason="Ik ga langs.", **how)
    assert Entry.objects.get(pk=entry.pk).reason == "We bellen."
    assert Move.objects.filter(entry=entry).count() == 2
    client.force_login(cast.ruth)
    address = f"/team/{cast.team.pk}/client/{entry.pk}/move/?sign={sign.pk}"
    now = Entry.objects.get(pk=entry.pk).version
    typed = {"new_id": uuid.uuid4(), "version": now, "category": "none", "reason": "Ik ga langs."}
    found = client.post(address, typed, follow=True).content.decode()
    assert "Een collega gaf net al antwoord." in found
    assert "We bellen." in found


def test_a_sign_that_was_taken_back_is_gone_from_the_board(cast):
    sign = Sign.objects.select_related("agreement").get(pk=rows.a_sign(cast))
    agreeing.withdraw(by=cast.seat("noor"), sign=sign)
    assert not policy.signs(rows.desk(cast)).exists()
    assert not agreeing.answer(by=rows.desk(cast), sign=sign, reply="Te laat.")
    assert Sign.objects.get(pk=sign.pk).reply == ""


# the caseload


def test_a_regieondersteuner_is_named_only_if_they_work_in_the_team(cast, client):
    client.force_login(cast.lea)
    address = f"/team/{cast.team.pk}/circles/"
    assert "</span>Ruth</td>" in client.get(address).content.decode()
    Post.objects.filter(person=cast.ruth).update(team=cast.other_team)
    assert "Ruth" not in client.get(address).content.decode()


def test_each_client_reads_that_their_phase_was_looked_at(cast, client):
    client.force_login(cast.lea)
    client.get(f"/team/{cast.team.pk}/circles/")
    line = events().get(circle_id=cast.circle.pk, thing="phase")
    assert (line.actor_role, line.rule) == ("team_lead", "team link")


@pytest.mark.parametrize("query", ["?phase=9", "?phase=x", "?page=0", "?page=99", "?phase=-1&page=½"])
def test_an_address_that_was_tampered_with_shows_what_there_is(cast, client, query):
    client.force_login(cast.lea)
    assert client.get(f"/team/{cast.team.pk}/circles/{query}").status_code == 200


def queries(client, address):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    plain = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [query["sql"] for query in caught if not query["sql"].startswith(plain)]


def test_the_pages_of_a_team_take_ten_queries_however_many_clients_there_are(cast, client):
    Post.objects.create(person=cast.tom, organisation=cast.organisation, team=cast.team, role=Role.TEAM_LEAD)
    rows.a_sign(cast)
    client.force_login(cast.tom)
    counts = []
    for number in (1, 6):
        for _one in range(number):
            person = type(cast.noor).objects.create_user(f"{uuid.uuid4()}@example.org", name="Iemand")
            circle = circles.start_circle(by=person, client=person, team=cast.team)
            entry = actions.add_entry(by=rows.desk(cast), id=uuid.uuid4(), label="X", category=category(cast, "new"))
            agreement = agreeing.agree(by=_client(person, circle))
            agreeing.put_together(by=rows.desk(cast), agreement=agreement, entry=entry)
            actions.plan_visit(by=rows.desk(cast), entry=entry, person=cast.tom, day=timezone.localdate())
        where = [f"/team/{cast.team.pk}/{page}" for page in ("", "morning/?names=1", "circles/")]
        counts.append([len(queries(client, address)) for address in where])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 10, counts


def _client(person, circle):
    from kring.care.circles.seats import seat_or_404

    return seat_or_404(person, circle.pk)


def test_the_days_of_a_visit_are_read_in_local_time(cast, joop):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    actions.plan_visit(by=rows.desk(cast), entry=joop, person=cast.tom, day=tomorrow)
    assert not policy.visits(rows.desk(cast), timezone.localdate()).exists()
    assert policy.visits(rows.desk(cast), tomorrow).exists()
