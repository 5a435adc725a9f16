"""A run chart as plain numbers: months from left to right, drawn by a template; the table below says the same."""

import dataclasses
import statistics
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kring.care.board.figures import Measure
from kring.care.board.release import BOTTOM as FLOOR
from kring.care.board.release import TOP as CEILING

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 400, 180, 44, 12, 24, 32  # so wide that its letters can be read on a phone


@dataclasses.dataclass(frozen=True)
class Run:
    """Points in the picture, the line between them, and the median of what is shown."""

    measure: Measure
    months: list[Any]
    points: list[tuple[float, float, Any]]
    line: str
    middle: float | None
    middle_y: float
    top: float

    @property
    def last(self) -> Any | None:
        shown = [figure for figure in self.months if figure.value is not None]
        return shown[-1] if shown else None


def run(measure: Measure, months: list[Any]) -> Run:
    values = [figure.value for figure in months if figure.value is not None]
    top = 100.0 if measure.unit == "percent" else max([*values, 1.0]) * 1.2
    step = (WIDTH - LEFT - RIGHT) / max(len(months) - 1, 1)
    points = [
        (round(LEFT + number * step, 1), _height(figure.value, top), figure)
        for number, figure in enumerate(months)
        if figure.value is not None
    ]
    middle = statistics.median(values) if values else None
    line = " ".join(f"{x},{y}" for x, y, _figure in points)
    return Run(measure, months, points, line, middle, _height(middle or 0, top), top)


def said(measure: Measure, value: float) -> str:
    """A figure as the page says it; percentages are not said below 10 and above 90."""
    if measure.unit == "weeks":
        return ngettext("%(num)s week", "%(num)s weeks", round(value)) % {"num": round(value)}
    if measure.unit == "ratio":
        return formats.number_format(value, decimal_pos=1)
    if value <= FLOOR:
        return _("10% or less")
    return _("90% or more") if value >= CEILING else f"{value:.0f}%"


def _height(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 1)
