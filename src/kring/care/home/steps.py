"""The next small step that the home page offers a client. An offer, never a duty: any order is fine."""

import dataclasses
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.care.home.reading import Home


@dataclasses.dataclass(frozen=True)
class Step:
    """What it is, why one might, the word on the button and the page it opens (a URL name of the circle)."""

    title: str | Promise
    why: str | Promise
    button: str | Promise
    page: str


MAP = Step(
    _("Who matters to you?"),
    _("Put people on a map. Animals and places too. Only you see it."),
    _("Make my map"),
    "circles:map",
)
PEOPLE = Step(
    _("Who would you like to have along?"),
    _("One person is enough to begin. Nothing is sent yet."),
    _("Choose someone"),
    "circles:nominate",
)
DREAM = Step(
    _("What do you dream of?"),
    _("Small or large, in your own words. It may change later."),
    _("Write it down"),
    "plan:new_dream",
)
CRISIS_PLAN = Step(
    _("What helps when it goes less well?"),
    _("With a crisis plan others know what you want then."),
    _("Make my crisis plan"),
    "plan:crisis",
)
MEETING = Step(
    _("Do you want to meet?"),
    _("You choose when and where. And who leads."),
    _("Plan a meeting"),
    "meetings:new",
)


def next_step(home: Home) -> Step | None:
    """The first part that is still empty; with all of them begun, a meeting when none is planned."""
    begun: Any = home.begun
    if begun is None:
        return None
    empty = [
        (begun.has_map, MAP),
        (begun.has_people, PEOPLE),
        (begun.has_dream, DREAM),
        (begun.has_crisis_plan or not begun.has_people, CRISIS_PLAN),
        (home.meeting is not None or not begun.has_people, MEETING),
    ]
    return next((step for there, step in empty if not there), None)
