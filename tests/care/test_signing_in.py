"""Coming in: by mailed code, by link, with a second step. And all the ways in which that must not work."""

import datetime as dt
import re
import threading

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.db import OperationalError, connection
from django.test import Client

from kring.care import jobs
from kring.care.people import actions, links
from kring.care.people.models import Person, SignInLink
from kring.care.stored import Denied

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def anna(db):
    return Person.objects.create_user("anna@example.org", name="Anna", language="en")


def ask_code(browser, email, **extra):
    return browser.post("/sign-in/", {"email": email, **extra})


def letter():
    """The newest letter, once the worker has sent what waits."""
    jobs.run_due()
    return mail.outbox[-1]


def code():
    return re.search(r"^([A-Z]{4}-[A-Z]{4})$", letter().body, re.MULTILINE)[1]


def come_in(browser, email, **extra):
    ask_code(browser, email)
    return browser.post("/sign-in/code/", {"code": code(), **extra})


def signed_in_as(browser):
    return browser.session.get("_auth_user_id")


def app_code():
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


def test_a_mailed_code_signs_in(client, anna):
    answer = come_in(client, "Anna@Example.org")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert signed_in_as(client) == str(anna.pk)
    assert EmailAddress.objects.get(user=anna).verified


def test_the_letter_with_a_code_names_the_reader_and_nobody_else(client, anna):
    ask_code(client, "anna@example.org")
    assert letter().to == ["Anna <anna@example.org>"]
    assert letter().subject == "Your code for Kring"


def test_a_client_may_start_alone(client, db):
    client.cookies["django_language"] = "nl"
    answer = client.post("/sign-up/", {"name": "Noor", "email": "noor@example.org"})
    assert answer.headers["Location"] == "/sign-in/address/"
    assert signed_in_as(client) is None
    client.post("/sign-in/address/", {"code": code()})
    noor = Person.objects.get()
    assert signed_in_as(client) == str(noor.pk)
    assert (noor.name, noor.email, noor.language) == ("Noor", "noor@example.org", "nl")
    assert not noor.has_usable_password()


def test_every_sign_in_gets_a_new_session(client, anna):
    client.get("/sign-in/")
    ask_code(client, "anna@example.org")
    planted = client.session.session_key
    client.post("/sign-in/code/", {"code": code()})
    assert client.session.session_key != planted


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client, anna, elsewhere):
    answer = come_in(client, "anna@example.org", next=elsewhere)
    assert answer.headers["Location"] == "/"
    assert client.post("/language/", {"language": "en", "next": elsewhere}).headers["Location"] == "/"
    assert client.post("/language/", {"language": "en", "next": "nowhere"}).headers["Location"] == "/"
    with pytest.raises(ValueError, match="page of this site"):
        links.issue(anna, next_path=elsewhere, valid=dt.timedelta(hours=1))


def test_after_signing_in_one_comes_where_one_wanted_to_be(client, anna):
    assert come_in(client, "anna@example.org", next="/me/").headers["Location"] == "/me/"


def told(browser, email):
    """Everything that somebody at the keyboard can see after asking a code for an address."""
    answer = browser.post("/sign-in/", {"email": email})
    page = browser.get("/sign-in/code/")
    text = page.content.decode().replace(email, "ADDRESS")
    return answer.status_code, answer.headers["Location"], page.status_code, re.sub(r'value="[^"]{64}"', "", text)


def test_asking_a_code_answers_alike_for_a_known_and_an_unknown_address(anna):
    assert told(Client(), "anna@example.org") == told(Client(), "nobody@example.org")
    jobs.run_due()
    assert sorted(len(letter.to) for letter in mail.outbox) == [1, 1]


def test_signing_up_answers_alike_for_a_known_and_an_unknown_address(anna):
    def told_at_sign_up(email):
        browser = Client()
        answer = browser.post("/sign-up/", {"name": "X", "email": email})
        page = browser.get(answer.headers["Location"]).content.decode().replace(email, "ADDRESS")
        return answer.status_code, answer.headers["Location"], re.sub(r'value="[^"]{64}"', "", page)

    assert told_at_sign_up("anna@example.org") == told_at_sign_up("nobody@example.org")
    assert Person.objects.get(email="anna@example.org").name == "Anna"


