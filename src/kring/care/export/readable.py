"""What somebody takes along, told in words; `page` is one HTML file that stands on its own and prints well."""

import dataclasses
import datetime as dt
import functools
import uuid
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kring.care.audit.reading import events
from kring.care.circles import log
from kring.care.circles.models import Interview, Member
from kring.care.circles.seats import Seat
from kring.care.days import PLAIN, at_the_moment, written
from kring.care.export.document import way_to_circle
from kring.care.measures.models import Measurement, OwnMeasurement
from kring.care.measures.telling import told
from kring.care.meetings.models import Attendance
from kring.care.meetings.policy import visible
from kring.care.plan.policy import actions_visible_to
from kring.care.prepared import prepared

SECTIONS = (
    (gettext_lazy("Your circle"), "circles.Circle", "name phase place chair every_weeks channel"),
    (gettext_lazy("The people"), "circles.Member", "name role relation email can_do cannot_do joined_at ended_at"),
    (gettext_lazy("Map of people"), "circles.Tie", "name kind ring feeling note removed_at"),
    (gettext_lazy("Dreams"), "plan.Dream", "text domain chime reached_at dropped_at removed_at"),
    (gettext_lazy("Goals"), "plan.Goal", "text with_whom by_when noticed_by domain reached_at dropped_at removed_at"),
    (gettext_lazy("Who does what"), "plan.Action", "text owner due_on approved_at done_at removed_at"),
    (gettext_lazy("Crisis plan"), "plan.CrisisPlan", "helps not_helps card_note removed_at"),
    (gettext_lazy("Crisis plan, by colour"), "plan.CrisisPhase", "colour signs i_do members_do professionals_do"),
    (gettext_lazy("Whom to call"), "plan.CrisisContact", "name phone when"),
    (gettext_lazy("Meetings"), "meetings.Meeting", "starts_at place held_at cancelled_at"),
    (gettext_lazy("What was talked about"), "meetings.AgendaItem", "meeting kind title goal notes removed_at"),
    (gettext_lazy("What was decided"), "meetings.Decision", "meeting text removed_at"),
    (gettext_lazy("What stands in your way"), "measures.LifeFactor", "kind note lever offered priority solved_at"),
    (gettext_lazy("What you shared"), "circles.Grant", "topic to_member to_role created_at revoked_at"),
    (gettext_lazy("What you handed on"), "circles.Handover", "task to_member until ended_at"),
    (gettext_lazy("The board of your team"), "board.Agreement", "team_name created_at ended_at"),
    (gettext_lazy("Early signs that were said"), "board.Sign", "colour wish created_at answered_at reply"),
    (gettext_lazy("What the board said about you"), "board.Told", "created_at kind before after day words by"),
    (gettext_lazy("Invitations"), "circles.Invitation", "member wording accepted_at declined_at withdrawn_at"),
)
LABELS = {
    "team_name": gettext_lazy("Team"), "answered_at": gettext_lazy("Answered on"), "before": gettext_lazy("From"),
    "after": gettext_lazy("To"), "words": gettext_lazy("Why"), "by": gettext_lazy("By whom"),
    "day": gettext_lazy("Day"),
    "removed_at": gettext_lazy("Taken out on"), "reached_at": gettext_lazy("Reached on"),
    "dropped_at": gettext_lazy("Let go on"), "approved_at": gettext_lazy("Agreed on"),
    "solved_at": gettext_lazy("Solved on"),
    "done_at": gettext_lazy("Done on"), "joined_at": gettext_lazy("Takes part since"),
    "ended_at": gettext_lazy("Ended on"), "created_at": gettext_lazy("Since"), "revoked_at": gettext_lazy("Ended on"),
    "accepted_at": gettext_lazy("Said yes on"), "declined_at": gettext_lazy("Said no on"),
    "withdrawn_at": gettext_lazy("Withdrawn on"), "held_at": gettext_lazy("Held on"),
    "cancelled_at": gettext_lazy("Called off on"), "owner": gettext_lazy("Who"), "to_member": gettext_lazy("With whom"),
    "to_role": gettext_lazy("With whom"), "member": gettext_lazy("For whom"), "topic": gettext_lazy("What"),
    "task": gettext_lazy("What"), "phase": gettext_lazy("Step"), "role": gettext_lazy("Role"),
    "kind": gettext_lazy("What is it?"), "ring": gettext_lazy("How close?"),
    "feeling": gettext_lazy("How does it feel?"),
    "colour": gettext_lazy("Colour"), "every_weeks": gettext_lazy("Every how many weeks?"),
    "reply": gettext_lazy("The answer"), "meeting": gettext_lazy("Meeting of"), "goal": gettext_lazy("Goal"),
}  # fmt: skip

TOLD_BY = {"meeting": "starts_at", "goal": "text"}
"""What a row points to is told by its name, but these."""
SAYS = {"meetings.AgendaItem": ("title", "notes")}
"""A point of a meeting about which nothing was said stays out."""


