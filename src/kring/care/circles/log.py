"""Who looked, in the client's own language: the audit trail of one circle told in sentences, day by day.

Every verb, page and part that an action or a page writes into the trail has its words here (a test looks for gaps).
"""

import dataclasses
import datetime as dt
import itertools
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kring.care.audit.models import Brought
from kring.care.audit.models import Line as Stored
from kring.care.audit.reading import events as trail
from kring.care.audit.reading import prepared_of_trail
from kring.care.circles.models import GlassBreak, Member
from kring.care.circles.seats import Seat

PAGE = 200
IN_A_FILE = 2000
EVERYBODY = "all"
ELSEWHERE = "elsewhere"

WHO = {
    "regieondersteuner": gettext_lazy("Your regieondersteuner %(name)s"),
    "psychiatrist": gettext_lazy("Your psychiatrist %(name)s"),
    "professional": gettext_lazy("Care worker %(name)s"),
    "experience_expert": gettext_lazy("Experience expert %(name)s"),
    "team_lead": gettext_lazy("Team lead %(name)s"),
    "team": gettext_lazy("%(name)s of your care team"),
    "emergency": gettext_lazy("Emergency access: %(name)s"),
    "researcher": gettext_lazy("Researcher %(name)s"),
}

VERBS = {
    "viewed": gettext_lazy("%(who)s looked at %(thing)s"),
    "started": gettext_lazy("%(who)s started %(thing)s"),
    "took": gettext_lazy("%(who)s took the circle: it was begun for them"),
    "opened": gettext_lazy("%(who)s opened %(thing)s again"),
    "closed": gettext_lazy("%(who)s closed %(thing)s"),
    "paused": gettext_lazy("%(who)s paused %(thing)s"),
    "resumed": gettext_lazy("%(who)s ended a pause in %(thing)s"),
    "added": gettext_lazy("%(who)s added something to %(thing)s"),
    "changed": gettext_lazy("%(who)s changed something in %(thing)s"),
    "removed": gettext_lazy("%(who)s took something out of %(thing)s"),
    "restored": gettext_lazy("%(who)s put something back in %(thing)s"),
    "shared": gettext_lazy("%(who)s shared something of %(thing)s"),
    "stopped sharing": gettext_lazy("%(who)s stopped sharing something of %(thing)s"),
    "set reach": gettext_lazy("%(who)s chose who sees something of %(thing)s"),
    "moved phase": gettext_lazy("%(who)s moved to another step"),
    "ticked": gettext_lazy("%(who)s ticked something on the list"),
    "unticked": gettext_lazy("%(who)s took a tick off the list"),
    "linked team": gettext_lazy("%(who)s linked the circle to a team"),
    "unlinked team": gettext_lazy("%(who)s took the circle away from a team"),
    "nominated": gettext_lazy("%(who)s named someone for the circle"),
    "invited": gettext_lazy("%(who)s made an invitation"),
    "withdrew invitation": gettext_lazy("%(who)s withdrew an invitation"),
    "accepted invitation": gettext_lazy("%(who)s said yes to the invitation"),
    "declined invitation": gettext_lazy("%(who)s said no to the invitation"),
    "left": gettext_lazy("%(who)s left the circle"),
    "handed over": gettext_lazy("%(who)s handed something on"),
    "took back": gettext_lazy("%(who)s took something back"),
    "wrote down a talk": gettext_lazy("%(who)s wrote down a talk"),
    "reached": gettext_lazy("%(who)s marked a dream or goal as reached"),
    "dropped": gettext_lazy("%(who)s let go of a dream or goal"),
    "brought back": gettext_lazy("%(who)s brought back a dream or goal"),
    "proposed": gettext_lazy("%(who)s proposed an action"),
    "took on": gettext_lazy("%(who)s took on an action"),
    "approved": gettext_lazy("%(who)s agreed with something in %(thing)s"),
    "took back approval": gettext_lazy("%(who)s no longer agreed with something in %(thing)s"),
    "marked done": gettext_lazy("%(who)s marked an action as done"),
    "reopened": gettext_lazy("%(who)s opened something in %(thing)s again"),
    "made calendar feed": gettext_lazy("%(who)s linked meetings to a calendar"),
    "ended calendar feed": gettext_lazy("%(who)s took meetings off a calendar"),
    "planned": gettext_lazy("%(who)s planned a meeting"),
    "cancelled": gettext_lazy("%(who)s called off a meeting"),
    "held": gettext_lazy("%(who)s closed a meeting"),
    "replied": gettext_lazy("%(who)s said whether they come to a meeting"),
    "answered date": gettext_lazy("%(who)s said which dates suit them"),
    "picked date": gettext_lazy("%(who)s picked a date for a meeting"),
    "added to agenda": gettext_lazy("%(who)s put something on the agenda"),
    "drafted agenda": gettext_lazy("%(who)s drafted the agenda"),
    "changed agenda": gettext_lazy("%(who)s changed the agenda"),
    "wrote notes": gettext_lazy("%(who)s wrote what was said in a meeting"),
    "wrote decision": gettext_lazy("%(who)s wrote down a decision"),
    "removed decision": gettext_lazy("%(who)s took a decision out"),
    "restored decision": gettext_lazy("%(who)s put a decision back"),
    "agreed": gettext_lazy("%(who)s linked %(thing)s to the circle"),
    "ended the link": gettext_lazy("%(who)s ended the link with %(thing)s"),
    "chose people": gettext_lazy("%(who)s chose people around early signs"),
    "noticed signs": gettext_lazy("%(who)s said that early signs are there"),
    "withdrew signs": gettext_lazy("%(who)s took early signs back"),
    "linked board": gettext_lazy("%(who)s found your line on the board of the team"),
    "moved on the board": gettext_lazy("%(who)s moved you on the board of the team"),
    "planned a visit": gettext_lazy("%(who)s put down a visit on the board of the team"),
    "cancelled a visit": gettext_lazy("%(who)s took a visit off the board of the team"),
    "answered signs": gettext_lazy("%(who)s answered early signs"),
    "broke the glass": gettext_lazy("%(who)s opened the circle in an emergency"),
    "ended emergency access": gettext_lazy("%(who)s ended the emergency access"),
    "tried emergency access": gettext_lazy("%(who)s asked for emergency access and found no circle"),
    "agreed to research": gettext_lazy("%(who)s said yes to a study"),
    "declined research": gettext_lazy("%(who)s said no to a study"),
    "took back research": gettext_lazy("%(who)s took back a yes to a study"),
    "agreed to research on paper": gettext_lazy("%(who)s wrote down that you said yes to a study"),
    "declined research on paper": gettext_lazy("%(who)s wrote down that you said no to a study"),
    "took back research on paper": gettext_lazy("%(who)s wrote down that you took back a yes to a study"),
    "took for research": gettext_lazy("%(who)s made a table with your scores, without your name"),
    "planned questions": gettext_lazy("%(who)s planned questions about how it goes"),
    "proposed questions": gettext_lazy("%(who)s proposed questions about how it goes"),
    "paused questions": gettext_lazy("%(who)s paused questions about how it goes"),
    "resumed questions": gettext_lazy("%(who)s let questions about how it goes run again"),
    "stopped questions": gettext_lazy("%(who)s stopped questions about how it goes"),
    "began questions": gettext_lazy("%(who)s began to fill in how it goes"),
    "skipped questions": gettext_lazy("%(who)s skipped a time of filling in how it goes"),
    "filled in": gettext_lazy("%(who)s filled in how it goes"),
    "entered scores": gettext_lazy("%(who)s wrote down scores of how it goes"),
    "marked solved": gettext_lazy("%(who)s marked something that stood in the way as solved"),
    "exported": gettext_lazy("%(who)s downloaded %(thing)s"),
    "imported": gettext_lazy("%(who)s brought the circle here from somewhere else"),
}

