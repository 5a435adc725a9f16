"""What the pages show of a line: each scale with its sentence, its chart and its scores, as this seat may see them."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kring.care.circles.models import Member
from kring.care.circles.policy import members_visible_to, visible
from kring.care.circles.seats import Seat
from kring.care.circles.sharing import Reach
from kring.care.circles.topics import FORMAL_ROLES, Zone
from kring.care.measures import chart, policy, texts
from kring.care.measures.filling import Line, begun, waits
from kring.care.measures.instruments import Definition, Scale
from kring.care.measures.instruments.change import Verdict, change, threshold_of
from kring.care.measures.instruments.scoring import ENTERED, FILLED, TOO_FEW
from kring.care.measures.models import OwnSchedule, Respondent, Schedule
from kring.care.measures.occasions import Occasion, coming
from kring.care.meetings.models import Meeting
from kring.care.plan.models import Goal

BEFORE = dt.timedelta(days=45)  # how long before the first score a meeting still stands in the chart


@dataclasses.dataclass(frozen=True)
class Row:
    """One filling-in as the table shows it."""

    filled: Any
    on: dt.date
    by: str
    cells: list[str]
    rules: list[str]
    worked_out: list[tuple[str, str]]  # what a loaded questionnaire calculates itself


@dataclasses.dataclass(frozen=True)
class ScaleView:
    """One scale: what its scores say in a sentence, and where they stand."""

    scale: Scale
    title: str
    words: str
    chart: chart.Chart | None
    among: str = ""  # whose scores taught how much can be chance
    research: str = ""  # where that was published


@dataclasses.dataclass(frozen=True)
class LineView:
    """A whole line, as one seat sees it."""

    line: Any
    definition: Definition | None
    title: str
    rows: list[Row]
    scales: list[ScaleView]
    meetings: list[dt.date]
    goals: list[dt.date]

    @property
    def drawn(self) -> bool:
        """Some scale has a chart."""
        return any(each.chart for each in self.scales)

    def marked(self, kind: str) -> bool:
        """Some chart has a mark of this kind along its foot."""
        return any(mark.kind == kind for each in self.scales if each.chart for mark in each.chart.marks)

    @property
    def banded(self) -> bool:
        """Some chart shows how much can be chance."""
        return any(each.chart and each.chart.band for each in self.scales)


def finished(seat: Seat, line: Line) -> list[Any]:
    """The finished ones of a line that this seat sees, oldest first."""
    own = isinstance(line, OwnSchedule)
    seen: Any = policy.own_measurements_visible_to(seat) if own else policy.measurements_visible_to(seat)
    done = seen.filter(schedule=line, completed_at__isnull=False).order_by("due_on", "started_at")
    return sorted(done.prefetch_related("scores"), key=day_of)


def day_of(filled: Any) -> dt.date:
    """The day of a score: when it was finished, whatever day it was planned for; a total says its own day."""
    day: dt.date = filled.due_on if filled.external else timezone.localdate(filled.completed_at)
    return day


def view_of(seat: Seat, line: Line) -> LineView:
    found = finished(seat, line)
    definition = texts.definition_of(line.instrument)
    scales = _scored(definition, found) if definition else []
    marks = _marks(seat) if found else []
    names = _names(seat)
    asking = functools.cache(lambda version, language: texts.asking(seat.circle_id, line.instrument, language, version))
    return LineView(
        line, definition, texts.title_of(line.instrument), [_row(filled, scales, names, asking) for filled in found],
        [_scale(scale, found, marks, first=scale == scales[0]) for scale in scales],
        [mark.on for mark in marks if mark.kind == "meeting"], [mark.on for mark in marks if mark.kind == "goal"],
    )  # fmt: skip


def _scored(definition: Definition, found: Sequence[Any]) -> list[Scale]:
    """The scales that have a score, first the one that holds most questions: it says most. Without any, that one."""
    there = {score.scale for filled in found for score in filled.scores.all() if score.value is not None}
    by_weight = sorted(definition.scales, key=lambda scale: -len(scale.items))
    return [scale for scale in by_weight if scale.code in there] or by_weight[:1]


def _marks(seat: Seat) -> list[chart.Mark]:
    """Meetings that were held and goals that were reached, as far as this seat sees them."""
    held = visible(Meeting, seat).filter(held_at__isnull=False, starts_at__isnull=False)
    reached = visible(Goal, seat).filter(reached_at__isnull=False)
    marks = [chart.Mark("meeting", timezone.localdate(at)) for at in held.values_list("starts_at", flat=True) if at]
    marks += [chart.Mark("goal", timezone.localdate(at)) for at in reached.values_list("reached_at", flat=True) if at]
    return sorted(marks, key=lambda mark: (mark.on, mark.kind))


def _names(seat: Seat) -> dict[Any, str]:
    """What people are called here; whom this seat does not see has no name."""
    people = members_visible_to(seat).filter(person__isnull=False)
    names: dict[Any, str] = dict(people.values_list("person_id", "name"))
    me = {} if seat.preview else {seat.person_id: _("yourself")}
    return names | {seat.client_id: str(seat.circle.client_name)} | me


def _row(filled: Any, scales: Sequence[Scale], names: dict[Any, str], asking: Callable[..., Any]) -> Row:
    scores = {score.scale: score for score in filled.scores.all()}
    rules = {rule_in_words(score) for score in scores.values()} - {""}
    cells = [_cell(scores.get(scale.code)) for scale in scales]
    name = names.get(filled.filled_by_id, _("someone in the circle"))
    asked = None if filled.external else asking(filled.instrument_version, filled.language)
    worked_out = texts.worked_out(asked, filled.answers) if asked else []
    return Row(filled, day_of(filled), name, cells, sorted(rules), worked_out)


def _cell(score: Any) -> str:
    return "–" if score is None or score.value is None else chart.number_in_words(score.value)


def rule_in_words(score: Any) -> str:
    """What was done about questions without an answer."""
    missing = score.of - score.answered
    if score.rule == ENTERED:
        return _("entered as a total")
    if score.rule == TOO_FEW:
        return _("too few answers for a score")
    if score.rule == FILLED:
        words = ngettext(
            "%(number)s answer missing, counted as the mean of the others",
            "%(number)s answers missing, counted as the mean of the others",
            missing,
        )
        return words % {"number": missing}
    return ""


def _scale(scale: Scale, found: Sequence[Any], marks: Sequence[chart.Mark], *, first: bool) -> ScaleView:
    """What holds for every scale is said once, with the first. One score is a sentence; a drawing needs two."""
    points = [
        (day_of(filled), score.value, filled.instrument_version)
        for filled in found
        for score in filled.scores.all()
        if score.scale == scale.code and score.value is not None
    ]
    places = [(day, value) for day, value, _version in points]
    shown = [mark for mark in marks if places and mark.on >= places[0][0] - BEFORE]
    title, words = texts.scale_title(scale), sentence(scale, points, once=first)
    if len(places) < 2:
        return ScaleView(scale, title, words, None)
    known = threshold_of(scale)
    drawing = chart.drawn(places, scale, known.value if known else None, shown)
    among = texts.in_words(known.population.people) if known and known.population else ""
    return ScaleView(scale, title, words, drawing, among, known.source if known else "")


def sentence(scale: Scale, points: Sequence[tuple[dt.date, float, str]], *, once: bool = True) -> str:
    """What the chart shows, in plain words. A difference that may be chance is not called better or worse."""
    if not points:
        return _("There is no score yet.")
    (then, first, first_version), (now, last, last_version) = points[0], points[-1]
    said = {
        "first": chart.number_in_words(first), "last": _out_of(scale, last) if len(points) == 1 else
        chart.number_in_words(last), "first_of": _out_of(scale, first),
        "then": date_format(then, "F Y"), "now": date_format(now, "F Y"),
    }  # fmt: skip
    if len(points) == 1:
        alone = _("In %(now)s the score was %(last)s.") % said
        return " ".join([alone, _("There is nothing to compare it with yet.")]) if once else alone
    both = _("In %(then)s it was %(first_of)s, and in %(now)s it was %(last)s.") % said
    if first_version != last_version:
        return " ".join([both, _("The questions changed in between, so the two cannot be compared.")])
    if not once and change(scale, first, last).verdict == Verdict.CANNOT_TELL:
        return both
    return f"{both} {verdict(scale, first, last)}"


def _out_of(scale: Scale, value: float) -> str:
    if scale.high is None:
        return chart.number_in_words(value)
    return _("%(score)s out of %(high)s") % {
        "score": chart.number_in_words(value), "high": chart.number_in_words(scale.high)
    }  # fmt: skip


def verdict(scale: Scale, first: float, last: float) -> str:
    if first == last:
        return _("That is the same.")
    return {
        Verdict.CANNOT_TELL: _(
            "We cannot say whether that is a real change. How much these scores move by chance is not known."
        ),
        Verdict.WITHIN_NOISE: _(
            "That difference is small. It can also be chance, so we do not call it better or worse."
        ),
        Verdict.BETTER: _("That is more than chance: it goes better than at the start."),
        Verdict.WORSE: _("That is more than chance: it goes less well than at the start."),
    }[change(scale, first, last).verdict]


@dataclasses.dataclass(frozen=True)
class Turn:
    """A line that somebody may fill in, and where it stands: what waits now, what was begun, what comes."""

    line: Any
    title: str
    about: str
    questions: int  # none: only totals can be entered
    waits: Occasion | None
    begun: Any | None
    coming: Occasion | None


def turns(seat: Seat) -> list[Turn]:
    """What this seat fills in, with what waits first."""
    found = [turn(seat, line) for line in policy.lines_to_fill(seat)]
    return sorted(found, key=lambda turn: (turn.waits is None and turn.begun is None, turn.title))


def turn(seat: Seat, line: Line) -> Turn:
    """Of a line that this seat may fill in."""
    asking = texts.asking(seat.circle_id, line.instrument, language())
    definition = texts.definition_of(line.instrument)
    unfinished = begun(line)
    mine = unfinished if unfinished is not None and policy.goes_on_with(seat, line, unfinished) else None
    return Turn(
        line, texts.title_of(line.instrument), texts.in_words(definition.about) if definition else "",
        len(asking.questions) if asking else 0, waits(line), mine, coming(line, timezone.localdate()),
    )  # fmt: skip


def language() -> str:
    return (get_language() or "nl")[:2]


def in_words(reach: Reach, line: Schedule) -> str:
    """Who sees a line of the client's: with whom it is shared, and whoever fills it in."""
    raters = [member.pk for member in reach.members if _rates(member, line)]
    return reach.words(line.topic, line, raters)


def _rates(member: Member, line: Schedule) -> bool:
    """A care worker sees what they filled in themselves: the same rule as `policy.asked_of`."""
    rated = line.respondent == Respondent.PROFESSIONAL and line.zone == Zone.CIRCLE
    return rated and (line.member_id == member.pk or (line.member_id is None and member.role in FORMAL_ROLES))


def sees(seat: Seat, line: Line) -> str:
    """Who sees a line, for whoever decides that."""
    if isinstance(line, Schedule):
        return in_words(Reach.of(seat.circle_id), line) if seat.is_client else ""
    if line.member_id != seat.member_id:
        return ""
    return _("You and %(name)s") % {"name": seat.circle.client_name} if line.shared_at else _("Only you")
