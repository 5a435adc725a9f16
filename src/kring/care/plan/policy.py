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


def may_approve(seat: Seat) -> bool:
    """Only the client says that something will happen in their name. This cannot be handed over."""
    return seat.is_client and not seat.preview


def owns(seat: Seat, action: Action) -> bool:
    if seat.is_client:
        return action.owner_is_client
    return seat.kind == "member" and seat.member_id is not None and action.owner_id == seat.member_id


def may_answer(seat: Seat, action: Action) -> bool:
    """Say yes: the owner. For an owner on paper, whoever keeps the list types it."""
    if seat.preview:
        return False
    return owns(seat, action) or (action.owner is not None and action.owner.on_paper and may_keep(seat, Task.ACTIONS))


def may_tend(seat: Seat, action: Action) -> bool:
    """Mark it done or open again, or give it back: the owner, and whoever keeps the list."""
    return not seat.preview and _sees(seat, action) and (owns(seat, action) or may_keep(seat, Task.ACTIONS))


def may_take_on(seat: Seat, action: Action) -> bool:
    """Somebody who sees an action that is nobody's can take it on."""
    nobodys = action.owner_id is None and not action.owner_is_client
    return may_propose(seat) and not seat.is_client and nobodys and _sees(seat, action)


def may_reword(seat: Seat, action: Action) -> bool:
    """Change the words: whoever keeps the list, and whoever proposed it while the client has not approved it."""
    own_proposal = action.proposed_by_id == seat.person_id and action.approved_at is None and may_propose(seat)
    return _sees(seat, action) and (may_keep(seat, Task.ACTIONS) or own_proposal)


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


def _sees(seat: Seat, action: Action) -> bool:
    return actions_visible_to(seat).filter(pk=action.pk).exists()
