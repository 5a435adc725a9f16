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


ROUTES: dict[str, Row] = {}
ROUTES["circle_training:feedback"] = row(answers(client=200, informal=200))
ROUTES["circle_training:choice"] = row(answers(client=302, informal=302), "post", lambda cast: {"agree": "yes"})
ROUTES["circle_training:question"] = row(only_client(), given={"rating_id": a_question})
ROUTES["training:answers"] = row(signed_in())
ROUTES["training:take_back"] = row(answers(client=302), "post", given={"rating_id": an_answer})