def test_a_wrong_code_answers_alike_for_a_known_and_an_unknown_address(anna):
    def after_wrong(email):
        browser = Client()
        ask_code(browser, email)
        page = browser.post("/sign-in/code/", {"code": "BBBB-BBBB"}).content.decode().replace(email, "ADDRESS")
        return re.sub(r'value="[^"]{64}"', "", page)

    assert after_wrong("anna@example.org") == after_wrong("nobody@example.org")


def test_a_code_dies_after_three_wrong_tries(client, anna):
    ask_code(client, "anna@example.org")
    right = code()
    for _try in range(3):
        client.post("/sign-in/code/", {"code": "BBBB-BBBB"})
    client.post("/sign-in/code/", {"code": right})
    assert signed_in_as(client) is None


def test_a_code_is_useless_in_another_browser(client, anna):
    ask_code(client, "anna@example.org")
    hers, other = code(), Client()
    ask_code(other, "other@example.org")
    other.post("/sign-in/code/", {"code": hers})
    assert signed_in_as(other) is None


def test_a_code_works_for_fifteen_minutes(client, anna, monkeypatch):
    import time

    ask_code(client, "anna@example.org")
    right, later = code(), time.time() + 15 * 60 + 1
    monkeypatch.setattr("allauth.account.internal.flows.code_verification.time.time", lambda: later)
    client.post("/sign-in/code/", {"code": right})
    assert signed_in_as(client) is None


def test_ten_wrong_codes_lock_the_account_for_this_network_address(anna):
    guesser = Client(REMOTE_ADDR="192.0.2.1")
    for _minute in range(4):
        clear_rates()
        ask_code(guesser, "anna@example.org")
        for _try in range(3):
            guesser.post("/sign-in/code/", {"code": "BBBB-BBBB"})
    clear_rates()
    assert ask_code(guesser, "anna@example.org").status_code == 429
    assert ask_code(guesser, "nobody@example.org").status_code == 302
    clear_rates()
    at_home = Client(REMOTE_ADDR="192.0.2.2")
    come_in(at_home, "anna@example.org")
    assert signed_in_as(at_home) == str(anna.pk)


def test_the_lock_out_keeps_no_address_and_no_code(anna):
    from axes.models import AccessAttempt

    browser = Client()
    ask_code(browser, "anna@example.org")
    browser.post("/sign-in/code/", {"code": "BBBB-BBBB"})
    stored = str(AccessAttempt.objects.values()[0])
    assert not re.search("anna|BBBB|sign-in", stored)


def clear_rates():
    from django.core.cache import cache

    cache.clear()


def test_codes_can_be_asked_three_times_a_minute(client, anna):
    answers = [ask_code(Client(), "anna@example.org").status_code for _time in range(4)]
    assert answers == [302, 302, 302, 200]
    assert len([ask_code(Client(), "nobody@example.org") for _time in range(4)]) == 4
    jobs.run_due()
    assert len(mail.outbox) == 6


def test_rates_are_kept_where_all_servers_see_them(client, anna):
    ask_code(client, "anna@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM people_cache")
        assert cursor.fetchone()[0] > 0


def test_guessing_links_is_locked_out_too(client, db):
    for _try in range(10):
        assert client.post("/enter/guess/").status_code == 404
    assert client.post("/enter/guess/").status_code == 429
    assert client.get("/work/guess/").status_code == 429


def test_guessing_codes_of_invitations_is_locked_out_and_old_letters_are_not(client, cast):
    from kring.care.circles import invitations

    invitations.withdraw(by=cast.seat("noor"), letter=cast.letter)
    assert {client.get(f"/invitation/{cast.secret}/").status_code for _try in range(12)} == {404}
    for _try in range(10):
        assert client.get("/invitation/AAAABBBBCCCCDDDD/").status_code == 404
    assert client.get("/invitation/AAAABBBBCCCCDDDE/").status_code == 429


