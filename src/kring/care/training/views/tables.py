"""For researchers: the training tables of their own organisation, made anew at each download."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from kring.care.stored import allow
from kring.care.training import content
from kring.care.training import practice_policy as policy
from kring.care.training.files import of_table, zipped
from kring.care.training.levels import MEASURES, Level, Source
from kring.care.training.table import TooFew, TrainingTable
from kring.care.training.trail import noted
from kring.care.training.views.practising import person_of


def tables(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    allow(policy.researches(person))
    cohorts = policy.cohorts_to_research(person).order_by("-starts_on")
    noted(person, "researcher", "viewed", "training tables")
    page: dict[str, Any] = {"cohorts": [(one, content.title(one.programme_version.content)) for one in cohorts]}
    page["levels"] = list(_levels())
    return render(request, "training/tables.html", page)


LEVELS = {
    Level.REACTION: _("1 Reaction"),
    Level.KNOWLEDGE: _("2 Knowledge"),
    Level.BEHAVIOUR: _("3 Behaviour"),
    Level.RESULTS: _("4 Results"),
}
WHO = {
    Source.SELF: _("the learner"),
    Source.OBSERVER: _("observers"),
    Source.CLIENT: _("clients and families, five or more together"),
}
RESULTS = [(_("What clients measure of themselves"), _("clients, in a study"))]


def _levels() -> Iterator[tuple[Any, list[tuple[Any, Any]]]]:
    """Level -> its measures and who says them. Clients' own measures stand elsewhere, and the page says where."""
    language = "nl" if get_language() == "nl" else "en"
    for level, words in LEVELS.items():
        here = [(getattr(one, language), WHO[one.source]) for one in MEASURES if one.level == level]
        yield words, here or RESULTS


@require_POST
def table(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """A file with new codes each time; or the page that says why there is none."""
    person = person_of(request)
    cohort = get_object_or_404(policy.cohorts_to_research(person), pk=cohort_id)
    try:
        packed = zipped(of_table(TrainingTable(cohort)))
    except TooFew:
        return render(request, "training/table_too_few.html", {"cohort": cohort})
    noted(person, "researcher", "exported", "training table", cohort.pk)
    answer = HttpResponse(packed, content_type="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="kring-training.zip"'
    return answer
