"""The worker of `board`: fills one team, asks its pages, prints CPU per page as JSON."""

import datetime as dt
import json
import os
import sys
import time
import uuid
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kring.care.settings")

import django

django.setup()

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.test import Client
from django.urls import path
from django.utils import timezone

import kring.care.urls
from bench import _care_pages
from kring.care.audit import reading
from kring.care.board import actions
from kring.care.board.desk import desk_of
from kring.care.board.models import Agreement, Category, Entry, Visit
from kring.care.circles.models import Circle, Member
from kring.care.meetings.models import Meeting
from kring.care.people import links
from kring.care.people.models import Person
from tests.care import cast as cast_module

CIRCLES, CLIENTS, SEEN_TODAY = 1000, 200, 60
REQUESTS = 20


def main() -> None:
    call_command("migrate", verbosity=0, stdout=sys.stderr)
    kring.care.urls.urlpatterns.append(path("floor/<str:name>/", _care_pages.floor))
    settings.ALLOWED_HOSTS = ["*"]
    cast = cast_module.build()
    fill(cast)
    browser = Client()
    valid = dt.timedelta(hours=1)
    browser.post(
        f"/enter/{links.issue(cast.lea, valid=valid, reusable=True)}/"
    )  # in the demo a link counts as two steps
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    team = f"/team/{cast.team.pk}/"
    pages = {"board": team, "morning": f"{team}morning/", "circles": f"{team}circles/"}
    application, found = WSGIHandler(), {}
    for name, address in pages.items():
        assert _care_pages._answers(browser, address), address
        found[name] = _care_pages._one(application, cookie, address, REQUESTS)
    print(json.dumps({"pages": found, "unfolding_ms": unfolding()}))


def unfolding() -> float:
    """CPU of a look that waited: the lines of two hundred circles, or of fifty, as the worker makes them."""
    began = time.process_time()
    looks = reading.unfold()
    return (time.process_time() - began) / looks * 1000


def fill(cast: Any) -> None:
    """A thousand circles of the team with a meeting held and one planned; two hundred clients on the board."""
    now = timezone.now()
    people = Person.objects.bulk_create(Person(name=f"Cliënt {n:04}", password="!") for n in range(CIRCLES))
    circles = Circle.objects.bulk_create(
        Circle(client=one, team=cast.team, phase=1 + n % 6) for n, one in enumerate(people)
    )
    Member.objects.bulk_create(
        Member(circle=circle, person=cast.ruth, name="Ruth", role="regieondersteuner", joined_at=now)
        for circle in circles
    )
    for days, held in ((-60, True), (30, False)):
        when = now + dt.timedelta(days=days)
        Meeting.objects.bulk_create(
            Meeting(circle=circle, starts_at=when, held_at=when if held else None, planned_by=cast.ruth)
            for circle in circles
        )
    actions.open_board(by=desk_of(cast.lea, cast.team.pk))
    headings = list(Category.objects.filter(team=cast.team))
    entries = Entry.objects.bulk_create(
        Entry(team=cast.team, number=n, label=f"Cliënt {n}", category=headings[n % len(headings)], moved_by=cast.lea,
              moved_at=now - dt.timedelta(days=n % 40), reason="Slaapt weinig, we komen langs.")
        for n in range(CLIENTS)
    )  # fmt: skip
    Agreement.objects.bulk_create(
        Agreement(circle=circle, team=cast.team, team_name=cast.team.name, entry=entry)
        for circle, entry in zip(circles, entries, strict=False)
    )
    Visit.objects.bulk_create(
        Visit(id=uuid.uuid4(), entry=entry, day=timezone.localdate(), person=cast.tom) for entry in entries[:SEEN_TODAY]
    )


if __name__ == "__main__":
    main()
