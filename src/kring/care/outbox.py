"""The demo's outbox: what would have been mailed, as a page. It exists only in the demo."""

import dataclasses
import datetime as dt
import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import urlize
from django.utils.safestring import SafeString

NEWEST = 50
RULE = b"-" * 79  # Django's file backend ends each letter with it


@dataclasses.dataclass(frozen=True)
class Posted:
    to: str
    subject: str
    sent_at: dt.datetime
    text: SafeString
    files: tuple[str, ...]


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    return render(request, "outbox.html", {"letters": letters(Path(settings.EMAIL_FILE_PATH))})


def letters(folder: Path) -> list[Posted]:
    """The newest letters first."""
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)[:NEWEST]
    return [_posted(raw) for file in files for raw in reversed(_split(file.read_bytes()))]


def _split(content: bytes) -> list[bytes]:
    return [part.strip() for part in content.split(b"\n" + RULE) if part.strip()]


def _posted(raw: bytes) -> Posted:
    message = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    names = tuple(name for part in message.walk() if (name := part.get_filename()))
    html = SafeString(urlize(text, autoescape=True))  # urlize escapes
    sent: dt.datetime = message["date"].datetime  # Django writes -0000: UTC, which Python reads as no zone at all
    when = sent if sent.tzinfo else sent.replace(tzinfo=dt.UTC)
    return Posted(str(message["to"]), str(message["subject"]), when, html, names)