_THE_CIRCLE = pgettext_lazy("looked at", "your circle")
_THE_PEOPLE = pgettext_lazy("looked at", "who takes part")
_THE_PLAN = pgettext_lazy("looked at", "your dreams and goals")
_THE_ACTIONS = pgettext_lazy("looked at", "who does what")
_THE_CRISIS_PLAN = pgettext_lazy("looked at", "your crisis plan")
_THE_CARD = pgettext_lazy("looked at", "your crisis card")
_THE_MEETINGS = pgettext_lazy("looked at", "your meetings")
_THE_DATES = pgettext_lazy("looked at", "the dates of your meetings, with their own calendar")
_THE_SHARING = pgettext_lazy("looked at", "who sees what")
_THE_STEPS = pgettext_lazy("looked at", "the steps of your circle")
_THE_TALKS = pgettext_lazy("looked at", "the talks")
_THE_MAP = pgettext_lazy("looked at", "your map of people")
_THE_PROGRESS = pgettext_lazy("looked at", "how it goes with you")
_THE_BOARD = pgettext_lazy("looked at", "the board of your team")
_THE_SIGNS = pgettext_lazy("looked at", "early signs")
_OWN_PROGRESS = pgettext_lazy("looked at", "how it goes with themselves")
_OWN_PLACE = pgettext_lazy("looked at", "the page about themselves")

