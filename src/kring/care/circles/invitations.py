"""Letters to future members: sent, withdrawn, sent again, answered. The link signs its reader in, once accepted.

The secret of a link leaves through the letter only; the database keeps its hash.
"""

import base64
import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kring.care import post
from kring.care.audit.actions import record
from kring.care.circles import policy, sharing
from kring.care.circles.models import WHOLE_TOPIC, Grant, Invitation, Member
from kring.care.circles.seats import Seat, seat_or_404
from kring.care.circles.topics import Task, Topic
from kring.care.circles.trail import wrote
from kring.care.people import actions as people
from kring.care.people.links import hashed
from kring.care.people.models import Person
from kring.care.second_guard import lifted
from kring.care.stored import Denied, allow

VALID = dt.timedelta(days=30)
OPEN = {"accepted_at": None, "declined_at": None, "withdrawn_at": None}
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs, without 0, 1, I and O


def secret_of(letter: Invitation) -> str:
    """The secret of a letter's link, made again from its id and the installation's own secret: it is stored nowhere.

    So a double click on 'send' shows the same link, and a letter on paper can be printed again while it is open.
    On paper it is short enough to type: 16 signs (80 bits) without look-alikes.
    """
    digest = salted_hmac("kring invitation", str(letter.pk), algorithm="sha256").digest()
    if letter.way == "letter":
        return "".join(SIGNS[byte % len(SIGNS)] for byte in digest[:16])
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def typed(code: str) -> str:
    """A code as somebody typed it from paper: spaces, dashes and small letters do not matter."""
    bare = code.replace("-", "").replace(" ", "").upper()
    return bare if len(bare) == 16 else code.strip()


@transaction.atomic
def invite(
    *, by: Seat, member: Member, wording: str, way: str, topics: Iterable[str] = sharing.NARROWEST,
    id: uuid.UUID | None = None,
) -> tuple[Invitation, str]:  # fmt: skip
    """Write the letter and choose what its reader will see; returns it with the secret for its link.

    An earlier letter that is still open is withdrawn, so that only the newest link works. What will be shared
    is granted now by the client, and opens nothing before the invitation is accepted. Somebody to whom inviting
    was handed over gives the narrowest: sharing more stays with the client.
    """
    allow(policy.may_keep(by, Task.INVITE) and member.circle_id == by.circle_id)
    member = Member.objects.select_for_update().get(pk=member.pk)  # a double click waits for the first one
    earlier = Invitation.objects.filter(pk=id or uuid.uuid4()).first()
    if earlier is not None:  # a double click
        allow(earlier.member_id == member.pk)
        return earlier, secret_of(earlier)
    allow(member.joined_at is None and member.ended_at is None)
    _close_open_letters(member)
    letter = Invitation(
        id=id or uuid.uuid4(), member=member, invited_by_id=by.person_id, wording=wording, way=way,
        expires_at=timezone.now() + VALID,
    )  # fmt: skip
    letter.secret_hash = hashed(secret_of(letter))
    letter.save(force_insert=True)
    if by.is_client:
        sharing.set_topics(by=by, member=member, topics=topics)
    else:
        sharing.give_narrowest(circle=member.circle, member=member, granted_by=member.circle.client)
    wrote(by, "invited", Topic.PEOPLE, member.pk, fields=[way])
    if way == "mail":
        _post(letter)
    return letter, secret_of(letter)


def _close_open_letters(member: Member) -> None:
    member.invitations.filter(**OPEN).update(withdrawn_at=timezone.now())


def _post(letter: Invitation) -> None:
    """By mail it says who invites and nothing more: the client's own words wait behind the link."""
    client = letter.member.circle.client.name
    post.send(
        to=letter.member,
        subject=format_lazy(_("{name} asks you something"), name=client),
        template="circles/mail/invitation.txt",
        context={"client": client, "secret": secret_of(letter)},
        language=letter.member.circle.client.language,
    )


