"""Retention of what signing in and letters leave behind: network addresses, devices, drafts, sealed letters.

None of it is a care record. What nobody can use any more says only who was where: it goes.
"""

import datetime as dt

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kring.care.people.models import SignInLink

A_MONTH = dt.timedelta(days=30)


@transaction.atomic
def forget(now: dt.datetime | None = None) -> int:
    """Delete what is over; returns how many rows."""
    now = now or timezone.now()
    going = [
        Session.objects.filter(expire_date__lt=now),  # may hold the draft of an invitation
        SignInLink.objects.filter(expires_at__lt=now - A_MONTH),
        AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME),  # with network addresses
        DBTaskResult.objects.finished().filter(finished_at__lt=now - A_MONTH),  # with sealed letters
    ]
    gone = sum(rows.delete()[0] for rows in going)
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    gone += UserSession.objects.exclude(Exists(alive)).delete()[0]  # network addresses and devices
    return int(gone)
