"""Figures about groups: a team for its lead, a cohort for who leads it. Never about fewer than five people.

A team's figures stand still within a month, so that nobody's coming or doing can be read from a figure that moves.
A small group is hidden, and so is its complement: of eleven people, "nine" would tell of the two.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from django.db.models import Q
from django.utils import timezone

from kring.care.people.models import Person, Post, Role, Team
from kring.care.training.agreement import Icc, fleiss_kappa, icc
from kring.care.training.dose import Dose, doses
from kring.care.training.models import (
    CoachingContact,
    Cohort,
    CohortLead,
    Enrolment,
    FeedbackNote,
    Lead,
    LearnerChoice,
    Observation,
    Practice,
    WorkshopSession,
)

FEWEST = 5
STAFF = (Role.REGIEONDERSTEUNER, Role.PROFESSIONAL, Role.PSYCHIATRIST, Role.EXPERIENCE_EXPERT)
MONTHS = {0: (-60, 30), 3: (31, 135), 6: (136, 270), 12: (271, 450)}
"""Fidelity at 0, 3, 6 and 12 months: the days since the cohort's first day that belong to each."""
SOON = dt.timedelta(days=3)


def shown_count(n: int, of: int) -> int | None:
    """A count out of so many; None where it, or those who are not in it, are one to four."""
    hidden = of < FEWEST or 0 < n < FEWEST or 0 < of - n < FEWEST
    return None if hidden else n


def shown_mean(by_person: Mapping[Hashable, Sequence[float]]) -> float | None:
    """The mean over people of their own mean; None about fewer than five."""
    people = [fmean(values) for values in by_person.values() if values]
    return fmean(people) if len(people) >= FEWEST else None


@dataclasses.dataclass(frozen=True)
class TeamFigures:
    """What a team lead sees. None: about fewer than five, so it is not shown."""

    team: Team
    as_of: dt.date
    staff: int | None
    learning: int | None
    left: int | None
    dose: Dose | None
    fidelity: list[tuple[int, float | None]]
    named: list[tuple[str, Dose]]  # who let their team lead see it


def of_team(team: Team, today: dt.date | None = None) -> TeamFigures:
    as_of = (today or timezone.localdate()).replace(day=1)
    staff = _staff(team, as_of)
    learners = list(_learning(team, as_of).filter(person__in=staff).select_related("person", "cohort"))
    left = _left(team, as_of)
    named = list(learners_who_let(learners, "lead"))
    return TeamFigures(
        team, as_of, len(staff) if len(staff) >= FEWEST else None,
        shown_count(len({one.person_id for one in learners}), len(staff)), shown_count(left, len(staff) + left),
        _mean_dose(learners, named, as_of), list(_fidelity(team, as_of)),
        [(one.person.name, dose) for one, dose in zip(named, doses(named, as_of).values(), strict=True)],
    )  # fmt: skip


def _staff(team: Team, day: dt.date) -> set[Any]:
    posts = Post.objects.filter(team=team, role__in=STAFF, started_at__date__lt=day)
    return set(posts.filter(Q(ended_at=None) | Q(ended_at__date__gte=day)).values_list("person_id", flat=True))


def _left(team: Team, day: dt.date) -> int:
    """Who went in the year before, and did not come back."""
    gone = Post.objects.filter(
        team=team, role__in=STAFF, ended_at__date__lt=day, ended_at__date__gte=day - dt.timedelta(days=365)
    )
    return len(set(gone.values_list("person_id", flat=True)) - _staff(team, day))


def _learning(team: Team, day: dt.date) -> Any:
    here = Enrolment.objects.filter(team=team, joined_on__lt=day)
    return here.filter(Q(left_at=None) | Q(left_at__date__gte=day)).order_by("joined_on")


def learners_who_let(enrolments: Iterable[Enrolment], to: str) -> Iterator[Enrolment]:
    """Those who let the team lead, or research, see their course."""
    found = list(enrolments)
    yes = set(
        LearnerChoice.objects.filter(enrolment__in=found, to=to, revoked_at=None).values_list("enrolment_id", flat=True)
    )
    return (one for one in found if one.pk in yes)


def _mean_dose(learners: list[Enrolment], named: list[Enrolment], day: dt.date) -> Dose | None:
    """The mean of a team in whole numbers. Whoever is named is known, so the others must be five or more too."""
    unnamed = len(learners) - len(named)
    if len(learners) < FEWEST or 0 < unnamed < FEWEST:
        return None
    had = list(doses(learners, day - dt.timedelta(days=1)).values())
    return Dose(**{f.name: round(fmean(getattr(one, f.name) for one in had)) for f in dataclasses.fields(Dose)})


def _fidelity(team: Team, as_of: dt.date) -> Iterator[tuple[int, float | None]]:
    """What was seen of the programme's behaviour, at each moment that is wholly past: the mean of five learners or more."""  # noqa: E501
    for months, (first, last) in MONTHS.items():
        by_learner: dict[Hashable, list[float]] = defaultdict(list)
        for one in Observation.objects.filter(practice__enrolment__team=team, share__isnull=False).select_related(
            "practice__enrolment__cohort"
        ):
            day = ((one.practice.held_on or as_of) - one.practice.enrolment.cohort.starts_on).days
            past = one.practice.enrolment.cohort.starts_on + dt.timedelta(days=last) < as_of
            if first <= day <= last and past:
                by_learner[one.learner_id].append(one.share or 0)
        mean = shown_mean(by_learner)
        yield months, None if mean is None else float(round(mean / 5) * 5)


