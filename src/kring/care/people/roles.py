"""The roles, and in plain words what each of them opens. The page 'Who may see what' is made from this.

The rules themselves are in the policy modules; these sentences are kept in step with them by hand.
"""

import dataclasses
from typing import Any

from django.utils.translation import gettext_lazy as _

from kring.care.people.models import Role


@dataclasses.dataclass(frozen=True)
class Described:
    """One role: what it sees, what it does, and what stays closed to it."""

    name: Any
    sees: Any
    does: Any
    never: Any = ""
    role: str = ""


CLIENT = Described(
    name=_("The client"),
    sees=_("Everything in their own circle, except what was said in a talk between two."),
    does=_("Decides who joins, who sees what and what happens. Can take back everything that was handed over."),
)
INFORMAL = Described(
    name=_("Family, friend or experience expert in a circle"),
    sees=_("Only what the client shares with them."),
    does=_("Proposes and takes on actions, comes to meetings, and can leave at any time."),
    never=_("Other parts of the circle. They do not even show that they exist."),
)
FORMAL = Described(
    name=_("Professional in a circle"),
    sees=_("Only what the client shares with them. The role at work opens nothing more."),
    does=_("The same as other members, and what the client hands over until a date."),
    never=_("Circles in which they have no place, also those of their own team."),
)
REGIEONDERSTEUNER = Described(
    name=_("Regieondersteuner"),
    sees=_(
        "What the client shares, and the talks that they held themselves. Of circles linked to their team also the "
        "phase and dates. The board of their team."
    ),
    does=_("Starts a circle with a client. Does what the client hands over, until that ends."),
    never=_("Anything that was not shared. Without a place in the circle there is no circle to see."),
    role=Role.REGIEONDERSTEUNER,
)
PROFESSIONAL = Described(
    name=_("Professional in a team"),
    sees=_("No circle, until a client asks them to join one. The board of their team."),
    does=_("Can start a circle together with a client."),
    role=Role.PROFESSIONAL,
)
PSYCHIATRIST = Described(
    name=_("Psychiatrist"),
    sees=_("What the client shares, after the client asked them to join."),
    does=_("Joins a meeting at least once a year, if the client wants that."),
    role=Role.PSYCHIATRIST,
)
TEAM_LEAD = Described(
    name=_("Team lead"),
    sees=_("Of the team's circles: the phase, what is due when, and which colleague supports. The board of the team."),
    does=_("Plans the work of the team."),
    never=_("The content of any circle."),
    role=Role.TEAM_LEAD,
)
ADMINISTRATOR = Described(
    name=_("Administrator"),
    sees=_("Teams, and who works in them in which role."),
    does=_("Makes teams, gives and ends roles, closes work accounts. Opens studies, and sees no answers."),
    never=_("Any circle, not even that one exists. No board of a team. No private account."),
    role=Role.ADMINISTRATOR,
)
RESEARCHER = Described(
    name=_("Researcher"),
    sees=_("Tables without names, of clients who agreed to that."),
    does=_("Works out whether this helps."),
    never=_("Any circle, and anything that shows who somebody is."),
    role=Role.RESEARCHER,
)
EMERGENCY = Described(
    name=_("Emergency access"),
    sees=_("For at most 60 minutes: the crisis plan, and whom to call."),
    does=_("Gives a reason first. The client is told at once, and it stays in the log."),
    never=_("Anything else of the circle. There is no list of clients to look through."),
    role=Role.EMERGENCY,
)
TRAINER = Described(
    name=_("Trainer"),
    sees=_("Of each learner: which parts are done, and who came to a workshop."),
    does=_("Makes training programmes, leads cohorts and gives certificates."),
    never=_("Any circle. What one client thought of one colleague. What a learner answered in a quiz."),
    role=Role.TRAINER,
)
EXPERIENCE_EXPERT = Described(
    name=_("Experience expert in a team"),
    sees=_("No circle, until a client asks them to join one. Of a cohort that they lead: the same as the trainer."),
    does=_("Leads workshops together with a trainer, as an equal, in paid hours."),
    role=Role.EXPERIENCE_EXPERT,
)

IN_CIRCLES = (CLIENT, INFORMAL, FORMAL, REGIEONDERSTEUNER)
AT_WORK = (PROFESSIONAL, PSYCHIATRIST, EXPERIENCE_EXPERT, TEAM_LEAD, TRAINER, ADMINISTRATOR, RESEARCHER, EMERGENCY)


def of(role: str) -> Described:
    """The description of a role that a post can have."""
    return next(each for each in (*IN_CIRCLES, *AT_WORK) if each.role == role)
