"""How the method is carried out in a team, month by month."""

import datetime as dt
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats

from kring.care.audit.actions import record
from kring.care.board import release
from kring.care.board.actions import POST
from kring.care.board.desk import sit_at
from kring.care.board.runs import run, said


def month(day: dt.date) -> str:
    return formats.date_format(day, "F Y")


def page(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    desk = sit_at(request, team_id)
    runs = [run(measure, months) for measure, months in release.shown(desk.team)]
    record(by=desk, verb="viewed", thing="figures", thing_id=desk.team.pk, rule=POST)
    shown = {"desk": desk, "here": "figures", "runs": runs, "month": month, "said": said}
    return render(request, "board/figures.html", shown)
