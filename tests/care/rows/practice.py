"""Addresses of practice and feedback."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from tests.care.routes import Row, answers, once, only_client, row, signed_in


@once
def a_practice(cast: Any) -> uuid.UUID:
    """Ruth practised with Noor, who chose to be asked; nobody has asked her yet."""
    from kring.care.training import answering, practising
    from kring.care.training.models import Enrolment
    from tests.care.practising import a_cohort

    today = timezone.localdate()
    cohort, _form = a_cohort(cast)
    enrolment = Enrolment.objects.create(person=cast.ruth, team=cast.team, cohort=cohort, joined_on=today)
    answering.choose(by=cast.seat("noor"))
    practice = practising.plan(
        by=cast.ruth, id=uuid.uuid4(), enrolment=enrolment, circle=cast.circle, behaviour="Eerst vragen", phase=3,
        planned_on=today,
    )  # fmt: skip
    held = today - dt.timedelta(days=1)
    return practising.record(by=cast.ruth, practice=practice, version=1, held_on=held, went="Ik vroeg het.").pk


@once
def a_question(cast: Any) -> uuid.UUID:
    """To Noor, about that contact."""
    from kring.care.training import practising
    from kring.care.training.models import Practice, Rating

    practising.ask(by=cast.ruth, practice=Practice.objects.get(pk=a_practice(cast)), client_there=True)
    return Rating.objects.get(rater=cast.noor).pk


@once
def an_answer(cast: Any) -> uuid.UUID:
    from kring.care.training import answering
    from kring.care.training.models import PROCESSES, Rating

    rating = Rating.objects.get(pk=a_question(cast))
    answering.answer(by=cast.seat("noor"), rating=rating, values=dict.fromkeys(PROCESSES, 4))
    return rating.pk


@once
def another_practice(cast: Any) -> uuid.UUID:
    """Held, and nobody was asked about it."""
    from kring.care.training import practising
    from kring.care.training.models import Practice

    enrolment = Practice.objects.get(pk=a_practice(cast)).enrolment
    today = timezone.localdate()
    practice = practising.plan(
        by=cast.ruth, id=uuid.uuid4(), enrolment=enrolment, circle=cast.circle, behaviour="Samen kijken",
        chime="hope", planned_on=today,
    )  # fmt: skip
    return practising.record(by=cast.ruth, practice=practice, version=1, held_on=today, went="We keken.").pk


def asked_practice(cast: Any) -> uuid.UUID:
    a_question(cast)
    return a_practice(cast)


def the_cohort(cast: Any) -> uuid.UUID:
    """Pieter coaches it."""
    from kring.care.training.models import CohortLead, Practice

    cohort = Practice.objects.get(pk=asked_practice(cast)).enrolment.cohort
    CohortLead.objects.get_or_create(cohort=cohort, person=cast.pieter, role="coach", ended_at=None)
    return cohort.pk


def led_practice(cast: Any) -> uuid.UUID:
    the_cohort(cast)
    return a_practice(cast)


def the_enrolment(cast: Any) -> uuid.UUID:
    from kring.care.training.models import Practice

    return Practice.objects.get(pk=a_practice(cast)).enrolment_id


@once
def a_coaching_contact(cast: Any) -> uuid.UUID:
    from kring.care.training import observing
    from kring.care.training.models import Cohort, Enrolment

    cohort = Cohort.objects.get(pk=the_cohort(cast))
    there = Enrolment.objects.filter(cohort=cohort)
    return observing.coach(by=cast.pieter, id=uuid.uuid4(), cohort=cohort, learners=there, minutes=45).pk


LEARNER = answers(regieondersteuner=200)
COACH = answers(professional_circle=200)
AN = {"practice_id": another_practice}
IN = {"enrolment_id": the_enrolment}

ROUTES: dict[str, Row] = {}
ROUTES["circle_training:feedback"] = row(answers(client=200, informal=200))
ROUTES["circle_training:choice"] = row(answers(client=302, informal=302), "post", lambda cast: {"agree": "yes"})
ROUTES["circle_training:question"] = row(only_client(), given={"rating_id": a_question})
ROUTES["practice:answers"] = row(signed_in())
ROUTES["practice:take_back"] = row(answers(client=302), "post", given={"rating_id": an_answer})
ROUTES["practice:mine"] = row(answers())  # nobody of the cast learns yet: test_practice
ROUTES["practice:new"] = row(answers(regieondersteuner=302), given=IN)  # to the same address with an id
ROUTES["practice:choice"] = row(answers(regieondersteuner=302), "post", lambda cast: {"to": "lead", "agree": "yes"}, IN)
PAPER = IN | {"instrument": lambda _: "rki", "moment": lambda _: "before"}
ROUTES["practice:questionnaire"] = row(LEARNER, given=PAPER)
ROUTES["practice:page"] = row(LEARNER, given=AN)
ROUTES["practice:change"] = row(LEARNER, given=AN)
ROUTES["practice:went"] = row(LEARNER, given=AN)
ROUTES["practice:ask"] = row(LEARNER, given=AN)
ROUTES["practice:drop"] = row(answers(regieondersteuner=302), "post", given=AN | {"verb": lambda _: "drop"})
ROUTES["practice:asked"] = row(answers())  # nor leads a cohort
ROUTES["practice:observe"] = row(COACH, given={"practice_id": led_practice})
ROUTES["practice:look"] = row(COACH, given={"practice_id": led_practice})
ROUTES["practice:coaching"] = row(answers(professional_circle=302), given={"cohort_id": the_cohort})
ROUTES["practice:remove_coaching"] = row(
    answers(professional_circle=302), "post", given={"contact_id": a_coaching_contact, "verb": lambda _: "remove"}
)
ROUTES["practice:seen"] = row(COACH, given={"cohort_id": the_cohort})
ROUTES["practice:figures"] = row(answers(team_lead=200))
ROUTES["practice:tables"] = row(answers(researcher=200))
ROUTES["practice:table"] = row(answers(researcher=200), "post", given={"cohort_id": the_cohort})  # too few: a page
