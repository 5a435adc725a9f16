"""What pages of the training show, read with few queries. The home of a learner is among the busiest pages."""

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils import timezone, translation

from kring.care.people.models import Person
from kring.care.prepared import prepared
from kring.care.training.models import (
    BoosterRound,
    Enrolment,
    PartKind,
    PlacedPart,
    Progress,
    QuizAttempt,
    WorkshopSession,
)

OWN_STEPS = (PartKind.LESSON, PartKind.QUIZ, PartKind.PRACTICE, PartKind.BOOSTER)
"""What a learner does by themselves; workshops and coaching have a date and other people."""


@dataclasses.dataclass(frozen=True)
class Course:
    """One enrolment on the home of a learner: the next small step, what comes back, the next workshop."""

    enrolment: Any
    title: str
    step: Any | None
    opens_on: dt.date | None
    round: Any | None
    workshop: Any | None
    going: Any | None


def courses(person: Person) -> list[Course]:
    return [_course(each) for each in _enrolments.rows(_language(), person_id=person.pk)]


def _language() -> str:
    return "nl" if (translation.get_language() or "nl").startswith("nl") else "en"


def _course(enrolment: Any) -> Course:
    place = {"enrolment_id": enrolment.id, "version_id": enrolment.cohort_programme_version_id}
    step = _next_step.first(_language(), **place)
    opens = enrolment.joined_on + dt.timedelta(days=step.after_days) if step else None
    return Course(
        enrolment=enrolment,
        title=enrolment.title or enrolment.other_title or "",
        step=step,
        opens_on=opens if opens and opens > timezone.localdate() else None,
        round=_round.first(enrolment_id=enrolment.id, today=timezone.localdate()),
        workshop=_workshop.first(_language(), cohort_id=enrolment.cohort_id, now=timezone.now()),
        going=_going.first(enrolment_id=enrolment.id) if step and step.part_kind == PartKind.QUIZ else None,
    )


def _titled(found: QuerySet[Any], path: str, language: str) -> QuerySet[Any]:
    """With the title in one's own language and, where that is missing, in the other."""
    other = "en" if language == "nl" else "nl"
    mine, others = KeyTransform(language, path), KeyTransform(other, path)
    titled: QuerySet[Any] = found.annotate(
        title=KeyTextTransform("title", mine), other_title=KeyTextTransform("title", others)
    )
    return titled


@prepared(person_id=uuid.UUID)
def _enrolments(language: str, *, person_id: uuid.UUID) -> QuerySet[Any, Any]:
    own = Enrolment.objects.filter(person_id=person_id, left_at__isnull=True, cohort__ended_at__isnull=True)
    titled = _titled(own, "cohort__programme_version__content", language)
    fields = ("id", "joined_on", "cohort_id", "cohort__name", "cohort__programme_version_id", "title", "other_title")
    found: QuerySet[Any, Any] = titled.order_by("joined_on", "id").values_list(*fields, named=True)
    return found


@prepared(enrolment_id=uuid.UUID, version_id=uuid.UUID)
def _next_step(language: str, *, enrolment_id: uuid.UUID, version_id: uuid.UUID) -> QuerySet[Any, Any]:
    """The first own step that is not done."""
    finished = Progress.objects.filter(
        enrolment_id=enrolment_id, part_id=OuterRef("part_id"), completed_at__isnull=False
    )
    begun = Progress.objects.filter(enrolment_id=enrolment_id, part_id=OuterRef("part_id"))
    todo = PlacedPart.objects.filter(
        ~Exists(finished), programme_version_id=version_id, part__kind__in=[kind.value for kind in OWN_STEPS]
    )
    titled = _titled(todo, "part_version__content", language).annotate(begun=Exists(begun))
    fields = ("part_id", "part__kind", "after_days", "title", "other_title", "begun")
    found: QuerySet[Any, Any] = titled.order_by("order").values_list(*fields, named=True)[:1]
    return found


@prepared(enrolment_id=uuid.UUID, today=dt.date)
def _round(*, enrolment_id: uuid.UUID, today: dt.date) -> QuerySet[Any, Any]:
    open_now = BoosterRound.objects.filter(enrolment_id=enrolment_id, done_at__isnull=True, due_on__lte=today)
    return open_now.values_list("id", "due_on", named=True)[:1]


@prepared(cohort_id=uuid.UUID, now=dt.datetime)
def _workshop(language: str, *, cohort_id: uuid.UUID, now: dt.datetime) -> QuerySet[Any, Any]:
    coming = WorkshopSession.objects.filter(
        cohort_id=cohort_id, starts_at__gte=now, cancelled_at__isnull=True, held_at__isnull=True
    )
    titled = _titled(coming, "part_version__content", language)
    fields = ("id", "starts_at", "minutes", "place", "part_version__part_id", "title", "other_title")
    found: QuerySet[Any, Any] = titled.order_by("starts_at").values_list(*fields, named=True)[:1]
    return found


@prepared(enrolment_id=uuid.UUID)
def _going(*, enrolment_id: uuid.UUID) -> QuerySet[Any, Any]:
    """A quiz that was begun and not handed in."""
    return QuizAttempt.objects.filter(enrolment_id=enrolment_id, submitted_at__isnull=True).values_list(
        "part_id", named=True
    )[:1]


@dataclasses.dataclass(frozen=True)
class Line:
    """One part in the list of a whole course."""

    placed: PlacedPart
    title: str
    progress: Progress | None
    opens_on: dt.date

    @property
    def done(self) -> bool:
        return self.progress is not None and self.progress.completed_at is not None

    @property
    def open(self) -> bool:
        return self.progress is not None or self.opens_on <= timezone.localdate()


def course_lines(enrolment: Enrolment) -> list[Line]:
    """Every part of the course with how far this learner is; without the parts' own words."""
    placed = PlacedPart.objects.filter(programme_version_id=enrolment.cohort.programme_version_id)
    titled = _titled(placed, "part_version__content", _language()).select_related("part").order_by("order")
    known = {each.part_id: each for each in enrolment.progress.all()}
    return [
        Line(
            placed=each,
            title=each.title or each.other_title or "",
            progress=known.get(each.part_id),
            opens_on=enrolment.joined_on + dt.timedelta(days=each.after_days),
        )
        for each in titled
    ]


def still_to_do(enrolment: Enrolment) -> list[PlacedPart]:
    """The required parts that stand between somebody and a certificate."""
    finished = Progress.objects.filter(enrolment=enrolment, completed_at__isnull=False, part_id=OuterRef("part_id"))
    asked = Q(programme_version_id=enrolment.cohort.programme_version_id, required=True)
    found = PlacedPart.objects.filter(asked, ~Exists(finished)).select_related("part", "part_version")
    return list(found.order_by("order"))
