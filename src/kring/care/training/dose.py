"""How much of the training somebody had until a day: workshops, coaching and lessons in hours, contacts practised."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Any

from kring.care.training.models import Attendance, Coached, Enrolment, PartKind, Practice, Progress

READ = (PartKind.LESSON, PartKind.QUIZ, PartKind.BOOSTER)


@dataclasses.dataclass(frozen=True)
class Dose:
    workshop_hours: float = 0
    coaching_contacts: int = 0
    coaching_hours: float = 0
    lessons: int = 0
    lesson_hours: float = 0
    practices: int = 0

    @property
    def hours(self) -> float:
        return self.workshop_hours + self.coaching_hours + self.lesson_hours


def doses(enrolments: Iterable[Enrolment], until: dt.date) -> dict[Any, Dose]:
    """Enrolment id -> what they had, up to and including that day. Four queries, however many learners."""
    ids = [enrolment.pk for enrolment in enrolments]
    found: dict[Any, dict[str, Any]] = {one: dict.fromkeys(_NAMES, 0) for one in ids}

    def add(one: Any, name: str, value: float) -> None:
        found[one][name] += value

    came = Attendance.objects.filter(
        enrolment__in=ids, came=True, session__held_at__isnull=False, session__starts_at__date__lte=until
    )
    for one, minutes in came.values_list("enrolment_id", "session__minutes"):
        add(one, "workshop_hours", minutes / 60)
    coached = Coached.objects.filter(enrolment__in=ids, contact__removed_at=None, contact__held_on__lte=until)
    for one, minutes in coached.values_list("enrolment_id", "contact__minutes"):
        add(one, "coaching_contacts", 1)
        add(one, "coaching_hours", minutes / 60)
    read = Progress.objects.filter(enrolment__in=ids, completed_at__date__lte=until, part__kind__in=READ)
    for one, content in read.values_list("enrolment_id", "part_version__content"):
        add(one, "lessons", 1)
        add(one, "lesson_hours", content.get("minutes", 0) / 60)
    held = Practice.objects.filter(enrolment__in=ids, held_on__lte=until, dropped_at=None)
    for one in held.values_list("enrolment_id", flat=True):
        add(one, "practices", 1)
    return {one: Dose(**values) for one, values in found.items()}


_NAMES = [field.name for field in dataclasses.fields(Dose)]
