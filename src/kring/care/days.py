"""Days as people write them. Each is put into words once per language: Django works that out anew each time."""

import datetime as dt
import functools

from django.utils import formats, timezone
from django.utils.translation import get_language

LONG, PLAIN = "l j F Y", "j F Y"  # Tuesday 3 March 2026; 3 March 2026


def written(value: dt.date, how: str) -> str:
    """A day, or the day of a moment at the reader's clock."""
    return worded(get_language(), timezone.localdate(value) if isinstance(value, dt.datetime) else value, how)


def at_the_moment(moment: dt.datetime, how: str = LONG) -> str:
    """The day, and the time."""
    here = timezone.localtime(moment)
    return f"{worded(get_language(), here.date(), how)}, {here:%H:%M}"


def short_month(language: str | None) -> str:
    """How Django is asked for a short month: in Dutch it begins with a small letter."""
    return "b" if language == "nl" else "M"


@functools.lru_cache(maxsize=4000)
def worded(_language: str | None, day: dt.date, how: str) -> str:
    """In the language of whoever reads now, which a page with hundreds of days asks for once."""
    return formats.date_format(day, how)
