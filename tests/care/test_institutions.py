"""Signing in through an institution (OpenID Connect), against a small provider that runs in the test."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from kring.care import settings as ours
from kring.care.people.models import Person

pytestmark = pytest.mark.enable_socket


class Provider(BaseHTTPRequestHandler):
    """Vouches for whoever stands in `who`; keeps what it was asked."""

    who = {"sub": "77", "email": "nina@linde.example", "name": "Nina Vos"}
    asked: list[str] = []

    def do_GET(self):
        Provider.asked.append(self.path)
        here = f"http://127.0.0.1:{self.server.server_port}"
        ends = {"authorization_endpoint": f"{here}/authorize", "token_endpoint": f"{here}/token"}
        answers = {"/.well-known/openid-configuration": {"issuer": here, **ends, "userinfo_endpoint": f"{here}/me",
                                                         "jwks_uri": f"{here}/keys"}, "/me": self.who}  # fmt: skip
        self.say(answers[self.path])

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Provider.asked.append(f"{self.path} {'code_verifier' in parse_qs(sent)}")
        self.say({"access_token": "a token", "token_type": "Bearer"})

    def say(self, what):
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        """Silent."""


@pytest.fixture
def provider():
    Provider.who, Provider.asked = dict(Provider.who), []
    server = HTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def institution(settings, provider):
    linde = {"id": "linde", "name": "GGZ De Linde", "client": "kring", "secret": "s", "url": provider,
             "domains": ["linde.example"]}  # fmt: skip
    settings.OIDC, settings.SOCIALACCOUNT_PROVIDERS = [linde], ours.providers([linde])


def sign_in(browser):
    """From our sign-in page to the institution, and back with the code that it gives."""
    to = browser.post("/sign-in/with/linde/").headers["Location"]
    state = parse_qs(urlsplit(to).query)["state"][0]
    assert urlsplit(to).path == "/authorize"
    return browser.get(f"/sign-in/with/linde/back/?code=x&state={state}", follow=True)


def who_is_in(browser):
    key = browser.session.get("_auth_user_id")
    return Person.objects.get(pk=key) if key else None


def test_the_sign_in_page_names_the_institution(client, cast, institution):
    assert "GGZ De Linde" in client.get("/sign-in/").content.decode()


def test_somebody_of_the_institution_comes_in_with_an_account_of_their_own(client, cast, institution):
    assert sign_in(client).status_code == 200
    nina = who_is_in(client)
    assert (nina.name, nina.email) == ("Nina Vos", "nina@linde.example")
    assert not nina.posts.exists(), "the word of an institution opens no role and no circle"
    assert "/token True" in Provider.asked, "the code is only good with its proof (PKCE)"
    again = Client()
    sign_in(again)
    assert who_is_in(again) == nina


def test_an_account_with_that_address_is_the_same_person(client, cast, institution):
    Person.objects.filter(pk=cast.tom.pk).update(email="tom@linde.example")
    Provider.who = {"sub": "1", "email": "tom@linde.example", "name": "Thomas"}
    sign_in(client)
    assert who_is_in(client) == cast.tom


def test_the_institution_is_not_believed_about_other_addresses(client, cast, institution):
    Provider.who = {"sub": "2", "email": cast.noor.email, "email_verified": True, "name": "Noor"}
    before = Person.objects.count()
    answer = sign_in(client)
    assert who_is_in(client) is None
    assert "staat niet in voor dit adres" in answer.content.decode()
    assert Person.objects.count() == before


@pytest.mark.parametrize("said", [False, "false"])
def test_an_address_that_the_institution_did_not_prove_opens_no_account(client, cast, institution, said):
    """Where people may type any address at their institution, they could come in as a colleague."""
    cast.people["lea"].email = "lea@linde.example"
    cast.people["lea"].save()
    Provider.who = {"sub": "3", "email": "lea@linde.example", "email_verified": said, "name": "Lea"}
    answer = sign_in(client)
    assert who_is_in(client) is None
    assert "niet" in answer.content.decode()


def test_stopping_at_the_institution_brings_one_back(client, cast, institution):
    to = client.post("/sign-in/with/linde/").headers["Location"]
    state = parse_qs(urlsplit(to).query)["state"][0]
    answer = client.get(f"/sign-in/with/linde/back/?error=access_denied&state={state}", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in/with-an-organisation/stopped/"
    assert who_is_in(client) is None


def test_a_made_up_answer_signs_nobody_in(client, cast, institution):
    answer = client.get("/sign-in/with/linde/back/?code=x&state=made-up", follow=True)
    assert who_is_in(client) is None
    assert answer.status_code < 500
    assert Provider.asked == [] or "/token True" not in Provider.asked


def test_an_institution_that_cannot_be_reached_breaks_nothing(client, cast, institution, settings):
    gone = {**settings.OIDC[0], "url": "http://127.0.0.1:9"}
    settings.SOCIALACCOUNT_PROVIDERS = ours.providers([gone])
    answer = client.post("/sign-in/with/linde/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in/with-an-organisation/error/"
    assert answer.status_code == 200
