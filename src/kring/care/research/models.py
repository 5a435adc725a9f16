"""Studies, what clients answered to them, and the tables that left. Nothing here opens a circle to a researcher."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Circle
from kring.care.people.models import Organisation, Person, Team
from kring.care.stored import Stored

THRESHOLD = 10
"""Below this many clients nothing is told apart, unless a study says why it must (docs/evaluation.md)."""
LOWEST = 3


class Study(Stored):
    """A question of an organisation to its clients. What is asked stands in its editions."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="studies")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class Edition(Stored):
    """What is asked, in words that stay as they were once they are open. A changed study is a new edition, and asks
    every client anew.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField(default=1)
    title_nl = models.CharField(_("Title, in Dutch"), max_length=120)
    title_en = models.CharField(_("Title, in English"), max_length=120)
    purpose_nl = models.TextField(_("What you ask and why, in plain Dutch"), max_length=1500)
    purpose_en = models.TextField(_("What you ask and why, in plain English"), max_length=1500)
    responsible = models.CharField(_("Who is responsible"), max_length=200)
    contact = models.CharField(_("Whom clients can ask"), max_length=200)
    reference = models.CharField(_("Registration and ethics review"), max_length=300)
    measures = models.JSONField(_("Which scores"), default=list)
    columns = models.JSONField(_("What else leaves"), default=list, blank=True)
    from_on = models.DateField(_("Measurements from"))
    until_on = models.DateField(_("Measurements until"))
    threshold = models.PositiveSmallIntegerField(
        _("Fewest clients in a group"),
        default=THRESHOLD,
        validators=[MinValueValidator(LOWEST), MaxValueValidator(1000)],
    )
    threshold_reason = models.CharField(_("Why fewer than ten is right here"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    offered_at = models.DateTimeField(null=True, blank=True)  # ready for the administrator
    opened_at = models.DateTimeField(null=True, blank=True)  # clients are asked from here on
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)  # the letters to clients were queued

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="edition_number_once"),
            models.UniqueConstraint(fields=["study"], condition=Q(opened_at__isnull=True), name="edition_one_draft"),
            models.UniqueConstraint(
                fields=["study"],
                condition=Q(opened_at__isnull=False, replaced_at__isnull=True),
                name="edition_one_open",
            ),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="edition_until_after_from"),
            models.CheckConstraint(
                condition=Q(threshold__gte=THRESHOLD) | ~Q(threshold_reason=""), name="edition_low_threshold_has_reason"
            ),
            models.CheckConstraint(condition=Q(threshold__gte=LOWEST), name="edition_threshold_not_lower"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_nl if get_language() == "nl" else self.title_en

    @property
    def purpose(self) -> str:
        return self.purpose_nl if get_language() == "nl" else self.purpose_en

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.replaced_at is None


class Consent(Stored):
    """One answer of one client to one edition. It stands until the client takes it back or answers again.

    It carries what was asked by whom, so that it can be proved, and taken along, without the study.
    """

    ANSWERS: ClassVar = [("yes", _("Yes")), ("no", _("No"))]
    WAYS: ClassVar = [("spoken", _("They said it to me")), ("signed", _("They signed it on paper"))]
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="consents")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="consents")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")  # at the answer
    title = models.CharField(max_length=120)
    responsible = models.CharField(max_length=200)
    contact = models.CharField(max_length=200)
    edition_number = models.PositiveSmallIntegerField()
    answer = models.CharField(max_length=3, choices=ANSWERS)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # In a circle on paper somebody writes down what the client said or signed: how, on which day, and who did.
    way = models.CharField(_("How did they answer?"), max_length=6, choices=WAYS, blank=True)
    said_on = models.DateField(_("On which day?"), null=True, blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "circle"], condition=Q(revoked_at__isnull=True), name="consent_one_answer_stands"
            ),
            models.CheckConstraint(
                condition=Q(way="", said_on__isnull=True, written_by__isnull=True)
                | (~Q(way="") & Q(said_on__isnull=False, written_by__isnull=False)),
                name="consent_on_paper_says_how_when_and_who",
            ),
        ]
        indexes = [
            models.Index(fields=["edition", "circle"], condition=Q(revoked_at__isnull=True, answer="yes"),
                         name="consent_yes"),
            # who did not answer: without it SQLite reads every answer to the study for each circle
            models.Index(fields=["edition", "circle"], name="consent_asked"),
        ]  # fmt: skip


class Export(Stored):
    """One table that was made. Its key is kept sealed, to name who took their yes back, until it is thrown away."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="exports")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sealed_key = models.TextField(blank=True)
    clients = models.PositiveIntegerField(default=0)  # how many are being read; shown to nobody before it is checked
    clients_done = models.PositiveIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    told = models.JSONField(default=dict)  # what the page says of it: checked against small numbers
    finished_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=40, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)  # the first download
    removed_at = models.DateTimeField(null=True, blank=True)  # its files are gone from here

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(failed_at__isnull=True), name="export_one_end"
            ),
            models.UniqueConstraint(
                fields=["edition"],
                condition=Q(finished_at__isnull=True, failed_at__isnull=True),
                name="export_one_runs",
            ),
        ]

    @property
    def is_running(self) -> bool:
        return self.finished_at is None and self.failed_at is None


class Included(models.Model):
    """A circle of which rows stand in a table. `place` is drawn with the export's key, and orders the rows of the file.

    The circle is a plain number, as in the trail: a circle that was erased can still be named to the researcher, by
    its pseudonym, as one to delete.
    """

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="included")
    circle_id = models.UUIDField()
    place = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "circle_id"], name="included_once"),
            models.UniqueConstraint(fields=["export", "place"], name="included_in_one_place"),
        ]
        indexes = [models.Index(fields=["circle_id"], name="included_circle")]
