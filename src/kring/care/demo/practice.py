"""Practice in the town: colleagues of two teams are observed twice, clients answer, one takes it back and every figure
follows. What was seen is made up, and every table made of it says so.

Ruth asked clients twice. The figure of the first time is gone, because Joris took his answer back; the second stands.
"""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from kring.care.circles.models import Circle
from kring.care.circles.seats import seat_or_404
from kring.care.demo.story import on_day
from kring.care.demo.training import BEGAN
from kring.care.people.models import Person, Team
from kring.care.training import answering, observing, practising, releasing
from kring.care.training.models import PROCESSES, Cohort, Enrolment, PartVersion, Practice, Rating

CHOSE = {  # whose circle: since how many days ago, who wants to be asked
    "Noor": (160, ["Noor", "Sanne", "Bram"]),
    "Thomas": (150, ["Thomas", "Olaf"]),
    "Joris": (75, ["Joris", "Daan"]),
    "Elise": (36, ["Elise", "Nadia"]),
    "Mees": (70, ["Mees", "Iris"]),
}
OBSERVED = {  # learner: in whose circle, what was seen of the items in turn, first and three months later
    "Ruth": ("Noor", (2, 1, 1, 1), (2, 1, 2, 2)),
    "Pieter": ("Thomas", (1, 1, 0, 1), (1, 1, 1, 2)),
    "Kees": ("Wil", (0, 1, 0, 1), (0, 1, 1, 1)),
    "Amira": ("Noor", (2, 2, 1, 1), (2, 2, 1, 1)),
    "Ximena": ("Noor", (2, 2, 2, 1), (2, 2, 2, 2)),
    "Fenna": ("Gijs", (1, 0, 0, 1), (1, 1, 0, 2)),
    "Imane": ("Gijs", (1, 1, 1, 0), (1, 2, 1, 1)),
    "Ruben": ("Gijs", (0, 0, 1, 1), (1, 1, 1, 0)),
    "Bas": ("Corrie", (1, 1, 1, 2), (2, 1, 1, 2)),
    "Hanna": ("Corrie", (1, 2, 0, 1), (1, 2, 1, 1)),
    "Sofie": ("Corrie", (0, 1, 1, 1), (1, 1, 1, 0)),
    "Tarik": ("Corrie", (1, 0, 1, 0), (0, 1, 0, 1)),
    "Dorien": ("Evert", (1, 1, 0, 0), (1, 2, 1, 0)),
    "Yusuf": ("Evert", (2, 1, 0, 1), (2, 1, 1, 1)),
    "Marit": ("Evert", (0, 1, 0, 0), (0, 1, 0, 1)),
}
TWICE = {"Ruth": (0, 0, -1, 0), "Pieter": (0, -1, 0, 0), "Kees": (0, 0, 1, 0), "Amira": (0, 0, 0, 0),
         "Ximena": (0, -1, 0, 0), "Bas": (0, 0, 1, 0), "Hanna": (0, 0, 0, -1)}  # fmt: skip
"""Whose first contact two people looked at, and what the second saw otherwise."""
WAITS: tuple[set[str], set[str]] = (set(), {"Tarik", "Marit", "Imane"})
"""Who got no feedback, of each time."""
LETS_RESEARCH = set(OBSERVED) - {"Kees", "Tarik", "Imane"}
ROUNDS = ((25, "practise-question-back"), (100, "practise-limit"))
"""On which day of the course, and which task."""
BACK = {
    "Ruth": ("Je vroeg wat Noor zelf wilde. Daarna was je stil.", "Tel tot vijf voor je aanvult.", "strengths"),
    "Pieter": ("Je gaf de vraag terug, en gaf toen zelf het antwoord.", "Wacht tien tellen.", "balanced"),
    "Kees": ("Je regelde het busje al, Henk vroeg niets.", "Vraag eerst: wil je dat ik dit doe?", "corrections"),
    "Amira": ("Je zei hardop dat Noor beslist over haar medicijnen.", "Vraag Sanne ook wat zij ziet.", "strengths"),
    "Ximena": ("Je liet de stilte staan.", "Vraag na afloop hoe het voor Noor was.", "balanced"),
}  # fmt: skip
USUAL = ("Je vroeg door, en vulde één keer zelf aan.", "Laat na je vraag een stilte vallen.", "balanced")
FIRST = {"Noor": 4, "Sanne": 4, "Bram": 3, "Thomas": 3, "Olaf": 4, "Joris": 2, "Daan": 3}
SECOND = {"Elise": 4, "Nadia": 3, "Mees": 4, "Iris": 3, "Noor": 4, "Sanne": 3, "Bram": 3}
TASK = "Twee keer een vraag teruggeven aan de cliënt, en dan wachten"


