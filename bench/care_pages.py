"""What pages of the care wing cost, as CPU against a floor: the same server, middleware, session and user, returning
the same bytes ready-made. On SQLite and PostgreSQL, the two busiest for a circle with 10 and with 1,000 of
everything, the others with 10.

Bars: circle home and meeting page at most 3 times the floor on SQLite and 4 times on PostgreSQL, at most 12 queries;
every other page at most 10 times.
"""

from bench._databases import figures, of_worker, on_both

BUSY = {"home:circle": "circle home", "meetings:meeting": "meeting page"}
BARS = {"SQLite": 3.0, "PostgreSQL": 4.0}
OTHER_BAR = 10.0


def main() -> None:
    on_both(_measure)


def _measure(database: str, url: str, folder: str) -> None:
    for size, pages in of_worker("bench._care_pages", url, folder).items():
        _print(database, int(size), pages)


def _print(database: str, size: int, pages: dict[str, dict[str, float]]) -> None:
    print(f"{database}, {size:,} of everything (CPU ms a page, floor, ratio, queries)")
    for name, words in BUSY.items():
        print(f"  {words:14}{figures(pages[name])}  bar {BARS[database]:g}, 12 queries")
    others = {name: page for name, page in pages.items() if name not in BUSY}
    if not others:
        return
    worst = sorted(others, key=lambda name: -others[name]["ratio"])
    over = [name for name in worst if others[name]["ratio"] > OTHER_BAR]
    print(f"  {len(others)} other pages, {len(over)} over the bar of {OTHER_BAR:g}; the three dearest:")
    for name in worst[:3]:
        print(f"    {name:24}{figures(others[name])}")
