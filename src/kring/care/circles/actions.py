"""Every write to a circle and its people. Each asks the policy first, is one transaction, and leaves its audit line.

Sharing is in `sharing`, letters to future members in `invitations`, interviews in `interviews`.
"""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from kring.care.circles import policy, sharing
from kring.care.circles.models import Circle, Grant, Handover, Member, PhaseMove, Step, Tie
from kring.care.circles.phases import Item
from kring.care.circles.seats import Seat, seat_or_404
from kring.care.circles.signals import follows
from kring.care.circles.topics import MemberRole, Task, Topic, Zone
from kring.care.circles.trail import wrote
from kring.care.people.models import Person, Team
from kring.care.second_guard import lifted
from kring.care.stored import allow, save_if_unchanged

ON_PAPER = dt.timedelta(weeks=26)
"""For how long a circle on paper is typed by somebody else before the client is asked again."""


@lifted("whoever starts a circle has no seat in it yet")
@transaction.atomic
def start_circle(
    *, by: Person, client: Person, team: Team | None = None, id: uuid.UUID | None = None, on_paper: bool = False
) -> Circle:
    """Open a circle for `client`, who owns it from the first moment. A supporter who starts it becomes a member.

    On paper the client has no account: everything is then handed to the supporter who types, until a date.
    """
    circle, new = Circle.objects.get_or_create(
        id=id or uuid.uuid4(), defaults={"client": client, "team": team, "on_paper": on_paper}
    )
    allow(circle.client_id == client.pk)
    if not new:
        return circle
    if by.pk != client.pk:
        allow(policy.may_start_for_others(by))
        member = Member.objects.create(
            circle=circle, person=by, name=by.name, email=by.email or "", role=MemberRole.REGIEONDERSTEUNER,
            joined_at=timezone.now(),
        )  # fmt: skip
        sharing.give_narrowest(circle=circle, member=member, granted_by=client)
        if on_paper:
            _hand_over_on_paper(member)
    wrote(seat_or_404(by, circle.pk), "started", "circle", circle.pk)
    return circle


def _hand_over_on_paper(member: Member) -> None:
    until = timezone.localdate() + ON_PAPER
    for task in Task:
        Handover.objects.update_or_create(
            circle_id=member.circle_id, to_member=member, task=task, ended_at=None, defaults={"until": until}
        )


@transaction.atomic
def go_on_paper_longer(*, by: Seat) -> None:
    """In a circle on paper the client says so aloud: whoever types keeps what was handed over for another while."""
    allow(policy.may_type_on(by))
    _hand_over_on_paper(own_member(by))
    wrote(by, "handed over", "handover", by.circle_id, fields=["on paper"], rule="on paper")


@transaction.atomic
def decide(*, by: Seat, version: int, **choices: object) -> Circle:
    """The client's own decisions: name, place, chair, frequency, channel."""
    allow(policy.may_keep(by, Task.MEETINGS))
    circle = Circle.objects.get(pk=by.circle_id)
    save_if_unchanged(circle, version, {**choices, "decided_by_id": by.person_id})
    rule = by.tasks.get(Task.MEETINGS, "")
    wrote(by, "changed", "circle", circle.pk, fields=sorted(choices), rule=rule)
    return circle


@transaction.atomic
def move_to_phase(*, by: Seat, phase: int) -> None:
    allow(policy.may_move(by) and 1 <= phase <= 6)
    if phase == by.circle.phase:  # a double click
        return
    Circle.objects.filter(pk=by.circle_id).update(phase=phase, phase_since=timezone.now())
    PhaseMove.objects.create(circle_id=by.circle_id, phase=phase, moved_by_id=by.person_id)
    rule = next(iter(by.tasks.values()), "")  # a circle on paper: whoever types for the client
    wrote(by, "moved phase", "circle", by.circle_id, fields=[f"phase {phase}"], rule=rule)


@transaction.atomic
def tick(*, by: Seat, item: Item, done: bool) -> None:
    """Tick or untick one thing on a phase's checklist: the client, or whoever that part was handed to."""
    allow(policy.may_keep(by, item.task))
    key = item.key
    if done:
        Step.objects.get_or_create(
            circle_id=by.circle_id, key=key, undone_at=None, defaults={"done_by_id": by.person_id}
        )
    else:
        Step.objects.filter(circle_id=by.circle_id, key=key, undone_at=None).update(undone_at=timezone.now())
    wrote(by, "ticked" if done else "unticked", "step", by.circle_id, fields=[key], rule=by.tasks.get(item.task, ""))


