"""The only place that decides who sees what of a circle, and who may do what in it. Default: nothing.

`visible(model, seat)` gives the rows of any shareable model that a seat sees. The rooms above (plan, meetings, ...)
ask here and add only what is special to them.
"""

import datetime as dt
import uuid
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kring.care.circles.models import Circle, Grant, Handover, Interview, Member, Shareable, Tie
from kring.care.circles.seats import Seat
from kring.care.circles.topics import EVERYONE, MemberRole, Task, Topic, Zone
from kring.care.people.models import Person, Team

SECOND_THOUGHTS = dt.timedelta(hours=1)
"""How long leaving and removing can be undone as if it had not happened."""

Item = TypeVar("Item", bound=Shareable)


def visible(model: type[Item], seat: Seat) -> QuerySet[Item]:
    """The items that this seat sees: all of them for the client, else what the grants open."""
    present = model._default_manager.filter(circle_id=seat.circle_id, removed_at__isnull=True)
    if seat.is_client:
        return present
    return present.filter(reach(model.topic, seat))


def reach(topic: Topic, seat: Seat) -> Q:
    """The rule of the circle zone, as a condition on an item: its topic is open, or it was shared on its own."""
    return reach_by_values(topic, seat.kind, topic in seat.topics, seat.role, seat.circle_id, seat.member_id)


def reach_by_values(
    topic: Topic, kind: str, topic_open: bool, role: str, circle_id: uuid.UUID, member_id: uuid.UUID | None
) -> Q:
    """`reach` from plain values, so that a prepared query can use the same rule."""
    if kind == "client":
        return Q()
    nobody = Q(pk__in=[])
    if kind == "paused" or (kind == "glass" and not topic_open):
        return nobody
    whole = Q(zone=Zone.CIRCLE) if topic_open else nobody
    if kind == "glass":
        return whole
    own = Grant.objects.filter(
        Q(to_member_id=member_id) | Q(to_role__in=[role, EVERYONE]),
        circle_id=circle_id,
        topic=topic,
        item_id=OuterRef("pk"),
        revoked_at__isnull=True,
    )
    return whole | Q(Exists(own), zone=Zone.CHOSEN)


def circles_of(person: Person) -> QuerySet[Circle]:
    """The circles in which this person has a seat (an emergency opens no list)."""
    return Circle.objects.filter(
        Q(client=person) | Q(members__person=person, members__joined_at__isnull=False, members__ended_at__isnull=True)
    ).distinct()


def members_visible_to(seat: Seat) -> QuerySet[Member]:
    """Who is in the circle: for the client everyone ever, for others who takes part, if people are shared."""
    everyone = Member.objects.filter(circle_id=seat.circle_id)
    if seat.is_client or seat.does(Task.INVITE):
        return everyone
    here = everyone.filter(joined_at__isnull=False, ended_at__isnull=True)
    if Topic.PEOPLE in seat.topics:
        return here
    return here.filter(pk=seat.member_id) if seat.member_id else here.none()


def may_interview(seat: Seat) -> bool:
    """The regieondersteuner of the circle holds the talks."""
    return seat.kind == "member" and seat.role == MemberRole.REGIEONDERSTEUNER and not seat.preview


def to_interview(seat: Seat) -> QuerySet[Member]:
    """The people whom a regieondersteuner can have a talk with: whoever they see, but not a regieondersteuner."""
    return members_visible_to(seat).filter(ended_at=None).exclude(role=MemberRole.REGIEONDERSTEUNER)


def just_left(person: Person, circle_id: uuid.UUID) -> Member | None:
    """The seat that somebody gave up themselves a moment ago, and may take again."""
    since = timezone.now() - SECOND_THOUGHTS
    left = Member.objects.filter(circle_id=circle_id, person=person, ended_by=person, ended_at__gt=since)
    return left.order_by("-ended_at").first()


def interviews_visible_to(person: Person) -> QuerySet[Interview]:
    """An interview is between two people: whoever held it and the member. Not even the client reads it.

    The member reads what was said about others only where the holder opened that part (`others_open`); a page shows
    it through `Interview.about_others_for`.
    """
    return Interview.objects.filter(Q(held_by=person) | Q(member__person=person)).filter(
        Q(member__ended_at__isnull=True) | Q(member__person=person)
    )


def handovers_in(seat: Seat) -> QuerySet[Handover]:
    """What runs now: for the client all of it, for a member what was handed to them."""
    running = Handover.objects.filter(circle_id=seat.circle_id, ended_at=None, until__gte=timezone.localdate())
    running = running.select_related("to_member").order_by("until", "task")
    return running if seat.is_client else running.filter(to_member_id=seat.member_id, task__in=seat.tasks)


def teams_to_choose(circle: Circle) -> QuerySet[Team]:
    """The teams of the professionals who take part, and the one that is linked now."""
    here = Q(posts__person__seats__circle=circle, posts__person__seats__ended_at=None)
    taking_part = here & Q(posts__person__seats__joined_at__isnull=False, posts__ended_at=None)
    return Team.objects.filter(taking_part | Q(pk=circle.team_id), ended_at=None).distinct()


def may_keep(seat: Seat, task: Task) -> bool:
    """Write in one part of the circle: the client always, a member while that part is handed over."""
    return seat.does(task)


def may_share(seat: Seat) -> bool:
    """Only the client decides who sees what. This cannot be handed over."""
    return seat.is_client and not seat.preview


def may_direct(seat: Seat) -> bool:
    """Move between phases, remove or pause people, pause or close the circle: only the client."""
    return seat.is_client and not seat.preview


def may_move(seat: Seat) -> bool:
    """Moving on is the client's click. In a circle on paper it is made by whoever types what the client says."""
    return may_direct(seat) or (may_type_on(seat) and bool(seat.tasks))


def may_type_on(seat: Seat) -> bool:
    """The regieondersteuner of a circle on paper, whose client has no account to hand things over with."""
    typist = seat.kind == "member" and seat.role == MemberRole.REGIEONDERSTEUNER and not seat.preview
    return bool(seat.circle.on_paper) and typist


def may_edit_tie(seat: Seat, tie: Tie) -> bool:
    return (
        may_keep(seat, Task.MAP)
        and tie.circle_id == seat.circle_id
        and (seat.is_client or visible(Tie, seat).filter(pk=tie.pk).exists())
    )


def may_start_for_others(person: Person) -> bool:
    """Somebody with a post in a team, or who already supports a circle, can start one with a client."""
    in_team = person.posts.filter(ended_at__isnull=True, team__isnull=False).exclude(role="team_lead")
    supports = person.seats.filter(role="regieondersteuner", joined_at__isnull=False, ended_at__isnull=True)
    return in_team.exists() or supports.exists()
