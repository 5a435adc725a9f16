"""Coming in, one's own account, and the people of an organisation."""

from types import SimpleNamespace
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django import forms

from kring.care.forms import Plain
from kring.care.people.models import Post
from tests.browser.pages import ALONE, Visit
from tests.care.routes import an_offer


def save(page):
    page.locator("main form button.main").first.click()


def ask_for_a_code(page):
    page.locator("input[type=email]").fill("noor@example.org")
    save(page)


def administers(cast):
    an_offer(cast)
    return {"organisation": cast.organisation.pk, "post": Post.objects.get(person=cast.tom).pk}


def offered(cast):
    return {"secret": an_offer(cast)}


def with_an_app(cast):
    """Noor has an app, and spare codes, of which `with_a_spare_code` uses one at a time."""
    TOTP.activate(cast.noor, generate_totp_secret())
    SPARE[:] = RecoveryCodes.activate(cast.noor).get_unused_codes()


def with_a_spare_code(page):
    page.locator("input[name=code]").fill(SPARE.pop())
    save(page)


SPARE: list[str] = []


class Key(Plain):
    """Stands for the hidden form that a passkey fills in."""

    credential = forms.CharField(widget=forms.HiddenInput)


PHONE = SimpleNamespace(name="Telefoon")
DRAWN: dict[str, Any] = {
    "form": Key(), "webauthn_form": Key(), "verify_form": Plain(), "js_data": {}, "redirect_field": "",
    "email": "noor@example.org", "can_resend": True, "cancel_url": "", "provider": SimpleNamespace(name="GGZ De Linde"),
    "authenticator": SimpleNamespace(wrap=lambda: PHONE),
}  # fmt: skip
"""What allauth would hand to its pages; the ways to them need a real passkey or a real organisation."""

OWN, WORK = "/me/", "/organisation/{organisation}/"
VISITS = [
    Visit("people/enter.html", "/enter/some-secret/", who=None),
    Visit("people/link_gone.html", "/enter/some-secret/", who=None, do=save),
    Visit("people/sign_in.html", "/sign-in/", who=None),
    Visit("people/sign_in.html", "/sign-in/", who=None, state="with an error", do=save),
    Visit("people/type_code.html", "/sign-in/", who=None, do=ask_for_a_code),
    Visit("people/signed_out.html", "/signed-out/", who=None),
    Visit("people/roles.html", "/who-may-see-what/", who=None),
    Visit("people/me.html", OWN),
    Visit("people/name.html", OWN + "name/"),
    Visit("people/sessions.html", OWN + "sessions/"),
    Visit("people/offer.html", "/work/{secret}/", who=None, prepare=offered),
    Visit("people/organisation.html", WORK, who="ada", prepare=administers),
    Visit("people/new_team.html", WORK + "teams/new/", who="ada", prepare=administers),
    Visit("people/new_offer.html", WORK + "people/new/", who="ada", prepare=administers),
    Visit(
        "people/new_offer.html", WORK + "people/new/", who="ada", state="with an error", prepare=administers, do=save
    ),
    Visit("people/post.html", WORK + "posts/{post}/", who="ada", prepare=administers),
    Visit("people/institution_stopped.html", "/sign-in/with-an-organisation/stopped/", who=None),
    Visit("people/institution_not.html", "/sign-in/with-an-organisation/new/", who=None),
    Visit("account/signup.html", "/sign-up/", who=None),
    Visit("account/account_inactive.html", "/sign-in/closed/", who=None),
    Visit("account/email_change.html", OWN + "address/"),
    Visit("mfa/index.html", OWN + "second-step/"),
    Visit("mfa/index.html", OWN + "second-step/", state="with an app", prepare=with_an_app),
    Visit("mfa/totp/activate_form.html", OWN + "second-step/app/"),
    Visit("mfa/webauthn/authenticator_list.html", OWN + "passkeys/"),
    Visit("mfa/webauthn/add_form.html", OWN + "passkeys/add/"),
    Visit("mfa/reauthenticate.html", OWN + "second-step/again/", prepare=with_an_app),
    Visit("mfa/recovery_codes/index.html", OWN + "second-step/spare-codes/", prepare=with_an_app, do=with_a_spare_code),
    Visit(
        "mfa/recovery_codes/generate.html",
        OWN + "second-step/spare-codes/new/",
        prepare=with_an_app,
        do=with_a_spare_code,
    ),
    Visit("mfa/totp/deactivate_form.html", OWN + "second-step/app/off/", prepare=with_an_app, do=with_a_spare_code),
    Visit("socialaccount/connections.html", OWN + "organisations/"),
    Visit("404.html", "/nothing-is-here/", who="noor", answer=404),
    *(
        Visit(name, ALONE, who=None)
        for name in (
            "400.html",
            "403.html",
            "403_csrf.html",
            "429.html",
            "account/signup_closed.html",
            "socialaccount/authentication_error.html",
        )
    ),
    Visit("fault.html", ALONE, who=None, context={"passing": True}),
    *(
        Visit(name, ALONE, who=None, context=DRAWN)
        for name in (
            "mfa/webauthn/edit_form.html",
            "mfa/webauthn/reauthenticate.html",
            "mfa/webauthn/authenticator_confirm_delete.html",
            "account/confirm_email_verification_code.html",
            "people/second_step.html",
            "socialaccount/login.html",
        )
    ),
]
