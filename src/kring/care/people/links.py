"""Links that sign one person in: from an invitation, from a letter, from the demo. Only hashes are stored."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from kring.care.people.models import Person, SignInLink
from kring.care.stored import Denied


def issue(person: Person, *, next_path: str = "/", valid: dt.timedelta, reusable: bool = False) -> str:
    """Make a link for this person and return its secret, which is nowhere else."""
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        person=person, secret_hash=_hashed(secret), next_path=next_path,
        expires_at=timezone.now() + valid, reusable=reusable,
    )  # fmt: skip
    return secret


@transaction.atomic
def redeem(secret: str) -> SignInLink:
    """The link of this secret, used up unless it is a demo link; an unknown, old or used one does not exist."""
    now = timezone.now()
    link = (
        SignInLink.objects.select_related("person")
        .filter(secret_hash=_hashed(secret), expires_at__gt=now, person__is_active=True)
        .first()
    )
    if link is None:
        raise Denied
    if not link.reusable and not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise Denied
    return link


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
