"""How it goes with Noor: a year of check-ins beside her meetings and goals, one of them shared with Sanne alone.

Sanne follows how it goes with herself and keeps it to herself; Tineke does the same and shares it with Noor.
"""

import uuid

from django.utils import timezone

from kring.care.circles import sharing
from kring.care.circles.models import Circle, Member
from kring.care.circles.seats import Seat, seat_or_404
from kring.care.circles.topics import Zone
from kring.care.demo.story import on_day
from kring.care.measures import actions, factors, filling, texts
from kring.care.measures.filling import Line
from kring.care.people.models import Person

CHECK_INS = {345: "2111201110332", 252: "2221212111322", 160: "1210111010343", 70: "3222222121221"}
"""Days ago, and the answers in their order: people, hope, who I am, meaning, choosing, and what is hard."""
SANNE = {150: "212102", 60: "222212"}
TINEKE = {30: "332331"}
HONOS = {330: 17, 90: 13}  # a difference of four: too small to be called better


def tell(people: dict[str, Person]) -> None:
    noor = people["Noor"]
    circle = Circle.objects.get(client=noor)
    _check_ins(circle, people)
    _rated(circle, people)
    _own(circle, people)
    _life(seat_or_404(noor, circle.pk))
    with on_day(3):
        noors = seat_or_404(noor, circle.pk)
        actions.plan(by=noors, id=uuid.uuid4(), instrument="kring-life", respondent="client", months=[0, 6, 12])
        ruth = seat_or_404(people["Ruth"], circle.pk)
        actions.plan(by=ruth, id=uuid.uuid4(), instrument="qpr-15", respondent="client")


def _check_ins(circle: Circle, people: dict[str, Person]) -> None:
    with on_day(345):
        seat = seat_or_404(people["Noor"], circle.pk)
        line = actions.plan(
            by=seat, id=uuid.uuid4(), instrument="kring-checkin", respondent="client", months=[0, 3, 6, 9, 12]
        )
    for days, answers in CHECK_INS.items():
        with on_day(days, hour=19):
            _fill(seat, line, answers)
    with on_day(65):
        sanne = Member.objects.get(circle=circle, person=people["Sanne"])
        sharing.set_reach(by=seat, item=line, zone=Zone.CHOSEN, members=[sanne])


def _fill(seat: Seat, line: Line, answers: str) -> None:
    """One answer after the other, as somebody does on a phone."""
    asking = texts.asking(seat.circle_id, line.instrument, "nl")
    assert asking is not None
    filled = filling.begin(by=seat, line=line, asking=asking)
    for question, value in zip(asking.questions, answers, strict=True):
        filling.answer(by=seat, filled=filled, version=filled.version, link_id=question.link_id, value=int(value))
    filling.finish(by=seat, filled=filled, asking=asking)


def _rated(circle: Circle, people: dict[str, Person]) -> None:
    """Amira's rating, of which Noor sees what comes out."""
    noor, definition = seat_or_404(people["Noor"], circle.pk), texts.definition_of("honos")
    assert definition is not None
    with on_day(335):
        amira = Member.objects.get(circle=circle, person=people["Amira"])
        line = actions.plan(
            by=noor, id=uuid.uuid4(), instrument="honos", respondent="professional", member=amira, months=[0, 9]
        )
    for days, total in HONOS.items():
        with on_day(days):
            filling.enter_totals(
                by=seat_or_404(people["Amira"], circle.pk), line=line, id=uuid.uuid4(), due_on=timezone.localdate(),
                definition=definition, totals={"total": total}, instrument_version=definition.version, language="nl",
            )  # fmt: skip


def _own(circle: Circle, people: dict[str, Person]) -> None:
    for name, filled in {"Sanne": SANNE, "Tineke": TINEKE}.items():
        with on_day(max(filled)):
            seat = seat_or_404(people[name], circle.pk)
            line = actions.begin_own(by=seat, id=uuid.uuid4(), instrument="kring-naaste", months=[0, 3, 6, 9])
        for days, answers in filled.items():
            with on_day(days, hour=21):
                _fill(seat, line, answers)
        if name == "Tineke":
            actions.share_own(by=seat, line=line, share=True)


def _life(seat: Seat) -> None:
    with on_day(200):
        factors.add(
            by=seat, id=uuid.uuid4(), kind="income", lever="municipality", offered="not_offered", priority="first",
            note="Oude schulden van de energie. Ik sta al een halfjaar op een wachtlijst.",
        )  # fmt: skip
        factors.add(
            by=seat, id=uuid.uuid4(), kind="stigma", priority="later", zone=Zone.CIRCLE,
            note="De buren groeten niet meer sinds vorig jaar.",
        )  # fmt: skip
        home = factors.add(
            by=seat,
            id=uuid.uuid4(),
            kind="home",
            lever="service",
            offered="offered",
            note="Het lekte in de slaapkamer.",
        )
    with on_day(70):
        factors.set_solved(by=seat, factor=home, solved=True)
