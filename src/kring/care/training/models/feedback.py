"""What clients and members answer about a practice contact, and the figures that learners may see of it.

Answers belong to who gave them. A learner never reads them: only a `Release`, a figure about at least five people that
stands by itself. docs/decisions/0335 says why it is built so.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Circle
from kring.care.people.models import Person
from kring.care.stored import Stored
from kring.care.training.models.learning import Enrolment
from kring.care.training.models.practice import Practice
from kring.care.training.pooling import HIGHEST, LOWEST

PROCESSES = ("connectedness", "hope", "identity", "meaning", "empowerment")
"""The five CHIME processes. Difficulties stand beside them and are no quality of support, so nobody is asked."""


class FeedbackChoice(Stored):
    """Somebody in a circle wants to be asked. The client's choice opens the circle; a member decides for themselves."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="feedback_choices")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["circle", "person"], condition=Q(revoked_at__isnull=True), name="feedback_choice_once"
            )
        ]


class Release(Stored):
    """A figure for one learner about the answers of at least five people, made at night. It is never changed: a
    withdrawn answer takes the whole of it away, and none of its other answers comes into another figure.

    A question that fewer than five people answered has no figure.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="releases")
    released_on = models.DateField()
    connectedness = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    hope = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    identity = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    meaning = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    empowerment = models.DecimalField(max_digits=2, decimal_places=1, null=True)


def _in_range(name: str) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": LOWEST, f"{name}__lte": HIGHEST})


class Rating(Stored):
    """One person is asked about one contact, and answers or not. The practice is unknown in a circle brought here."""

    SCALE = [
        (1, _("Not at all")),
        (2, _("A little")),
        (3, _("Somewhat")),
        (4, _("Quite a lot")),
        (5, _("Very much")),
    ]
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="ratings")
    rater = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="ratings")
    closes_on = models.DateField()
    answered_at = models.DateTimeField(_("Answered on"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("Taken back on"), null=True, blank=True)
    connectedness = models.PositiveSmallIntegerField(
        _("Did you feel less alone?"), null=True, blank=True, choices=SCALE
    )
    hope = models.PositiveSmallIntegerField(_("Did it give you hope?"), null=True, blank=True, choices=SCALE)
    identity = models.PositiveSmallIntegerField(
        _("Were you seen as a whole person?"), null=True, blank=True, choices=SCALE
    )
    meaning = models.PositiveSmallIntegerField(
        _("Was it about what matters to you?"), null=True, blank=True, choices=SCALE
    )
    empowerment = models.PositiveSmallIntegerField(
        _("Could you decide for yourself?"), null=True, blank=True, choices=SCALE
    )
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, blank=True, related_name="ratings")
    spent_at = models.DateTimeField(null=True, blank=True)  # it stood in a figure, or its circle said no: never again

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "rater"], name="rating_once_per_contact"),
            *[models.CheckConstraint(condition=_in_range(name), name=f"rating_{name}") for name in PROCESSES],
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True)
                | Q(release__isnull=True, **{f"{name}__isnull": True for name in PROCESSES}),
                name="rating_withdrawn_holds_nothing",
            ),
            models.CheckConstraint(
                condition=Q(release__isnull=True) | Q(answered_at__isnull=False), name="rating_released_was_given"
            ),
        ]


class LearnerChoice(Stored):
    """What a learner lets others see of their own course: how much they did, to the team lead; a row without a name,
    to research; what was done and certificates, to the learning record of the organisation. Never the answers of
    clients."""

    FOR = [
        ("lead", _("My team lead")),
        ("research", _("Research")),
        ("record", _("The learning record of my organisation")),
    ]
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="choices")
    to = models.CharField(max_length=8, choices=FOR)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "to"], condition=Q(revoked_at__isnull=True), name="learner_choice_once"
            )
        ]


class StaffScore(Stored):
    """What a learner knew or thought by a published questionnaire, before and after: scores by its definition.

    Knowledge and attitude (level 2); never behaviour.
    """

    MOMENTS = [("before", _("before the training")), ("after", _("after the training"))]
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="staff_scores")
    instrument = models.CharField(max_length=40)
    moment = models.CharField(max_length=8, choices=MOMENTS)
    answers = models.JSONField(default=dict)
    scores = models.JSONField(default=dict)  # scale -> value

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "instrument", "moment"], name="staff_score_once")]
