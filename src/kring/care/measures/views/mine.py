"""What somebody filled in about themselves, on their account: to read, to take along, to delete. No circle needed."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.audit.actions import record
from kring.care.circles.door import offer_undo
from kring.care.measures import actions, policy
from kring.care.measures.telling import Mine
from kring.care.measures.telling import mine as told_to
from kring.care.people.work import AtWork


def mine(request: HttpRequest) -> HttpResponse:
    _looked(request, "viewed")
    return render(request, "measures/mine.html", {"lines": told_to(_person(request))})


def file(request: HttpRequest) -> HttpResponse:
    """Everything in words, as plain text that any device opens."""
    _looked(request, "exported")
    whole = "\n\n".join(_text(line) for line in told_to(_person(request)))
    answer = HttpResponse(whole + "\n", content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="kring.txt"'
    return answer


def _text(line: Mine) -> str:
    head = _("%(title)s, begun in the circle of %(name)s") % {"title": line.title, "name": line.client}
    return "\n\n".join([head, *("\n".join(f"{what}: {said}" for what, said in one) for one in line.filled)])


@require_POST
def set_mine(request: HttpRequest, line_id: uuid.UUID, verb: str) -> HttpResponse:
    """Delete one line with everything in it, or put it back."""
    person = _person(request)
    line = get_object_or_404(policy.own_of(person), pk=line_id)
    if verb not in ("remove", "restore"):
        raise Http404
    actions.remove_own(by=person, line=line, back=verb == "restore")
    if verb == "remove":
        undo = reverse("measures:set_mine", args=[line_id, "restore"])
        offer_undo(request, _("It is gone, with everything in it."), undo)
    return redirect("measures:mine")


def _person(request: HttpRequest) -> Any:
    return request.user


def _looked(request: HttpRequest, verb: str) -> None:
    record(by=AtWork(_person(request), "self"), verb=verb, thing=actions.OWN, rule="own")
