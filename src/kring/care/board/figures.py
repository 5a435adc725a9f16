"""How the method is carried out in a team: what each circle contributes to each figure at the end of a month.

The figures follow the list 'fidelity and team figures' of the method; none of them was validated, and the page says
so. Nothing is counted per member of staff. Only what follows the circle's sharing counts: meetings and actions that a
client keeps apart do not. Of talks only the day counts, never a word.
"""

import dataclasses
import datetime as dt
import statistics
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Circle, Interview, Member
from kring.care.circles.topics import FORMAL_ROLES, MemberRole, Zone
from kring.care.meetings.models import Attendance, Meeting
from kring.care.meetings.pace import QUARTER, YEAR
from kring.care.people.models import Team
from kring.care.plan.models import Action

Share = tuple[float, float]
"""What one circle contributes: a numerator and a denominator."""


@dataclasses.dataclass
class Life:
    """The moments of one circle that the figures are made of."""

    begun: dt.datetime
    meetings: list[tuple[dt.datetime, bool, bool]] = dataclasses.field(
        default_factory=list
    )  # when, client, psychiatrist
    members: list[tuple[str, dt.datetime, dt.datetime | None, dt.date | None]] = dataclasses.field(default_factory=list)
    actions: list[tuple[dt.datetime, dt.datetime | None]] = dataclasses.field(default_factory=list)

    def first(self, at: dt.datetime) -> dt.datetime | None:
        return min((when for when, _client, _psychiatrist in self.meetings if when < at), default=None)


def time_to_first(life: Life, at: dt.datetime) -> Share | None:
    first = life.first(at)
    return ((first - life.begun).days / 7, 1) if first else None


def talks_before(life: Life, at: dt.datetime) -> Share | None:
    first = life.first(at)
    if first is None:
        return None
    there = [talk for role, joined, _ended, talk in life.members if role not in FORMAL_ROLES and joined <= first]
    return (sum(talk is not None and talk <= first.date() for talk in there), len(there)) if there else None


def every_quarter(life: Life, at: dt.datetime) -> Share | None:
    if at - life.begun < QUARTER:
        return None
    return (float(any(at - QUARTER <= when < at for when, _client, _psychiatrist in life.meetings)), 1)


def psychiatrist(life: Life, at: dt.datetime) -> Share | None:
    first = life.first(at)
    if first is None or at - first < YEAR:
        return None
    return (float(any(came and at - YEAR <= when < at for when, _client, came in life.meetings)), 1)


def professionals(life: Life, at: dt.datetime) -> Share | None:
    here = [role for role, joined, ended, _talk in life.members if joined < at and (ended is None or ended >= at)]
    formal = sum(role in FORMAL_ROLES for role in here)
    return (formal, len(here) - formal) if here else None


def chaired(life: Life, at: dt.datetime) -> Share | None:
    held = [client for when, client, _psychiatrist in life.meetings if at - YEAR <= when < at]
    return (sum(held), len(held)) if held else None


def approved(life: Life, at: dt.datetime) -> Share | None:
    made = [yes for when, yes in life.actions if at - YEAR <= when < at]
    return (sum(yes is not None and yes < at for yes in made), len(made)) if made else None


def mean(shares: list[Share]) -> float | None:
    """Each circle weighs the same, so that one large circle is not the figure."""
    return 100 * statistics.fmean(part / whole for part, whole in shares)


def median(shares: list[Share]) -> float | None:
    return statistics.median(part for part, _one in shares)


def ratio(shares: list[Share]) -> float | None:
    whole = sum(part for _formal, part in shares)
    return sum(formal for formal, _part in shares) / whole if whole else None


@dataclasses.dataclass(frozen=True)
class Measure:
    key: str
    name: Any
    definition: Any
    unit: str  # percent, weeks, ratio
    share: Callable[[Life, dt.datetime], Share | None]
    together: Callable[[list[Share]], float | None]


MEASURES = (
    Measure("first", _("Time to the first meeting"),
            _("The median number of weeks from the start of a circle to its first meeting, of circles that met."),
            "weeks", time_to_first, median),
    Measure("talks", _("Talks before the first meeting"),
            _("Of the family, friends and experience experts who took part at the first meeting: how many had their"
              " talk before it. The mean over circles."), "percent", talks_before, mean),
    Measure("quarter", _("A meeting each quarter"),
            _("Circles of thirteen weeks and older that met in the last thirteen weeks."),
            "percent", every_quarter, mean),
    Measure("psychiatrist", _("The psychiatrist each year"),
            _("Circles that first met a year ago or longer, with the psychiatrist at a meeting in the last year."),
            "percent", psychiatrist, mean),
    Measure("ratio", _("Professionals for each informal member"),
            _("All professionals who take part, divided by all family, friends and experience experts."),
            "ratio", professionals, ratio),
    Measure("chair", _("Meetings that the client led"),
            _("Of the meetings of the last year. The mean over circles."), "percent", chaired, mean),
    Measure("approved", _("Actions that the client approved"),
            _("Of the actions that were proposed in the last year. The mean over circles."),
            "percent", approved, mean),
)  # fmt: skip


def lives_of(team: Team) -> dict[uuid.UUID, Life]:
    """The running circles that are linked to this team now. Ask it with the second guard lifted."""
    circles = Circle.objects.filter(team=team, closed_at=None)
    lives = {key: Life(begun) for key, begun in circles.values_list("pk", "created_at")}
    shared: dict[str, Any] = {"circle__in": lives, "removed_at": None, "zone": Zone.CIRCLE}
    seen = Attendance.objects.filter(meeting__circle__in=lives, came=True, member__role=MemberRole.PSYCHIATRIST)
    came = set(seen.values_list("meeting_id", flat=True))
    held = Meeting.objects.filter(held_at__isnull=False, **shared)
    for key, circle, when, chair in held.values_list("pk", "circle_id", "held_at", "chair_id"):
        if when is not None:
            lives[circle].meetings.append((when, chair is None, key in came))
    talks = _talks(lives)
    joined = Member.objects.filter(circle__in=lives, joined_at__isnull=False)
    for key, circle, role, since, ended in joined.values_list("pk", "circle_id", "role", "joined_at", "ended_at"):
        if since is not None:
            lives[circle].members.append((role, since, ended, talks.get(key)))
    for circle, made, yes in Action.objects.filter(**shared).values_list("circle_id", "created_at", "approved_at"):
        lives[circle].actions.append((made, yes))
    return lives


def _talks(lives: Iterable[uuid.UUID]) -> dict[uuid.UUID, dt.date]:
    """The day of each member's first talk."""
    held = Interview.objects.filter(circle__in=lives, held_on__isnull=False).order_by("-held_on")
    return {member: day for member, day in held.values_list("member_id", "held_on") if day is not None}


def shares_at(measure: Measure, lives: Mapping[uuid.UUID, Life], at: dt.datetime) -> dict[uuid.UUID, Share]:
    """What each circle that had begun by then contributes."""
    found = {key: measure.share(life, at) for key, life in lives.items() if life.begun < at}
    return {key: share for key, share in found.items() if share is not None}
