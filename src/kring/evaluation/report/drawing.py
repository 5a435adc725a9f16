"""Small SVG figures: axes, points, lines, each figure with a title and a description for those who do not see it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH = 390

# In a page the colours come from the page's own variables; a figure saved by itself carries these.
STYLE = """
text{font:14px 'Atkinson Hyperlegible',system-ui,sans-serif;fill:var(--ink,#1F2A2E)}
.small{font-size:13px}.halo{paint-order:stroke;stroke:var(--paper,#FAF7F2);stroke-width:5px;stroke-linejoin:round}.bold{font-weight:700}.soft{fill:var(--quiet,#55625F)}
.axis,.grid{stroke:var(--quiet,#55625F);stroke-width:1;fill:none}.grid{stroke-opacity:.25}
.zero{stroke:var(--ink,#1F2A2E);stroke-dasharray:4 3;fill:none}
.box{fill:var(--card,#fff);stroke:var(--quiet,#55625F)}
.s0{stroke:var(--one,#0F5C5C)}.s1{stroke:var(--two,#9A4F12)}.s2{stroke:var(--three,#5B4B8A)}
.f0{fill:var(--one,#0F5C5C)}.f1{fill:var(--two,#9A4F12)}.f2{fill:var(--three,#5B4B8A)}
.line{fill:none;stroke-width:2.5}.thin{fill:none;stroke-width:1.5}.dash{stroke-dasharray:7 4}
.band{fill-opacity:.16;stroke:none}
.k0{fill:var(--good2,#0F5C5C)}.k1{fill:var(--good1,#7DB0A4)}.k2{fill:var(--same,#D9D3C7)}.k3{fill:var(--bad,#B5622A)}
"""


@dataclass
class Scale:
    """A value to a place on the page, linear."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def ticks(low: float, high: float, wanted: int = 5, whole: bool = False) -> list[float]:
    """Round numbers from low to high, about `wanted` of them; `whole` for things that are counted."""
    span = high - low
    rough = span / max(1, wanted)
    power = 10.0 ** _floor_log(rough)
    steps = [power * m for m in ((1, 2, 5, 10) if whole else (1, 2, 2.5, 5, 10))]
    step = min(steps, key=lambda s: abs(span / s - wanted))
    step = max(1.0, step) if whole else step
    first = -(-low // step) * step
    return [round(first + i * step, 10) for i in range(int((high - first) / step + 1e-9) + 1)]


def _floor_log(value: float) -> int:
    power = 0
    while value >= 10:
        value, power = value / 10, power + 1
    while 0 < value < 1:
        value, power = value * 10, power - 1
    return power


@dataclass
class Figure:
    """SVG marks on a drawing of fixed width; `number` writes a number in the reader's language."""

    name: str
    title: str
    description: str
    height: int
    number: Callable[[float], str]
    marks: list[str] = field(default_factory=list)

    def add(self, mark: str) -> None:
        self.marks.append(mark)

    def text(self, x: float, y: float, words: str, style: str = "", anchor: str = "start") -> None:
        """Words at a place; anchor is start, middle or end."""
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">{escape(words)}</text>')

    def line(self, points: Iterable[tuple[float, float]], style: str) -> None:
        """A line through points."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.add(f'<polyline points="{path}" class="{style}"/>')

    def area(self, upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]], style: str) -> None:
        """The band between two lines."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *reversed(lower)])
        self.add(f'<polygon points="{path}" class="{style}"/>')

    def mark(self, x: float, y: float, style: str, shape: int = 0, size: float = 5.0) -> None:
        """A point; shapes differ so that colour is not needed to tell series apart."""
        if shape == 0:
            self.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" class="{style}"/>')
        elif shape == 1:
            corner = f'x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size}" height="{2 * size}"'
            self.add(f'<rect {corner} class="{style}"/>')
        else:
            points = f"{x:.1f},{y - size - 1:.1f} {x + size + 1:.1f},{y + size:.1f} {x - size - 1:.1f},{y + size:.1f}"
            self.add(f'<polygon points="{points}" class="{style}"/>')

    def rect(self, x: float, y: float, width: float, height: float, style: str) -> None:
        self.add(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3" class="{style}"/>')

    def x_axis(
        self, scale: Scale, y: float, label: str, at: Sequence[float] | None = None, whole: bool = False
    ) -> None:
        """Ticks and a label below."""
        self.line([(scale.start, y), (scale.end, y)], "axis")
        for value in ticks(scale.low, scale.high, whole=whole) if at is None else at:
            self.line([(scale(value), y), (scale(value), y + 5)], "axis")
            self.text(scale(value), y + 20, self.number(value), "small", "middle")
        self.text((scale.start + scale.end) / 2, y + 40, label, "small soft", "middle")

    def y_axis(self, scale: Scale, x: float, right: float) -> None:
        """Ticks with lines across."""
        for value in ticks(scale.low, scale.high):
            self.line([(x, scale(value)), (right, scale(value))], "grid")
            self.text(x - 8, scale(value) + 4, self.number(value), "small", "end")

    def y_label(self, words: str, y: float = 12) -> None:
        """What the vertical axis is, above it."""
        self.text(2, y, words, "small soft")

    def svg(self, alone: bool = False) -> str:
        """The figure; `alone` adds the namespace and colours that a file of its own needs."""
        extra = f' xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{self.height}"' if alone else ""
        style = f"<style>{STYLE}</style>" if alone else ""
        head = (
            f'<svg{extra} viewBox="0 0 {WIDTH} {self.height}" role="img" '
            f'aria-labelledby="{self.name}-t {self.name}-d">'
            f'<title id="{self.name}-t">{escape(self.title)}</title>'
            f'<desc id="{self.name}-d">{escape(self.description)}</desc>'
        )
        return head + style + "".join(self.marks) + "</svg>"


def padded(values: Iterable[float], share: float = 0.06) -> tuple[float, float]:
    """Lowest and highest with some air."""
    found = list(values)
    low, high = min(found), max(found)
    air = (high - low) * share or abs(high) * 0.1 or 1.0
    return low - air, high + air
