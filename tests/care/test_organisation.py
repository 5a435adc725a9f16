"""Administrators run teams and posts of their own organisation by letters, and see no circle."""

import datetime as dt
import re
import uuid

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from kring.care import jobs
from kring.care.audit.models import Event
from kring.care.people import links
from kring.care.people.models import Offer, Organisation, Person, Post, Team


@pytest.fixture
def ada(client, cast):
    client.force_login(cast.ada)
    return client


@pytest.fixture
def home(cast):
    return f"/organisation/{cast.organisation.pk}/"


def offered(cast, **typed):
    return {"new_id": uuid.uuid4(), "name": "Nina", "email": "Nina@example.org", "role": "professional",
            "team": cast.team.pk, "language": "nl", **typed}  # fmt: skip


def link_in_letter():
    jobs.run_due()
    return re.search(r"http://127.0.0.1:8000(/\S+)", mail.outbox[-1].body)[1]


def test_a_team_is_made_once_even_with_a_double_click(ada, home):
    typed = {"new_id": uuid.uuid4(), "name": "FACT West"}
    for _click in range(2):
        ada.post(f"{home}teams/new/", typed)
    assert Team.objects.filter(name="FACT West").count() == 1
    assert Event.objects.filter(verb="added", thing="team", circle_id=None).count() == 1


def test_somebody_new_takes_their_place_and_must_then_set_up_a_second_step(ada, home, cast):
    ada.post(f"{home}people/new/", offered(cast))
    nina = Client()
    link = link_in_letter()
    assert nina.get(link).status_code == 200
    assert not Person.objects.filter(email="nina@example.org").exists()
    nina.post(link)
    assert Post.objects.get(person__email="nina@example.org").team == cast.team
    assert nina.get("/").headers["Location"] == "/me/second-step/"
    assert Client().post(link).status_code == 404


def test_an_account_that_exists_is_not_opened_by_the_letter(ada, home, cast):
    ada.post(f"{home}people/new/", offered(cast, email="noor@example.org", name="N. N."))
    reader, link = Client(), link_in_letter()
    assert reader.post(link).headers["Location"] == f"/sign-in/?next={link}"
    assert not Post.objects.filter(person=cast.noor).exists()
    assert "_auth_user_id" not in reader.session


def test_the_administrator_cannot_tell_who_has_an_account(ada, home, cast):
    def told(email):
        answer = ada.post(f"{home}people/new/", offered(cast, email=email, name="N. N."))
        page = re.sub(r'value="[^"]{64}"', "", ada.get(home).content.decode()).replace(email, "ADDRESS")
        Offer.objects.all().delete()
        return answer.headers["Location"], re.sub(r"offers/[^/]+/", "", page)

    assert told("noor@example.org") == told("nobody@example.org")


def test_a_role_of_a_team_needs_a_team(ada, home, cast):
    page = ada.post(f"{home}people/new/", offered(cast, team=""))
    assert page.status_code == 200
    assert "Nina" in page.content.decode()
    assert not Offer.objects.exists()


def test_a_link_goes_to_the_person_and_is_not_shown(ada, home, cast):
    post = cast.tom.posts.get()
    page = ada.post(f"{home}posts/{post.pk}/link/", follow=True).content.decode()
    secret = link_in_letter().split("/")[2]
    assert mail.outbox[-1].to == ["Tom <tom@example.org>"]
    assert secret not in page


def test_an_ended_role_is_over_at_once(ada, home, cast):
    post = cast.eva.posts.get()
    ada.post(f"{home}posts/{post.pk}/end/")
    eva = Client()
    eva.force_login(cast.eva)
    assert eva.get("/emergency/").status_code == 404


def test_the_last_administrator_stays(ada, home, cast):
    ada.post(f"{home}posts/{cast.ada.posts.get().pk}/end/")
    assert cast.ada.posts.get().ended_at is None


