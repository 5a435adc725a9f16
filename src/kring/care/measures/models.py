"""When something is asked, what was answered, what came out, and what in somebody's life makes it hard.

What is about the client belongs to the client's circle: a `Schedule` is one line of progress (one instrument, filled in
by the client or by a professional) and is shared as one thing; a `Measurement` is one filling-in of it, with a `Score`
per scale. What a member keeps about themselves stands in tables of its own (`Own...`): no query about the client's
progress can meet it. docs/decisions/0305 says why.
"""

import datetime as dt
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import InCircle, Member, Shareable
from kring.care.circles.topics import Topic, Zone
from kring.care.people.models import Organisation, Person
from kring.care.stored import Stored

MONTHS = (0, 9, 18)
"""When a measure is repeated unless the client chooses otherwise (as in the Dutch trial; docs: method)."""
LATEST_MONTH = 600
RUNNING = Q(removed_at__isnull=True, ended_at__isnull=True)
ENDED_ONCE = Q(completed_at__isnull=True) | Q(declined_at__isnull=True)


def check_months(months: Any) -> None:
    """Whole months after the start, each once, in their order."""
    whole = isinstance(months, list) and all(type(month) is int and 0 <= month <= LATEST_MONTH for month in months)
    if not whole or months != sorted(set(months)):
        raise ValidationError(_("Write months as whole numbers, like 0, 9, 18."))


def check_dates(dates: Any) -> None:
    """Extra days, as dates."""
    try:
        days = [dt.date.fromisoformat(day) for day in dates]
    except (TypeError, ValueError):
        raise ValidationError(_("Write each day as a date.")) from None
    if not isinstance(dates, list) or days != sorted(set(days)):
        raise ValidationError(_("Write each day as a date."))


def check_answers(answers: Any) -> None:
    """A value for each question by its linkId; None for a question that was skipped."""
    plain = (str, int, float, bool, type(None))
    if not isinstance(answers, dict) or not all(isinstance(answer, plain) for answer in answers.values()):
        raise ValidationError(_("These are no answers."))


def default_months() -> list[int]:
    return list(MONTHS)


class Respondent(models.TextChoices):
    """Who fills in."""

    CLIENT = "client", _("The client")
    INFORMAL = "informal", _("A member, about themselves")
    PROFESSIONAL = "professional", _("A professional")


class Planned(InCircle):
    """Which instrument is asked when. Month 0 is `starts_on`; `dates` are extra days."""

    instrument = models.CharField(max_length=40)
    starts_on = models.DateField(_("From when?"), default=timezone.localdate)
    months = models.JSONField(default=default_months, blank=True, validators=[check_months])
    dates = models.JSONField(default=list, blank=True, validators=[check_dates])
    paused_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    told_for = models.DateField(null=True, blank=True)  # the newest occasion that a letter was sent for
    reminded_for = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class Schedule(Planned, Shareable):
    """One line of the client's progress. The client agrees with it first; a regieondersteuner may propose it.

    For a professional's line, `member` is who fills it in; without one, every professional of the circle may.
    """

    topic = Topic.PROGRESS
    RESPONDENTS: ClassVar = [
        (Respondent.CLIENT.value, Respondent.CLIENT.label),
        (Respondent.PROFESSIONAL.value, Respondent.PROFESSIONAL.label),
    ]
    respondent = models.CharField(max_length=12, choices=RESPONDENTS, default=Respondent.CLIENT)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="fills_in")
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(respondent="professional") | Q(respondent="client", member__isnull=True),
                name="schedule_member_is_a_professional",
            ),
            models.UniqueConstraint(
                fields=["circle", "instrument", "respondent"],
                condition=RUNNING & Q(member__isnull=True),
                name="schedule_once",
            ),
            models.UniqueConstraint(
                fields=["circle", "instrument", "member"],
                condition=RUNNING & Q(member__isnull=False),
                name="schedule_once_per_member",
            ),
        ]

    @property
    def shown_as(self) -> str:
        """The name of the instrument, in the language of the reader."""
        from kring.care.measures import texts  # it stands above the models, which it reads

        return texts.title_of(self.instrument)


