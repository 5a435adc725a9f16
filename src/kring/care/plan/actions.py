"""Every write to dreams, goals and actions. The crisis plan has its own file, `crisis`.

Each asks the policy first, is one transaction, and leaves its audit line. A create carries the id of what it
creates, so that a second click finds the first one's work.
"""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from kring.care.circles.models import Member, Shareable
from kring.care.circles.policy import may_keep, visible
from kring.care.circles.seats import Seat
from kring.care.circles.topics import Task, Topic
from kring.care.circles.trail import wrote
from kring.care.plan import policy
from kring.care.plan.models import Action, Dream, Goal
from kring.care.stored import allow, save_if_unchanged


@transaction.atomic
def add_dream(*, by: Seat, id: uuid.UUID, **content: object) -> Dream:
    """Content: text; if wanted domain, chime, zone."""
    allow(may_keep(by, Task.GOALS))
    dream, new = Dream.objects.get_or_create(
        id=id, defaults={"circle_id": by.circle_id, "written_by_id": by.person_id, **content}
    )
    allow(dream.circle_id == by.circle_id)
    if new:
        wrote(by, "added", Topic.GOALS, dream.pk, fields=["dream"])
    return dream


@transaction.atomic
def change_dream(*, by: Seat, dream: Dream, version: int, **content: object) -> Dream:
    allow(policy.may_edit(by, dream))
    save_if_unchanged(dream, version, content)
    wrote(by, "changed", Topic.GOALS, dream.pk, fields=sorted(content))
    return dream


@transaction.atomic
def add_goal(*, by: Seat, id: uuid.UUID, dream: Dream | None = None, **content: object) -> Goal:
    """Content: text; if wanted with_whom, by_when, noticed_by, domain, chime, zone."""
    allow(may_keep(by, Task.GOALS) and _sees_wish(by, dream))
    goal, new = Goal.objects.get_or_create(
        id=id, defaults={"circle_id": by.circle_id, "written_by_id": by.person_id, "dream": dream, **content}
    )
    allow(goal.circle_id == by.circle_id)
    if new:
        wrote(by, "added", Topic.GOALS, goal.pk, fields=["goal"])
    return goal


@transaction.atomic
def change_goal(*, by: Seat, goal: Goal, version: int, **content: object) -> Goal:
    """`dream` may be among the content; it must be one that the writer sees."""
    dream = content.get("dream")
    allow(policy.may_edit(by, goal) and _sees_wish(by, dream if isinstance(dream, Dream) else None))
    save_if_unchanged(goal, version, content)
    wrote(by, "changed", Topic.GOALS, goal.pk, fields=sorted(content))
    return goal


@transaction.atomic
def mark_reached(*, by: Seat, wish: Dream | Goal) -> None:
    """It came true. Only whoever keeps the goals says so."""
    _set_outcome(by, wish, "reached", reached_at=timezone.now(), dropped_at=None)


@transaction.atomic
def drop(*, by: Seat, wish: Dream | Goal) -> None:
    """Let it go, without a reason. It stays readable and can be brought back."""
    _set_outcome(by, wish, "dropped", reached_at=None, dropped_at=timezone.now())


@transaction.atomic
def bring_back(*, by: Seat, wish: Dream | Goal) -> None:
    """Neither reached nor dropped: it is open again."""
    _set_outcome(by, wish, "brought back", reached_at=None, dropped_at=None)


def _set_outcome(by: Seat, wish: Dream | Goal, verb: str, **moments: dt.datetime | None) -> None:
    allow(policy.may_edit(by, wish))
    type(wish)._default_manager.filter(pk=wish.pk).update(**moments)
    wrote(by, verb, Topic.GOALS, wish.pk)


@transaction.atomic
def remove(*, by: Seat, thing: Shareable) -> None:
    """Take a dream, goal, action or crisis plan out of the plan. `restore` brings it back."""
    allow(policy.may_edit(by, thing))
    type(thing)._default_manager.filter(pk=thing.pk, removed_at=None).update(removed_at=timezone.now())
    wrote(by, "removed", thing.topic, thing.pk)


@transaction.atomic
def restore(*, by: Seat, thing: Shareable) -> None:
    allow(policy.may_bring_back(by, thing))
    type(thing)._default_manager.filter(pk=thing.pk).update(removed_at=None)
    wrote(by, "restored", thing.topic, thing.pk)


