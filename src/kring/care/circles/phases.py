"""The six phases of a resource group, as checklists that can be revisited in any order. Nothing is compulsory.

What each phase holds follows the description of the method in 10.1186/s13033-019-0270-2, table 2. No published rule
says when one phase ends and the next begins: moving on is the client's click.
"""

import dataclasses

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kring.care.circles.topics import Task

Words = str | Promise


@dataclasses.dataclass(frozen=True)
class Item:
    """One thing of a checklist. `task` is the task that covers it when the client hands that over."""

    key: str
    words: Words
    task: Task
    page: str = ""  # the url name of the page where it is done


@dataclasses.dataclass(frozen=True)
class Phase:
    number: int
    name: Words
    about: Words
    items: tuple[Item, ...]


PHASES = (
    Phase(1, _("Preparation"), _("You look at who and what matters to you, and what you want."), (
        Item("map", _("Draw the map of people"), Task.MAP, "circles:map"),
        Item("nominate", _("Think about who you would like to have along"), Task.INVITE, "circles:members"),
        Item("dreams", _("Two dreams or wishes, in your own words"), Task.GOALS, "plan:plan"),
        Item("goals", _("Two small goals for the coming time"), Task.GOALS, "plan:plan"),
        Item("crisis", _("A crisis plan"), Task.CRISIS, "plan:card"),
    )),
    Phase(2, _("Investment"), _("The people you chose are asked. Each has a talk of their own first."), (
        Item("ask", _("Ask the people you chose"), Task.INVITE, "circles:members"),
        Item("talks", _("Everybody has a talk with the regieondersteuner, within three months"), Task.INVITE),
    )),
    Phase(3, _("Planning"), _("You decide how the meetings go."), (
        Item("decide", _("Decide on name, place, leader, how often, and how you keep in touch"), Task.MEETINGS,
             "circles:decisions"),
        Item("date", _("Find a date"), Task.MEETINGS, "meetings:meetings"),
        Item("agenda", _("Make and print the agenda"), Task.MEETINGS, "meetings:meetings"),
    )),
    Phase(4, _("First meeting"), _("Everybody gets to know each other and your plans."), (
        Item("introduce", _("Everybody says who they are"), Task.MEETINGS),
        Item("explain", _("Tell how a circle works, and what stays between you"), Task.MEETINGS, "home:about_circle"),
        Item("talk_goals", _("Talk about your goals, and then about your crisis plan"), Task.MEETINGS),
        Item("agree", _("Agree who does what"), Task.ACTIONS, "plan:plan"),
    )),
    Phase(5, _("Follow-up meetings"), _("You look at how it goes, and change what you want to change."), (
        Item("look_back", _("Look back at goals and at who did what"), Task.MEETINGS, "plan:plan"),
        Item("renew", _("Change your plan where you want"), Task.GOALS, "plan:plan"),
        Item("learn", _("Practise something together, if you like: solving a problem, or talking"), Task.MEETINGS),
        Item("psychiatrist", _("The psychiatrist comes at least once a year"), Task.MEETINGS),
    )),
    Phase(6, _("Reorientation"), _("You look again at who is in your circle, and why."), (
        Item("who", _("Look again at who takes part"), Task.INVITE, "circles:members"),
        Item("how_on", _("Choose: change it, go on, or stop"), Task.MEETINGS),
    )),
)  # fmt: skip

BY_KEY = {item.key: item for phase in PHASES for item in phase.items}
