"""Accounts at work: teams, posts, and the letters that offer them. Every write leaves a line, without a circle.

An offer goes to an address and says nothing about whether that address has an account. Its link is only ever sent
there, so that nobody who runs accounts can come in as somebody else.
"""

import dataclasses
import datetime as dt
import secrets
import uuid

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care import post as letters
from kring.care.audit.actions import AtCommandLine, record
from kring.care.people import links, policy
from kring.care.people.actions import end_sessions
from kring.care.people.models import Offer, Organisation, Person, Post, Role, Team
from kring.care.stored import Denied, allow

VALID = dt.timedelta(days=7)


@dataclasses.dataclass(frozen=True)
class AtWork:
    """Somebody who acts at work, as the trail names them; with a circle only where a table holds its rows."""

    person: Person
    role: str
    circle_id: uuid.UUID | None = None
    client_id: uuid.UUID | None = None
    breaks_glass: bool = False

    @property
    def person_id(self) -> uuid.UUID:
        return self.person.pk

    @property
    def person_name(self) -> str:
        return self.person.name


def _line(
    by: Person, verb: str, thing: str, thing_id: uuid.UUID, organisation: Organisation, fields: list[str]
) -> None:
    actor = AtWork(by, Role.ADMINISTRATOR.value)
    record(by=actor, verb=verb, thing=thing, thing_id=thing_id, fields=fields, rule=f"administrator {organisation.pk}")


@transaction.atomic
def found_organisation(*, name: str, administrator: str, email: str, language: str) -> Organisation:
    """An organisation, if there is none of this name, and a letter that offers its administration to one address.

    Said again, it offers to one more: so an organisation whose administrators are all gone gets a new one.
    """
    organisation, new = Organisation.objects.get_or_create(name=name, ended_at=None)
    secret = secrets.token_urlsafe(32)
    made = Offer.objects.create(
        organisation=organisation, role=Role.ADMINISTRATOR, name=administrator, email=email.lower(), language=language,
        secret_hash=links.hashed(secret), expires_at=timezone.now() + VALID,
    )  # fmt: skip
    _send(made, secret)
    if new:
        record(by=AtCommandLine(), verb="added", thing="organisation", thing_id=organisation.pk, rule="command line")
    record(by=AtCommandLine(), verb="offered", thing="post", thing_id=made.pk, fields=[made.role], rule="command line")
    return organisation


@transaction.atomic
def make_team(*, by: Person, organisation: Organisation, id: uuid.UUID, name: str) -> Team:
    allow(policy.may_run(by, organisation))
    team, new = Team.objects.get_or_create(id=id, defaults={"organisation": organisation, "name": name})
    allow(team.organisation_id == organisation.pk)
    if new:
        _line(by, "added", "team", team.pk, organisation, ["name"])
    return team


@transaction.atomic
def end_team(*, by: Person, team: Team) -> bool:
    """End a team in which nobody works any more; False while somebody does."""
    allow(policy.may_run(by, team.organisation))
    if Post.objects.filter(team=team, ended_at__isnull=True).exists():
        return False
    Team.objects.filter(pk=team.pk).update(ended_at=timezone.now())
    _line(by, "ended", "team", team.pk, team.organisation, [])
    return True


@transaction.atomic
def offer(
    *, by: Person, organisation: Organisation, id: uuid.UUID, name: str, email: str, role: str,
    team: Team | None, language: str,
) -> Offer:  # fmt: skip
    allow(policy.may_run(by, organisation))
    allow(team is None or (team.organisation_id == organisation.pk and team.ended_at is None))
    secret = secrets.token_urlsafe(32)
    made, new = Offer.objects.get_or_create(
        id=id,
        defaults={
            "organisation": organisation, "team": team, "role": role, "name": name, "email": email.lower(),
            "language": language, "offered_by": by, "secret_hash": links.hashed(secret),
            "expires_at": timezone.now() + VALID,
        },
    )  # fmt: skip
    allow(made.organisation_id == organisation.pk)
    if new:
        _send(made, secret)
        _line(by, "offered", "post", made.pk, organisation, [role])
    return made


@transaction.atomic
def send_again(*, by: Person, offer: Offer) -> None:
    """A new link; the one in the earlier letter no longer works."""
    allow(policy.may_run(by, offer.organisation) and offer.taken_at is None and offer.withdrawn_at is None)
    secret = secrets.token_urlsafe(32)
    Offer.objects.filter(pk=offer.pk).update(secret_hash=links.hashed(secret), expires_at=timezone.now() + VALID)
    _send(offer, secret)
    _line(by, "offered again", "post", offer.pk, offer.organisation, [offer.role])


