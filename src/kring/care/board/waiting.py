"""What is new about early signs, for the home of a circle, and the way in for members whom the client chose.

No colour and no answer stands on a home page: only that there is something to read.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care.audit.reading import events
from kring.care.board.models import Chosen, Sign
from kring.care.circles.seats import Seat
from kring.care.circles.waiting import Waits, says_what_waits
from kring.care.jinja import url
from kring.care.prepared import prepared

ORDER = 10
NEW = dt.timedelta(days=14)
"""What nobody looked at for so long is not new any more: it stays on its own page."""


@says_what_waits
def signs(seat: Seat) -> Iterator[Waits]:
    """Something was said or answered since this person last looked: what a letter was sent about too. Else, for
    whom the client chose, the way in.
    """
    if seat.circle.team_id is None:
        return
    chosen = None if seat.is_client else _chosen.first(circle_id=seat.circle_id, member_id=seat.member_id)
    if not seat.is_client and chosen is None:
        return
    told = seat.is_client or chosen.told  # type: ignore[union-attr]
    address = url("signs:page", seat.circle_id)
    rows = _signs.rows(circle_id=seat.circle_id, since=timezone.now() - NEW)
    if rows and _is_new(seat, rows, told):
        yield Waits(
            ORDER, _("Read it"), f"{address}#said", _("There is a message for you"), _("Read it when it suits you.")
        )
    elif not seat.is_client:
        yield Waits(ORDER, _("If I notice something"), address)


def _is_new(seat: Seat, rows: list[Any], told: bool) -> bool:
    newest = max((moment for row in rows for moment in _moments(seat, row, told)), default=None)
    if newest is None:
        return False
    looks = events().filter(circle_id=seat.circle_id, actor_id=seat.person_id, thing__in=["signs", "board"])
    return not looks.filter(verb="viewed", at__gte=newest).exists()


def _moments(seat: Seat, row: Any, told: bool) -> Iterator[dt.datetime]:
    """When a sign was said, and when it was answered, as far as this person is told."""
    mine = row.noticed_by_id == seat.person_id
    if told and not mine:
        yield row.created_at
    if row.answered_at and (mine or seat.is_client):
        yield row.answered_at


@prepared(circle_id=uuid.UUID, since=dt.datetime)
def _signs(*, circle_id: uuid.UUID, since: dt.datetime) -> QuerySet[Any, Any]:
    """The signs of the link that runs, said or answered of late."""
    running = Sign.objects.filter(
        Q(created_at__gte=since) | Q(answered_at__gte=since), withdrawn_at__isnull=True,
        agreement__circle_id=circle_id, agreement__ended_at__isnull=True, agreement__team__isnull=False,
    )  # fmt: skip
    return running.values_list("created_at", "answered_at", "noticed_by_id", named=True)


@prepared(circle_id=uuid.UUID, member_id=uuid.UUID)
def _chosen(*, circle_id: uuid.UUID, member_id: uuid.UUID) -> QuerySet[Any, Any]:
    running = Chosen.objects.filter(
        member_id=member_id, ended_at__isnull=True, agreement__circle_id=circle_id,
        agreement__ended_at__isnull=True, agreement__team__isnull=False,
    )  # fmt: skip
    return running.values_list("notices", "told", named=True)
