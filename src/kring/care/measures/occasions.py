"""When a line is asked: its planned months and extra days, which of them waits now, and which comes next.

An occasion waits from its day until the next one, for twelve weeks at most; then it passes, and nothing is said of it.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from kring.care.measures.models import Planned

WAITS = dt.timedelta(weeks=12)


@dataclasses.dataclass(frozen=True)
class Occasion:
    """One planned day; `month` is None for an extra day."""

    on: dt.date
    month: int | None = None


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last day; past the end of the calendar, its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year >= dt.MAXYEAR:
        return dt.date.max
    first_of_next = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def occasions(planned: Planned) -> list[Occasion]:
    """All of a line, in their order; a month and an extra day that fall together are one."""
    extra = {day: Occasion(day) for day in map(dt.date.fromisoformat, planned.dates)}
    monthly = {day: Occasion(day, month) for month in planned.months for day in [_day(planned, month)]}
    return [(extra | monthly)[day] for day in sorted(extra | monthly)]


def _day(planned: Planned, month: int) -> dt.date:
    return months_later(planned.starts_on, month)


def waiting(planned: Planned, taken: Iterable[dt.date], today: dt.date) -> Occasion | None:
    """The occasion that may be filled in now, unless somebody did or declined."""
    past = [occasion for occasion in occasions(planned) if occasion.on <= today]
    newest = past[-1] if past else None
    if newest is None or newest.on in set(taken) or today - newest.on > WAITS:
        return None
    return newest


def coming(planned: Planned, today: dt.date) -> Occasion | None:
    """The next planned day after today."""
    return next((occasion for occasion in occasions(planned) if occasion.on > today), None)