THINGS = {
    "circle": _THE_CIRCLE, "mine": _THE_CIRCLE, "welcome": _THE_CIRCLE, "state": _THE_CIRCLE, "team": _THE_CIRCLE,
    "to do": _THE_CIRCLE, "emergencies": _THE_SHARING,
    "people": _THE_PEOPLE, "members": _THE_PEOPLE, "member": _THE_PEOPLE, "nominate": _THE_PEOPLE,
    "letter": _THE_PEOPLE, "what I can": _OWN_PLACE,
    "map": _THE_MAP, "goals": _THE_PLAN, "plan": _THE_PLAN, "actions": _THE_ACTIONS, "action": _THE_ACTIONS,
    "crisis": _THE_CRISIS_PLAN, "crisis plan": _THE_CRISIS_PLAN, "card": _THE_CARD, "card on a phone": _THE_CARD,
    "calendar": _THE_DATES,
    "meetings": _THE_MEETINGS, "meeting": _THE_MEETINGS, "meeting on paper": _THE_MEETINGS,
    "progress": _THE_PROGRESS, "questions": _THE_PROGRESS, "schedule": _THE_PROGRESS, "life": _THE_PROGRESS,
    "own measure": _OWN_PROGRESS, "own progress": _OWN_PROGRESS,
    "sees": _THE_SHARING, "handovers": _THE_SHARING, "handover": _THE_SHARING,
    "phases": _THE_STEPS, "decisions": _THE_STEPS, "phase": _THE_STEPS, "step": _THE_STEPS,
    "board": _THE_BOARD, "figures": _THE_BOARD, "signs": _THE_SIGNS,
    "talks": _THE_TALKS, "talk": _THE_TALKS, "my talk": _THE_TALKS, "interview": _THE_TALKS,
    "study": pgettext_lazy("looked at", "what research asks you"),
    "log": pgettext_lazy("looked at", "who looked"), "own data": pgettext_lazy("looked at", "their own data"),
    "everything": pgettext_lazy("looked at", "everything in your circle"),
    "feedback": pgettext_lazy("looked at", "feedback after a contact"),
}  # fmt: skip

BETWEEN_TWO = ("interview", "talk", "talks", "my talk", "feedback", "own measure", "own progress")
"""Not the client's to read: that a talk was held stays between two people, as the talk does. So it is with answers
about a contact, and with what a member fills in about themselves: nobody else's to know. The trail keeps them."""

WHY = (
    ("emergency", gettext_lazy("in an emergency")),
    ("preview", gettext_lazy("as one of your people sees it")),
    ("handover", gettext_lazy("because you handed this on")),
    ("on paper", gettext_lazy("because you asked them to type for you")),
    ("grant", gettext_lazy("because you share this")),
    ("item grant", gettext_lazy("because you share something of this")),
    ("study consent", gettext_lazy("because you said yes to the study")),
    ("chosen by the client", gettext_lazy("because you chose them for it")),
    ("board link", gettext_lazy("because you linked the board to your circle")),
    ("team link", gettext_lazy("because you linked your circle to the team")),
)
"""Beginnings of rules, the weightiest first. A rule of one's own place (client, member, own words) needs no reason."""


