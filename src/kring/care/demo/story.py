"""The small language in which the demo's circles are told: who does what on which day, always through actions."""

import contextlib
import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import time_machine
from django.utils import timezone

from kring.care.circles import actions, invitations, sharing
from kring.care.circles.models import Circle, Member
from kring.care.circles.seats import Seat, seat_or_404
from kring.care.circles.topics import Task
from kring.care.meetings import actions as meeting_actions
from kring.care.meetings import holding
from kring.care.meetings.models import Meeting
from kring.care.people.models import Person, Team
from kring.care.plan import actions as plan_actions
from kring.care.plan.models import Action, Goal

EVERY_TASK = list(Task)


@contextlib.contextmanager
def on_day(days_ago: float, hour: int = 10) -> Iterator[dt.datetime]:
    """Let it be so many days ago, at an hour of that day."""
    day = timezone.localtime() - dt.timedelta(days=days_ago)
    moment = day.replace(hour=hour, minute=0, second=0, microsecond=0)
    moment = min(moment, timezone.localtime() - dt.timedelta(minutes=30))  # early in the morning, today is still young
    with time_machine.travel(moment, tick=True):
        yield moment


def in_days(days: float, hour: int = 14, minute: int = 0) -> dt.datetime:
    day = timezone.localtime() + dt.timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


@dataclasses.dataclass
class Story:
    """One circle and the people in it, by first name."""

    client: Person
    circle: Circle
    writer: Person  # who types: the client, or for a circle on paper the regieondersteuner
    members: dict[str, Member] = dataclasses.field(default_factory=dict)

    @classmethod
    def begin(
        cls, client: Person, *, by: Person | None = None, team: Team | None = None, on_paper: bool = False
    ) -> "Story":
        circle = actions.start_circle(by=by or client, client=client, team=team, on_paper=on_paper)
        told = cls(client, circle, client)
        if by is not None and by != client:
            told.members[by.name.split()[0]] = Member.objects.get(circle=circle, person=by)
        return told

    def seat(self, person: Person | None = None) -> Seat:
        return seat_or_404(person or self.writer, self.circle.pk)

    def map(self, *ties: tuple[str, str, str, str]) -> None:
        """Dots: name, kind, ring, feeling."""
        for name, kind, ring, feeling in ties:
            actions.add_tie(by=self.seat(), id=uuid.uuid4(), name=name, kind=kind, ring=ring, feeling=feeling)

    def name(self, person: Person | str, relation: str, role: str = "informal") -> Member:
        """Nominate somebody; nothing is sent."""
        name, email = (person.name, person.email or "") if isinstance(person, Person) else (person, "")
        member = actions.nominate(by=self.seat(), id=uuid.uuid4(), name=name, email=email, relation=relation, role=role)
        self.members[name.split()[0]] = member
        return member

    def letter(self, member: Member, topics: Iterable[str], words: str = "") -> tuple[Any, str]:
        words = words or f"Hoi {member.name.split()[0]}, wil je meedenken in mijn kring? Ik zou het fijn vinden."
        return invitations.invite(by=self.seat(), member=member, wording=words, way="mail", topics=topics)

    def join(self, person: Person, relation: str, role: str = "informal", shares: str = "meetings") -> Member:
        """Nominate, invite and accept."""
        member = self.name(person, relation, role)
        letter, _secret = self.letter(member, sharing.READY_MADE[shares])
        joined = invitations.accept(letter=letter, person=person)
        self.members[person.name.split()[0]] = joined
        return joined

    def on_paper(self, name: str, relation: str, role: str = "informal") -> Member:
        """Somebody without an account."""
        member = actions.seat_on_paper(by=self.seat(), member=self.name(name, relation, role))
        self.members[name.split()[0]] = member
        return member

    def goal(self, text: str, **content: Any) -> Goal:
        return plan_actions.add_goal(by=self.seat(), id=uuid.uuid4(), text=text, **content)

    def dream(self, text: str, **content: Any) -> Any:
        return plan_actions.add_dream(by=self.seat(), id=uuid.uuid4(), text=text, **content)

    def agree(self, text: str, who: str, *, goal: Goal | None = None, due_in: int | None = None) -> Action:
        """The client asks somebody (or takes it on), who says yes."""
        owner = self.members.get(who)
        due = timezone.localdate() + dt.timedelta(days=due_in) if due_in else None
        action = plan_actions.propose_action(
            by=self.seat(), id=uuid.uuid4(), text=text, owner=owner, owner_is_client=owner is None, goal=goal,
            due_on=due,
        )  # fmt: skip
        if owner is not None and owner.person is not None:
            plan_actions.accept_action(by=self.seat(owner.person), action=action)
        return action

    def met(
        self, days_ago: float, notes: dict[str, str], decided: dict[str, str], came: Iterable[str], chair: str = ""
    ) -> Meeting:
        """A meeting that was planned three weeks before and held: notes and decisions by the kind of the point."""
        with on_day(days_ago + 21):
            meeting = meeting_actions.plan_meeting(
                by=self.seat(), id=uuid.uuid4(), starts_at=in_days(21), place=self.circle.place,
                chair=self.members.get(chair),
            )  # fmt: skip
            meeting_actions.draft_agenda(by=self.seat(), meeting=meeting)
        with on_day(days_ago, hour=15):
            self._hold(meeting, notes, decided, came)
        return meeting

    def _hold(self, meeting: Meeting, notes: dict[str, str], decided: dict[str, str], came: Iterable[str]) -> None:
        for point in meeting.agenda.order_by("order"):
            if words := notes.pop(point.kind, ""):
                meeting_actions.write_notes(by=self.seat(), point=point, version=point.version, notes=words)
            if text := decided.pop(point.kind, ""):
                holding.decide(by=self.seat(), meeting=meeting, id=uuid.uuid4(), text=text, point=point)
        holding.finish(by=self.seat(), meeting=meeting, came=[self.members[name].pk for name in came])

    def hand(self, name: str, tasks: Iterable[Task], days: int) -> None:
        until = timezone.localdate() + dt.timedelta(days=days)
        for task in tasks:
            actions.hand_over(by=self.seat(self.client), member=self.members[name], task=task, until=until)

    def decide(self, **choices: Any) -> None:
        self.circle.refresh_from_db()
        self.circle = actions.decide(by=self.seat(), version=self.circle.version, **choices)

    def phase(self, number: int) -> None:
        actions.move_to_phase(by=self.seat(self.client), phase=number)
