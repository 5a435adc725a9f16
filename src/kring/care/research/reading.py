"""From the database to the rows of one client: what was planned, what came of it, how much of the circle there was.

The same function serves a table of many clients and the page on which a client sees their own rows. It decides what
is read; which groups are told apart, and under which names, is decided afterwards (`making`).
"""

import bisect
import calendar
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.utils import timezone

from kring.care.circles.topics import Zone
from kring.care.measures import instruments
from kring.care.measures.models import Measurement, Respondent, Schedule, Score
from kring.care.measures.texts import for_respondent
from kring.care.meetings.models import Meeting
from kring.care.research.columns import LIFE_FACTORS
from kring.care.research.models import Consent, Edition
from kring.care.research.pseudonyms import weeks_since
from kring.care.training import moderators

MOST_MEETINGS = 6
REASONS = ("declined", "paused", "skipped", "no_answer", "other_version")
RULES = ("complete", "filled")


class Row(NamedTuple):
    """One planned score of one client."""

    measure: str
    month: int
    day: int | None
    period: int | None
    exposure: int
    score: float | None
    reason: str
    rule: str


class Rows(NamedTuple):
    """All of one client, and what is known of the person."""

    circle_id: uuid.UUID
    team: str
    language: str
    rows: list[Row]
    hard: int = 0  # how many things make life hard; read only where a study asks for it


class Measure(NamedTuple):
    """One score of an instrument, as a study asks for it: 'kring-checkin.hope'."""

    code: str
    instrument: str
    scale: str


def measure(code: str) -> Measure:
    instrument, _dot, scale = code.rpartition(".")
    return Measure(code, instrument, scale)


