"""Rows in bulk for the benches: one circle with `size` of everything, straight into the tables."""

import datetime as dt
from typing import Any

from django.utils import timezone

from kring.care.circles.models import Grant, Member, Tie
from kring.care.meetings.models import AgendaItem, Attendance, Decision, Meeting
from kring.care.plan.models import Action, Dream, Goal


def fill(cast: Any, size: int) -> None:
    """Add `size` members, ties, dreams, goals, actions, grants on single items, and meetings; one meeting is full."""
    circle, noor, now = cast.circle, cast.noor, timezone.now()
    Tie.objects.bulk_create(Tie(circle=circle, name=f"Naam {n}") for n in range(size))
    members = Member.objects.bulk_create(
        Member(circle=circle, name=f"Lid {n}", on_paper=True, joined_at=now) for n in range(size)
    )
    Dream.objects.bulk_create(Dream(circle=circle, text=f"Droom {n}", written_by=noor) for n in range(size))
    goals = Goal.objects.bulk_create(Goal(circle=circle, text=f"Doel {n}", written_by=noor) for n in range(size))
    Action.objects.bulk_create(
        Action(circle=circle, text=f"Afspraak {n}", proposed_by=noor, owner=members[n], goal=goals[n], accepted_at=now)
        for n in range(size)
    )
    Grant.objects.bulk_create(
        Grant(circle=circle, topic="goals", item_id=goals[n].pk, to_member=members[n], granted_by=noor)
        for n in range(size)
    )
    past = [now - dt.timedelta(days=7 * (n + 1)) for n in range(size)]
    Meeting.objects.bulk_create(
        Meeting(circle=circle, planned_by=noor, starts_at=moment, held_at=moment) for moment in past
    )
    coming = Meeting.objects.create(circle=circle, planned_by=noor, starts_at=now + dt.timedelta(days=3))
    points = AgendaItem.objects.bulk_create(
        AgendaItem(meeting=coming, order=n, kind="goal", goal=goals[n]) for n in range(min(size, 5))
    )
    Decision.objects.bulk_create(
        Decision(meeting=coming, agenda_item=point, text="Besluit", written_by=noor) for point in points
    )
    Attendance.objects.bulk_create(Attendance(meeting=coming, member=member) for member in members[:8])
