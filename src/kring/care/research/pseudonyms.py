"""Pseudonyms of one table, and its dates as weeks since a person's start. Pure: knows no database.

Each table has a key of its own (32 random bytes). A pseudonym is the beginning of HMAC-SHA256 over what it names, so
the same client has another pseudonym in another table, and nobody finds the client without the key. The key never
leaves the installation and waits in the database sealed with the installation's secret.
"""

import base64
import datetime as dt
import hashlib
import hmac
import secrets
import uuid

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

LETTERS = 16  # of base 32: 80 bits, so that two of a million clients share one once in two trillion tables


def new_key() -> bytes:
    return secrets.token_bytes(32)


class Pseudonyms:
    """Names for persons, teams and institutions of one table."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.new(key, digestmod=hashlib.sha256)

    def of(self, kind: str, thing: uuid.UUID | str) -> str:
        """'person', 'team' or 'institution' with an id; letters and digits that no spreadsheet takes for a number."""
        digest = self._digest(f"{kind} {thing}")
        return kind[0] + base64.b32encode(digest).decode("ascii")[:LETTERS].lower()

    def order(self, circle_id: uuid.UUID) -> uuid.UUID:
        """Where a circle stands in the file. Says nothing about its pseudonym, nor about when the circle began."""
        return uuid.UUID(bytes=self._digest(f"order {circle_id}")[:16], version=4)

    def _digest(self, text: str) -> bytes:
        keyed = self._key.copy()
        keyed.update(text.encode())
        return keyed.digest()


def weeks_since(start: dt.date, day: dt.date) -> int:
    """The day as days since the start, in whole weeks: 0, 7, 14, ... Before the start it is negative."""
    return (day - start).days // 7 * 7


def seal(key: bytes) -> str:
    return _cipher().encrypt(key).decode()


def unseal(sealed: str) -> bytes | None:
    """The key; None when it was thrown away, or sealed with a secret that is gone."""
    try:
        return _cipher().decrypt(sealed.encode()) if sealed else None
    except InvalidToken:
        return None


def _cipher() -> MultiFernet:
    texts = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(b"kring research " + text.encode()).digest() for text in texts]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