def measures_there_are() -> list[Measure]:
    """Every score that a study may ask for: about the client, by the client or by a professional, and with a range
    that was verified (a table says it of each measure).
    """
    about_clients = {one.code: one for who in Schedule.RESPONDENTS for one in for_respondent(who[0])}
    return [
        Measure(f"{one.code}.{scale.code}", one.code, scale.code)
        for one in about_clients.values()
        for scale in one.scales
        if scale.low is not None and scale.high is not None
    ]


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def quarter_start(first: dt.date, period: int) -> dt.date:
    """The first day of the quarter that is so many after the one of `first`."""
    quarters = first.year * 4 + (first.month - 1) // 3 + period
    return dt.date(quarters // 4, quarters % 4 * 3 + 1, 1)


class _Line(NamedTuple):
    """A schedule, as far as it is read."""

    id: uuid.UUID
    circle_id: uuid.UUID
    instrument: str
    starts_on: dt.date
    months: list[int]
    paused_on: dt.date | None
    ended_on: dt.date | None


class _Moment(NamedTuple):
    """A measurement, as far as it is read."""

    id: uuid.UUID
    version: str
    language: str
    completed_on: dt.date | None
    declined: bool


class Reading:
    """What one edition asks, read for some clients at a time."""

    def __init__(self, edition: Edition, today: dt.date | None = None) -> None:
        self.edition, self.today = edition, today or timezone.localdate()
        self.measures = [measure(code) for code in edition.measures]
        self.instruments = sorted({one.instrument for one in self.measures})
        self.scales = defaultdict(list)
        for one in self.measures:
            self.scales[one.instrument].append(one)
        self.versions = {code: instruments.load(code).version for code in self.instruments}

    def of(self, circle_ids: Sequence[uuid.UUID], teams: dict[uuid.UUID, str] | None = None) -> Iterator[Rows]:
        """The rows of these clients, in the given order; a client of whom nothing was planned has none."""
        teams = self._teams(circle_ids) if teams is None else teams
        lines = self._lines(circle_ids)
        moments = self._moments([line.id for group in lines.values() for line in group])
        scores = self._scores([moment.id for group in moments.values() for moment in group.values()])
        meetings = self._meetings(circle_ids)
        hard = moderators.named_by(circle_ids) if LIFE_FACTORS in self.edition.columns else {}
        for circle_id in circle_ids:
            own = lines.get(circle_id, [])
            rows = list(self._rows(own, moments, scores, meetings.get(circle_id, [])))
            yield Rows(circle_id, teams.get(circle_id, ""), self._language(own, moments), rows, hard.get(circle_id, 0))

    def _rows(
        self,
        lines: list[_Line],
        moments: dict[uuid.UUID, dict[int, _Moment]],
        scores: dict[uuid.UUID, dict[str, tuple[float | None, str]]],
        meetings: list[dt.date],
    ) -> Iterator[Row]:
        start = min((line.starts_on for line in lines), default=self.today)
        for instrument in self.instruments:
            planned = self._planned([line for line in lines if line.instrument == instrument], moments)
            for month, (due, line, moment) in sorted(planned.items()):
                when = moment.completed_on if moment and moment.completed_on else due
                day = weeks_since(start, when) if moment and moment.completed_on else None
                period, met = self._period(due), min(bisect.bisect_left(meetings, when), MOST_MEETINGS)
                for one in self.scales[instrument]:
                    value, reason, rule = self._outcome(one, line, due, moment, scores)
                    yield Row(one.code, month, day if value is not None else None, period, met, value, reason, rule)

    def _planned(
        self, lines: list[_Line], moments: dict[uuid.UUID, dict[int, _Moment]]
    ) -> dict[int, tuple[dt.date, _Line, _Moment | None]]:
        """Per month the day it was due and what came of it; where two lines planned it, the one that was filled in."""
        found: dict[int, tuple[dt.date, _Line, _Moment | None]] = {}
        last = min(self.today, self.edition.until_on)
        for line in lines:
            for month in line.months:
                due = months_after(line.starts_on, month)
                if not self.edition.from_on <= due <= last or (line.ended_on is not None and due > line.ended_on):
                    continue
                moment = moments.get(line.id, {}).get(month)
                if month not in found or _weight(moment) > _weight(found[month][2]):
                    found[month] = (due, line, moment)
        return found

    def _outcome(
        self,
        one: Measure,
        line: _Line,
        due: dt.date,
        moment: _Moment | None,
        scores: dict[uuid.UUID, dict[str, tuple[float | None, str]]],
    ) -> tuple[float | None, str, str]:
        """The score, or why there is none."""
        if moment is None or moment.completed_on is None:
            paused = line.paused_on is not None and due >= line.paused_on
            return None, "declined" if moment and moment.declined else "paused" if paused else "no_answer", ""
        if moment.version not in ("", self.versions[one.instrument]):
            return None, "other_version", ""
        value, rule = scores.get(moment.id, {}).get(one.scale, (None, ""))
        if value is None:
            return None, "skipped", ""
        return value, "", rule if rule in RULES else ""

    def _period(self, due: dt.date) -> int:
        first = self.edition.from_on
        return (due.year - first.year) * 4 + (due.month - 1) // 3 - (first.month - 1) // 3

    def _language(self, lines: list[_Line], moments: dict[uuid.UUID, dict[int, _Moment]]) -> str:
        """Of the first moment that was filled in."""
        done = [
            (moment.completed_on, moment.language)
            for line in lines
            for moment in moments.get(line.id, {}).values()
            if moment.completed_on is not None and moment.language
        ]
        return min(done)[1] if done else ""

    def _teams(self, circle_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
        """The team at the moment of the answer: it stays, whatever team the circle hangs on later."""
        found = Consent.objects.filter(
            circle_id__in=circle_ids, edition=self.edition, answer="yes", revoked_at__isnull=True
        )
        return {circle: str(team or "") for circle, team in found.values_list("circle_id", "team_id")}

    def _lines(self, circle_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[_Line]]:
        """What the client agreed to be asked, unless it is for the client alone."""
        found = Schedule.objects.filter(
            circle_id__in=circle_ids, instrument__in=self.instruments, agreed_at__isnull=False, removed_at__isnull=True,
            respondent__in=[Respondent.CLIENT, Respondent.PROFESSIONAL],
        ).exclude(zone=Zone.MINE)  # fmt: skip
        lines = defaultdict(list)
        wanted = ("id", "circle_id", "instrument", "starts_on", "months", "paused_at", "ended_at")
        for *plain, paused, ended in found.order_by("agreed_at", "id").values_list(*wanted):
            line = _Line._make([*plain, _day(paused), _day(ended)])
            lines[line.circle_id].append(line)
        return lines

    def _moments(self, schedule_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[int, _Moment]]:
        """What came of it. A moment that the client keeps for themselves looks like one that was never filled in."""
        found = Measurement.objects.filter(
            schedule_id__in=schedule_ids, removed_at__isnull=True, month__isnull=False, only_me=False
        )
        moments: defaultdict[uuid.UUID, dict[int, _Moment]] = defaultdict(dict)
        wanted = ("schedule_id", "month", "id", "instrument_version", "language", "completed_at", "declined_at")
        for schedule, month, *known, completed, declined in found.order_by("due_on").values_list(*wanted):
            moment = _Moment._make([*known, _day(completed), declined is not None])
            if _weight(moment) > _weight(moments[schedule].get(month)):
                moments[schedule][month] = moment
        return moments

    def _scores(self, measurement_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, tuple[float | None, str]]]:
        scales = sorted({one.scale for one in self.measures})
        found = Score.objects.filter(measurement_id__in=measurement_ids, scale__in=scales)
        scores: defaultdict[uuid.UUID, dict[str, tuple[float | None, str]]] = defaultdict(dict)
        for key, scale, value, rule in found.values_list("measurement_id", "scale", "value", "rule"):
            scores[key][scale] = (value, rule)
        return scores

    def _meetings(self, circle_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[dt.date]]:
        """The days on which each circle met, in order."""
        held = Meeting.objects.filter(circle_id__in=circle_ids, held_at__isnull=False, removed_at__isnull=True)
        days = defaultdict(list)
        for circle, moment in held.exclude(zone=Zone.MINE).order_by("held_at").values_list("circle_id", "held_at"):
            days[circle].append(timezone.localdate(moment))
        return days


def _day(moment: dt.datetime | None) -> dt.date | None:
    return None if moment is None else timezone.localdate(moment)


def _weight(moment: _Moment | None) -> int:
    """Filled in counts for more than declined, and that for more than nothing."""
    if moment is None:
        return 0
    return 3 if moment.completed_on is not None else 2 if moment.declined else 1
