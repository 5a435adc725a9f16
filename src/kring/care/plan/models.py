"""Dreams, goals, actions and the crisis plan: the client's plan, in the client's words."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kring.care.circles.models import Member, Shareable
from kring.care.circles.topics import CHIME, LIFE_DOMAINS, Topic
from kring.care.people.models import Person
from kring.care.stored import Stored


class Wish(Shareable):
    """What dreams and goals share: a life domain and, if the client likes, a CHIME process. Nothing is compulsory."""

    domain = models.CharField(_("Part of your life"), max_length=10, choices=LIFE_DOMAINS, blank=True)
    chime = models.CharField(_("What it is about"), max_length=15, choices=CHIME, blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reached_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    topic = Topic.GOALS

    class Meta:
        abstract = True


class Dream(Wish):
    """Long term, in the client's own words."""

    text = models.TextField(_("Your dream or wish"), max_length=2000)


class Goal(Wish):
    """Short term: what, with whom, when, and how you notice that it worked (SMART, in everyday words)."""

    dream = models.ForeignKey(Dream, on_delete=models.SET_NULL, null=True, blank=True, related_name="goals")
    text = models.TextField(_("What do you want to do?"), max_length=2000)
    with_whom = models.CharField(_("With whom?"), max_length=200, blank=True)
    by_when = models.DateField(_("By when?"), null=True, blank=True)
    noticed_by = models.TextField(_("How do you notice that it worked?"), max_length=2000, blank=True)


class Action(Shareable):
    """Something that one person will do. Who proposed it, whose it is and whether the client approved stay visible."""

    topic = Topic.ACTIONS
    goal = models.ForeignKey(Goal, on_delete=models.SET_NULL, null=True, blank=True, related_name="actions")
    meeting_id = models.UUIDField(null=True, blank=True)  # where it was agreed; the meetings room stands above this one
    text = models.CharField(_("What will be done?"), max_length=500)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="actions")
    owner_is_client = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(_("By when?"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(owner__isnull=True) | Q(owner_is_client=False), name="action_one_owner"),
        ]
        indexes = [
            models.Index(
                fields=["circle", "created_at"],
                condition=Q(removed_at__isnull=True, done_at__isnull=True),
                name="action_still_to_do",
            ),
            models.Index(
                fields=["circle", "due_on"],
                condition=Q(owner_is_client=True, removed_at__isnull=True, done_at__isnull=True),
                name="action_of_client",
            ),
            models.Index(fields=["meeting_id"], condition=Q(removed_at__isnull=True), name="action_of_meeting"),
        ]


class CrisisPlan(Shareable):
    """One per circle. The rows of `phases` hold the words; the card shows the essentials."""

    topic = Topic.CRISIS
    helps = models.TextField(_("What helps me"), max_length=4000, blank=True)
    not_helps = models.TextField(_("What does not help me"), max_length=4000, blank=True)
    card_note = models.CharField(_("What must be on my card"), max_length=300, blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["circle"], condition=Q(removed_at__isnull=True), name="crisis_plan_once")
        ]


class CrisisPhase(Stored):
    """Early signs and what everyone does, for one colour."""

    COLOURS: ClassVar = [("green", _("Green: it goes well")), ("orange", _("Orange: it goes less well")),
                         ("red", _("Red: it goes wrong"))]  # fmt: skip
    plan = models.ForeignKey(CrisisPlan, on_delete=models.CASCADE, related_name="phases")
    colour = models.CharField(max_length=6, choices=COLOURS)
    signs = models.TextField(_("How you notice it"), max_length=4000, blank=True)
    i_do = models.TextField(_("What I do"), max_length=4000, blank=True)
    members_do = models.TextField(_("What people in my circle do"), max_length=4000, blank=True)
    professionals_do = models.TextField(_("What professionals do"), max_length=4000, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "colour"], name="crisis_phase_once"),
            models.CheckConstraint(condition=Q(colour__in=["green", "orange", "red"]), name="crisis_phase_colour"),
        ]


class CrisisContact(Stored):
    """Whom to call, in this order."""

    plan = models.ForeignKey(CrisisPlan, on_delete=models.CASCADE, related_name="contacts")
    order = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("Name"), max_length=80)
    phone = models.CharField(_("Phone number"), max_length=30, blank=True)
    when = models.CharField(_("When to call"), max_length=120, blank=True)
    on_card = models.BooleanField(_("Put on my card"), default=True)
