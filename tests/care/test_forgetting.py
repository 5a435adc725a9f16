"""What signing in and letters leave behind goes by itself."""

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kring.care import jobs
from kring.care.people import forgetting, links
from kring.care.people.models import Person, SignInLink

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def traces():
    """Somebody came in by a link, somebody else guessed one, and a letter went out."""
    anna = Person.objects.create_user("anna@example.org", name="Anna", language="en")
    browser = Client()
    browser.post(f"/enter/{links.issue(anna, valid=DAY)}/")
    browser.post("/sign-in/", {"email": "bea@example.org"})
    Client().post("/enter/guess/")
    jobs.run_due()


def left():
    return [model.objects.count() for model in (Session, UserSession, SignInLink, AccessAttempt, DBTaskResult)]


def test_what_is_still_in_use_stays(traces):
    before = left()
    assert before[:4] == [1, 1, 1, 1]
    forgetting.forget()
    assert left() == before


def test_what_is_over_goes_by_itself(traces):
    forgetting.forget(now=timezone.now() + 32 * DAY)
    assert left() == [0, 0, 0, 0, 0]


def test_the_worker_does_it_each_day():
    assert DAY in [period for period, found in jobs._every if found.module_path == "kring.care.people.jobs.forget"]