@transaction.atomic
def set_circle_state(*, by: Seat, state: str) -> None:
    """Pause, close, or open the circle again. Members see nothing of a circle that is paused or closed."""
    allow(policy.may_direct(by) and state in ("open", "paused", "closed"))
    now = timezone.now()
    Circle.objects.filter(pk=by.circle_id).update(
        paused_at=now if state == "paused" else None, closed_at=now if state == "closed" else None
    )
    follows.send(sender=Circle, circle_id=by.circle_id)
    wrote(by, {"open": "opened", "paused": "paused", "closed": "closed"}[state], "circle", by.circle_id)


@transaction.atomic
def link_team(*, by: Seat, team: Team | None) -> None:
    """The client lets a care team see how far the circle is, or ends that. The circle itself stays as it is."""
    allow(policy.may_share(by))
    circle = Circle.objects.get(pk=by.circle_id)
    allow(team is None or policy.teams_to_choose(circle).filter(pk=team.pk).exists())
    Circle.objects.filter(pk=circle.pk).update(team=team)
    follows.send(sender=Circle, circle_id=circle.pk)
    wrote(by, "linked team" if team else "unlinked team", "circle", circle.pk)


@transaction.atomic
def add_tie(*, by: Seat, id: uuid.UUID, **content: object) -> Tie:
    allow(policy.may_keep(by, Task.MAP))
    tie, new = Tie.objects.get_or_create(id=id, defaults={"circle_id": by.circle_id, **content})
    allow(tie.circle_id == by.circle_id)
    if new:
        wrote(by, "added", Topic.MAP, tie.pk, fields=sorted(content))
    return tie


@transaction.atomic
def change_tie(*, by: Seat, tie: Tie, version: int, **content: object) -> Tie:
    allow(policy.may_edit_tie(by, tie))
    save_if_unchanged(tie, version, content)
    wrote(by, "changed", Topic.MAP, tie.pk, fields=sorted(content))
    return tie


@transaction.atomic
def remove_tie(*, by: Seat, tie: Tie, back: bool = False) -> None:
    """Take a dot off the map, or put it back."""
    allow(policy.may_keep(by, Task.MAP) and tie.circle_id == by.circle_id)
    allow(by.is_client or not back or tie.zone == Zone.CIRCLE)
    Tie.objects.filter(pk=tie.pk).update(removed_at=None if back else timezone.now())
    wrote(by, "restored" if back else "removed", Topic.MAP, tie.pk)


@transaction.atomic
def nominate(*, by: Seat, id: uuid.UUID, tie: Tie | None = None, **content: object) -> Member:
    """Name somebody whom the client would like to have along. Nothing is sent."""
    allow(policy.may_keep(by, Task.INVITE))
    allow(tie is None or tie.circle_id == by.circle_id)
    member, new = Member.objects.get_or_create(id=id, defaults={"circle_id": by.circle_id, "tie": tie, **content})
    allow(member.circle_id == by.circle_id)
    if new:
        if tie is not None:
            Tie.objects.filter(pk=tie.pk).update(nominated_at=timezone.now())
        wrote(by, "nominated", Topic.PEOPLE, member.pk)
    return member


@transaction.atomic
def change_member(*, by: Seat, member: Member, version: int, **content: object) -> Member:
    """Name, relation, role or address of somebody on the list. A role may open more, so only the client changes it."""
    allow(policy.may_keep(by, Task.INVITE) and member.circle_id == by.circle_id and member.ended_at is None)
    stored = Member.objects.values_list("role", flat=True).get(pk=member.pk)
    allow(policy.may_share(by) or content.get("role", stored) == stored)
    save_if_unchanged(member, version, content)
    wrote(by, "changed", Topic.PEOPLE, member.pk, fields=sorted(content))
    return member


@transaction.atomic
def seat_on_paper(*, by: Seat, member: Member) -> Member:
    """Somebody takes part without an account: others type for them."""
    allow(policy.may_keep(by, Task.INVITE) and member.circle_id == by.circle_id and member.ended_at is None)
    member.on_paper, member.joined_at = True, member.joined_at or timezone.now()
    member.save(update_fields=["on_paper", "joined_at"])
    wrote(by, "added", Topic.PEOPLE, member.pk, fields=["on paper"])
    return member


@transaction.atomic
def pause_member(*, by: Seat, member: Member, pause: bool) -> None:
    allow(policy.may_direct(by) and member.circle_id == by.circle_id and member.ended_at is None)
    Member.objects.filter(pk=member.pk).update(paused_at=timezone.now() if pause else None)
    wrote(by, "paused" if pause else "resumed", Topic.PEOPLE, member.pk)