class OwnSchedule(Planned):
    """What a member asks of themselves, for instance how heavy it is. The client sees it once the member shares it."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="own_schedules")
    shared_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "instrument"], condition=RUNNING, name="own_schedule_once")
        ]


class FilledIn(Stored):
    """One filling-in, from its first answer. It keeps the version and the language of the text that was read.

    `month` is the planned occasion; without one it is a day of one's own. `external`: only totals were entered.
    """

    month = models.PositiveSmallIntegerField(null=True, blank=True)
    due_on = models.DateField()
    instrument_version = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, blank=True)
    filled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict, blank=True, validators=[check_answers])
    external = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class Measurement(FilledIn):
    """Of the client's progress. It is seen with its line; `only_me` leaves this one moment out for everybody else."""

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="measurements")
    only_me = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ENDED_ONCE, name="measurement_ended_once"),
            models.UniqueConstraint(
                fields=["schedule", "due_on"], condition=Q(removed_at__isnull=True), name="measurement_once_a_day"
            ),
        ]
        indexes = [models.Index(fields=["schedule", "completed_at"], name="measurement_line")]


class OwnMeasurement(FilledIn):
    """Of a member's own line."""

    schedule = models.ForeignKey(OwnSchedule, on_delete=models.PROTECT, related_name="measurements")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ENDED_ONCE, name="own_measurement_ended_once"),
            models.UniqueConstraint(
                fields=["schedule", "due_on"], condition=Q(removed_at__isnull=True), name="own_measurement_once_a_day"
            ),
        ]


class Scored(Stored):
    """What came out for one scale: the value (none: too much was skipped), from how many answers, by which rule."""

    scale = models.CharField(max_length=40)
    value = models.FloatField(null=True, blank=True)
    answered = models.PositiveSmallIntegerField(default=0)
    of = models.PositiveSmallIntegerField(default=0)
    rule = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class Score(Scored):
    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="scores")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measurement", "scale"], name="score_once"),
            models.CheckConstraint(condition=Q(answered__lte=F("of")), name="score_answered_of"),
        ]


class OwnScore(Scored):
    measurement = models.ForeignKey(OwnMeasurement, on_delete=models.CASCADE, related_name="scores")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measurement", "scale"], name="own_score_once"),
            models.CheckConstraint(condition=Q(answered__lte=F("of")), name="own_score_answered_of"),
        ]


class LoadedInstrument(Stored):
    """The text of an instrument as an organisation is licensed to use it: a FHIR Questionnaire, and by which licence.

    A newer version stands beside the older one, so that what was begun with the older can be finished.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="instruments")
    code = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    language = models.CharField(max_length=5)
    resource = models.JSONField()
    licence = models.TextField(max_length=2000)
    loaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    loaded_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code", "version", "language"],
                condition=Q(ended_at__isnull=True),
                name="loaded_instrument_once",
            ),
            models.CheckConstraint(condition=~Q(licence=""), name="loaded_instrument_has_a_licence"),
        ]


class LifeFactor(Shareable):
    """Something outside a person that makes life hard, kept apart from every score: often no member of staff can
    change it, so it says who could. Seen by the client alone until the client decides otherwise.
    """

    topic = Topic.PROGRESS
    KINDS: ClassVar = [
        ("income", _("Income and debt")),
        ("work", _("Work")),
        ("home", _("Home")),
        ("isolation", _("Being alone")),
        ("stigma", _("How others look at me")),
        ("victim", _("What was done to me")),
        ("rights", _("My rights")),
    ]
    LEVERS: ClassVar = [
        ("", _("I don't know")),
        ("staff", _("My care workers")),
        ("service", _("The care organisation")),
        ("municipality", _("The municipality")),
        ("state", _("The government")),
    ]
    OFFERS: ClassVar = [
        ("unknown", _("I don't know")),
        ("offered", _("Yes, something was offered")),
        ("not_offered", _("No, nothing was offered")),
    ]
    PRIORITIES: ClassVar = [
        ("", _("No choice")),
        ("first", _("This comes first for me")),
        ("later", _("This may come later")),
        ("not", _("This is not important to me now")),
    ]
    zone = models.CharField(max_length=10, choices=Zone, default=Zone.MINE)
    kind = models.CharField(_("What is it about?"), max_length=10, choices=KINDS)
    note = models.TextField(_("In your own words"), max_length=2000, blank=True)
    lever = models.CharField(_("Who can do something about it?"), max_length=12, choices=LEVERS, blank=True)
    offered = models.CharField(_("Was help offered?"), max_length=11, choices=OFFERS, default="unknown")
    priority = models.CharField(_("How important is this to you?"), max_length=5, choices=PRIORITIES, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    @property
    def shown_as(self) -> str:
        return str(self.get_kind_display())
