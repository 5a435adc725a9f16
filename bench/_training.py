"""The worker of `training`: `home` (two sizes), `fill N` (learners with questions), `night` (one pass and its peak)."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kring.care.settings")

import django

django.setup()

import datetime as dt
import json
import sys
import time
import tracemalloc
import uuid

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.test import Client
from django.urls import path
from django.utils import timezone

import kring.care.urls
from bench import _care_pages as pages
from kring.care.people.models import Organisation, Person, Team
from kring.care.training.actions import boosters, building, leading
from kring.care.training.models import (
    Booster,
    BoosterRound,
    Cohort,
    CohortTeam,
    Enrolment,
    Part,
    PartVersion,
    PlacedPart,
    Programme,
    ProgrammeVersion,
    Progress,
)  # fmt: skip
from tests.care import cast as cast_module

QUESTIONS = 12


def home() -> dict:
    call_command("migrate", verbosity=0, stdout=sys.stderr)
    kring.care.urls.urlpatterns.append(path("floor/<str:name>/", pages.floor))
    settings.ALLOWED_HOSTS = ["*"]
    cast, found = cast_module.build(), {}
    for size in (10, 1000):
        Enrolment.objects.filter(person=cast.tom).update(left_at=timezone.now())
        _course(cast, size)
        browser = Client()
        browser.force_login(cast.tom)
        _second_step(browser, cast.tom)
        cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
        assert pages._answers(browser, "/training/")
        found[size] = pages._one(WSGIHandler(), cookie, "/training/", 40)
    return found


def _second_step(browser: Client, person: Person) -> None:
    """Whoever has a post comes in with two steps; here both were taken."""
    session = browser.session
    session["account_authentication_methods_user"] = str(person.pk)
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
    session.save()


def _course(cast: object, size: int) -> None:
    """A programme of `size` lessons of which Tom did all but the last: the longest way to the next small step."""
    programme = building.new_programme(by=cast.tess, organisation=cast.organisation, id=uuid.uuid4(), title="Lang")
    version = building.draft_of(programme)
    words = {"nl": {"title": "Les", "body": "Woorden. " * 500}}
    parts = Part.objects.bulk_create(
        Part(organisation=cast.organisation, key=f"p{size}-{n}", kind="lesson") for n in range(size)
    )
    versions = PartVersion.objects.bulk_create(PartVersion(part=part, number=1, content=words) for part in parts)
    PlacedPart.objects.bulk_create(
        PlacedPart(programme_version=version, part=each.part, part_version=each, order=n)
        for n, each in enumerate(versions, start=1)
    )
    building.publish(by=cast.tess, programme=programme)
    version.refresh_from_db()
    cohort = leading.start_cohort(
        by=cast.tess, organisation=cast.organisation, id=uuid.uuid4(), name="Groep", programme_version=version,
        teams=[cast.team], starts_on=timezone.localdate(),
    )  # fmt: skip
    tom, now = leading.enrol(by=cast.tess, cohort=cohort, person=cast.tom, team=cast.team), timezone.now()
    Progress.objects.bulk_create(
        Progress(enrolment=tom, part=each.part, part_version=each, opened_at=now, completed_at=now)
        for each in versions[:-1]
    )


def fill(learners: int) -> dict:
    call_command("migrate", verbosity=0, stdout=sys.stderr)
    organisation = Organisation.objects.create(name="Groot")
    team = Team.objects.create(organisation=organisation, name="Team")
    trainer = Person.objects.create_user("t@example.org", name="T")
    programme = Programme.objects.create(organisation=organisation, made_by=trainer)
    version = ProgrammeVersion.objects.create(programme=programme, number=1, published_at=timezone.now())
    today = timezone.localdate()
    cohort = Cohort.objects.create(organisation=organisation, programme_version=version, name="G", starts_on=today)
    CohortTeam.objects.create(cohort=cohort, team=team)
    part = PartVersion.objects.create(part=Part.objects.create(key="q", kind="quiz"), number=1, content={})
    past = timezone.now() - dt.timedelta(days=1)
    for begin in range(0, learners, 1000):
        people = Person.objects.bulk_create(
            Person(name=f"L{n}", email=f"l{n}@example.org") for n in range(begin, min(begin + 1000, learners))
        )
        rows = Enrolment.objects.bulk_create(
            Enrolment(person=person, team=team, cohort=cohort, joined_on=today) for person in people
        )
        Booster.objects.bulk_create(
            Booster(enrolment=row, part_version=part, question=f"q{n}", due_at=past)
            for row in rows
            for n in range(QUESTIONS)
        )
    return {"learners": learners}


def night() -> dict:
    """One pass, timed; then the same pass again for its memory, as watching memory takes time.

    What Python holds is counted, not the process: SQLite maps its file into memory as far as it is read.
    """
    began = time.perf_counter()
    rounds = boosters.schedule()
    seconds = time.perf_counter() - began
    BoosterRound.objects.all().delete()
    tracemalloc.start()
    boosters.schedule()
    return {"rounds": rounds, "seconds": seconds, "peak_mb": tracemalloc.get_traced_memory()[1] / 1e6}


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    print(json.dumps({"home": home, "fill": fill, "night": night}[what](*map(int, numbers))))
