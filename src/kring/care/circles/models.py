"""The resource group: whose it is, who is in it, the network map, invitations, interviews, and what is shared."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care.circles.topics import EVERYONE, MemberRole, Task, Topic, Zone
from kring.care.people.models import Person, Team
from kring.care.stored import Stored

WHOLE_TOPIC = uuid.UUID(int=0)
"""The item id of a grant that covers a topic and not one item (a value, so that uniqueness can be kept)."""


class Circle(Stored):
    """A client's resource group. It belongs to the client, not to an institution: the team may change or end."""

    client = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="circles")
    name = models.CharField(_("What do you call your circle?"), max_length=80, blank=True)
    phase = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(6)])
    phase_since = models.DateTimeField(default=timezone.now)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="circles")
    on_paper = models.BooleanField(default=False)
    paused_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The five decisions of phase 3 that are the client's (the name is the fifth).
    place = models.CharField(_("Where do you meet?"), max_length=200, blank=True)
    chair = models.CharField(_("Who leads the meeting?"), max_length=120, blank=True)
    every_weeks = models.PositiveSmallIntegerField(_("How often?"), null=True, blank=True)
    channel = models.CharField(_("How do you keep in touch between meetings?"), max_length=200, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(phase__gte=1, phase__lte=6), name="circle_phase_1_to_6"),
            models.CheckConstraint(
                condition=Q(every_weeks__isnull=True) | Q(every_weeks__gte=1, every_weeks__lte=52),
                name="circle_every_1_to_52_weeks",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class InCircle(Stored):
    """A thing of one circle that can be removed, and brought back for a while."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="%(class)ss")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Shareable(InCircle):
    """An item with its own reach. `topic` says to which part of the circle it belongs."""

    topic: ClassVar[Topic]
    zone = models.CharField(max_length=10, choices=Zone, default=Zone.CIRCLE)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    @property
    def shown_as(self) -> str:
        """How a list names this item: its name or text; a room may say it better."""
        return str(getattr(self, "name", "") or getattr(self, "text", "") or self.topic.label)


class Step(Stored):
    """One thing of a phase's checklist that the client ticked. Steps are revisited in any order."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="steps")
    key = models.CharField(max_length=40)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["circle", "key"], condition=Q(undone_at__isnull=True), name="step_once")
        ]


class PhaseMove(Stored):
    """The client moved on (or back) to a phase."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="phase_moves")
    phase = models.PositiveSmallIntegerField()
    moved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")


class Tie(Shareable):
    """One dot on the network map: somebody or something that matters, or that is missed."""

    topic = Topic.MAP
    KINDS: ClassVar = [
        ("person", _("A person")),
        ("pet", _("An animal")),
        ("place", _("A place")),
        ("organisation", _("An organisation")),
        ("missed", _("Someone I miss")),
    ]
    RINGS: ClassVar = [("close", _("Close")), ("near", _("Near")), ("far", _("Further away"))]
    FEELINGS: ClassVar = [
        ("good", _("Good")),
        ("mixed", _("Up and down")),
        ("hard", _("Difficult")),
        ("unknown", _("I don't know")),
    ]
    name = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(max_length=12, choices=KINDS, default="person")
    ring = models.CharField(max_length=5, choices=RINGS, default="near")
    feeling = models.CharField(max_length=7, choices=FEELINGS, default="unknown")
    note = models.TextField(_("Something you want to remember"), blank=True)
    nominated_at = models.DateTimeField(null=True, blank=True)


class Member(Stored):
    """Somebody's place in a circle: nominated, invited, taking part, paused or ended. The states are moments."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="seats")
    tie = models.ForeignKey(Tie, on_delete=models.SET_NULL, null=True, blank=True, related_name="members")
    name = models.CharField(_("Name"), max_length=80)
    email = models.EmailField(_("E-mail address"), blank=True)
    role = models.CharField(max_length=20, choices=MemberRole, default=MemberRole.INFORMAL)
    relation = models.CharField(_("Who is this to you?"), max_length=80, blank=True)
    on_paper = models.BooleanField(default=False)
    can_do = models.TextField(_("What I can do"), blank=True)
    cannot_do = models.TextField(_("What I cannot do"), blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["circle", "person"],
                condition=Q(ended_at__isnull=True, person__isnull=False),
                name="member_once_per_circle",
            ),
            models.CheckConstraint(
                condition=Q(joined_at__isnull=True) | Q(person__isnull=False) | Q(on_paper=True),
                name="member_joined_is_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["circle", "joined_at"],
                condition=Q(joined_at__isnull=False, ended_at__isnull=True),
                name="member_is_there",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def takes_part(self) -> bool:
        return self.joined_at is not None and self.ended_at is None and self.paused_at is None


class Invitation(Stored):
    """A letter to one future member. The secret of its link is never stored, only its hash."""

    WAYS: ClassVar = [("mail", _("By e-mail")), ("link", _("A link")), ("letter", _("On paper"))]
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    wording = models.TextField(_("Your words"), max_length=2000)
    way = models.CharField(max_length=6, choices=WAYS)
    secret_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(accepted_at__isnull=True, declined_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(declined_at__isnull=True),
                name="invitation_one_answer",
            ),
        ]


