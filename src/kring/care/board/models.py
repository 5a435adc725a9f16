"""The FACT board of a team, and what a client agreed to about it.

The board belongs to the team: its own categories, the clients it discusses each day, who sees whom. What a client
agreed to belongs to the client's circle, and so does every word that the board then says about them (`Told`): it
stays theirs when the link, the team or the care ends. docs/decisions/0310-the-board-and-the-circle.md says why.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kring.care.circles.models import Circle, Member
from kring.care.people.models import Person, Team
from kring.care.stored import Stored

DEFAULTS = {
    "crisis": _("Crisis"),
    "intensive": _("Intensive care"),
    "admitted": _("Admitted"),
    "new": pgettext_lazy("on the board", "New"),
    "avoiding": _("Avoiding care"),
    "legal": _("Legal measure"),
    "down": _("Scaling down"),
}
"""No source that we could read lists the categories of a FACT board: a team begins with these and makes its own."""


def category_words(key: str, name: str) -> str:
    return name or str(DEFAULTS.get(key, key))


class Category(Stored):
    """One heading on a team's board. A default keeps its key and is shown in the reader's language until renamed."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="categories")
    key = models.CharField(max_length=10, blank=True)
    name = models.CharField(_("Name of the category"), max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(key="") | ~Q(name=""), name="category_has_a_name"),
            models.UniqueConstraint(
                fields=["team", "key"], condition=~Q(key="") & Q(ended_at__isnull=True), name="category_default_once"
            ),
        ]

    def __str__(self) -> str:
        return category_words(self.key, self.name)


class Entry(Stored):
    """A client of the team on its list. Without a category: not scaled up now.

    The label is what the team calls the client at the morning meeting; the number stands in for it while names are
    hidden. Nothing else about the client is kept here, and no circle is needed.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    label = models.CharField(_("What does the team call this client?"), max_length=40)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    reason = models.CharField(_("Why?"), max_length=300, blank=True)
    moved_at = models.DateTimeField(default=timezone.now)
    moved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "number"], name="entry_number_once")]

    def __str__(self) -> str:
        return self.label


class Move(Stored):
    """Scaled up, down or sideways: from where to where, why, and by whom. Only ever added."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="moves")
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)  # the names as they were then; empty: not scaled up
    reason = models.CharField(max_length=300, blank=True)
    moved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")


class Visit(Stored):
    """Who of the team sees this client on a day."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="visits")
    day = models.DateField(_("On which day?"))
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "day", "person"], name="visit_once_a_day")]
        indexes = [models.Index(fields=["day"], name="visit_day")]


class Agreement(Stored):
    """The client lets the board of their team be linked to their circle, until they end it.

    `entry` is filled in by the team, who knows which line is this client's. `signals`: early signs may be put on the
    board as a proposal. The name of the team stays with the client, also where the team is unknown.
    """

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="agreements")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team_name = models.CharField(max_length=120)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements")
    signals = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["circle"], condition=Q(ended_at__isnull=True, team__isnull=False), name="agreement_one"
            ),
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(ended_at__isnull=True, entry__isnull=False),
                name="agreement_one_per_entry",
            ),
        ]


class Chosen(Stored):
    """A member whom the client chose: to notice early signs too, to be told of them, or both."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="chosen")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    notices = models.BooleanField(default=False)
    told = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "member"], condition=Q(ended_at__isnull=True), name="chosen_once_per_member"
            )
        ]


class Sign(Stored):
    """Early signs, noticed by the client or by whom they chose. It proposes to scale up; people of the team decide."""

    COLOURS: ClassVar = [("orange", _("Orange: it goes less well")), ("red", _("Red: it goes wrong"))]
    WISHES: ClassVar = [
        ("know", _("It is enough that you know")),
        ("call", _("I would like a call")),
        ("visit", _("I would like a visit")),
    ]
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signs")
    colour = models.CharField(_("How does it go?"), max_length=6, choices=COLOURS)
    wish = models.CharField(_("What would help?"), max_length=5, choices=WISHES, default="know")
    noticed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by_client = models.BooleanField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reply = models.CharField(_("Your answer to the client"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(colour__in=["orange", "red"]), name="sign_orange_or_red"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(withdrawn_at__isnull=True), name="sign_one_end"
            ),
        ]


class Told(Stored):
    """What a linked board said about the client, written into their circle at that moment. It is the client's."""

    KINDS: ClassVar = [
        ("linked", _("The team put you and your circle together on its board")),
        ("called", _("What the team calls you on the board")),
        ("moved", _("Where you stand on the board")),
        ("visit", _("Somebody of the team plans to see you")),
        ("no visit", _("A visit was taken off the board")),
        ("answer", _("The team answered")),
    ]
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="told")
    kind = models.CharField(max_length=10, choices=KINDS)
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=300, blank=True)
    day = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")


class Figure(Stored):
    """One figure of a team for one month that is over, as it may be shown (see `release`). Worked out once."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="figures")
    month = models.DateField()
    key = models.CharField(max_length=12)
    value = models.FloatField(null=True)
    why = models.CharField(
        max_length=4, blank=True
    )  # few: fewer than ten circles; same: the figure before still stands
    several = models.PositiveSmallIntegerField()  # how many circles, in tens
    basis = models.JSONField(default=list)  # fingerprints of what the circles contributed to a new figure

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "month", "key"], name="figure_once_a_month")]


class Assessment(Stored):
    """What a team found when it held itself against a published scale. The items stay with their publisher."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="assessments")
    instrument = models.CharField(max_length=20)
    instrument_version = models.CharField(max_length=20)
    held_on = models.DateField(_("When was this?"))
    answers = models.JSONField(default=dict)  # as they were typed, by item
    value = models.FloatField()
    band = models.CharField(max_length=20, blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
