"""Which figures of a team may be shown, month by month, so that nobody can be worked out from them.

1. A figure is about ten circles or more, or it is not shown.
2. A new figure is shown only when at least three circles contribute something else than in the figure shown last;
   until then the figure shown last stands. The difference between two figures is never about one or two circles.
3. Percentages stop at 10 and 90: 'nobody' and 'everybody' would be about each single circle.
4. A month is worked out once, after it ended, and kept. Who links or unlinks later changes no figure of before, so
   two looks at the same page tell nothing about whoever came or went between.

For rule 2 the last contributions are kept as fingerprints, which only this installation's key can make.
docs/decisions/0311-figures-of-a-team.md says why these numbers.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kring.care.board.figures import MEASURES, Life, Measure, Share, lives_of, shares_at
from kring.care.board.models import Figure
from kring.care.people.models import Team

LEAST, LEAST_CHANGED = 10, 3
BOTTOM, TOP = 10.0, 90.0
MONTHS = 12


def keep_up(team: Team, now: dt.datetime | None = None) -> int:
    """Work out the months of the last year that are not kept yet, the oldest first."""
    lives = lives_of(team)
    if not lives:
        return 0
    kept = set(Figure.objects.filter(team=team).values_list("month", flat=True))
    missing = [month for month in months(now) if month not in kept and month >= max(kept, default=month)]
    for month in missing:
        with transaction.atomic():
            Figure.objects.bulk_create(_figure(team, measure, lives, month) for measure in MEASURES)
    return len(missing)


def months(now: dt.datetime | None = None) -> list[dt.date]:
    """The first days of the last twelve months that are over."""
    first = timezone.localdate(now).replace(day=1)
    found = []
    for _number in range(MONTHS):
        first = (first - dt.timedelta(days=1)).replace(day=1)
        found.append(first)
    return found[::-1]


def end_of(month: dt.date) -> dt.datetime:
    following = (month + dt.timedelta(days=32)).replace(day=1)
    return timezone.make_aware(dt.datetime(following.year, following.month, following.day))


def _figure(team: Team, measure: Measure, lives: Mapping[uuid.UUID, Life], month: dt.date) -> Figure:
    shares = shares_at(measure, lives, end_of(month))
    before = Figure.objects.filter(team=team, key=measure.key, why="").order_by("-month").first()
    last = (before.value, before.basis) if before else None
    value, why, basis = released(measure, shares, last)
    several = len(shares) // 10 * 10
    return Figure(team=team, month=month, key=measure.key, value=value, why=why, basis=basis, several=several)


def released(
    measure: Measure, shares: Mapping[uuid.UUID, Share], last: tuple[float | None, list[str]] | None
) -> tuple[float | None, str, list[str]]:
    """The figure to show, why it is not a new one ('few', 'same'), and the fingerprints behind a new one."""
    if len(shares) < LEAST:
        return None, "few", []
    prints = fingerprints(shares)
    if last is not None and 0 < changed(prints, last[1]) < LEAST_CHANGED:
        return last[0], "same", []
    value = measure.together(list(shares.values()))
    if value is None:
        return None, "few", []
    return rounded(measure, value), "", prints


def rounded(measure: Measure, value: float) -> float:
    if measure.unit == "percent":
        return float(round(min(max(value, BOTTOM), TOP)))
    return float(round(value)) if measure.unit == "weeks" else round(value, 1)


def fingerprints(shares: Mapping[uuid.UUID, Share]) -> list[str]:
    key = hashlib.sha256(b"kring figures " + str(settings.SECRET_KEY).encode()).digest()
    said = (f"{circle} {part:g} {whole:g}" for circle, (part, whole) in shares.items())
    return sorted(hashlib.blake2b(text.encode(), key=key, digest_size=8).hexdigest() for text in said)


def changed(now: Iterable[str], before: Iterable[str]) -> int:
    """How many circles contribute something else, at least: those that came, went or changed."""
    these, those = set(now), set(before)
    return max(len(these - those), len(those - these))


def shown(team: Team) -> list[tuple[Measure, list[Any]]]:
    """Each measure with its months, oldest first, as they were kept."""
    since = months()[0]
    kept: dict[str, list[Any]] = {}
    for figure in Figure.objects.filter(team=team, month__gte=since).defer("basis").order_by("month"):
        kept.setdefault(figure.key, []).append(figure)
    return [(measure, kept.get(measure.key, [])) for measure in MEASURES]