def test_an_old_link_of_ones_own_locks_nobody_out(client, anna):
    secret = links.issue(anna, valid=dt.timedelta(hours=-1))
    answers = {client.post(f"/enter/{secret}/").status_code for _try in range(12)}
    assert answers == {404}


def test_a_link_signs_in_once(client, anna):
    secret = links.issue(anna, next_path="/me/", valid=dt.timedelta(hours=1))
    assert client.get(f"/enter/{secret}/").status_code == 200
    assert signed_in_as(client) is None
    assert client.post(f"/enter/{secret}/").headers["Location"] == "/me/"
    assert signed_in_as(client) == str(anna.pk)
    assert Client().post(f"/enter/{secret}/").status_code == 404


def redeem_patiently(secret):
    """SQLite in memory, as the tests have it, does not wait for a lock as a file or PostgreSQL does: ask again."""
    while True:
        try:
            return links.redeem(secret)
        except OperationalError:
            continue


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_at_the_same_moment_signs_in_once():
    person = Person.objects.create_user("anna@example.org", name="Anna")
    secret = links.issue(person, valid=dt.timedelta(hours=1))
    came_in, gate = [], threading.Barrier(4)

    def use():
        gate.wait()
        try:
            came_in.append(redeem_patiently(secret))
        except Denied:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came_in) == 1
    assert SignInLink.objects.get().used_at is not None


def test_a_closed_account_is_out_at_once(client, anna):
    come_in(client, "anna@example.org")
    assert client.get("/me/").status_code == 200
    Person.objects.filter(pk=anna.pk).update(is_active=False)
    assert client.get("/me/").headers["Location"].startswith("/sign-in/")
    secret = links.issue(anna, valid=dt.timedelta(hours=1))
    assert Client().post(f"/enter/{secret}/").status_code == 404
    fresh = Client()
    ask_code(fresh, "anna@example.org")
    assert letter().subject == "You have no account yet"


def test_no_form_of_signing_in_works_without_its_token(anna):
    secret = links.issue(anna, valid=dt.timedelta(hours=1))
    strict = Client(enforce_csrf_checks=True)
    for page in ("/sign-in/", "/sign-up/", f"/enter/{secret}/", "/sign-out/", "/language/"):
        assert strict.post(page, {"email": "anna@example.org", "name": "X"}).status_code == 403


def test_a_session_from_a_letter_ends_when_the_owner_proves_the_address(db):
    """Somebody else read the letter first. The owner, coming by code, is then alone in the account."""
    person = actions.person_for_invitation(email="opa@example.org", name="Opa", language="en")
    secret = links.issue(person, valid=dt.timedelta(hours=1))
    forwarded, own = Client(), Client()
    forwarded.post(f"/enter/{secret}/")
    assert forwarded.get("/me/").status_code == 200
    come_in(own, "opa@example.org")
    assert own.get("/me/").status_code == 200
    assert forwarded.get("/me/").status_code == 302


def test_nothing_can_be_added_to_an_account_before_its_address_is_proved(client, db):
    person = actions.person_for_invitation(email="opa@example.org", name="Opa", language="en")
    client.post(f"/enter/{links.issue(person, valid=dt.timedelta(hours=1))}/")
    assert client.get("/me/second-step/app/").headers["Location"] == "/me/second-step/"
    assert client.get("/me/passkeys/add/").headers["Location"] == "/me/second-step/"
    page = client.get("/me/second-step/").content.decode()
    assert "First show with a code" in page
    assert 'href="/me/address/"' in page


def test_an_invitation_never_finds_an_account_that_exists(anna):
    assert actions.person_for_invitation(email="Anna@example.org", name="Eve", language="nl") is None
    stranger = actions.person_for_invitation(email=None, name="Opa", language="nl")
    assert stranger.email is None


