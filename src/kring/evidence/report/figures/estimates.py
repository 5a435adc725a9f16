"""Figures of pooling: forest, funnel and multiverse plots.

The pooled diamond spans the confidence interval, the line through it the prediction interval. Sources:
Lewis & Clarke 2001 (forest); Sterne & Egger 2001 (funnel); Simonsohn et al. 2020 (specification curve).
"""

import math
from collections.abc import Callable, Sequence

from kring.evidence.report.figures.svg import WIDE, Figure, short
from kring.evidence.synthesis.multiverse import Multiverse
from kring.evidence.synthesis.pooling import Pooled


def ticks(low: float, high: float, about: int = 6) -> list[float]:
    """Round numbers that span low to high."""
    raw = (high - low) / about
    base = 10 ** math.floor(math.log10(raw))
    step = next(m * base for m in (1, 2, 5, 10) if m * base >= raw)
    first = math.ceil(low / step)
    return [round(step * i, 10) for i in range(first, math.floor(high / step) + 1)]


def _scale(low: float, high: float, left: float, right: float) -> Callable[[float], float]:
    return lambda x: left + (right - left) * (min(max(x, low), high) - low) / (high - low)


def forest(
    labels: Sequence[str], yi: Sequence[float], vi: Sequence[float], pooled: Pooled | None, title: str, metric: str,
    width: float = WIDE,
) -> Figure:  # fmt: skip
    """Each study with its 95% interval; square by weight; the diamond only where something was pooled."""
    half = [1.96 * math.sqrt(v) for v in vi]
    ends = [0.0, *(y - h for y, h in zip(yi, half, strict=True)), *(y + h for y, h in zip(yi, half, strict=True))]
    ends += list(pooled.pi) if pooled else []
    low, high = min(ends), max(ends)
    pad = 0.06 * (high - low)
    narrow = width < WIDE
    left, right, row, above = (10.0, width - 10, 52, 20) if narrow else (210.0, 500.0, 30, 0)
    x = _scale(low - pad, high + pad, left, right)
    told = "; ".join(f"{s} {y:.2f} ({y - h:.2f} to {y + h:.2f})" for s, y, h in zip(labels, yi, half, strict=True))
    if pooled:
        told += f"; pooled {pooled.mu:.2f} ({pooled.ci[0]:.2f} to {pooled.ci[1]:.2f}), "
        told += f"prediction {pooled.pi[0]:.2f} to {pooled.pi[1]:.2f}"
    bottom = 30 + row * len(labels) + (row + 10 if pooled else 0)
    figure = Figure("forest", title, told + ".", width, bottom + 58)
    figure.text(width - 10, 18, f"{metric} (95%)", "small strong", "end")
    figure.line(x(0), 24, x(0), bottom, "dash")
    weights = pooled.weights if pooled else [1 / len(labels)] * len(labels)
    for i, label in enumerate(labels):
        y = 44 + row * i + above
        figure.text(0, y + 5 - above, short(label, 28), "small" if narrow else "")
        figure.line(x(yi[i] - half[i]), y, x(yi[i] + half[i]), y, "bar")
        side = 5 + 12 * math.sqrt(weights[i])
        figure.rect(x(yi[i]) - side / 2, y - side / 2, side, side, "main", label)
        words = f"{yi[i]:.2f} ({yi[i] - half[i]:.2f} to {yi[i] + half[i]:.2f})"
        figure.text(width - 10, y + 5 - above, words, "small", "end")
    if pooled:
        _diamond(figure, pooled, x, 52 + row * len(labels) + above, above)
    for tick in ticks(low - pad, high + pad):
        figure.line(x(tick), bottom, x(tick), bottom + 5, "bar")
        figure.text(x(tick), bottom + 20, f"{tick:g}", "small", "middle")
    figure.line(left, bottom, right, bottom, "bar")
    _sides(figure, x(0), bottom + 42)
    return figure


def _sides(figure: Figure, zero: float, y: float) -> None:
    """Which side of zero is whose; where one side has no room, it stands at the edge."""
    room = 100.0
    figure.text(max(zero - 8, room), y, "← control better", "small", "end")
    figure.text(min(max(zero - 8, room) + 16, figure.width - room), y, "training better →", "small")


def _diamond(figure: Figure, pooled: Pooled, x: Callable[[float], float], y: float, above: float) -> None:
    narrow = " small" if above else ""
    figure.text(0, y + 5 - above, f"Pooled ({pooled.method}, {pooled.k} studies)", f"strong{narrow}")
    figure.line(x(pooled.pi[0]), y, x(pooled.pi[1]), y, "curve")
    low, high = pooled.ci
    figure.polygon([(x(low), y), (x(pooled.mu), y - 9), (x(high), y), (x(pooled.mu), y + 9)], "warm", "pooled")
    figure.text(figure.width - 10, y + 5 - above, f"{pooled.mu:.2f} ({low:.2f} to {high:.2f})", "small strong", "end")


