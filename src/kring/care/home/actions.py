"""Writes that join rooms: a circle begun with a client, who may not have an account yet."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kring.care import post
from kring.care.circles import actions
from kring.care.circles.models import Circle
from kring.care.people import links
from kring.care.people.models import Person

FIRST_LINK = dt.timedelta(days=14)


@transaction.atomic
def start_with_client(*, by: Person, id: uuid.UUID, client_name: str, client_email: str) -> Circle:
    """Begin a circle for a client. With an address they get a letter and the circle; without one it runs on paper."""
    begun = Circle.objects.filter(pk=id).first()
    if begun is not None:  # a double click
        return actions.start_circle(by=by, client=begun.client, id=id)
    known = Person.objects.filter(email=client_email.lower(), is_active=True).first() if client_email else None
    language = get_language() or "nl"
    client = known or Person.objects.create_user(client_email or None, name=client_name, language=language)
    circle = actions.start_circle(by=by, client=client, id=id, on_paper=not client_email)
    if client_email:
        _tell(client, by, circle, signs_in=known is None)
    return circle


def _tell(client: Person, by: Person, circle: Circle, *, signs_in: bool) -> None:
    """A new account is opened by the link; who has an account signs in as always."""
    place = f"/c/{circle.pk}/"
    secret = links.issue(client, next_path=place, valid=FIRST_LINK) if signs_in else ""
    post.send(
        to=client,
        subject=format_lazy(_("{name} began something with you"), name=by.name),
        template="home/mail/begun.txt",
        context={"by": by.name, "secret": secret, "circle_id": circle.pk},
    )
