"""What can be shared, with whom it can be shared, and what a client may hand over. Words only, no rules."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """The parts of a circle that a client shares one by one."""

    PEOPLE = "people", _("Who is in the circle")
    MAP = "map", _("Map of people")
    GOALS = "goals", _("Dreams and goals")
    ACTIONS = "actions", _("Who does what")
    CRISIS = "crisis", _("Crisis plan")
    MEETINGS = "meetings", _("Meetings")
    PROGRESS = "progress", _("How it goes")


class Zone(models.TextChoices):
    """How far one item goes: nobody else, as its topic is shared, or only to whom the client names for it."""

    MINE = "mine", _("Only me")
    CIRCLE = "circle", _("Whoever sees this part")
    CHOSEN = "chosen", _("Only people I choose")


class MemberRole(models.TextChoices):
    INFORMAL = "informal", _("family or friend")
    EXPERIENCE_EXPERT = "experience_expert", _("experience expert")
    PROFESSIONAL = "professional", _("professional")
    REGIEONDERSTEUNER = "regieondersteuner", _("regieondersteuner")
    PSYCHIATRIST = "psychiatrist", _("psychiatrist")


FORMAL_ROLES = (MemberRole.PROFESSIONAL, MemberRole.REGIEONDERSTEUNER, MemberRole.PSYCHIATRIST)
EVERYONE = "everyone"


class Task(models.TextChoices):
    """What a client may hand to a member until a date, and take back at any time."""

    MAP = "map", _("Keep the map of people")
    INVITE = "invite", _("Invite people")
    GOALS = "goals", _("Write down dreams and goals")
    ACTIONS = "actions", _("Keep the list of who does what")
    CRISIS = "crisis", _("Write the crisis plan")
    MEETINGS = "meetings", _("Plan and prepare meetings")
    PROGRESS = "progress", _("Fill in how it goes")


TASK_TOPICS = {
    Task.MAP: Topic.MAP,
    Task.INVITE: Topic.PEOPLE,
    Task.GOALS: Topic.GOALS,
    Task.ACTIONS: Topic.ACTIONS,
    Task.CRISIS: Topic.CRISIS,
    Task.MEETINGS: Topic.MEETINGS,
    Task.PROGRESS: Topic.PROGRESS,
}

LIFE_DOMAINS = [
    ("home", _("Home")),
    ("work", _("Work and learning")),
    ("money", _("Money")),
    ("contact", _("Contact with people")),
    ("stigma", _("Being treated as a full person")),
    ("health", _("Body and health")),
    ("mind", _("Mind and feelings")),
    ("daily", _("Daily life")),
    ("meaning", _("What gives meaning")),
    ("free", _("Free time")),
]

CHIME = [
    ("connectedness", _("Connectedness")),
    ("hope", _("Hope and optimism")),
    ("identity", _("Identity")),
    ("meaning", _("Meaning in life")),
    ("empowerment", _("Empowerment")),
    ("difficulties", _("Difficulties")),
]