@dataclasses.dataclass(frozen=True)
class Agreement:
    """How far two who looked at the same contact saw the same."""

    contacts: int
    score: Icc | None
    items: dict[str, float | None]


def agreement(cohort: Cohort) -> Agreement | None:
    """From contacts that two people coded with the same form; None while there are fewer than five."""
    pairs = list(_pairs(cohort))
    if len(pairs) < FEWEST:
        return None
    scores = [(a.share, b.share) for a, b in pairs if a.share is not None and b.share is not None]
    keys = sorted({key for a, _b in pairs for key in a.marks})
    items = {key: fleiss_kappa(_both(pairs, key)) for key in keys}
    return Agreement(len(pairs), icc(scores), items)


def _both(pairs: list[tuple[Observation, Observation]], key: str) -> list[tuple[int, int]]:
    coded = [(a.marks.get(key), b.marks.get(key)) for a, b in pairs]
    return [(x, y) for x, y in coded if x is not None and y is not None]


def _pairs(cohort: Cohort) -> Iterator[tuple[Observation, Observation]]:
    by_practice: dict[Any, list[Observation]] = defaultdict(list)
    for one in Observation.objects.filter(practice__enrolment__cohort=cohort).order_by("created_at", "pk"):
        by_practice[one.practice_id, one.form_id].append(one)
    yield from ((seen[0], seen[1]) for seen in by_practice.values() if len(seen) > 1)


Change = tuple[Hashable, float]  # learner, and how much more was seen in the next contact


def after_feedback(cohort: Cohort) -> list[tuple[str, str, float | None]]:
    """(what, which, change): the mean change from a contact to the next, by the feedback in between.

    By its source, tone and timing, and without any. Of at least five learners, to the nearest five points; it compares,
    it does not say why.
    """
    groups: dict[tuple[str, str], dict[Hashable, list[float]]] = defaultdict(lambda: defaultdict(list))
    for kind, (learner, change) in _changes(cohort):
        groups[kind][learner].append(change)
    told = []
    for (what, which), by_learner in sorted(groups.items()):
        mean = shown_mean(by_learner)
        told.append((what, which, None if mean is None else float(round(mean / 5) * 5)))
    return told


def _changes(cohort: Cohort) -> Iterator[tuple[tuple[str, str], Change]]:
    held = Practice.objects.filter(enrolment__cohort=cohort, held_on__isnull=False, observations__isnull=False)
    rows = held.distinct().order_by("enrolment_id", "held_on", "pk").prefetch_related("observations", "notes")
    before: Practice | None = None
    for practice in rows:
        if before is not None and before.enrolment_id == practice.enrolment_id:
            a, b = _share(before), _share(practice)
            if a is not None and b is not None:
                for kind in _kinds(before, practice):
                    yield kind, (practice.enrolment_id, b - a)
        before = practice


def _share(practice: Practice) -> float | None:
    shares = [one.share for one in practice.observations.all() if one.share is not None]
    return fmean(shares) if shares else None


def _kinds(before: Practice, after: Practice) -> set[tuple[str, str]]:
    notes = [note for note in before.notes.all() if timezone.localdate(note.created_at) <= _held(after)]
    if not notes:
        return {("none", "none")}
    return {kind for note in notes for kind in _kinds_of(note, _held(before))}


def _held(practice: Practice) -> dt.date:
    assert practice.held_on is not None  # only contacts that were held are compared
    return practice.held_on


def _kinds_of(note: FeedbackNote, held_on: dt.date) -> Iterator[tuple[str, str]]:
    yield "source", note.source
    yield "tone", note.tone
    yield "timing", "soon" if timezone.localdate(note.created_at) - held_on <= SOON else "later"


@dataclasses.dataclass(frozen=True)
class Hours:
    """An experience expert's hours: agreed in the schedule, and worked so far."""

    person: Person
    agreed: float
    worked: float


def expert_hours(cohort: Cohort) -> list[Hours]:
    """Workshops with their preparation, observations, coaching: paid as everybody's."""
    leads = CohortLead.objects.filter(cohort=cohort, role=Lead.EXPERIENCE_EXPERT, ended_at=None)
    return [Hours(one.person, float(one.hours), _worked(cohort, one.person)) for one in leads.select_related("person")]


def _worked(cohort: Cohort, person: Person) -> float:
    workshops = WorkshopSession.objects.filter(cohort=cohort, experience_expert=person, held_at__isnull=False)
    looked = Observation.objects.filter(practice__enrolment__cohort=cohort, observer=person)
    coached = CoachingContact.objects.filter(cohort=cohort, coach=person, removed_at=None)
    minutes = sum(looked.values_list("minutes", flat=True)) + sum(coached.values_list("minutes", flat=True))
    return float(sum(workshops.values_list("expert_hours", flat=True))) + minutes / 60
