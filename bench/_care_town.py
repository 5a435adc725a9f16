"""Set-up for the benches that need a running server: `python -m bench._care_town` builds the demo town in
DATABASE_URL, writes the ready-made bytes of the circle home, and prints a session cookie and addresses as JSON.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kring.care.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from bench._care_static import as_in_production, collect
from kring.care import demo
from kring.care.circles.models import Circle
from kring.care.meetings.models import Meeting
from kring.care.people.models import Person


def main() -> None:
    as_in_production()
    collect()
    call_command("migrate", verbosity=0, stdout=sys.stderr)
    if not Circle.objects.exists():
        demo.build()
    browser, circle = Client(), Circle.objects.get(name="De tuin")
    browser.force_login(Person.objects.get(email="noor@demo.kring.example"))
    home = f"/c/{circle.pk}/"
    meeting = Meeting.objects.get(circle=circle, held_at=None)
    if ready := os.environ.get("KRING_BENCH_READY"):
        (Path(ready) / "home").write_bytes(browser.get(home).content)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    addresses = {"home": home, "meeting": f"{home}together/{meeting.pk}/", "floor": "/floor/home/"}
    print(json.dumps({"cookie": f"{cookie.key}={cookie.value}", **addresses}))


if __name__ == "__main__":
    main()
