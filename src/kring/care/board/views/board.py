"""The board of a team as a list, the morning meeting on a wall, and what was moved before."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kring.care.audit.actions import record_each
from kring.care.board import actions, caseload, policy
from kring.care.board.desk import Desk, sit_at
from kring.care.board.reading import Board, board_of, today
from kring.care.board.trail import looked
from kring.care.people.policy import teams_worked_in_by
from kring.care.stored import allow

NAMES_FOR = 60  # seconds


def start(request: HttpRequest) -> HttpResponse:
    """The teams that somebody works in; with one team, straight to it."""
    teams = list(teams_worked_in_by(request.user))  # type: ignore[arg-type]
    allow(bool(teams))
    if len(teams) == 1:
        return redirect("board:board", teams[0].pk)
    return render(request, "board/start.html", {"teams": teams})


def board(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    desk = sit_at(request, team_id)
    found = board_of(desk, today())
    looked(desk, circles=found.linked)
    return render(request, "board/board.html", _shown(desk, "board", found))


@require_POST
def open_board(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    actions.open_board(by=sit_at(request, team_id))
    return redirect("board:board", team_id)


def morning(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """For a wall or a phone. Names are not even sent until somebody asks, and the browser takes them away again."""
    desk = sit_at(request, team_id)
    named = "names" in request.GET
    found = board_of(desk, today(), named=named)
    looked(desk, circles=found.linked if named else [])
    response = render(request, "board/morning.html", _shown(desk, "morning", found) | {"named": named})
    if named:  # works without JavaScript, and where the server is gone by then the names go all the same
        response.headers["Refresh"] = f"{NAMES_FOR}; url={request.path}"
    return response


def _shown(desk: Desk, here: str, found: Board) -> dict[str, Any]:
    return {"desk": desk, "here": here, "board": found, "today": today()}


def history(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """Who was moved in the last three months, newest first."""
    desk = sit_at(request, team_id)
    found = list(policy.moves(desk).select_related("entry", "moved_by")[:200])
    moved = {move.entry_id for move in found}
    linked = policy.agreements(desk).filter(entry__in=moved).values_list("circle_id", flat=True)
    looked(desk, circles=list(linked))
    return render(request, "board/history.html", {"desk": desk, "here": "history", "moves": found})


def circles(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    """Phases and dates of the circles that are linked to the team, never what is in them."""
    desk = sit_at(request, team_id)
    allow(desk.sees_caseload)
    found = caseload.page(desk, _number(request, "phase"), _number(request, "page") or 1)
    fields = ["phase", "dates", "regieondersteuner"]
    record_each(by=desk, circles=found.seen, verb="viewed", thing="phase", fields=fields, rule="team link")
    return render(request, "board/circles.html", {"desk": desk, "here": "circles", "page": found})


def _number(request: HttpRequest, name: str) -> int | None:
    """A small whole number from the address; anything else is as if it were not there."""
    given: Any = request.GET.get(name, "")
    return int(given) if given.isdecimal() and 0 < int(given) < 10_000 else None
