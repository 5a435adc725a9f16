"""A small pen for SVG. Same calls, same bytes: no ids from counters, no dates, numbers rounded to a tenth.

Colours are classes, so that one figure serves light, dark and print; the palette is that of the whole
project. A figure says in `desc` what it shows, so that nobody needs to see it.
"""

from html import escape

STYLE = """\
.kf{--ink:#1f2a2e;--paper:#faf7f2;--soft:#dce7e1;--main:#0f5c5c;--warm:#9a4f12;--mid:#7d9c97;--line:#b9b4aa}
@media
(prefers-color-scheme:dark){.kf{--ink:#ece7df;--paper:#15191a;--soft:#2a3a38;--main:#8ccfc6;--warm:#e0a36a;\
--mid:#5d817c;--line:#5b625f}} @media
print{.kf{--ink:#000;--paper:#fff;--soft:#e4e4e4;--main:#0f5c5c;--warm:#9a4f12;--mid:#888;--line:#999}}
.kf text{font:14px 'Atkinson Hyperlegible',system-ui,sans-serif;fill:var(--ink)} .kf
.small{font-size:12px}.kf .strong{font-weight:700}.kf .on{fill:var(--paper)} .kf .ink{fill:var(--ink)}.kf
.main{fill:var(--main)}.kf .warm{fill:var(--warm)}.kf .mid{fill:var(--mid)} .kf .soft{fill:var(--soft)}.kf
.open{fill:var(--paper);stroke:var(--ink);stroke-width:1.5} .kf
.rule{stroke:var(--line);stroke-width:1;fill:none}.kf .bar{stroke:var(--ink);stroke-width:1.5;fill:none}
.kf .curve{stroke:var(--main);stroke-width:1.5;fill:none}.kf .dash{stroke:var(--ink);stroke-dasharray:4
4;fill:none} .kf .edge{stroke:var(--ink);stroke-width:1.5}.kf .faint{fill:var(--main);opacity:.35} .kf a
text{fill:var(--main);text-decoration:underline}
"""


WIDE, NARROW = 640.0, 320.0  # every figure can be drawn for a desk (and paper) and for a phone


def fmt(x: float) -> str:
    """A coordinate, to a tenth, without a trailing zero."""
    text = f"{x:.1f}"
    return text[:-2] if text.endswith(".0") else text


class Figure:
    """A drawing of `width` by `height`; `name` makes its ids unique on a page."""

    def __init__(self, name: str, title: str, desc: str, width: float, height: float) -> None:
        self.name, self.title, self.desc = name, title, desc
        self.width, self.height = width, height
        self.parts: list[str] = []
        self.role = "img"

    def text(self, x: float, y: float, words: str, classes: str = "", anchor: str = "start") -> None:
        extra = f' class="{classes}"' if classes else ""
        where = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.parts.append(f'<text x="{fmt(x)}" y="{fmt(y)}"{extra}{where}>{escape(words)}</text>')

    def lines(self, x: float, y: float, words: list[str], classes: str = "", anchor: str = "start") -> None:
        """Lines of text, 17 units apart."""
        for i, line in enumerate(words):
            self.text(x, y + 17 * i, line, classes, anchor)

    def note(self, y: float, words: str, x: float = 0.0) -> float:
        """Small print over the whole width, from `y` down; return where the next line stands."""
        lines = wrap(words, int((self.width - x) / 6.3))
        self.lines(x, y, lines, "small")
        return y + 17 * len(lines)

    def line(self, x1: float, y1: float, x2: float, y2: float, classes: str = "rule") -> None:
        ends = f'x1="{fmt(x1)}" y1="{fmt(y1)}" x2="{fmt(x2)}" y2="{fmt(y2)}"'
        self.parts.append(f'<line {ends} class="{classes}"/>')

    def rect(self, x: float, y: float, w: float, h: float, classes: str, label: str = "") -> None:
        box = f'x="{fmt(x)}" y="{fmt(y)}" width="{fmt(w)}" height="{fmt(h)}"'
        self._shape(f'rect {box} class="{classes}"', label)

    def circle(self, x: float, y: float, r: float, classes: str, label: str = "") -> None:
        self._shape(f'circle cx="{fmt(x)}" cy="{fmt(y)}" r="{fmt(r)}" class="{classes}"', label)

    def polygon(self, points: list[tuple[float, float]], classes: str, label: str = "") -> None:
        path = " ".join(f"{fmt(x)},{fmt(y)}" for x, y in points)
        self._shape(f'polygon points="{path}" class="{classes}"', label)

    def polyline(self, points: list[tuple[float, float]], classes: str) -> None:
        path = " ".join(f"{fmt(x)},{fmt(y)}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" class="{classes}"/>')

    def link(self, href: str, x: float, y: float, words: list[str], classes: str = "") -> None:
        """Lines of text that lead somewhere; a figure with links is a group, since an image has no controls."""
        self.role = "group"
        self.parts.append(f'<a href="{escape(href)}">')
        self.lines(x, y, words, classes)
        self.parts.append("</a>")

    def _shape(self, tag: str, label: str) -> None:
        name = tag.split(" ", 1)[0]
        inside = f"<title>{escape(label)}</title></{name}>" if label else ""
        self.parts.append(f"<{tag}>{inside}" if label else f"<{tag}/>")

    def svg(self) -> str:
        """The drawing, to stand alone or inside a page."""
        t, d = f"{self.name}-title", f"{self.name}-desc"
        head = f'<svg xmlns="http://www.w3.org/2000/svg" class="kf" viewBox="0 0 {fmt(self.width)} {fmt(self.height)}"'
        head += f' width="{fmt(self.width)}" height="{fmt(self.height)}" role="{self.role}" aria-labelledby="{t} {d}">'
        told = f'<title id="{t}">{escape(self.title)}</title><desc id="{d}">{escape(self.desc)}</desc>'
        return "\n".join([head, told, f"<style>{STYLE}</style>", *self.parts, "</svg>"]) + "\n"


def wrap(words: str, width: int) -> list[str]:
    """Break a text at spaces (not at no-break spaces) into lines of at most `width` characters."""
    lines = [""]
    for word in words.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def short(label: str, width: int = 26) -> str:
    """A label cut to fit, with an ellipsis."""
    return label if len(label) <= width else label[: width - 1].rstrip() + "…"
