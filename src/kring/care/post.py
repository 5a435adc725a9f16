"""Letters by e-mail: written in the reader's language, queued with the write that causes them, sent by a worker.

A letter is a job in the database, so it exists exactly when the transaction of its cause is committed: nothing is
sent for a write that failed, and nothing is lost when the server stops. While it waits it is encrypted with a key
made from SECRET_KEY, because it may hold a sign-in link. A mail server that cannot be reached delays the letter;
no page waits for it.

Letters carry no health content and no names of others than the reader (an invitation also names who invites).
"""

import base64
import datetime as dt
import functools
import hashlib
import json
import smtplib
from collections.abc import Iterable
from email.mime.text import MIMEText
from email.utils import formataddr, make_msgid
from typing import Any, Protocol
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import engines
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import punycode
from django.utils.html import urlize
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django_tasks import task

GIVE_UP_AFTER = dt.timedelta(days=3)
LONGEST_WAIT = dt.timedelta(hours=1)


class Reader(Protocol):
    """Whoever gets the letter: a person, or somebody who is only named in a circle."""

    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str | None: ...


def send(
    *,
    to: Reader,
    subject: Any,
    template: str,
    context: dict[str, Any] | None = None,
    language: str = "",
    attachments: Iterable[tuple[str, bytes, str]] = (),
    calendar: str = "",
) -> bool:
    """Queue one letter; call it inside the action's transaction. False: the reader has no e-mail address.

    `subject` is a string that is translated late (`gettext_lazy`, `format_lazy`). `template` is a plain-text
    Jinja template (`room/mail/name.txt`); blank lines make paragraphs, and the HTML part is made from it. It may
    use `reader` and `link(url_name, ...)`, an absolute address. `language` is for a reader who has none.
    `attachments` are (file name, content, MIME type). `calendar` is an iCalendar text: it goes along as an
    alternative with the METHOD it names (mail programs then show their buttons) and as `invite.ics`.
    """
    if not to.email:
        return False
    with translation.override(language or getattr(to, "language", "") or settings.LANGUAGE_CODE):
        text = written(template, {**(context or {}), "reader": to})
        letter = {
            "to": _addressed(to.name, to.email),
            "subject": " ".join(str(subject).split()),
            "text": text,
            "html": render_to_string("mail.html", {"paragraphs": _paragraphs(text), "subject": str(subject)}),
            "id": make_msgid(domain=urlsplit(settings.SITE_URL).hostname or "localhost"),
            "attachments": [[name, base64.b64encode(content).decode(), kind] for name, content, kind in attachments],
            "calendar": calendar,
        }
    deliver.enqueue(sealed(letter), timezone.now().isoformat(), 0)
    return True


def _addressed(name: str, email: str) -> str:
    """For the `To` line: a name with a line break in it on one line, and a domain such as exämple.nl in its ASCII form.

    Without this such a letter could not be made, or never be sent.
    """
    mailbox, _at, domain = email.rpartition("@")
    return formataddr((" ".join(name.split()), f"{mailbox}@{punycode(domain)}"))


@task()
def deliver(envelope: str, since: str, tries: int) -> str:
    """Hand one letter to the mail server. What fails for now is tried again, later each time, for three days."""
    try:
        _message(opened(envelope)).send()
    except smtplib.SMTPRecipientsRefused as refusal:
        if all(code >= 500 for code, _reason in refusal.recipients.values()):
            return "refused"  # the address does not exist; trying again would not help
        return _later(envelope, since, tries)
    except (OSError, smtplib.SMTPException):
        return _later(envelope, since, tries)
    return "sent"


def _later(envelope: str, since: str, tries: int) -> str:
    now = timezone.now()
    if now - dt.datetime.fromisoformat(since) > GIVE_UP_AFTER:
        raise TimeoutError("The mail server took this letter at no time in three days.") from None
    wait = min(dt.timedelta(minutes=2**tries), LONGEST_WAIT)
    deliver.using(run_after=now + wait).enqueue(envelope, since, tries + 1)
    return "delayed"


def written(template: str, context: dict[str, Any]) -> str:
    """The plain text of a letter, in the language that is active."""
    environment = _plain()
    body = environment.get_template(template).render({**context, "link": link}).strip()
    return str(environment.get_template("mail.txt").render(body=body)).strip() + "\n"


def link(name: str, *args: Any) -> str:
    """The absolute address of a page, as a letter needs it."""
    return str(settings.SITE_URL) + reverse(name, args=args)


@functools.cache
def _plain() -> Any:
    """The page environment without HTML escaping, of values in sentences too: plain text is no HTML."""
    made: Any = engines["jinja2"].env.overlay(autoescape=False)  # type: ignore[attr-defined]
    made.globals = {**made.globals, "_": lambda english, **values: gettext(english) % values}
    return made


def _paragraphs(text: str) -> list[str]:
    """Safe HTML of each paragraph, with addresses made into links."""
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    return [SafeString(urlize(part, autoescape=True)) for part in parts]  # urlize escapes


def _message(letter: dict[str, Any]) -> EmailMultiAlternatives:
    headers = {"Message-ID": letter["id"], "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(letter["subject"], letter["text"], to=[letter["to"]], headers=headers)
    message.attach_alternative(letter["html"], "text/html")
    if letter["calendar"]:
        message.attach_alternative(letter["calendar"], f"text/calendar; method={method_of(letter['calendar'])}")
        message.attach(_calendar_file(letter["calendar"]))
    for name, content, kind in letter["attachments"]:
        message.attach(name, base64.b64decode(content), kind)
    return message


def method_of(calendar: str) -> str:
    """REQUEST, CANCEL, ...: what a calendar text asks for. Programs need it in the MIME type as well."""
    lines = calendar.replace("\r\n", "\n").split("\n")
    return next((line.removeprefix("METHOD:").strip() for line in lines if line.startswith("METHOD:")), "PUBLISH")


def _calendar_file(calendar: str) -> MIMEText:
    part = MIMEText(calendar, "calendar", "utf-8")
    part.set_param("method", method_of(calendar))
    part.add_header("Content-Disposition", "attachment", filename="invite.ics")
    return part


def sealed(letter: dict[str, Any]) -> str:
    return _cipher().encrypt(json.dumps(letter).encode()).decode()


def opened(envelope: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_cipher().decrypt(envelope.encode()))
    return found


def _cipher() -> MultiFernet:
    """Keys from the installation's secret, and from earlier ones while letters sealed with them may wait."""
    secrets = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(b"kring post " + secret.encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