def test_signing_out_empties_what_the_browser_kept(client, anna):
    come_in(client, "anna@example.org")
    answer = client.post("/sign-out/", follow=True)
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "care/signed-out.js" in answer.content.decode()
    assert signed_in_as(client) is None


def test_a_changed_address_counts_only_after_its_code(client, anna):
    come_in(client, "anna@example.org")
    client.post("/me/address/", {"email": "new@example.org", "action_add": "1"})
    anna.refresh_from_db()
    assert anna.email == "anna@example.org"
    client.post("/sign-in/address/", {"code": code()})
    anna.refresh_from_db()
    assert anna.email == "new@example.org"
    jobs.run_due()
    assert [letter.subject for letter in mail.outbox if "anna@" in letter.to[0]][
        -1
    ] == "Something changed in your account"


def test_the_address_of_somebody_else_is_not_given_away(client, anna):
    Person.objects.create_user("bea@example.org", name="Bea")
    come_in(client, "anna@example.org")
    client.get("/me/")  # says once that the address is right

    def told_about(email):
        clear_rates()
        answer = client.post("/me/address/", {"email": email, "action_add": "1"})
        page = client.get(answer.headers["Location"]).content.decode().replace(email, "ADDRESS")
        return answer.headers["Location"], re.sub(r'value="[^"]{64}"', "", page)

    assert told_about("bea@example.org") == told_about("nobody@example.org")
    assert Person.objects.get(name="Bea").email == "bea@example.org"


def test_one_sees_and_ends_ones_other_sessions(client, anna):
    phone = Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Safari/605"})
    come_in(phone, "anna@example.org")
    come_in(client, "anna@example.org")
    page = client.get("/me/sessions/").content.decode()
    assert "Safari on iPhone" in page
    from allauth.usersessions.models import UserSession

    theirs = UserSession.objects.get(session_key=phone.session.session_key)
    client.post(f"/me/sessions/{theirs.pk}/end/")
    assert phone.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200


