"""Trainers: quizzes from a file, and how the questions of a cohort's quizzes do."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kring.care.stored import allow
from kring.care.training import content, item_response, item_statistics, policy, quizzes
from kring.care.training.actions import building
from kring.care.training.forms import Import
from kring.care.training.models import PartKind, PartVersion
from kring.care.training.trail import saw
from kring.care.training.views.building import organisation_of
from kring.care.training.views.door import led_cohort, person_of


def bring(request: HttpRequest) -> HttpResponse:
    """Read a file; name what cannot be read; import the rest only when told to."""
    organisation = organisation_of(request)
    form = Import(request.POST or None, request.FILES or None)
    page: dict[str, Any] = {"form": form, "unread": [], "count": 0}
    if request.method == "POST" and form.is_valid():
        found = _read(form)
        if found is not None and found.questions and (form.cleaned_data["rest"] or not found.unread):
            made = quizzes.content_of(form.cleaned_data["title"], form.cleaned_data["language"], found)
            part = building.new_part(
                by=person_of(request),
                organisation=organisation,
                id=form.cleaned_data["new_id"],
                kind="quiz",
                content=made,
            )
            messages.success(request, _("%(count)s questions imported.") % {"count": len(found.questions)})
            return redirect("training:shelf_part", part.pk)
        if found is not None:
            page |= {"unread": found.unread, "count": len(found.questions)}
    return render(request, "training/import.html", page, status=422 if request.method == "POST" else 200)


def _read(form: Import) -> quizzes.Read | None:
    """What the file holds; None, with the reason at the field, where it cannot be read or makes no whole quiz."""
    try:
        found = quizzes.read(form.cleaned_data["file"].read(), form.cleaned_data["language"])
    except quizzes.Unreadable as error:
        form.add_error("file", _("This file cannot be read: %(why)s.") % {"why": error})
        return None
    whole = quizzes.content_of(form.cleaned_data["title"], form.cleaned_data["language"], found)
    wrong = content.problems(PartKind.QUIZ, whole) if found.questions else []
    if not found.questions and not found.unread:
        wrong = [_("there are no questions in it")]
    if wrong:
        form.add_error("file", _("This file cannot be used: %(why)s.") % {"why": "; ".join(wrong)})
        return None
    return found


def statistics(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """Answers counted together, per five people, over everybody who met this version of a quiz."""
    found, by = led_cohort(request, cohort_id), person_of(request)
    allow(policy.may_run(by, found))
    saw(by, "trainer", "statistics", found.pk)
    placed = found.programme_version.placed.filter(part__kind=PartKind.QUIZ).select_related("part_version")
    tables = [_table(each.part_version) for each in placed.order_by("order")]
    page = {"cohort": found, "tables": tables, "block": item_statistics.BLOCK, "steady": item_statistics.STEADY}
    page["irt_from"], page["irt"] = item_response.FEWEST, item_response.there()
    return render(request, "training/statistics.html", page)


def _table(version: PartVersion) -> dict[str, Any]:
    asked = content.questions(version.content)
    answered = item_statistics.counted_rows(version, [each["key"] for each in asked])
    found = item_statistics.of_answers(answered) if answered else None
    curves = item_response.curves(answered) if answered else None
    texts = [content.words(each)["text"] for each in asked]
    rows = list(zip(texts, found.items, curves or [None] * len(asked), strict=True)) if found else []
    steady = found is not None and found.people >= item_statistics.STEADY
    return {"title": content.title(version.content), "quiz": found, "rows": rows, "steady": steady, "curves": curves}