@transaction.atomic
def propose_action(
    *,
    by: Seat,
    id: uuid.UUID,
    text: str,
    owner: Member | None = None,
    owner_is_client: bool = False,
    goal: Goal | None = None,
    due_on: dt.date | None = None,
    meeting_id: uuid.UUID | None = None,
) -> Action:
    """Put something on the list. What one proposes to do oneself has its yes; what the client proposes is approved."""
    allow(policy.may_propose(by) and _sees_wish(by, goal))
    allow(policy.may_name_owner(by, owner) and not (owner and owner_is_client))
    now = timezone.now()
    own = owner_is_client if by.is_client else owner is not None and owner.pk == by.member_id
    action, new = Action.objects.get_or_create(
        id=id,
        defaults={
            "circle_id": by.circle_id, "text": text, "proposed_by_id": by.person_id, "owner": owner, "goal": goal,
            "owner_is_client": owner_is_client, "due_on": due_on, "meeting_id": meeting_id,
            "accepted_at": now if own else None, "approved_at": now if by.is_client else None,
        },
    )  # fmt: skip
    allow(action.circle_id == by.circle_id)
    if new:
        wrote(by, "proposed", Topic.ACTIONS, action.pk)
    return action


@transaction.atomic
def change_action(*, by: Seat, action: Action, version: int, **content: object) -> Action:
    """Content: text, due_on, goal. A yes was to the old words: of the owner and of the client, only one's own stays."""
    allow(policy.may("reword", by, action))
    goal = content.get("goal")
    allow(_sees_wish(by, goal if isinstance(goal, Goal) else None))
    answers = {} if by.is_client else {"approved_at": None}
    if action.text != content.get("text", action.text) and not policy.owns(by, action):
        answers["accepted_at"] = None
    save_if_unchanged(action, version, {**content, **answers})
    wrote(by, "changed", Topic.ACTIONS, action.pk, fields=sorted(content))
    return action


@transaction.atomic
def accept_action(*, by: Seat, action: Action) -> None:
    """The owner says yes."""
    allow(policy.may("accept", by, action))
    Action.objects.filter(pk=action.pk, accepted_at=None).update(accepted_at=timezone.now())
    wrote(by, "took on", Topic.ACTIONS, action.pk, rule="own action")


@transaction.atomic
def take_on_action(*, by: Seat, action: Action) -> None:
    """A member takes on what is nobody's. Two who click at once: the first has it, the second is told no."""
    allow(policy.may("take on", by, action))
    free = Action.objects.filter(pk=action.pk, owner=None, owner_is_client=False)
    allow(bool(free.update(owner_id=by.member_id, accepted_at=timezone.now())))
    wrote(by, "took on", Topic.ACTIONS, action.pk, rule="own action")


@transaction.atomic
def approve_action(*, by: Seat, action: Action, approve: bool = True) -> None:
    """The client agrees that this happens, or takes that back."""
    allow(policy.may("approve", by, action))
    Action.objects.filter(pk=action.pk).update(approved_at=timezone.now() if approve else None)
    wrote(by, "approved" if approve else "took back approval", Topic.ACTIONS, action.pk)


@transaction.atomic
def hand_action(*, by: Seat, action: Action, owner: Member | None = None, owner_is_client: bool = False) -> None:
    """Give an action to somebody else, to the client, or to nobody yet. A new owner has not said yes.

    The client takes an action back with `owner_is_client=True`; an owner who cannot after all gives it to nobody.
    """
    allow(policy.may("tend", by, action) and policy.may_name_owner(by, owner) and not (owner and owner_is_client))
    own = owner_is_client if by.is_client else owner is not None and owner.pk == by.member_id
    Action.objects.filter(pk=action.pk).update(
        owner=owner, owner_is_client=owner_is_client, accepted_at=timezone.now() if own else None
    )
    wrote(by, "handed over", Topic.ACTIONS, action.pk)


@transaction.atomic
def mark_done(*, by: Seat, action: Action) -> None:
    allow(policy.may("tend", by, action))
    Action.objects.filter(pk=action.pk, done_at=None).update(done_at=timezone.now())
    wrote(by, "marked done", Topic.ACTIONS, action.pk)


@transaction.atomic
def reopen(*, by: Seat, action: Action) -> None:
    """It was not done after all."""
    allow(policy.may("tend", by, action))
    Action.objects.filter(pk=action.pk).update(done_at=None)
    wrote(by, "reopened", Topic.ACTIONS, action.pk)


def _sees_wish(by: Seat, wish: Dream | Goal | None) -> bool:
    return wish is None or visible(type(wish), by).filter(pk=wish.pk).exists()