@dataclasses.dataclass(frozen=True)
class Line:
    """One sentence of a day; the same thing several times in a row is said once."""

    at: dt.datetime
    words: str
    times: int
    emergency: bool


@dataclasses.dataclass(frozen=True)
class Day:
    date: dt.date
    lines: list[Line]


SAID = ("pk", "at", "actor_id", "actor_name", "actor_role", "verb", "thing", "rule", "break_glass")
"""What a sentence is made of."""


def events(seat: Seat, who: str = "", before: int | None = None) -> QuerySet[Any]:
    """The newest events of a circle. `who`: one person's id, "all", or nothing for everybody but the client.

    "elsewhere" gives what stood in the file with which the circle was brought here.
    """
    found = of_circle(Brought.objects.all() if who == ELSEWHERE else trail(), seat.circle_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    if who in (EVERYBODY, ELSEWHERE):
        return found
    if who:
        return found.filter(actor_id=uuid.UUID(who))
    return found.exclude(actor_id=seat.client_id)


def of_circle(every: QuerySet[Any], circle_id: uuid.UUID) -> QuerySet[Any]:
    """Of all lines those that a circle's client may read, newest first."""
    return every.filter(circle_id=circle_id).exclude(thing__in=BETWEEN_TWO).order_by("-pk")


@prepared_of_trail(circle_id=uuid.UUID)
def last(trail: QuerySet[Any], *, circle_id: uuid.UUID) -> QuerySet[Any, Any]:
    """Everybody's newest events, for a file."""
    return of_circle(trail, circle_id).values_list(*SAID, named=True)[:IN_A_FILE]


def people(seat: Seat) -> list[tuple[str, str]]:
    """Whom one can choose: everybody who ever had a seat or emergency access."""
    seats = Member.objects.filter(circle_id=seat.circle_id, person__isnull=False).values_list("person_id", "name")
    glass = GlassBreak.objects.filter(circle_id=seat.circle_id).values_list("person_id", "person__name")
    found = {str(key): name for key, name in [*seats, *glass] if key}
    return sorted(found.items(), key=lambda one: one[1].casefold())


def days(found: Iterable[Any], client_id: uuid.UUID) -> list[Day]:
    """Events, newest first, as sentences per day. What happened often is put into words once.

    `found` are events, or rows of them with the fields of SAID: a file holds two thousand.
    """
    said: dict[tuple[Any, ...], str] = {}

    def say(event: Any) -> str:
        same = (event.actor_id, event.actor_name, event.actor_role, event.verb, event.thing, event.rule)
        if same not in said:
            said[same] = sentence(event, client_id)
        return said[same]

    here = timezone.get_current_timezone()
    told = [(event.at.astimezone(here), say(event), event.break_glass) for event in found]
    told.sort(key=lambda one: one[0], reverse=True)  # a look at many is numbered when it is unfolded, a little later
    return [
        Day(date, [_line(list(same)) for _key, same in itertools.groupby(lines, key=lambda one: one[1:])])
        for date, lines in itertools.groupby(told, key=lambda one: one[0].date())
    ]


def _line(same: list[tuple[dt.datetime, str, bool]]) -> Line:
    at, words, emergency = same[0]
    return Line(at, words, len(same), emergency)


def sentence(event: Stored, client_id: uuid.UUID) -> str:
    """'Your regieondersteuner Ruth looked at your plan, because you share this.'"""
    what = VERBS.get(event.verb, VERBS["changed"]) % {
        "who": _who(event, client_id),
        "thing": THINGS.get(event.thing, _THE_CIRCLE),
    }
    why = _why(event)
    return _("%(what)s, %(why)s.") % {"what": what, "why": why} if why else f"{what}."


def _who(event: Stored, client_id: uuid.UUID) -> str:
    if event.actor_id == client_id:
        return _("You")
    return str(WHO.get(event.actor_role, "%(name)s")) % {"name": event.actor_name or _("Somebody")}


def _why(event: Stored) -> str:
    parts = event.rule.split("; ")
    return next((str(words) for start, words in WHY for part in parts if part.startswith(start)), "")
