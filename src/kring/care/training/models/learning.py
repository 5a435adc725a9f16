"""Who learns, and how far: parts done, quizzes, workshops, boosters, certificates. Practice is in its own file."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kring.care.people.models import Person, Team
from kring.care.stored import Stored
from kring.care.training.models.programme import Cohort, Part, PartVersion


class Enrolment(Stored):
    """Somebody of a team who follows a cohort's programme, from a first day of their own until they leave it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    joined_on = models.DateField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "cohort"], condition=Q(left_at__isnull=True), name="enrolled_once"
            )
        ]


class Progress(Stored):
    """One part of one learner: which version they met, when they opened it, when it was done.

    Of every kind of part: a lesson is done when it was read, a quiz when it was handed in, a workshop when one came, a
    practice task when somebody wrote down how it went. One row per part, so that doing it twice counts once.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="progress")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    part_version = models.ForeignKey(PartVersion, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "part"], name="progress_once_per_part"),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True) | Q(completed_at__gte=F("opened_at")),
                name="progress_done_after_opened",
            ),
        ]


class ReadinessCheck(Stored):
    """Whether a team is ready to begin, answered with the team: item key -> yes, not yet, or no."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="readiness")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    part_version = models.ForeignKey(PartVersion, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    note = models.TextField(_("What has to be arranged first"), blank=True, max_length=2000)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "team"], name="readiness_once_per_team")]


class Moment(models.TextChoices):
    """Why a quiz is taken. What somebody knew before and after is compared; exercises in between are not."""

    BEFORE = "before", _("at the start")
    DURING = "during", _("in between")
    AFTER = "after", _("at the end")


class QuizAttempt(Stored):
    """One go at a quiz. It stays open until it is handed in, also for days; then it never changes."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    part_version = models.ForeignKey(PartVersion, on_delete=models.PROTECT, related_name="+")
    moment = models.CharField(max_length=8, choices=Moment, default=Moment.DURING)
    submitted_at = models.DateTimeField(null=True, blank=True)
    points = models.PositiveSmallIntegerField(default=0)
    points_possible = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "part"], condition=Q(submitted_at__isnull=True), name="quiz_one_open_attempt"
            ),
            models.CheckConstraint(condition=Q(points__lte=F("points_possible")), name="quiz_points_possible"),
        ]
        indexes = [models.Index(fields=["part", "submitted_at"], name="quiz_submitted")]


class QuizAnswer(Stored):
    """What was answered to one question of an attempt; the last answer before handing in counts."""

    attempt = models.ForeignKey(QuizAttempt, on_delete=models.CASCADE, related_name="answers")
    question = models.SlugField(max_length=80)
    given = models.JSONField()
    right = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "question"], name="quiz_answer_once")]


class WorkshopSession(Stored):
    """A workshop on a day, led by a trainer with an experience expert, whose hours are paid."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="sessions")
    part_version = models.ForeignKey(PartVersion, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("When"))
    minutes = models.PositiveSmallIntegerField(_("How many minutes"), default=120)
    place = models.CharField(_("Where"), max_length=200, blank=True)
    trainer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    experience_expert = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expert_hours = models.DecimalField(
        _("Hours of the experience expert, preparation included"), max_digits=4, decimal_places=1, default=0
    )
    held_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=10, minutes__lte=600), name="workshop_minutes"),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True) | Q(cancelled_at__isnull=True), name="workshop_held_or_cancelled"
            ),
        ]


class Attendance(Stored):
    session = models.ForeignKey(WorkshopSession, on_delete=models.PROTECT, related_name="attendance")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attendance")
    came = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "enrolment"], name="workshop_attendance_once")]


class Booster(Stored):
    """One question that comes back to one learner, with the memory state of the scheduler (FSRS)."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="boosters")
    part_version = models.ForeignKey(PartVersion, on_delete=models.PROTECT, related_name="+")
    question = models.SlugField(max_length=80)
    state = models.PositiveSmallIntegerField(default=1)
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    stability = models.FloatField(null=True, blank=True)
    difficulty = models.FloatField(null=True, blank=True)
    due_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "part_version", "question"], name="booster_once_per_question")
        ]
        indexes = [models.Index(fields=["enrolment", "due_at"], name="booster_due")]


class BoosterRound(Stored):
    """A few questions put before a learner on a day: made at night, open until it was answered."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="rounds")
    due_on = models.DateField()
    boosters = models.JSONField(default=list)  # ids, in order
    done_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(done_at__isnull=True), name="booster_one_open_round"
            )
        ]


class BoosterReview(Stored):
    """One answer to a question that came back. The scheduler's state can be worked out again from these."""

    booster = models.ForeignKey(Booster, on_delete=models.PROTECT, related_name="reviews")
    round = models.ForeignKey(BoosterRound, on_delete=models.PROTECT, related_name="reviews")
    rating = models.PositiveSmallIntegerField()  # FSRS: 1 again, 2 hard, 3 good, 4 easy
    given = models.JSONField()
    right = models.BooleanField()
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "booster"], name="booster_reviewed_once"),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=4), name="booster_rating"),
        ]


class Certificate(Stored):
    """That somebody did the required parts. It says nothing about how well somebody works, and it expires."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=20, unique=True)
    issued_on = models.DateField()
    expires_on = models.DateField()
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_on__gt=F("issued_on")), name="certificate_expires_after_issue")
        ]
