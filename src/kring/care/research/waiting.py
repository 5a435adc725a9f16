"""A study that asks the client, for the home of a circle, until they looked at it. What it is about, its page says."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from kring.care.audit.reading import looks_at
from kring.care.circles.models import Circle
from kring.care.circles.seats import Seat
from kring.care.circles.waiting import Waits, says_what_waits
from kring.care.jinja import url
from kring.care.prepared import prepared
from kring.care.research import policy
from kring.care.research.models import Consent, Edition

ORDER = 30


@says_what_waits
def studies(seat: Seat) -> Iterator[Waits]:
    """An open study that was neither looked at nor answered."""
    if not policy.may_answer(seat) or seat.circle.team_id is None:
        return
    title, why = _("There is a question for you"), _("You may say yes or no. You may also leave it.")
    if not seat.is_client:  # on paper: whoever types reads it aloud
        title = _("There is a question for %(name)s") % {"name": seat.circle.client_name}
        why = _("Read it together. The answer is not yours.")
    for row in _asking.rows(circle_id=seat.circle_id, person_id=seat.person_id):
        address = url("circle_research:study", seat.circle_id, row.id)
        yield Waits(ORDER, _("Read the question"), address, title, why)


@prepared(circle_id=uuid.UUID, person_id=uuid.UUID)
def _asking(*, circle_id: uuid.UUID, person_id: uuid.UUID) -> QuerySet[Any, Any]:
    """By the rule of `policy.asks`. Looking at the page of all studies counts: there each has its own line."""
    answered = Consent.objects.filter(circle_id=circle_id, edition=OuterRef("pk"))
    looks = looks_at("study").filter(circle_id=circle_id, actor_id=person_id)
    organisation = Circle.objects.filter(pk=circle_id).values("team__organisation")
    found = Edition.objects.filter(
        ~Exists(answered), ~Exists(looks.filter(at__gte=OuterRef("opened_at"))), opened_at__isnull=False,
        replaced_at__isnull=True, study__ended_at__isnull=True, study__organisation__in=organisation,
    )  # fmt: skip
    return found.order_by("opened_at").values_list("id", named=True)
