"""What waits for whoever looks at a circle. The rooms above say what does; the home of the circle shows it.

The words carry no content: a home page stands open on a table, with others in the room.
"""

import dataclasses
from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.care.circles import policy
from kring.care.circles.seats import Seat


@dataclasses.dataclass(frozen=True)
class Waits:
    """One thing that waits, and the page where it is. The lowest `order` comes first.

    Without a title nothing waits: it is a way in, for somebody who was chosen for a page that others do not have.
    """

    order: int
    button: str | Promise
    address: str
    title: str | Promise = ""
    why: str | Promise = ""


Found = Callable[[Seat], Iterable[Waits]]
_rooms: list[Found] = []


def says_what_waits(found: Found) -> Found:
    """Put above a function of a room, in its module `waiting`."""
    _rooms.append(found)
    return found


def waits_for(seat: Seat) -> list[Waits]:
    """All that waits at this seat. A preview, a pause and an emergency have nothing to do."""
    if seat.preview or not seat.open or seat.kind not in ("client", "member"):
        return []
    return sorted((one for found in _rooms for one in found(seat)), key=lambda one: one.order)


@says_what_waits
def talks(seat: Seat) -> Iterable[Waits]:
    """The way to the talks of phase 2, for whoever holds them."""
    if policy.may_interview(seat):
        yield Waits(50, _("Talks"), reverse("circles:talks", args=[seat.circle_id]))
