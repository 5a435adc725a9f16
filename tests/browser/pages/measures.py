"""Pages of the room measures."""

import datetime as dt
import json
import uuid

import time_machine
from django.utils import timezone

from kring.care.circles import actions as circle_actions
from kring.care.circles import sharing
from kring.care.circles.topics import Topic
from kring.care.measures import actions, factors, filling, texts
from kring.care.measures.instruments.calculated import CALCULATED
from kring.care.measures.loading import load_text
from kring.care.measures.models import Measurement, Schedule
from kring.care.meetings import actions as meetings
from kring.care.meetings import holding
from kring.care.plan import actions as plan
from tests.browser.pages import Visit

YEAR = ((365, 1), (270, 2), (180, 1), (90, 3), (2, 3))  # days ago, and the answer to each question


def line_of(cast, code="kring-checkin", **content):
    return actions.plan(by=cast.seat("noor"), id=uuid.uuid4(), instrument=code, respondent="client", **content)


def asking(cast, line, language="nl"):
    found = texts.asking(cast.circle.pk, line.instrument, language)
    assert found is not None
    return found


def fill(cast, line, answer, who="noor", skip=()):
    """Begin, answer everything alike, finish."""
    found = asking(cast, line)
    filled = filling.begin(by=cast.seat(who), line=line, asking=found)
    for question in found.questions:
        filled.refresh_from_db()
        if question in found.asked(filled.answers):
            value = None if question.link_id in skip else min(answer, max(v for v, _label in question.choices))
            filling.answer(
                by=cast.seat(who), filled=filled, version=filled.version, link_id=question.link_id, value=value
            )
    filled.refresh_from_db()
    filling.finish(by=cast.seat(who), filled=filled, asking=found)
    return filled


def waiting(cast):
    """One line that waits, and one that the regieondersteuner proposes."""
    ruth = cast.seat("ruth")
    actions.plan(by=ruth, id=uuid.uuid4(), instrument="honos", respondent="professional", member=cast.members["pieter"])
    return {"line": line_of(cast).pk}


def resting(cast):
    circle_actions.set_circle_state(by=cast.seat("noor"), state="paused")


def rest_and_save(page):
    """The circle comes to rest on another device, while the page stands open."""
    if not page.locator("[name=starts_on]").count():
        return  # it rests already, since the visit in the other language
    circle = page.url.split("/progress/")[0]
    page.request.post(f"{circle}/state/", form={"state": "paused", "csrfmiddlewaretoken": token(page)})
    with page.expect_navigation():
        page.locator("form button.main").click()


def token(page):
    return page.locator("input[name=csrfmiddlewaretoken]").first.input_value()


def begun(cast):
    line = line_of(cast)
    return {"line": line.pk, "filled": filling.begin(by=cast.seat("noor"), line=line, asking=asking(cast, line)).pk}


def year(cast):
    """A year of check-ins beside a meeting and a reached goal."""
    noor, now = cast.seat("noor"), timezone.now()
    with time_machine.travel(now - dt.timedelta(days=365)):
        line = line_of(cast)
    for days, answer in YEAR:
        with time_machine.travel(now - dt.timedelta(days=days)):
            fill(cast, line, answer, skip=("hope-1", "hope-2") if days == 180 else ())
    with time_machine.travel(now - dt.timedelta(days=100)):
        met = meetings.plan_meeting(by=noor, id=uuid.uuid4(), starts_at=timezone.now())
        holding.finish(by=noor, meeting=met, came=[])
        plan.mark_reached(by=noor, wish=plan.add_goal(by=noor, id=uuid.uuid4(), text="Naar het koor"))
    return {"line": line.pk}


def shared_year(cast):
    """The same, and this one line shared with Sanne."""
    found = year(cast)
    line = Schedule.objects.get(pk=found["line"])
    sharing.set_reach(by=cast.seat("noor"), item=line, zone="chosen", members=[cast.members["sanne"]])
    return found


def totals(cast):
    """Scores of which is known how large a change must be, written down by a care worker."""
    pieter, definition = cast.seat("pieter"), texts.definition_of("honos")
    assert definition is not None
    line = actions.plan(
        by=cast.seat("noor"), id=uuid.uuid4(), instrument="honos", respondent="professional",
        member=cast.members["pieter"],
    )  # fmt: skip
    for days, value in ((300, 16), (10, 12)):
        filling.enter_totals(
            by=pieter, line=line, id=uuid.uuid4(), due_on=timezone.localdate() - dt.timedelta(days=days),
            definition=definition, totals={"total": value}, instrument_version=definition.version, language="nl",
        )  # fmt: skip
    return {"line": line.pk}


def changed(cast):
    """Begun with words that the organisation took away."""
    found = begun(cast)
    Measurement.objects.filter(pk=found["filled"]).update(instrument_version="0.1", answers={"hope-1": 2})
    return found


def own(cast):
    line = actions.begin_own(by=cast.seat("sanne"), id=uuid.uuid4(), instrument="kring-naaste")
    fill(cast, line, 2, who="sanne")
    return {"own": line.pk}


def own_shared(cast):
    found = own(cast)
    from kring.care.measures.models import OwnSchedule

    actions.share_own(by=cast.seat("sanne"), line=OwnSchedule.objects.get(pk=found["own"]), share=True)
    year(cast)
    return found


