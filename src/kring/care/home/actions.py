"""Writes that join rooms: a circle begun with a client, who may not have an account yet."""

import datetime as dt
import uuid

from django.core import signing
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kring.care import post
from kring.care.circles import actions
from kring.care.circles.models import Circle
from kring.care.circles.seats import seat_or_404
from kring.care.circles.trail import wrote
from kring.care.people import links
from kring.care.people.actions import delete_account
from kring.care.people.models import Person
from kring.care.second_guard import lifted
from kring.care.stored import Denied, allow

FIRST_LINK = dt.timedelta(days=14)


SALT = "kring a circle that was begun"


@transaction.atomic
def start_with_client(*, by: Person, id: uuid.UUID, client_name: str, client_email: str) -> Circle:
    """Begin a circle for a client. With an address they get a letter and the circle; without one it runs on paper.

    Whoever begins it cannot find out whether the address has an account: until its reader takes the circle, the
    client in it is only the name that was typed.
    """
    begun = Circle.objects.filter(pk=id).first()
    if begun is not None:  # a double click
        return actions.start_circle(by=by, client=begun.client, id=id)
    known = Person.objects.filter(email=client_email.lower(), is_active=True).first() if client_email else None
    address = client_email if client_email and not known else None
    client = Person.objects.create_user(address, name=client_name, language=get_language() or "nl")
    circle = actions.start_circle(by=by, client=client, id=id, on_paper=not client_email)
    if client_email:
        _tell(known or client, by, circle, signs_in=known is None)
    return circle


def _tell(reader: Person, by: Person, circle: Circle, *, signs_in: bool) -> None:
    """A new account is opened by the link. Who has an account signs in as always, and takes the circle or not."""
    if signs_in:
        link = ("people:enter", links.issue(reader, next_path=f"/c/{circle.pk}/", valid=FIRST_LINK))
    else:
        link = ("home:take", signing.dumps([str(circle.pk), str(reader.pk)], salt=SALT))
    post.send(
        to=reader,
        subject=format_lazy(_("{name} began something with you"), name=by.name),
        template="home/mail/begun.txt",
        context={"by": by.name, "where": link},
    )


@lifted("whoever takes a circle that was begun for them has no seat in it yet")
def offered(*, to: Person, ticket: str) -> Circle:
    """The circle of a letter, while this reader can take it; it does not exist for anybody else."""
    try:
        circle_id, person_id = signing.loads(ticket, salt=SALT, max_age=FIRST_LINK)
    except signing.BadSignature:
        raise Denied from None
    allow(person_id == str(to.pk))
    found = Circle.objects.select_related("client").filter(pk=circle_id, closed_at=None).first()
    if found is None or (found.client_id != to.pk and found.client.email is not None):
        raise Denied
    return found


@lifted("whoever takes a circle that was begun for them has no seat in it yet")
@transaction.atomic
def take_circle(*, by: Person, ticket: str) -> Circle:
    """The reader of the letter becomes the client; the name that stood there for them goes."""
    circle = offered(to=by, ticket=ticket)
    stand_in = circle.client
    if Circle.objects.filter(pk=circle.pk, client=stand_in).exclude(client=by).update(client=by):
        delete_account(by=stand_in)
        wrote(seat_or_404(by, circle.pk), "took", "circle", circle.pk)
    return Circle.objects.get(pk=circle.pk)