@transaction.atomic
def remove_member(*, by: Seat, member: Member) -> None:
    """The client takes somebody out of the circle, professionals included. It works at once."""
    allow(policy.may_direct(by) and member.circle_id == by.circle_id and member.ended_at is None)
    _end_seat(member, by.person_id)
    wrote(by, "removed", Topic.PEOPLE, member.pk)


@transaction.atomic
def return_member(*, by: Seat, member: Member) -> None:
    """Undo a removal. For a while what the person saw comes back too; later the client decides that anew."""
    allow(policy.may_direct(by) and member.circle_id == by.circle_id and member.ended_by_id == by.person_id)
    _take_seat_again(member)
    wrote(by, "restored", Topic.PEOPLE, member.pk)


@transaction.atomic
def leave(*, by: Seat) -> None:
    """A member goes, at any time, without a reason."""
    allow(by.member_id is not None and not by.preview)
    _end_seat(own_member(by), by.person_id)
    wrote(by, "left", Topic.PEOPLE, by.member_id)


@lifted("whoever left has no seat until this is done")
@transaction.atomic
def stay(*, by: Person, circle_id: uuid.UUID) -> Member:
    """Undo one's own leaving, for a while. Whoever was removed by the client cannot do this."""
    member = policy.just_left(by, circle_id)
    allow(member is not None)
    assert member is not None
    _take_seat_again(member)
    wrote(seat_or_404(by, circle_id), "restored", Topic.PEOPLE, member.pk, rule="own leaving")
    return member


def _take_seat_again(member: Member) -> None:
    """Back in the seat; what was shared when it ended is shared again only shortly after."""
    ended = member.ended_at
    allow(ended is not None)
    assert ended is not None
    allow(
        not Member.objects.filter(circle=member.circle, person=member.person_id or uuid.uuid4(), ended_at=None).exists()
    )
    Member.objects.filter(pk=member.pk).update(ended_at=None, ended_by=None)
    if ended > timezone.now() - policy.SECOND_THOUGHTS:
        for grant in member.grants.filter(revoked_at=ended):
            Grant.objects.create(
                circle_id=grant.circle_id, topic=grant.topic, item_id=grant.item_id, to_member=member,
                granted_by_id=grant.granted_by_id,
            )  # fmt: skip


def own_member(seat: Seat) -> Member:
    """The row behind a member's seat; the client has none."""
    return Member.objects.get(pk=seat.member_id, circle_id=seat.circle_id)  # type: ignore[misc]


@lifted("whoever leaves has no seat any more while the rest of leaving is done")
def _end_seat(member: Member, ended_by: uuid.UUID | None) -> None:
    now = timezone.now()
    Member.objects.filter(pk=member.pk).update(ended_at=now, ended_by=ended_by)
    member.grants.filter(revoked_at__isnull=True).update(revoked_at=now)
    member.handovers.filter(ended_at__isnull=True).update(ended_at=now)
    member.invitations.filter(accepted_at=None, declined_at=None, withdrawn_at=None).update(withdrawn_at=now)


@transaction.atomic
def say_what_i_can(*, by: Seat, version: int, can_do: str, cannot_do: str) -> Member:
    allow(by.member_id is not None and not by.preview and by.kind == "member")
    member = own_member(by)
    save_if_unchanged(member, version, {"can_do": can_do, "cannot_do": cannot_do})
    wrote(by, "changed", Topic.PEOPLE, member.pk, fields=["can_do", "cannot_do"], rule="own words")
    return member


@transaction.atomic
def hand_over(*, by: Seat, member: Member, task: Task, until: dt.date) -> Handover:
    """Hand a task to a member until a date. Handing it again moves the date."""
    allow(policy.may_share(by) and member.circle_id == by.circle_id and member.takes_part)
    allow(until >= timezone.localdate())
    handover, _new = Handover.objects.update_or_create(
        circle_id=by.circle_id, to_member=member, task=task, ended_at=None, defaults={"until": until}
    )
    wrote(by, "handed over", "handover", handover.pk, fields=[task, until.isoformat()])
    return handover


@transaction.atomic
def take_back(*, by: Seat, handover: Handover) -> None:
    allow(policy.may_share(by) and handover.circle_id == by.circle_id)
    Handover.objects.filter(pk=handover.pk, ended_at=None).update(ended_at=timezone.now())
    wrote(by, "took back", "handover", handover.pk, fields=[handover.task])
