"""Leaves the lines of a look: one for the team, and one in the log of each client whose circle is linked."""

import uuid
from collections.abc import Iterable

from kring.care.audit.actions import record_each
from kring.care.board.actions import POST
from kring.care.board.desk import Desk

LINK = "board link"


def looked(desk: Desk, *, circles: Iterable[uuid.UUID] = (), thing_id: uuid.UUID | None = None) -> None:
    whole = (thing_id or desk.team.pk, POST)
    record_each(by=desk, circles=circles, verb="viewed", thing="board", rule=LINK, whole=whole)
