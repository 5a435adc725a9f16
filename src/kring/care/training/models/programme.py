"""What is taught: parts in versions, programmes made of them, and the cohorts that follow a programme.

A version is never changed after somebody met it: a correction is a new version. Whoever began a part goes on with the
version that they began (see `learning.Progress`).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kring.care.people.models import Organisation, Person, Team
from kring.care.stored import Stored


class PartKind(models.TextChoices):
    """What a part asks of somebody. The shape of each kind's content is in `training.content`."""

    READINESS = "readiness", _("readiness of the team")
    LESSON = "lesson", _("lesson")
    WORKSHOP = "workshop", _("workshop")
    QUIZ = "quiz", _("quiz")
    PRACTICE = "practice", _("practice")
    OBSERVATION = "observation", _("observation form")
    COACHING = "coaching", _("coaching contact")
    BOOSTER = "booster", _("booster")


class Part(Stored):
    """One building block, known by its key. Without an organisation it is of our own library, for everybody."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="parts"
    )
    key = models.SlugField(max_length=80)
    kind = models.CharField(max_length=12, choices=PartKind)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(organisation__isnull=True), name="part_once_in_library"
            ),
            models.UniqueConstraint(
                fields=["organisation", "key"],
                condition=Q(organisation__isnull=False),
                name="part_once_in_organisation",
            ),
        ]


class PartVersion(Stored):
    """The content of a part as it was at one time: `{"nl": {...}, "en": {...}, ...}`."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "number"], name="part_version_once")]


class Programme(Stored):
    """A training that an organisation gives. Its parts are in its versions."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="programmes")
    key = models.SlugField(max_length=80, blank=True)  # of the library programme that it began from
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)


class ProgrammeVersion(Stored):
    """A programme as it is or was. A draft until published; a published one never changes."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField(default=dict)  # {"nl": {"title", "about"}, "en": {...}}
    certificate_months = models.PositiveSmallIntegerField(default=24)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="programme_version_once"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(published_at__isnull=True), name="programme_one_draft"
            ),
        ]


class PlacedPart(Stored):
    """A part in its place in a programme: in which version, after what, and from which day of one's own course."""

    programme_version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="placed")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    part_version = models.ForeignKey(PartVersion, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveIntegerField()
    after_days = models.PositiveSmallIntegerField(default=0)
    required = models.BooleanField(default=True)  # for the certificate

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme_version", "part"], name="placed_part_once"),
            models.UniqueConstraint(fields=["programme_version", "order"], name="placed_part_order"),
        ]


class Cohort(Stored):
    """A group of teams that follows a programme together. Newcomers join at any time, each with a first day of their
    own."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cohorts")
    programme_version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(_("Name"), max_length=120)
    starts_on = models.DateField(_("First day"))
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)


class CohortTeam(Stored):
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="teams")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "team"], name="cohort_team_once")]


class Lead(models.TextChoices):
    """Who leads a cohort. An experience expert leads as an equal, with hours of their own in the schedule."""

    TRAINER = "trainer", _("trainer")
    EXPERIENCE_EXPERT = "experience_expert", _("experience expert")
    COACH = "coach", _("coach")


class CohortLead(Stored):
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="leads")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="leads_cohorts")
    role = models.CharField(max_length=20, choices=Lead)
    hours = models.DecimalField(max_digits=6, decimal_places=1, default=0)  # in the schedule, preparation included
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "person", "role"], condition=Q(ended_at__isnull=True), name="cohort_lead_once"
            )
        ]
