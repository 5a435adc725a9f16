"""What the pages of a team cost: the board and the morning meeting with 200 clients on it, all linked to a circle, and
the caseload of 1,000 circles (fifty a page), as CPU against a floor: the same server, middleware, session and user,
returning the same bytes ready-made. On SQLite and PostgreSQL.

A look at many is one row in the log until it is unfolded, by the worker or by whoever reads: that is measured apart.

Bars: at most 10 queries, at most 5 times the floor.
"""

from bench._databases import figures, of_worker, on_both

PAGES = {"board": "board, 200 clients", "morning": "morning, names hidden", "circles": "caseload, 1,000 circles"}
BAR = 5.0


def main() -> None:
    on_both(_measure)


def _measure(database: str, url: str, folder: str) -> None:
    print(f"{database} (CPU ms a page, floor, ratio, queries; bars {BAR:g} and 10 queries)")
    found = of_worker("bench._board", url, folder)
    for name, page in found["pages"].items():
        print(f"  {PAGES[name]:24}{figures(page)}")
    print(f"  {'later, a look unfolded':24}{found['unfolding_ms']:7.2f}")


if __name__ == "__main__":
    main()
