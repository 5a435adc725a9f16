"""The team's own categories."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kring.care.board import actions, policy
from kring.care.board.desk import sit_at
from kring.care.board.forms import EditCategory, NewCategory
from kring.care.board.models import Category
from kring.care.circles.door import offer_undo
from kring.care.stored import Stale, allow


def categories(request: HttpRequest, team_id: uuid.UUID) -> HttpResponse:
    desk = sit_at(request, team_id)
    found = list(policy.categories(desk))
    allow(bool(found))  # a board that was not begun has none
    form = NewCategory(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_category(by=desk, id=form.cleaned_data["new_id"], **form.content())
        return redirect("board:categories", team_id)
    page = {"desk": desk, "here": "board", "categories": found, "form": form}
    return render(request, "board/categories.html", page)


def category(request: HttpRequest, team_id: uuid.UUID, category_id: uuid.UUID) -> HttpResponse:
    desk = sit_at(request, team_id)
    found = get_object_or_404(policy.categories(desk), pk=category_id)
    form = EditCategory(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_category(by=desk, category=found, version=form.cleaned_data["version"], **form.content())
            return redirect("board:categories", team_id)
        except Stale as stale:
            form.show_both(stale)
    page = {"desk": desk, "here": "board", "category": found, "form": form}
    return render(request, "board/category.html", page)


@require_POST
def change_category(request: HttpRequest, team_id: uuid.UUID, category_id: uuid.UUID, verb: str) -> HttpResponse:
    """Up, down, away or back."""
    desk = sit_at(request, team_id)
    found = get_object_or_404(Category, pk=category_id, team=desk.team)
    if verb in ("up", "down"):
        actions.shift_category(by=desk, category=found, up=verb == "up")
    elif verb == "back":
        actions.end_category(by=desk, category=found, back=True)
    elif verb != "away":
        raise Http404
    elif actions.end_category(by=desk, category=found):
        undo = reverse("board:change_category", args=[team_id, category_id, "back"])
        offer_undo(request, _("The category is off the board."), undo)
    else:
        messages.info(request, _("Somebody still stands under this. Move them first."))
    return redirect("board:categories", team_id)
