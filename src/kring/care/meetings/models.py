"""Meetings: finding a date, the agenda, who comes, what was decided."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Member, Shareable
from kring.care.circles.topics import Topic
from kring.care.people.models import Person
from kring.care.plan.models import Goal
from kring.care.stored import Stored


class Meeting(Shareable):
    """One meeting, from the first idea of a date to its record."""

    topic = Topic.MEETINGS
    starts_at = models.DateTimeField(_("When?"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("How long, in minutes?"), default=60)
    place = models.CharField(_("Where?"), max_length=200, blank=True)
    chair = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="chairs")
    planned_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveIntegerField(default=0)  # of the calendar invitation; rises with every change
    held_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="meeting_5_to_480_minutes"),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="meeting_held_or_cancelled",
            ),
        ]
        indexes = [
            models.Index(fields=["circle", "starts_at"], name="meeting_circle_start"),
            models.Index(
                fields=["circle", "starts_at"],
                condition=Q(removed_at__isnull=True, held_at__isnull=True, cancelled_at__isnull=True),
                name="meeting_to_come",
            ),
        ]

    @property
    def chaired_by_client(self) -> bool:
        return self.chair_id is None


class DateOption(Stored):
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="options")
    starts_at = models.DateTimeField(_("Date and time"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "starts_at"], name="date_option_once")]


class DateAnswer(Stored):
    ANSWERS: ClassVar = [("yes", _("Yes")), ("maybe", _("Maybe")), ("no", _("No"))]
    option = models.ForeignKey(DateOption, on_delete=models.CASCADE, related_name="answers")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_client = models.BooleanField(default=False)
    answer = models.CharField(max_length=5, choices=ANSWERS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["option", "member"], name="date_answer_once_per_member"),
            models.UniqueConstraint(fields=["option"], condition=Q(by_client=True), name="date_answer_once_by_client"),
            models.CheckConstraint(
                condition=Q(member__isnull=True, by_client=True) | Q(member__isnull=False, by_client=False),
                name="date_answer_by_somebody",
            ),
        ]


class Attendance(Stored):
    """Whether a member said to come, and whether they came. The client's own presence has no row: it is theirs."""

    REPLIES: ClassVar = [
        ("", _("No answer yet")),
        ("yes", _("Comes")),
        ("maybe", _("Maybe")),
        ("no", _("Cannot come")),
    ]
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="attendances")
    reply = models.CharField(max_length=5, choices=REPLIES, blank=True)
    came = models.BooleanField(null=True, blank=True)
    mailed_sequence = models.IntegerField(default=-1)  # the newest calendar invitation that went to this member

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "member"], name="attendance_once")]


class AgendaItem(Stored):
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    order = models.PositiveSmallIntegerField()
    KINDS: ClassVar = [
        ("welcome", _("Welcome")),
        ("method", _("What a circle is, and what stays between us")),
        ("last", _("Last time: what was done?")),
        ("goal", _("A goal")),
        ("crisis", _("The crisis plan")),
        ("roles", _("Who can do what?")),
        ("actions", _("Who does what until next time?")),
        ("look", _("How was this meeting?")),
        ("topic", _("Something else")),
    ]
    title = models.CharField(_("What do you want to talk about?"), max_length=200, blank=True)
    kind = models.CharField(max_length=8, choices=KINDS, default="topic")
    goal = models.ForeignKey(Goal, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    notes = models.TextField(_("What was said"), max_length=4000, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["order", "created_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(kind="topic") | ~Q(title=""), name="agenda_topic_has_a_title"),
            models.CheckConstraint(condition=~Q(kind="goal") | Q(title=""), name="agenda_goal_keeps_no_copy"),
        ]


class Decision(Stored):
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    agenda_item = models.ForeignKey(
        AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="decisions"
    )
    text = models.CharField(_("What did you decide?"), max_length=500)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)


class CalendarFeed(Stored):
    """A secret address from which somebody's own calendar reads the meetings they may see."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="calendar_feed_one")
        ]
