"""Who sees what of a team's board, and what a client agreed to. A post in the team opens the board; nothing else does.

The board opens no circle: what stands on it was written by the team, or put there by the client.
"""

import datetime as dt
import uuid

from django.db.models import QuerySet
from django.utils import timezone

from kring.care.board.desk import Desk
from kring.care.board.models import Agreement, Category, Chosen, Entry, Move, Sign, Told, Visit
from kring.care.circles.models import Circle, Member
from kring.care.circles.seats import Seat
from kring.care.people.models import TEAM_ROLES, Person
from kring.care.stored import Denied

LOOK_BACK = dt.timedelta(weeks=13)
"""How far back the team's own pages show who was where: the board is for the day, the record is elsewhere."""


def categories(desk: Desk) -> QuerySet[Category]:
    return categories_of(desk.team.pk)


def categories_of(team_id: uuid.UUID) -> QuerySet[Category]:
    return Category.objects.filter(team_id=team_id, ended_at__isnull=True).order_by("order", "created_at")


def entries(desk: Desk) -> QuerySet[Entry]:
    return Entry.objects.filter(team=desk.team, ended_at=None)


def moves(desk: Desk) -> QuerySet[Move]:
    since = timezone.now() - LOOK_BACK
    return Move.objects.filter(entry__team=desk.team, created_at__gte=since).order_by("-created_at")


def visits(desk: Desk, day: dt.date) -> QuerySet[Visit]:
    return Visit.objects.filter(entry__team=desk.team, entry__ended_at=None, day=day)


def colleagues(desk: Desk) -> QuerySet[Person]:
    """Who works in this team now."""
    return Person.objects.filter(
        posts__team=desk.team, posts__ended_at=None, posts__role__in=TEAM_ROLES, is_active=True
    ).distinct()


def agreements(desk: Desk) -> QuerySet[Agreement]:
    """What clients agreed with this team, and did not end."""
    return Agreement.objects.filter(team=desk.team, ended_at=None)


def signs_said_to(desk: Desk) -> QuerySet[Sign]:
    """Every sign that clients with a link, or whom they chose, said to this team; also answered ones."""
    here = Sign.objects.filter(agreement__team=desk.team, agreement__ended_at=None, agreement__entry__isnull=False)
    return here.select_related("agreement__entry__category", "noticed_by", "answered_by")


def signs(desk: Desk) -> QuerySet[Sign]:
    return signs_waiting_in(desk.team.pk)


def signs_waiting_in(team_id: uuid.UUID) -> QuerySet[Sign]:
    """Signs that wait for an answer, of clients on the list who let signs be put on the board."""
    waiting = Sign.objects.filter(answered_at__isnull=True, withdrawn_at__isnull=True)
    return waiting.filter(
        agreement__team_id=team_id, agreement__ended_at__isnull=True, agreement__signals=True,
        agreement__entry__ended_at__isnull=True, agreement__entry__isnull=False,
    ).order_by("created_at")  # fmt: skip


def circle_of(desk: Desk, entry: Entry) -> uuid.UUID | None:
    """The circle that this line is linked to, as its client agreed."""
    return agreements(desk).filter(entry=entry).values_list("circle_id", flat=True).first()


# the client's side


def may_agree(seat: Seat) -> bool:
    """Only the client decides this. It cannot be handed over."""
    return seat.is_client and not seat.preview


def agreement_of(seat: Seat) -> Agreement | None:
    """The running agreement of this circle, for its client and for whom they chose."""
    running = Agreement.objects.filter(circle_id=seat.circle_id, ended_at=None, team__isnull=False)
    found = running.select_related("team", "entry__category").first()
    return found if found is not None and (may_agree(seat) or chosen(seat, found) is not None) else None


def chosen(seat: Seat, agreement: Agreement) -> Chosen | None:
    """What the client chose this member for; a paused or previewed seat was chosen for nothing."""
    if seat.kind != "member" or seat.preview:
        return None
    return Chosen.objects.filter(agreement=agreement, member=seat.member_id, ended_at=None).first()


def may_notice(seat: Seat, agreement: Agreement) -> bool:
    """The client, or a member whom they chose for it, once the team knows which line is the client's."""
    if not agreement.signals or agreement.entry_id is None or not seat.open:
        return False
    found = chosen(seat, agreement)
    return may_agree(seat) or (found is not None and found.notices)


def told_to(seat: Seat) -> QuerySet[Told]:
    """Everything that boards said about the client: for the client alone."""
    if not may_agree(seat):
        raise Denied
    return Told.objects.filter(circle_id=seat.circle_id).select_related("by").order_by("-created_at")


def signs_of(seat: Seat, agreement: Agreement) -> QuerySet[Sign]:
    """For the client and whom they chose."""
    return Sign.objects.filter(agreement=agreement).select_related("noticed_by", "answered_by").order_by("-created_at")


def members_to_choose(seat: Seat) -> QuerySet[Member]:
    here = Member.objects.filter(circle_id=seat.circle_id, joined_at__isnull=False, ended_at=None, on_paper=False)
    return here.filter(person__isnull=False).order_by("created_at")


def circles_of_team(team_id: uuid.UUID) -> QuerySet[Circle]:
    """The running circles whose clients linked them to this team. Ask it with the second guard lifted."""
    return Circle.objects.filter(team_id=team_id, closed_at__isnull=True)
