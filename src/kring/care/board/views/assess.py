"""FACTs 2017 and CSI-R, as a team filled them in about itself."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.audit.actions import record
from kring.care.board import assessing
from kring.care.board.actions import POST
from kring.care.board.desk import sit_at
from kring.care.board.forms import Assess
from kring.care.board.models import Assessment
from kring.care.circles.door import offer_undo
from kring.care.forms import address_with_id, id_in_address


def page(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    desk = sit_at(request, team_id)
    scales = [
        (code, assessing.definition_of(code), assessing.bands(code), assessing.kept(desk, code))
        for code in assessing.CODES
    ]
    record(by=desk, verb="viewed", thing="figures", thing_id=desk.team.pk, rule=POST)
    shown = {
        "desk": desk,
        "here": "figures",
        "scales": scales,
        "in_words": assessing.in_words,
        "number": formats.number_format,
    }
    return render(request, "board/assessments.html", shown)


def new(request: HttpRequest, team_id: uuid.UUID, code: str) -> HttpResponse:
    desk = sit_at(request, team_id)
    definition = assessing.definition_of(code)
    new_id = id_in_address(request)
    if new_id is None:
        return redirect(address_with_id(request))
    form = Assess(request.POST or None, definition=definition, new_id=new_id)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        assessing.assess(
            by=desk, id=given["new_id"], code=code, held_on=given["held_on"], answers=form.answers()
        )  # fmt: skip
        return redirect("board:assessments", team_id)
    shown = {"desk": desk, "here": "figures", "form": form, "parts": definition.items}
    return render(request, "board/assess.html", shown | {"title": assessing.in_words(definition.title)})


@require_POST
def remove(request: HttpRequest, team_id: uuid.UUID, assessment_id: uuid.UUID, verb: str) -> HttpResponse:
    desk = sit_at(request, team_id)
    found = get_object_or_404(Assessment, pk=assessment_id, team=desk.team)
    if verb not in ("remove", "back"):
        raise Http404
    assessing.set_removed(by=desk, assessment=found, removed=verb == "remove")
    if verb == "remove":
        undo = reverse("board:remove_assessment", args=[team_id, assessment_id, "back"])
        offer_undo(request, _("The self-assessment is taken away."), undo)
    return redirect("board:assessments", team_id)
