"""Where the dots of one scale stand over time: still, printable, the same at every drawing.

The band is what a score may wobble around the first one; meetings and reached goals stand as marks along the foot.
Shapes tell things apart, so that nothing depends on colour. The page has a sentence above it and a table below.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language

from kring.care.days import short_month
from kring.care.measures.instruments import Scale

LEFT, RIGHT, TOP, BOTTOM = 34, 380, 26, 150  # of a drawing of 400 by 214; under it stand goals, meetings and days


@dataclasses.dataclass(frozen=True)
class Dot:
    x: float
    y: float
    label: str
    on: dt.date
    above: bool  # its label stands above it


@dataclasses.dataclass(frozen=True)
class Mark:
    """A meeting, or a goal that was reached."""

    kind: str
    on: dt.date
    x: float = 0.0


@dataclasses.dataclass(frozen=True)
class Band:
    y: float
    height: float


@dataclasses.dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclasses.dataclass(frozen=True)
class Chart:
    dots: list[Dot]
    path: str
    band: Band | None
    marks: list[Mark]
    ticks: list[Tick]  # along the side: lowest and highest possible score
    days: list[Tick]  # along the foot: the first and the last day


def drawn(
    points: Sequence[tuple[dt.date, float]], scale: Scale, wobble: float | None, marks: Sequence[Mark] = ()
) -> Chart:
    """Place the scores of one scale (at least one), by day and height."""
    low, high = _reach(scale, [value for _day, value in points])
    first, last = _span(points, marks)
    across = _Across(first, last)
    dots = [_dot(number, points, across, low, high) for number in range(len(points))]
    path = "M" + " L".join(f"{dot.x} {dot.y}" for dot in dots)
    return Chart(
        dots, path if len(dots) > 1 else "", _band(points[0][1], low, high, wobble),
        [dataclasses.replace(mark, x=across.at(mark.on)) for mark in marks],
        [Tick(_up(low, low, high), number_in_words(low)), Tick(_up(high, low, high), number_in_words(high))],
        _days(first, last, across),
    )  # fmt: skip


def _reach(scale: Scale, values: Sequence[float]) -> tuple[float, float]:
    """The lowest and highest possible score; of a scale whose range is not known, what was scored with some room."""
    if scale.low is not None and scale.high is not None:
        return scale.low, scale.high
    room = max(1.0, max(values) - min(values))
    return min(values) - room, max(values) + room


def _span(points: Sequence[tuple[dt.date, float]], marks: Sequence[Mark]) -> tuple[dt.date, dt.date]:
    days = [day for day, _value in points] + [mark.on for mark in marks]
    return min(days), max(days)


@dataclasses.dataclass(frozen=True)
class _Across:
    first: dt.date
    last: dt.date

    def at(self, day: dt.date) -> float:
        whole = (self.last - self.first).days
        share = (day - self.first).days / whole if whole else 0.5
        return round(LEFT + 14 + share * (RIGHT - LEFT - 28), 1)


def _up(value: float, low: float, high: float) -> float:
    return round(BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP), 1)


def _dot(number: int, points: Sequence[tuple[dt.date, float]], across: _Across, low: float, high: float) -> Dot:
    """A label stands on the side away from the next line, and never outside the frame."""
    day, value = points[number]
    beside = points[number + 1][1] if number + 1 < len(points) else points[number - 1][1]
    y = _up(value, low, high)
    above = (value >= beside and y > TOP + 12) or y > BOTTOM - 26
    return Dot(across.at(day), y, number_in_words(value), day, above)


def _band(around: float, low: float, high: float, wobble: float | None) -> Band | None:
    if wobble is None:
        return None
    top, foot = _up(min(around + wobble, high), low, high), _up(max(around - wobble, low), low, high)
    return Band(top, round(foot - top, 1))


def _days(first: dt.date, last: dt.date, across: _Across) -> list[Tick]:
    days = [first] if first == last else [first, last]
    return [Tick(across.at(day), date_format(day, f"{short_month(get_language())} Y")) for day in days]


def number_in_words(value: float) -> str:
    """As few decimals as the score has, two at most, with the reader's decimal sign."""
    rounded = round(value, 2)
    places = 0 if rounded == int(rounded) else 1 if round(rounded, 1) == rounded else 2
    return str(number_format(rounded, places))