@transaction.atomic
def withdraw(*, by: Seat, letter: Invitation) -> None:
    allow(policy.may_keep(by, Task.INVITE) and letter.member.circle_id == by.circle_id)
    open_letter = Invitation.objects.filter(pk=letter.pk, accepted_at=None, declined_at=None, withdrawn_at=None)
    if open_letter.update(withdrawn_at=timezone.now()):
        Grant.objects.filter(to_member=letter.member, revoked_at=None).update(revoked_at=timezone.now())
        wrote(by, "withdrew invitation", Topic.PEOPLE, letter.member_id)


@lifted("whoever holds a letter has no seat yet")
def open_letter(secret: str) -> Invitation:
    """The invitation of this link or code while it can be answered; else it does not exist."""
    letter = (
        Invitation.objects.select_related("member__circle__client", "invited_by")
        .filter(
            secret_hash=hashed(typed(secret)), accepted_at=None, declined_at=None, withdrawn_at=None,
            expires_at__gt=timezone.now(), member__ended_at=None, member__circle__closed_at=None,
        )
        .first()
    )  # fmt: skip
    if letter is None:
        raise Denied
    return letter


@lifted("whoever holds a letter has no seat yet")
def known(secret: str) -> bool:
    """Whether this link ever was one, open or not."""
    return Invitation.objects.filter(secret_hash=hashed(typed(secret))).exists()


@lifted("whoever holds a letter has no seat yet")
def declined(secret: str) -> bool:
    """Whether this letter was answered with no."""
    return Invitation.objects.filter(secret_hash=hashed(typed(secret)), declined_at__isnull=False).exists()


def account_for(letter: Invitation, *, language: str) -> Person | None:
    """A new account for the reader, or None when the address that the letter was mailed to has one already."""
    email = letter.member.email if letter.way == "mail" else None
    return people.person_for_invitation(email=email, name=letter.member.name, language=language)


@lifted("whoever holds a letter has no seat yet")
def seat_taken(secret: str, person: Any) -> Member | None:
    """The seat that this person took with this letter: so that a second click is no error."""
    taken = Member.objects.filter(invitations__secret_hash=hashed(typed(secret)), ended_at=None)
    return taken.filter(person_id=person.pk, joined_at__isnull=False).first() if person.is_authenticated else None


@lifted("whoever holds a letter has no seat yet")
@transaction.atomic
def accept(*, letter: Invitation, person: Person) -> Member:
    """Take the seat. A second click finds the seat taken by the same person and changes nothing."""
    member = Member.objects.select_for_update().get(pk=letter.member_id)
    allow(person.pk != member.circle.client_id)
    if member.person_id == person.pk and member.joined_at is not None:
        return member
    now = timezone.now()
    answered = Invitation.objects.filter(
        pk=letter.pk, accepted_at=None, declined_at=None, withdrawn_at=None, expires_at__gt=now
    ).update(accepted_at=now)
    allow(bool(answered))
    allow(not Member.objects.filter(circle_id=member.circle_id, person=person, ended_at=None).exists())
    member.person, member.joined_at = person, now
    member.save(update_fields=["person", "joined_at"])
    wrote(
        seat_or_404(person, member.circle_id),
        "accepted invitation",
        Topic.PEOPLE,
        member.pk,
        rule="invitation",
    )
    return member


@lifted("whoever holds a letter has no seat yet")
@transaction.atomic
def decline(*, letter: Invitation) -> None:
    """No, without a reason. The name stays on the client's list as someone who cannot now."""
    now = timezone.now()
    if Invitation.objects.filter(pk=letter.pk, accepted_at=None, declined_at=None, withdrawn_at=None).update(
        declined_at=now
    ):
        Grant.objects.filter(to_member_id=letter.member_id, revoked_at=None, item_id=WHOLE_TOPIC).update(revoked_at=now)
        _declined_line(letter)


def _declined_line(letter: Invitation) -> None:
    record(
        by=Invited(letter),
        verb="declined invitation",
        thing="people",
        thing_id=letter.member_id,
        rule="invitation",
    )


class Invited:
    """The audit trail's view of somebody who holds a letter and has no account yet."""

    breaks_glass = False
    role = "invited"
    person_id: uuid.UUID | None = None

    def __init__(self, letter: Invitation) -> None:
        self.person_name = letter.member.name
        self.circle_id = letter.member.circle_id
        self.client_id = letter.member.circle.client_id
