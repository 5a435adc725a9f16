"""What follows from a step that allauth took."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from kring.care.people import actions
from kring.care.people.entering import passed
from kring.care.people.models import Person


@receiver(email_confirmed)
def end_sessions_from_before(request: HttpRequest, email_address: EmailAddress, **_rest: Any) -> None:
    """Whoever proves the address for the first time is its owner: sessions opened by a letter alone end now.

    A letter can be passed on. Without this its other reader would stay signed in to the owner's account.
    """
    person: Person = email_address.user
    here = request.session.session_key if request.user.pk == person.pk else None
    actions.end_sessions(person=person, but=here)


@receiver(authenticator_added)
def setting_up_is_passing(request: HttpRequest, user: Any, authenticator: Authenticator, **_rest: Any) -> None:
    """Adding a passkey or an app proves that one holds it: the session then has its second step."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        passed(request, user, "mfa", type=authenticator.type, reauthenticated=True)
