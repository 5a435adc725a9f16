"""A passkey is added and signs in, in a real Chromium with a virtual device, under the strict CSP. Host: localhost."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from tests.browser.look import look

pytestmark = pytest.mark.django_db(transaction=True)
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_a_passkey_is_added_signs_in_with_both_steps_and_is_removed(sit_down, cast, live_server):
    here = live_server.url.replace("127.0.0.1", "localhost")
    EmailAddress.objects.create(user=cast.ruth, email=cast.ruth.email, primary=True, verified=True)
    page = sit_down("ruth", base_url=here)
    page.context.add_cookies([{**page.context.cookies()[0], "domain": "localhost"}])
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto("/me/passkeys/add/")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile("/me/second-step/"))
    assert Authenticator.objects.get(type="webauthn").wrap().name == "Passkey 1"
    page.goto("/me/")
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.locator("#passkey_login").click()
    page.wait_for_url(f"{here}/")
    page.goto(f"/c/{cast.circle.pk}/")
    assert page.url == f"{here}/c/{cast.circle.pk}/"
    page.goto(f"/me/passkeys/{Authenticator.objects.get(type='webauthn').pk}/remove/")
    page.get_by_role("link", name="Gebruik mijn passkey").click()
    page.get_by_role("button", name="Gebruik mijn passkey").click()
    page.get_by_role("button", name="Haal weg").click()
    page.get_by_text("De passkey is weg.").wait_for()
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.locator("#passkey_login").click()
    page.get_by_text("Kring kent deze passkey niet.").wait_for()
    look(page, "a passkey that is gone")
