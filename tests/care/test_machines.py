"""Several machines on one PostgreSQL, and servers that are killed: real processes, so these are slow."""

import contextlib
import http.client
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import pytest

from tests import postgres
from tests.care.test_running import kring

pytestmark = [pytest.mark.slow]

SETTINGS = {
    "KRING_SECRET_KEY": "a long secret of many different signs 0123456789-_!",
    "KRING_HOSTS": "127.0.0.1",
    "KRING_URL": "http://127.0.0.1:8000",
    "KRING_MAIL_FROM": "Kring <kring@example.org>",
    "KRING_MAIL_PORT": "1",
    "KRING_WORKERS": "1",
}
START = """
import django, datetime as dt; django.setup()
from kring.care.circles import actions
from kring.care.people import links
from kring.care.people.models import Person
noor = Person.objects.create_user("noor@example.org", name="Noor")
circle = actions.start_circle(by=noor, client=noor)
print("made", circle.pk, *[links.issue(noor, valid=dt.timedelta(hours=1)) for _ in range(2)])
"""


class Browser:
    """Cookies that go to every port of this machine, and forms with their token."""

    def __init__(self):
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, address):
        try:
            with self.opener.open(address, timeout=20) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as fault:
            return fault.code, fault.url, fault.read().decode()

    def post(self, page, action="", **words):
        _status, where, text = self.get(page)
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', text))
        data = urllib.parse.urlencode(hidden | words).encode()
        headers = {"Origin": "http://127.0.0.1:8000", "Referer": where}
        request = urllib.request.Request(action or where, data, headers)
        try:
            with self.opener.open(request, timeout=20) as answer:
                return answer.status, answer.url
        except urllib.error.HTTPError as fault:
            return fault.code, fault.url


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def processes():
    started = []
    yield started
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def start(processes, state, word, **settings):
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(("KRING_", "DATABASE_", "PYTEST", "DJANGO_"))}  # fmt: skip
    clean |= {"KRING_STATE": str(state)} | SETTINGS | settings
    process = subprocess.Popen(
        [sys.executable, "-m", "kring.care.cli", word], env=clean, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    processes.append(process)
    return process


def serve(processes, state, **settings):
    port = free_port()
    process = start(processes, state, "serve", KRING_PORT=str(port), **settings)
    wait_for(lambda: healthy(port), 60)
    return process, f"http://127.0.0.1:{port}"


def healthy(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_for(question, seconds):
    """Ask until it is so; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def shell(state, code, **settings):
    done = kring("shell", "-v", "0", "-c", code, state=state, **(SETTINGS | settings))
    assert done.returncode == 0, done.stderr
    return done.stdout


def made(state, **settings):
    assert kring("migrate", state=state, **(SETTINGS | settings)).returncode == 0
    words = re.search(r"made (\S+) (\S+) (\S+)", shell(state, START, **settings))
    return words.groups()


@pytest.fixture
def on_postgresql():
    try:
        postgres.programs()
    except postgres.Missing as missing:
        if os.environ.get("KRING_CI") == "1":
            raise
        pytest.skip(str(missing))
    with postgres.server(durable=True) as url:
        yield {"DATABASE_URL": url}


PLAN = """
import django, datetime as dt, uuid; django.setup()
from django.utils import timezone
from kring.care.circles.models import Circle
from kring.care.circles.seats import seat_of
from kring.care.meetings import actions
circle = Circle.objects.select_related("client").get()
days = [timezone.now() + dt.timedelta(days=n) for n in (5, 6)]
meeting = actions.plan_meeting(by=seat_of(circle.client, circle.pk), id=uuid.uuid4(), options=days)
print("meeting", meeting.pk, meeting.options.first().pk)
"""


def test_two_servers_and_two_workers_share_one_database(tmp_path, processes, on_postgresql):
    circle, secret, _other = made(tmp_path, **on_postgresql)
    (_one, here), (_two, there) = (serve(processes, tmp_path, **on_postgresql) for _each in range(2))
    browser = Browser()
    assert browser.post(f"{here}/enter/{secret}/")[0] == 200
    where = f"/c/{circle}/map/"
    assert browser.get(there + where)[0] == 200  # signed in on one, known on the other
    browser.post(f"{here}{where}new/", name="Opa Jan", kind="person", ring="close", feeling="good")
    assert "Opa Jan" in browser.get(there + where)[2]  # written on one, read on the other
    poll_shows_on_both(browser, circle, (here, there), tmp_path, on_postgresql)
    for _each in range(2):
        start(processes, tmp_path, "work", **on_postgresql)
    runs_once(tmp_path, on_postgresql)
    shell(
        tmp_path, "from django.contrib.sessions.models import Session; Session.objects.all().delete()", **on_postgresql
    )
    for server in (here, there):  # an ended session is ended everywhere
        assert "/sign-in/" in browser.get(server + where)[1]


def poll_shows_on_both(browser, circle, servers, state, settings):
    meeting, option = re.search(r"meeting (\S+) (\S+)", shell(state, PLAN, **settings)).groups()
    where = f"/c/{circle}/together/{meeting}/"
    chosen = f'name="option_{option}" value="yes" checked'
    assert chosen not in browser.get(servers[1] + where)[2]
    browser.post(servers[0] + where, f"{servers[0]}{where}answer/", **{f"option_{option}": "yes"})
    assert chosen in browser.get(servers[1] + where)[2]


def runs_once(state, settings):
    """Forty jobs that two workers race for: each of them was claimed by one worker."""
    queue = "from kring.care.audit.jobs import seal; [seal.enqueue() for _ in range(40)]"
    shell(state, queue, **settings)
    ask = (
        "from django_tasks_db.models import DBTaskResult as D; import json;"
        " d = D.objects.filter(task_path__endswith='seal');"
        " print(json.dumps([d.exclude(finished_at=None).count(), d.count(), [len(t.worker_ids) for t in d]]))"
    )

    def told():
        return json.loads(shell(state, ask, **settings).strip().splitlines()[-1])

    wait_for(lambda: told()[0] >= 40 and told()[0] == told()[1], 90)
    assert set(told()[2]) == {1}
    verified = kring("audit", "verify", state=state, **(SETTINGS | settings))
    assert verified.returncode == 0, verified.stdout


def killed_while_writing(state, processes, settings):
    """Write until the server is shot; then count what it had confirmed."""
    circle, secret, second = made(state, **settings)
    process, here = serve(processes, state, **settings)
    browser, confirmed = Browser(), []
    browser.post(f"{here}/enter/{secret}/")
    shot = threading.Timer(5, os.killpg, (process.pid, signal.SIGKILL))  # whatever it is doing then
    shot.start()
    try:
        while process.poll() is None:
            name = f"dot {uuid.uuid4().hex[:8]}"
            page = f"{here}/c/{circle}/map/new/"
            status, where = browser.post(page, name=name, kind="person", ring="near", feeling="good")
            if status == 200 and where.endswith("/map/"):
                confirmed.append(name)
    except (OSError, http.client.HTTPException):
        pass  # the server is gone
    shot.join()
    process.wait(20)
    assert len(confirmed) > 3
    _again, here = serve(processes, state, **settings)
    browser = Browser()
    browser.post(f"{here}/enter/{second}/")
    text = browser.get(f"{here}/c/{circle}/map/")[2]
    assert [name for name in confirmed if name not in text] == []


def test_a_killed_server_loses_nothing_that_was_confirmed_on_sqlite(tmp_path, processes):
    killed_while_writing(tmp_path, processes, {"DATABASE_URL": f"sqlite:///{tmp_path}/k.sqlite3"})


def test_a_killed_server_loses_nothing_that_was_confirmed_on_postgresql(tmp_path, processes, on_postgresql):
    killed_while_writing(tmp_path, processes, on_postgresql | {"KRING_WORKERS": "2"})


def test_a_killed_postgresql_loses_nothing_that_was_confirmed_and_pages_come_back(tmp_path, processes, on_postgresql):
    circle, *secrets = made(tmp_path, **on_postgresql)
    _process, here = serve(processes, tmp_path, **on_postgresql, KRING_WORKERS="2")
    for _each in range(2):
        start(processes, tmp_path, "work", **on_postgresql)
    confirmed, stop = [], threading.Event()

    def write(browser):
        while not stop.is_set():
            name = f"dot {uuid.uuid4().hex[:8]}"
            page = f"{here}/c/{circle}/map/new/"
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, where = browser.post(page, name=name, kind="person", ring="near", feeling="good")
                if status == 200 and where.endswith("/map/"):
                    confirmed.append(name)

    browsers = [Browser() for _secret in secrets]
    for browser, secret in zip(browsers, secrets, strict=True):
        browser.post(f"{here}/enter/{secret}/")
    writers = [threading.Thread(target=write, args=[browser]) for browser in browsers]
    for writer in writers:
        writer.start()
    wait_for(lambda: len(confirmed) > 10, 60)
    postgres.crash(on_postgresql["DATABASE_URL"])
    before = len(confirmed)
    wait_for(lambda: len(confirmed) > before + 10, 60)  # the servers find their database again by themselves
    stop.set()
    for writer in writers:
        writer.join(60)
    text = browsers[0].get(f"{here}/c/{circle}/map/")[2]
    assert [name for name in confirmed if name not in text] == []
    assert kring("audit", "verify", state=tmp_path, **(SETTINGS | on_postgresql)).returncode == 0
