"""When a meeting is due: as often as the client decided, else about every three months (method, table 2)."""

import datetime as dt

QUARTER = dt.timedelta(weeks=13)
YEAR = dt.timedelta(days=365)


def next_meeting(last: dt.date | None, begun: dt.date, every_weeks: int | None) -> dt.date:
    """The first within three months; then so many weeks after the last."""
    if last is None:
        return begun + QUARTER
    return last + (dt.timedelta(weeks=every_weeks) if every_weeks else QUARTER)
