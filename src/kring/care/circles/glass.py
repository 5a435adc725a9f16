"""Breaking the glass: for an hour at most, somebody with the emergency role sees the crisis plan and whom to call.

There is no search and no list: one needs the client's e-mail address, or the code that the client carries. The
client is told at once, by a letter without content and on every page; it is in the log; it ends by itself. What it
opens is in `seats.GLASS_TOPICS`.
"""

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care import post
from kring.care.audit.actions import record
from kring.care.circles.models import Circle, EmergencyCode, GlassBreak
from kring.care.circles.seats import Seat, seat_or_404
from kring.care.circles.trail import wrote
from kring.care.people.models import Person, Role
from kring.care.people.policy import may_break_glass
from kring.care.people.work import AtWork
from kring.care.second_guard import lifted
from kring.care.stored import allow

LONGEST = 60  # minutes
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels: no words; no digits to mistake for letters


@lifted("whoever breaks the glass has no seat yet")
@transaction.atomic
def break_glass(*, by: Person, who: str, reason: str, minutes: int) -> Circle | None:
    """Open the circle of the client with this address or code; None without one. Asking again lengthens nothing."""
    allow(may_break_glass(by) and 1 <= minutes <= LONGEST)
    circle = _found(who)
    if circle is None:
        record(by=AtWork(by, Role.EMERGENCY.value), verb="tried emergency access", thing="circle", rule="not found")
        return None
    now = timezone.now()
    if not GlassBreak.objects.filter(circle=circle, person=by, ends_at__gt=now).exists():
        ends = now + dt.timedelta(minutes=minutes)
        broken = GlassBreak.objects.create(circle=circle, person=by, reason=reason, created_at=now, ends_at=ends)
        _tell(circle, by, broken)
    return circle


def _tell(circle: Circle, by: Person, broken: GlassBreak) -> None:
    seat = seat_or_404(by, circle.pk)
    wrote(seat, "broke the glass", "circle", broken.pk, rule=f"emergency {broken.pk}")
    post.send(
        to=circle.client,
        subject=_("Please look at your circle"),
        template="circles/mail/glass.txt",
        context={"circle_id": circle.pk},
    )


def _found(who: str) -> Circle | None:
    """The newest open circle of the client with this address or code."""
    typed = who.strip()
    code = "".join(letter for letter in typed.upper() if letter.isalpha())
    named = Q(client__email=typed.lower()) | Q(emergency_code__code=code)
    return Circle.objects.select_related("client").filter(named, closed_at=None).order_by("-created_at").first()


@transaction.atomic
def stop(*, by: Seat) -> None:
    """Done earlier than the hour."""
    allow(by.breaks_glass)
    now = timezone.now()
    GlassBreak.objects.filter(circle_id=by.circle_id, person_id=by.person_id, ends_at__gt=now).update(ends_at=now)
    wrote(by, "ended emergency access", "circle", by.circle_id)


def breaks_of(seat: Seat) -> QuerySet[GlassBreak]:
    """Each time that this circle was opened in an emergency: for its client to read."""
    found = GlassBreak.objects.filter(circle_id=seat.circle_id).select_related("person").order_by("-created_at")
    return found if seat.is_client else found.none()


@transaction.atomic
def code_of(seat: Seat) -> str:
    """The client's code for emergencies, made at first use: nine letters, in threes."""
    allow(seat.is_client)
    made = "".join(secrets.choice(LETTERS) for _each in range(9))
    kept, _new = EmergencyCode.objects.get_or_create(circle_id=seat.circle_id, defaults={"code": made})
    return "-".join(kept.code[start : start + 3] for start in (0, 3, 6))
