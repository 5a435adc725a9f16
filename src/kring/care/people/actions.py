"""Every write to accounts. Each is one transaction; what concerns an organisation leaves its line in the trail."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from kring.care.people.models import Offer, Person, SignInLink


@transaction.atomic
def person_for_invitation(*, email: str | None, name: str, language: str) -> Person | None:
    """A new account for the reader of an invitation, or None when this address has one already.

    None means: nobody is signed in by the link. The reader signs in with a mailed code and comes back (decision
    0010). Give `email` only when the letter itself went to that address by mail; for a link or a letter on paper
    give None: the account then has no address until its person adds one and proves it.
    """
    address = email.strip().lower() if email else None
    if address and Person.objects.filter(email=address).exists():
        return None
    person = Person.objects.create_user(address, name=name, language=language)
    if address:
        EmailAddress.objects.create(user=person, email=address, primary=True, verified=False)
    return person


@transaction.atomic
def change_name(*, by: Person, name: str) -> None:
    by.name = name
    by.save(update_fields=["name"])


@transaction.atomic
def change_language(*, by: Person, language: str) -> None:
    by.language = language
    by.save(update_fields=["language"])


@transaction.atomic
def end_session(*, by: Person, session: UserSession) -> None:
    if session.user_id == by.pk:
        session.end()


@transaction.atomic
def end_sessions(*, person: Person, but: str | None = None) -> None:
    """Sign this person out everywhere, except in the session with the key `but`."""
    for session in UserSession.objects.filter(user=person).exclude(session_key=but or ""):
        session.end()


@transaction.atomic
def delete_account(*, by: Person) -> None:
    """Take away whatever says who this was, and every way in. Rows that others' records point to stay, nameless.

    What the law makes an institution keep is not here but in the circles (see home.leaving).
    """
    end_sessions(person=by)
    Authenticator.objects.filter(user=by).delete()
    EmailAddress.objects.filter(user=by).delete()
    SocialAccount.objects.filter(user=by).delete()
    SignInLink.objects.filter(person=by).delete()
    if by.email:
        Offer.objects.filter(email=by.email).delete()
    by.posts.filter(ended_at__isnull=True).update(ended_at=timezone.now())
    by.name, by.email, by.is_active, by.deleted_at = "", None, False, timezone.now()
    by.set_unusable_password()
    by.save(update_fields=["name", "email", "is_active", "deleted_at", "password"])