class Told:
    """Who learns, in whose circle."""

    def __init__(self, people: dict[str, Person], cohort: Cohort) -> None:
        self.people, self.cohort = people, cohort
        learning = Enrolment.objects.filter(cohort=cohort).select_related("person", "team")
        self.learners = {one.person.name.split()[0]: one for one in learning}
        clients = {*CHOSE, *(where for where, _first, _later in OBSERVED.values())}
        circles = Circle.objects.filter(client__in=[people[name] for name in clients])
        self.circles = {one.client.name.split()[0]: one for one in circles.select_related("client")}
        self.parts = {one.part.key: one for one in PartVersion.objects.filter(part__organisation=None)}
        self.form = self.parts["observation-form"]

    def practised(self, name: str, circle: str, own_view: int = 3, **content: Any) -> Practice:
        """Planned, held today, and asked about."""
        today, by = timezone.localdate(), self.people[name]
        plan = {"behaviour": TASK, "chime": "empowerment", "planned_on": today} | content
        practice = practising.plan(
            by=by, id=uuid.uuid4(), enrolment=self.learners[name], circle=self.circles[circle], **plan
        )
        went = "Het lukte één keer."
        practising.record(by=by, practice=practice, version=1, held_on=today, went=went, own_view=own_view)
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
    for circle, (days, names) in CHOSE.items():
        with on_day(days):
            for name in names:
                answering.choose(by=seat_or_404(people[name], told.circles[circle].pk))
    for round_, (day, task) in enumerate(ROUNDS):
        for number, name in enumerate(OBSERVED):
            _observed(told, name, round_, BEGAN - day - number % 4, told.parts[task])
    _clients(told)
    _coached(told)
    for name in sorted(LETS_RESEARCH):
        learner = told.learners[name]
        practising.set_choice(by=learner.person, enrolment=learner, to="research", agree=True)


def _observed(told: Told, name: str, round_: int, days_ago: int, task: PartVersion) -> None:
    circle, *rounds = OBSERVED[name]
    observer = "Marleen" if name == "Ximena" or round_ else "Ximena"
    with on_day(days_ago):
        practice = told.practised(name, circle, 2 + (len(name) + round_) % 3, part_version=task)
        told.observed(practice, observer, rounds[round_])
        if round_ == 0 and name in TWICE:
            other = tuple(a + b for a, b in zip(rounds[0], TWICE[name], strict=True))
            told.observed(practice, "Marleen" if name == "Amira" else "Amira", other)
    if name not in WAITS[round_]:
        with on_day(days_ago - 2):
            saw, goal, tone = BACK.get(name, USUAL)
            observing.give_back(by=told.people[observer], practice=practice, version=1, saw=saw, goal=goal, tone=tone)


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
    """Supervision of each team by its coach; not everybody could come each time."""
    for number, days in enumerate((150, 122, 88, 40)):
        with on_day(days):
            held = timezone.localdate() - dt.timedelta(days=1)
            others = [one for name, one in told.learners.items() if name not in ("Amira", "Yara")]
            there = [one for place, one in enumerate(others) if (place + number) % 3]
            observing.coach(
                by=told.people["Amira"], id=uuid.uuid4(), cohort=told.cohort, learners=there, kind="supervision",
                held_on=held, minutes=60,
            )  # fmt: skip
    with on_day(95):
        for name in ("Ruth", "Bas", "Hanna", "Fenna"):
            learner = told.learners[name]
            observing.coach(
                by=told.people["Ximena"], id=uuid.uuid4(), cohort=told.cohort, learners=[learner], minutes=45
            )
