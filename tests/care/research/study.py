"""A study of the standing cast's organisation, opened as people do it, and clients in bulk around Noor's circle."""

import datetime as dt
import uuid

from django.utils import timezone

from kring.care import jobs
from kring.care.demo.registry import Registry, teams
from kring.care.research import actions
from kring.care.research.models import Edition, Export

MEASURES = ["kring-checkin.hope", "kring-checkin.connectedness"]


def content(**differs):
    today = timezone.localdate()
    words = {
        "title_nl": "Helpt een kring?", "title_en": "Does a circle help?",
        "purpose_nl": "We willen weten of een kring mensen helpt.",
        "purpose_en": "We want to know whether a circle helps people.",
        "responsible": "GGZ De Linde", "contact": "onderzoek@delinde.example", "reference": "METC 2026-123",
        "measures": MEASURES, "columns": ["day"], "from_on": today - dt.timedelta(days=800),
        "until_on": today + dt.timedelta(days=800), "threshold": 10, "threshold_reason": "",
    }  # fmt: skip
    return words | differs


def drafted(cast, **differs) -> Edition:
    return actions.make_study(by=cast.rik, organisation=cast.organisation, id=uuid.uuid4(), **content(**differs))


def opened(cast, **differs) -> Edition:
    return open_it(cast, drafted(cast, **differs))


def open_it(cast, edition) -> Edition:
    actions.offer(by=cast.rik, edition=edition)
    edition.refresh_from_db()
    actions.open_edition(by=cast.ada, edition=edition, version=edition.version)
    edition.refresh_from_db()
    return edition


def registry(cast, edition, *, number=3, clients=14, seed=1, say_yes=1.0):
    """Clients of so many other teams who said yes."""
    made = Registry(edition, seed=seed)
    for team in teams(cast.organisation, number):
        made.fill(team, clients, say_yes=say_yes)


def table(cast, edition) -> Export:
    """Ask for a table and do the job."""
    export = actions.start_export(by=cast.rik, edition=edition, id=uuid.uuid4())
    jobs.run_due()
    export.refresh_from_db()
    return export
