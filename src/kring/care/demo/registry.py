"""Clients of other teams, made up in bulk, for a study that needs more of them than a town that is told has.

Nobody in it exists. These circles have dates, meetings and scores, and nothing else: they were not lived through
by actions, and nothing of them stands in the log.
"""

import datetime as dt
import random
import uuid
from typing import Any

from django.db import models
from django.utils import timezone

from kring.care.circles.models import Circle
from kring.care.measures import instruments
from kring.care.measures.models import LifeFactor, Measurement, Schedule, Score
from kring.care.meetings.models import Meeting
from kring.care.people.models import Organisation, Person, Team
from kring.care.research.columns import LIFE_FACTORS
from kring.care.research.models import Consent, Edition
from kring.care.research.reading import measure, months_after

PER_MEETING = 0.12
"""What a meeting adds to a score, in standard deviations: invented, like everything here."""
NAMES = ("Oost", "West", "Zuid", "Centrum", "Duinen", "Haven", "Polder", "Vecht")


def teams(organisation: Organisation, number: int) -> list[Team]:
    return Team.objects.bulk_create(Team(organisation=organisation, name=f"FACT {name}") for name in NAMES[:number])


class Registry:
    """Makes clients with what a study reads. The same seed makes the same scores."""

    def __init__(self, edition: Edition, *, seed: int = 1, months: tuple[int, ...] = (0, 9, 18)) -> None:
        self.edition, self.months = edition, list(months)
        self.drawn = random.Random(seed)  # noqa: S311 (invented scores)
        self.scales: dict[str, list[str]] = {}
        for one in map(measure, edition.measures):
            self.scales.setdefault(one.instrument, []).append(one.scale)
        self.hard = random.Random(seed + 1)  # noqa: S311 (of its own, so that the scores stay the same)
        self.rows: dict[type[models.Model], list[Any]] = {}

    def fill(self, team: Team, clients: int, *, say_yes: float = 1.0) -> None:
        """So many clients in this team, of whom this share says yes."""
        level, hard = self.drawn.gauss(0, 0.3), self.hard.uniform(0.1, 0.5)
        for _number in range(clients):
            circle = self._client(team, level, self.drawn.random() < say_yes)
            if LIFE_FACTORS in self.edition.columns:
                self._life(circle, hard)
        self._write()

    def _client(self, team: Team, level: float, yes: bool) -> Circle:
        number = self.drawn.getrandbits(64)
        person = self._add(Person(name=f"Verzonnen {number:016x}", password="!", is_active=False))  # noqa: S106 (nobody signs in)
        start = timezone.localdate() - dt.timedelta(days=self.drawn.randrange(570, 700))
        circle = Circle(client=person, team=team, phase=5, created_at=_moment(start))
        self._add(circle)
        if yes:
            self._add(
                Consent(
                    circle=circle, edition=self.edition, team=team, title=self.edition.title_nl,
                    responsible=self.edition.responsible, contact=self.edition.contact,
                    edition_number=self.edition.number, answer="yes",
                )
            )  # fmt: skip
        held = self._meetings(circle, start)
        own = level + self.drawn.gauss(0, 0.7)
        for code in self.scales:
            self._line(circle, code, start, held, own)
        return circle

    def _life(self, circle: Circle, share: float) -> None:
        """What makes life hard: each kind for this share of the team's clients."""
        for kind, _words in LifeFactor.KINDS:
            if self.hard.random() < share:
                key = uuid.UUID(int=self.hard.getrandbits(128), version=4)
                self._add(LifeFactor(circle=circle, kind=kind, written_by_id=circle.client_id), key)

    def _meetings(self, circle: Circle, start: dt.date) -> list[dt.date]:
        """A meeting each quarter for most, from a first one that comes sooner or later; never for some."""
        days, day = [], start + dt.timedelta(days=self.drawn.randrange(20, 400))
        while self.drawn.random() < 0.93 and day < timezone.localdate():
            days.append(day)
            day += dt.timedelta(days=self.drawn.randrange(70, 120))
        for day in days:
            moment = _moment(day)
            self._add(Meeting(circle=circle, planned_by_id=circle.client_id, starts_at=moment, held_at=moment))
        return days

    def _line(self, circle: Circle, code: str, start: dt.date, held: list[dt.date], own: float) -> None:
        definition = instruments.load(code)
        schedule = self._add(
            Schedule(circle=circle, instrument=code, starts_on=start, months=self.months, agreed_at=_moment(start),
                     proposed_by_id=circle.client_id)
        )  # fmt: skip
        for month in self.months:
            due = months_after(start, month)
            when = due + dt.timedelta(days=self.drawn.randrange(0, 21))
            if when > timezone.localdate() or self.drawn.random() < 0.05 + month / 100:
                continue  # more are missing later on
            moment = self._add(
                Measurement(schedule=schedule, month=month, due_on=due, instrument_version=definition.version,
                            language="nl", filled_by_id=circle.client_id, completed_at=_moment(when))
            )  # fmt: skip
            met = sum(1 for day in held if day < when)
            for scale in map(definition.scale, self.scales[code]):
                assert scale.low is not None
                assert scale.high is not None
                better = 1 if scale.better == "higher" else -1
                z = better * (own + PER_MEETING * min(met, 6) + self.drawn.gauss(0, 0.6))
                value = (scale.low + scale.high) / 2 + z * (scale.high - scale.low) / 6
                value = round(min(max(value, scale.low), scale.high) * 4) / 4
                of = len(scale.items)
                self._add(Score(measurement=moment, scale=scale.code, value=value, answered=of, of=of, rule="complete"))

    def _add(self, thing: Any, key: uuid.UUID | None = None) -> Any:
        """Keep a row until all are written at once; its id is drawn with the seed."""
        thing.pk = key or uuid.UUID(int=self.drawn.getrandbits(128), version=4)
        self.rows.setdefault(type(thing), []).append(thing)
        return thing

    def _write(self) -> None:
        for model in (Person, Circle, Consent, Meeting, LifeFactor, Schedule, Measurement, Score):
            model._default_manager.bulk_create(self.rows.pop(model, []), batch_size=2000)


def _moment(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(10)))
