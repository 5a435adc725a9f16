"""Every address of the room measures, with the answer that each kind of person gets."""

import uuid
from typing import Any

from tests.care.routes import Row, answers, once, only_client, row, signed_in, with_a_seat

OWN = {"member": 200, "informal": 200}  # whoever takes part and is not staff


@once
def a_line(cast: Any) -> uuid.UUID:
    from kring.care.measures import actions

    return actions.plan(by=cast.seat("noor"), id=uuid.uuid4(), instrument="kring-checkin", respondent="client").pk


@once
def a_draft(cast: Any) -> uuid.UUID:
    from kring.care.measures import filling, texts
    from kring.care.measures.models import Schedule

    line = Schedule.objects.get(pk=a_line(cast))
    asking = texts.asking(cast.circle.pk, line.instrument, "nl")
    assert asking is not None
    found: uuid.UUID = filling.begin(by=cast.seat("noor"), line=line, asking=asking).pk
    return found


@once
def sannes_line(cast: Any) -> uuid.UUID:
    from kring.care.measures import actions

    return actions.begin_own(by=cast.seat("sanne"), id=uuid.uuid4(), instrument="kring-naaste").pk


@once
def a_factor(cast: Any) -> uuid.UUID:
    from kring.care.measures import factors

    return factors.add(by=cast.seat("noor"), id=uuid.uuid4(), kind="income", note="Schulden").pk


LINE, DRAFT, FACTOR = {"line_id": a_line}, {"filled_id": a_draft}, {"factor_id": a_factor}
CHECK_IN = {"code": lambda cast: "kring-checkin"}
ROUTES: dict[str, Row] = {
    "measures:mine": row(signed_in()),
    "measures:mine_file": row(signed_in()),
    "measures:set_mine": row(
        answers(informal=302), "post", given={"line_id": sannes_line, "verb": lambda cast: "remove"}
    ),
    "circle_measures:progress": row(with_a_seat()),
    "circle_measures:own": row(answers(**OWN)),
    "circle_measures:new_own": row(answers(member=302, informal=302), given={"code": lambda cast: "kring-naaste"}),
    "circle_measures:set_own": row(
        answers(informal=302), "post", given={"line_id": sannes_line, "verb": lambda cast: "share"}
    ),
    "circle_measures:schedules": row(only_client()),
    "circle_measures:choose": row(answers(client=200, regieondersteuner=200)),
    "circle_measures:new": row(answers(client=302, regieondersteuner=302), given=CHECK_IN),
    "circle_measures:edit": row(only_client(), given=LINE),
    "circle_measures:set_line": row(only_client(302), "post", given=LINE | {"verb": lambda cast: "pause"}),
    "circle_measures:life": row(only_client()),
    "circle_measures:new_factor": row(only_client(302)),
    "circle_measures:factor": row(only_client(), given=FACTOR),
    "circle_measures:set_factor": row(only_client(302), "post", given=FACTOR | {"verb": lambda cast: "solved"}),
    "circle_measures:line": row(only_client(), given=LINE),
    "circle_measures:open": row(only_client(), given=LINE),
    "circle_measures:begin": row(only_client(302), "post", given=LINE),
    "circle_measures:decline": row(only_client(302), "post", given=LINE),
    "circle_measures:totals": row(only_client(302), given=LINE),
    "circle_measures:go_on": row(only_client(302), given=DRAFT),
    "circle_measures:check": row(only_client(), given=DRAFT),
    "circle_measures:question": row(only_client(), given=DRAFT | {"number": lambda cast: 1}),
    "circle_measures:set_filled": row(only_client(302), "post", given=DRAFT | {"verb": lambda cast: "remove"}),
}