def test_a_work_account_can_be_closed_and_is_out_at_once(ada, home, cast):
    Person.objects.filter(pk=cast.tom.pk).update(organisation=cast.organisation)
    tom = Client()
    tom.force_login(cast.tom)
    assert tom.get("/me/").status_code == 200
    ada.post(f"{home}posts/{cast.tom.posts.get().pk}/close/")
    assert tom.get("/me/").status_code == 302
    assert Event.objects.filter(verb="closed", thing="account", thing_id=cast.tom.pk, circle_id=None).exists()


def test_a_lost_second_step_of_a_work_account_is_taken_off_and_its_person_told(ada, home, cast):
    Person.objects.filter(pk=cast.tom.pk).update(organisation=cast.organisation)
    tom = Client()
    tom.post(f"/enter/{links.issue(cast.tom, valid=dt.timedelta(hours=1))}/")
    TOTP.activate(cast.tom, generate_totp_secret())
    post = Post.objects.get(person=cast.tom)
    ada.post(f"{home}posts/{post.pk}/second-step/")
    assert not Authenticator.objects.filter(user=cast.tom).exists()
    assert tom.get("/me/").headers["Location"].startswith("/sign-in/"), "signed out everywhere"
    jobs.run_due()
    assert mail.outbox[-1].to == ["Tom <tom@example.org>"]
    assert "tweede stap" in mail.outbox[-1].body
    assert Event.objects.filter(verb="reset", thing="second step", circle_id=None).count() == 1


def test_a_private_account_cannot_be_closed(ada, home, cast):
    assert ada.post(f"{home}posts/{cast.tom.posts.get().pk}/close/").status_code == 404
    assert Person.objects.get(pk=cast.tom.pk).is_active


def test_another_organisation_does_not_exist(ada, cast):
    other = Organisation.objects.create(name="GGZ De Es")
    team = Team.objects.create(organisation=other, name="Zuid")
    post = Post.objects.create(person=cast.olaf, organisation=other, team=team, role="professional")
    assert ada.get(f"/organisation/{other.pk}/").status_code == 404
    assert ada.post(f"/organisation/{cast.organisation.pk}/posts/{post.pk}/end/").status_code == 404
    typed = offered(cast, team=team.pk)
    assert ada.post(f"/organisation/{cast.organisation.pk}/people/new/", typed).status_code == 200
    assert not Offer.objects.exists()


def test_an_administrator_sees_no_circle(ada, cast):
    assert ada.get(f"/c/{cast.circle.pk}/").status_code == 404
    page = ada.get(f"/organisation/{cast.organisation.pk}/").content.decode()
    assert "De tuin" not in page
    assert "Noor" not in page.replace("FACT Noord", "")


def test_an_organisation_begins_with_a_letter_to_its_first_administrator(db, capsys):
    begin = {"administrator": "Ilse", "address": "Ilse@iep.example"}
    call_command("organisation", "GGZ De Iep", **begin)
    assert capsys.readouterr().out == "GGZ De Iep: a letter goes to Ilse@iep.example. Its link works for 7 days.\n"
    assert not Post.objects.exists()
    ilse, link = Client(), link_in_letter()
    ilse.post(link)
    post = Post.objects.get()
    assert (post.role, post.organisation.name, post.person.email) == ("administrator", "GGZ De Iep", "ilse@iep.example")
    assert ilse.get("/").headers["Location"] == "/me/second-step/"
    lines = Event.objects.filter(actor_role="operator").values_list("verb", "thing", "rule")
    assert set(lines) == {("added", "organisation", "command line"), ("offered", "post", "command line")}


def test_the_same_words_give_an_organisation_one_more_administrator(cast):
    call_command("organisation", "GGZ De Linde", administrator="Ilse", address="ilse@linde.example")
    Client().post(link_in_letter())
    assert Organisation.objects.count() == 1
    assert Post.objects.filter(role="administrator", organisation=cast.organisation, ended_at=None).count() == 2


@pytest.mark.parametrize(("name", "address"), [("", "a@example.org"), ("De Iep", "no address"), ("x" * 121, "a@b.nl")])
def test_what_cannot_be_an_organisation_is_said_and_nothing_is_made(db, name, address):
    with pytest.raises(CommandError):
        call_command("organisation", name, administrator="Ilse", address=address)
    assert not Organisation.objects.exists()
