"""The board of FACT Merenwijk: a dozen clients and a week of mornings. Noor, Joris and Elise agreed to a link."""

import uuid

from django.utils import timezone

from kring.care.board import actions, agreeing
from kring.care.board.desk import Desk, desk_of
from kring.care.board.models import Category, Entry, Sign
from kring.care.circles.models import Circle, Member
from kring.care.circles.seats import Seat, seat_or_404
from kring.care.demo.story import on_day
from kring.care.people.models import Person, Team

LIST = (  # what the team calls them, where they came onto the board, how many days ago, why
    ("Noor V.", "", 60, ""),
    ("Joris H.", "", 58, ""),
    ("Elise B.", "", 57, ""),
    ("Thomas V.", "", 57, ""),
    ("Aad B.", "intensive", 19, "Slaapt weinig sinds de verhuizing. We komen elke dag even langs."),
    ("Mia W.", "admitted", 12, "Vrijwillig opgenomen. Ximena belt om de dag met haar en de afdeling."),
    ("Kees de J.", "avoiding", 30, "Doet niet open. We blijven rustig briefjes doen."),
    ("Samira O.", "legal", 25, "Zorgmachtiging tot het voorjaar. Pieter legt uit wat dat is."),
    ("Wil S.", "down", 8, "Gaat weer biljarten. Twee keer per week is genoeg."),
    ("Rob T.", "new", 6, "Nieuw van het wijkteam. Eerste gesprek samen met zijn zus."),
    ("Hanna P.", "intensive", 5, "Wil zelf een week vaker iemand zien."),
    ("Dirk L.", "crisis", 2, "Huurschuld en geen slaap. Vandaag samen naar de gemeente."),
)
MOVES = (  # who, where to, how many days ago, by whom, why
    ("Aad B.", "down", 3, "Ruth", "Slaapt weer. We gaan van elke dag naar om de dag."),
    ("Hanna P.", "down", 1, "Kees", "Het is rustiger. Zij wil nog twee bezoeken."),
    ("Mia W.", "down", 1, "Ximena", "Is weer thuis. Eerste week samen eten."),
)
TODAY = (
    ("Dirk L.", "Pieter"), ("Dirk L.", "Amira"), ("Noor V.", "Ruth"), ("Mia W.", "Ximena"), ("Aad B.", "Kees"),
    ("Rob T.", "Kees"),
)  # fmt: skip


def tell(people: dict[str, Person], team: Team) -> None:
    desks = {name: desk_of(people[name], team.pk) for name in ("Ruth", "Kees", "Pieter", "Ximena", "Amira")}
    with on_day(61, hour=9):
        actions.open_board(by=desks["Ruth"])
    for label, where, days, why in LIST:
        with on_day(days, hour=9):
            category = _category(team, where) if where else None
            actions.add_entry(by=desks["Ruth"], id=uuid.uuid4(), label=label, category=category, reason=why)
    _links(people, team, desks["Ruth"])
    for label, where, days, who, why in MOVES:
        with on_day(days, hour=9):
            _move(desks[who], label, where, why)
    _signs(people, team, desks)
    with on_day(0, hour=9):
        for label, who in TODAY:
            entry, day = _entry(team, label), timezone.localdate()
            actions.plan_visit(by=desks["Ruth"], entry=entry, person=people[who], day=day)


def _links(people: dict[str, Person], team: Team, ruth: Desk) -> None:
    """Noor and Joris linked the board to their circle; Elise just agreed, and her line is still to be found."""
    for name, label in (("Noor", "Noor V."), ("Joris", "Joris H.")):
        with on_day(40):
            seat = _seat(people[name])
            agreement = agreeing.agree(by=seat)
            agreeing.put_together(by=ruth, agreement=agreement, entry=_entry(team, label))
            agreeing.let_signs(by=seat, on=True)
    with on_day(1):
        agreeing.agree(by=_seat(people["Elise"]))
    with on_day(39):
        noor = _seat(people["Noor"])
        sanne = Member.objects.get(circle_id=noor.circle_id, person=people["Sanne"], ended_at=None)
        agreeing.choose(by=noor, wanted={sanne.pk: ["notices", "told"]})


def _signs(people: dict[str, Person], team: Team, desks: dict[str, Desk]) -> None:
    """Six days ago Sanne noticed what is orange in Noor's plan. This morning Joris says so himself."""
    with on_day(6, hour=8):
        sanne = seat_or_404(people["Sanne"], _circle(people["Noor"]).pk)
        sign = agreeing.notice(by=sanne, id=uuid.uuid4(), colour="orange", wish="call")
    with on_day(6, hour=9):
        found = Sign.objects.select_related("agreement__entry__category", "noticed_by").get(pk=sign.pk)
        entry = _entry(team, "Noor V.")
        agreeing.scale_up(
            by=desks["Ruth"], sign=found, version=entry.version, id=uuid.uuid4(),
            category=_category(team, "intensive"), reason="Ruth belt vandaag en komt deze week langs.",
        )  # fmt: skip
    with on_day(2, hour=9):
        _move(desks["Ruth"], "Noor V.", "down", "Noor slaapt weer en de gordijnen zijn open. Ruth komt nog één keer.")
    with on_day(0, hour=8):
        agreeing.notice(by=_seat(people["Joris"]), id=uuid.uuid4(), colour="orange", wish="call")


def _move(by: Desk, label: str, where: str, why: str) -> None:
    entry = _entry(by.team, label)
    category = _category(by.team, where)
    actions.move(by=by, entry=entry, version=entry.version, id=uuid.uuid4(), category=category, reason=why)


def _entry(team: Team, label: str) -> Entry:
    return Entry.objects.select_related("category").get(team=team, label=label)


def _category(team: Team, key: str) -> Category:
    return Category.objects.get(team=team, key=key)


def _circle(client: Person) -> Circle:
    return Circle.objects.get(client=client)


def _seat(client: Person) -> Seat:
    return seat_or_404(client, _circle(client).pk)
