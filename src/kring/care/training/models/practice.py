"""Practice with a real contact: what a learner tries, what others saw of it, what they gave back, and coaching.

A practice is the learner's own and says nothing about the client. Of whose circle the contact was stands in a table of
its own (`PracticeCircle`): whoever observes or coaches does not need it, and it goes when the circle goes. Sound and
pictures of a contact are never stored: there is no field for them.
"""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Circle
from kring.care.circles.topics import CHIME
from kring.care.people.models import Person
from kring.care.stored import Stored
from kring.care.training.models.learning import Enrolment
from kring.care.training.models.programme import Cohort, Lead, PartVersion


class Practice(Stored):
    """One behaviour that a learner practises in one contact, tied to a step of the method or to a CHIME process."""

    VIEWS: ClassVar = [
        (1, _("It did not work")),
        (2, _("It hardly worked")),
        (3, _("Partly")),
        (4, _("It went well")),
        (5, _("It went very well")),
    ]
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="practices")
    part_version = models.ForeignKey(PartVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    behaviour = models.CharField(_("Which one thing will you do?"), max_length=300)
    phase = models.PositiveSmallIntegerField(_("Which step of the method is it part of?"), null=True, blank=True)
    chime = models.CharField(_("Which process of recovery is it about?"), max_length=15, choices=CHIME, blank=True)
    planned_on = models.DateField(_("On which day?"))
    held_on = models.DateField(_("When was the contact?"), null=True, blank=True)
    went = models.TextField(_("What did you do?"), max_length=2000, blank=True)
    next_time = models.CharField(_("What will you do differently next time?"), max_length=300, blank=True)
    # How a learner sees it themselves. It is their reaction (level 1), never a measure of behaviour: see `levels`.
    own_view = models.PositiveSmallIntegerField(_("How did it go, in your own eyes?"), choices=VIEWS, null=True, blank=True)  # fmt: skip  # noqa: E501
    asked_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(phase__isnull=False) | ~Q(chime=""), name="practice_is_about_something"),
            models.CheckConstraint(
                condition=Q(phase__isnull=True) | Q(phase__gte=1, phase__lte=6), name="practice_phase_1_to_6"
            ),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=True) | Q(held_on__isnull=False), name="practice_asked_after_it_was_held"
            ),
        ]
        indexes = [models.Index(fields=["enrolment", "held_on"], name="practice_held")]


class PracticeCircle(Stored):
    """In whose circle the contact was."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    practice = models.OneToOneField(Practice, on_delete=models.PROTECT, related_name="contact")


class Observation(Stored):
    """What one person saw of a contact, item by item: 2 seen, 1 partly, 0 not seen; left out: there was no occasion.

    Two may observe the same contact, each without the other's marks (double coding). Nobody observes themselves.
    """

    MARKS: ClassVar = [(2, _("Seen")), (1, _("Partly")), (0, _("Not seen"))]
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="observations")
    learner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    observer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, choices=Lead)
    form = models.ForeignKey(PartVersion, on_delete=models.PROTECT, related_name="+")
    marks = models.JSONField(default=dict)
    share = models.FloatField(null=True)  # of what could be seen, what was: 0 to 100; none where nothing could be
    minutes = models.PositiveSmallIntegerField(
        _("How many minutes did this take you?"), default=60, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    client_agreed = models.BooleanField(_("The client agreed beforehand that somebody watched"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "observer"], name="observation_once_per_observer"),
            models.CheckConstraint(condition=~Q(observer=F("learner")), name="observation_never_of_oneself"),
            models.CheckConstraint(condition=Q(client_agreed=True), name="observation_client_agreed"),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=0, share__lte=100), name="observation_share"
            ),
        ]


class FeedbackNote(Stored):
    """What one person gives back to a learner: what they saw, and one thing to try. Timing, tone and source stay, as
    feedback can also go with poorer practice (see docs/training-feedback.md)."""

    TONES: ClassVar = [
        ("strengths", _("Mostly what went well")),
        ("balanced", _("Both")),
        ("corrections", _("Mostly what can be better")),
    ]
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="notes")
    learner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, choices=Lead)
    tone = models.CharField(_("What is it mostly about?"), max_length=12, choices=TONES)
    saw = models.TextField(_("What did you see, exactly?"), max_length=2000)
    goal = models.CharField(_("One thing to try next time"), max_length=300)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "by"], name="feedback_note_once"),
            models.CheckConstraint(condition=~Q(by=F("learner")), name="feedback_note_never_to_oneself"),
        ]


class CoachingContact(Stored):
    """A coach or supervisor talked with one or more learners about their practice."""

    KINDS: ClassVar = [("coaching", _("Coaching")), ("supervision", _("Supervision in a group"))]
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="coaching")
    kind = models.CharField(_("What was it?"), max_length=12, choices=KINDS, default="coaching")
    coach = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, choices=Lead)
    held_on = models.DateField(_("When?"), default=timezone.localdate)
    minutes = models.PositiveSmallIntegerField(
        _("How many minutes?"), default=45, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    removed_at = models.DateTimeField(null=True, blank=True)


class Coached(Stored):
    """A learner who was there."""

    contact = models.ForeignKey(CoachingContact, on_delete=models.PROTECT, related_name="coached")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="coaching")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "enrolment"], name="coached_once")]