class TestSecondStep:
    """Ruth is regieondersteuner: she has a post, so she needs two steps."""

    @pytest.fixture
    def ruth(self, cast):
        Person.objects.filter(pk=cast.ruth.pk).update(language="en")
        return cast.ruth

    def test_a_professional_sees_nothing_of_a_circle_before_the_second_step(self, client, cast, ruth):
        come_in(client, ruth.email)
        for page in (f"/c/{cast.circle.pk}/", "/", "/me/", f"/c/{cast.circle.pk}/map/"):
            assert client.get(page).headers["Location"] == "/me/second-step/"

    def test_who_has_a_formal_place_in_a_circle_needs_it_too(self, client, cast):
        come_in(client, cast.pieter.email)
        assert client.get("/").headers["Location"] == "/me/second-step/"

    def test_client_and_family_do_not(self, client, cast):
        for somebody in (cast.noor, cast.sanne, cast.ximena):
            browser = Client()
            come_in(browser, somebody.email)
            assert browser.get("/").status_code == 200

    @pytest.mark.django_db(transaction=True)
    def test_setting_up_an_app_opens_the_door(self, client, cast, ruth):
        come_in(client, ruth.email)
        page = client.get("/me/second-step/app/")
        secret = re.search(r"<code>(\w+)</code>", page.content.decode())[1]
        counter = next(iter(yield_hotp_counters_from_time()))
        client.post("/me/second-step/app/", {"code": format_hotp_value(hotp_value(secret, counter))})
        assert client.get(f"/c/{cast.circle.pk}/").status_code == 200
        assert len(re.findall(r"<code>", client.get("/me/second-step/spare-codes/").content.decode())) == 10

    def test_the_second_step_is_asked_at_the_next_sign_in_and_cannot_be_skipped(self, client, cast, ruth):
        TOTP.activate(ruth, SECRET)
        assert come_in(client, ruth.email).headers["Location"] == "/sign-in/second-step/"
        assert signed_in_as(client) is None
        for page in ("/", "/me/", "/me/second-step/", f"/c/{cast.circle.pk}/"):
            assert client.get(page).status_code in (200, 302)
            assert signed_in_as(client) is None
        client.post("/sign-in/second-step/", {"code": "000000"})
        assert signed_in_as(client) is None
        client.post("/sign-in/second-step/", {"code": app_code()})
        assert client.get(f"/c/{cast.circle.pk}/").status_code == 200

    def test_a_link_is_one_step_only(self, client, cast, ruth):
        client.post(f"/enter/{links.issue(ruth, valid=dt.timedelta(hours=1))}/")
        assert client.get("/").headers["Location"] == "/me/second-step/"
        TOTP.activate(ruth, SECRET)
        other = Client()
        answer = other.post(f"/enter/{links.issue(ruth, valid=dt.timedelta(hours=1))}/")
        assert answer.headers["Location"] == "/sign-in/second-step/"

    def test_a_printed_link_counts_as_both_in_the_demo_only(self, client, cast, ruth, settings):
        secret = links.issue(ruth, valid=dt.timedelta(hours=1), reusable=True)
        settings.DEMO = True
        assert (
            "also counts as the second step"
            in client.get(f"/enter/{secret}/", headers={"accept-language": "en"}).content.decode()
        )
        client.post(f"/enter/{secret}/")
        assert client.get("/").status_code == 200
        settings.DEMO = False
        assert client.get("/").headers["Location"] == "/me/second-step/"

    def test_a_session_from_before_a_post_began_needs_the_step_from_then_on(self, client, cast):
        from kring.care.people.models import Post

        come_in(client, cast.olaf.email)
        assert client.get("/").status_code == 200
        Post.objects.create(person=cast.olaf, organisation=cast.organisation, role="administrator")
        assert client.get("/").headers["Location"] == "/me/second-step/"

    def test_a_device_added_elsewhere_is_asked_for_here(self, client, cast, ruth):
        come_in(client, ruth.email)
        TOTP.activate(ruth, SECRET)
        assert client.get("/").headers["Location"] == "/me/second-step/again/?next=%2F"
        assert (
            client.post("/me/second-step/again/?next=/", {"code": app_code(), "next": "/"}).headers["Location"] == "/"
        )
        assert client.get("/").status_code == 200

    def test_nobody_adds_a_device_to_an_account_that_has_one_without_using_it(self, client, cast, ruth):
        come_in(client, ruth.email)
        TOTP.activate(ruth, SECRET)
        assert client.get("/me/passkeys/add/").headers["Location"].startswith("/me/second-step/again/")
        client.post("/me/second-step/app/off/")
        assert Authenticator.objects.filter(user=ruth).exists()

    def test_a_spare_code_works_once(self, client, cast, ruth):
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

        TOTP.activate(ruth, SECRET)
        spare = RecoveryCodes.activate(ruth).get_unused_codes()[0]
        self.works_once(client, ruth, spare)

    def test_a_code_of_the_app_works_once(self, client, cast, ruth):
        TOTP.activate(ruth, SECRET)
        self.works_once(client, ruth, app_code())

    @staticmethod
    def works_once(client, person, code_seen):
        come_in(client, person.email)
        client.post("/sign-in/second-step/", {"code": code_seen})
        assert signed_in_as(client) == str(person.pk)
        over_the_shoulder = Client()
        come_in(over_the_shoulder, person.email)
        over_the_shoulder.post("/sign-in/second-step/", {"code": code_seen})
        assert signed_in_as(over_the_shoulder) is None

    @pytest.mark.parametrize("asked_at", ["/sign-in/second-step/", "/me/second-step/again/"])
    def test_guessing_the_second_step_locks_out(self, client, cast, ruth, asked_at):
        came_before = "again" in asked_at  # with one step, before there was a second
        if came_before:
            come_in(client, ruth.email)
        TOTP.activate(ruth, SECRET)
        if not came_before:
            come_in(client, ruth.email)
        for _try in range(10):
            clear_rates()
            client.post(asked_at, {"code": "000000"})
        clear_rates()
        assert client.post(asked_at, {"code": app_code()}).status_code == 429
        assert client.get("/me/").status_code == 302