def life(cast):
    noor = cast.seat("noor")
    debt = factors.add(
        by=noor, id=uuid.uuid4(), kind="income", note="Er ligt een stapel brieven.", lever="municipality",
        offered="not_offered", priority="first",
    )  # fmt: skip
    home = factors.add(by=noor, id=uuid.uuid4(), kind="home", note="Het lekt.", offered="offered")
    factors.set_solved(by=noor, factor=home, solved=True)
    return {"factor": debt.pk}


def loaded(cast):
    """A text that the organisation may use (made up here): it can be chosen and filled in."""
    ordinal = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
    options = [
        {"valueCoding": {"code": str(points), "display": f"Antwoord {points}"}, "points": points} for points in range(5)
    ]
    for option in options:
        option["valueCoding"]["extension"] = [{"url": ordinal, "valueDecimal": option.pop("points")}]
    items = [
        {"linkId": str(number), "type": "choice", "text": f"Vraag {number}", "answerOption": options}
        for number in range(1, 16)
    ]
    expression = {"language": "text/fhirpath", "expression": "%resource.item.answer.value.ordinal().sum() / 2"}
    items.append({"linkId": "half", "type": "decimal", "text": "De helft van alles", "readOnly": True,
                  "extension": [{"url": CALCULATED, "valueExpression": expression}]})  # fmt: skip
    code = [{"system": "urn:kring:instrument", "code": "qpr-15"}]
    document = {"resourceType": "Questionnaire", "status": "active", "language": "nl", "code": code, "item": items}
    load_text(organisation=cast.organisation, content=json.dumps(document).encode(), licence="Test")
    line = line_of(cast, "qpr-15")
    return {"line": line.pk, "filled": filling.begin(by=cast.seat("noor"), line=line, asking=asking(cast, line)).pk}


def press(page):
    page.locator("main form button.main").first.click()


def answer(page):
    page.locator("input[type=radio]").nth(2).check()


def unfold(page):
    page.locator("summary").first.click()


def share_topic(cast):
    sharing.share(by=cast.seat("noor"), topic=Topic.PROGRESS, member=cast.members["sanne"])
    life(cast)
    return year(cast)


DOOR, PLAN = "/c/{circle}/progress/", "/c/{circle}/progress/plan/"
VISITS: list[Visit] = [
    Visit("measures/progress.html", DOOR, state="empty"),
    Visit("measures/progress.html", DOOR, state="something waits", prepare=waiting),
    Visit("measures/progress.html", DOOR, state="begun", prepare=begun),
    Visit("measures/progress.html", DOOR, state="with what people share", prepare=own_shared),
    Visit("measures/progress.html", DOOR, who="sanne", state="shared", prepare=share_topic),
    Visit("measures/progress.html", DOOR, who="ruth", state="proposed", prepare=waiting),
    Visit("measures/line.html", DOOR + "{line}/", state="a year", prepare=year),
    Visit("measures/line.html", DOOR + "{line}/", state="totals", prepare=totals),
    Visit("measures/line.html", DOOR + "{line}/", state="empty", prepare=waiting),
    Visit("measures/line.html", DOOR + "{line}/", who="sanne", state="one line shared", prepare=shared_year),
    Visit("measures/line.html", DOOR + "{own}/", who="sanne", state="a member's own", prepare=own),
    Visit("measures/line.html", DOOR + "{own}/", state="a member shares it", prepare=own_shared),
    Visit("measures/open.html", DOOR + "{line}/open/", prepare=waiting),
    Visit("measures/question.html", DOOR + "answers/{filled}/1/", prepare=begun, do=answer),
    Visit("measures/question.html", DOOR + "answers/{filled}/1/", state="with an error", prepare=begun, do=press),
    Visit("measures/check.html", DOOR + "answers/{filled}/check/", prepare=begun),
    Visit(
        "measures/check.html",
        DOOR + "answers/{filled}/check/",
        state="with what a file works out",
        prepare=loaded,
        do=unfold,
    ),
    Visit("measures/rests.html", PLAN + "new/", prepare=resting),
    Visit("measures/rests.html", PLAN + "new/kring-life/", state="in the midst of it", do=rest_and_save),
    Visit("measures/changed.html", DOOR + "answers/{filled}/", prepare=changed),
    Visit("measures/totals.html", DOOR + "{line}/totals/", who="pieter", prepare=totals),
    Visit(
        "measures/totals.html", DOOR + "{line}/totals/", who="pieter", state="with an error", prepare=totals, do=press
    ),
    Visit("measures/own.html", DOOR + "own/", who="sanne", state="empty"),
    Visit("measures/own.html", DOOR + "own/", who="sanne", state="filled in", prepare=own),
    Visit("measures/mine.html", "/questions/mine/", state="empty"),
    Visit("measures/mine.html", "/questions/mine/", who="sanne", state="filled in", prepare=own, do=unfold),
    Visit("measures/schedules.html", PLAN, state="empty"),
    Visit("measures/schedules.html", PLAN, state="planned", prepare=year),
    Visit("measures/choose.html", PLAN + "new/", prepare=loaded),
    Visit("measures/line_form.html", PLAN + "new/kring-checkin/", state="new", do=unfold),
    Visit("measures/line_form.html", PLAN + "new/honos/", state="for a care worker"),
    Visit("measures/line_form.html", PLAN + "{line}/", state="change", prepare=waiting),
    Visit("measures/life.html", DOOR + "life/", state="empty"),
    Visit("measures/life.html", DOOR + "life/", state="written", prepare=life),
    Visit("measures/factor.html", DOOR + "life/new/", state="new"),
    Visit("measures/factor.html", DOOR + "life/new/", state="with an error", do=press),
    Visit("measures/factor.html", DOOR + "life/{factor}/", prepare=life),
]
