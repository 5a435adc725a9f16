"""Accounts, organisations, teams and the roles that people have in them. A role here opens no circle."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kring.care.stored import Stored

LANGUAGES = [("nl", "Nederlands"), ("en", "English")]


class People(BaseUserManager["Person"]):
    def create_user(self, email: str | None = None, password: str | None = None, **extra: Any) -> "Person":
        person = self.model(email=email.strip().lower() if email else None, **extra)
        person.set_password(password)
        person.save()
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)


class Person(AbstractBaseUser, Stored):
    """Whoever acts. Somebody without an e-mail address can be in a circle on paper."""

    name = models.CharField(_("Name"), max_length=120)
    email = models.EmailField(_("E-mail address"), null=True, blank=True, unique=True)
    language = models.CharField(max_length=5, choices=LANGUAGES, default="nl")
    is_active = models.BooleanField(default=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    # A work account: made by an organisation, which may close it. A private account is its person's alone.
    organisation = models.ForeignKey(
        "Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="work_accounts"
    )

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class Organisation(Stored):
    name = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Team(Stored):
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person may be in an organisation. `people.roles` says in words what each lists."""

    REGIEONDERSTEUNER = "regieondersteuner", _("regieondersteuner")
    PROFESSIONAL = "professional", _("professional")
    PSYCHIATRIST = "psychiatrist", _("psychiatrist")
    TEAM_LEAD = "team_lead", _("team lead")
    ADMINISTRATOR = "administrator", _("administrator")
    RESEARCHER = "researcher", _("researcher")
    EMERGENCY = "emergency", _("emergency access")
    TRAINER = "trainer", _("trainer")
    EXPERIENCE_EXPERT = "experience_expert", _("experience expert")


TEAM_ROLES = (Role.REGIEONDERSTEUNER, Role.PROFESSIONAL, Role.PSYCHIATRIST, Role.TEAM_LEAD, Role.EXPERIENCE_EXPERT)


class Post(Stored):
    """A role that somebody has, in a team or in the whole organisation, from a moment until it ends."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="posts", null=True, blank=True)
    role = models.CharField(max_length=20, choices=Role)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[r.value for r in TEAM_ROLES], team__isnull=False)
                | (~Q(role__in=[r.value for r in TEAM_ROLES]) & Q(team__isnull=True)),
                name="post_team_for_team_roles",
            ),
            models.UniqueConstraint(
                fields=["person", "team", "role"],
                condition=Q(ended_at__isnull=True, team__isnull=False),
                name="post_once_per_team",
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=Q(ended_at__isnull=True, team__isnull=True),
                name="post_once_per_organisation",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="post_ends_after_start",
            ),
        ]


class SignInLink(Stored):
    """A link that signs one person in. Only the hash of its secret is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    next_path = models.CharField(max_length=200, default="/")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    reusable = models.BooleanField(default=False)  # only the demo makes these

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(next_path__startswith="/") & ~Q(next_path__startswith="//"), name="sign_in_link_stays_here"
            ),
        ]


class Offer(Stored):
    """An administrator offers a post to an e-mail address. It becomes a post when the reader of the letter takes it.
    The first one of an organisation is offered by nobody: the command line did so (`kring organisation`).

    Whether the address already has an account makes no difference here, so an offer finds out nothing about anybody.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="offers")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="offers")
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    name = models.CharField(_("Name"), max_length=120)
    email = models.EmailField(_("E-mail address at work"))
    language = models.CharField(_("Language"), max_length=5, choices=LANGUAGES, default="nl")
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="offer_email_lower_case"),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True) | Q(withdrawn_at__isnull=True), name="offer_one_end"
            ),
        ]
