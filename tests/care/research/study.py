"""A study of the standing cast's organisation, opened as people do it, and clients in bulk around Noor's circle."""

import datetime as dt
import uuid

from django.utils import timezone

from kring.care import jobs
from kring.care.demo.registry import Registry, teams
from kring.care.measures.models import Measurement, Schedule, Score
from kring.care.research import actions
from kring.care.research.models import Edition, Export
from kring.care.research.reading import months_after

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


def line(cast, instrument="kring-checkin", *, starts_on, **differs) -> Schedule:
    """Something that Noor agreed to be asked."""
    return Schedule.objects.create(
        circle=cast.circle, instrument=instrument, starts_on=starts_on, proposed_by=cast.noor, agreed_at=timezone.now(),
        **differs,
    )  # fmt: skip


def filled(schedule, month, scores, **differs) -> Measurement:
    """One filling-in, nine days after it was due."""
    due = months_after(schedule.starts_on, month)
    done = timezone.make_aware(dt.datetime.combine(due + dt.timedelta(days=9), dt.time(12)))
    words = {"instrument_version": "1.0", "language": "nl", "completed_at": done, "due_on": due, "month": month}
    moment = Measurement.objects.create(schedule=schedule, filled_by=schedule.proposed_by, **words | differs)
    for scale, value in scores.items():
        Score.objects.create(measurement=moment, scale=scale, value=value, answered=2, of=2, rule="complete")
    return moment