@dataclasses.dataclass(frozen=True)
class Section:
    """A heading, and under it things: each the (label, words) of whatever it holds."""

    title: str
    things: list[list[tuple[str, str]]]


@dataclasses.dataclass(frozen=True)
class Told:
    title: str
    today: dt.date
    sections: list[Section]
    days: list[log.Day]
    """Who looked, and who changed something."""


def whole(seat: Seat) -> Told:
    """The client's file: everything in the circle, and who looked."""
    sections = [_section(title, label, names.split(), seat.circle_id) for title, label, names in SECTIONS]
    measured = Measurement.objects.filter(schedule__circle_id=seat.circle_id)
    sections.append(_filled_in(_("How it goes"), measured, seat))
    looked = log.days(log.last.rows(circle_id=seat.circle_id), seat.client_id)
    return _file(_("Everything in your circle"), sections, looked)


def about(seat: Seat) -> Told:
    """A member's file: what is stored about them in this circle, their own talks, and what they did here.

    What hangs on a meeting or an action is in it while they may see that: else it would tell of what is hidden.
    """
    own = {"member": seat.member_id}
    place = Member.objects.filter(person=seat.person_id, circle_id=seat.circle_id, ended_at=None)
    talks = ["held_on", "expectations", "relationship", "contribution"]
    sections = [
        _rows(_("Your place in the circle"), place, SECTIONS[1][2].split()),
        _rows(_("Your talks"), Interview.objects.filter(**own), talks),
        _rows(_("Your talks, about others"), Interview.objects.filter(**own, others_open=True), ["about_others"]),
        _rows(_("What you do"), actions_visible_to(seat).filter(owner=seat.member_id), SECTIONS[5][2].split()),
        _rows(_("Meetings"), Attendance.objects.filter(**own, meeting__in=visible(seat)), ["meeting", "reply", "came"]),
    ]
    measured = OwnMeasurement.objects.filter(schedule__member=seat.member_id, removed_at=None)
    sections.append(_filled_in(_("How it goes with me"), measured, seat))
    mine = events().filter(Q(actor_id=seat.person_id), circle_id=seat.circle_id).order_by("-pk")
    looked = log.days(mine.values_list(*log.SAID, named=True)[: log.IN_A_FILE], seat.client_id)
    return _file(_("What is stored about you"), sections, looked)


def page(told: Told) -> str:
    return render_to_string("export/readable.html", {"told": told})


def _file(title: str, sections: list[Section], days: list[log.Day]) -> Told:
    return Told(title, timezone.localdate(), [section for section in sections if section.things], days)


def _section(title: Any, label: str, names: list[str], circle_id: uuid.UUID) -> Section:
    rows = _of_circle.rows(label, *names, circle_id=circle_id)
    return _told(str(title), apps.get_model(label), names, rows)


@prepared(circle_id=uuid.UUID)
def _of_circle(label: str, *names: str, circle_id: uuid.UUID) -> models.QuerySet[Any, Any]:
    model = apps.get_model(label)
    found = model._default_manager.filter(**{way_to_circle(label): circle_id}).order_by("created_at")
    told: models.QuerySet[Any, Any] = found.values_list(*_columns(model, names), named=True)
    return told


def _rows(title: str, found: Any, names: list[str]) -> Section:
    return _told(title, found.model, names, found.values_list(*_columns(found.model, names)))


def _columns(model: type[models.Model], names: Iterable[str]) -> list[str]:
    return [f"{n}__{TOLD_BY.get(n, 'name')}" if model._meta.get_field(n).many_to_one else n for n in names]


def _told(title: str, model: type[models.Model], names: list[str], rows: Iterable[Any]) -> Section:
    """Of each row, (label, words) of every field that holds something."""
    labels, choices = _in_words(get_language(), model, tuple(names))
    says = SAYS.get(model._meta.label, names)
    things = []
    for row in rows:
        words = [_words(chosen.get(value, value)) for chosen, value in zip(choices, row, strict=True)]
        if any(word for name, word in zip(names, words, strict=True) if name in says):
            things.append([pair for pair in zip(labels, words, strict=True) if pair[1]])
    return Section(title, things)


@functools.cache
def _in_words(
    _language: str | None, model: type[models.Model], names: tuple[str, ...]
) -> tuple[list[str], list[dict[Any, str]]]:
    """What the fields are called, and what can be chosen in them, in the language of whoever reads now."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    labels = [str(LABELS.get(field.name, field.verbose_name)) for field in fields]
    return labels, [{key: str(words) for key, words in field.flatchoices} for field in fields]


def _filled_in(title: str, found: Any, seat: Seat) -> Section:
    """Every answer and score, in words."""
    each = found.select_related("schedule", "filled_by").prefetch_related("scores").order_by("due_on", "started_at")
    return Section(title, [told(filled, seat.circle_id) for filled in each])


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.datetime):
        return at_the_moment(value, PLAIN)
    if isinstance(value, dt.date):
        return written(value, PLAIN)
    return "" if value is None else str(value)