def funnel(
    labels: Sequence[str], yi: Sequence[float], vi: Sequence[float], centre: float, title: str, width: float = WIDE
) -> Figure:
    """Estimate against standard error, with the triangle where 95% would lie without any heterogeneity."""
    se = [math.sqrt(v) for v in vi]
    deepest = 1.1 * max(se)
    reach = max(1.96 * deepest, *(abs(y - centre) for y in yi)) * 1.1
    left, right = (40.0, width - 8) if width < WIDE else (60.0, width - 20)
    x = _scale(centre - reach, centre + reach, left, right)
    down = _scale(0, deepest, 20, 330)
    told = "; ".join(f"{s}: {y:.2f}, SE {e:.2f}" for s, y, e in zip(labels, yi, se, strict=True))
    figure = Figure("funnel", title, told + ".", width, 0)
    edge = 1.96 * deepest
    figure.polygon([(x(centre), 20), (x(centre + edge), 330), (x(centre - edge), 330)], "soft")
    figure.line(x(centre), 20, x(centre), 330, "dash")
    for tick in ticks(0, deepest, 4):
        figure.text(left - 8, down(tick) + 4, f"{tick:g}", "small", "end")
        figure.line(left, down(tick), right, down(tick))
    for tick in ticks(centre - reach, centre + reach, 4 if width < WIDE else 6):
        figure.text(x(tick), 350, f"{tick:g}", "small", "middle")
    for label, y, e in zip(labels, yi, se, strict=True):
        figure.circle(x(y), down(e), 5, "main edge", label)
    few = " Fewer than 10 studies: it cannot tell." if len(labels) < 10 else ""
    words = f"Across: estimate. Down: standard error (precise studies on top).{few}"
    figure.height = figure.note(378, words, left)
    return figure


def multiverse_plot(whole: Multiverse, title: str, width: float = WIDE) -> Figure:
    """Every path as one thin line, sorted by estimate, above strips that show which choice it made."""
    order = sorted(range(whole.mu.size), key=lambda i: (whole.mu[i], i))
    left, most = (96.0, 200) if width < WIDE else (140.0, 560)
    kept = order if len(order) <= most else [order[round(i * (len(order) - 1) / (most - 1))] for i in range(most)]
    low, high = min(0.0, float(whole.low[kept].min())), max(0.0, float(whole.high[kept].max()))
    up = _scale(low, high, 230, 20)
    rows = _strips(whole)
    figure = Figure("multiverse", title, _told(whole), width, 0)
    step = (width - left - 10) / len(kept)
    for position, i in enumerate(kept):
        x = left + step * (position + 0.5)
        figure.line(x, up(float(whole.low[i])), x, up(float(whole.high[i])), "rule")
        figure.circle(x, up(float(whole.mu[i])), 1.2, "main")
    figure.line(left, up(0), width - 10, up(0), "dash")
    for tick in ticks(low, high, 5):
        figure.text(left - 8, up(tick) + 4, f"{tick:g}", "small", "end")
    for r, (name, test) in enumerate(rows):
        y = 258 + 16 * r
        figure.text(0, y + 5, short(name, int(left / 7)), "small")
        for position, i in enumerate(kept):
            if test(i):
                figure.rect(left + step * position, y - 5, max(0.8, step * 0.9), 10, "mid")
    shown = "" if len(kept) == len(order) else f", {len(kept)} of them drawn"
    words = f"{len(order):,} ways to pool{shown}, sorted by estimate"
    figure.height = figure.note(270.0 + 16 * len(rows), words, left)
    return figure


def _strips(whole: Multiverse) -> list[tuple[str, Callable[[int], bool]]]:
    def made(name: str, value: object) -> Callable[[int], bool]:
        return lambda i: getattr(whole.choices[i], name) == value

    rows: list[tuple[str, Callable[[int], bool]]] = []
    for name, words in (("estimator", ""), ("test", "test "), ("rho", "rho "), ("icc", "ICC ")):
        for value in dict.fromkeys(getattr(choice, name) for choice in whole.choices):
            rows.append((f"{words}{value}", made(name, value)))
    for gone in dict.fromkeys(choice.excluded for choice in whole.choices):
        if len(gone) == 1:
            rows.append((f"without {gone[0]}", made("excluded", gone)))
    if any(len(choice.excluded) > 1 for choice in whole.choices):
        rows.append(("without two studies", lambda i: len(whole.choices[i].excluded) > 1))
    return rows


def _told(whole: Multiverse) -> str:
    shares = ", ".join(f"{100 * whole.share(kind):.0f}% {kind} zero" for kind in ("above", "below"))
    span = f"estimates from {whole.mu.min():.2f} to {whole.mu.max():.2f}"
    return f"{whole.mu.size} ways to pool: {span}; interval {shares}, {100 * whole.share('holds'):.0f}% hold zero."
