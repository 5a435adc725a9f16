"""Who sees and who may write in the plan. What a seat sees of any shareable thing is decided in `circles.policy`;
here stands only what is special to actions: whoever does or proposed one sees it.
"""

import uuid

from django.db.models import Q, QuerySet

from kring.care.circles.models import Member, Shareable
from kring.care.circles.policy import may_keep, members_visible_to, reach_by_values, visible
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Task, Topic, Zone
from kring.care.plan.models import Action, CrisisPlan, Dream, Goal

TASK_OF: dict[type[Shareable], Task] = {
    Dream: Task.GOALS,
    Goal: Task.GOALS,
    Action: Task.ACTIONS,
    CrisisPlan: Task.CRISIS,
}


def actions_visible_to(seat: Seat) -> QuerySet[Action]:
    """What this seat sees of who does what, and always what one does or proposed oneself.

    The client's choice for a single action goes before that: 'only me' and 'only people I choose' mean what they say.
    """
    present = Action.objects.filter(circle_id=seat.circle_id, removed_at__isnull=True)
    if seat.is_client:
        return present
    topic_open = Topic.ACTIONS in seat.topics
    return present.filter(actions_reach(seat.kind, topic_open, seat.role, seat.circle_id, seat.member_id))


def actions_reach(kind: str, topic_open: bool, role: str, circle_id: uuid.UUID, member_id: uuid.UUID | None) -> Q:
    """The rule of `actions_visible_to` from plain values, so that a prepared query can use it too."""
    shared = reach_by_values(Topic.ACTIONS, kind, topic_open, role, circle_id, member_id)
    return shared | _own(member_id) if kind == "member" else shared


def _own(member_id: uuid.UUID | None) -> Q:
    """Actions that a member does or proposed, unless the client chose otherwise for that action."""
    person = Member.objects.filter(id=member_id).values("person_id")  # type: ignore[misc]  # None finds nobody
    return Q(zone=Zone.CIRCLE) & (Q(owner_id=member_id) | Q(proposed_by_id__in=person))


def may_propose(seat: Seat) -> bool:
    """Everyone who takes part can propose something; the client approves."""
    return seat.kind in ("client", "member") and not seat.preview


def owns(seat: Seat, action: Action) -> bool:
    if seat.is_client:
        return action.owner_is_client
    return seat.kind == "member" and seat.member_id is not None and action.owner_id == seat.member_id


def verbs(seat: Seat, action: Action) -> frozenset[str]:
    """What this seat may do with an action that it sees. No query: a page asks it for each row."""
    if not may_propose(seat):
        return frozenset()
    own, keeps = owns(seat, action), may_keep(seat, Task.ACTIONS)
    nobodys = action.owner_id is None and not action.owner_is_client
    on_paper = action.owner is not None and action.owner.on_paper and keeps
    proposed = action.proposed_by_id == seat.person_id and action.approved_at is None
    allowed = {
        "approve": seat.is_client,  # only the client says that something happens in their name
        "accept": own or on_paper,  # for an owner on paper, whoever keeps the list types the yes
        "tend": own or keeps,  # done, not done, to somebody else
        "take on": nobodys and not seat.is_client,
        "reword": keeps or proposed,
    }
    return frozenset(verb for verb, yes in allowed.items() if yes)


def may(verb: str, seat: Seat, action: Action) -> bool:
    return verb in verbs(seat, action) and actions_visible_to(seat).filter(pk=action.pk).exists()


def may_name_owner(seat: Seat, owner: Member | None) -> bool:
    """Name oneself, nobody, or a member whom one sees and who takes part."""
    if owner is None or owner.pk == seat.member_id:
        return True
    return members_to_ask(seat).filter(pk=owner.pk).exists()


def members_to_ask(seat: Seat) -> QuerySet[Member]:
    """Whom an action can be given to: those who take part, as far as this seat sees who is there."""
    return members_visible_to(seat).filter(joined_at__isnull=False, ended_at=None, paused_at=None)


def may_edit(seat: Seat, thing: Shareable) -> bool:
    """Change or remove a thing of the plan: whoever keeps that part, as far as they see it."""
    model = type(thing)
    return may_keep(seat, TASK_OF[model]) and visible(model, seat).filter(pk=thing.pk).exists()


def may_bring_back(seat: Seat, thing: Shareable) -> bool:
    """Undo a removal: whoever could have removed it."""
    if not may_keep(seat, TASK_OF[type(thing)]) or thing.circle_id != seat.circle_id:
        return False
    return seat.is_client or thing.zone == Zone.CIRCLE


def may_write_crisis(seat: Seat, plan: CrisisPlan | None) -> bool:
    return may_edit(seat, plan) if plan is not None else may_keep(seat, Task.CRISIS)
