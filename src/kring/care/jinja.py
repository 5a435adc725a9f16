"""The template language of all pages: Jinja2 with the few words that pages need. Autoescape is on for everything."""

import functools
import uuid
from pathlib import Path
from typing import Any

from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.html import json_script
from django.utils.translation import gettext, ngettext
from django_htmx.jinja import htmx_script
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).resolve().parent


def url(name: str, *args: Any) -> str:
    """The address of a page. Only the first use of a name asks Django; later ones fill in what it answered."""
    if any(not isinstance(arg, uuid.UUID) for arg in args):
        return reverse(name, args=args)
    return _address(name, len(args)) % args


@functools.cache
def _address(name: str, count: int) -> str:
    marks = [uuid.UUID(int=number + 1) for number in range(count)]
    found = reverse(name, args=marks).replace("%", "%%")
    for mark in marks:
        found = found.replace(str(mark), "%s")
    return found


def day(value: Any) -> str:
    """A date as people say it: 'Tuesday 3 March 2026', in the reader's language."""
    if value is None:
        return ""
    local = timezone.localtime(value) if hasattr(value, "tzinfo") else value
    return formats.date_format(local, "l j F Y")


def number(value: Any, places: int = 1) -> str:
    """With so many decimals, written as the reader's language does: 2.5 or 2,5."""
    return str(formats.number_format(value, places))


def moment(value: Any) -> str:
    """Date and time: 'Tuesday 3 March 2026, 14:30'."""
    return "" if value is None else f"{day(value)}, {formats.date_format(timezone.localtime(value), 'H:i')}"


def environment(**options: Any) -> Environment:
    options |= {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    rooms = sorted(HERE.glob("*/templates"))
    options["loader"] = ChoiceLoader([FileSystemLoader([HERE / "templates", *rooms])])
    made = Environment(**options, extensions=["jinja2.ext.i18n"])  # noqa: S701 (autoescape is set above)
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {
        "url": url,
        "static": static,
        "messages_of": get_messages,
        "htmx_script": htmx_script,
        "json_script": json_script,
        "language": translation.get_language,
    }
    made.filters |= {
        "number": number,
        "day": day,
        "moment": moment,
        "first_upper": lambda text: text[:1].upper() + text[1:],
    }
    return made