class Interview(Stored):
    """The talk of phase 2, in three parts. Only the regieondersteuner who held it and that member read it.

    What is said about other people is kept apart, so that it can be masked or withheld on its own.
    """

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="interviews")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="interviews")
    held_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField(_("When was the talk?"), null=True, blank=True)
    expectations = models.TextField(_("Expectations, commitment and responsibility"), blank=True)
    relationship = models.TextField(_("The relationship and earlier experiences"), blank=True)
    contribution = models.TextField(_("What this person can and cannot do"), blank=True)
    about_others = models.TextField(_("What was said about others"), blank=True)
    others_open = models.BooleanField(_("The member may read this part too"), default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "held_by"], name="interview_one_per_member_and_holder")
        ]

    def about_others_for(self, person_id: uuid.UUID) -> str:
        """What was said about other people: for whoever wrote it down, and for the member where it was opened."""
        return self.about_others if self.others_open or self.held_by_id == person_id else ""


class Grant(Stored):
    """The client shares a topic, or one item, with one member or with a role, until it is revoked."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="grants")
    topic = models.CharField(max_length=10, choices=Topic)
    item_id = models.UUIDField(default=WHOLE_TOPIC)
    to_member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    to_role = models.CharField(max_length=20, choices=[*MemberRole.choices, (EVERYONE, _("everyone"))], blank=True)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(to_member__isnull=False) & Q(to_role="")) | (Q(to_member__isnull=True) & ~Q(to_role="")),
                name="grant_to_a_member_or_a_role",
            ),
            models.UniqueConstraint(
                fields=["to_member", "topic", "item_id"],
                condition=Q(revoked_at__isnull=True, to_member__isnull=False),
                name="grant_one_active_per_member_and_item",
            ),
            models.UniqueConstraint(
                fields=["circle", "to_role", "topic", "item_id"],
                condition=Q(revoked_at__isnull=True, to_member__isnull=True),
                name="grant_one_active_per_role_and_item",
            ),
        ]
        indexes = [
            # No index on items alone: SQLite would look for a whole topic among those of every circle.
            models.Index(
                fields=["circle", "item_id", "topic"], condition=Q(revoked_at__isnull=True), name="grant_runs"
            ),
        ]


class Handover(Stored):
    """The client hands a task to a member until a date. It ends by itself, or when the client takes it back."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="handovers")
    task = models.CharField(max_length=10, choices=Task)
    to_member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="handovers")
    until = models.DateField(_("Until when?"))
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["circle", "task", "to_member"],
                condition=Q(ended_at__isnull=True),
                name="handover_once",
            )
        ]


class GlassBreak(Stored):
    """Emergency access: a listed role, a reason, an hour at most, told to the client at once."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="glass_breaks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("Why is this needed now?"), max_length=500)
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("created_at")), name="glass_break_ends_later"),
            models.CheckConstraint(condition=~Q(reason=""), name="glass_break_has_a_reason"),
        ]


class EmergencyCode(Stored):
    """What a client can read out or carry on a card, so that somebody with the emergency role finds the circle."""

    circle = models.OneToOneField(Circle, on_delete=models.PROTECT, related_name="emergency_code")
    code = models.CharField(max_length=12, unique=True)
