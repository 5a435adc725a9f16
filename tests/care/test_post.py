"""Letters: in the reader's language, queued with the write, delayed and not lost when the mail server is away."""

import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from kring.care import jobs, outbox, post
from kring.care.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def letter_template(tmp_path, settings):
    (tmp_path / "hello.txt").write_text(
        "{{ _('Hello %(name)s', name=reader.name) }} & <wees> welkom.\n\n{{ link('home:start') }}\n"
    )
    loader = post._plain().loader
    loader.loaders[0].searchpath.insert(0, str(tmp_path))
    yield
    loader.loaders[0].searchpath.pop(0)


def anna(**extra):
    return Person.objects.create_user("anna@example.org", name="Anna", **extra)


def send(to, **extra):
    return post.send(to=to, subject=_("Dutch"), template="hello.txt", **extra)


def test_a_letter_is_sent_by_the_worker_and_not_by_the_page():
    assert send(anna())
    assert mail.outbox == []
    jobs.run_due()
    (letter,) = mail.outbox
    assert letter.to == ["Anna <anna@example.org>"]
    assert "Anna & <wees> welkom." in letter.body
    assert "http://127.0.0.1:8000/" in letter.body
    html = letter.alternatives[0][0]
    assert "&amp; &lt;wees&gt; welkom" in html
    assert '<a href="http://127.0.0.1:8000/"' in html


def test_a_name_on_two_lines_and_a_domain_with_an_accent_reach_their_reader():
    send(Person.objects.create_user("bea@exämple.nl", name="Bea\r\nBcc: somebody@example.org"))
    jobs.run_due()
    (letter,) = mail.outbox
    assert letter.to == ['"Bea Bcc: somebody@example.org" <bea@xn--exmple-cua.nl>']
    assert letter.message()["Bcc"] is None


def test_a_name_with_an_apostrophe_is_written_as_it_is():
    """In the plain text as it is, and in the HTML part escaped once."""
    send(Person.objects.create_user("kim@example.org", name="Kim O'Brien", language="nl"))
    jobs.run_due()
    (letter,) = mail.outbox
    assert "Hallo Kim O'Brien & <wees>" in letter.body
    assert "Hallo Kim O&#x27;Brien &amp; &lt;wees" in letter.alternatives[0][0]


def test_each_reader_gets_their_own_language():
    send(anna(language="en"))
    send(Person.objects.create_user("bea@example.org", name="Bea", language="nl"))
    jobs.run_due()
    assert {letter.to[0]: letter.subject for letter in mail.outbox} == {
        "Anna <anna@example.org>": "Dutch",
        "Bea <bea@example.org>": "Nederlands",
    }


def test_somebody_without_an_address_gets_no_letter():
    assert not send(Person.objects.create_user(None, name="Jo"))
    assert not DBTaskResult.objects.exists()


def test_a_write_that_fails_sends_nothing():
    with transaction.atomic():
        send(anna())
        transaction.set_rollback(True)
    jobs.run_due()
    assert mail.outbox == []


def test_the_queue_shows_neither_reader_nor_words():
    send(anna())
    (job,) = DBTaskResult.objects.all()
    assert "anna" not in str(job.args_kwargs).lower()
    assert "welkom" not in str(job.args_kwargs)


def test_a_mail_server_that_is_away_delays_the_letter(monkeypatch):
    send(anna())
    with monkeypatch.context() as away:
        away.setattr(post.EmailMultiAlternatives, "send", _fails(ConnectionRefusedError()))
        jobs.run_due()
    (waiting,) = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    assert waiting.run_after > timezone.now()
    jobs.run_due()
    assert mail.outbox == []  # not before its time
    DBTaskResult.objects.filter(pk=waiting.pk).update(run_after=timezone.now())
    jobs.run_due()
    assert len(mail.outbox) == 1


def test_waiting_grows_and_ends_after_three_days(monkeypatch):
    monkeypatch.setattr(post.EmailMultiAlternatives, "send", _fails(smtplib.SMTPServerDisconnected()))
    letter = post.sealed({"to": "a@example.org", "subject": "", "text": "", "html": "", "id": "<1>", "attachments": [],
                          "calendar": ""})  # fmt: skip
    now = timezone.now()
    for tries, wait in [(0, 1), (3, 8), (9, 60)]:
        assert post.deliver.call(letter, now.isoformat(), tries) == "delayed"
        newest = DBTaskResult.objects.order_by("-enqueued_at").first()
        assert abs((newest.run_after - now).total_seconds() - wait * 60) < 20
    with pytest.raises(TimeoutError):
        post.deliver.call(letter, (now - dt.timedelta(days=4)).isoformat(), 80)


def test_an_address_that_does_not_exist_is_not_tried_again(monkeypatch):
    refusal = smtplib.SMTPRecipientsRefused({"anna@example.org": (550, b"no such user")})
    monkeypatch.setattr(post.EmailMultiAlternatives, "send", _fails(refusal))
    send(anna())
    jobs.run_due()
    assert [job.return_value for job in DBTaskResult.objects.all()] == ["refused"]


def test_a_calendar_invitation_names_its_method_in_the_mime_type():
    send(anna(), calendar="BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n")
    jobs.run_due()
    parts = [part for part in mail.outbox[0].message().walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in parts] == ["CANCEL", "CANCEL"]
    assert [part.get_filename() for part in parts] == [None, "invite.ics"]


def test_the_outbox_of_the_demo_shows_letters_and_only_there(client, settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "outbox")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    send(anna(), attachments=[("a.txt", b"hello", "text/plain")])
    jobs.run_due()
    assert client.get("/demo/outbox/").status_code == 404
    settings.DEMO = True
    page = client.get("/demo/outbox/").content.decode()
    assert "Anna &lt;anna@example.org&gt;" in page
    assert "&amp; &lt;wees&gt; welkom" in page
    assert "a.txt" in page
    assert [letter.files for letter in outbox.letters(tmp_path / "outbox")] == [("a.txt",)]


def _fails(error):
    def fail(self):
        raise error

    return fail
