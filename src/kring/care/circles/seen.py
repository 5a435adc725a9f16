"""'Who sees this' for one part or one item, in one prepared query: for pages that say it once."""

import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from kring.care.circles.models import WHOLE_TOPIC, Grant, Member
from kring.care.circles.sharing import names_in_words
from kring.care.circles.topics import EVERYONE, Zone
from kring.care.prepared import prepared

MOST = 12  # a larger circle is not named one by one in a line


def seen_in_words(circle_id: uuid.UUID, topic: str, zone: str = Zone.CIRCLE, item_id: uuid.UUID = WHOLE_TOPIC) -> str:
    """The words of `sharing.Reach.words`, by the same rule."""
    if zone == Zone.MINE:
        return _("Only you")
    wanted = item_id if zone == Zone.CHOSEN else WHOLE_TOPIC
    members = _members.rows(str(topic), circle_id=circle_id, item_id=wanted)
    if len(members) > MOST:
        return _("You and people in your circle")
    return names_in_words([member.name for member in members if member.sees], len(members))


@prepared(circle_id=uuid.UUID, item_id=uuid.UUID)
def _members(topic: str, *, circle_id: uuid.UUID, item_id: uuid.UUID) -> QuerySet[Any, Any]:
    grants = Grant.objects.filter(
        Q(to_member_id=OuterRef("pk")) | Q(to_role=OuterRef("role")) | Q(to_role=EVERYONE),
        circle_id=circle_id, topic=topic, item_id=item_id, revoked_at__isnull=True,
    )  # fmt: skip
    here = Member.objects.filter(
        circle_id=circle_id, joined_at__isnull=False, ended_at__isnull=True, paused_at__isnull=True
    )
    return (
        here.annotate(sees=Exists(grants))
        .order_by("joined_at", "created_at")
        .values_list("name", "sees", named=True)[: MOST + 1]
    )
