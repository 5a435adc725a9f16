"""Deleting one's account: what goes, what stays and for how long, said before it is done.

A circle without professionals is erased: no law makes anybody keep it. A circle in which professionals took part, or
that a care team followed, is part of a care record: it is closed, nobody opens it any more, and it stays for the term
that the WGBO sets (20 years; docs: standards). The log stays for at least five years (NEN 7513).
"""

import dataclasses
import datetime as dt
import uuid

from django.apps import apps
from django.contrib import messages
from django.contrib.auth import logout
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kring.care.circles import actions, policy
from kring.care.circles.models import Circle, Member
from kring.care.circles.seats import seat_or_404
from kring.care.circles.topics import FORMAL_ROLES
from kring.care.measures.actions import forget_own
from kring.care.meetings.models import CalendarFeed
from kring.care.people.actions import delete_account
from kring.care.people.forms import Leaving
from kring.care.people.models import Organisation, Person
from kring.care.people.policy import organisations_left_alone_by, organisations_run_by
from kring.care.people.work import one_at_a_time
from kring.care.second_guard import lifted
from kring.care.stored import allow
from kring.care.training import answering

NOT_OF_A_CIRCLE = ("audit", "people")
"""Rooms whose rows never go with a circle: the log, and accounts."""
KEPT_FOR = dt.timedelta(days=20 * 365 + 5)
"""The term of the WGBO, from the day that the circle was closed."""


@dataclasses.dataclass(frozen=True)
class Parting:
    """What deleting an account means for each circle of this person."""

    erased: list[Circle]
    kept: list[Circle]
    left: list[Circle]
    alone_in: list[Organisation]  # they would be left without anybody who runs the accounts

    @classmethod
    def of(cls, person: Person) -> "Parting":
        own = list(Circle.objects.filter(client=person))
        seats = policy.circles_of(person).exclude(client=person).select_related("client")
        kept = [circle for circle in own if is_care_record(circle)]
        gone = [circle for circle in own if circle not in kept]
        return cls(gone, kept, list(seats), organisations_left_alone_by(person))


def is_care_record(circle: Circle) -> bool:
    """Professionals took part at some time, or a team follows it."""
    joined = Member.objects.filter(circle=circle, role__in=FORMAL_ROLES, joined_at__isnull=False)
    return circle.team_id is not None or joined.exists()


@transaction.atomic
def part(*, by: Person) -> None:
    """Leave every circle, erase or close one's own, and delete the account. All or nothing."""
    one_at_a_time(*organisations_run_by(by))
    parting = Parting.of(by)
    allow(not parting.alone_in)
    answering.take_back_everything(by=by)
    for circle in parting.left:
        actions.leave(by=seat_or_404(by, circle.pk))
    for circle in (*parting.kept, *parting.erased):
        _close(circle, by)
    with lifted("the client is erasing circles of their own, with every row that hangs on them"):
        for circle in parting.erased:
            erase(circle.pk)
    Member.objects.filter(person=by).update(email="")  # the name is part of the circle; the address is theirs
    forget_own(by=by)
    CalendarFeed.objects.filter(person=by).delete()
    delete_account(by=by)


def _close(circle: Circle, by: Person) -> None:
    """Nobody has a seat in it any more, and it is closed."""
    seat = seat_or_404(by, circle.pk)
    for member in Member.objects.filter(circle=circle, ended_at=None):
        actions.remove_member(by=seat, member=member)
    actions.set_circle_state(by=seat, state="closed")


def destroy_past_term() -> int:
    """Retention: circles that were only kept because the law says so, and whose term is over."""
    over = Circle.objects.filter(client__deleted_at__isnull=False, closed_at__lt=timezone.now() - KEPT_FOR)
    past = list(over.values_list("pk", flat=True))
    for circle_id in past:
        with transaction.atomic():
            erase(circle_id)
    return len(past)


def erase(circle_id: uuid.UUID) -> None:
    """Delete a circle with every row that points to it, whatever room it is in. The trail names it by number only."""
    answering.forget_circle(circle_id)
    for model, keys in rows_of(circle_id).items():
        rows = model._default_manager.filter(pk__in=keys)
        rows._raw_delete(rows.db)  # constraints are deferred to the commit, so the order does not matter


def rows_of(circle_id: uuid.UUID) -> dict[type[models.Model], set[object]]:
    """Each row that hangs on this circle, directly or through others: found by following the foreign keys back."""
    found: dict[type[models.Model], set[object]] = {Circle: {circle_id}}
    grew = True
    while grew:
        before = sum(map(len, found.values()))
        for model in apps.get_models(include_auto_created=True):
            if model.__module__.startswith("kring.care.") and model._meta.app_label not in NOT_OF_A_CIRCLE:
                found.setdefault(model, set()).update(_pointing(model, found))
        grew = sum(map(len, found.values())) > before
    return {model: keys for model, keys in found.items() if keys}


def _pointing(model: type[models.Model], found: dict[type[models.Model], set[object]]) -> set[object]:
    """The rows of a model that point to one that was found."""
    keys: set[object] = set()
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and not field.null and found.get(field.related_model):
            pointing = model._default_manager.filter(**{f"{field.name}__in": found[field.related_model]})
            keys.update(pointing.values_list("pk", flat=True))
    return keys


def delete_page(request: HttpRequest) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    form, parting = Leaving(request.POST or None), Parting.of(person)
    if request.method == "POST" and form.is_valid() and not parting.alone_in:
        part(by=person)
        logout(request)
        messages.success(request, _("Your account is deleted."))
        return redirect("people:signed_out")
    return render(request, "home/leaving.html", {"form": form, "parting": parting})
