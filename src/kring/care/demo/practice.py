"""Practice in the town: five colleagues are observed, clients answer, one takes it back and every figure follows.

Ruth asked twice. The figure of the first time is gone, because Joris took his answer back; the second one stands.
"""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from kring.care.circles.models import Circle
from kring.care.circles.seats import seat_or_404
from kring.care.demo.story import on_day
from kring.care.people.models import Person, Team
from kring.care.training import answering, observing, practising, releasing
from kring.care.training.models import PROCESSES, Cohort, Enrolment, PartKind, PartVersion, Practice, Rating

CHOSE = {"Noor": ["Noor", "Sanne", "Bram"], "Thomas": ["Thomas", "Olaf"], "Joris": ["Joris", "Daan"],
         "Elise": ["Elise", "Nadia"], "Mees": ["Mees", "Iris"]}  # fmt: skip
OBSERVED = [  # learner, in whose circle, the two who looked, what each saw of the items in turn
    ("Ruth", "Noor", ("Ximena", "Amira"), (2, 1, 1, 2), (2, 1, 0, 2)),
    ("Pieter", "Thomas", ("Ximena", "Amira"), (1, 1, 0, 1), (1, 0, 0, 1)),
    ("Kees", "Henk", ("Ximena", "Amira"), (0, 1, 0, 1), (0, 1, 1, 1)),
    ("Amira", "Noor", ("Ximena", "Marleen"), (2, 2, 1, 1), (2, 2, 1, 1)),
    ("Ximena", "Noor", ("Marleen", "Amira"), (2, 2, 2, 1), (2, 1, 2, 1)),
]
BACK = {
    "Ruth": ("Je vroeg wat Noor zelf wilde. Daarna was je stil.", "Tel tot vijf voor je aanvult.", "strengths"),
    "Pieter": ("Je gaf de vraag terug, en gaf toen zelf het antwoord.", "Wacht tien tellen.", "balanced"),
    "Kees": ("Je regelde het busje al, Henk vroeg niets.", "Vraag eerst: wil je dat ik dit doe?", "corrections"),
    "Amira": ("Je zei hardop dat Noor beslist over haar medicijnen.", "Vraag Sanne ook wat zij ziet.", "strengths"),
    "Ximena": ("Je liet de stilte staan.", "Vraag na afloop hoe het voor Noor was.", "balanced"),
}  # fmt: skip
FIRST = {"Noor": 4, "Sanne": 4, "Bram": 3, "Thomas": 3, "Olaf": 4, "Joris": 2, "Daan": 3}
SECOND = {"Elise": 4, "Nadia": 3, "Mees": 4, "Iris": 3, "Noor": 4, "Sanne": 3, "Bram": 3}
TASK = "Twee keer een vraag teruggeven aan de cliënt, en dan wachten"


class Told:
    """Who learns, in whose circle."""

    def __init__(self, people: dict[str, Person], cohort: Cohort) -> None:
        self.people, self.cohort = people, cohort
        learning = Enrolment.objects.filter(cohort=cohort).select_related("person")
        self.learners = {one.person.name.split()[0]: one for one in learning}
        circles = Circle.objects.filter(client__in=[people[name] for name in (*CHOSE, "Henk")])
        self.circles = {one.client.name.split()[0]: one for one in circles.select_related("client")}
        form = PartVersion.objects.filter(part__kind=PartKind.OBSERVATION, part__organisation=None)
        self.form = form.latest("number")

    def practised(self, name: str, circle: str, **content: Any) -> Practice:
        """Planned, held today, and asked about."""
        today, by = timezone.localdate(), self.people[name]
        plan = {"behaviour": TASK, "chime": "empowerment", "planned_on": today} | content
        practice = practising.plan(
            by=by, id=uuid.uuid4(), enrolment=self.learners[name], circle=self.circles[circle], **plan
        )
        practising.record(by=by, practice=practice, version=1, held_on=today, went="Het lukte één keer.", own_view=3)
        there = practising.could_be_there(by, practice)
        practising.ask(by=by, practice=practice, client_there=True, members=there)
        return practice

    def observed(self, practice: Practice, by: str, seen: tuple[int, ...]) -> None:
        marks = {item["key"]: seen[number % len(seen)] for number, item in enumerate(self.form.content["items"])}
        observing.observe(
            by=self.people[by], practice=practice, form=self.form, marks=marks, minutes=75, client_agreed=True
        )

    def answered(self, said: dict[str, int]) -> None:
        """Whoever is asked now answers; not every question by everybody."""
        for number, (name, value) in enumerate(said.items()):
            asked = Rating.objects.filter(rater=self.people[name], answered_at=None, spent_at=None)
            for rating in asked.filter(closes_on__gte=timezone.localdate()):
                values: dict[str, int | None] = {
                    process: 1 + (value + place) % 5 if (number + place) % 6 else value
                    for place, process in enumerate(PROCESSES)
                }
                if number == 2:
                    values["meaning"] = None
                answering.answer(by=seat_or_404(self.people[name], rating.circle_id), rating=rating, values=values)


def tell(people: dict[str, Person], team: Team) -> None:
    told = Told(people, Cohort.objects.get(teams__team=team))
    with on_day(80):
        for circle, names in CHOSE.items():
            for name in names:
                answering.choose(by=seat_or_404(people[name], told.circles[circle].pk))
    _observed(told)
    _clients(told)
    _coached(told)
    for name in ("Ruth", "Bas", "Pieter", "Hanna", "Sofie", "Amira", "Ximena"):
        learner = told.learners[name]
        practising.set_choice(by=learner.person, enrolment=learner, to="research", agree=True)


def _observed(told: Told) -> None:
    for number, (name, circle, observers, one, other) in enumerate(OBSERVED):
        with on_day(76 - number):
            practice = told.practised(name, circle)
            for by, seen in zip(observers, (one, other), strict=True):
                told.observed(practice, by, seen)
        with on_day(74 - number):
            saw, goal, tone = BACK[name]
            observing.give_back(
                by=told.people[observers[0]], practice=practice, version=1, saw=saw, goal=goal, tone=tone
            )


def _clients(told: Told) -> None:
    with on_day(60):
        for circle in ("Thomas", "Joris"):
            told.practised("Ruth", circle)
        told.practised("Ruth", "Noor", behaviour="Eerst vragen wat iemand niet meer wil doen", phase=2, chime="")
        told.answered(FIRST)
        releasing.release_all()
    with on_day(25):
        for circle in ("Elise", "Mees", "Noor"):
            told.practised("Ruth", circle, behaviour="Een taak teruggeven, met een einddatum", phase=5)
        told.answered(SECOND)
        releasing.release_all()
    with on_day(4):
        joris = told.people["Joris"]
        given = Rating.objects.filter(rater=joris, answered_at__isnull=False, withdrawn_at=None)
        for rating in given:
            answering.take_back(by=joris, rating_id=rating.pk)
        told.practised("Pieter", "Thomas", behaviour="Een probleem in één zin, door de cliënt zelf", phase=5)


def _coached(told: Told) -> None:
    for days in (68, 40):
        with on_day(days):
            held = timezone.localdate() - dt.timedelta(days=1)
            there = [one for name, one in told.learners.items() if name not in ("Amira", "Yara")]
            observing.coach(
                by=told.people["Amira"], id=uuid.uuid4(), cohort=told.cohort, learners=there, kind="supervision",
                held_on=held, minutes=60,
            )  # fmt: skip
    with on_day(15):
        observing.coach(
            by=told.people["Ximena"], id=uuid.uuid4(), cohort=told.cohort, learners=[told.learners["Ruth"]], minutes=45
        )
