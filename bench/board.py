"""What the pages of a team cost: the board and the morning meeting with 200 clients on it, all linked to a circle, and
the caseload of 1,000 circles (fifty a page), as CPU against a floor: the same server, middleware, session and user,
returning the same bytes ready-made. On SQLite and PostgreSQL.

Bars: at most 10 queries, at most 5 times the floor.
"""

from bench._databases import figures, of_worker, on_both

PAGES = {"board": "board, 200 clients", "morning": "morning, names hidden", "circles": "caseload, 1,000 circles"}
BAR = 5.0


def main() -> None:
    on_both(_measure)


def _measure(database: str, url: str, folder: str) -> None:
    print(f"{database} (CPU ms a page, floor, ratio, queries; bars {BAR:g} and 10 queries)")
    for name, page in of_worker("bench._board", url, folder).items():
        print(f"  {PAGES[name]:24}{figures(page)}")


if __name__ == "__main__":
    main()
