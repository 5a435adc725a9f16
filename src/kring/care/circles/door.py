"""From a request to a seat. Every page of a circle comes in here, so none can forget to ask."""

import uuid

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kring.care.circles.models import Member
from kring.care.circles.seats import Seat, preview_seat, seat_or_404
from kring.care.stored import Denied

PREVIEW = "preview"  # session: {"circle": id, "member": id, "topics": what an unsent invitation would open}


def sit(request: HttpRequest, circle_id: uuid.UUID) -> Seat:
    """The seat of whoever asks, or 404. While the client previews a member, it is that member's view."""
    seat = seat_or_404(request.user, circle_id)  # type: ignore[arg-type]
    looking = request.session.get(PREVIEW)
    if not looking or looking["circle"] != str(circle_id) or not seat.is_client:
        return seat
    member = Member.objects.filter(pk=looking["member"], circle_id=circle_id, ended_at=None).first()
    if member is None:
        del request.session[PREVIEW]
        return seat
    if request.method == "POST":
        messages.info(request, _("You were only looking: nothing was changed."))
        raise Denied
    request.preview_name = member.name  # type: ignore[attr-defined]
    return preview_seat(seat, member, looking.get("topics"))


def offer_undo(request: HttpRequest, words: str, undo_url: str) -> None:
    """Say what was done, with a button that posts to `undo_url` (see base.html)."""
    messages.success(request, words, extra_tags=undo_url)
