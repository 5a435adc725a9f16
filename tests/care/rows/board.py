"""Every address of the room board, with the answer that each kind of person gets."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from kring.care.board import actions, agreeing
from kring.care.board.desk import Desk, desk_of
from kring.care.board.models import Agreement, Category, Entry
from tests.care.routes import Row, answers, once, only_client, row

TEAM = {"regieondersteuner": 200, "professional_team": 200, "team_lead": 200}
"""Whoever has a post in the team; Pieter, a professional in the circle, has none there."""


def desk(cast: Any, name: str = "tom") -> Desk:
    return desk_of(cast.people[name], cast.team.pk)


@once
def a_board(cast: Any) -> Entry:
    """The team's board with one client on it, who agreed to nothing."""
    actions.open_board(by=desk(cast))
    crisis = Category.objects.get(team=cast.team, key="crisis")
    return actions.add_entry(by=desk(cast), id=uuid.uuid4(), label="Joop V.", category=crisis, reason="Slaapt niet.")


def a_team(cast: Any) -> uuid.UUID:
    a_board(cast)
    found: uuid.UUID = cast.team.pk
    return found


@once
def a_visit(cast: Any) -> uuid.UUID:
    day = timezone.localdate() + dt.timedelta(days=1)
    return actions.plan_visit(by=desk(cast), entry=a_board(cast), person=cast.tom, day=day).pk


def a_category(cast: Any) -> uuid.UUID:
    a_board(cast)
    return Category.objects.get(team=cast.team, key="legal").pk


@once
def noors_link(cast: Any) -> Agreement:
    """Noor agreed, her line is known, and she lets signs be put on the board. Sanne may notice them and is told."""
    a_board(cast)
    noor = cast.seat("noor")
    agreement = agreeing.agree(by=noor)
    entry = actions.add_entry(by=desk(cast), id=uuid.uuid4(), label="Noor V.")
    agreeing.put_together(by=desk(cast), agreement=agreement, entry=entry)
    agreeing.let_signs(by=noor, on=True)
    agreeing.choose(by=noor, wanted={cast.members["sanne"].pk: ["notices", "told"]})
    return Agreement.objects.get(pk=agreement.pk)


@once
def a_sign(cast: Any) -> uuid.UUID:
    noors_link(cast)
    return agreeing.notice(by=cast.seat("sanne"), id=uuid.uuid4(), colour="orange").pk


def linked(cast: Any) -> uuid.UUID:
    noors_link(cast)
    found: uuid.UUID = cast.circle.pk
    return found


@once
def an_assessment(cast: Any) -> uuid.UUID:
    from decimal import Decimal

    from kring.care.board import assessing

    answers = {"A": Decimal("3.5"), "B": Decimal("4.2")}
    today = timezone.localdate()
    return assessing.assess(by=desk(cast), id=uuid.uuid4(), code="facts-2017", held_on=today, answers=answers).pk


@once
def somebody_who_agreed(cast: Any) -> uuid.UUID:
    """Olaf has a circle of his own with Tom in it, linked it to the team and agreed; his line is not known yet."""
    from kring.care.circles import actions as circles
    from kring.care.circles.seats import seat_or_404

    a_board(cast)
    circle = circles.start_circle(by=cast.olaf, client=cast.olaf, team=cast.team)
    return agreeing.agree(by=seat_or_404(cast.olaf, circle.pk)).pk


HERE = {"team_id": a_team}
LINE = HERE | {"entry_id": lambda cast: a_board(cast).pk}
CATEGORY = HERE | {"category_id": a_category}
DONE = dict.fromkeys(TEAM, 302)

ROUTES: dict[str, Row] = {
    "board:start": row(answers(**DONE, other_team=302)),
    "board:board": row(answers(**TEAM), given=HERE),
    "board:open": row(answers(**DONE), "post", given=HERE),
    "board:morning": row(answers(**TEAM), given=HERE),
    "board:history": row(answers(**TEAM), given=HERE),
    "board:figures": row(answers(**TEAM), given=HERE),
    "board:assessments": row(answers(**TEAM), given=HERE),
    "board:assess": row(answers(**DONE), given=HERE | {"code": lambda _: "facts-2017"}),
    "board:remove_assessment": row(
        answers(**DONE), "post", given=HERE | {"assessment_id": an_assessment, "verb": lambda _: "remove"}
    ),
    "board:circles": row(answers(regieondersteuner=200, team_lead=200), given=HERE),
    "board:new": row(answers(**DONE), given=HERE),
    "board:entry": row(answers(**TEAM), given=LINE),
    "board:scale": row(answers(**TEAM), given=LINE),
    "board:call": row(answers(**TEAM), given=LINE),
    "board:end": row(answers(**DONE), "post", given=LINE),
    "board:cancel_visit": row(answers(**DONE), "post", given=HERE | {"visit_id": a_visit}),
    "board:categories": row(answers(**TEAM), given=HERE),
    "board:category": row(answers(**TEAM), given=CATEGORY),
    "board:change_category": row(answers(**DONE), "post", given=CATEGORY | {"verb": lambda _: "up"}),
    "board:waiting": row(answers(**TEAM), given=HERE),
    "board:put_together": row(answers(**TEAM), given=HERE | {"agreement_id": somebody_who_agreed}),
    "board:answer": row(answers(**TEAM), given=HERE | {"sign_id": a_sign}),
    "signs:board": row(only_client()),
    "signs:people": row(only_client(), given={"circle_id": linked}),
    "signs:switch": row(only_client(302), "post", given={"circle_id": linked, "verb": lambda _: "signs"}),
    "signs:page": row(answers(client=302, informal=302), given={"circle_id": linked}),  # with the id of what is said
    "signs:withdraw": row(answers(client=302, informal=302), "post", given={"circle_id": linked, "sign_id": a_sign}),
}
