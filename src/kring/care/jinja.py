"""The template language of all pages: Jinja2 with the few words that pages need. Autoescape is on for everything."""

import functools
import secrets
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware import csrf
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, translation
from django.utils.html import json_script
from django.utils.translation import gettext, ngettext
from django_htmx.jinja import htmx_script
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kring.care.days import LONG, at_the_moment, written
from kring.care.drawing import Environment

HERE = Path(__file__).resolve().parent


def url(name: str, *args: Any) -> str:
    """The address of a page. Only its first use asks Django; later ones fill the ids into what Django answered."""
    ids = tuple(arg for arg in args if isinstance(arg, uuid.UUID))
    return _address(name, tuple(None if isinstance(arg, uuid.UUID) else arg for arg in args)) % ids


def address_of(name: str) -> Callable[..., str]:
    """`url` for one page, given ids."""

    def address(*ids: Any) -> str:
        for each in ids:
            if type(each) is not uuid.UUID:
                return url(name, *ids)
        return _address(name, GAPS[len(ids)]) % ids

    return address


GAPS = [(None,) * count for count in range(10)]


@functools.lru_cache(maxsize=2000)
def _address(name: str, args: tuple[Any, ...]) -> str:
    """With a gap for each id, which stands as None in `args`."""
    marked = [uuid.UUID(int=place + 1) if arg is None else arg for place, arg in enumerate(args)]
    found = reverse(name, args=marked).replace("%", "%%")
    for mark, arg in zip(marked, args, strict=True):
        found = found.replace(str(mark), "%s") if arg is None else found
    return found


def words(english: str, **values: Any) -> Markup:
    """In the reader's language, with the values filled in and escaped. Each text is looked up once per language."""
    return (
        _words(translation.get_language(), english) % values if values else _plain(translation.get_language(), english)
    )


@functools.cache
def _words(language: str | None, english: str) -> Markup:
    return Markup(gettext(english))  # noqa: S704 (catalogues are ours)


@functools.cache
def _plain(language: str | None, english: str) -> Markup:
    return _words(language, english) % {}


def forms_of_a_page(request: HttpRequest) -> dict[str, Any]:
    """One masked token for all forms of a page, made when the first of them is drawn: Django makes one for each."""
    return {"csrf_input": _Hidden(request)}


def messages_of(request: HttpRequest) -> list[Any]:
    """What was done since the last page, each once: a double click does it once, and says so twice."""
    return list({(str(said.message), said.extra_tags): said for said in get_messages(request)}.values())


class _Hidden:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.html = ""

    def __html__(self) -> str:
        self.html = self.html or HIDDEN % form_token(self.request)
        return self.html

    __str__ = __html__


HIDDEN = '<input type="hidden" name="csrfmiddlewaretoken" value="%s">'
LETTERS = csrf.CSRF_ALLOWED_CHARS
PLACES = {letter: place for place, letter in enumerate(LETTERS)}
_EVEN = 256 - 256 % len(LETTERS)  # of 256 bytes the last few are left out, or the first letters would come more often
_LETTER_OF = "".join(LETTERS[byte % len(LETTERS)] for byte in range(256)).encode()
_LEFT_OUT = bytes(range(_EVEN, 256))


def form_token(request: HttpRequest) -> str:
    """What Django's `get_token` gives; that one asks the system for random bytes once per letter."""
    if "CSRF_COOKIE" not in request.META:
        request.META["CSRF_COOKIE"] = _random_letters()
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    mask = _random_letters()
    pairs = zip(request.META["CSRF_COOKIE"], mask, strict=True)
    return mask + "".join([LETTERS[(PLACES[one] + PLACES[other]) % len(LETTERS)] for one, other in pairs])


def _random_letters() -> str:
    found = b""
    while len(found) < csrf.CSRF_SECRET_LENGTH:
        found += secrets.token_bytes(2 * csrf.CSRF_SECRET_LENGTH).translate(_LETTER_OF, _LEFT_OUT)
    return found[: csrf.CSRF_SECRET_LENGTH].decode()


def day(value: Any) -> str:
    """A date as people say it: 'Tuesday 3 March 2026', in the reader's language."""
    return "" if value is None else written(value, LONG)


def number(value: Any, places: int = 1) -> str:
    """With so many decimals, written as the reader's language does: 2.5 or 2,5."""
    return str(formats.number_format(value, places))


def moment(value: Any) -> str:
    """Date and time: 'Tuesday 3 March 2026, 14:30'."""
    return "" if value is None else at_the_moment(value)


def environment(**options: Any) -> Environment:
    options |= {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    rooms = sorted(HERE.glob("*/templates"))
    options["loader"] = ChoiceLoader([FileSystemLoader([HERE / "templates", *rooms])])
    made = Environment(**options, extensions=["jinja2.ext.i18n"])
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {
        "_": words,
        "url": url,
        "static": functools.cache(static),
        "messages_of": messages_of,
        "htmx_script": functools.cache(htmx_script),
        "json_script": json_script,
        "demo_outbox": lambda: reverse("outbox") if settings.DEMO else "",
        "language": translation.get_language,
    }
    made.address_of = address_of
    made.filters |= {
        "words": words,
        "number": number,
        "day": day,
        "moment": moment,
        "first_upper": lambda text: text[:1].upper() + text[1:],
    }
    return made
