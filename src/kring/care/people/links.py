"""Links that sign one person in: from an invitation, from a letter, from the demo. Only hashes are stored."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from kring.care.people.models import Person, SignInLink
from kring.care.stored import Denied


def issue(person: Person, *, next_path: str = "/", valid: dt.timedelta, reusable: bool = False) -> str:
    """Make a link for this person and return its secret, which is nowhere else."""
    if not url_has_allowed_host_and_scheme(next_path, allowed_hosts=None):
        raise ValueError(f"a sign-in link leads to a page of this site, not to {next_path!r}")
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        person=person, secret_hash=hashed(secret), next_path=next_path,
        expires_at=timezone.now() + valid, reusable=reusable,
    )  # fmt: skip
    return secret


@transaction.atomic
def redeem(secret: str) -> SignInLink:
    """The link of this secret, used up unless it is a demo link; an unknown, old or used one does not exist."""
    now = timezone.now()
    link = (
        SignInLink.objects.select_related("person")
        .filter(secret_hash=hashed(secret), expires_at__gt=now, person__is_active=True)
        .first()
    )
    if link is None:
        raise Denied
    if not link.reusable and not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise Denied
    return link


def known(secret: str) -> bool:
    """Whether there ever was such a link, used or old as it may be. A guess is none of these."""
    return SignInLink.objects.filter(secret_hash=hashed(secret)).exists()


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
