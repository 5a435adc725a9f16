"""What django-allauth asks of us: our words, our letters, our accounts, and which institutions we believe."""

import dataclasses
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kring.care import post
from kring.care.people.entering import proved
from kring.care.people.models import Person

LETTERS = {
    "account/email/login_code": (_("Your code for Kring"), "people/mail/code.txt"),
    "account/email/email_confirmation": (_("Your code for Kring"), "people/mail/code.txt"),
    "account/email/email_confirmation_signup": (_("Your code for Kring"), "people/mail/code.txt"),
    "account/email/unknown_account": (_("You have no account yet"), "people/mail/unknown.txt"),
    "account/email/account_already_exists": (_("You already have an account"), "people/mail/exists.txt"),
}
CHANGES = {
    "account/email/email_changed": _("Your e-mail address was changed."),
    "mfa/email/totp_activated": _("An app with codes was added to your account."),
    "mfa/email/totp_deactivated": _("The app with codes was taken off your account."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey was taken off your account."),
    "mfa/email/recovery_codes_generated": _("New spare codes were made for your account."),
    "socialaccount/email/account_connected": _("The sign-in of an organisation was added to your account."),
    "socialaccount/email/account_disconnected": _("The sign-in of an organisation was taken off your account."),
}
SAID = {
    "account/messages/email_confirmed.txt": _("Your e-mail address is right: %(email)s"),
    "account/messages/email_confirmation_failed.txt": _("This address cannot be used: %(email)s"),
    "mfa/messages/totp_activated.txt": _("Your app with codes works."),
    "mfa/messages/totp_deactivated.txt": _("The app with codes is off."),
    "mfa/messages/webauthn_added.txt": _("Your passkey works."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is gone."),
    "mfa/messages/recovery_codes_generated.txt": _("You have new spare codes."),
}


@dataclasses.dataclass(frozen=True)
class Mailbox:
    """A reader of whom only the address is known."""

    email: str
    name: str = ""
    language: str = ""


class Accounts(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This is your address already."),
        "email_taken": _("This address cannot be used."),
        "incorrect_code": _("This is not the code that we sent. Look once more."),
        "rate_limited": _("That went too fast. Wait a moment and try again."),
        "same_as_current": _("This is your address already."),
        "too_many_login_attempts": _("That was tried too often. Wait a few minutes and ask a new code."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue our own letter in place of allauth's: the reader's language, no name of anybody else."""
        if template_prefix in CHANGES:
            subject, template = _("Something changed in your account"), "people/mail/changed.txt"
            context = {"what": CHANGES[template_prefix]}
        else:
            subject, template = LETTERS[template_prefix]
            context = {"code": context.get("code")}
        reader = Person.objects.filter(email=email.lower()).first() or Mailbox(email, language=_spoken())
        post.send(to=reader, subject=subject, template=template, context=context)

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail("account/email/account_already_exists", email, {})

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Only what helps is said, in our words."""
        words = message or SAID.get(message_template or "")
        if words:
            messages.add_message(request, level, str(words) % (message_context or {}), extra_tags=extra_tags)

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = form.cleaned_data["name"]
        user.language = _spoken()
        return super().save_user(request, user, form, commit)


class SecondSteps(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "unverified_email": _("First show with a code that your e-mail address is yours."),
        "incorrect_code": _("This code is not right. Look once more."),
    }

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """For a passkey that its owner gave no name."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}


class Institutions(DefaultSocialAccountAdapter):
    """An institution's word is believed for addresses of its own domains, and for no others."""

    def is_email_verified(self, provider: Any, email: str) -> bool:
        """Asked before anybody is looked up by the address."""
        return _of(provider, email)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Whatever an institution says of other addresses is not kept, nor an answer that is about two people."""
        if len({str(part["sub"]) for part in _said(sociallogin) if "sub" in part}) > 1:
            raise ImmediateHttpResponse(redirect("socialaccount_login_error"))
        for address in sociallogin.email_addresses:
            address.verified = _own_domain(sociallogin, address.email)
            if address.verified and sociallogin.is_existing and sociallogin.user.email == address.email.lower():
                proved(sociallogin.user)

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        return _own_domain(login, email)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return any(_own_domain(sociallogin, address.email) for address in sociallogin.email_addresses)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        user = sociallogin.user
        user.email = (data.get("email") or "").lower() or None
        parts = [data.get("first_name"), data.get("last_name")]
        user.name = data.get("name") or " ".join(part for part in parts if part) or str(user.email)
        user.language = _spoken()
        return user


def _own_domain(login: Any, email: str) -> bool:
    """Silence about the proof is common (Entra ID); where people may type any address, the institution says no."""
    denied = any(str(part.get("email_verified", True)).lower() == "false" for part in _said(login))
    return not denied and _of(login.provider, email)


def _said(login: Any) -> list[dict[str, Any]]:
    """The two places in which an institution tells about somebody: its answer to a question, and the signed token."""
    told = login.account.extra_data
    return [part for part in (told.get("userinfo"), told.get("id_token")) if part]


def _of(provider: Any, email: str) -> bool:
    """Whether an address is in a domain of this institution."""
    domains = [domain.lower() for domain in provider.app.settings.get("domains", [])]
    return email.rpartition("@")[2].lower() in domains


def _spoken() -> str:
    return "en" if (translation.get_language() or "nl").startswith("en") else "nl"