@transaction.atomic
def withdraw(*, by: Person, offer: Offer) -> None:
    allow(policy.may_run(by, offer.organisation))
    if Offer.objects.filter(pk=offer.pk, taken_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        _line(by, "withdrew", "post", offer.pk, offer.organisation, [offer.role])


def _send(offer: Offer, secret: str) -> None:
    context = {"organisation": offer.organisation.name, "secret": secret}
    subject = _("Your place in Kring")
    letters.send(to=offer, subject=subject, template="people/mail/offer.txt", context=context, language=offer.language)


def known(secret: str) -> bool:
    return Offer.objects.filter(secret_hash=links.hashed(secret)).exists()


def open_offer(secret: str) -> Offer:
    """The offer of this link while it can be taken; else it does not exist."""
    found = (
        Offer.objects.select_related("organisation", "team")
        .filter(secret_hash=links.hashed(secret), taken_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if found is None:
        raise Denied
    return found


@transaction.atomic
def newcomer(offer: Offer) -> Person | None:
    """A work account for the reader, or None when the address has an account: then they sign in as themselves.

    The link was only ever mailed to this address, so whoever holds it has read that mailbox: the address is proved.
    """
    if Person.objects.filter(email=offer.email).exists():
        return None
    person = Person.objects.create_user(
        offer.email, name=offer.name, language=offer.language, organisation=offer.organisation
    )
    EmailAddress.objects.create(user=person, email=offer.email, primary=True, verified=True)
    return person


@transaction.atomic
def take(*, offer: Offer, person: Person) -> Post:
    """The offer becomes a post, once."""
    allow(bool(Offer.objects.filter(pk=offer.pk, taken_at=None, withdrawn_at=None).update(taken_at=timezone.now())))
    held, new = Post.objects.get_or_create(
        person=person, organisation=offer.organisation, team=offer.team, role=offer.role, ended_at=None
    )
    if new:
        actor = AtWork(person, offer.role)
        record(by=actor, verb="took", thing="post", thing_id=held.pk, rule=f"offer {offer.pk}")
    return held


def one_at_a_time(*organisations: Organisation) -> None:
    """Whoever takes an administrator away holds the organisation until it is done: two who do so at once would each
    see the other, and leave nobody. Call it inside the transaction, before looking who is left.
    """
    ids = sorted(organisation.pk for organisation in organisations)
    list(Organisation.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


@transaction.atomic
def end_post(*, by: Person, post: Post) -> bool:
    """End a role at once; False for the last administrator, so that an organisation is never without one."""
    one_at_a_time(post.organisation)
    allow(policy.may_run(by, post.organisation) and post.ended_at is None)
    if post.role == Role.ADMINISTRATOR and post.organisation in policy.organisations_left_alone_by(post.person):
        return False
    Post.objects.filter(pk=post.pk).update(ended_at=timezone.now())
    _line(by, "ended", "post", post.pk, post.organisation, [post.role])
    return True


@transaction.atomic
def send_link(*, by: Person, post: Post) -> None:
    allow(policy.may_run(by, post.organisation) and post.ended_at is None)
    secret = links.issue(post.person, valid=dt.timedelta(hours=24))
    subject = _("Your link to sign in to Kring")
    letters.send(to=post.person, subject=subject, template="people/mail/link.txt", context={"secret": secret})
    _line(by, "sent link", "account", post.person_id, post.organisation, [])


@transaction.atomic
def reset_second_step(*, by: Person, account: Person) -> None:
    """For a work account whose phone and spare codes are gone: its next sign-in sets up a new second step.

    Its person is told by mail, so that nobody does this unseen.
    """
    allow(policy.may_close(by, account) and account.organisation is not None)
    Authenticator.objects.filter(user=account).delete()
    end_sessions(person=account)
    what = _("Your second step was taken off by the administrator of your organisation. Set up a new one.")
    subject = _("Something changed in your account")
    letters.send(to=account, subject=subject, template="people/mail/changed.txt", context={"what": what})
    assert account.organisation is not None
    _line(by, "reset", "second step", account.pk, account.organisation, [])


@transaction.atomic
def close_account(*, by: Person, account: Person) -> None:
    """Close a work account: every role ends, every device is signed out, and nothing signs it in again."""
    one_at_a_time(*policy.organisations_run_by(account))
    allow(policy.may_close(by, account) and account.organisation is not None)
    now = timezone.now()
    Post.objects.filter(person=account, ended_at__isnull=True).update(ended_at=now)
    Person.objects.filter(pk=account.pk).update(is_active=False)
    end_sessions(person=account)
    assert account.organisation is not None
    _line(by, "closed", "account", account.pk, account.organisation, [])
